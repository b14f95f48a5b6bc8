"""Boosted trees of two questions each, grown on signs that are cut into bins: for the splitter.

Each tree is fitted to the slope of the logistic loss by Newton steps, best gain first (Friedman 2001; gain and leaf
weights of Chen and Guestrin 2016, equations 5 to 7). Nothing is drawn: same rows, same trees.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.clean.trees import Tree

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

TREES = 250
RATE = 0.1  # share of a Newton step that a tree takes
PULL = 10.0  # of leaf weights to zero, in the unit of the rows' second slopes
BINS = 16
MIN_ROWS = 20  # on either side of a bar
DIGITS = 4  # of bars and of what a tree adds


@dataclass(frozen=True, slots=True)
class _Question:
    """For each of some nodes the sign asked of and the bin that a row must be over."""

    sign: Ints
    bin: Ints


def grow(table: Floats, begins: Floats, weights: Floats) -> tuple[float, list[Tree]]:
    """Return the log odds to begin with and the trees that tell rows of ``table`` that begin a story from the others.

    ``table`` is (rows, signs), ``begins`` 0 or 1 a row, ``weights`` what a row counts.
    """
    bars = [_bars(column) for column in table.T]
    bins = np.stack([np.searchsorted(own, column) for own, column in zip(bars, table.T, strict=True)], axis=1)
    start = round(float(np.log((weights @ begins) / (weights @ (1 - begins)))), DIGITS)
    odds = np.full(len(table), start)
    trees = []
    for _ in range(TREES):
        likely = 1 / (1 + np.exp(-odds))
        slopes, bends = weights * (likely - begins), weights * likely * (1 - likely)
        first = _ask(bins, slopes, bends, np.zeros(len(bins), np.int64), 1)
        node = _answer(bins, first, np.zeros(len(bins), np.int64))
        second = _ask(bins, slopes, bends, node, 2)
        leaf = _answer(bins, second, node)
        adds = -RATE * np.bincount(leaf, slopes, 4) / (np.bincount(leaf, bends, 4) + PULL)
        adds = adds.round(DIGITS)
        odds += adds[leaf]
        trees.append(_tree(bars, first, second, adds))
    return start, trees


def _bars(column: Floats) -> Floats:
    """Return the values that part a sign's rows in about equal shares."""
    bars: Floats = np.unique(np.quantile(column, np.arange(1, BINS) / BINS).round(DIGITS))
    return bars


def _ask(bins: Ints, slopes: Floats, bends: Floats, node: Ints, nodes: int) -> _Question:
    """Return the question for each of ``nodes`` nodes whose answer gains most; the first of equals."""
    signs = bins.shape[1]
    gains = np.empty((nodes, signs, BINS))
    for sign in range(signs):
        place = node * BINS + bins[:, sign]
        counts, lows, bent = (
            np.bincount(place, of, nodes * BINS).reshape(nodes, BINS).cumsum(axis=1) for of in (None, slopes, bends)
        )
        all_rows, whole, all_bent = counts[:, -1:], lows[:, -1:], bent[:, -1:]
        gain = lows**2 / (bent + PULL) + (whole - lows) ** 2 / (all_bent - bent + PULL)
        gains[:, sign] = np.where((counts < MIN_ROWS) | (all_rows - counts < MIN_ROWS), -1.0, gain)
    best = gains.reshape(nodes, -1).argmax(axis=1)
    return _Question(best // BINS, best % BINS)


def _answer(bins: Ints, asked: _Question, node: Ints) -> Ints:
    over: Ints = node * 2 + (bins[np.arange(len(bins)), asked.sign[node]] > asked.bin[node])
    return over


def _tree(bars: list[Floats], first: _Question, second: _Question, adds: Floats) -> Tree:
    (top,), (low, high) = first.sign.tolist(), second.sign.tolist()
    low_bar, high_bar = (float(bars[sign][at]) for sign, at in zip((low, high), second.bin.tolist(), strict=True))
    told = tuple(adds.tolist())
    return Tree(
        top, float(bars[top][int(first.bin[0])]), low, low_bar, high, high_bar, (told[0], told[1], told[2], told[3])
    )
