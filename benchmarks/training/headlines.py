"""Training of the choice of a headline: the weights under which labelled ones are likeliest among the candidates."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from benchmarks.training.corpus import Example
from pipeline.clean.headline_model import NAMES
from pipeline.clean.model import SCALE

Floats = NDArray[np.float64]

L2 = 2.0
ROUNDS = 200  # of L-BFGS
DUMP_WEIGHT = 1.5
FORM_WEIGHT = 0.3  # each page comes in six forms


def fit_headlines(pages: Sequence[Example]) -> dict[str, int]:
    """Return the weights by name, in hundredths, nothing that is zero; same pages, same weights.

    The logit of each page is the share of its headlines among all its candidates; pages without a known headline, or
    with none among the candidates, say nothing.
    """
    told = [page for page in pages if any(one.index in page.headlines for one in page.candidates)]
    table, starts, is_headline, weights = _packed(told)
    groups = np.repeat(np.arange(len(told)), np.diff(np.append(starts, len(is_headline))))

    def value(theta: Floats) -> tuple[float, Floats]:
        logs = table @ theta
        scores = np.exp(logs - np.maximum.reduceat(logs, starts)[groups])
        free = np.add.reduceat(scores, starts)
        right = np.add.reduceat(scores * is_headline, starts)
        slope = (scores / free[groups] - scores * is_headline / right[groups]) * weights[groups]
        loss = float((weights * np.log(free / right)).sum())
        return loss + L2 / 2 * float(theta @ theta), table.T @ slope + L2 * theta

    found = minimize(value, np.zeros(len(NAMES)), jac=True, method="L-BFGS-B", options={"maxiter": ROUNDS})
    whole = np.rint(found.x * SCALE).astype(int).tolist()
    return {name: weight for name, weight in zip(NAMES, whole, strict=True) if weight}


def _packed(pages: Sequence[Example]) -> tuple[csr_matrix, NDArray[np.int64], NDArray[np.bool_], Floats]:
    """Return what holds of each candidate, where each page's begin, which are headlines, and the pages' weights."""
    every = [(page, one) for page in pages for one in page.candidates]
    sizes = [len(one.active) for _, one in every]
    columns = [name for _, one in every for name in one.active]
    pointers = np.concatenate(([0], np.cumsum(sizes)))
    table = csr_matrix((np.ones(len(columns)), columns, pointers), shape=(len(every), len(NAMES)))
    starts = np.concatenate(([0], np.cumsum([len(page.candidates) for page in pages])[:-1]))
    is_headline = np.array([one.index in page.headlines for page, one in every])
    weights = np.array([DUMP_WEIGHT if page.source == "dumps" else FORM_WEIGHT for page in pages])
    return table, starts, is_headline, weights
