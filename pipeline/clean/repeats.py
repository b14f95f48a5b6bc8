"""Captions that a page says twice, or that what stands behind them tells: a credit, a day."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from pipeline.clean.lines import Line
from pipeline.clean.marks import Label
from pipeline.records import LineClass

_MIN_OFTEN, _OFTEN = 8, 3  # words of a line, and how often it must be said, to be no part of a story
_MAX_CAPTION_SIZE = 25  # words
_MIN_DATED_SIZE = 5  # words
# ", 24. April 2026", ", May 3, 2026": the day a picture was taken. No sub-heading of the labelled pages ends so.
_DAY = re.compile(r", (?:\d{1,2}\.? [^\W\d_]{3,12}\.?|[^\W\d_]{3,12}\.? \d{1,2}),? (?:19|20)\d\d")


def label_twice(lines: Sequence[Line], labels: list[Label | None]) -> None:
    """Label lines of four words or more that a neighbour says as well, in place."""
    for i, line in enumerate(lines):
        if labels[i] is None and line.size >= 4:
            for twin in (*lines[max(0, i - 1) : i], *lines[i + 1 : i + 2]):
                if twin.folded == line.folded:
                    labels[i] = _label(LineClass.CAPTION, "caption.twice", f"same as line {twin.no}", 0.9)
                    break


def label_captions(lines: Sequence[Line], labels: list[Label], *, rule: str) -> None:
    """Label captions that ``rule`` keeps, in place: short lines above a credit or with a day, and what is said thrice.

    Three times the same words are no story's; a question may be, in an interview.
    """
    counts = Counter(line.folded for line in lines if line.size >= _MIN_OFTEN)
    first = next((i for i, label in enumerate(labels) if label.line_class.kept), len(labels))
    for i, (line, label) in enumerate(zip(lines, labels, strict=True)):
        # Below the text's start a byline that the model sees above a credit is who the picture shows.
        is_name = label.line_class is LineClass.BYLINE and first < i
        if label.rule != rule or not (label.line_class.kept or is_name):
            continue
        if _is_above_credit(lines, labels, i, is_close=not is_name):
            labels[i] = _label(
                LineClass.CAPTION, "caption.above_credit", f"credit below: {lines[i + 1].bare[:60]}", 0.8
            )
        elif not is_name and _ends_in_day(line):
            labels[i] = _label(LineClass.CAPTION, "caption.day", "ends in a day, without a stop", 0.8)
        elif not is_name and counts[line.folded] >= _OFTEN and not line.bare.endswith(("?", "？", "؟")):
            labels[i] = _label(LineClass.CAPTION, "caption.often", f"said {counts[line.folded]} times", 0.8)


def _is_above_credit(lines: Sequence[Line], labels: Sequence[Label], i: int, *, is_close: bool) -> bool:
    if i + 1 >= len(lines) or labels[i + 1].rule != "credit.alone" or (is_close and lines[i + 1].blanks_before):
        return False
    return lines[i].size <= _MAX_CAPTION_SIZE


def _ends_in_day(line: Line) -> bool:
    if line.ends_stop or line.is_bullet or not _MIN_DATED_SIZE <= line.size <= _MAX_CAPTION_SIZE:
        return False
    return any(found.end() == len(line.bare) for found in _DAY.finditer(line.bare))


def _label(line_class: LineClass, rule: str, evidence: str, score: float) -> Label:
    return Label(line_class=line_class, rule=rule, evidence=evidence, score=score)
