"""What the HTML line model sees of a page, from the compiled kernel where there is one.

It sees what :func:`pipeline.clean.html_features.see` and :func:`~pipeline.clean.html_features.value_places` see, a page
in one call: on seventy lines some two hundred calls into numpy cost more than what they do.
"""

from __future__ import annotations

import ctypes
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.clean import html_features as reference
from pipeline.clean.compiled import LIBRARY
from pipeline.clean.html_features import Told
from pipeline.clean.html_fields import BOUNDS, FIELDS, FLAGS, OFFSETS, PARTS, TAGS
from pipeline.clean.html_names import bits_by_word, kinds
from pipeline.clean.html_tree import MIN_SHARE
from pipeline.clean.html_voices import Leans
from pipeline.clean.known_words import KnownWords, Remembered, codes_of
from pipeline.clean.lines import Line
from pipeline.clean.looks import copies_of
from pipeline.clean.render import BIT, BLOCK_TAGS, CONTEXTS, Rendered
from pipeline.clean.signs import class_table
from pipeline.compiled import Library, address

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

_TAG_NUMBER = {tag: number for number, tag in enumerate(sorted(BLOCK_TAGS))}
_PART_NUMBER = {name: number for number, name in enumerate(PARTS)}
_MOST_PARTS = max(map(len, FIELDS))


@dataclass(frozen=True, slots=True)
class Features:
    """What is seen of each line: places in ``NAMES`` (lines, fields), flags (lines, flags), and gaps as in ``Seen``."""

    fields: Ints
    flags: Bools
    gaps: Bools


class _Sights(ctypes.Structure):
    """``Sights`` of ``html_kernel.c``."""

    _fields_ = (
        *(
            (name, ctypes.c_void_p)
            for name in ("words", "names", "word_leans", "own_leans", "around_leans", "path_leans")
        ),
        *(
            (name, ctypes.c_void_p)
            for name in ("kinds", "classes", "bounds", "bound_ends", "fields", "sizes", "offsets")
        ),
        ("tags", ctypes.c_void_p),
        *((name, ctypes.c_double) for name in ("side_weight", "item_weight", "above_weight", "min_share", "min_prose")),
        *((name, ctypes.c_int64) for name in ("side_kinds", "no_prose", "boxed", "item", "heading", "paragraph_tag")),
        *((name, ctypes.c_int64) for name in ("parts", "field_count", "flag_count", "kind_count", "context_count")),
    )


class _Sheet(ctypes.Structure):
    """``Sheet`` of ``html_kernel.c``."""

    _fields_ = (
        *((name, ctypes.c_void_p) for name in ("parents", "ends", "inside", "tags", "name_chars")),
        ("names", ctypes.c_char_p),
        *((name, ctypes.c_void_p) for name in ("places", "linked", "chars", "bold", "links", "lines")),
        ("bare", ctypes.c_char_p),
        ("folded", ctypes.c_char_p),
        *((name, ctypes.c_int64) for name in ("block_count", "all", "count", "headline")),
    )


def features(rendered: Rendered, lines: Sequence[Line], told: Told, leans: Leans) -> Features:
    """Return what is seen of ``lines``, some or all of a page's, measured; linear in the page."""
    found = _features(LIBRARY, rendered, lines, told, leans) if LIBRARY is not None else None
    if found is not None:
        return found
    seen = reference.see(rendered, lines, told)
    return Features(reference.value_places(seen, leans), seen.flags, seen.gaps)


def _features(library: Library, rendered: Rendered, lines: Sequence[Line], told: Told, leans: Leans) -> Features | None:
    """Return the features; None where the kernel was made for other ones."""
    tables = _TABLES.of(library, leans.words, leans.own, leans.around, leans.path)
    page = _Page(rendered, lines, told)
    found = Features(
        np.empty((len(lines), len(FIELDS)), np.int64),
        np.empty((len(lines), len(FLAGS)), np.bool_),
        np.empty(len(lines), np.bool_),
    )
    made = library.call("html_features", tables.table, page.table, found.fields, found.flags, found.gaps)
    return found if made else None


class _Page:
    """A page as the kernel takes it; ``table`` is good only as long as this is kept."""

    def __init__(self, rendered: Rendered, lines: Sequence[Line], told: Told) -> None:
        blocks = rendered.blocks
        of_blocks = np.array(
            (
                blocks.parents,
                blocks.ends,
                blocks.inside,
                [_TAG_NUMBER[tag] for tag in blocks.tags],
                [*map(len, blocks.names)],
            ),
            np.int64,
        )
        of_rows = np.array((rendered.places, rendered.linked, rendered.chars, rendered.bold, rendered.links), np.int64)
        markup = dict(reference.told_parts(lines, told))
        of_lines = np.array(
            (
                [line.no - 1 for line in lines],
                [line.size for line in lines],
                [line.ends_stop for line in lines],
                [line.starts_lower for line in lines],
                [line.is_bullet for line in lines],
                [len(line.bare) for line in lines],
                [len(line.folded) for line in lines],
                markup["description"].tolist(),
                markup["story of the markup"].tolist(),
                copies_of(lines),
            ),
            np.int64,
        ).T.copy()
        headline = reference.headline_of(rendered, lines, told.headline)
        self._kept = (of_blocks, of_rows, of_lines)
        self.table = _Sheet(
            *map(address, of_blocks),
            codes_of("\n".join(blocks.names)),
            *map(address, of_rows),
            address(of_lines),
            codes_of("\n".join([*(line.bare for line in lines), ""])),
            codes_of("\n".join([*(line.folded for line in lines), ""])),
            len(blocks.parents),
            len(rendered.lines),
            len(lines),
            -1 if headline is None else headline,
        )


class _Tables:
    """What stays the same from page to page; ``table`` is the kernel's, and points into what is kept beside it."""

    def __init__(self, library: Library, *tables: Mapping[str, float]) -> None:
        words, own, around, path = tables
        known = KnownWords(library, words)
        names = KnownWords(library, own, around, path, bits_by_word())
        crossed = [[_PART_NUMBER[part] for part in parts] for parts in FIELDS]
        arrays: dict[str, NDArray[Any]] = {
            "word_leans": _values(known, words),
            "own_leans": _values(names, own),
            "around_leans": _values(names, around),
            "path_leans": _values(names, path),
            "kinds": np.array([bits_by_word().get(word, 0) for word in names.words], np.int64),
            "classes": class_table(),
            "bounds": np.array([bound for bounds in BOUNDS.values() for bound in bounds], np.float64),
            "bound_ends": np.cumsum([len(bounds) for bounds in BOUNDS.values()], dtype=np.int64),
            "fields": np.array([parts + [-1] * (_MOST_PARTS - len(parts)) for parts in crossed], np.int64),
            "sizes": np.array([len(values) for values in PARTS.values()], np.int64),
            "offsets": OFFSETS.astype(np.int64),
            "tags": np.array([TAGS.index(tag) if tag in TAGS else 0 for tag in _TAG_NUMBER], np.int64),
        }
        self.table = _Sights(
            words=ctypes.addressof(known.table),
            names=ctypes.addressof(names.table),
            **{name: address(array) for name, array in arrays.items()},
            side_weight=reference.SIDE_WEIGHT,
            item_weight=reference.ITEM_WEIGHT,
            above_weight=reference.ABOVE_WEIGHT,
            min_share=reference.MIN_SHARE,
            min_prose=MIN_SHARE,
            side_kinds=reference.side_kinds(),
            no_prose=reference.NO_PROSE,
            boxed=reference.BOXED,
            item=BIT["item"],
            heading=BIT["heading"],
            paragraph_tag=_TAG_NUMBER["p"],
            parts=len(PARTS),
            field_count=len(FIELDS),
            flag_count=len(FLAGS),
            kind_count=len(kinds()),
            context_count=len(CONTEXTS),
        )
        self._kept = (known, names, arrays)


def _values(known: KnownWords, leans: Mapping[str, float]) -> NDArray[np.float64]:
    return np.array([leans.get(word, 0.0) for word in known.words], np.float64)


_TABLES = Remembered(_Tables)
