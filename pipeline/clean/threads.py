"""Comments under a story where each is headed by a name and the moment it was sent."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.clean.lines import Line
from pipeline.clean.marks import Label, Mark
from pipeline.records import LineClass
from pipeline.text import fold

_MIN_COMMENTS = 3
_MAX_COMMENT = 40  # lines from one to the next
_MAX_LAST = 10  # lines of the last one
_MAX_NAME_SIZE = 5  # words
_MAX_NICKNAME_SIZE = 2
_SAYS = re.compile(r"\s(?:says|said|wrote|schreibt|sagt|dit)\s?:?$")
_MIN_TITLE_SIZE = 4
_MAX_HEADER = 4  # lines from a name up to the headline of a story, one of them its standfirst
_CLOCK = re.compile(r"\d{1,2}[:.h]\d\d|\bago\b")
_SIGNED = "By "
_ENTRY, _MOMENT, _BOX = "comment.entry", "date.line", "comment.box"
_MIN_HEADLINE = 3  # words
_THOUGHTS_ON = re.compile(r"\S{1,5} [^\W\d_]+ \w{1,4} [\"“”„«»‘’']+(.+)$")  # 10 thoughts on “Bridge to close”


def mark_threads(lines: Sequence[Line], marks: Sequence[Mark | None]) -> list[Mark | None]:
    """Return the marks with those of comments in a thread of several, which begins below some text.

    A story glued to the page has a name and a moment above it too, and above those its headline; an entry of a live
    page has a title and the time of day, or is one of many by few reporters. What stands below the last comment's
    sentences is left alone: another story may.
    """
    found = [*marks]
    heads = [head for i in range(len(lines)) if (head := _head(lines, marks, i)) is not None]
    for run in _runs(heads):
        is_below = any(marks[i] is None and lines[i].is_paragraph for i in range(run[0]))
        titled = sum(_is_title(lines, marks, head) for head in run)
        names = {_SAYS.sub("", lines[head].folded) for head in run}
        if len(run) < _MIN_COMMENTS or not is_below or 2 * titled > len(run) or 2 * len(names) < len(run):
            continue
        for i in range(run[0], _end(lines, run[-1])):
            if found[i] is None:
                label = Label(
                    line_class=LineClass.COMMENT, rule="comment.thread", evidence=f"one of {len(run)} comments"
                )
                found[i] = Mark(label=label)
    return found


def label_replies(lines: Sequence[Line], marks: Sequence[Mark | None], labels: list[Label]) -> None:
    """Label as comments, in place, what is kept below "10 thoughts on" and, in quotes, a title above the text."""
    boxes = [i for i, mark in enumerate(marks) if mark is not None and mark.label.rule == _BOX]
    if not boxes:
        return
    body = next((i for i, label in enumerate(labels) if label.line_class.kept), len(lines))
    titles = {lines[i].folded for i in range(body) if lines[i].size >= _MIN_HEADLINE and marks[i] is None}
    told = ((i, _THOUGHTS_ON.match(lines[i].bare)) for i in boxes if i > body)
    first = next((i for i, quoted in told if quoted and fold(quoted[1]) in titles), len(lines))
    for i in range(first + 1, len(lines)):
        if labels[i].line_class.kept:
            evidence = f"below {lines[first].bare[:60]}"
            labels[i] = Label(line_class=LineClass.COMMENT, rule="comment.reply", evidence=evidence, score=0.9)


def _head(lines: Sequence[Line], marks: Sequence[Mark | None], i: int) -> int | None:
    """Return where the comment begins whose moment line ``i`` tells, or None."""
    mark = marks[i]
    if mark is None:
        return None
    if mark.label.rule == _ENTRY:
        return i
    if mark.label.rule != _MOMENT or not i or not _CLOCK.search(lines[i].bare):
        return None
    named = marks[i - 1]
    may_be = named is None or named.label.line_class is LineClass.BYLINE
    return i - 1 if may_be and _is_name(lines[i - 1]) else None


def _is_name(line: Line) -> bool:
    """Return whether a line may be who wrote a comment: a word or two, or capitals like those of a name."""
    words = _SAYS.sub("", line.bare).split()
    if line.ends_stop or line.bare.startswith(_SIGNED) or len(words) > _MAX_NAME_SIZE:
        return False
    return len(words) <= _MAX_NICKNAME_SIZE or not any(word[0].islower() for word in words)


def _runs(heads: Sequence[int]) -> list[list[int]]:
    """Return the heads in runs of comments that follow each other."""
    runs: list[list[int]] = []
    for head in heads:
        if runs and head - runs[-1][-1] <= _MAX_COMMENT:
            runs[-1].append(head)
        else:
            runs.append([head])
    return runs


def _is_title(lines: Sequence[Line], marks: Sequence[Mark | None], head: int) -> bool:
    """Return whether a title stands above a name, as above a story's, with a standfirst and stamps between at most."""
    sentences = 0
    for i in range(head - 1, max(-1, head - 1 - _MAX_HEADER), -1):
        if marks[i] is not None:
            continue
        if not lines[i].ends_stop:
            return lines[i].size >= _MIN_TITLE_SIZE
        sentences += 1
        if sentences > 1:
            break
    return False


def _end(lines: Sequence[Line], head: int) -> int:
    """Return the end of the last comment: its head, and the sentences below."""
    start = min(head + 2, len(lines))
    stop = min(start + _MAX_LAST, len(lines))
    return next((i for i in range(start, stop) if not lines[i].ends_stop), stop)
