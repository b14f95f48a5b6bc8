"""A page's lines, and the tables they are read by, as the compiled kernel takes them."""

from __future__ import annotations

import ctypes
import struct
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.clean import zone
from pipeline.clean.compiled import LIBRARY
from pipeline.clean.features import END_MATTER, MARK_NUMBER, STAMPS
from pipeline.clean.known_words import KnownWords, codes_of
from pipeline.clean.lines import Line
from pipeline.clean.looks import NO_LONG_WORD
from pipeline.clean.marks import Mark
from pipeline.clean.signs import class_table
from pipeline.compiled import address
from pipeline.records import LineClass

Ints = NDArray[np.int64]

# What the kernel asks of the class a rule gives, as bits.
_KINDS = ((1, END_MATTER), (2, STAMPS), (4, zone.ENDS), (8, {LineClass.READING_TIME}), (16, {LineClass.SECTION}))
CLASS_KINDS = np.array([0, *(sum(bit for bit, kinds in _KINDS if kind in kinds) for kind in LineClass)], np.int64)
_PACK = struct.Struct("11q").pack
_WORTHS = (zone.SHORT_LINE, zone.MARKED_LINE, zone.END_MATTER)


class _Tables(ctypes.Structure):
    """``Tables`` of ``kernel.c``."""

    _fields_ = (
        ("known", ctypes.c_void_p),
        ("stopwords", ctypes.c_void_p),
        ("leans", ctypes.c_void_p),
        ("classes", ctypes.c_void_p),
        ("bounds", ctypes.c_void_p),
        ("bound_ends", ctypes.c_void_p),
        ("offsets", ctypes.c_void_p),
        ("class_kinds", ctypes.c_void_p),
        ("worths", ctypes.c_void_p),
        ("tool_lean", ctypes.c_double),
        ("no_long_word", ctypes.c_double),
        ("no_prose_capitals", ctypes.c_double),
        ("fields", ctypes.c_int64),
        ("flags", ctypes.c_int64),
    )


class Tables:
    """What stays the same from page to page; ``table`` is the kernel's, and points into what is kept beside it."""

    def __init__(
        self,
        known: KnownWords,
        bounds: Sequence[Sequence[float]],
        offsets: Ints,
        *,
        fields: int,
        flags: int,
        stopwords: Ints | None = None,
        leans: NDArray[np.float64] | None = None,
        worths: Iterable[float] = (),
        **numbers: float,
    ) -> None:
        """Take the bounds of buckets and the first places of ``fields`` fields and ``flags`` flags.

        ``stopwords`` and ``leans`` have an entry a known word; ``worths`` come behind those of the body's zone;
        ``numbers`` are named as in the kernel.
        """
        arrays = {
            "stopwords": stopwords,
            "leans": leans,
            "classes": class_table(),
            "bounds": np.array([bound for own in bounds for bound in own], np.float64),
            "bound_ends": np.cumsum([len(own) for own in bounds], dtype=np.int64),
            "offsets": offsets,
            "class_kinds": CLASS_KINDS,
            "worths": np.array([*_WORTHS, *worths], np.float64),
        }
        places: dict[str, Any] = {name: address(array) for name, array in arrays.items() if array is not None}
        self.table = _Tables(
            known=ctypes.addressof(known.table),
            no_long_word=NO_LONG_WORD,
            fields=fields,
            flags=flags,
            **places,
            **numbers,
        )
        self._kept = (known, arrays)


class _Page(ctypes.Structure):
    """``Page`` of ``kernel.c``."""

    _fields_ = (
        ("bare", ctypes.c_char_p),
        ("folded", ctypes.c_char_p),
        ("facts", ctypes.c_char_p),
        ("count", ctypes.c_int64),
        ("headline", ctypes.c_int64),
        ("first_body", ctypes.c_int64),
        ("split", ctypes.c_void_p),
    )

    def __del__(self) -> None:
        """Free the page's words, which the kernel keeps from the first call to the last."""
        if LIBRARY is not None:
            LIBRARY.call("close_page", self)


class CompiledPage:
    """The lines of a segment and their marks; ``table`` is the kernel's, and good only as long as this is kept."""

    def __init__(self, lines: Sequence[Line], marks: Sequence[Mark | None]) -> None:
        self.count = len(lines)
        self.table = _Page(
            bare=codes_of("\n".join([*(line.bare for line in lines), ""])),
            folded=codes_of("\n".join([*(line.folded for line in lines), ""])),
            facts=_facts(lines, marks),
            count=self.count,
            headline=-1,
            first_body=0,
        )

    def see_from(self, headline: int | None, first_body: int) -> None:
        """Tell the kernel, in place, from where the lines are seen: the headline and the text's first paragraph."""
        self.table.headline = -1 if headline is None else headline
        self.table.first_body = first_body


def _facts(lines: Sequence[Line], marks: Sequence[Mark | None]) -> bytes:
    """Return what the kernel is told of each line, in the order of its facts."""
    return b"".join(
        [
            _PACK(
                len(line.bare),
                len(line.folded),
                line.size,
                line.blanks_before,
                line.ends_stop,
                line.is_paragraph,
                line.is_bullet,
                line.is_piece,
                line.starts_lower,
                0 if mark is None else MARK_NUMBER[mark.label.line_class],
                mark is not None and mark.opens is not None,
            )
            for line, mark in zip(lines, marks, strict=True)
        ]
    )
