"""The rendering of a page by the compiled kernel, where there is one: it reads libxml2's nodes, not lxml's elements.

An element of lxml is made for each node that Python looks at, and costs more than all that is done with it here. Where
the node lies is said by the public structures of lxml's C interface (``lxml/includes/etreepublic.pxd``).
"""

from __future__ import annotations

import ctypes
import sys
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache

import numpy as np
from lxml import etree
from lxml.html import HtmlElement

from pipeline.clean import render as reference
from pipeline.clean.compiled import LIBRARY
from pipeline.clean.render import BIT, BLOCK_TAGS, UNSEEN_TAGS, Blocks, Rendered
from pipeline.compiled import Library, address
from pipeline.limits import Limits

# What an element is to its reader, as bits; the kernel has the same.
_KINDS: tuple[tuple[int, Iterable[str]], ...] = (
    (1, BLOCK_TAGS),
    (2, UNSEEN_TAGS),
    (4, reference.DISSOLVED_TAGS),
    (8, ("br",)),
    (16, ("a",)),
    (32, reference.BOLD_TAGS),
    (64, reference.PREFORMATTED_TAGS),
    (128, reference.CELL_TAGS),
    (256, ("tr",)),
    (512, ("span",)),
)


class _Element(ctypes.Structure):
    """``LxmlElement`` of lxml's ``etree.h``."""

    _fields_ = (
        ("head", ctypes.c_char * object.__basicsize__),
        ("document", ctypes.c_void_p),
        ("node", ctypes.c_void_p),
        ("tag", ctypes.c_void_p),
    )


# Nodes are laid out alike in all of libxml2 2; other Pythons keep their objects elsewhere.
_IS_KNOWN = (
    sys.implementation.name == "cpython"
    and etree._Element.__basicsize__ == ctypes.sizeof(_Element)
    and etree.LIBXML_VERSION[0] == 2
)


class _Root(ctypes.Structure):
    """A node, handed over by its place."""


class _Names(ctypes.Structure):
    """``Names`` of ``html_kernel.c``."""

    _fields_ = (
        ("names", ctypes.c_char_p),
        ("starts", ctypes.c_void_p),
        ("kinds", ctypes.c_void_p),
        ("bits", ctypes.c_void_p),
        ("count", ctypes.c_int64),
    )


class _Table(ctypes.Structure):
    """``Markup`` of ``html_kernel.c``."""

    _fields_ = (
        ("tags", _Names),
        ("roles", _Names),
        ("properties", _Names),
        ("property", ctypes.c_int64),
        ("hidden", ctypes.c_int64),
    )


class _Markup:
    """What elements and attributes mean; ``table`` is the kernel's, and points into what is kept beside it."""

    def __init__(self) -> None:
        kinds: dict[str, int] = {}
        for bit, tags in _KINDS:
            kinds |= {tag: kinds.get(tag, 0) | bit for tag in tags}
        self.tags = sorted(kinds)
        self.page_tag = self.tags.index("html")
        self._kept: list[object] = []
        self.table = _Table(
            tags=self._names(reference.BITS_BY_TAG, kinds),
            roles=self._names(reference.BITS_BY_ROLE),
            properties=self._names(dict.fromkeys(reference.STORY_PROPERTIES, BIT["story text"])),
            property=BIT["property"],
            hidden=BIT["hidden"],
        )

    def _names(self, bits: Mapping[str, int], kinds: Mapping[str, int] | None = None) -> _Names:
        names = sorted(kinds or bits)
        text = b"".join(name.encode() + b"\0" for name in names)
        starts = np.cumsum([0, *(len(name) + 1 for name in names)], dtype=np.int64)
        arrays = [np.array([table.get(name, 0) for name in names], np.int64) for table in (kinds or {}, bits)]
        self._kept += (text, starts, arrays)
        return _Names(text, address(starts), *map(address, arrays), len(names))


@cache
def _markup() -> _Markup:
    return _Markup()


def render(tree: HtmlElement, limits: Limits) -> Rendered:
    """Return what :func:`pipeline.clean.render.render` returns of a tree; the kernel leaves that as it is.

    Raises:
        RecordError: the page is too deep or too large.
    """
    rendered = _render(LIBRARY, tree) if LIBRARY is not None and _IS_KNOWN else None
    return rendered or reference.render(tree, limits)


def _render(library: Library, tree: HtmlElement) -> Rendered | None:
    """Return the rendering; None for a tree that the kernel does not read, or would count otherwise."""
    markup, root = _markup(), _Root.from_address(_Element.from_address(id(tree)).node)
    room = np.empty(4, np.int64)
    if not library.call("tree_room", markup.table, root, room):
        return None
    elements, line_ends, text_bytes, name_bytes = room.tolist()
    most_lines = 2 * elements + line_ends + 1
    blocks, lines = np.empty((elements + 1, 4), np.int64), np.empty((most_lines, 5), np.int64)
    text = np.empty(text_bytes + most_lines + elements, np.uint8)
    names = np.empty(name_bytes + 2 * elements + 1, np.uint8)
    found = np.empty(4, np.int64)
    library.call("render_tree", markup.table, root, markup.page_tag, blocks, lines, text, names, found)
    block_count, line_count, text_size, name_size = found.tolist()
    parents, ends, tags, inside = blocks[:block_count].T.tolist()
    places, chars, linked, bold, links = lines[:line_count].T.tolist()
    raw = text[:text_size].tobytes().decode()
    shown = raw if unicodedata.is_normalized("NFC", raw) else unicodedata.normalize("NFC", raw)
    rendered = Rendered(
        lines=tuple(shown.split("\0")[:-1]),
        blocks=Blocks(
            parents=parents,
            ends=ends,
            tags=[markup.tags[tag] for tag in tags],
            names=names[: name_size - 1].tobytes().decode().split("\0"),
            inside=inside,
        ),
        places=places,
        chars=chars,
        linked=linked,
        bold=bold,
        links=links,
    )
    # Of a row the signs are counted that it shows, and these are known no sooner.
    is_miscounted = shown is not raw and any(rendered.tag(index) == "tr" for index in range(line_count))
    return None if is_miscounted else rendered
