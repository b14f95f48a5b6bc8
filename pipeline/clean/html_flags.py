"""The flags of the HTML line model: what encloses a line, what its elements are named, what signs it holds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import compress, count

import numpy as np
from numpy.typing import NDArray

from pipeline.clean import signs
from pipeline.clean.html_names import kinds
from pipeline.clean.html_tree import Tree
from pipeline.clean.lines import Line
from pipeline.clean.looks import inside_paragraphs
from pipeline.clean.render import CONTEXTS

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

_QUOTES = '"“”„«»「『‘'
_ARROWS = "»›→▶►>«"
_ADDRESS_SIGNS = ("http", "www.", "@", ".com")
_INNER_STOPS = (". ", "? ", "! ", "。", "؟ ")
# The look back stands behind the figures: a pattern that begins with a sign is searched for several times as fast.
_YEAR = re.compile(r"(?:19(?<!\w19)|20(?<!\w20))\d\d\b")
_TIME = re.compile(r"\d[:.h]\d\d")
_MAX_CAPITALISED = 12  # words
_INSIDE_CHARS = range(15, 400)  # of a line that is looked for inside paragraphs


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
    bares = [line.bare for line in lines]
    firsts, lasts = [bare[0] for bare in bares], [bare[-1] for bare in bares]
    page = "\n".join(bares)
    with_figures = _with_figures(bares, page)
    columns = (
        [line.starts_lower for line in lines],
        [bare.isupper() for bare in bares],
        [last in "?？؟" for last in lasts],
        [last in ":：" for last in lasts],
        [bare.endswith(("...", "…")) for bare in bares],
        [last in ")]）" for last in lasts],
        [last == "!" for last in lasts],
        [first in _QUOTES for first in firsts],
        [first in "([*" for first in firsts],
        [first.isdigit() for first in firsts],
        [first in "-–—" for first in firsts],
        _holding("|", bares, page),
        _holding("©", bares, page),
        _holding(_ADDRESS_SIGNS, bares, page),
        _holding("/", bares, page),
        _holding(_ARROWS, bares, page),
        [0 < bare.find(":", 0, 25) < len(bare) - 1 for bare in bares],
        [bare.isdigit() for bare in bares],
        [1 < line.size <= _MAX_CAPITALISED and all(map(_is_capitalised, line.bare.split(" "))) for line in lines],
        _matching(_YEAR, bares, with_figures),
        _matching(_TIME, bares, with_figures),
        _holding(_INNER_STOPS, bares, page),
        [line.is_bullet for line in lines],
    )
    return np.frombuffer(b"".join(map(bytes, columns)), np.bool_).reshape(len(columns), len(lines)).T


def _holding(held: Iterable[str], bares: Sequence[str], page: str) -> list[bool]:
    """Return which lines hold one of the signs ``held``; what the page does not hold is looked for in no line."""
    found = [False] * len(bares)
    for sign in held:
        if sign in page:
            found = [is_found or sign in bare for is_found, bare in zip(found, bares, strict=True)]
    return found


def _with_figures(bares: Sequence[str], page: str) -> list[int]:
    """Return the lines that hold a figure."""
    figures = np.flatnonzero(signs.classes(signs.codes_of(page)) & signs.DIGIT)
    ends = np.cumsum([len(bare) + 1 for bare in bares])
    return np.flatnonzero(np.bincount(ends.searchsorted(figures, side="right"))).tolist()


def _matching(pattern: re.Pattern[str], bares: Sequence[str], asked: Iterable[int]) -> list[bool]:
    """Return which of the lines ``asked`` match."""
    found = [False] * len(bares)
    for i in asked:
        found[i] = pattern.search(bares[i]) is not None
    return found


def _is_capitalised(token: str) -> bool:
    return token[0].isupper() or not token[0].isalpha()


def said_inside(lines: Sequence[Line], words: Sequence[Sequence[str]], is_prose: Bools) -> Bools:
    """Return whether the words of each line stand inside a paragraph above it, and inside one below it."""
    asked = [len(line.folded) in _INSIDE_CHARS for line in lines]
    prose = np.flatnonzero(is_prose).tolist()
    return np.array(inside_paragraphs(lines, words, prose, compress(count(), asked)), np.bool_).T
