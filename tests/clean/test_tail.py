"""Claims about the tail of a page."""

from __future__ import annotations

from pipeline.clean.lines import read_lines
from pipeline.clean.marks import Label, Mark
from pipeline.clean.tail import mend_teasers, tail_of
from pipeline.records import LineClass
from pipeline.rulebook import Rulebook

BODY = "The council voted on Monday to close the old Millers Bridge for a year, the mayor of the town said."
RULE = next(rule for rule in Rulebook.load().rules if rule.id == "recommended.marker")
MARKER = Mark(label=Label(line_class=LineClass.RECOMMENDED, rule=RULE.id, evidence="Explore"), opens=RULE)


def tail(texts: list[str], marker: int) -> list[str | None]:
    lines = read_lines(texts)
    marks = [MARKER if i == marker else None for i in range(len(lines))]
    return [label.evidence if label else None for label in tail_of(lines, marks)]


def test_below_the_text_a_marker_takes_what_is_left() -> None:
    found = tail([*[BODY] * 9, "Explore", "Oysters stolen", BODY], 9)

    assert found == [None] * 10 + ["below line 10: Explore"] * 2


def test_in_the_text_it_takes_nothing() -> None:
    assert tail([BODY, "Explore", "Oysters stolen", BODY, BODY], 1) == [None] * 5


def test_above_the_text_it_takes_nothing() -> None:
    assert tail(["Explore", "Oysters stolen", BODY], 0) == [None] * 3


def test_the_byline_of_a_teaser_is_no_byline_of_the_story() -> None:
    kinds = (LineClass.BYLINE, LineClass.BODY, LineClass.RECOMMENDED, LineClass.BYLINE, LineClass.DATE)
    labels = [Label(line_class=kind, rule="a", evidence="b") for kind in kinds]

    mend_teasers(labels)

    assert [label.line_class for label in labels] == [LineClass.BYLINE, LineClass.BODY, *[LineClass.RECOMMENDED] * 3]
