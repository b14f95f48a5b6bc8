"""Claims about the second look: a story that reads as teasers below another one is read by itself, all else is not."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from pipeline.clean import Cleaner
from pipeline.clean.label import Reading, read_segment, stopword_bits
from pipeline.clean.lines import Line, read_lines
from pipeline.clean.marks import Mark, mark_lines
from pipeline.clean.model import CLASSES, KEPT
from pipeline.clean.second_look import Look, look_again, paragraphs_of
from pipeline.records import LineClass
from tests.clean.test_segment import BRIDGE, DATED

HERRING = [
    "Herring fleet stays in harbour for a third week",
    "",
    "The herring fleet of Gull Point has stayed in harbour for a third week. Its owners say that the price of oil leaves "
    "them nothing at all for a catch as small as this spring's.",
    "",
    "Forty boats lie side by side along the old quay. Their crews mend nets and wait for word from the owners, who meet "
    "again on Thursday evening in the old customs house.",
]
RECOMMENDED = np.array([kind is LineClass.RECOMMENDED for kind in CLASSES], np.float64)


def look(
    cleaner: Cleaner, texts: Sequence[str], *, lost: Sequence[str], alone: bool
) -> tuple[Look, list[int], list[int]]:
    """Return the second look at a page whose ``lost`` lines read as teasers, by themselves only if not ``alone``.

    And the lines read anew, and the paragraphs there are then.
    """
    lines = read_lines(texts)
    marks: list[Mark | None] = mark_lines(lines, cleaner.book, cleaner.lexicon)
    seen: list[int] = []

    def read(own: Sequence[Line], own_marks: Sequence[Mark | None]) -> Reading:
        reading = read_segment(own, own_marks, cleaner.model, stopword_bits(cleaner.lexicon))
        if len(own) == len(lines) or alone:
            for i, line in enumerate(own):
                if line.text in lost:
                    reading.posteriors[i] = RECOMMENDED
            reading.kept[:] = reading.posteriors[:, KEPT].sum(axis=1)
        seen.extend(line.no for line in own if len(own) < len(lines))
        return reading

    found = look_again(lines, marks, read(lines, marks), read)
    return found, seen, [lines[i].no for i in paragraphs_of(lines, marks, found.reading)]


def test_a_story_lost_below_another_is_found_when_read_by_itself(cleaner: Cleaner) -> None:
    found, seen, paragraphs = look(cleaner, [*BRIDGE, *HERRING], lost=HERRING, alone=False)

    assert seen == [10, 12, 14]
    assert paragraphs == [3, 5, 7, 9, 12, 14]
    assert np.flatnonzero(found.found).tolist() == [6, 7]


def test_a_story_lost_above_another_is_found_too(cleaner: Cleaner) -> None:
    found, seen, paragraphs = look(cleaner, [*HERRING, "", *DATED], lost=HERRING, alone=False)

    assert seen[:3] == [1, 3, 5]
    assert paragraphs[:2] == [3, 5]
    assert found.found.sum() == 2


def test_what_is_no_text_by_itself_either_stays_none(cleaner: Cleaner) -> None:
    found, seen, paragraphs = look(cleaner, [*BRIDGE, *HERRING], lost=HERRING, alone=True)

    assert seen == [10, 12, 14]
    assert paragraphs == [3, 5, 7, 9]
    assert not found.found.any()


@pytest.mark.parametrize(
    "below",
    [
        pytest.param([], id="nothing-lost"),
        pytest.param(HERRING[:3], id="one-paragraph"),
        pytest.param(
            [HERRING[0], "Forty boats lie side by side along the old quay.", "Their crews mend nets."], id="teasers"
        ),
    ],
)
def test_too_little_prose_is_not_read_again(cleaner: Cleaner, below: list[str]) -> None:
    found, seen, _ = look(cleaner, [*BRIDGE, *below], lost=below, alone=False)

    assert seen == []
    assert not found.found.any()
