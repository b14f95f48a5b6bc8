"""Text of a browser for terminals that numbers its links: the numbers go, the addresses stand in a list below."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from pipeline.clean.lines import Line, line_of
from pipeline.clean.wrapped import unwrap
from pipeline.text import squash

_MIN_LINKS = 3
_ADDRESS = re.compile(r"\s*(?P<number>\d{1,5})\.\s+[a-zA-Z][a-zA-Z0-9+.-]*:\S*\s*")
_HEADS = frozenset({"", "References", "Visible links:", "Hidden links:", "Visible links", "Hidden links"})
_NUMBER = re.compile(r"\[(\d{1,5})\]")


def count_links(texts: Sequence[str]) -> int:
    """Return how many links a dump lists at its end by number; 0 where it has no such list.

    >>> count_links(["The [1]quay.", "References", "   1. https://a.b/", "   2. /c", "   3. http:/d"])
    0
    >>> count_links(["The [1]quay.", "References", "   1. https://a.b/", "   2. file:///c", "   3. javascript:void(0)"])
    3
    """
    numbers: list[int] = []
    for text in reversed(texts):
        found = _ADDRESS.fullmatch(text)
        if found is not None:
            numbers.append(int(found["number"]))
        elif text.strip() not in _HEADS:
            break
    return numbers[0] if len(numbers) >= _MIN_LINKS and sorted(numbers, reverse=True) == numbers else 0


def read_numbered(lines: Sequence[Line], links: int) -> list[Line]:
    """Return the lines without the numbers of that many ``links``, paragraphs set to a width as one.

    A line that is a number and nothing else stays as it is, so that no line is lost.
    """
    return [_read(line, links) for line in unwrap(lines)]


def _read(line: Line, links: int) -> Line:
    if line.is_bullet and _ADDRESS.fullmatch(line.text):
        # An address alone may be of the story, one of the list below it is not: its number tells them apart.
        address = line_of(line.no, line.text, squash(line.text), line.blanks_before, is_bullet=False)
        return replace(address, parts=line.parts)
    if "[" not in line.bare:
        return line
    shown = squash(_NUMBER.sub(lambda found: "" if int(found[1]) <= links else found[0], line.bare))
    if not shown:
        return line
    found = line_of(line.no, line.text, shown, line.blanks_before, is_bullet=line.is_bullet)
    return replace(found, parts=line.parts)
