"""Lists of other stories where each title has its date: with who wrote it and how it begins, or neither."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import dropwhile, pairwise, takewhile
from typing import NamedTuple

from pipeline.clean.lines import Line
from pipeline.clean.marks import Mark
from pipeline.records import LineClass

_MIN_ENTRIES = 3
_MAX_ABOVE = 3  # lines from a date up to its title: who wrote it, a section
_MAX_BELOW = 5  # lines from a date down to the next title
_MAX_NAME_SIZE = 5  # words
_TITLE_SIZES = range(4, 31)  # words
_ASKS = ("?", "!")
_MOMENTS = frozenset(("date.line", "time.alone"))  # the length of a video is a time alone too
# A day and no more: ages and times stand above the entries of a live page too.
_DAY = re.compile(r"(?:19|20)\d\d|\d[./-]\d{1,2}[./-]\d")
_CLOCK = re.compile(r"\d[:.h]\d\d(?![./]?\d)")
_MIN_STORY = 2  # paragraphs below the last date: of a story whose head stands there
# Words of paragraphs outside of all lists. A dump of briefs, letters or notices has next to none.
_MIN_PROSE, _MIN_PROSE_BESIDE_EXCERPTS = 50, 150


class _Entry(NamedTuple):
    """The lines of a title and of its date."""

    title: int
    date: int


def dated_lists(lines: Sequence[Line], marks: Sequence[Mark | None]) -> list[tuple[range, int]]:
    """Return the lines of each list of titles with a date each, and how many titles it has.

    The head of the page's own story may stand first or last in such a row: it is left out where more lies between its
    date and what follows than between any others, and where a story follows. Beside a list stands a text: a dump of
    briefs, letters or notices has none. Of some 2,000 lines in such lists on 30 of 193 labelled pages, in six forms,
    none is of the text.
    """
    found: list[tuple[range, int]] = []
    excerpts: list[int] = []
    for run in _runs(lines, marks):
        if len(run) < _MIN_ENTRIES:
            continue
        gaps = [below.title - above.date for above, below in pairwise(run)]
        first = int(gaps[0] > max(gaps[1:]))
        last = len(run) - _is_story(lines, marks, run[-1].date)
        if last - first >= _MIN_ENTRIES:
            stop = run[last].title if last < len(run) else min(run[-1].date + min(gaps), len(lines))
            found.append((range(run[first].title, stop), last - first))
            excerpts.append(sum(_is_free_paragraph(lines, marks, i) for i in found[-1][0]))
    if not found:
        return []
    inside = {i for where, _ in found for i in where}
    prose = sum(line.size for i, line in enumerate(lines) if i not in inside and _is_free_paragraph(lines, marks, i))
    least = [_MIN_PROSE_BESIDE_EXCERPTS if count else _MIN_PROSE for count in excerpts]
    return [one for one, needed in zip(found, least, strict=True) if prose >= needed]


def _is_free_paragraph(lines: Sequence[Line], marks: Sequence[Mark | None], i: int) -> bool:
    return marks[i] is None and lines[i].is_paragraph


def _runs(lines: Sequence[Line], marks: Sequence[Mark | None]) -> list[list[_Entry]]:
    """Return the dated titles in runs that follow each other with an excerpt of one paragraph between at most."""
    runs: list[list[_Entry]] = []
    for i, mark in enumerate(marks):
        title = _title(lines, marks, i) if mark is not None and mark.label.rule in _MOMENTS else None
        if title is None:
            continue
        entry = _Entry(title, i)
        if runs and _goes_on(lines, marks, runs[-1][-1], entry):
            runs[-1].append(entry)
        else:
            runs.append([entry])
    return runs


def _title(lines: Sequence[Line], marks: Sequence[Mark | None], date: int) -> int | None:
    """Return the title that a date stands below, with who wrote it between at most; None where there is none."""
    for i in range(date - 1, max(-1, date - 1 - _MAX_ABOVE), -1):
        line, mark = lines[i], marks[i]
        if mark is not None and mark.label.line_class is LineClass.BYLINE:
            continue
        if mark is None and line.size in _TITLE_SIZES and (not line.ends_stop or line.bare.endswith(_ASKS)):
            return i
        if mark is not None or line.size > _MAX_NAME_SIZE:
            return None
    return None


def _goes_on(lines: Sequence[Line], marks: Sequence[Mark | None], above: _Entry, below: _Entry) -> bool:
    if not 0 < below.title - above.date <= _MAX_BELOW:
        return False
    texts = sum(_is_free_paragraph(lines, marks, i) for i in range(above.date + 1, below.title))
    date = lines[above.date].bare
    return not texts or (texts == 1 and _DAY.search(date) is not None and not _CLOCK.search(date))


def _is_story(lines: Sequence[Line], marks: Sequence[Mark | None], date: int) -> bool:
    """Return whether paragraphs of a story follow a date, one after the other but for what a rule names."""
    free = [i for i in range(date + 1, min(date + 1 + _MAX_BELOW, len(lines))) if marks[i] is None]
    begin = dropwhile(lambda i: not lines[i].is_paragraph, free)
    return len([*takewhile(lambda i: lines[i].is_paragraph, begin)]) >= _MIN_STORY
