"""Claims about what the signs beside a gap see: the page's head again, and stamps, clutter and prose around it."""

from __future__ import annotations

from functools import partial

import pytest

from pipeline.clean import Cleaner
from pipeline.clean.beside import BESIDE_SIGNS
from pipeline.clean.gaps import SIGNS, find_gaps
from pipeline.clean.label import read_segment, stopword_bits
from pipeline.clean.lines import read_lines
from pipeline.clean.marks import mark_lines
from pipeline.clean.second_look import look_again
from tests.clean.test_segment import BRIDGE, DATED, OYSTERS

HEAD = ["Harrow Post 12", "By Nora Quill", "March 3, 2026"]
TAIL = ["Read the Harrow Post at home"]


def told(cleaner: Cleaner, texts: list[str]) -> dict[str, float]:
    """Return the signs of a page's first gap."""
    lines = read_lines(texts)
    marks = mark_lines(lines, cleaner.book, cleaner.lexicon)
    stopwords = stopword_bits(cleaner.lexicon)
    read = partial(read_segment, model=cleaner.model, stopwords=stopwords)
    look = look_again(lines, marks, read(lines, marks), read)
    first, *_ = find_gaps(lines, marks, look, stopwords, cleaner.splitter.opener)
    return dict(zip(SIGNS, first.signs, strict=True))


def test_every_sign_has_one_place_in_the_row() -> None:
    assert len(set(SIGNS)) == len(SIGNS)
    assert SIGNS[-len(BESIDE_SIGNS) :] == BESIDE_SIGNS


def test_the_lines_around_one_text_are_found_around_the_next(cleaner: Cleaner) -> None:
    page = [*HEAD, *BRIDGE[1:], *TAIL, "", "", "Harrow Post 14", *HEAD[1:], *OYSTERS[1:], *TAIL]
    again, other = told(cleaner, page), told(cleaner, [*HEAD, *BRIDGE[1:], "© 2026", "", "", OYSTERS[0], *OYSTERS[1:]])

    assert again["lines of the page's head again"] == 1.0
    assert again["lines of the page's tail again"] == 1.0
    assert again["rules of the page's head again"] > other["rules of the page's head again"]
    assert again["the page's head again, line by line"] > other["the page's head again, line by line"]
    assert other["lines of the page's head again"] == other["lines of the page's tail again"] == 0.0


@pytest.mark.parametrize(
    ("sign", "less", "more"),
    [
        pytest.param(
            "dates or bylines in the text below",
            [*BRIDGE, "© 2026", "", "", *DATED],
            [*BRIDGE, "© 2026", "", "", *DATED[:5], "March 5, 2026", *DATED[5:]],
            id="a-date-between-paragraphs",
        ),
        pytest.param(
            "dates or bylines in the gap",
            [*BRIDGE, "© 2026", "", "", *OYSTERS],
            [*BRIDGE, "© 2026", "", "", *DATED],
            id="a-date-in-the-gap",
        ),
        pytest.param(
            "lines that rules name in the gap",
            [*BRIDGE, "", "", "", *OYSTERS],
            [*BRIDGE, "© 2026", "", "", *OYSTERS],
            id="a-copyright-in-the-gap",
        ),
        pytest.param(
            "very many lines",
            [*BRIDGE, "© 2026", "", "", *OYSTERS],
            [*BRIDGE, *["© 2026"] * 9, "", "", *OYSTERS],
            id="lines-in-the-gap",
        ),
        pytest.param(
            "share of the page's text above",
            [*BRIDGE[:7], "© 2026", "", "", *DATED],
            [*BRIDGE, "© 2026", "", "", *DATED[:7]],
            id="text-above",
        ),
        pytest.param(
            "few lines below",
            [*BRIDGE, "© 2026", "", "", *DATED, *["Tags"] * 30],
            [*BRIDGE, "© 2026", "", "", *DATED],
            id="lines-below",
        ),
    ],
)
def test_a_sign_is_greater_the_more_there_is(cleaner: Cleaner, sign: str, less: list[str], more: list[str]) -> None:
    assert told(cleaner, less)[sign] < told(cleaner, more)[sign]
