"""The arithmetic of the line model: sums of weights, the chain's forward and backward sums, the strongest features.

The compiled kernel does it where there is one, on whole pages and in the order of the numpy code beside it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.clean.compiled import LIBRARY

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Weights = NDArray[np.float32]

SCALE_EVERY = 4  # lines; one takes at most some 25 of the 308 decimal places that a float64 has below 1
_AT_ONCE = 2_048  # lines whose features' weights are held in memory at a time: 17 MB


def sums(weights: Weights, active: Ints) -> Floats:
    """Return the sums of the weights of each line's features: float64, shape (lines, classes).

    ``weights`` has shape (features and a last row of zeros, classes); ``active`` (lines, features that may hold) has
    the rows that hold, -1 for none.
    """
    if LIBRARY is not None:
        found = np.empty((len(active), weights.shape[1]), np.float64)
        LIBRARY.call("sums", weights, np.ascontiguousarray(active.T), active.shape[1], *found.shape, found)
        return found
    return np.concatenate(
        [_sums(weights, active[at : at + _AT_ONCE]) for at in range(0, max(1, len(active)), _AT_ONCE)]
    )


def _sums(weights: Weights, active: Ints) -> Floats:
    # Features first: then whole pages are added to each other, and not 26 numbers at a time (18 µs for 62).
    found: Floats = weights.take(active.T, axis=0, mode="wrap").sum(axis=0).astype(np.float64)
    return found


def turned(moves: Floats) -> Floats:
    """Return the factors of the steps by the class below, as they are asked for on the way back."""
    return np.ascontiguousarray(moves.transpose(0, 2, 1))


def posteriors(scores: Floats, gaps: Sequence[bool], moves: Floats, back: Floats, begins: Floats) -> Floats:
    """Return how likely each line is of each class: float64, shape (lines, classes), rows sum to 1.

    ``scores`` are factors, shape (lines, classes), ``moves`` those of the steps, shape (2, class, class): the second
    table is for lines below a ``gap``; ``back`` are they :func:`turned`. All is scaled on the way so that nothing
    vanishes (Rabiner 1989, section V.A), by the highest value, which is the same in whatever order one looks.
    """
    if LIBRARY is not None:
        found = np.empty_like(scores)
        LIBRARY.call("chain", scores, bytes(gaps), moves, back, begins, *scores.shape, found)
    else:
        found = _chain(scores, bytes(gaps), moves, back, begins)
    # Without `sum`, `max` and the like of numpy, which are Python: cold, they cost as much as what they call.
    return np.divide(found, np.add.reduce(found, axis=1, keepdims=True), out=found)


def _chain(scores: Floats, gaps: bytes, moves: Floats, back: Floats, begins: Floats) -> Floats:
    """Return the products of forward and backward sums; classes are added one after the other, as the kernel does."""
    found = np.empty_like(scores)
    found[0] = step = begins * scores[0]
    for i in range(1, len(scores)):
        step = (step[:, None] * moves[gaps[i]]).sum(axis=0) * scores[i]
        found[i] = step = _scaled(step, i)
    step = np.ones_like(begins)
    for i in range(len(scores) - 1, 0, -1):
        step = ((step * scores[i])[:, None] * back[gaps[i]]).sum(axis=0)
        step = _scaled(step, i)
        found[i - 1] *= step
    return found


def _scaled(step: Floats, i: int) -> Floats:
    return step if i % SCALE_EVERY else step / step.max()


def strongest(weights: Weights, active: Ints, chosen: Ints, against: Ints, count: int) -> Ints:
    """Return the ``count`` features that speak most for class ``chosen`` of each line against class ``against``.

    int64, shape (lines, ``count``); -1 where nothing more speaks for it.
    """
    if LIBRARY is not None:
        found = np.empty((len(active), count), np.int64)
        rows, of_features = np.ascontiguousarray(active.T), (active.shape[1], len(active), weights.shape[1])
        LIBRARY.call("strongest", weights, rows, *of_features, chosen, against, count, found)
        return found
    return _strongest(weights, active, chosen, against, count)


def _strongest(weights: Weights, active: Ints, chosen: Ints, against: Ints, count: int) -> Ints:
    known = np.where(active < 0, len(weights) - 1, active)
    flat, places = weights.ravel(), known * weights.shape[1]
    for_it = flat.take(places + chosen[:, None]) - flat.take(places + against[:, None])
    rows = np.arange(len(known))
    found = np.empty((len(known), count), np.int64)
    for n in range(count):
        best = for_it.argmax(axis=1)
        found[:, n] = np.where(for_it[rows, best] > 0, known[rows, best], -1)
        for_it[rows, best] = -np.inf
    return found
