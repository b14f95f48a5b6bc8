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
    letter_marks,
    match_letters,
    opening_overlap,
    overlap,
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
