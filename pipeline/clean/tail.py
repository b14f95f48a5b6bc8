"""The tail of a page: the bylines and dates of teasers below the text."""

from __future__ import annotations

from pipeline.clean.marks import Label
from pipeline.records import LineClass

# Byline, date or caption of a teaser say nothing of the story above.
_TEASER_PARTS = frozenset(
    {LineClass.BYLINE, LineClass.DATE, LineClass.SECTION, LineClass.CAPTION, LineClass.READING_TIME}
)
_TEASERS = frozenset({LineClass.RECOMMENDED, LineClass.RELATED})
_TITLES = _TEASERS | {LineClass.WIDGET}


def mend_teasers(labels: list[Label], *, rule: str) -> None:
    """Give byline, date and the like of a teaser below the text the teaser's class, in place.

    A title that only ``rule`` names is of the box whose head stands above it. What it takes for a widget there is a
    title: widgets have words of their own, which other rules know.
    """
    last = max((i for i, label in enumerate(labels) if label.line_class.kept), default=len(labels))
    for i in range(last + 1, len(labels)):
        above = labels[i - 1]
        is_title = labels[i].line_class in _TITLES and labels[i].rule == rule
        if above.line_class in _TEASERS and (is_title or labels[i].line_class in _TEASER_PARTS):
            evidence = f"of a teaser: {labels[i].evidence}"
            labels[i] = Label(line_class=above.line_class, rule=above.rule, evidence=evidence, score=labels[i].score)
