"""Boosted trees of two questions each: the sum of one number a tree, chosen by whether some signs are over a bar.

``benchmarks/training/trees.py`` grows them (Friedman 2001, with the second-order steps of Chen and Guestrin 2016).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Tree(NamedTuple):
    """Asks whether sign ``first`` is over ``bar``, then the like of ``low``, or of ``high`` if it is.

    ``adds`` are for no and no, no and yes, yes and no, yes and yes; signs are places in the row of signs.
    """

    first: int
    bar: float
    low: int
    low_bar: float
    high: int
    high_bar: float
    adds: tuple[float, float, float, float]


def total(trees: Sequence[Tree], signs: Sequence[float]) -> float:
    """Return the sum of what the trees add for some signs.

    >>> tree = Tree(0, 0.5, 1, 0.2, 1, 0.8, (-1.0, 0.5, 1.0, 2.0))
    >>> total([tree, tree], [0.0, 0.3]), total([tree], [1.0, 0.3]), total([tree], [1.0, 0.9])
    (1.0, 1.0, 2.0)
    """
    found = 0.0
    for first, bar, low, low_bar, high, high_bar, adds in trees:
        if signs[first] > bar:
            found += adds[3] if signs[high] > high_bar else adds[2]
        else:
            found += adds[1] if signs[low] > low_bar else adds[0]
    return found
