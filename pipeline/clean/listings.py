"""What only lists other pages: cut-off beginnings of stories one below the other, and tags in the order of letters."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from pipeline.clean.lines import Line
from pipeline.clean.marks import Label, Mark
from pipeline.records import LineClass

# On 193 labelled pages in four forms no line of such a run is of the text; of shorter lines those of a writer are who
# likes to end in dots.
_MIN_EXCERPT = 12  # words
_MIN_EXCERPTS = 3
_MIN_PROSE = 50  # words of paragraphs that are not cut off: a writer may end all of a text's in dots
_NEAR = 5  # lines from one to the next
_CUT = ("…", "...", "[…]", "[...]")
_MIN_TAGS = 20  # words
_IN_ORDER = 0.85  # of the words; of 20 words of a text half stand in the order of letters
_PUNCTUATION = re.compile(r"[.!?:;,()\"“”]")


def mark_listings(lines: Sequence[Line], marks: Sequence[Mark | None]) -> list[Mark | None]:
    """Return the marks with those of excerpts of other stories, their titles among them, and of clouds of tags."""
    found = [*marks]
    for run in _runs(lines, marks):
        first = run[0] - 1 if run[0] and not lines[run[0] - 1].ends_stop else run[0]
        for i in range(first, run[-1] + 1):
            if found[i] is None:
                evidence = f"one of {len(run)} beginnings of stories"
                found[i] = Mark(label=Label(line_class=LineClass.RELATED, rule="related.excerpts", evidence=evidence))
    for i, line in enumerate(lines):
        if found[i] is None and line.size >= _MIN_TAGS and _is_cloud(line):
            label = Label(line_class=LineClass.TAG, rule="tag.cloud", evidence="words in the order of letters")
            found[i] = Mark(label=label)
    return found


def _runs(lines: Sequence[Line], marks: Sequence[Mark | None]) -> list[list[int]]:
    """Return the indices of cut-off lines, in runs of several near each other, with titles or a text beside them."""
    runs: list[list[int]] = []
    for i, line in enumerate(lines):
        if marks[i] is not None or line.size < _MIN_EXCERPT or not line.bare.endswith(_CUT):
            continue
        between = range(runs[-1][-1] + 1, i) if runs else range(0)
        if runs and len(between) < _NEAR and not any(marks[j] is None and lines[j].is_paragraph for j in between):
            runs[-1].append(i)
        else:
            runs.append([i])
    runs = [run for run in runs if len(run) >= _MIN_EXCERPTS]
    prose = 0
    if runs:
        free = (line for line, mark in zip(lines, marks, strict=True) if mark is None and line.is_paragraph)
        prose = sum(line.size for line in free if not line.bare.endswith(_CUT))
    return [run for run in runs if prose >= _MIN_PROSE or 2 * _titles(lines, run) >= len(run) - 1]


def _titles(lines: Sequence[Line], run: Sequence[int]) -> int:
    """Return how many of a run's lines have a title between them and the one above; a writer's own dots have none."""
    return sum(any(not lines[i].ends_stop for i in range(above + 1, below)) for above, below in pairwise(run))


def _is_cloud(line: Line) -> bool:
    """Return whether the words of a line without punctuation stand in the order of letters."""
    if line.ends_stop or _PUNCTUATION.search(line.bare):
        return False
    words = line.words
    ordered = sum(first[0] <= second[0] for first, second in pairwise(words))
    return len(words) >= _MIN_TAGS and ordered >= _IN_ORDER * (len(words) - 1) and words[0][0] != words[-1][0]
