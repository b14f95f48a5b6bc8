"""What a pattern asks of a line at the least, read off the pattern itself: how a match begins, what it must hold.

A line of prose begins like few patterns, so that nearly all of them need not be tried. What the text of a pattern does
not say plainly is left open: a pattern may be tried in vain, never passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_LOOK = re.compile(r"\(\?<?[=!]")
_GROUP = re.compile(r"\((?:\?(?:P<\w+>|(?P<flags>[aimsux]*):)|(?!\?))")
_EDGE = re.compile(r"[\^$]|\\[bBAZ]")
_SIGN = re.compile(r"\[\^?\]?(?:\\.|[^\]\\])*\]|\\.|[^\\\[()|]", re.DOTALL)
_TIMES = re.compile(r"(?:(?P<none>[?*]|\{0?,\d*\}|\{0\})|\+|\{\d+(?:,\d*)?\})[?+]?")
_PLAIN = re.compile(r"\\[^\w]|[^\\\[.]")
_FEW = 7  # patterns that are tried at once rather than told apart by a second sign: most scripts but Latin have fewer
_MOST = 5_000  # beginnings of lines that are remembered
_Begin = tuple[str, str]  # one sign or two, each as a pattern


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchored:
    """A pattern that holds at the beginning of a line, the number of its rule, and what it asks of a line.

    ``max_words`` is the longest line that its rule names. ``first`` matches the signs a match may begin with,
    ``begins`` the first two signs where both are plain, else the first alone; ``holds`` is a piece of text that every
    match holds.
    """

    number: int
    pattern: re.Pattern[str]
    max_words: int
    first: re.Pattern[str]
    begins: re.Pattern[str]
    holds: str


def anchored(number: int, pattern: str, max_words: int) -> Anchored:
    """Return the pattern of rule ``number`` with what it asks of a line.

    >>> one = anchored(0, "^(?:Also|Read) on [a-z]+", max_words=9)
    >>> [sign for sign in "ABRa" if one.first.match(sign)], one.holds
    (['A', 'R'], ' on ')
    """
    reader = _Reader(pattern)
    try:
        begins, may_be_empty = reader.alternatives("")
    except (_UnreadError, IndexError):
        begins, may_be_empty = [], True
    is_open = may_be_empty or reader.at < len(pattern)
    return Anchored(
        number=number,
        pattern=re.compile(pattern),
        max_words=max_words,
        first=_any([("", "")] if is_open else [(sign, "") for sign, _ in begins]),
        begins=_any([("", "")] if is_open else begins),
        holds="" if is_open else reader.longest_run,
    )


def _any(begins: Iterable[_Begin]) -> re.Pattern[str]:
    return re.compile("|".join(dict.fromkeys(map("".join, begins))), re.DOTALL)


class Opened:
    """Anchored patterns by how a line begins; what was found for a beginning is remembered."""

    def __init__(self, patterns: Iterable[Anchored]) -> None:
        self._patterns = tuple(patterns)
        self._by_sign: dict[str, tuple[Anchored, ...]] = {}
        self._by_two: dict[str, tuple[Anchored, ...]] = {}

    def by(self, line: str) -> tuple[Anchored, ...]:
        """Return the patterns that may match ``line``, in their order."""
        sign, two = line[:1], line[:2]
        found = self._by_sign.get(sign)
        if found is None:
            found = _keep(self._by_sign, sign, tuple(one for one in self._patterns if one.first.match(sign)))
        if len(found) < _FEW:
            return found
        near = self._by_two.get(two)
        return near if near is not None else _keep(self._by_two, two, tuple(o for o in found if o.begins.match(two)))


def _keep(memory: dict[str, tuple[Anchored, ...]], begin: str, found: tuple[Anchored, ...]) -> tuple[Anchored, ...]:
    if len(memory) < _MOST:
        memory[begin] = found
    return found


class _UnreadError(Exception):
    """The pattern holds what this module does not know."""


class _Reader:
    """Reads a pattern once from left to right; ``longest_run`` is the longest plain text outside of all groups."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0
        self.depth = 0
        self.run = ""
        self.longest_run = ""

    def alternatives(self, flags: str) -> tuple[list[_Begin], bool]:
        """Return the signs that one of the alternatives from here on begins with, and whether one may be empty."""
        begins, is_empty = self.sequence(flags)
        while self.pattern[self.at : self.at + 1] == "|":
            if not self.depth:
                raise _UnreadError
            self.at += 1
            more, is_other_empty = self.sequence(flags)
            begins, is_empty = begins + more, is_empty or is_other_empty
        return begins, is_empty

    def sequence(self, flags: str) -> tuple[list[_Begin], bool]:
        """Return the signs that the pieces up to the next bar or bracket begin with, and whether all may be empty."""
        begins: list[_Begin] = []
        is_empty = True
        last: list[_Begin] = []
        while self.at < len(self.pattern) and self.pattern[self.at] not in "|)":
            start = self.at
            own, is_piece_empty = self.piece(flags)
            end = self.at
            times = _TIMES.match(self.pattern, end)
            plain = _PLAIN.fullmatch(self.pattern, start, end)
            if times:
                self.at, is_piece_empty = times.end(), is_piece_empty or times["none"] is not None
            if not self.depth:
                self.note(plain[0][-1] if plain and own and not times and not flags else "")
            if is_empty:
                begins, is_empty = begins + own, is_piece_empty
                is_sign = _SIGN.fullmatch(self.pattern, start, end) is not None
                last = own if len(begins) == 1 and is_sign and not times else []
            elif last and len(own) == 1 and not is_piece_empty:
                begins = [(last[0][0], own[0][0])] if not last[0][1] else begins
                last = []
            else:
                last = []
        return begins, is_empty

    def note(self, sign: str) -> None:
        """Add a sign that must stand in the text to the run it belongs to; nothing ends the run."""
        self.run = self.run + sign if sign else ""
        if len(self.run) > len(self.longest_run):
            self.longest_run = self.run

    def piece(self, flags: str) -> tuple[list[_Begin], bool]:
        """Return the signs that the next piece begins with, and whether it may be empty."""
        if look := _LOOK.match(self.pattern, self.at):
            self.inside(look.end(), flags)
            return [], True
        if group := _GROUP.match(self.pattern, self.at):
            return self.inside(group.end(), flags + (group["flags"] or ""))
        if edge := _EDGE.match(self.pattern, self.at):
            self.at = edge.end()
            return [], True
        sign = _SIGN.match(self.pattern, self.at)
        if sign is None:
            raise _UnreadError
        self.at = sign.end()
        return [(f"(?{flags}:{sign[0]})" if flags else sign[0], "")], False

    def inside(self, start: int, flags: str) -> tuple[list[_Begin], bool]:
        """Return what the alternatives of the group whose inside begins at ``start`` give, and go behind it."""
        self.at, self.depth = start, self.depth + 1
        found = self.alternatives(flags)
        if self.pattern[self.at] != ")":
            raise _UnreadError
        self.at, self.depth = self.at + 1, self.depth - 1
        return found
