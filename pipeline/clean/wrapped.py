"""Text set to a fixed width: its paragraphs are put together again before anything else is asked of a line.

Browsers for terminals, mail programs and converters to Markdown break a paragraph wherever the next word would stand
beyond the last column. So a line that has no room left for the first word of the next one is broken there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipeline.clean.lines import Line, line_of

MIN_WIDTH, MAX_WIDTH = 40, 132  # columns; wider than the widest terminals, a line is a paragraph
MIN_WORDS = 4  # of a line that tells the width; a long address stands beyond it
MIN_FULL = 6  # lines without room: fewer may be chance
LONG = 0.6  # of the width
# Of the long lines with another right below. Paragraphs of four lines without a blank line between them have 0.75 of
# them full; on labelled pages whose lines are all short it is under 0.2.
FULL_SHARE = 0.5
MAX_JOINED_CHARS = 5_000  # no paragraph is longer
_ADDRESS = "://"  # no width holds it
_QUOTE = "> "
_COLUMNS = "   "  # a wider gap than justified text has


def unwrap(lines: Sequence[Line]) -> list[Line]:
    """Return the lines of a page, those of a paragraph set to a fixed width as one; a joined one has several ``parts``.

    A page that is not set to a width comes back as it was.
    """
    full = _full(lines)
    if not any(full):
        return list(lines)
    joined: list[Line] = []
    for i, line in enumerate(lines):
        if i and full[i - 1] and not line.is_bullet and len(joined[-1].bare) <= MAX_JOINED_CHARS:
            joined[-1] = _join(joined[-1], line)
        else:
            joined.append(line)
    return joined


def _full(lines: Sequence[Line]) -> list[bool]:
    """Return which lines have no room for the first word of the one right below; none on a page without a width.

    The width is that of paragraphs: converters to Markdown leave the items of lists as they are.
    """
    nothing = [False] * len(lines)
    if any(len(line.parts[-1].text.rstrip()) > MAX_WIDTH and _tells_width(line) for line in lines):
        return nothing  # most pages
    ends = [len(line.parts[-1].text.rstrip()) if _may_be_set(line) else 0 for line in lines]
    width = max((end for end, line in zip(ends, lines, strict=True) if _tells_width(line)), default=0)
    if not MIN_WIDTH <= width <= MAX_WIDTH:
        return nothing
    full, long = [*nothing], 0
    for i, below in enumerate(lines[1:]):
        if not below.blanks_before and ends[i] >= LONG * width and not (lines[i].is_bullet and ends[i] > width):
            long += 1
            full[i] = ends[i] + 1 + len(below.bare.removeprefix(_QUOTE).split(" ", 1)[0]) > width
    broken = sum(full)
    goes_on = sum(is_full and not line.ends_stop for is_full, line in zip(full, lines, strict=True))
    return full if broken >= MIN_FULL and broken >= FULL_SHARE * long and 2 * goes_on > broken else nothing


def _may_be_set(line: Line) -> bool:
    """Return whether a line may be one of a set paragraph: words with a blank between each, and no columns."""
    text = line.parts[-1].text.strip()
    return line.bare.count(" ") + 1 >= MIN_WORDS and _COLUMNS not in text and "\t" not in text


def _tells_width(line: Line) -> bool:
    return _may_be_set(line) and not line.is_bullet and _ADDRESS not in line.parts[-1].text


def _join(head: Line, line: Line) -> Line:
    quoted = head.bare.startswith(_QUOTE)
    rest = line.bare.removeprefix(_QUOTE) if quoted else line.bare
    whole = line_of(head.no, head.text, f"{head.bare} {rest}", head.blanks_before, is_bullet=head.is_bullet)
    return replace(whole, parts=head.parts + line.parts)
