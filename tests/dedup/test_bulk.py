from __future__ import annotations

import numpy as np
import pytest

from pipeline.dedup.apart import Texts, Utf8, take_apart
from pipeline.dedup.bulk import (
    Kinds,
    Shared,
    Side,
    common_count,
    exchanged,
    heading_swaps,
    pairs_at_once,
    shared_shingles,
    shared_words,
    shingle_numbers,
    sums,
    swaps,
)
from pipeline.dedup.kernel import I64

PAIR = np.array([[0, 1]], dtype=np.int64)


def compared(*texts: str, pairs: I64 = PAIR) -> tuple[Texts, Shared]:
    apart = take_apart(Utf8.of(list(texts)), 3)
    return apart, shared_shingles(apart, shingle_numbers(apart), pairs)


def side_of(hits: str) -> Side:
    """Return a side of one pair with these hits, each of a word of its own."""
    marks, offsets = np.array([bit == "1" for bit in hits], dtype=bool), np.array([0, len(hits)])
    return Side(rows=PAIR[:, 0], offsets=offsets, hits=marks, distinct=offsets[1:], covered=marks, word_offsets=offsets)


@pytest.mark.parametrize(
    ("hits", "begins"),
    [("0011111111", 2), ("1111111111", 0), ("1000000000", 10), ("", 0), ("0000000111", 7), ("0101010101", 1)],
)
def test_entry_is_where_half_a_window_is_shared(hits: str, begins: int) -> None:
    assert side_of(hits).entries(4).tolist() == [begins]


def test_shared_shingles_are_counted_and_placed() -> None:
    _, shared = compared("x a b c d", "a b c d y z")

    assert (shared.count.tolist(), shared.short.distinct.tolist(), shared.long.distinct.tolist()) == ([2], [3], [4])
    assert shared.short.hits.tolist() == [False, True, True]
    assert shared.first[shared.short.hits].tolist() == [0, 1]
    assert sums(shared.long.covered, shared.long.word_offsets).tolist() == [4]


def test_pairs_keep_apart_what_they_share() -> None:
    _, shared = compared("a b c d", "a b c x", "q b c d", pairs=np.array([[0, 1], [0, 2], [1, 2]]))

    assert shared.count.tolist() == [1, 1, 0]
    assert shared.short.hits.tolist() == [True, False, False, True, False, False]


def test_pairs_are_taken_in_parts_that_join_to_all() -> None:
    apart = take_apart(Utf8.of([" ".join(f"w{k}" for k in range(9_000))] * 2), 3)
    pairs = np.array([[0, 1]] * 9, dtype=np.int64)
    parts = list(pairs_at_once(apart, pairs))

    assert len(parts) > 1
    assert np.concatenate([pairs[part] for part in parts]).tolist() == pairs.tolist()


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
    texts, shared = compared(f"So it was {one} that it was", f"So it was {other} that it was")
    names, figures = exchanged(texts, Kinds.of(texts), shared, spelling=0.7)

    assert (names.tolist(), figures.tolist()) == ([found[0]], [found[1]])


def test_without_capitals_any_other_word_is_a_name() -> None:
    texts, shared = compared("so it was in tokyo that we met", "so it was in lima that we met")
    names, figures = exchanged(texts, Kinds.of(texts), shared, spelling=0.7)

    assert (names.tolist(), figures.tolist()) == ([1], [0])


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        ("a b c Oslo d e f g h i j", "a b c New York d e f g h i k", [[0, 3, 4, 3, 5]]),
        ("a b c x d e f", "a b c d e f", []),
        ("a b c x d e f p q r s", "p q r s a b c y d e f", [[0, 3, 4, 7, 8]]),
    ],
    ids=["exchanged", "left out", "in a passage that moved"],
)
def test_swaps_are_found_between_shared_words(one: str, other: str, found: list[list[int]]) -> None:
    _, shared = compared(one, other)

    assert swaps(shared, 6).tolist() == found


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        ("Aries. We met in the town", "Libra. We met in the town", [[0, 0, 1, 0, 1]]),
        ("For Aries today. We met in the town", "For Libra today. We met in the town", [[0, 1, 2, 1, 2]]),
        ("Varne - We met in the town", "Orla - We met in the town", []),
        ("Aries. We met in the town", "We met in the town", []),
        ("A b c d e f g h. We met in the town", "Libra. We met in the town", []),
        ("Aries. We met", "Libra. They left", []),
    ],
    ids=["sign", "inside a line", "dateline", "nothing", "too long", "nothing shared"],
)
def test_heading_exchanged_before_all_that_is_shared(one: str, other: str, found: list[list[int]]) -> None:
    texts, shared = compared(one, other)

    assert heading_swaps(texts, shared, 6).tolist() == found


def test_shared_words_are_counted_with_the_shorter_list() -> None:
    texts, _ = compared("so Ana met Tom and Ana", "so Tom met Eve and Kim and Lee")
    shared, least = shared_words(texts, PAIR, Kinds.of(texts).name)

    assert (shared.tolist(), least.tolist()) == ([1], [2])


def test_common_letters_of_short_strings_are_counted() -> None:
    assert [common_count(b"anna", other) for other in (b"annah", b"tom", b"")] == [4, 0, 0]
