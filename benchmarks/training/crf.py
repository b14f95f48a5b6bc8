"""Training of the linear chain: likelihood of partly labelled pages and its gradient, many pages at once.

A page's likelihood is the share that label sequences allowed by its labels have among all (Sutton and McCallum 2012,
section 4.3, for the gradient; Täckström et al. 2013 for partial labels): the difference of two forward-backward passes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from benchmarks.training.corpus import Example

Floats = NDArray[np.float64]
_TINY = 1e-30  # keeps a line's allowed classes above nothing


@dataclass(frozen=True, slots=True)
class Packed:
    """Pages, longest first, packed line by line: all first lines, then all second ones, and so on.

    ``starts[t]`` to ``starts[t + 1]`` are the rows of line ``t``; the i-th row there belongs to the i-th page.
    """

    table: csr_matrix
    allowed: NDArray[np.bool_]
    gaps: NDArray[np.bool_]
    weights: Floats
    starts: NDArray[np.int64]


def pack(pages: Sequence[Example], weights: Sequence[float], features: int) -> Packed:
    """Return ``pages`` (none empty) packed."""
    order = sorted(range(len(pages)), key=lambda i: (-len(pages[i].lines), i))
    lengths = np.array([len(pages[i].lines) for i in order])
    counts = [int((lengths > t).sum()) for t in range(int(lengths[0]))]
    starts = np.concatenate(([0], np.cumsum(counts)))
    firsts = np.concatenate(([0], np.cumsum(lengths)))
    rows = np.concatenate([firsts[:count] + t for t, count in enumerate(counts)])
    allowed = np.concatenate([pages[i].allowed for i in order])[rows]
    gaps = np.concatenate([pages[i].gaps for i in order])[rows]
    active = [row[row >= 0] for i in order for row in pages[i].active]
    sizes = np.array([len(active[row]) for row in rows])
    indices = np.concatenate([active[row] for row in rows])
    pointers = np.concatenate(([0], np.cumsum(sizes)))
    table = csr_matrix((np.ones(len(indices), np.float32), indices, pointers), shape=(len(rows), features))
    per_page = np.array([weights[i] for i in order])
    per_row = np.concatenate([per_page[:count] for count in counts])
    return Packed(table, allowed, gaps, per_row, starts)


def chain(packed: Packed, scores: Floats, moves: Floats, begin: Floats) -> tuple[float, Floats, Floats, Floats]:
    """Return the weighted log of the summed scores, and the expected counts: of classes by row, of moves, of begins.

    ``scores`` (rows, classes) and ``moves`` (gap or none, class, class) and ``begin`` (class) are not logs.
    """
    starts, count = packed.starts, len(packed.starts) - 1
    forward = np.empty_like(scores)
    scale = np.empty(len(scores))
    into = np.empty_like(scores)
    for t in range(count):
        rows = slice(starts[t], starts[t + 1])
        if t == 0:
            into[rows] = begin
        else:
            above = forward[starts[t - 1] : starts[t - 1] + (starts[t + 1] - starts[t])]
            into[rows] = np.where(packed.gaps[rows, None], above @ moves[1], above @ moves[0])
        own = into[rows] * scores[rows]
        scale[rows] = own.sum(axis=1)
        forward[rows] = own / scale[rows, None]
    backward = np.ones_like(scores)
    expected = np.zeros_like(moves)
    for t in range(count - 1, 0, -1):
        rows = slice(starts[t], starts[t + 1])
        size = starts[t + 1] - starts[t]
        above = slice(starts[t - 1], starts[t - 1] + size)
        out = scores[rows] * backward[rows] / scale[rows, None]
        gap = packed.gaps[rows, None]
        weighted = forward[above] * packed.weights[rows, None]
        expected[0] += weighted.T @ np.where(gap, 0.0, out)
        expected[1] += weighted.T @ np.where(gap, out, 0.0)
        backward[above] = np.where(gap, out @ moves[1].T, out @ moves[0].T)
    posterior = forward * backward
    total = float((np.log(scale) * packed.weights).sum())
    first = slice(0, starts[1])
    return total, posterior, expected * moves, packed.weights[first] @ posterior[first]


def likelihood(packed: Packed, classes: int, l2: float) -> Callable[[Floats], tuple[float, Floats]]:
    """Return what is to be made small: the pages' negative log likelihood with its L2 penalty, and its slope.

    It takes the weights, flat: features by class, moves (2, class, class), begins (class).
    """
    features = packed.table.shape[1]
    size = features * classes
    moves_end = size + 2 * classes * classes
    transposed = packed.table.T.tocsr()

    def value(theta: Floats) -> tuple[float, Floats]:
        weights = theta[:size].reshape(features, classes)
        logs = (packed.table @ weights.astype(np.float32)).astype(np.float64)
        scores = np.exp(logs - logs.max(axis=1, keepdims=True))
        moves = np.exp(theta[size:moves_end]).reshape(2, classes, classes)
        begin = np.exp(theta[moves_end:])
        free, p_free, m_free, b_free = chain(packed, scores, moves, begin)
        told, p_told, m_told, b_told = chain(packed, np.maximum(scores, _TINY) * packed.allowed, moves, begin)
        slope = ((p_free - p_told) * packed.weights[:, None]).astype(np.float32)
        by_feature = (transposed @ slope).astype(np.float64).ravel()
        gradient = np.concatenate([by_feature, (m_free - m_told).ravel(), b_free - b_told])
        return free - told + l2 / 2 * float(theta @ theta), gradient + l2 * theta

    return value


def train(packed: Packed, classes: int, l2: float, rounds: int) -> Floats:
    """Return the weights that make :func:`likelihood` small, after at most ``rounds`` steps of L-BFGS from zero."""
    zero = np.zeros((packed.table.shape[1] + 2 * classes + 1) * classes)
    value = likelihood(packed, classes, l2)
    found = minimize(value, zero, jac=True, method="L-BFGS-B", options={"maxiter": rounds, "maxcor": 10})
    return np.asarray(found.x)
