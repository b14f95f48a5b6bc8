"""Many short texts looked for in all lines of a page at once.

The compiled kernel does it where there is one, by hashes of the first signs; the Python code beside it is the
reference.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

import numpy as np

from pipeline.compiled import Library, address
from pipeline.words.compiled import LIBRARY
from pipeline.words.openings import fold_case

_HASH_BITS, _BITS = 16, 11  # of the hash that tells heads apart, and of those of one list: 8 kB either
FOLDED, MOST_FOLDED = 0x1E944, 3  # signs from there on fold to themselves, none folds to more than three
_MANY = 0x110000  # no sign
_ROOM = 512  # hits; pages have some 50


class _Table(ctypes.Structure):
    """``Needles`` of ``kernel.c``."""

    _fields_ = (
        ("signs", ctypes.c_char_p),
        ("ends", ctypes.c_void_p),
        ("known", ctypes.c_void_p),
        ("first", ctypes.c_void_p),
        ("next", ctypes.c_void_p),
        ("folds", ctypes.c_void_p),
        ("several", ctypes.c_char_p),
        ("count", ctypes.c_int64),
        ("bits", ctypes.c_int64),
        ("folded", ctypes.c_int64),
    )


class Needles:
    """Texts to look for, folded, none empty and none with a line end; made once, asked for many pages."""

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
        folds, several = _folds()
        self._table = _Table(
            signs=signs,
            ends=address(ends),
            known=address(known),
            first=address(first),
            next=address(after),
            folds=address(folds),
            several=several,
            count=len(self.needles),
            bits=_BITS,
            folded=len(folds),
        )
        self._kept = (signs, ends, known, first, after, folds, several)  # the table holds no more than where they lie
        library.call("index_needles", self._table)

    def find(self, text: str) -> Iterable[Sequence[int]]:
        r"""Return (place of a line, place of a needle) for each needle in a line of ``text``, once a line; in no order.

        The text is folded by :func:`fold_case` for that. Its lines are parted by line feeds and counted from 0.

        >>> sorted(map(tuple, Needles(["@", "by", "email", "sign up"]).find("Sign up by email\nBy and by")))
        [(0, 1), (0, 2), (0, 3), (1, 1)]
        """
        if self._library is None:
            text = fold_case(text)
            said, lines = [one for one in enumerate(self.needles) if one[1] in text], text.split("\n")
            return [(i, place) for place, needle in said for i, line in enumerate(lines) if needle in line]
        return self._compiled(self._library, text)

    def _compiled(self, library: Library, text: str) -> list[list[int]]:
        codes, folded = _codes(text), np.empty(MOST_FOLDED * len(text), np.uint32)
        seen, room = np.empty(len(self.needles), np.int64), _ROOM
        while True:
            hits = np.empty((room, 2), np.int64)
            found = library.call("find_needles", self._table, codes, len(text), folded, seen, room, hits)
            if found <= room:
                pairs: list[list[int]] = hits[:found].tolist()
                return pairs
            room = found


@cache
def _folds() -> tuple[np.ndarray[Any, np.dtype[np.uint32]], bytes]:
    """Return ``folds`` and ``several`` of ``kernel.c``."""
    several = _codes(fold_case("\0".join(map(chr, range(FOLDED))) + "\0"))
    signs = np.frombuffer(several, np.uint32)
    ends = np.flatnonzero(signs == 0)[1:]  # the first one is a sign itself
    starts = np.concatenate([[0], ends[:-1] + 1])
    return np.where(ends - starts == 1, signs[starts], _MANY + starts).astype(np.uint32), several


def _codes(text: str) -> bytes:
    return text.encode("utf-32-le", "surrogatepass")
