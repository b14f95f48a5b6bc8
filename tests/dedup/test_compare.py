from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.dedup.compare import covered_words, entry, opening_overlap, overlap, shared_marks, shared_share, swaps
from pipeline.dedup.profile import profile

WORDS = st.lists(st.sampled_from("abcdefgh"), max_size=30).map(" ".join)


@given(one=WORDS, other=WORDS)
def test_shares_are_those_of_the_sets(one: str, other: str) -> None:
    pair = overlap(profile(one, 2), profile(other, 2))
    a, b = (
        {tuple(text[at : at + 3].split()) for at in range(0, max(1, len(text) - 2), 2)} - {()} for text in (one, other)
    )

    assert pair.shared == len(a & b)
    assert pair.jaccard == pytest.approx(len(a & b) / max(1, len(a | b)))


def test_hits_are_where_the_shared_shingles_stand() -> None:
    pair = overlap(profile("x a b c d", 3), profile("a b c d y z", 3))

    assert pair.hit_a.tolist() == [False, True, True]
    assert pair.hit_b.tolist() == [True, True, False, False]


def test_shared_shingle_covers_its_words() -> None:
    assert covered_words(np.array([False, True, False]), 5).tolist() == [False, True, True, True, False]


@pytest.mark.parametrize(
    ("hits", "begins"),
    [("0011111111", 2), ("1111111111", 0), ("1000000000", 10), ("", 0), ("0000000111", 7), ("0101010101", 1)],
)
def test_entry_is_where_half_a_window_is_shared(hits: str, begins: int) -> None:
    assert entry(np.array([bit == "1" for bit in hits], dtype=bool), 4) == begins


def test_opening_overlap_counts_long_words_only() -> None:
    text = profile("Harbour council approved ferry terminal and the rest of it", 3)
    other = profile("the council has approved a ferry, it and of", 3)

    assert opening_overlap(text, other, 60) == pytest.approx(3 / 5)


def test_opening_of_few_long_words_tells_nothing() -> None:
    text = profile("it is so as we say", 3)

    assert opening_overlap(text, text, 60) == 0.0


@pytest.mark.parametrize(
    ("one", "other", "least", "most"),
    [("abcdefgh", "abcdefgh", 1, 1), ("abcdefgh", "stuvwxyz", 0, 0.3), ("", "abcdefgh", 0, 0)],
)
def test_letter_runs_in_common(one: str, other: str, least: float, most: float) -> None:
    assert least <= shared_marks(profile(one, 3), profile(other, 3)) <= most


def test_shared_share_is_of_the_shorter_list() -> None:
    a, b = np.array([1, 2, 2, 3], dtype=np.uint64), np.array([2, 3, 4, 5, 6], dtype=np.uint64)

    assert shared_share(a, b) == (2 / 3, 3)


def test_exchanged_words_are_found_between_shared_ones() -> None:
    a, b = profile("a b c Oslo d e f g h i j", 3), profile("a b c New York d e f g h i k", 3)
    found = swaps(overlap(a, b), 6)

    assert [(a.spelling(s, e), b.spelling(t, u)) for s, e, t, u in zip(*_rows(found), strict=True)] == [
        (b"oslo", b"new york")
    ]


def test_words_left_out_are_no_exchange() -> None:
    found = swaps(overlap(profile("a b c x d e f", 3), profile("a b c d e f", 3)), 6)

    assert len(found.a_start) == 0


def test_exchange_is_found_in_a_passage_that_moved() -> None:
    a, b = profile("a b c x d e f p q r s", 3), profile("p q r s a b c y d e f", 3)
    found = swaps(overlap(a, b), 6)

    assert [(a.spelling(s, e), b.spelling(t, u)) for s, e, t, u in zip(*_rows(found), strict=True)] == [(b"x", b"y")]


def _rows(found):  # noqa: ANN001, ANN202
    return found.a_start.tolist(), found.a_end.tolist(), found.b_start.tolist(), found.b_end.tolist()
