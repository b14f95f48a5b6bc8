"""Features of a page's lines from the compiled kernel, where there is one.

It sees what :func:`pipeline.clean.features.features` sees, a page in one call: on forty lines the numpy arrays cost
more than what is done with them.
"""

from __future__ import annotations

import ctypes
from collections.abc import Mapping, Sequence

import numpy as np

from pipeline.clean import features as reference
from pipeline.clean import looks, zone
from pipeline.clean.compiled import LIBRARY
from pipeline.clean.features import FIELDS, OFFSETS, Ints, Surroundings
from pipeline.clean.known_words import KnownWords, Remembered, codes_of
from pipeline.clean.lines import Line
from pipeline.clean.looks import FLAGS
from pipeline.clean.marks import Mark
from pipeline.clean.signs import class_table
from pipeline.compiled import Library, address


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
    )


class _Page(ctypes.Structure):
    """``Page`` of ``kernel.c``."""

    _fields_ = (
        ("bare", ctypes.c_char_p),
        ("folded", ctypes.c_char_p),
        ("facts", ctypes.c_void_p),
        ("count", ctypes.c_int64),
        ("headline", ctypes.c_int64),
        ("first_body", ctypes.c_int64),
    )


def features(
    lines: Sequence[Line],
    marks: Sequence[Mark | None],
    around: Surroundings,
    stopwords: Mapping[str, int],
    leans: Mapping[str, float],
) -> Ints:
    """Return what :func:`pipeline.clean.features.features` returns of the same."""
    if LIBRARY is not None and lines:
        found = _features(LIBRARY, lines, marks, around, _KNOWN.of(LIBRARY, stopwords, leans))
        if found is not None:
            return found
    return reference.features(lines, marks, around, stopwords, leans)


def _features(
    library: Library, lines: Sequence[Line], marks: Sequence[Mark | None], around: Surroundings, known: _Known
) -> Ints | None:
    """Return the features; None where the kernel was made for other fields."""
    facts = np.array([_facts(line, mark) for line, mark in zip(lines, marks, strict=True)], np.int64)
    page = _Page(
        bare=_codes([line.bare for line in lines]),
        folded=_codes([line.folded for line in lines]),
        facts=address(facts),
        count=len(lines),
        headline=-1 if around.headline is None else around.headline,
        first_body=around.first_body,
    )
    found = np.empty((len(FIELDS) + len(FLAGS), len(lines)), np.int64)
    return found.T if library.call("features", known.tables, page, found) else None


def _facts(line: Line, mark: Mark | None) -> tuple[int, ...]:
    """Return what the kernel is told of a line, in the order of its facts."""
    return (
        len(line.bare),
        len(line.folded),
        line.size,
        line.blanks_before,
        line.ends_stop,
        line.is_paragraph,
        line.is_bullet,
        line.is_piece,
        line.starts_lower,
        0 if mark is None else reference.MARK_NUMBER[mark.label.line_class],
        mark is not None and mark.opens is not None,
    )


def _codes(texts: Sequence[str]) -> bytes:
    return codes_of("\n".join([*texts, ""]))


class _Known:
    """The tables for some known words; ``arrays`` are what they point to."""

    def __init__(self, library: Library, stopwords: Mapping[str, int], leans: Mapping[str, float]) -> None:
        self.words = KnownWords(library, stopwords, leans)
        self.arrays = {
            "stopwords": np.array([stopwords.get(word, 0) for word in self.words.words], np.int64),
            "leans": np.array([leans.get(word, 0.0) for word in self.words.words], np.float64),
            "classes": class_table(),
            "bounds": np.array([bound for own in reference.BOUNDS for bound in own], np.float64),
            "bound_ends": np.cumsum([len(own) for own in reference.BOUNDS], dtype=np.int64),
            "offsets": OFFSETS.astype(np.int64),
            "class_kinds": reference.CLASS_KINDS,
            "worths": np.array(
                [zone.SHORT_LINE, zone.MARKED_LINE, zone.END_MATTER, *reference.WIDE, *reference.TIGHT], np.float64
            ),
        }
        self.tables = _Tables(
            known=ctypes.addressof(self.words.table),
            tool_lean=reference.TOOL_LEAN,
            no_long_word=looks.NO_LONG_WORD,
            no_prose_capitals=reference.NO_PROSE_CAPITALS,
            fields=len(FIELDS),
            **{name: address(array) for name, array in self.arrays.items()},
        )


_KNOWN = Remembered(_Known)
