"""Lines that are not lines: a paragraph broken at its links is put together again before anything is decided about it.

Renderers that give each text node a line of its own break a paragraph wherever it holds a link or a word in italics.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipeline.clean.lines import Line, line_of
from pipeline.clean.marks import Mark

MIN_JOINED_SIZE = 8  # words of a line and what goes on with it; below, menus in lower case would be joined
MIN_HEAD_SIZE = 5  # words before a break at a name or title
MAX_NODE_SIZE = 8  # words of a link or name in mid-sentence
# No paragraph is longer; each join looks at the whole again, so without a bound 6,000 open lines took 31 s, now 1 s.
MAX_JOINED_CHARS = 5_000
_GOES_ON = tuple(",;.:)]”’…،؛、。")
_OPEN_ENDS = ("(", "“", "„", "«", ",", "–", "—", "،")


def join_fragments(lines: Sequence[Line], marks: Sequence[Mark | None]) -> tuple[list[Line], list[Mark | None]]:
    """Return the lines with broken paragraphs joined, and their marks; a joined line has several ``parts``.

    Only unmarked neighbours without a blank line between them are joined: no rule's word is lost in a paragraph.
    """
    joined: list[Line] = []
    kept_marks: list[Mark | None] = []
    for i, (line, mark) in enumerate(zip(lines, marks, strict=True)):
        is_free = mark is None and bool(joined) and kept_marks[-1] is None
        if is_free and not line.blanks_before and not line.is_bullet and _belongs(joined[-1], lines, marks, i):
            joined[-1] = _join(joined[-1], line)
        else:
            joined.append(line)
            kept_marks.append(mark)
    return joined, kept_marks


def _belongs(head: Line, lines: Sequence[Line], marks: Sequence[Mark | None], i: int) -> bool:
    """Return whether line ``i`` goes on with ``head``, the line above it with all that was joined to it."""
    line = lines[i]
    if len(head.bare) > MAX_JOINED_CHARS:
        return False
    if line.bare.startswith(_GOES_ON):
        return head.size + line.size >= MIN_JOINED_SIZE
    if head.ends_stop or head.bare.endswith((":", "：", ";")):
        return False
    if line.starts_lower:
        return head.size + line.size >= MIN_JOINED_SIZE and head.size >= 3
    return head.size >= MIN_HEAD_SIZE and (head.bare.endswith(_OPEN_ENDS) or _is_inner_node(lines, marks, i))


def _is_inner_node(lines: Sequence[Line], marks: Sequence[Mark | None], i: int) -> bool:
    """Return whether line ``i`` is a short piece that the next line goes on from: a link in mid-sentence."""
    if i + 1 >= len(lines) or lines[i].size > MAX_NODE_SIZE or lines[i].ends_stop:
        return False
    below = lines[i + 1]
    goes_on = below.starts_lower or below.bare.startswith(_GOES_ON)
    return marks[i + 1] is None and not below.blanks_before and goes_on


def _join(head: Line, line: Line) -> Line:
    gap = "" if line.bare.startswith(_GOES_ON) or head.bare.endswith(("(", "“", "„", "«")) else " "
    whole = line_of(head.no, head.text, head.bare + gap + line.bare, head.blanks_before, is_bullet=head.is_bullet)
    return replace(whole, parts=head.parts + line.parts)
