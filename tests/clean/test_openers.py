"""Claims about the line that a story would begin with."""

from __future__ import annotations

import numpy as np

from pipeline.clean import Cleaner
from pipeline.clean.lines import read_lines
from pipeline.clean.marks import mark_lines
from pipeline.clean.model import CLASSES
from pipeline.clean.openers import OPENER_SIGNS, Openers
from pipeline.clean.topics import Topics, Vocabulary

ABOVE = "The repairs to the bridge will cost about nine million crowns, a third of which the county has promised to pay for."
BELOW = (
    "Thieves have taken some forty thousand oysters from the Saltmarsh beds in a single night, the growers there said."
)
HEADLINE = "Oyster thieves return to the Saltmarsh beds"
GAP = ["Tags", "Oysters", HEADLINE, "Racks at low water", "March 4, 2026", HEADLINE]


def openers(cleaner: Cleaner, texts: list[str]) -> Openers:
    lines = read_lines(texts)
    prose = [i for i, line in enumerate(lines) if line.is_paragraph]
    vocabulary = Vocabulary({})
    return Openers(
        lines=lines,
        marks=mark_lines(lines, cleaner.book, cleaner.lexicon),
        posteriors=np.full((len(lines), len(CLASSES)), 1 / len(CLASSES)),
        kept=[2 / len(CLASSES)] * len(lines),
        prose=prose,
        topics=Topics([lines[i] for i in prose], vocabulary),
        vocabulary=vocabulary,
    )


def test_the_headline_of_the_story_below_is_chosen(cleaner: Cleaner) -> None:
    page = openers(cleaner, [ABOVE, *GAP, BELOW])

    assert page.lines[cleaner.splitter.opener(page, 0, 7)].bare == HEADLINE
    assert cleaner.splitter.opener(page, 0, 7) == 3  # the first of two


def test_a_gap_without_lines_begins_with_its_paragraph(cleaner: Cleaner) -> None:
    assert cleaner.splitter.opener(openers(cleaner, [ABOVE, BELOW]), 0, 1) == 1


def test_signs_are_named(cleaner: Cleaner) -> None:
    page = openers(cleaner, [ABOVE, *GAP, BELOW])
    told = dict(zip(OPENER_SIGNS, page.signs(3, 1, 7), strict=True))

    assert told["said again below"] == 1
    assert told["date, byline or section below"] == 1
    assert told["its words stand below"] > 0.4
    assert told["its words stand above"] == 0
    assert told["no rule names it"] == 1


def test_said_next_to_itself_is_no_headline_said_again(cleaner: Cleaner) -> None:
    page = openers(cleaner, [ABOVE, HEADLINE, HEADLINE, BELOW])

    assert not page.is_said_again(1, 3)


def test_a_paragraph_or_a_marked_line_is_no_title(cleaner: Cleaner) -> None:
    page = openers(cleaner, [ABOVE, *GAP, BELOW])

    assert [page.is_title(i) for i in (0, 3, 5)] == [False, True, False]
