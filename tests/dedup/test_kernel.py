from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.dedup import kernel


def spans(text: str) -> list[str]:
    buffer = np.frombuffer(text.encode() + b"\n", dtype=np.uint8)
    starts, ends = kernel.word_spans(buffer)
    return [buffer[a:b].tobytes().decode() for a, b in zip(starts, ends, strict=True)]


def hash_words(*found: str) -> list[int]:
    buffer = np.frombuffer(" ".join(found).encode() + b"\n", dtype=np.uint8)
    return [int(value) for value in kernel.word_hashes(buffer, *kernel.word_spans(buffer))]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("one two", ["one", "two"]),
        ("3.5 and 1,000.", ["3.5", "and", "1,000"]),
        (".5 6. a.b", ["5", "6", "a", "b"]),
        ("naïve über", ["naïve", "über"]),
        ("snake_case-word", ["snake", "case", "word"]),
        ("", []),
        ("...", []),
    ],
)
def test_words_are_found(text: str, found: list[str]) -> None:
    assert spans(text) == found


def test_equal_words_have_equal_hashes_wherever_they_stand() -> None:
    first, _, again = hash_words("harbour", "x", "harbour")

    assert first == again


def test_long_words_that_differ_in_the_middle_differ() -> None:
    one, other = hash_words("a" * 30 + "b" + "a" * 9, "a" * 30 + "c" + "a" * 9)

    assert one != other


def test_words_too_long_to_read_differ_by_length() -> None:
    one, other = hash_words("a" * 100, "a" * 101)

    assert one != other


@pytest.mark.parametrize(("count", "grams"), [(0, 0), (1, 1), (2, 1), (3, 1), (4, 2), (9, 7)])
def test_short_texts_are_one_gram(count: int, grams: int) -> None:
    assert len(kernel.ngrams(np.arange(count, dtype=np.uint64), 3)) == grams


def test_order_of_words_matters_in_a_gram() -> None:
    forth = kernel.ngrams(np.array([1, 2, 3], dtype=np.uint64), 3)
    back = kernel.ngrams(np.array([3, 2, 1], dtype=np.uint64), 3)

    assert forth[0] != back[0]


def test_blocks_of_ngrams_do_not_change_a_signature() -> None:
    grams = kernel.splitmix64(np.arange(10_000, dtype=np.uint64))
    multipliers, increments = np.array([3, 5], dtype=np.uint32), np.array([7, 11], dtype=np.uint32)
    parts = [kernel.signature(grams[at : at + 999], multipliers, increments) for at in range(0, 10_000, 999)]

    assert (kernel.signature(grams, multipliers, increments) == np.min(parts, axis=0)).all()


@given(st.lists(st.text(alphabet="abcxyz019", min_size=1, max_size=80), min_size=1, max_size=20, unique=True))
def test_different_words_have_different_hashes(found: list[str]) -> None:
    read = {word[: 8 * kernel.MAX_BLOCKS] + str(len(word)) for word in found}

    assert len(set(hash_words(*found))) == len(read)
