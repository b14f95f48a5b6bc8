"""Many short texts looked for in all lines of a page at once.

The compiled kernel does it where there is one, by hashes of the first signs; the Python code beside it is the
reference.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterable, Sequence

import numpy as np

from pipeline.compiled import Library, address
from pipeline.words.compiled import LIBRARY

_HASH_BITS, _BITS = 16, 11  # of the hash that tells heads apart, and of those of one list: 8 kB either
_ROOM = 512  # hits; pages have some 50


class _Table(ctypes.Structure):
    """``Needles`` of ``kernel.c``."""

    _fields_ = (
        ("signs", ctypes.c_char_p),
        ("ends", ctypes.c_void_p),
        ("known", ctypes.c_void_p),
        ("first", ctypes.c_void_p),
        ("next", ctypes.c_void_p),
        ("count", ctypes.c_int64),
        ("bits", ctypes.c_int64),
    )


class Needles:
    """Texts to look for, none empty and none with a line end; made once, asked for many pages."""

    def __init__(self, needles: Iterable[str], library: Library | None = LIBRARY) -> None:
        """Keep the needles, sorted; without a ``library`` Python looks for them."""
        self.needles = tuple(sorted(set(needles)))
        self._library = library
        if library is None:
            return
        signs = _codes("".join(self.needles))
        ends = np.cumsum([len(needle) for needle in self.needles], dtype=np.int64)
        known = np.zeros(1 << _HASH_BITS >> 5, np.uint32)
        first = np.full(1 << _BITS, -1, np.int32)
        after = np.full(len(self.needles), -1, np.int32)
        self._table = _Table(
            signs=signs,
            ends=address(ends),
            known=address(known),
            first=address(first),
            next=address(after),
            count=len(self.needles),
            bits=_BITS,
        )
        self._kept = (signs, ends, known, first, after)  # the table holds no more than where they lie
        library.call("index_needles", self._table)

    def find(self, text: str) -> Iterable[Sequence[int]]:
        r"""Return (place of a line, place of a needle) for each needle in a line of ``text``, once a line; in no order.

        Lines are parted by line feeds and counted from 0.

        >>> sorted(map(tuple, Needles(["@", "by", "email", "sign up"]).find("sign up by email\nby and by")))
        [(0, 1), (0, 2), (0, 3), (1, 1)]
        """
        if self._library is None:
            said, lines = [one for one in enumerate(self.needles) if one[1] in text], text.split("\n")
            return [(i, place) for place, needle in said for i, line in enumerate(lines) if needle in line]
        return self._compiled(self._library, text)

    def _compiled(self, library: Library, text: str) -> list[list[int]]:
        codes, seen, room = _codes(text), np.empty(len(self.needles), np.int64), _ROOM
        while True:
            hits = np.empty((room, 2), np.int64)
            found = library.call("find_needles", self._table, codes, len(text), seen, room, hits)
            if found <= room:
                pairs: list[list[int]] = hits[:found].tolist()
                return pairs
            room = found


def _codes(text: str) -> bytes:
    return text.encode("utf-32-le", "surrogatepass")
