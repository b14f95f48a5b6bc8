"""What a pattern asks of a line at the least, read off the pattern itself: how a match begins, what it must say.

A line of prose begins like few patterns, so that nearly all of them need not be tried. What the text of a pattern does
not say plainly is left open: a pattern may be tried in vain, never passed over.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import NamedTuple

_LOOK = re.compile(r"\(\?<?[=!]")
_GROUP = re.compile(r"\((?:\?(?:P<\w+>|(?P<flags>[aimsux]*):)|(?!\?))")
_EDGE = re.compile(r"[\^$]|\\[bBAZ]")
_SIGN = re.compile(r"\[\^?\]?(?:\\.|[^\]\\])*\]|\\.|[^\\\[()|]", re.DOTALL)
_TIMES = re.compile(r"(?:(?P<none>[?*]|\{0?,\d*\}|\{0\})|\+|\{\d+(?:,\d*)?\})[?+]?")
_PLAIN = re.compile(r"\\[^\w]|[^\\\[.]")
_LETTERS = re.compile(r"[\w ]+(?=[\w ])")  # all but the last, which may stand several times
# Letters of a text that is worth looking for: shorter ones stand in too many lines. A rare sign tells as much as four.
_MIN_NEED = 4
_USUAL, _RARE = re.compile(r"[a-zA-Z0-9.,:'’-]"), re.compile(r"[^a-zA-Z0-9.,:'’ -]")
_FEW = 7  # patterns that are tried at once rather than told apart by a second sign: most scripts but Latin have fewer
_MOST = 5_000  # beginnings of lines that are remembered
_MOST_TRIES = 20_000  # lists of tries that are remembered, of all beginnings: 8 MB; a thousand pages have 7,000
_Begin = tuple[str, str]  # one sign or two, each as a pattern
_Match = Callable[[str], re.Match[str] | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchored:
    """A pattern that holds at the beginning of a line, the number of its rule, and what it asks of a line.

    ``max_words`` is the longest line that its rule names. ``first`` matches the signs a match may begin with,
    ``begins`` the first two signs where both are plain, else the first alone. ``needs`` are texts, folded by
    :func:`fold_case`, of which every match holds one; none where the pattern does not tell. ``holds`` is what every
    match holds as it is written, be it a single sign.
    """

    number: int
    pattern: re.Pattern[str]
    max_words: int
    first: re.Pattern[str]
    begins: re.Pattern[str]
    needs: frozenset[str]
    holds: str


def fold_case(text: str) -> str:
    """Return ``text`` so that what a pattern takes for the same, whatever the case, is the same.

    Turkish has an i with a dot and one without: to ``re`` both are the capital of the plain one.
    """
    return text.casefold() if text.isascii() else text.replace("İ", "i").casefold().replace("ı", "i")


def anchored(number: int, pattern: str, max_words: int) -> Anchored:
    """Return the pattern of rule ``number`` with what it asks of a line.

    >>> one = anchored(0, "^(?:Also|Read) about [a-z]+", max_words=9)
    >>> [sign for sign in "ABRa" if one.first.match(sign)], one.needs
    (['A', 'R'], frozenset({' about'}))
    """
    (begins, may_be_empty, needs), holds = _read(pattern)
    is_open = may_be_empty or not begins
    return Anchored(
        number=number,
        pattern=re.compile(pattern),
        max_words=max_words,
        first=_any([("", "")] if is_open else [(sign, "") for sign, _ in begins]),
        begins=_any([("", "")] if is_open else begins),
        needs=needs,
        holds=holds,
    )


def needs_of(pattern: str) -> frozenset[str]:
    r"""Return texts, folded, of which every match of a pattern that is searched for holds one; none if it is not told.

    >>> sorted(needs_of(r"(?i)\b(?:email|write to) us\b|newsletter"))
    ['email', 'newsletter', 'write to']
    """
    return _read(f"(?:{pattern.removeprefix('(?i)')})")[0].needs


class _Asked(NamedTuple):
    """What a piece of a pattern asks: how it begins, whether it may match nothing, texts of which it holds one."""

    begins: list[_Begin]
    may_be_empty: bool
    needs: frozenset[str]


_NOTHING_ASKED = _Asked([], may_be_empty=True, needs=frozenset())


def _read(pattern: str) -> tuple[_Asked, str]:
    """Return what a pattern asks, and the longest text that it says outside of all groups."""
    return _read_once(pattern) or _read_once(f"(?:{pattern})") or (_NOTHING_ASKED, "")


def _read_once(pattern: str) -> tuple[_Asked, str] | None:
    """Return what a pattern asks; None for one that cannot be read to its end: alternatives need a group."""
    reader = _Reader(pattern)
    try:
        found = reader.alternatives("")
    except (_UnreadError, IndexError):
        return None
    return (found, reader.longest_run) if reader.at == len(pattern) else None


def _any(begins: Iterable[_Begin]) -> re.Pattern[str]:
    return re.compile("|".join(dict.fromkeys(map("".join, begins))), re.DOTALL)


class Try(NamedTuple):
    """A pattern to be tried: what every match holds, how it is matched, its rule, and patterns before it.

    ``shorter`` are those that are for shorter lines than the one it is tried on.
    """

    holds: str
    match: _Match
    number: int
    shorter: tuple[_Match, ...]


class _Begun:
    """Patterns that may match a line by how it begins, each with its bit (0: needs nothing), and tries made of them.

    Those are remembered by the place of the line's length among all limits, and by the needs that stand in it.
    """

    __slots__ = ("every", "needing", "tries")

    def __init__(self, every: tuple[tuple[int, Anchored], ...]) -> None:
        self.every = every
        self.needing = reduce(or_, (bit for bit, _ in every), 0)
        self.tries: dict[tuple[int, int], tuple[Try, ...]] = {}


class Opened:
    """Anchored patterns by how a line begins and how long it is; what was found for a beginning is remembered."""

    def __init__(self, patterns: Iterable[Anchored]) -> None:
        self._patterns = tuple((1 << place if one.needs else 0, one) for place, one in enumerate(patterns))
        self._limits = sorted({one.max_words for _, one in self._patterns})
        self._by_sign: dict[str, _Begun] = {}
        self._by_two: dict[str, _Begun] = {}
        self._left = _MOST_TRIES

    def by(self, line: str, word_count: int, needed: int) -> Sequence[Try]:
        """Return the patterns to be tried on ``line``, in their order; of those with needs the ``needed`` ones.

        These are a number that has a bit for each: 1 for the first of all patterns, 2 for the second, 4 for the third.
        """
        begun = self._by_two.get(line[:2]) or self._begun(line[:2])
        asked = bisect_left(self._limits, word_count), begun.needing & needed
        found = begun.tries.get(asked)
        if found is None:
            found = _tries((one for bit, one in begun.every if not bit or needed & bit), word_count)
            if self._left:
                self._left -= 1
                begun.tries[asked] = found
        return found

    def _begun(self, two: str) -> _Begun:
        """Return the patterns that may match a line that begins with ``two`` signs, or with one and has no more."""
        found = self._by_sign.get(two[:1])
        if found is None:
            found = _keep(self._by_sign, two[:1], tuple(one for one in self._patterns if one[1].first.match(two[:1])))
        near = found.every if len(found.every) < _FEW else tuple(one for one in found.every if one[1].begins.match(two))
        return _keep(self._by_two, two, near)


def _tries(patterns: Iterable[Anchored], word_count: int) -> tuple[Try, ...]:
    shorter: tuple[_Match, ...] = ()
    found: list[Try] = []
    for one in patterns:
        if word_count > one.max_words:
            shorter += (one.pattern.match,)
        else:
            found.append(Try(one.holds, one.pattern.match, one.number, shorter))
    return tuple(found)


def _keep(memory: dict[str, _Begun], begin: str, found: tuple[tuple[int, Anchored], ...]) -> _Begun:
    begun = _Begun(found)
    if len(memory) < _MOST:
        memory[begin] = begun
    return begun


class _UnreadError(Exception):
    """The pattern holds what this module does not know."""


class _Reader:
    """Reads a pattern once from left to right."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0
        self.depth = 0
        self.longest_run = ""

    def alternatives(self, flags: str) -> _Asked:
        """Return what the alternatives from here on ask together."""
        begins, may_be_empty, needs = self.sequence(flags)
        while self.pattern[self.at : self.at + 1] == "|":
            if not self.depth:
                raise _UnreadError
            self.at += 1
            more = self.sequence(flags)
            begins, may_be_empty = begins + more.begins, may_be_empty or more.may_be_empty
            needs = needs | more.needs if needs and more.needs else frozenset()
        return _Asked(begins, may_be_empty, needs)

    def sequence(self, flags: str) -> _Asked:
        """Return what the pieces up to the next bar or bracket ask; of their needs the longest ones."""
        begins: list[_Begin] = []
        is_empty = True
        last: list[_Begin] = []
        run, needs = "", frozenset[str]()
        while self.at < len(self.pattern) and self.pattern[self.at] not in "|)":
            if not is_empty and not last and (letters := _LETTERS.match(self.pattern, self.at)):
                self.at, run = letters.end(), run + letters[0]
                needs = max(needs, self.said(run), key=_told)
            start = self.at
            own, is_piece_empty, held = self.piece(flags)
            end = self.at
            times = _TIMES.match(self.pattern, end)
            plain = _PLAIN.fullmatch(self.pattern, start, end)
            if times:
                self.at, is_piece_empty = times.end(), is_piece_empty or times["none"] is not None
                held = frozenset() if times["none"] is not None else held
            run = run + plain[0][-1] if plain and own and not times else ""
            needs = max(needs, held, self.said(run), key=_told)
            if is_empty:
                begins, is_empty = begins + own, is_piece_empty
                is_sign = _SIGN.fullmatch(self.pattern, start, end) is not None
                last = own if len(begins) == 1 and is_sign and not times else []
            elif last and len(own) == 1 and not is_piece_empty:
                begins = [(last[0][0], own[0][0])] if not last[0][1] else begins
                last = []
            else:
                last = []
        return _Asked(begins, is_empty, needs)

    def said(self, run: str) -> frozenset[str]:
        """Return what a run of signs that must stand in the text makes a match need; nothing where it tells little."""
        if not self.depth and len(run) > len(self.longest_run):
            self.longest_run = run
        return frozenset([fold_case(run)] if _weight(run) >= _MIN_NEED else ())

    def piece(self, flags: str) -> _Asked:
        """Return what the next piece asks."""
        if look := _LOOK.match(self.pattern, self.at):
            self.inside(look.end(), flags)
            return _NOTHING_ASKED
        if group := _GROUP.match(self.pattern, self.at):
            return self.inside(group.end(), flags + (group["flags"] or ""))
        if edge := _EDGE.match(self.pattern, self.at):
            self.at = edge.end()
            return _NOTHING_ASKED
        sign = _SIGN.match(self.pattern, self.at)
        if sign is None:
            raise _UnreadError
        self.at = sign.end()
        return _Asked([(f"(?{flags}:{sign[0]})" if flags else sign[0], "")], may_be_empty=False, needs=frozenset())

    def inside(self, start: int, flags: str) -> _Asked:
        """Return what the group asks whose inside begins at ``start``, and go behind it."""
        self.at, self.depth = start, self.depth + 1
        found = self.alternatives(flags)
        if self.pattern[self.at] != ")":
            raise _UnreadError
        self.at, self.depth = self.at + 1, self.depth - 1
        return found


def _told(needs: frozenset[str]) -> int:
    """Return how much needs tell: as much as the least of them."""
    return min(map(_weight, needs), default=0)


def _weight(need: str) -> int:
    return len(_USUAL.findall(need)) + _MIN_NEED * len(_RARE.findall(need))
