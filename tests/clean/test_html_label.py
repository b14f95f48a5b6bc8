"""Content is body unless a rule objects; the title is the headline; what is said again beside itself goes."""

from __future__ import annotations

import pytest

from pipeline.clean.html_label import label_content
from pipeline.clean.label import Labelled
from pipeline.clean.lines import Line, read_lines
from pipeline.clean.marks import Label, Mark
from pipeline.records import LineClass

BODY = (
    "The council of Harrow Mill voted on Monday to close the old Millers Bridge for a year of repairs to its arches.",
    "Engineers told the council that two of the seven arches had moved by a hand's breadth since last spring.",
)
TITLE = "Bridge to close for a year"
IN = Label(line_class=LineClass.BODY, rule="html.model", evidence="tag: p")
OUT = Mark(label=Label(line_class=LineClass.HTML, rule="html.model", evidence="named footer itself"))
SHARE = Mark(label=Label(line_class=LineClass.SHARE, rule="share.phrases", evidence="Share this"))


def labelled(
    texts: list[str], marks: dict[str, Mark], *, unsure: frozenset[str] = frozenset(), title: str | None = None
) -> dict[str, Label]:
    lines = read_lines(texts)
    given = [marks.get(line.bare) for line in lines]
    content = {line.no: IN for line, mark in zip(lines, given, strict=True) if mark is not OUT}
    return by_text(lines, label_content(lines, given, content, unsure, title))


def by_text(lines: list[Line], found: Labelled) -> dict[str, Label]:
    return {line.bare: label for line, label in zip(lines, found.labels, strict=True)}


def test_content_is_body_and_a_rule_objects() -> None:
    found = labelled([BODY[0], "Share this", BODY[1]], {"Share this": SHARE})

    assert [found[text] for text in BODY] == [IN, IN]
    assert found["Share this"] is SHARE.label


def test_a_rule_that_is_unsure_of_marked_up_pages_has_no_say() -> None:
    found = labelled([BODY[0], "Share this"], {"Share this": SHARE}, unsure=frozenset({"share.phrases"}))

    assert found["Share this"] is IN


def test_what_is_outside_stays_outside_whatever_rules_are_unsure() -> None:
    found = labelled([BODY[0], "Imprint"], {"Imprint": OUT}, unsure=frozenset({"html.model"}))

    assert found["Imprint"] is OUT.label


def test_the_line_that_says_the_title_is_the_headline_even_outside() -> None:
    found = labelled([TITLE, *BODY], {TITLE: OUT}, title="bridge to close for a year")

    assert found[TITLE].line_class is LineClass.HEADLINE
    assert found[TITLE].evidence == "the page's own title"


def test_the_headline_said_again_in_the_story_goes() -> None:
    found = labelled([TITLE, f"{TITLE}, engineers say", *BODY], {TITLE: OUT}, title="bridge to close for a year")

    assert found[f"{TITLE}, engineers say"].line_class is LineClass.HEADLINE_AGAIN


def kinds(texts: list[str]) -> list[bool]:
    lines = read_lines(texts)
    found = label_content(lines, [None] * len(lines), {line.no: IN for line in lines})
    return [label.line_class.kept for label in found.labels]


def test_a_line_said_right_below_itself_goes_once() -> None:
    assert kinds([BODY[0], "The arch seen from the mill", "The arch seen from the mill", BODY[1]]) == [
        True,
        True,
        False,
        True,
    ]


@pytest.mark.parametrize("line", ["Eat two hours before the race", "Why did you start to bake?"])
def test_lines_of_lists_and_interviews_may_recur(line: str) -> None:
    assert all(kinds([BODY[0], line, "First answer.", line, "Second answer.", line, "Third answer."]))
