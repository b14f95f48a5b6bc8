"""The flags of the HTML line model: what encloses a line, what its elements are named, what signs it holds."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.clean.html_names import kinds
from pipeline.clean.html_tree import Tree
from pipeline.clean.lines import Line
from pipeline.clean.render import CONTEXTS

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

_QUOTES = '"“”„«»「『‘'
_ARROW = re.compile("[»›→▶►>«]")
_FIGURE = re.compile(r"\d")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_TIME = re.compile(r"\d\d?[:.h]\d\d")
_MAX_CAPITALISED = 12  # words
_INSIDE_CHARS = range(15, 400)  # of a line that is looked for inside paragraphs
_NEAR_PARAGRAPHS = 60


def context_flags(inside: Ints, story: int) -> Bools:
    """Return what encloses each line, and what of that does not enclose the story: both as bits of ``CONTEXTS``."""
    return np.concatenate((_spread(inside, len(CONTEXTS)), _spread(inside & ~story, len(CONTEXTS))), axis=1)


def name_flags(places: Ints, bits: Ints, above: Ints, tree: Tree) -> Bools:
    """Return the kinds that the names of elements speak of: each line's own, one up, two up, all, all but the story's.

    ``bits`` are the kinds of each block's name, ``above`` those of all blocks around it.
    """
    parents = tree.parents[places]
    every = bits[places] | above[places]
    story = above[tree.story] | bits[tree.story]
    columns = (bits[places], bits[parents], bits[tree.parents[parents]], every, every & ~story)
    return np.concatenate([_spread(column, len(kinds())) for column in columns], axis=1)


def _spread(bits: Ints, count: int) -> Bools:
    spread: Bools = (bits[:, None] >> np.arange(count)) & 1 == 1
    return spread


def text_flags(lines: Sequence[Line]) -> Bools:
    """Return what the signs of each line tell, in the order of ``TEXT_FLAGS``."""
    table = [_text_flags_of(line) for line in lines]
    return np.array(table, np.bool_)


def _text_flags_of(line: Line) -> tuple[bool, ...]:
    bare = line.bare
    first, last = bare[0], bare[-1]
    has_figure = _FIGURE.search(bare) is not None
    return (
        line.starts_lower,
        bare.isupper(),
        last in "?？؟",
        last in ":：",
        bare.endswith(("...", "…")),
        last in ")]）",
        last == "!",
        first in _QUOTES,
        first in "([*",
        first.isdigit(),
        first in "-–—",
        "|" in bare,
        "©" in bare,
        "http" in bare or "www." in bare or "@" in bare or ".com" in bare,
        "/" in bare,
        _ARROW.search(bare) is not None,
        0 < bare.find(":", 0, 25) < len(bare) - 1,
        bare.isdigit(),
        1 < line.size <= _MAX_CAPITALISED and all(map(_is_capitalised, bare.split(" "))),
        has_figure and _YEAR.search(bare) is not None,
        has_figure and _TIME.search(bare) is not None,
        ". " in bare or "? " in bare or "! " in bare or "。" in bare or "؟ " in bare,
        line.is_bullet,
    )


def _is_capitalised(token: str) -> bool:
    return token[0].isupper() or not token[0].isalpha()


def said_inside(lines: Sequence[Line], is_prose: Bools) -> Bools:
    """Return whether the words of each line stand inside a paragraph above it, and inside one below it.

    Looks at the nearest paragraphs only, so that a page of a hundred thousand lines takes no square of that.
    """
    prose = np.flatnonzero(is_prose).tolist()
    starts = [0]
    for i in prose:
        starts.append(starts[-1] + len(lines[i].folded) + 1)
    text = "\n".join(lines[i].folded for i in prose)
    found = np.zeros((len(lines), 2), np.bool_)
    below = 0
    for i, line in enumerate(lines):
        above, below = below, below + bool(is_prose[i])
        if len(line.folded) in _INSIDE_CHARS:
            first, last = max(0, above - _NEAR_PARAGRAPHS), min(len(prose), below + _NEAR_PARAGRAPHS)
            found[i, 0] = text.find(line.folded, starts[first], starts[above]) >= 0
            found[i, 1] = text.find(line.folded, starts[below], starts[last]) >= 0
    return found
