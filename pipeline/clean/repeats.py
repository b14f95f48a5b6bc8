"""Captions that a page says twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from pipeline.clean.lines import Line
from pipeline.clean.marks import Label
from pipeline.records import LineClass


def label_repeats(lines: Sequence[Line], labels: list[Label | None]) -> None:
    """Label captions that are said twice, in place: next to each other all copies go, apart the later ones do."""
    counts = Counter(line.folded for i, line in enumerate(lines) if labels[i] is None and line.size >= 4)
    first_seen: dict[str, int] = {}
    for i, line in enumerate(lines):
        if labels[i] is not None or counts[line.folded] < 2:
            continue
        first = first_seen.setdefault(line.folded, i)
        twin = next((j for j in (i - 1, i + 1) if 0 <= j < len(lines) and lines[j].folded == line.folded), None)
        if twin is not None:
            labels[i] = _label(LineClass.CAPTION, "caption.twice", f"same as line {lines[twin].no}", 0.9)
        elif i != first and labels[first] is not None:
            labels[i] = _label(LineClass.CAPTION, "caption.again", f"same as line {lines[first].no}", 0.9)
        elif i != first:
            labels[i] = _label(LineClass.BOILERPLATE, "line.again", f"same as line {lines[first].no}", 0.7)


def label_twice(lines: Sequence[Line], labels: list[Label | None]) -> None:
    """Label lines of four words or more that a neighbour says as well, in place."""
    for i, line in enumerate(lines):
        if labels[i] is None and line.size >= 4:
            twin = next((j for j in (i - 1, i + 1) if 0 <= j < len(lines) and lines[j].folded == line.folded), None)
            if twin is not None:
                labels[i] = _label(LineClass.CAPTION, "caption.twice", f"same as line {lines[twin].no}", 0.9)


def _label(line_class: LineClass, rule: str, evidence: str, score: float) -> Label:
    return Label(line_class=line_class, rule=rule, evidence=evidence, score=score)
