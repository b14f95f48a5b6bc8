"""A second look at long paragraphs that the line model takes for no text: read by themselves, they may be a story.

Below another story a story of some paragraphs looks like its teasers, and above one like the page's head. So what lies
between two neighbouring paragraphs of text is read once more without them where it holds enough prose.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TypeAlias

import numpy as np

from pipeline.clean.label import Reading
from pipeline.clean.lines import Line
from pipeline.clean.marks import Mark
from pipeline.clean.model import Bools
from pipeline.clean.teasers import is_told

MIN_KEPT = 0.4  # posterior of a paragraph that counts as text
MIN_PARAGRAPH = 25  # words of a paragraph that is no teaser, if they are two sentences
MIN_PARAGRAPHS = 2
MIN_WORDS = 60  # of such paragraphs

ReadLines: TypeAlias = Callable[[Sequence[Line], Sequence[Mark | None]], Reading]


@dataclass(frozen=True, slots=True)
class Look:
    """A reading and, a line each, whether its text was found by the second look alone."""

    reading: Reading
    found: Bools


def look_again(lines: Sequence[Line], marks: Sequence[Mark | None], reading: Reading, read: ReadLines) -> Look:
    """Return ``reading`` with what ``read`` makes of each stretch of prose that is no text there; its features stay."""
    found = np.zeros(len(lines), np.bool_)
    stretches = list(_stretches(lines, marks, reading))
    if not stretches:
        return Look(reading, found)
    kept, posteriors = reading.kept.copy(), reading.posteriors.copy()
    for start, stop in stretches:
        own = read(lines[start:stop], marks[start:stop])
        is_text = own.kept >= MIN_KEPT
        if (
            sum(line.size for line, is_kept in zip(lines[start:stop], is_text.tolist(), strict=True) if is_kept)
            >= MIN_WORDS
        ):
            kept[start:stop], posteriors[start:stop], found[start:stop] = own.kept, own.posteriors, is_text
    return Look(replace(reading, kept=kept, posteriors=posteriors), found) if found.any() else Look(reading, found)


def paragraphs_of(lines: Sequence[Line], marks: Sequence[Mark | None], reading: Reading) -> list[int]:
    """Return the indices of the lines that read as paragraphs of text."""
    kept = (reading.kept >= MIN_KEPT).tolist()
    return [i for i, line in enumerate(lines) if kept[i] and marks[i] is None and line.is_paragraph]


def _stretches(lines: Sequence[Line], marks: Sequence[Mark | None], reading: Reading) -> Iterator[tuple[int, int]]:
    """Yield the lines between two paragraphs of text, first and behind the last, that hold enough prose for a story."""
    for above, below in pairwise([-1, *paragraphs_of(lines, marks, reading), len(lines)]):
        if below - above <= MIN_PARAGRAPHS or below - above > len(lines):
            continue
        prose = [
            lines[i].size
            for i in range(above + 1, below)
            if lines[i].size >= MIN_PARAGRAPH and marks[i] is None and is_told(lines[i])
        ]
        if len(prose) >= MIN_PARAGRAPHS and sum(prose) >= MIN_WORDS:
            yield above + 1, below
