"""Many short texts looked for in one long text at once: hashes of four signs first, all of them at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

# Signs that are hashed together, of a long needle and of a short one; English prose has a place in two hundred that
# looks like a needle by four signs. A needle of one sign is looked for as it is.
_GRAMS = (4, 2)
_FACTORS = tuple(np.uint32(factor) for factor in (0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D, 0x27D4EB2F))  # odd, of xxHash
_HASH_BITS = 14  # 16 kB a table: it must not push everything else out of the first cache


class Needles:
    """Texts to look for; made once, asked for many pages."""

    def __init__(self, needles: Iterable[str]) -> None:
        left = set(needles)
        self._tables = []
        for gram in _GRAMS:
            own = {needle for needle in left if len(needle) >= gram}
            left -= own
            self._tables.append(_Table(own, gram))
        self._single = tuple(left)

    def find(self, text: str) -> Iterator[tuple[int, str]]:
        """Yield (place, needle) for every needle that stands in ``text``, at every place; in no order.

        >>> sorted(Needles(["@", "by", "email", "sign up"]).find("sign up by email"))
        [(0, 'sign up'), (8, 'by'), (11, 'email')]
        """
        for needle in self._single:
            at = text.find(needle)
            while at >= 0:
                yield at, needle
                at = text.find(needle, at + 1)
        codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
        for table in self._tables:
            yield from table.find(text, codes)


class _Table:
    """Needles of ``gram`` signs or more, by the hash of the first ones."""

    def __init__(self, needles: Iterable[str], gram: int) -> None:
        self._gram = gram
        self._by_gram: dict[str, list[str]] = {}
        self._known = np.zeros(1 << _HASH_BITS, np.bool_)
        for needle in sorted(needles):
            self._by_gram.setdefault(needle[:gram], []).append(needle)
            codes = np.frombuffer(needle[:gram].encode("utf-32-le", "surrogatepass"), np.uint32)
            self._known[_hashes(codes, gram)] = True

    def find(self, text: str, codes: NDArray[np.uint32]) -> Iterator[tuple[int, str]]:
        """Yield (place, needle) of ``text``, whose code points are ``codes``."""
        for at in np.flatnonzero(self._known.take(_hashes(codes, self._gram))).tolist():
            for needle in self._by_gram.get(text[at : at + self._gram], ()):
                if text.startswith(needle, at):
                    yield at, needle


def _hashes(codes: NDArray[np.uint32], gram: int) -> NDArray[np.uint32]:
    """Return a hash of each ``gram`` code points in a row: uint32 below 2^14, shape (code points - gram + 1)."""
    count = max(0, len(codes) - gram + 1)
    mixed = np.zeros(count, np.uint32)
    for place, factor in enumerate(_FACTORS[:gram]):
        mixed += codes[place : place + count] * factor
    return mixed >> np.uint32(32 - _HASH_BITS)
