"""What a page's paragraphs have in common from the compiled kernel, where there is one.

It gives what :func:`pipeline.clean.overlaps.overlaps_of` gives of the bags that
:class:`~pipeline.clean.topics.Vocabulary` takes, words and names in one call: two sets a paragraph cost more than what
is done with them.
"""

from __future__ import annotations

import ctypes
import struct
from collections.abc import Mapping, Sequence

import numpy as np

from pipeline.clean import overlaps as reference
from pipeline.clean.cosines import REACH
from pipeline.clean.known_words import KnownWords, Remembered, codes_of
from pipeline.clean.lines import Line
from pipeline.clean.overlaps import Halves, Overlaps
from pipeline.clean.signs import class_table, small_letters
from pipeline.compiled import Library, address

_PACK = struct.Struct("3q").pack


class _Asked(ctypes.Structure):
    """``Asked`` of ``kernel.c``."""

    _fields_ = (
        ("stopwords", ctypes.c_void_p),
        ("classes", ctypes.c_void_p),
        ("small", ctypes.c_void_p),
        *((name, ctypes.c_int64) for name in ("letters", "stem", "reach", "far", "subjects", "many")),
        ("shared", ctypes.c_double),
        ("unknown", ctypes.c_double),
    )


class _Prose(ctypes.Structure):
    """``Prose`` of ``kernel.c``."""

    _fields_ = (
        *((name, ctypes.c_char_p) for name in ("folded", "printed")),
        ("facts", ctypes.c_char_p),
        ("count", ctypes.c_int64),
    )


class _Tables:
    """What stays the same from page to page; ``table`` is the kernel's, and points into what is kept beside it."""

    def __init__(self, library: Library, stopwords: Mapping[str, object]) -> None:
        self._kept = known, classes, small = KnownWords(library, stopwords), class_table(), small_letters()
        self.table = _Asked(
            stopwords=ctypes.addressof(known.table),
            classes=address(classes),
            small=address(small),
            reach=REACH,
            far=reference.FAR,
            subjects=reference.SUBJECTS,
            many=reference.MANY,
            shared=reference.SHARED,
            unknown=reference.UNKNOWN,
        )


_TABLES = Remembered(_Tables)


def overlaps(
    library: Library,
    lines: Sequence[Line],
    places: Sequence[int],
    stopwords: Mapping[str, object],
    *,
    letters: int,
    stem: int,
) -> tuple[Overlaps, Overlaps]:
    """Return what the words, and the names, of paragraphs in a script with spaces have in common.

    Words have ``letters`` at the least; they and the names are cut to ``stem`` letters, and none is of ``stopwords``.
    """
    table = _TABLES.of(library, stopwords).table
    table.letters, table.stem = letters, stem
    prose = _Prose(
        folded=codes_of("\n".join([*(line.folded for line in lines), ""])),
        printed=codes_of("\n".join([*(line.bare for line in lines), ""])),
        facts=b"".join(map(_facts, lines)),
        count=len(lines),
    )
    cosines, halves = np.empty((2, len(lines))), np.empty((2, len(places), len(Halves._fields)))
    library.call("overlaps", table, prose, np.array(places, np.int64), len(places), cosines, halves)
    words, names = (
        Overlaps(own, dict(zip(places, map(Halves._make, rows), strict=True)))
        for own, rows in zip(cosines.tolist(), halves.tolist(), strict=True)
    )
    return words, names


def _facts(line: Line) -> bytes:
    """Return what the kernel is told of a paragraph, in the order of its facts."""
    head = line.bare[:1]  # a Latin letter alone tells that the line has two cases
    is_caseless = not (head.isascii() and head.isalpha()) and line.bare.lower() == line.bare.upper()
    return _PACK(len(line.folded), len(line.bare), is_caseless)
