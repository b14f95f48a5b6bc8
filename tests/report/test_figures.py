"""Claims about the figures of the report: they are those of the tables."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.report.figures import Figures, figures
from pipeline.store.tables import Store


@pytest.fixture(scope="module")
def found(newsroom_run: Any) -> Figures:
    return figures(Store.open(newsroom_run.clean, create=False).snapshot())


def test_funnel_counts_what_the_run_counted(found: Figures, newsroom_run: Any) -> None:
    counts = {step.name: step.count for step in found.steps}
    report = newsroom_run.report

    assert counts["dumps read"] == report.records
    assert (counts["articles"], counts["duplicates"], counts["quarantined"]) == (6, 3, 4)
    assert {name: counts[name] for name in report.duplicates_by_relation} == report.duplicates_by_relation
    assert counts["skipped: no page"] == 1


def test_days_add_up_to_the_whole(found: Figures) -> None:
    assert sum(day.articles for day in found.days) == 6
    assert [day.date for day in found.days] == sorted(day.date for day in found.days)


def test_each_source_has_its_shares(found: Figures) -> None:
    by_name = {one.name: one for one in found.sources}

    assert by_name["herald"].pages == 1
    assert (by_name["herald"].dated_share, by_name["mirror"].duplicate_share) == (1.0, 1.0)
    assert by_name["ledger"].quarantined_share == 0.75
    assert all(one.kept_share is None or 0 <= one.kept_share <= 1 for one in found.sources)


def test_story_printed_elsewhere_tells_who_and_how_much_later(found: Figures) -> None:
    orchard = next(one for one in found.stories if "orchard" in one.headline)

    assert [(one.outlet, one.delay_days, one.relation) for one in orchard.printings] == [
        ("herald", 0, "kept"),
        ("mirror", 7, "exact"),
    ]
    assert (orchard.copies, orchard.more) == (2, 0)


def test_removed_lines_and_quarantine_come_with_examples(found: Figures) -> None:
    recommended = next(one for one in found.removed if one.name == "recommended")
    short = next(one for one in found.held if one.reason == "too_short")

    assert recommended.count == 4
    assert len(recommended.lines) == 3
    assert short.examples[0][0] == "ledger/flash.txt"
