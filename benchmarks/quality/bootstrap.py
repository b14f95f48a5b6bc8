"""Confidence intervals: sites are drawn again with replacement, since pages of one site err alike.

The percentile bootstrap (Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13) over clusters. A
draw is a row of site weights, so all draws are one matrix product and a thousand of them cost milliseconds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from benchmarks.quality.figures import Figure

ROUNDS = 1_000
SEED = 7

Totals = NDArray[np.float64]


def draws(sites: int, rounds: int = ROUNDS, seed: int = SEED) -> NDArray[np.int64]:
    """Return how often each site is drawn: int64, shape (rounds, sites); every row sums to ``sites``."""
    return np.random.default_rng(seed).multinomial(sites, np.full(sites, 1 / sites), size=rounds)


def site_sums(sites: Sequence[str], counts: Sequence[Sequence[float]]) -> Totals:
    """Return the counts of each site's pages added up: float64, shape (sites, counts a page), sites in sorted order."""
    row_by_site = {site: row for row, site in enumerate(sorted(set(sites)))}
    sums = np.zeros((len(row_by_site), len(counts[0]) if counts else 0))
    for site, row in zip(sites, counts, strict=True):
        sums[row_by_site[site]] += row
    return sums


def figure(sums: Totals, score: Callable[[Totals], Totals]) -> Figure:
    """Return a score with its 95 % interval; 0 without one where nothing is counted.

    Args:
        sums: counts by site, shape (sites, counts).
        score: from total counts, shape (n, counts), to n scores.
    """
    value = float(score(sums.sum(axis=0, keepdims=True))[0])
    if np.isnan(value):
        return Figure(value=0.0)
    if len(sums) < 2:
        return Figure(value=value)
    # A draw of sites that have nothing to count says nothing: it is left out, not taken for a zero.
    low, high = np.nanpercentile(score(draws(len(sums)) @ sums), (2.5, 97.5))
    return Figure(value=value, low=float(low), high=float(high))


def share(part: Totals, whole: Totals) -> Totals:
    """Return ``part / whole``, both of one shape; NaN where nothing is counted."""
    quotient: Totals = np.divide(part, whole, out=np.full_like(whole, np.nan), where=whole > 0)
    return quotient


def harmonic(one: Totals, other: Totals) -> Totals:
    """Return the harmonic mean of two arrays of one shape; 0 where both are 0."""
    return np.nan_to_num(share(2 * one * other, one + other))


def ratio(above: int, *below: int) -> Callable[[Totals], Totals]:
    """Return a score: column ``above`` over the sum of the columns ``below``; NaN where nothing is counted.

    >>> float(ratio(0, 0, 1)(np.array([[3.0, 1.0]]))[0])
    0.75
    """

    def score(totals: Totals) -> Totals:
        return share(totals[:, above], totals[:, below].sum(axis=1))

    return score


def mean_of(scores: Sequence[Callable[[Totals], Totals]]) -> Callable[[Totals], Totals]:
    """Return a score: the plain mean of those ``scores`` that count something."""

    def score(totals: Totals) -> Totals:
        mean: Totals = np.nanmean([one(totals) for one in scores], axis=0)
        return mean

    return score


def f1(hit: int, extra: int, missed: int) -> Callable[[Totals], Totals]:
    """Return a score: F1 from the columns of right, wrongly kept and wrongly dropped items.

    >>> float(f1(0, 1, 2)(np.array([[2.0, 1.0, 1.0]]))[0])
    0.6666666666666666
    """

    def score(totals: Totals) -> Totals:
        double = 2 * totals[:, hit]
        return share(double, double + totals[:, extra] + totals[:, missed])

    return score
