"""What can be measured of a page's lines one by one: flags, shares of words, copies."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from pipeline.clean.lines import Line
from pipeline.clean.marks import Mark
from pipeline.text import UNSPACED

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
_MONEY = re.compile(r"[$€£¥₹%]")
_INNER_STOP = re.compile(r"[.!?。！？؟](?=\s|$|[”\"])|[。！？]")
_FIGURES = re.compile(r"\d")
_COMMAS = re.compile("[,،，、]")
_QUOTE = re.compile(f"[{_QUOTES}]")
_LETTER = re.compile(r"[^\W\d_]")
_NAME = re.compile(r"(?:[^\W\d_]|[-.])+(?: (?:[^\W\d_]|[-.])+){1,3}")
_QUESTIONS, _COLONS, _CUT_SHORT, _BRACKETS = ("?", "？", "؟"), (":", "："), ("...", "…"), (")", "]", "）")
_LEADS = (":", "：", ";")
_MIN_INSIDE = 15  # characters of a line that is looked for inside paragraphs
_MAX_INSIDE_SIZE = 60  # words
_NEAR_PARAGRAPHS = 60
_MIN_VOTING = 8  # words of a line that has a say in the page's language


@dataclass(frozen=True, slots=True, kw_only=True)
class Looks:
    """Measures of a page's lines, an entry a line; ``tokens`` are the words that tell stories apart.

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
    tokens: tuple[frozenset[str], ...]
    leans: tuple[tuple[float, ...], ...]

    def shared(self, start: int, stop: int, is_prose: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Return the share of each line's long words that other paragraphs of lines ``start`` to ``stop`` hold."""
        counts: Counter[str] = Counter()
        own = [start <= i < stop and bool(is_prose[i]) for i in range(len(self.tokens))]
        for i in range(start, stop):
            if own[i]:
                counts.update(self.tokens[i])
        shares = np.zeros(len(self.tokens))
        for i, tokens in enumerate(self.tokens):
            if tokens:
                least = 2 if own[i] else 1
                shares[i] = sum(counts[token] >= least for token in tokens) / len(tokens)
        return shares


def look(
    lines: Sequence[Line], marks: Sequence[Mark | None], stopwords: Mapping[str, int], leans: Mapping[str, float]
) -> Looks:
    """Return the measures of ``lines``, one segment's."""
    words = [line.folded.split() for line in lines]
    told = [terms(line, own) for line, own in zip(lines, words, strict=True)]
    return Looks(
        sizes=np.array([line.size for line in lines]),
        blanks=np.array([line.blanks_before for line in lines]),
        stops=np.array([line.ends_stop for line in lines]),
        paragraphs=np.array([line.is_paragraph for line in lines]),
        bullets=np.array([line.is_bullet for line in lines]),
        leads=np.array([line.bare.endswith(_LEADS) for line in lines]),
        stopwords=_stopword_shares(words, stopwords),
        capitals=np.array([_capital_share(line.bare) for line in lines]),
        digits=np.array([len(_FIGURES.findall(line.bare)) / max(1, len(line.bare)) for line in lines]),
        commas=np.array([len(_COMMAS.findall(line.bare)) for line in lines]),
        flags=_flags(lines, marks),
        copies=_copies(lines),
        likeness=tuple(_likeness(lines[i - 1], line) if i else 0 for i, line in enumerate(lines)),
        tokens=tuple(_telling(own, len(spaced)) for own, spaced in zip(told, words, strict=True)),
        leans=tuple(tuple(leans[word] for word in own if word in leans) for own in told),
    )


def terms(line: Line, words: Sequence[str]) -> Sequence[str]:
    """Return the words of a line; of a script without spaces the pairs of neighbouring characters."""
    if line.size <= len(words) * 1.5:
        return words
    return [run[i : i + 2] for run in _UNSPACED_RUN.findall(line.folded) for i in range(len(run) - 1)]


def _telling(own: Sequence[str], spaced: int) -> frozenset[str]:
    """Return those of a line's terms that tell stories apart: words of some length, and all pairs of characters."""
    least = 1 if len(own) > spaced * 1.5 else 3
    return frozenset(word for word in own if len(word) > least)


def _stopword_shares(words: Sequence[Sequence[str]], stopwords: Mapping[str, int]) -> NDArray[np.float64]:
    """Return the share of stopwords of the page's commonest language in each line."""
    votes: Counter[int] = Counter()
    hits = []
    for own in words:
        found = [stopwords[word] for word in own if word in stopwords]
        hits.append(found)
        if len(own) >= _MIN_VOTING:
            votes.update(found)
    tally: Counter[int] = Counter()
    for bits, count in votes.items():
        for bit in _single_bits(bits):
            tally[bit] += count
    best = max(tally, key=lambda bit: (tally[bit], -bit), default=0)
    shares = [
        sum(1 for bits in found if bits & best) / max(1, len(own)) for found, own in zip(hits, words, strict=True)
    ]
    return np.array(shares)


@cache
def _single_bits(bits: int) -> tuple[int, ...]:
    return tuple(1 << place for place in range(bits.bit_length()) if bits >> place & 1)


def _capital_share(bare: str) -> float:
    """Return the share of words, of four letters or more and not the first, that open with a capital."""
    words = [word for word in bare.split()[1:] if len(word) > 3]
    return sum(word[0].isupper() for word in words) / len(words) if words else 0.3


def _likeness(above: Line, line: Line) -> int:
    """Return how a line is like the one above, as lines of a list are: 0 not, 1 as long … 4 list items both."""
    if above.is_bullet and line.is_bullet:
        return 4
    if above.bare[0].isdigit() and line.bare[0].isdigit():
        return 3
    if above.folded.split(" ", 1)[0] == line.folded.split(" ", 1)[0]:
        return 2
    return int(above.ends_stop == line.ends_stop and 0.6 <= line.size / max(1, above.size) <= 1.67)


def _copies(lines: Sequence[Line]) -> tuple[int, ...]:
    counts = Counter(line.folded for line in lines)
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


def _flags(lines: Sequence[Line], marks: Sequence[Mark | None]) -> NDArray[np.bool_]:
    lower = [line.starts_lower for line in lines]
    inside = _said_inside(lines, marks)
    table = [_flags_of(lines, i, lower, inside[i]) for i in range(len(lines))]
    return np.array(table, np.bool_).reshape(len(lines), len(FLAGS))


def _said_inside(lines: Sequence[Line], marks: Sequence[Mark | None]) -> list[tuple[bool, bool]]:
    """Return whether the words of each line stand inside a paragraph above it, and inside one below it.

    Looks at the nearest paragraphs only, so that a page of a hundred thousand lines takes no square of that.
    """
    prose = [i for i, line in enumerate(lines) if marks[i] is None and line.is_paragraph]
    starts = [0]
    for i in prose:
        starts.append(starts[-1] + len(lines[i].folded) + 1)
    text = "\n".join(lines[i].folded for i in prose)
    found = []
    for i, line in enumerate(lines):
        if not (len(line.folded) >= _MIN_INSIDE and line.size < _MAX_INSIDE_SIZE):
            found.append((False, False))
            continue
        above, below = bisect_left(prose, i), bisect_right(prose, i)
        first, last = max(0, above - _NEAR_PARAGRAPHS), min(len(prose), below + _NEAR_PARAGRAPHS)
        found.append(
            (
                text.find(line.folded, starts[first], starts[above]) >= 0,
                text.find(line.folded, starts[below], starts[last]) >= 0,
            )
        )
    return found


def _flags_of(lines: Sequence[Line], i: int, lower: Sequence[bool], inside: tuple[bool, bool]) -> tuple[bool, ...]:
    line = lines[i]
    bare = line.bare
    first = bare[0]
    colon = bare.find(":", 0, 25)
    goes_on = i + 1 < len(lines) and lower[i + 1] and not lines[i + 1].blanks_before
    capitalised = _is_capitalised(bare)
    return (
        lower[i],
        bare.isupper(),
        goes_on,
        lower[i] and i > 0 and not lines[i - 1].ends_stop,
        bare.endswith(_QUESTIONS),
        bare.endswith("!"),
        bare.endswith(_COLONS),
        bare.endswith(_CUT_SHORT),
        first in _QUOTES,
        _QUOTE.search(bare) is not None,
        bare.endswith(_BRACKETS),
        "|" in bare,
        "©" in bare,
        _ADDRESS.search(bare) is not None,
        bare.isdigit(),
        first.isdigit(),
        first in "-–—*",
        _LETTER.search(bare) is None,
        colon > 0 and colon + 1 < len(bare),
        capitalised,
        capitalised and line.size <= 4 and _NAME.fullmatch(bare) is not None,
        _MONEY.search(bare) is not None,
        line.size > 3 and len(_INNER_STOP.findall(bare)) >= 2,
        first in "#*>|[_",
        *inside,
        line.is_bullet,
    )


def _is_capitalised(bare: str) -> bool:
    """Return whether there are two words or more, and none opens with a small letter."""
    tokens = bare.split(" ")
    return len(tokens) >= 2 and all(token[0].isupper() or not token[0].isalpha() for token in tokens)
