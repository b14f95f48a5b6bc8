"""The tail of a page: what a marker opens below the text, and the bylines and dates of teasers there."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.clean.lines import Line
from pipeline.clean.marks import Label, Mark
from pipeline.records import LineClass

TAIL_SHARE = 0.12  # body words that may lie below a tail's marker: teasers written as sentences, comments
_OPENS_TAIL = frozenset({LineClass.RECOMMENDED, LineClass.COMMENT, LineClass.RELATED, LineClass.TAG})
# Byline, date or caption of a teaser say nothing of the story above.
_TEASER_PARTS = frozenset(
    {LineClass.BYLINE, LineClass.DATE, LineClass.SECTION, LineClass.CAPTION, LineClass.READING_TIME}
)
_TEASERS = frozenset({LineClass.RECOMMENDED, LineClass.RELATED})


def tail_of(lines: Sequence[Line], marks: Sequence[Mark | None]) -> list[Label | None]:
    """Return the labels of the lines without a mark below the first marker that only a rest of the text lies below.

    In mid-article the same words may stand over a few links or over nothing at all, and the text goes on: then there is
    no tail.
    """
    body = [line.size if mark is None and line.is_paragraph else 0 for line, mark in zip(lines, marks, strict=True)]
    total, above = sum(body), 0
    for i, mark in enumerate(marks):
        opens = mark is not None and mark.opens is not None and mark.label.line_class in _OPENS_TAIL
        if mark is not None and opens and above and total - above <= TAIL_SHARE * total:
            evidence = f"below line {lines[i].no}: {lines[i].bare[:60]}"
            label = Label(line_class=mark.label.line_class, rule=mark.label.rule, evidence=evidence, score=0.85)
            return [label if j > i and marks[j] is None else None for j in range(len(lines))]
        above += body[i]
    return [None] * len(lines)


def mend_teasers(labels: list[Label]) -> None:
    """Give byline, date and the like of a teaser below the text the teaser's class, in place."""
    last = max((i for i, label in enumerate(labels) if label.line_class.kept), default=len(labels))
    for i in range(last + 1, len(labels)):
        above = labels[i - 1]
        if above.line_class in _TEASERS and labels[i].line_class in _TEASER_PARTS:
            evidence = f"of a teaser: {labels[i].evidence}"
            labels[i] = Label(line_class=above.line_class, rule=above.rule, evidence=evidence, score=labels[i].score)
