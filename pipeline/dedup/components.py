"""Connected components of pairs of numbers, without a Python object a pair."""

from __future__ import annotations

import numpy as np

from pipeline.dedup.kernel import I64


def components(pairs: I64, count: int) -> I64:
    """Return for each number below ``count`` the smallest one it is connected with: int64, shape (count,).

    ``pairs``: int64, shape (n, 2). Labels are hooked onto smaller ones and their chains halved (Shiloach and Vishkin
    1982), so that a chain of a million takes some twenty rounds and not a million.

    >>> components(np.array([[3, 1], [1, 4]]), 5).tolist()
    [0, 1, 2, 1, 1]
    """
    label = np.arange(count)
    one, other = pairs[:, 0], pairs[:, 1]
    while len(one):
        left, right = label[one], label[other]
        low = np.minimum(left, right)
        np.minimum.at(label, left, low)
        np.minimum.at(label, right, low)
        while not np.array_equal(shorter := label[label], label):
            label = shorter
        apart = label[one] != label[other]
        one, other = one[apart], other[apart]
    return label
