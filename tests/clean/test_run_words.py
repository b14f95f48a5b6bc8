"""Claims about the words of a page in one run: where they begin, what they are written like, and that none is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.clean.run_words import ENDS, GAPS, OPENINGS, SHAPES, read_words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("nowThe bridge", ["now", "the", "bridge"], id="small letter, capital"),
        pytest.param("2019Share", ["2019", "share"], id="figure, capital"),
        pytest.param("closed.It opened", ["closed", "it", "opened"], id="stop, capital"),
        pytest.param("(AP)Masons", ["ap", "masons"], id="bracket, capital"),
        pytest.param("BBCThe news", ["bbc", "the", "news"], id="capitals, a word with a capital"),
        pytest.param("minutes3 more", ["minutes", "3", "more"], id="letter, figure"),
        pytest.param("closed“We must", ["closed", "we", "must"], id="letter, quote"),
        pytest.param("see https://t.co/J0Lxu #DealWithIt", ["see", "https://t.co/j0lxu", "#dealwithit"], id="names"),
        pytest.param('closed." It', ["closed", "it"], id="stop, closing quote"),
        pytest.param('closed."It', ["closed", "it"], id="closing quote, capital"),
        pytest.param("„closed.“ It", ["closed", "it"], id="stop, German closing quote"),
        pytest.param("the bridge, closed", ["the", "bridge", "closed"], id="no seam"),
        pytest.param("橋は閉鎖", ["橋は閉鎖"], id="no capitals"),
    ],
)
def test_a_word_comes_apart_wherever_another_text_may_begin(text: str, words: list[str]) -> None:
    assert list(read_words(text).texts) == words


def test_blanks_seams_and_line_ends_are_told_apart() -> None:
    found = read_words("Sign inThe bridge\n  closed")

    assert [GAPS[gap] for gap in found.gaps] == ["blank", "blank", "seam", "blank", "line end"]


@pytest.mark.parametrize(
    ("word", "shape"),
    [
        ("bridge,", "small"),
        ("“Bridge", "capital"),
        ("BBC", "capitals"),
        ("A", "capital"),
        ("2026", "figure"),
        ("橋", "unspaced"),
        ("جسر", "other letters"),
        ("|", "signs"),
        ("—", "signs"),
    ],
)
def test_a_word_is_written_one_way(word: str, shape: str) -> None:
    assert [SHAPES[one] for one in read_words(word).shapes] == [shape]


@pytest.mark.parametrize(
    ("word", "end"),
    [
        ("bridge", "letter"),
        ("bridge.", "stop"),
        ("bridge.”", "stop and quote"),
        ("bridge,", "comma"),
        ("bridge:", "colon"),
        ("bridge”", "quote"),
        ("bridge/", "sign"),
        ("”", "only quotes"),
    ],
)
def test_a_word_ends_one_way(word: str, end: str) -> None:
    assert [ENDS[one] for one in read_words(word).ends] == [end]


@pytest.mark.parametrize(
    ("word", "opening"),
    [("bridge", "letter"), ("“bridge", "quote"), ("(bridge", "bracket"), ("•", "bullet"), ("~bridge", "sign")],
)
def test_a_word_opens_one_way(word: str, opening: str) -> None:
    assert [OPENINGS[one] for one in read_words(word).openings] == [opening]


def test_a_page_without_a_word_has_none() -> None:
    assert list(read_words(" \n ").texts) == list(read_words("").starts) == []


@given(st.text(max_size=300))
def test_words_begin_in_order_where_no_blank_is(text: str) -> None:
    found = read_words(text)
    starts = found.starts.tolist()

    assert starts == sorted(set(starts))
    assert len(starts) == len(found.texts) == len(found.shapes) == len(found.ends) == len(found.openings)
    assert not any(text[start].isspace() for start in starts)
    assert [start for start in starts if not start or text[start - 1].isspace()] == [
        start for start, sign in enumerate(text) if not sign.isspace() and (not start or text[start - 1].isspace())
    ]
