"""How much of what stands above a place of a page stands below it too: cosines of counts of words.

The compiled kernel does it where there is one; the numpy code beside it is the reference.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import TypeAlias

import numpy as np

from pipeline.clean.compiled import LIBRARY
from pipeline.clean.known_words import codes_of
from pipeline.compiled import Library

Words: TypeAlias = frozenset[str]

REACH = 6  # bags on either side that are compared
_AT_ONCE = 64  # places compared at a time, by the words of the bags around them alone


def cosines(bags: Sequence[Words]) -> list[float]:
    """Return the cosine of the counts, in bags, of what stands above and below each place, one a bag.

    The place of a bag lies below it; what is shared below the last one is 0.
    """
    if LIBRARY is not None:
        return _compiled(LIBRARY, bags)
    starts = range(0, len(bags), _AT_ONCE)
    return [cosine for at in starts for cosine in _between(bags, at, min(at + _AT_ONCE, len(bags)))]


def stems(words: Sequence[str], stopwords: Mapping[str, object], min_letters: int, stem: int) -> Words:
    """Return the first ``stem`` letters of the words that are long enough and no stopwords."""
    return frozenset([word[:stem] for word in words if len(word) >= min_letters and word not in stopwords])


def _compiled(library: Library, bags: Sequence[Words]) -> list[float]:
    # What tells a language without blanks may be its signs, the blank among them: no word holds a line end.
    texts = list(map("\n".join, bags))
    found, lengths = np.empty(len(texts), np.float64), np.array([len(text) for text in texts], np.int64)
    library.call("cosines", codes_of("\n".join([*texts, ""])), lengths, len(texts), ord("\n"), REACH, found)
    values: list[float] = found.tolist()
    return values


def _between(bags: Sequence[Words], start: int, stop: int) -> list[float]:
    """Return those of :func:`cosines` from ``start`` to ``stop``."""
    first, last = max(0, start + 1 - REACH), min(len(bags), stop + REACH)
    near = bags[first:last]
    place = {word: number for number, word in enumerate(frozenset().union(*near))}
    sums = np.zeros((len(near) + 1, len(place)), np.float32)  # exact: counts below two to the 24th
    rows = np.repeat(np.arange(1, len(near) + 1), [*map(len, near)])
    sums[rows, [*map(place.__getitem__, chain.from_iterable(near))]] = 1
    np.cumsum(sums, axis=0, out=sums)
    at = np.arange(start + 1, stop + 1) - first
    middle = sums[at]
    above = middle - sums[np.maximum(at - REACH, 0)]
    below = sums[np.minimum(at + REACH, len(near))] - middle
    dots, *squares = (
        np.einsum("ij,ij->i", a, b).astype(np.float64) for a, b in ((above, below), (above, above), (below, below))
    )
    norms = np.sqrt(squares[0] * squares[1])
    found: list[float] = np.divide(dots, norms, out=np.zeros_like(dots), where=norms > 0).tolist()
    return found
