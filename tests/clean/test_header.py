"""Claims about what stands between headline and text."""

from __future__ import annotations

from pipeline.clean.header import label_header
from pipeline.clean.lines import read_lines
from pipeline.clean.marks import Label
from pipeline.records import LineClass

HEADLINE, BODY = "Bridge to close for a year", "The council voted on Monday to close the bridge, and the mayor agreed."


def labelled(line: str, line_class: LineClass, *, rule: str = "model") -> Label:
    lines = read_lines([HEADLINE, line, BODY])
    kinds = (LineClass.HEADLINE, line_class, LineClass.BODY)
    labels = [Label(line_class=kind, rule=rule, evidence="") for kind in kinds]
    label_header(lines, labels, 0, rule="model")
    return labels[1]


def test_a_name_alone_is_a_byline() -> None:
    assert labelled("Nora Quill", LineClass.RELATED).line_class is LineClass.BYLINE


def test_what_a_rule_named_stays() -> None:
    assert labelled("Nora Quill", LineClass.CREDIT, rule="credit.alone").line_class is LineClass.CREDIT


def test_a_line_right_under_the_headline_is_the_standfirst() -> None:
    line = "Masons will take the old arches apart, and ferries will run twice an hour"

    assert labelled(line, LineClass.NAVIGATION).line_class is LineClass.STANDFIRST


def test_two_words_are_no_standfirst() -> None:
    assert labelled("read it", LineClass.STANDFIRST).line_class is LineClass.BOILERPLATE
