"""Claims about what stands between headline and text."""

from __future__ import annotations

import pytest

from pipeline.clean.header import label_header, label_opening
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


OPENING = "Two of the seven arches have moved by a hand's breadth since last spring."
LONG = (
    "The council of Harrow Mill voted on Monday to close the old bridge for a year of repairs, after engineers had told "
    "it that the eastern pier would not stand another winter of floods like the last one."
)


def opened(first: str, *, headline: int | None = 0, rule: str = "model") -> LineClass:
    """Return what the first paragraph below the headline, or of a text without one, is taken for."""
    lines = read_lines([*([] if headline is None else [HEADLINE]), first, LONG, LONG, LONG])
    kinds = [*([] if headline is None else [LineClass.HEADLINE]), *[LineClass.BODY] * 4]
    labels = [Label(line_class=kind, rule=rule, evidence="") for kind in kinds]
    label_opening(lines, labels, headline, rule="model")
    return labels[0 if headline is None else 1].line_class


def test_a_first_paragraph_much_shorter_than_the_next_is_the_standfirst() -> None:
    assert opened(OPENING) is LineClass.STANDFIRST


@pytest.mark.parametrize(
    "first",
    [
        pytest.param(LONG, id="as-long"),
        pytest.param(f"“{OPENING}”", id="quote"),
        pytest.param(f"HARROW MILL — {OPENING}", id="dateline"),
        pytest.param("The bridge closes.", id="a-few-words"),
    ],
)
def test_a_first_paragraph_that_opens_the_text_stays(first: str) -> None:
    assert opened(first) is LineClass.BODY


def test_a_body_alone_has_no_standfirst() -> None:
    assert opened(OPENING, headline=None) is LineClass.BODY


def test_what_a_rule_kept_is_no_standfirst() -> None:
    assert opened(OPENING, rule="title.number") is LineClass.BODY
