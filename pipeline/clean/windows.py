"""What stands around each line of a page, for all lines at once: sums, and the values of neighbours."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

REACH = 8  # lines; the widest window


def shift(values: Ints, by: int) -> Ints:
    """Return for each line the value of the line ``by`` below it; 0 past the page's ends."""
    shifted = np.zeros_like(values)
    if by > 0:
        shifted[:-by] = values[by:]
    else:
        shifted[-by:] = values[:by]
    return shifted


class Window:
    """Sums over the lines around each line, for values that are counted together once."""

    def __init__(self, values: NDArray[np.generic]) -> None:
        """Take ``values``, numbers or booleans, one a line; no page has none."""
        self._values: Ints = values.astype(np.int64)
        self._sums = _padded(np.cumsum(self._values))

    def _between(self, sums: Ints, above: int, below: int) -> Ints:
        count = len(self._values)
        last, first = REACH + 1 + below, REACH - above
        between: Ints = sums[last : last + count] - sums[first : first + count]
        return between

    def sum(self, above: int, below: int) -> Ints:
        """Return the sum over the line itself and ``above`` and ``below`` lines around it, at most :data:`REACH`."""
        return self._between(self._sums, above, below)

    def share(self, above: int, below: int) -> NDArray[np.float64]:
        """Return the share of lines for which the value holds, the line itself left out, ``above`` and ``below``."""
        widths = self._between(_line_sums(len(self._values)), above, below)
        shares: NDArray[np.float64] = (self.sum(above, below) - self._values.astype(np.int64)) / np.maximum(
            widths - 1, 1
        )
        return shares


def _padded(sums: Ints) -> Ints:
    """Return running sums with what they are above the page and below it."""
    padded = np.empty(len(sums) + 2 * REACH + 1, np.int64)
    padded[: REACH + 1] = 0
    padded[REACH + 1 : REACH + 1 + len(sums)] = sums
    padded[REACH + 1 + len(sums) :] = sums[-1]
    return padded


@lru_cache(maxsize=4)  # the windows of one page are asked about one after the other
def _line_sums(count: int) -> Ints:
    return _padded(np.arange(1, count + 1))
