"""Where the body of a segment lies: the run of lines that holds most of its prose for the least furniture."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.clean.lines import Line
from pipeline.clean.marks import Label
from pipeline.records import LineClass

# Worth of a line in words. A paragraph counts no more than MAX_WORTH, so that one long legal notice cannot outweigh the
# way to it; what lies between counts against the run, the start of a comment section most of all.
MAX_WORTH = 50.0
SHORT_LINE = -4.0
MARKED_LINE = -2.0
END_MATTER = -25.0
ENDS = frozenset({LineClass.COMMENT})


def body_zone(worths: Sequence[float]) -> tuple[int, int]:
    """Return (start, stop) of the run of greatest sum (Kadane's algorithm), the first of equals; (0, 0) for none.

    >>> body_zone([-4, 20, -4, 30, -25, 10])
    (1, 4)
    """
    best, best_sum = (0, 0), 0.0
    start, running = 0, 0.0
    for i, worth in enumerate(worths):
        if running <= 0:
            start, running = i, 0.0
        running += worth
        if running > best_sum:
            best, best_sum = (start, i + 1), running
    return best


def worth(line: Line, label: Label | None) -> float:
    """Return what a line adds to a run of body: the words of a paragraph, less than nothing for furniture."""
    if label is not None:
        return END_MATTER if label.line_class in ENDS else MARKED_LINE
    if line.is_paragraph:
        return min(float(line.size), MAX_WORTH)
    return 0.0 if line.is_sentence or line.is_bullet else SHORT_LINE
