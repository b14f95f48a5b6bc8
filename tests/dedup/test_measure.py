from __future__ import annotations

import random
from collections.abc import Callable
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.dedup import compiled, measure
from pipeline.dedup.apart import Texts, Utf8, take_apart
from pipeline.dedup.kernel import I64
from pipeline.dedup.measure import kept_words, marks, matters, overlaps, scans, shorter_first

WORDS = st.lists(
    st.sampled_from(["the", "Ferry", "left", "Varne", "at", "3.5", "and", "12", "quay,", "Tom.", "said", "é", "東京"]),
    max_size=40,
)
MEASURES = (overlaps, kept_words, matters, marks, scans)


def all_pairs(texts: Texts) -> I64:
    return np.array(list(combinations(range(len(texts)), 2)), dtype=np.int64).reshape(-1, 2)


def by_both(found: Callable[[Texts, I64], I64], texts: Texts, pairs: I64) -> tuple[I64, I64]:
    with pytest.MonkeyPatch.context() as patch:
        once = found(texts, pairs)
        patch.setattr(compiled, "LIBRARY", None)
        return once, found(texts, pairs)


@pytest.mark.skipif(compiled.LIBRARY is None, reason="no compiled kernel here")
@pytest.mark.parametrize("found", MEASURES, ids=lambda one: one.__name__)
@settings(max_examples=60)
@given(texts=st.lists(WORDS.map(" ".join), min_size=2, max_size=5))
def test_both_kernels_measure_alike(found: Callable[[Texts, I64], I64], texts: list[str]) -> None:
    apart = take_apart(Utf8.of(texts), 3)
    one, other = by_both(found, apart, shorter_first(apart, all_pairs(apart)))

    assert one.tolist() == other.tolist()


@pytest.mark.skipif(compiled.LIBRARY is None, reason="no compiled kernel here")
@settings(max_examples=60)
@given(text=WORDS, seed=st.integers(0, 99), wrong=st.floats(0, 0.4), least=st.floats(0, 1))
def test_both_kernels_give_up_letters_alike(text: list[str], seed: int, wrong: float, least: float) -> None:
    draw, whole = random.Random(seed), " ".join(text * 6)
    misread = "".join(draw.choice("ce ") if draw.random() < wrong else letter for letter in whole)
    apart = take_apart(Utf8.of([whole, misread, whole + " end"]), 3)
    pairs = shorter_first(apart, all_pairs(apart))
    one, other = by_both(lambda texts, rows: scans(texts, rows, least), apart, pairs)
    whole_table = scans(apart, pairs)

    assert one.tolist() == other.tolist()
    assert all(
        row[2:] == [0, 0, 0] or row == full for row, full in zip(one.tolist(), whole_table.tolist(), strict=True)
    )


@pytest.mark.skipif(compiled.LIBRARY is None, reason="no compiled kernel here")
@pytest.mark.parametrize("found", MEASURES, ids=lambda one: one.__name__)
def test_both_kernels_measure_stories_alike(found: Callable[[Texts, I64], I64], make_story: Callable[..., str]) -> None:
    draw = random.Random(3)
    texts = [make_story(seed, sentences=60) for seed in range(3)]
    texts += ["".join("c" if draw.random() < 0.06 else letter for letter in text) for text in texts]
    texts += [text.replace("Tuesday", "Friday").replace("bridge", "Pier 7") for text in texts[:3]]
    apart = take_apart(Utf8.of(texts), 3)
    one, other = by_both(found, apart, shorter_first(apart, all_pairs(apart)))

    assert one.tolist() == other.tolist()


def test_shorter_text_comes_first_whatever_the_order() -> None:
    texts = take_apart(Utf8.of(["one two three", "one", "one two ton", "one two tan"]), 3)
    pairs = all_pairs(texts)

    assert shorter_first(texts, pairs).tolist() == shorter_first(texts, pairs[:, ::-1]).tolist()
    assert shorter_first(texts, np.array([[0, 1], [2, 3]])).tolist() == [[1, 0], [3, 2]]


def test_no_pairs_measure_nothing(kernel_name: str) -> None:
    texts = take_apart(Utf8.of(["one"]), 3)

    assert [found(texts, np.empty((0, 2), dtype=np.int64)).shape[0] for found in MEASURES] == [0] * 5, kernel_name


def test_measures_go_with_their_pairs(kernel_name: str, make_story: Callable[..., str]) -> None:
    texts = take_apart(Utf8.of([make_story(1), make_story(1) + " Ends.", make_story(2)]), 3)
    pairs = np.array([[0, 2], [0, 1]], dtype=np.int64)

    assert (overlaps(texts, pairs)[:, 0] > 20).tolist() == [False, True], kernel_name
    assert measure.marks(texts, pairs)[1, 0] == measure.marks(texts, pairs)[1, 1]
