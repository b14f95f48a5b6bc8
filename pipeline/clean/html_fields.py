"""The features of the HTML line model by name: what is told of a line, in how many steps, and what is told together.

A part is one thing told of every line as a number, each number with a name. A field crosses one to three parts; every
line has just one value of each field. A flag holds or not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from itertools import product
from math import prod

import numpy as np
from numpy.typing import NDArray

from pipeline.clean.html_names import kinds
from pipeline.clean.render import CONTEXTS

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

TAGS = (
    "other", "p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "li", "td", "tr", "blockquote", "figcaption", "section",
    "article", "pre", "dd", "dt", "header", "footer", "aside", "button", "caption", "body",
)  # fmt: skip
LINE_KINDS = (
    "page end", "paragraph", "sentence", "heading", "linked line", "list item", "few words", "longer line", "boxed",
)  # fmt: skip
TEXT_FLAGS = (
    "starts in lower case", "in capitals", "ends in a question mark", "ends in a colon", "ends cut short",
    "ends in a bracket", "ends in an exclamation mark", "opens with a quote", "opens with a bracket or star",
    "opens with a figure", "opens with a dash", "holds a bar", "holds ©", "holds an address", "holds a slash",
    "holds an arrow", "an early colon", "a figure alone", "each word capitalised", "holds a year", "holds a time",
    "a stop inside", "a list item by its sign", "its words stand in a paragraph above",
    "its words stand in a paragraph below",
)  # fmt: skip

# Upper bounds (exclusive) of the buckets of parts that are measured; what is not under the last has one of its own.
BOUNDS: Mapping[str, tuple[float, ...]] = {
    "coarse": (4, 13),
    "size": (2, 3, 4, 6, 9, 13, 19, 31, 61, 151),
    "linked": (0.001, 0.2, 0.5, 0.8, 0.97),
    "bold": (0.01, 0.5, 0.97),
    "links": (1, 2, 3, 5),
    "furniture above": (1, 2, 4, 10),
    "furniture below": (1, 2, 4, 10),
    "prose of its like": (0.0001, 0.02, 0.1, 0.3, 0.6, 0.9),
    "links of its like": (0.001, 0.1, 0.3, 0.6, 0.9),
    "lines like it": (2, 3, 5, 10, 20),
    "prose beside it": (0.0001, 0.02, 0.1, 0.3, 0.6, 0.9),
    "prose of the branch": (0.0001, 0.02, 0.1, 0.3, 0.6, 0.9),
    "links of the branch": (0.001, 0.1, 0.3, 0.6, 0.9),
    "lines of the branch": (2, 3, 5, 10, 30),
    "prose around": (0.0001, 0.02, 0.1, 0.3, 0.6, 0.9),
    "links around": (0.001, 0.1, 0.3, 0.6, 0.9),
    "lines around": (2, 3, 5, 10, 30),
    "prose further around": (0.0001, 0.02, 0.1, 0.3, 0.6, 0.9),
    "links further around": (0.001, 0.1, 0.3, 0.6, 0.9),
    "lines further around": (2, 3, 5, 10, 30),
    "from the text": (1, 2, 3, 4, 7, 13, 30),
    "paragraph above": (1, 2, 3, 4, 7, 13, 30),
    "paragraph below": (1, 2, 3, 4, 7, 13, 30),
    "from the top": (1, 2, 3, 5, 10, 20, 40),
    "from the end": (1, 2, 3, 5, 10, 20, 40),
    "text above": (0.0001, 0.05, 0.3, 0.7, 0.95, 0.9999),
    "paragraphs": (1, 2, 3, 5, 9, 17),
    "lean of words": (-0.3, -0.15, -0.05, 0.05, 0.15, 0.3, 0.6, 1.0),
    "words of tools": (1, 2, 3, 5),
    **{
        f"{most} lean of {whose}": bounds
        for whose in ("its names", "names around", "names up to the text")
        for most, bounds in (
            ("highest", (-8, -1.5, -0.5, 0.5, 1, 1.5, 2, 2.5)),
            ("lowest", (-2.5, -2, -1.5, -1, -0.5, 0.5, 1.5, 8)),
            ("whole", (-4, -2, -1, 0.01, 1, 2, 4, 7)),
        )
    },
}
_NEAR = ("0", "1", "2", "3", "4 to 6", "7 to 12", "13 to 29", "30 or more")
PARTS: Mapping[str, tuple[str, ...]] = {
    **{name: (*(f"under {bound:g}" for bound in bounds), f"{bounds[-1]:g} or more") for name, bounds in BOUNDS.items()},
    "tag": TAGS,
    "stop": ("no stop", "stop"),
    "up": ("0", "1", "2", "3", "4", "5", "6 or more"),
    "down": ("0", "1", "2", "3", "4", "5 or more"),
    "zone": ("above the text", "in the text", "below the text"),
    "kind": LINE_KINDS,
    "kind above": LINE_KINDS,
    "kind below": LINE_KINDS,
    "kind two above": LINE_KINDS,
    "kind two below": LINE_KINDS,
    "same parent": ("none", "line below", "line above", "both lines"),
    "same block": ("none", "line below", "line above", "both lines"),
    "same like": ("none", "line below", "line above", "both lines"),
    "headline": ("not shown", "below this", "this", *(f"{step} above" for step in _NEAR)),
    "from the headline": ("not shown", "down to it", "down to the text", "in the text", "below the text"),
    "description": ("not it", "a part of it", "just it"),
    "story of the markup": (
        "not given",
        *(f"{has}, it has {much}" for has in ("not in", "in") for much in ("little", "half", "most", "all")),
    ),
    "said again": ("no", "beside it", "below", "above"),
}
_ALL: tuple[tuple[str, ...], ...] = (
    ("tag", "coarse"), ("tag", "stop"), ("size", "stop"), ("linked", "coarse"), ("bold", "coarse"), ("links", "coarse"),
    ("up", "down"), ("up", "coarse", "stop"),
    ("prose of its like", "coarse"), ("prose of its like", "stop"), ("links of its like", "coarse"),
    ("lines like it", "coarse"),
    ("prose beside it", "coarse"), ("prose beside it", "stop", "tag"),
    ("prose of the branch", "coarse"), ("links of the branch", "coarse"), ("lines of the branch", "up"),
    ("prose around", "coarse"), ("links around", "coarse"), ("lines around", "coarse"),
    ("prose further around", "coarse"), ("links further around", "coarse"), ("lines further around", "coarse"),
    ("zone", "from the text"), ("zone", "size", "stop"), ("zone", "tag"), ("zone", "up"), ("zone", "linked", "coarse"),
    ("zone", "prose of its like", "stop"), ("zone", "bold", "coarse"),
    ("kind", "kind above"), ("kind", "kind below"), ("kind above", "kind below"), ("kind two above",),
    ("kind two below",),
    ("same parent", "kind"), ("same block", "coarse"), ("same like", "kind"),
    ("paragraph above", "paragraph below"), ("paragraph above", "kind"), ("paragraph below", "kind"),
    ("from the top",), ("from the end",), ("text above", "kind"), ("paragraphs", "kind"),
    ("headline",), ("from the headline", "kind"), ("description",), ("description", "zone"),
    ("furniture above", "kind"), ("furniture below", "kind"),
    ("story of the markup", "coarse"), ("said again", "coarse"),
)  # fmt: skip
LEAN_FIELDS: tuple[tuple[str, ...], ...] = (
    ("lean of words", "coarse"),
    ("words of tools", "coarse"),
    *((name, "coarse") for name in BOUNDS if " lean of " in name),
)
FIELDS: tuple[tuple[str, ...], ...] = (*_ALL, *LEAN_FIELDS)
FLAGS: tuple[str, ...] = (
    *(f"inside {context}" for context in CONTEXTS),
    *(f"inside {context}, the text is not" for context in CONTEXTS),
    *(
        f"named {kind} {where}"
        for where in ("itself", "one up", "two up", "anywhere", "below the text's block")
        for kind in kinds()
    ),
    *TEXT_FLAGS,
)


def _values(parts: Sequence[str]) -> list[str]:
    return [
        "; ".join(f"{part}: {value}" for part, value in zip(parts, values, strict=True))
        for values in product(*(PARTS[part] for part in parts))
    ]


NAMES: tuple[str, ...] = (*(name for parts in FIELDS for name in _values(parts)), *FLAGS)
SIZES = tuple(prod(len(PARTS[part]) for part in parts) for parts in FIELDS)
OFFSETS: Ints = np.cumsum([0, *SIZES])
FLAG_START = int(OFFSETS[-1])


def crossed(parts: Mapping[str, Ints]) -> Ints:
    """Return the places in :data:`NAMES` of each line's values: int64, shape (lines, fields)."""
    places = np.array([parts[part] for part in PARTS], np.float64).T @ _STRIDES
    return places.astype(np.int64) + OFFSETS[:-1]


def _strides() -> Floats:
    """Return by how much a step of each part moves the place of each field: float64, shape (parts, fields).

    Whole numbers far below 2**53, so no place is rounded; in integers the product takes five times as long.
    """
    rows = {part: row for row, part in enumerate(PARTS)}
    strides = np.zeros((len(PARTS), len(FIELDS)))
    for column, field in enumerate(FIELDS):
        stride = 1
        for part in reversed(field):
            strides[rows[part], column] = stride
            stride *= len(PARTS[part])
    return strides


_STRIDES = _strides()


def bucket(name: str, values: NDArray[np.generic]) -> Ints:
    """Return which bucket of a measured part each value falls into."""
    return _edges(name).searchsorted(values, side="right")


@cache
def _edges(name: str) -> Floats:
    return np.array(BOUNDS[name], np.float64)
