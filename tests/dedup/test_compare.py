from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.dedup.apart import Utf8, take_apart
from pipeline.dedup.compare import (
    Profile,
    common_letters,
    covered_words,
    entry,
    exchanged,
    heading_swap,
    letter_marks,
    match_letters,
    opening_overlap,
    overlap,
    shared_values,
    swaps,
)
from pipeline.dedup.compare import profile as profile_of


def profile(text: str, size: int) -> Profile:
    return profile_of(take_apart(Utf8.of([text]), size), 0)


WORDS = st.lists(st.sampled_from("abcdefgh"), max_size=30).map(" ".join)


@given(one=WORDS, other=WORDS)
def test_shares_are_those_of_the_sets(one: str, other: str) -> None:
    pair = overlap(profile(one, 2), profile(other, 2))
    a, b = (
        {tuple(text[at : at + 3].split()) for at in range(0, max(1, len(text) - 2), 2)} - {()} for text in (one, other)
    )

    assert pair.shared == len(a & b)
    assert len(pair.a.shingles) == len(a)


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

    assert opening_overlap(text, other, 60) == (3, 5)


@pytest.mark.parametrize(
    ("one", "other", "least", "most"),
    [("abcdefgh", "abcdefgh", 1, 1), ("abcdefgh", "stuvwxyz", 0, 0.3)],
)
def test_letter_runs_in_common(one: str, other: str, least: float, most: float) -> None:
    a, b = (letter_marks(profile(text, 3).letters) for text in (one, other))

    assert least <= (a & b).sum() / a.sum() <= most


def test_no_letters_have_no_runs() -> None:
    assert not letter_marks(profile("", 3).letters).any()


def test_shared_values_are_counted_with_the_shorter_list() -> None:
    a, b = np.array([1, 2, 2, 3], dtype=np.uint64), np.array([2, 3, 4, 5, 6], dtype=np.uint64)

    assert shared_values(a, b) == (2, 3)


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        ("we met Ana in the town", "we met Tom in the town", (1, 0)),
        ("we met Anna in the town", "we met Annah in the town", (0, 0)),
        ("we had 12 in the town", "we had 31 in the town", (0, 1)),
        ("we saw her in the town", "we saw him in the town", (0, 0)),
    ],
    ids=["name", "spelling", "figure", "word"],
)
def test_names_and_figures_exchanged_are_counted(one: str, other: str, found: tuple[int, int]) -> None:
    a, b = profile(f"so it was {one} that it was", 3), profile(f"so it was {other} that it was", 3)

    assert exchanged(overlap(a, b), is_cased=True, spelling=0.7) == found


def test_without_capitals_any_other_word_is_a_name() -> None:
    a, b = profile("so it was in tokyo that we met", 3), profile("so it was in lima that we met", 3)

    assert exchanged(overlap(a, b), is_cased=False, spelling=0.7) == (1, 0)


def longest_common(a: bytes, b: bytes) -> int:
    row = [0] * (len(b) + 1)
    for one in a:
        before = row[:]
        for at, other in enumerate(b):
            row[at + 1] = before[at] + 1 if one == other else max(before[at + 1], row[at])
    return row[-1]


@given(a=st.text("abc", max_size=40).map(str.encode), b=st.text("abc", max_size=40).map(str.encode))
def test_common_letters_are_a_longest_common_subsequence(a: bytes, b: bytes) -> None:
    met = bytes(byte for byte, is_met in zip(a, common_letters(a, b), strict=True) if is_met)
    rest = iter(b)

    assert len(met) == longest_common(a, b)
    assert all(byte in rest for byte in met)


def test_scan_errors_leave_most_letters(make_story: Callable[..., str]) -> None:
    text = make_story(1)
    found = match_letters(profile(text.replace("th", "tb").replace("m", "rn"), 3), profile(text, 3), 3000)

    assert 2 * found.common / (found.letters_a + found.letters_b) > 0.9
    assert found.foreign / found.words < 0.05


def test_other_story_has_foreign_words(make_story: Callable[..., str]) -> None:
    found = match_letters(profile(make_story(1), 3), profile(make_story(2), 3), 3000)

    assert found.foreign / found.words > 0.1


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


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        ("Aries. We met in the town", "Libra. We met in the town", (0, 1, 0, 1)),
        ("For Aries today. We met in the town", "For Libra today. We met in the town", (1, 2, 1, 2)),
        ("Varne - We met in the town", "Orla - We met in the town", None),
        ("Aries. We met in the town", "We met in the town", None),
        ("A b c d e f g h. We met in the town", "Libra. We met in the town", None),
        ("Aries. We met", "Libra. They left", None),
    ],
    ids=["sign", "inside a line", "dateline", "nothing", "too long", "nothing shared"],
)
def test_heading_exchanged_before_all_that_is_shared(one: str, other: str, found: tuple[int, ...] | None) -> None:
    assert heading_swap(overlap(profile(one, 3), profile(other, 3)), 6) == found


def _rows(found):  # noqa: ANN001, ANN202
    return found.a_start.tolist(), found.a_end.tolist(), found.b_start.tolist(), found.b_end.tolist()
