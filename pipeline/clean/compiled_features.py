"""Features of a page's lines from the compiled kernel, where there is one.

It sees what :func:`pipeline.clean.features.features` sees, a page in one call: on forty lines the numpy arrays cost
more than what is done with them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from pipeline.clean import features as reference
from pipeline.clean.compiled import LIBRARY
from pipeline.clean.compiled_page import CompiledPage, Tables
from pipeline.clean.features import FIELDS, OFFSETS, Ints, Surroundings
from pipeline.clean.known_words import KnownWords, Remembered
from pipeline.clean.lines import Line
from pipeline.clean.looks import FLAGS
from pipeline.clean.marks import Mark
from pipeline.compiled import Library


def features(
    lines: Sequence[Line],
    marks: Sequence[Mark | None],
    around: Surroundings,
    stopwords: Mapping[str, int],
    leans: Mapping[str, float],
    page: CompiledPage | None = None,
) -> Ints:
    """Return what :func:`pipeline.clean.features.features` returns of the same; ``page`` is theirs, if it is made."""
    if LIBRARY is not None and lines:
        page = page or CompiledPage(lines, marks)
        found = _features(LIBRARY, page, around, _TABLES.of(LIBRARY, stopwords, leans))
        if found is not None:
            return found
    return reference.features(lines, marks, around, stopwords, leans)


def _features(library: Library, page: CompiledPage, around: Surroundings, tables: Tables) -> Ints | None:
    """Return the features; None where the kernel was made for other fields."""
    page.see_from(around.headline, around.first_body)
    found = np.empty((len(FIELDS) + len(FLAGS), page.count), np.int64)
    return found.T if library.call("features", tables.table, page.table, found) else None


def _tables(library: Library, stopwords: Mapping[str, int], leans: Mapping[str, float]) -> Tables:
    known = KnownWords(library, stopwords, leans)
    return Tables(
        known,
        reference.BOUNDS,
        OFFSETS.astype(np.int64),
        fields=len(FIELDS),
        flags=len(FLAGS),
        stopwords=np.array([stopwords.get(word, 0) for word in known.words], np.int64),
        leans=np.array([leans.get(word, 0.0) for word in known.words], np.float64),
        worths=(*reference.WIDE, *reference.TIGHT),
        tool_lean=reference.TOOL_LEAN,
        no_prose_capitals=reference.NO_PROSE_CAPITALS,
    )


_TABLES = Remembered(_tables)
