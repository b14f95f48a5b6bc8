"""Claims about what is seen of gaps between words: the words around, what the page says again, where on it they are."""

from __future__ import annotations

import time

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipeline.clean.breaks import FIELDS, OFFSETS, SIGNS, read_gaps

COMMON = frozenset({"the", "of", "for", "a", "to"})
PAGE = "Home News Sport Bridge closed for repairs Bridge closed for repairs The council of Harrow Mill met. It rained."


def told(text: str, place: int, *signs: str) -> list[str]:
    """Return the names of the values of ``signs`` for the gap before word ``place``, read off a field that has them."""
    active = read_gaps(text, COMMON).active[place]
    found = []
    for sign in signs:
        number = next(number for number, field in enumerate(FIELDS) if sign in field)
        sizes = [len(SIGNS[one]) for one in FIELDS[number]]
        values = np.unravel_index(int(active[number] - OFFSETS[number]), sizes)
        found.append(SIGNS[sign][int(values[FIELDS[number].index(sign)])])
    return found


def test_the_words_on_both_sides_are_seen() -> None:
    assert told(PAGE, 3, "shape -1", "shape 0", "shape 1", "common 0") == ["capital", "capital", "small", "rare"]
    assert told(PAGE, 11, "shape -1", "shape 0", "common 0") == ["small", "capital", "common"]


def test_there_is_no_word_past_the_ends_of_the_page() -> None:
    assert told(PAGE, 0, "shape -1", "end -1", "shape -2") == ["no word"] * 3
    assert told(PAGE, 18, "shape 1", "shape 3", "end 1") == ["no word"] * 3


def test_what_the_page_says_twice_is_seen() -> None:
    assert told(PAGE, 3, "three below said", "pair on the page") == ["twice", "under 2"]
    assert told(PAGE, 7, "three above said", "three below said") == ["twice", "twice"]
    assert told(PAGE, 4, "pair on the page", "of the first's") == ["under 3", "0.99 or more"]


def test_stops_are_counted_to_both_sides() -> None:
    assert told(PAGE, 17, "since a stop", "until a stop") == ["under 2", "under 2"]
    assert told(PAGE, 16, "since a stop", "until a stop") == ["50 or more", "under 2"]


def test_a_capital_on_a_page_that_writes_the_word_small_is_seen() -> None:
    assert told("Man held The man ran", 0, "small on the page", "with a capital on the page") == ["under 2", "under 2"]


def test_glued_stops_and_line_ends_of_the_page_are_seen() -> None:
    page = "The bridge closed.It opened. It closed\nMasons came"

    assert told(page, 1, "stops glued to the next word", "line ends of the page") == ["under 0.6", "under 0.2"]
    assert read_gaps(page, COMMON).at_line_end.tolist() == [False] * 7 + [True, False]
    assert read_gaps(page, COMMON).at_seam.tolist() == [False] * 3 + [True] + [False] * 5


@given(st.text(max_size=300))
def test_every_gap_has_a_feature_of_each_field(text: str) -> None:
    gaps = read_gaps(text, COMMON)

    assert gaps.active.shape == (len(gaps.words), len(FIELDS))
    assert (gaps.active >= OFFSETS[:-1]).all()
    assert (gaps.active < OFFSETS[1:]).all()


def test_a_page_of_any_length_is_read_in_time_that_grows_with_it() -> None:
    started = time.process_time()

    read_gaps(PAGE * 10_000, COMMON)

    assert time.process_time() - started < 10  # 0.6 s
