"""The words of a page that has lost its line ends, and how each is written; all words of the page in a few passes.

A word glued to the next one (``nowThe``, ``2019Share``) comes apart wherever the text of another node may begin;
whether one does is for :mod:`pipeline.clean.breaks` to say.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

import numpy as np
from numpy.typing import NDArray

from pipeline.clean.signs import ALPHA, DIGIT, SINGLE, SMALL, UPPER, WORD, classes, codes_of

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Codes = NDArray[np.uint32]

# What stands before a word, how it is written, what it ends in and opens with; the first of each is for no word at all.
GAPS = ("blank", "seam", "line end")
SHAPES = ("no word", "small", "capital", "capitals", "figure", "other letters", "signs", "unspaced")
ENDS = ("no word", "letter", "stop", "stop and quote", "comma", "colon", "quote", "sign", "only quotes")
OPENINGS = ("no word", "letter", "quote", "bracket", "bullet", "sign")

_WORD = re.compile(r"\S+")
_NAME = re.compile(r"//|[#@]\w|\bwww\.")
_AROUND = "\"'“”„«»‘’([{)]}.,:;!?…—–-*|"  # signs that are no part of a word
_CLOSERS = "\"'”’»)]"
_ENDS_BY_SIGN = {"stop": ".!?…。！？؟।", "comma": ",;،、", "colon": ":："}
_OPENINGS_BY_SIGN = {"quote": "\"“„«‘'「", "bracket": "([", "bullet": "|•·»›–—-*/+#@©&"}
# What stands before a seam, besides letters and figures, by what begins behind it: "(AP).The", "§)3", "closed“We".
_BEFORE_CAPITAL = '.!?…:)”"’»]*,;%|'
_BEFORE_FIGURE = ")»”."
_BEFORE_SIGN = '.!?)”"'
_OPENING_SIGNS = "“„«(©»•|–—"
_STRAIGHT_QUOTE = ord('"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The words of a page, an entry of each array a word.

    ``starts`` (int64) are where they begin, in characters; ``gaps``, ``shapes``, ``ends`` and ``openings`` (int64) are
    places in :data:`GAPS`, :data:`SHAPES`, :data:`ENDS` and :data:`OPENINGS`; ``texts`` are in small letters, without
    the signs around them.
    """

    starts: Ints
    gaps: Ints
    shapes: Ints
    ends: Ints
    openings: Ints
    texts: Sequence[str] = field(repr=False)


def read_words(text: str) -> Words:
    """Return the words of ``text``, a page's lines with a line end between them.

    >>> found = read_words("Sign inThe bridge")
    >>> found.texts, [GAPS[gap] for gap in found.gaps]
    (['sign', 'in', 'the', 'bridge'], ['blank', 'blank', 'seam', 'blank'])
    """
    codes = codes_of(text)
    bits = classes(codes)
    whole = [hit.span() for hit in _WORD.finditer(text)]
    if not whole:
        empty = np.empty(0, np.int64)
        return Words(starts=empty, gaps=empty, shapes=empty, ends=empty, openings=empty, texts=())
    begins, stops = np.array(whole, np.int64).T
    seams = _seams(codes, bits)
    # An address or a hashtag is one word, however it is written.
    is_name = np.array([_NAME.search(text, *span) is not None for span in whole])
    seams = seams[~is_name[np.searchsorted(begins, seams, side="right") - 1]]
    starts = np.concatenate((begins, seams))
    order = np.argsort(starts, kind="stable")
    starts, is_seam = starts[order], (order >= len(begins))
    ends = np.concatenate((starts[1:], [len(text)]))
    ends[np.concatenate((~is_seam[1:], [True]))] = stops  # the last part of a word ends where the word does
    ended = np.cumsum(codes == ord("\n"))[starts]
    gaps = is_seam.astype(np.int64)
    gaps[1:][ended[1:] > ended[:-1]] = GAPS.index("line end")
    spans = zip(starts.tolist(), ends.tolist(), strict=True)
    return Words(
        starts=starts,
        gaps=gaps,
        shapes=_shapes(codes, bits, starts, ends),
        ends=_ends(codes, bits, starts, ends),
        openings=_openings(codes, bits, starts),
        texts=[text[start:end].lower().strip(_AROUND) for start, end in spans],
    )


def _seams(codes: Codes, bits: NDArray[np.uint16]) -> Ints:
    """Return the places inside words where the text of another node may begin."""
    before, behind = bits[:-1], bits[1:]
    above, below = codes[:-1], codes[1:]
    is_small_next = np.concatenate(((bits[2:] & SMALL) != 0, [False]))[: len(behind)]
    after_capital = ((before & UPPER) != 0) & is_small_next
    to_capital = ((before & (SMALL | DIGIT)) != 0) | _among(above, _BEFORE_CAPITAL) | after_capital
    to_figure = ((before & ALPHA) != 0) | _among(above, _BEFORE_FIGURE)
    # A sign opens a text where a word follows at once; a straight quote behind a stop closes one.
    is_word_next = np.concatenate(((bits[2:] & WORD) != 0, [False]))[: len(behind)]
    opens = _among(below, _OPENING_SIGNS) | ((below == _STRAIGHT_QUOTE) & ((before & WORD) != 0))
    to_sign = opens & is_word_next & (((before & WORD) != 0) | _among(above, _BEFORE_SIGN))
    is_seam = (
        (((behind & UPPER) != 0) & to_capital)
        | (((behind & DIGIT) != 0) & to_figure)
        | to_sign
        | (((behind & ALPHA) != 0) & ((before & DIGIT) != 0))
    )
    found: Ints = np.flatnonzero(is_seam) + 1
    return found


def _shapes(codes: Codes, bits: NDArray[np.uint16], starts: Ints, ends: Ints) -> Ints:
    places, core = np.arange(len(codes)), ~_among(codes, _AROUND)
    first, last = next_place(places, core)[starts], last_place(places, core)[ends - 1]
    has_none = first >= ends
    first, last = np.where(has_none, starts, first), np.where(has_none, starts, last)
    smalls = np.concatenate(([0], np.cumsum((bits & SMALL) != 0)))
    own = bits[first]
    is_upper = (own & UPPER) != 0
    return _named(
        SHAPES,
        {
            "signs": has_none,
            "figure": (own & DIGIT) != 0,
            "small": (own & SMALL) != 0,
            "capitals": is_upper & (smalls[last + 1] == smalls[first]) & (last > first),
            "capital": is_upper,
            "unspaced": (own & SINGLE) != 0,  # letters of a script that has no blanks between words
            "other letters": (own & ALPHA) != 0,
        },
        "signs",
    )


def _ends(codes: Codes, bits: NDArray[np.uint16], starts: Ints, ends: Ints) -> Ints:
    last = last_place(np.arange(len(codes)), ~_among(codes, _CLOSERS))[ends - 1]
    only_quotes, is_quoted = last < starts, last < ends - 1
    last = np.maximum(last, starts)
    by_sign = {name: _among(codes[last], signs) for name, signs in _ENDS_BY_SIGN.items()}
    return _named(
        ENDS,
        {
            "only quotes": only_quotes,
            "stop and quote": by_sign["stop"] & is_quoted,
            **by_sign,
            "quote": is_quoted,
            "sign": (bits[last] & WORD) == 0,
        },
        "letter",
    )


def _openings(codes: Codes, bits: NDArray[np.uint16], starts: Ints) -> Ints:
    by_sign = {name: _among(codes[starts], signs) for name, signs in _OPENINGS_BY_SIGN.items()}
    return _named(OPENINGS, {"letter": (bits[starts] & WORD) != 0, **by_sign}, "sign")


def _named(names: Sequence[str], holds: dict[str, Bools], default: str) -> Ints:
    """Return for each word the place in ``names`` of the first that holds."""
    places = [names.index(name) for name in holds]
    return np.select(list(holds.values()), places, names.index(default)).astype(np.int64)


def _among(codes: Codes, signs: str) -> Bools:
    # All are of the table's first 64 thousand; what is not becomes its last entry, which is none of them.
    found: Bools = _table(signs).take(codes, mode="clip")
    return found


@cache
def _table(signs: str) -> Bools:
    table = np.zeros(0x10000, np.bool_)
    table[[ord(sign) for sign in signs]] = True
    return table


def next_place(places: Ints, holds: Bools) -> Ints:
    """Return for each place the first one from it on where ``holds``; their number where there is none."""
    found: Ints = np.minimum.accumulate(np.where(holds, places, len(places))[::-1])[::-1]
    return found


def last_place(places: Ints, holds: Bools) -> Ints:
    """Return for each place the last one up to it where ``holds``; -1 where there is none."""
    found: Ints = np.maximum.accumulate(np.where(holds, places, -1))
    return found
