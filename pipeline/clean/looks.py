"""What can be measured of a page's lines one by one: flags, shares of words, copies."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import chain, compress, pairwise
from operator import and_

import numpy as np
from numpy.typing import NDArray

from pipeline.clean import signs
from pipeline.clean.lines import Line
from pipeline.clean.marks import Mark
from pipeline.text import UNSPACED

Ints = NDArray[np.int64]

FLAGS = (
    "starts in lower case",
    "in capitals",
    "the next line goes on in lower case",
    "goes on from a line without a stop",
    "ends in a question mark",
    "ends in an exclamation mark",
    "ends in a colon",
    "ends cut short",
    "opens with a quote",
    "holds a quote",
    "ends in a bracket",
    "holds a bar",
    "holds ©",
    "holds an address",
    "a figure alone",
    "opens with a figure",
    "opens with a dash",
    "holds no letter",
    "an early colon",
    "each word capitalised",
    "two to four capitalised words",
    "holds a price or percentage",
    "two stops or more",
    "opens with a mark-up sign",
    "its words stand in a paragraph above",
    "its words stand in a paragraph below",
    "the same as a bullet list",
)
_UNSPACED_RUN = re.compile(f"[{UNSPACED}]{{2,}}")
_QUOTES = '"“”„«»「『‘'
_ADDRESS = re.compile(r"https?:|www\.|@\w|\.com\b")
_ADDRESS_SIGNS = ("http", "www.", "@", ".com")
_LETTER = re.compile(r"[^\W\d_]")
_NAME = re.compile(r"(?:[^\W\d_]|[-.])+(?: (?:[^\W\d_]|[-.])+){1,3}")
_QUESTIONS, _COLONS, _CUT_SHORT, _BRACKETS = ("?", "？", "؟"), (":", "："), ("...", "…"), (")", "]", "）")
_LEADS = (":", "：", ";")
_MIN_INSIDE = 15  # characters of a line that is looked for inside paragraphs
_MAX_INSIDE_SIZE = 60  # words
_NEAR_PARAGRAPHS = 60
_LONG = 4  # from the beginning of a word to that of the next: a blank and four letters or more
NO_LONG_WORD = 0.3  # the share of capitals where there is no word to tell it by
_RARE = signs.DIGIT | signs.COMMA | signs.QUOTE | signs.MONEY | signs.STOP
_MIN_VOTING = 8  # words of a line that has a say in the page's language


@dataclass(frozen=True, slots=True, kw_only=True)
class Looks:
    """Measures of a page's lines, an entry a line; ``tokens`` are the words that tell stories apart.

    ``flags`` has shape (flags, lines).
    ``copies`` is 0 for a line said once, 1 where a neighbour says the same, 2 where one below does, 3 where one above.
    """

    sizes: NDArray[np.int64]
    blanks: NDArray[np.int64]
    stops: NDArray[np.bool_]
    paragraphs: NDArray[np.bool_]
    bullets: NDArray[np.bool_]
    leads: NDArray[np.bool_]
    stopwords: NDArray[np.float64]
    capitals: NDArray[np.float64]
    digits: NDArray[np.float64]
    commas: NDArray[np.int64]
    flags: NDArray[np.bool_]
    copies: tuple[int, ...]
    likeness: tuple[int, ...]
    tokens: Sequence[Set[str]]
    leans: Sequence[Sequence[float]]

    def shared(self, start: int, stop: int, is_prose: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Return the share of each line's long words that other paragraphs of lines ``start`` to ``stop`` hold."""
        own = [False] * len(self.tokens)
        own[start:stop] = is_prose[start:stop].tolist()
        once, twice = _words_of_one_and_of_two(compress(self.tokens, own))
        shares = [
            len(tokens & (twice if is_own else once)) / max(1, len(tokens))
            for tokens, is_own in zip(self.tokens, own, strict=True)
        ]
        return np.array(shares, np.float64)


def look(
    lines: Sequence[Line], marks: Sequence[Mark | None], stopwords: Mapping[str, int], leans: Mapping[str, float]
) -> Looks:
    """Return the measures of ``lines``, one segment's."""
    words = [line.words for line in lines]
    told = [terms(line) for line in lines]
    seen = _see(lines)
    return Looks(
        sizes=np.array([line.size for line in lines]),
        blanks=np.array([line.blanks_before for line in lines]),
        stops=np.array([line.ends_stop for line in lines]),
        paragraphs=np.array([line.is_paragraph for line in lines]),
        bullets=np.array([line.is_bullet for line in lines]),
        leads=np.array([line.bare.endswith(_LEADS) for line in lines]),
        stopwords=_stopword_shares(words, stopwords),
        capitals=seen.opens.capitals,
        digits=seen.digits,
        commas=seen.commas,
        flags=_flags(lines, marks, words, seen),
        copies=copies_of(lines),
        likeness=_likenesses(lines, words),
        tokens=[_telling(own, len(spaced)) for own, spaced in zip(told, words, strict=True)],
        leans=[[*filter(None, map(leans.get, own))] for own in told],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Openings:
    """How the words of each line open: how many there are, how many open with a small letter, an int64 a line.

    ``capitals`` is the share of words, of four letters or more and not the first, that open with a capital, .3 where
    there are none.
    """

    words: Ints
    small_words: Ints
    capitals: NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """What the characters of each line show, an entry a line: ``digits`` the share of signs, all else int64 counts.

    ``inner_stops`` are stops before a blank, a quote or the end.
    """

    opens: _Openings
    digits: NDArray[np.float64]
    commas: Ints
    quotes: Ints
    money: Ints
    inner_stops: Ints


def _see(lines: Sequence[Line]) -> _Seen:
    """Return what the characters of all lines show, each class of them looked for on the whole page at once."""
    count = len(lines)
    lengths = np.array([len(line.bare) for line in lines], np.int64)
    bits = signs.classes(signs.codes_of("\n".join([*(line.bare for line in lines), ""])))
    rows = np.repeat(np.arange(count), lengths + 1)  # a line and its line end

    blank = (bits & signs.SPACE) != 0
    opens = ~blank
    opens[1:] &= blank[:-1]
    heads = np.flatnonzero(opens)
    rare = np.flatnonzero((bits & _RARE) != 0)
    found, at, behind = bits[rare], rows[rare], bits[rare + 1]
    stops = (found & signs.EAST_STOP) | ((found & signs.STOP != 0) & (behind & (signs.SPACE | signs.CLOSER) != 0))

    def count_of(bit: int) -> Ints:
        return np.bincount(at[found & bit != 0], minlength=count)

    return _Seen(
        opens=_see_openings(heads, bits[heads], rows, count),
        digits=count_of(signs.DIGIT) / np.maximum(lengths, 1),
        commas=count_of(signs.COMMA),
        quotes=count_of(signs.QUOTE),
        money=count_of(signs.MONEY),
        inner_stops=np.bincount(at[stops != 0], minlength=count),
    )


def _see_openings(heads: Ints, bits: signs.Bits, rows: Ints, count: int) -> _Openings:
    """Return how the words open that begin at ``heads``, with signs of the classes ``bits``."""
    at = rows[heads]
    is_long = np.zeros(len(heads), np.bool_)
    is_long[:-1] = heads[1:] - heads[:-1] > _LONG
    is_long[-1:] = len(rows) - heads[-1:] > _LONG
    is_long[:1] = False
    is_long[1:] &= at[1:] == at[:-1]
    long, longs = at[is_long], np.bincount(at[is_long], minlength=count)
    capitals = np.bincount(long[bits[is_long] & signs.UPPER != 0], minlength=count)
    small = bits & (signs.ALPHA | signs.UPPER) == signs.ALPHA
    return _Openings(
        words=np.bincount(at, minlength=count),
        small_words=np.bincount(at[small], minlength=count),
        capitals=np.where(longs, capitals / np.maximum(longs, 1), NO_LONG_WORD),
    )


def is_unspaced(line: Line) -> bool:
    """Return whether a line is written in a script without spaces, for the most part."""
    return not line.folded.isascii() and line.size > (line.folded.count(" ") + 1) * 1.5


def terms(line: Line) -> Sequence[str]:
    """Return the words of a line; of a script without spaces the pairs of neighbouring characters."""
    if not is_unspaced(line):
        return line.words
    return [run[i : i + 2] for run in _UNSPACED_RUN.findall(line.folded) for i in range(len(run) - 1)]


def _telling(own: Sequence[str], spaced: int) -> Set[str]:
    """Return those of a line's terms that tell stories apart: words of some length, and all pairs of characters."""
    least = 1 if len(own) > spaced * 1.5 else 3
    return {word for word in own if len(word) > least}


def _stopword_shares(words: Sequence[Sequence[str]], stopwords: Mapping[str, int]) -> NDArray[np.float64]:
    """Return the share of stopwords of the page's commonest language in each line."""
    hits = [list(filter(None, map(stopwords.get, own))) for own in words]
    voting = (found for found, own in zip(hits, words, strict=True) if len(own) >= _MIN_VOTING)
    votes = Counter(chain.from_iterable(voting))
    tally = [0] * max((bits.bit_length() for bits in votes), default=1)
    for bits, count in votes.items():
        for place in signs.places(bits):
            tally[place] += count
    best = 1 << tally.index(max(tally)) if votes else 0
    told = frozenset(bits for bits in {*chain.from_iterable(hits)} if bits & best)
    shares = [sum(map(told.__contains__, found)) / max(1, len(own)) for found, own in zip(hits, words, strict=True)]
    return np.array(shares, np.float64)


def _likenesses(lines: Sequence[Line], words: Sequence[Sequence[str]]) -> tuple[int, ...]:
    """Return how each line is like the one above, as lines of a list are: 0 not, 1 as long … 4 list items both."""
    likeness = [0] * len(lines)
    for i, (above, line) in enumerate(pairwise(lines), start=1):
        if above.is_bullet and line.is_bullet:
            likeness[i] = 4
        elif above.bare[0].isdigit() and line.bare[0].isdigit():
            likeness[i] = 3
        elif words[i - 1][:1] == words[i][:1]:
            likeness[i] = 2
        elif above.ends_stop == line.ends_stop and 0.6 <= line.size / max(1, above.size) <= 1.67:
            likeness[i] = 1
    return tuple(likeness)


def copies_of(lines: Sequence[Line]) -> tuple[int, ...]:
    """Return where else each line is said: 0 nowhere, 1 by a neighbour, 2 below, 3 above."""
    counts = Counter(line.folded for line in lines)
    if len(counts) == len(lines):
        return (0,) * len(lines)
    seen: set[str] = set()
    copies = []
    for i, line in enumerate(lines):
        how = 0
        if counts[line.folded] > 1:
            twins = (lines[j].folded for j in (i - 1, i + 1) if 0 <= j < len(lines))
            how = 1 if line.folded in twins else 3 if line.folded in seen else 2
        copies.append(how)
        seen.add(line.folded)
    return tuple(copies)


def _flags(
    lines: Sequence[Line], marks: Sequence[Mark | None], words: Sequence[Sequence[str]], seen: _Seen
) -> NDArray[np.bool_]:
    """Return which of :data:`FLAGS`, in their order, hold of each line: shape (flags, lines)."""
    bares = [line.bare for line in lines]
    lower = [line.starts_lower for line in lines]
    breaks = [not line.ends_stop for line in lines]
    close = [not line.blanks_before for line in lines]
    above, below = _said_inside(lines, marks, words)
    capitalised = (seen.opens.words >= 2) & (seen.opens.small_words == 0)
    columns = (
        lower,
        [bare.isupper() for bare in bares],
        [*map(and_, lower[1:], close[1:]), False],
        [False, *map(and_, lower[1:], breaks)],
        [bare.endswith(_QUESTIONS) for bare in bares],
        [bare.endswith("!") for bare in bares],
        [bare.endswith(_COLONS) for bare in bares],
        [bare.endswith(_CUT_SHORT) for bare in bares],
        [bare[0] in _QUOTES for bare in bares],
        seen.quotes > 0,
        [bare.endswith(_BRACKETS) for bare in bares],
        ["|" in bare for bare in bares],
        ["©" in bare for bare in bares],
        _address(bares),
        [bare.isdigit() for bare in bares],
        [bare[0].isdigit() for bare in bares],
        [bare[0] in "-–—*" for bare in bares],
        [_LETTER.search(bare) is None for bare in bares],
        [0 < bare.find(":", 0, 25) < len(bare) - 1 for bare in bares],
        capitalised,
        [
            is_name and line.size <= 4 and _NAME.fullmatch(line.bare) is not None
            for line, is_name in zip(lines, capitalised.tolist(), strict=True)
        ],
        seen.money > 0,
        [line.size > 3 and stops >= 2 for line, stops in zip(lines, seen.inner_stops.tolist(), strict=True)],
        [bare[0] in "#*>|[_" for bare in bares],
        above,
        below,
        [line.is_bullet for line in lines],
    )
    return np.frombuffer(b"".join(map(bytes, columns)), np.bool_).reshape(len(FLAGS), len(lines))


def _address(bares: Sequence[str]) -> list[bool]:
    """Return which lines hold an address, of the web or of a person."""
    page = "\n".join(bares)
    if not any(sign in page for sign in _ADDRESS_SIGNS):
        return [False] * len(bares)
    return [_ADDRESS.search(bare) is not None for bare in bares]


def _said_inside(
    lines: Sequence[Line], marks: Sequence[Mark | None], words: Sequence[Sequence[str]]
) -> tuple[list[bool], list[bool]]:
    """Return whether the words of each line stand inside a paragraph above it, and whether inside one below it."""
    prose = [i for i, line in enumerate(lines) if marks[i] is None and line.is_paragraph]
    asked = [i for i, line in enumerate(lines) if len(line.folded) >= _MIN_INSIDE and line.size < _MAX_INSIDE_SIZE]
    return inside_paragraphs(lines, words, prose, asked)


def inside_paragraphs(
    lines: Sequence[Line], words: Sequence[Sequence[str]], prose: Sequence[int], asked: Iterable[int]
) -> tuple[list[bool], list[bool]]:
    """Return which of the lines ``asked`` stand inside one of the paragraphs ``prose`` above, and which in one below.

    ``words`` are those of each line, folded. Looks at the nearest paragraphs only, so that a page of a hundred thousand
    lines takes no square of that.
    """
    known = Counter(chain.from_iterable([words[i] for i in prose]))
    twice = frozenset([word for word, count in known.items() if count > 1])
    starts = [0]
    for i in prose:
        starts.append(starts[-1] + len(lines[i].folded) + 1)
    text = "\n".join(lines[i].folded for i in prose)
    above, below = [False] * len(lines), [False] * len(lines)
    for i in asked:
        here, behind = bisect_left(prose, i), bisect_right(prose, i)
        # All words but the two ends of a run of words are words of the paragraph it stands in, a paragraph's own twice.
        if not all(map((known if here == behind else twice).__contains__, words[i][1:-1])):
            continue
        folded = lines[i].folded
        first, last = max(0, here - _NEAR_PARAGRAPHS), min(len(prose), behind + _NEAR_PARAGRAPHS)
        above[i] = text.find(folded, starts[first], starts[here]) >= 0
        below[i] = text.find(folded, starts[behind], starts[last]) >= 0
    return above, below


def _words_of_one_and_of_two(paragraphs: Iterable[Collection[str]]) -> tuple[set[str], set[str]]:
    """Return the words that stand in a paragraph, and those that stand in two or more."""
    known: set[str] = set()
    shared: set[str] = set()
    for words in paragraphs:
        shared |= known.intersection(words)
        known.update(words)
    return known, shared
