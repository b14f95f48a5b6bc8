"""Titles inside the text that their form or place gives away: numbered parts, dashes, a word between two paragraphs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from pipeline.clean.lines import Line
from pipeline.clean.marks import Label
from pipeline.records import LineClass

MIN_TITLE = 0.35  # posterior of a line that may be a title, to be kept
_MAX_TITLE_SIZE = 12  # words
_MAX_NUMBER = 30
_MIN_TITLE_SIZE = 2  # words
_SECTION = "section.words"
_LEAD = "related.lead"  # a link with its title: what stands below is no more of it


def keep_titles(
    lines: Sequence[Line], is_kept: Sequence[bool], kept: Sequence[float], free: Sequence[bool], start: int
) -> list[bool]:
    """Return which lines are kept, with those from ``start`` on that may title the kept paragraph right below them.

    Set apart by a blank line, they are given the benefit of the doubt: a box of links ends where the text begins anew.
    """
    found = [*is_kept]
    for i in range(start, len(lines) - 1):
        if is_kept[i] or not is_kept[i + 1] or not free[i] or kept[i] < MIN_TITLE:
            continue
        line = lines[i]
        is_title = line.blanks_before > 0 and not line.ends_stop and not line.is_bullet
        found[i] = is_title and _MIN_TITLE_SIZE <= line.size <= _MAX_TITLE_SIZE and lines[i + 1].is_paragraph
    return found


def label_titles(lines: Sequence[Line], labels: list[Label], *, rule: str) -> None:
    """Label the titles in place; only labels that ``rule`` gave, and names of sections, are overruled."""
    kept = [i for i, label in enumerate(labels) if label.line_class.kept]
    if not kept:
        return
    free = [
        i
        for i, label in enumerate(labels[: kept[-1]])
        if not label.line_class.kept
        and label.line_class is not LineClass.HEADLINE
        and (label.rule == rule or label.rule == _SECTION)
    ]
    for i, name, evidence in _found(lines, labels, free) if free else ():
        labels[i] = Label(line_class=LineClass.SUBHEAD, rule=name, evidence=evidence, score=0.9)


def _found(lines: Sequence[Line], labels: Sequence[Label], free: Sequence[int]) -> Iterator[tuple[int, str, str]]:
    """Yield (line, rule, evidence) of titles among the lines that are ``free`` to be one, all above a kept line."""
    parts = _numbered_parts(lines)
    for i in free:
        line = lines[i]
        if i in parts:
            yield i, "title.number", f"part {line.bare} of {len(parts)}"
        elif line.bare.startswith(("- ", "– ", "* ")) and line.bare.endswith((" -", " –", " *")):
            yield i, "title.dashed", "between dashes"
        elif line.size >= _MIN_TITLE_SIZE and labels[i + 1].rule == "time.alone":
            yield i, "title.entry", f"time of an entry below: {lines[i + 1].bare}"
        elif _is_above_text(lines, labels, i):
            if labels[i].rule == _SECTION and _is_text(lines, labels, i - 1):
                yield i, "title.section", "a section's name between two paragraphs of the text"
            elif labels[i - 1].rule == _LEAD:
                yield i, "title.below_link", "below a whole link, right above the text"


def _is_above_text(lines: Sequence[Line], labels: Sequence[Label], i: int) -> bool:
    """Return whether line ``i`` may be a title of the paragraph of the text right below it."""
    line = lines[i]
    return i > 0 and line.size <= _MAX_TITLE_SIZE and not line.ends_stop and _is_text(lines, labels, i + 1)


def _is_text(lines: Sequence[Line], labels: Sequence[Label], i: int) -> bool:
    return labels[i].line_class.kept and lines[i].is_paragraph


def _numbered_parts(lines: Sequence[Line]) -> frozenset[int]:
    """Return the lines that are a number alone, where they count up 1, 2, 3 …: a row of parts, not counters."""
    found = [i for i, line in enumerate(lines) if line.bare.isdecimal() and len(line.bare) <= 2 and not line.is_bullet]
    numbers = [int(lines[i].bare) for i in found]
    is_row = len(numbers) >= 2 and numbers[-1] <= _MAX_NUMBER and all(b - a == 1 for a, b in pairwise(numbers))
    return frozenset(found) if is_row else frozenset()
