"""Training of the linear chain: likelihood of partly labelled pages and its gradient, many pages at once.

A page's likelihood is the share that label sequences allowed by its labels have among all (Sutton and McCallum 2012,
section 4.3, for the gradient; Täckström et al. 2013 for partial labels): the difference of two forward-backward passes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from pipeline.clean.lines import Line

Floats = NDArray[np.floating[Any]]
STRETCH = 250  # lines
_TINY = 1e-18  # keeps a line's allowed classes above nothing


class Page(Protocol):
    """A page to learn from, an entry of each array a line."""

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines."""
        ...

    @property
    def active(self) -> NDArray[np.signedinteger[Any]]:
        """Feature numbers, -1 for none: shape (lines, fields)."""
        ...

    @property
    def gaps(self) -> NDArray[np.bool_]:
        """Which lines take the second table of steps."""
        ...

    @property
    def allowed(self) -> NDArray[np.bool_]:
        """The classes that the labels leave open: shape (lines, classes)."""
        ...


@dataclass(frozen=True, slots=True)
class Packed:
    """Stretches of pages, longest first, packed line by line: all first lines, then all second ones, and so on.

    ``starts[t]`` to ``starts[t + 1]`` are the rows of line ``t``; the i-th row there belongs to the i-th stretch.
    ``begins`` says which stretches begin their page.
    """

    table: csr_matrix
    allowed: NDArray[np.bool_]
    gaps: NDArray[np.bool_]
    weights: Floats
    starts: NDArray[np.int64]
    begins: NDArray[np.bool_]


def pack(pages: Sequence[Page], weights: Sequence[float], features: int) -> Packed:
    """Return ``pages`` (none empty) packed.

    Long pages are cut into stretches of :data:`STRETCH` lines: the step over a cut teaches nothing, and the rest is
    done many stretches at once.
    """
    stretches = [
        (i, slice(first, first + STRETCH))
        for i, page in enumerate(pages)
        for first in range(0, len(page.lines), STRETCH)
    ]
    stretches.sort(key=lambda one: (-len(pages[one[0]].lines[one[1]]), one[0], one[1].start))
    lengths = np.array([len(pages[i].lines[own]) for i, own in stretches])
    counts = [int((lengths > t).sum()) for t in range(int(lengths[0]))]
    starts = np.concatenate(([0], np.cumsum(counts)))
    firsts = np.concatenate(([0], np.cumsum(lengths)))
    rows = np.concatenate([firsts[:count] + t for t, count in enumerate(counts)])
    allowed = np.concatenate([pages[i].allowed[own] for i, own in stretches])[rows]
    gaps = np.concatenate([pages[i].gaps[own] for i, own in stretches])[rows]
    active = np.concatenate([pages[i].active[own] for i, own in stretches])[rows]
    holds = active >= 0
    pointers = np.concatenate(([0], np.cumsum(holds.sum(axis=1))))
    indices = active[holds].astype(np.int32)
    table = csr_matrix((np.ones(len(indices), np.float32), indices, pointers), shape=(len(rows), features))
    each = np.array([weights[i] for i, _ in stretches], np.float32)
    per_row = np.concatenate([each[:count] for count in counts])
    begins = np.array([own.start == 0 for _, own in stretches])
    return Packed(table, allowed, gaps, per_row, starts, begins)


def chain(packed: Packed, scores: Floats, moves: Floats, begin: Floats) -> tuple[float, Floats, Floats, Floats]:
    """Return the weighted log of the summed scores, and the expected counts: of classes by row, of moves, of begins.

    ``scores`` (rows, classes) and ``moves`` (gap or none, class, class) and ``begin`` (class) are not logs.
    """
    starts, count, classes = packed.starts, len(packed.starts) - 1, len(begin)
    both = np.concatenate((moves[0], moves[1]), axis=1)
    back = np.concatenate((moves[0].T, moves[1].T), axis=1)
    forward = np.empty_like(scores)
    scale = np.empty(len(scores), scores.dtype)
    for t in range(count):
        rows = slice(starts[t], starts[t + 1])
        if t == 0:
            into = np.where(packed.begins[:, None], begin, np.float32(1.0))
        else:
            above = forward[starts[t - 1] : starts[t - 1] + (starts[t + 1] - starts[t])]
            into = _by_gap(above @ both, packed.gaps[rows], classes)
        own = into * scores[rows]
        scale[rows] = own.sum(axis=1)
        forward[rows] = own / scale[rows, None]
    backward = np.ones_like(scores)
    expected = np.zeros(moves.shape)
    for t in range(count - 1, 0, -1):
        rows = slice(starts[t], starts[t + 1])
        size = starts[t + 1] - starts[t]
        above = slice(starts[t - 1], starts[t - 1] + size)
        out = scores[rows] * backward[rows] / scale[rows, None]
        gap = packed.gaps[rows]
        weighted = forward[above] * packed.weights[rows, None]
        expected[0] += weighted[~gap].T @ out[~gap]
        expected[1] += weighted[gap].T @ out[gap]
        backward[above] = _by_gap(out @ back, gap, classes)
    posterior = forward * backward
    total = float((np.log(scale.astype(np.float64)) * packed.weights).sum())
    first = np.flatnonzero(packed.begins)
    return total, posterior, expected * moves, packed.weights[first] @ posterior[first].astype(np.float64)


def _by_gap(both: Floats, gaps: NDArray[np.bool_], classes: int) -> Floats:
    """Return the right half of each row of ``both`` where there is a gap above its line, else the left one."""
    return np.where(gaps[:, None], both[:, classes:], both[:, :classes])


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
        logs = packed.table @ weights.astype(np.float32)
        scores = np.exp(logs - logs.max(axis=1, keepdims=True))
        moves = np.exp(theta[size:moves_end]).reshape(2, classes, classes).astype(np.float32)
        begin = np.exp(theta[moves_end:]).astype(np.float32)
        free, p_free, m_free, b_free = chain(packed, scores, moves, begin)
        told, p_told, m_told, b_told = chain(
            packed, np.maximum(scores, np.float32(_TINY)) * packed.allowed, moves, begin
        )
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
