"""Claims about titles that their form gives away."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from pipeline.clean.lines import read_lines
from pipeline.clean.marks import Label
from pipeline.clean.titles import label_titles
from pipeline.records import LineClass

BODY = "The council voted on Monday to close the old Millers Bridge for a year, the mayor of the town said."


def kinds(texts: list[str], rule: str = "model", rules: Mapping[str, str] | None = None) -> dict[str, LineClass]:
    """Return the classes by line; ``rules`` took some lines out, ``rule`` all others but the body's."""
    lines = read_lines(texts)
    labels = [
        Label(line_class=LineClass.BODY, rule="model", evidence="")
        if line.bare == BODY
        else Label(line_class=LineClass.WIDGET, rule=(rules or {}).get(line.bare, rule), evidence="")
        for line in lines
    ]
    label_titles(lines, labels, rule="model")
    return {line.bare: label.line_class for line, label in zip(lines, labels, strict=True)}


def test_numbers_that_count_up_are_titles_of_parts() -> None:
    found = kinds(["1", BODY, "2", BODY, "3", BODY])

    assert [found[number] for number in "123"] == [LineClass.SUBHEAD] * 3


@pytest.mark.parametrize("numbers", [pytest.param(["20"], id="one"), pytest.param(["7", "3"], id="down")])
def test_other_numbers_are_counters(numbers: list[str]) -> None:
    found = kinds([line for number in numbers for line in (number, BODY)])

    assert {found[number] for number in numbers} == {LineClass.WIDGET}


def test_a_line_between_dashes_is_a_title() -> None:
    assert kinds([BODY, "- Calling for patience -", BODY])["- Calling for patience -"] is LineClass.SUBHEAD


def test_the_title_of_an_entry_stands_above_its_time() -> None:
    assert kinds(["Power is back", "16:40", BODY], rules={"16:40": "time.alone"})["Power is back"] is LineClass.SUBHEAD


def test_below_the_text_there_are_no_titles() -> None:
    assert kinds([BODY, "- Calling for patience -"])["- Calling for patience -"] is LineClass.WIDGET


def test_what_a_rule_took_out_stays_out() -> None:
    assert kinds(["1", BODY, "2", BODY], rule="widget.lines")["1"] is LineClass.WIDGET


def test_a_section_s_name_between_two_paragraphs_is_a_title() -> None:
    assert kinds([BODY, "Football", BODY], rules={"Football": "section.words"})["Football"] is LineClass.SUBHEAD


@pytest.mark.parametrize("beside", ["Ferry to run from May", "16:40"])
def test_a_section_s_name_beside_anything_else_is_none(beside: str) -> None:
    named = {"Football": "section.words"}

    assert kinds([BODY, beside, "Football", BODY], rules=named)["Football"] is LineClass.WIDGET
    assert kinds([BODY, "Football", beside, BODY], rules=named)["Football"] is LineClass.WIDGET


LINK = "ALSO READ: Ferry to run from May"


def test_what_stands_between_a_whole_link_and_the_text_is_a_title() -> None:
    found = kinds([BODY, LINK, "What the masons say", BODY], rules={LINK: "related.lead"})

    assert found["What the masons say"] is LineClass.SUBHEAD


def test_what_stands_below_the_head_of_a_box_is_a_link() -> None:
    texts = [BODY, "ALSO READ", "What the masons say", BODY]

    assert kinds(texts, rules={"ALSO READ": "related.marker"})["What the masons say"] is LineClass.WIDGET
