"""Claims about the tail of a page."""

from __future__ import annotations

from pipeline.clean.marks import Label
from pipeline.clean.tail import mend_teasers
from pipeline.records import LineClass


def test_the_byline_of_a_teaser_is_no_byline_of_the_story() -> None:
    kinds = (LineClass.BYLINE, LineClass.BODY, LineClass.RECOMMENDED, LineClass.BYLINE, LineClass.DATE)
    labels = [Label(line_class=kind, rule="a", evidence="b") for kind in kinds]

    mend_teasers(labels, rule="model")

    assert [label.line_class for label in labels] == [LineClass.BYLINE, LineClass.BODY, *[LineClass.RECOMMENDED] * 3]


def test_what_only_the_model_takes_for_a_widget_among_teasers_is_a_title() -> None:
    kinds = (LineClass.BODY, LineClass.RECOMMENDED, LineClass.WIDGET, LineClass.WIDGET)
    labels = [
        Label(line_class=kind, rule=rule, evidence="b")
        for kind, rule in zip(kinds, ("model", "recommended.marker", "model", "widget.lines"), strict=True)
    ]

    mend_teasers(labels, rule="model")

    assert [label.line_class for label in labels[2:]] == [LineClass.RECOMMENDED, LineClass.WIDGET]
