"""Claims about the places where another story may begin."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import pytest

from pipeline.clean import Cleaner
from pipeline.clean.gaps import MIN_TEXT, SIGNS, Gap, MayOpen, find_gaps
from pipeline.clean.label import read_segment, stopword_bits
from pipeline.clean.lines import read_lines
from pipeline.clean.marks import mark_lines
from pipeline.clean.second_look import look_again
from tests.clean.test_segment import BRIDGE, DATED, OYSTERS


def gaps(cleaner: Cleaner, texts: list[str], may_open: MayOpen = lambda *_: True) -> list[Gap]:
    if not texts:
        return []
    lines = read_lines(texts)
    marks = mark_lines(lines, cleaner.book, cleaner.lexicon)
    stopwords = stopword_bits(cleaner.lexicon)
    read = partial(read_segment, model=cleaner.model, stopwords=stopwords)
    look = look_again(lines, marks, read(lines, marks), read)
    return find_gaps(lines, marks, look, stopwords, cleaner.splitter.opener, may_open)


def signs(gap: Gap) -> dict[str, float]:
    return dict(zip(SIGNS, gap.signs, strict=True))


def test_the_gap_between_two_stories_opens_with_the_second_headline(cleaner: Cleaner) -> None:
    [gap] = gaps(cleaner, [*BRIDGE, "© 2026", "", "", "", *DATED])

    assert (gap.above, gap.opener, gap.below) == (4, 6, 8)
    assert gap.words_above >= MIN_TEXT
    assert signs(gap)["date or byline below the opener"] > 0.5
    assert signs(gap)["wide gap"] == 1
    assert signs(gap)["names shared"] < 0.1


def test_a_gap_is_left_out_before_its_opener_is_looked_for(cleaner: Cleaner) -> None:
    asked: list[set[str]] = []

    def refuse(told: Mapping[str, float], most: Mapping[str, float]) -> bool:
        assert all(name in told or most[name] <= 1 for name in SIGNS if "the opener" in name)
        asked.append({*told})
        return False

    assert gaps(cleaner, [*BRIDGE, "© 2026", "", "", "", *DATED], refuse) == []
    assert [{"names shared", "no title"} & told for told in asked] == [{"names shared"}]


def test_every_sign_lies_between_minus_one_and_one(cleaner: Cleaner) -> None:
    [gap] = gaps(cleaner, [*BRIDGE, "© 2026", "", "", "", *DATED])

    assert all(-1 <= value <= 1 for value in gap.signs)


@pytest.mark.parametrize(
    "texts",
    [
        pytest.param([], id="no-line"),
        pytest.param(BRIDGE, id="paragraphs-alone"),
        pytest.param([*BRIDGE[:3], "", "By Nora Quill", "", OYSTERS[0], *BRIDGE[5:]], id="too-little-text-above"),
        pytest.param([*BRIDGE, "", "More stories", "Oysters gone", OYSTERS[2]], id="a-teaser-below"),
    ],
)
def test_where_nothing_may_begin_no_gap_is_looked_at(cleaner: Cleaner, texts: list[str]) -> None:
    assert gaps(cleaner, texts) == []


def test_a_whole_header_is_told_whatever_the_words_are(cleaner: Cleaner) -> None:
    title = "Millers Bridge to close for good"
    [gap] = gaps(cleaner, [*BRIDGE, "", "", title, title, "2 min read", "", *BRIDGE[2:]])

    assert gap.is_headed
    assert cleaner.splitter.why(gap).startswith("segment.header")
