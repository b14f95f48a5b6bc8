from __future__ import annotations

from collections.abc import Callable

import pytest

from pipeline.records import Article, Duplicate, QuarantineRow
from pipeline.report.explanation import Cut, Explanation, LineStatus, copy_of

Make = Callable[..., Explanation]


@pytest.mark.parametrize(
    ("line_no", "status", "article_no"),
    [
        (1, LineStatus.REMOVED, None),
        (3, LineStatus.BLANK, None),
        (4, LineStatus.PARTLY, 1),
        (5, LineStatus.REMOVED, None),
        (8, LineStatus.QUARANTINED, 2),
    ],
    ids=["navigation", "blank", "dateline cut", "share", "body in quarantine"],
)
def test_status(make_explanation: Make, line_no: int, status: LineStatus, article_no: int | None) -> None:
    note = make_explanation().lines[line_no - 1]

    assert (note.line_no, note.status, note.article_no) == (line_no, status, article_no)


def test_body_line_without_removal_is_kept(make_explanation: Make) -> None:
    assert make_explanation(removals=()).lines[3].status is LineStatus.KEPT


def test_line_of_a_run_that_kept_counts_only_is_removed_for_no_known_reason(make_explanation: Make) -> None:
    note = make_explanation(removals=()).lines[4]

    assert (note.status, note.cuts) == (LineStatus.REMOVED, ())


def test_cut_names_class_rule_and_evidence(make_explanation: Make) -> None:
    cut = Cut(start=0, end=14, line_class="dateline", rule="dateline-agency", evidence="WEALD (HNS) —")

    assert make_explanation().lines[3].cuts == (cut,)


def test_order_of_the_rows_changes_nothing(make_explanation: Make) -> None:
    explanation = make_explanation()

    assert make_explanation(quarantines=explanation.quarantines[::-1]) == explanation


def test_quarantines_stand_in_page_order(make_explanation: Make, make_quarantine: Callable[..., QuarantineRow]) -> None:
    later, whole = make_quarantine(first_line=7), make_quarantine(first_line=None, page_article_no=None, kept_lines=())

    assert make_explanation(quarantines=(later, whole)).quarantines == (whole, later)


def test_copy_names_the_article_it_is_a_copy_of(make_article: Callable[..., Article]) -> None:
    row = Duplicate(duplicate_of="a1", relation="near", jaccard=0.8, containment=0.9)

    copy = copy_of(row, make_article(headline="Otters leave", source_path="herald/otters.txt"))

    assert (copy.duplicate_of, copy.headline, copy.source_path) == ("a1", "Otters leave", "herald/otters.txt")


def test_copy_of_an_article_not_at_hand_has_its_id_alone() -> None:
    copy = copy_of(Duplicate(duplicate_of="a1", relation="near", jaccard=0.8, containment=0.9), None)

    assert (copy.duplicate_of, copy.headline) == ("a1", None)
