"""Claims about growing trees: they learn what no sum of weights can, and the same rows give the same trees."""

from __future__ import annotations

import numpy as np

from benchmarks.training.trees import MIN_ROWS, TREES, grow
from pipeline.clean.trees import total

RNG = np.random.default_rng(5)
TABLE = RNG.random((600, 4)).round(4)
EITHER = ((TABLE[:, 0] > 0.5) != (TABLE[:, 2] > 0.5)).astype(np.float64)
ALIKE = np.ones(len(TABLE))


def test_trees_tell_a_row_by_two_signs_together() -> None:
    start, trees = grow(TABLE, EITHER, ALIKE)
    odds = np.array([start + total(trees, row.tolist()) for row in TABLE])

    assert len(trees) == TREES
    assert ((odds > 0) == (EITHER > 0)).mean() > 0.9
    assert {0, 2} <= {tree.first for tree in trees}


def test_the_same_rows_give_the_same_trees() -> None:
    assert grow(TABLE, EITHER, ALIKE) == grow(TABLE, EITHER, ALIKE)


def test_rows_that_weigh_nothing_teach_nothing() -> None:
    half = ALIKE * (TABLE[:, 1] > 0.5)
    turned = np.where(half > 0, EITHER, 1 - EITHER)

    assert grow(TABLE, EITHER, half)[0] == grow(TABLE, turned, half)[0]
    assert grow(TABLE, EITHER, half)[1][0] == grow(TABLE, turned, half)[1][0]


def test_no_question_is_asked_for_the_sake_of_a_few_rows() -> None:
    rare = np.arange(len(TABLE)) < MIN_ROWS // 2
    table = np.column_stack([rare.astype(np.float64), TABLE[:, 1]])
    _, trees = grow(table, rare.astype(np.float64), ALIKE)

    assert 0 not in {sign for tree in trees for sign in (tree.first, tree.low, tree.high)} - {1}
