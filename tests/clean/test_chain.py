"""Claims about the line model's arithmetic: the compiled kernel gives the numbers of the reference, bit for bit."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from pipeline.clean import chain, compiled

CLASSES, FEATURES, HELD = 26, 40, 9
Anys = NDArray[np.generic]

needs_kernel = pytest.mark.skipif(compiled.LIBRARY is None, reason="no compiled kernel here")
pages = given(st.integers(1, 60), st.integers(0, 2**32 - 1))


def without_kernel(call: Callable[[], Anys]) -> Anys:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chain, "LIBRARY", None)
        return call()


def page(lines: int, seed: int) -> tuple[NDArray[np.float32], NDArray[np.int64], np.random.Generator]:
    """Return weights in hundredths, many of them alike, and what holds of each line."""
    draw = np.random.default_rng(seed)
    weights = (draw.integers(-300, 300, (FEATURES + 1, CLASSES)) // 7 * 7 / 100).astype(np.float32)
    weights[-1] = 0
    return weights, draw.integers(-1, FEATURES, (HELD, lines)).T, draw


@needs_kernel
@pages
def test_sums_are_those_of_the_reference(lines: int, seed: int) -> None:
    weights, active, _ = page(lines, seed)

    found = chain.sums(weights, active)

    assert np.array_equal(found, without_kernel(lambda: chain.sums(weights, active)))


@needs_kernel
@pages
def test_posteriors_are_those_of_the_reference(lines: int, seed: int) -> None:
    draw = np.random.default_rng(seed)
    scores, gaps = np.exp(draw.normal(0, 9, (lines, CLASSES))), (draw.random(lines) < 0.5).tolist()
    moves, begins = np.exp(draw.normal(0, 2, (2, CLASSES, CLASSES))), np.exp(draw.normal(0, 2, CLASSES))
    steps = moves, chain.turned(moves)

    found = chain.posteriors(scores, gaps, *steps, begins)

    assert np.array_equal(found, without_kernel(lambda: chain.posteriors(scores, gaps, *steps, begins)))


@needs_kernel
@pages
def test_the_strongest_are_those_of_the_reference(lines: int, seed: int) -> None:
    weights, active, draw = page(lines, seed)
    chosen, against = draw.integers(0, CLASSES, lines), draw.integers(0, CLASSES, lines)

    found = chain.strongest(weights, active, chosen, against, 3)

    assert np.array_equal(found, without_kernel(lambda: chain.strongest(weights, active, chosen, against, 3)))


def test_a_chain_of_a_thousand_lines_neither_vanishes_nor_overflows() -> None:
    draw = np.random.default_rng(7)
    scores, moves = np.exp(-draw.random((1_000, CLASSES)) * 25), np.full((2, CLASSES, CLASSES), 1e-6)

    found = chain.posteriors(scores, [False] * 1_000, moves, chain.turned(moves), np.ones(CLASSES))

    np.testing.assert_allclose(found.sum(axis=1), 1.0)
