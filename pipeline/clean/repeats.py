"""Captions that a page says twice, or that what stands behind them tells: a credit, a day."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from pipeline.clean.lines import Line
from pipeline.clean.marks import Label
from pipeline.records import LineClass

_MIN_OFTEN, _OFTEN = 8, 3  # words of a line, and how often it must be said, to be no part of a story
_MAX_CAPTION_SIZE = 25  # words
_MIN_DATED_SIZE = 5  # words
_CREDIT = "credit.alone"
# ", 24. April 2026", ", May 3, 2026": the day a picture was taken. No sub-heading of the labelled pages ends so.
_DAY = re.compile(r", (?:\d{1,2}\.? [^\W\d_]{3,12}\.?|[^\W\d_]{3,12}\.? \d{1,2}),? (?:19|20)\d\d")


def label_twice(lines: Sequence[Line], labels: list[Label | None]) -> None:
    """Label lines of four words or more that a neighbour says as well, in place."""
    for i, (above, line) in enumerate(pairwise(lines), 1):
        if above.folded != line.folded:
            continue
        for at, own, twin in ((i - 1, above, line), (i, line, above)):
            if labels[at] is None and own.size >= 4:
                labels[at] = _label(LineClass.CAPTION, "caption.twice", f"same as line {twin.no}", 0.9)


def label_captions(lines: Sequence[Line], labels: list[Label], *, rule: str) -> None:
    """Label captions that ``rule`` keeps, in place: short lines above a credit or with a day, and what is said thrice.

    Three times the same words are no story's; a question may be, in an interview.
    """
    long = [line.folded for line in lines if line.size >= _MIN_OFTEN]
    counts = Counter(long if len(set(long)) <= len(long) + 1 - _OFTEN else ())  # most pages say nothing twice
    first = next((i for i, label in enumerate(labels) if label.line_class.kept), len(labels))
    for i, (line, label) in enumerate(zip(lines, labels, strict=True)):
        if label.rule != rule:
            continue
        # Below the text's start a byline that the model sees above a credit is who the picture shows.
        is_name = not label.line_class.kept
        if is_name and (label.line_class is not LineClass.BYLINE or i < first):
            continue
        if i + 1 < len(lines) and labels[i + 1].rule == _CREDIT and _is_near(line, lines[i + 1], is_close=not is_name):
            labels[i] = _label(
                LineClass.CAPTION, "caption.above_credit", f"credit below: {lines[i + 1].bare[:60]}", 0.8
            )
        elif is_name:
            continue
        elif not line.ends_stop and _ends_in_day(line):
            labels[i] = _label(LineClass.CAPTION, "caption.day", "ends in a day, without a stop", 0.8)
        elif counts and counts[line.folded] >= _OFTEN and not line.bare.endswith(("?", "？", "؟")):
            labels[i] = _label(LineClass.CAPTION, "caption.often", f"said {counts[line.folded]} times", 0.8)


def _is_near(line: Line, credit: Line, *, is_close: bool) -> bool:
    """Return whether the credit below a line may be its; with ``is_close`` no blank line stands between."""
    return line.size <= _MAX_CAPTION_SIZE and not (is_close and credit.blanks_before)


def _ends_in_day(line: Line) -> bool:
    if line.is_bullet or not _MIN_DATED_SIZE <= line.size <= _MAX_CAPTION_SIZE:
        return False
    return any(found.end() == len(line.bare) for found in _DAY.finditer(line.bare))


def _label(line_class: LineClass, rule: str, evidence: str, score: float) -> Label:
    return Label(line_class=line_class, rule=rule, evidence=evidence, score=score)
