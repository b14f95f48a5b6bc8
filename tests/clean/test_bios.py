"""Claims about what stands below a text on its writer."""

from __future__ import annotations

import pytest

from pipeline.clean.bios import label_bios
from pipeline.clean.lines import read_lines
from pipeline.clean.marks import Label
from pipeline.records import LineClass

BODY = "The council voted on Monday to close the old Millers Bridge for a year, the mayor of the town said."
BIO = "Born in Harrow Mill, Ada Quill has written on bridges, mills and rivers for the county's papers since 1998."


def kinds(texts: list[str], rule: str = "model") -> list[LineClass]:
    labels = [Label(line_class=LineClass.BODY, rule=rule, evidence="") for _ in texts]
    label_bios(read_lines(texts), labels, rule="model")
    return [label.line_class for label in labels]


@pytest.mark.parametrize("head", ["About Ada Quill", "Über Ada Quill", "Sobre Ada Quill", "À propos de Ada Quill:"])
def test_a_paragraph_on_the_writer_is_no_text(head: str) -> None:
    assert kinds([BODY, head, BIO]) == [LineClass.BODY, LineClass.BIO, LineClass.BIO]


@pytest.mark.parametrize(
    "texts",
    [
        pytest.param([BODY, "About Quill", BIO], id="one-word"),
        pytest.param([BODY, "About Jo Bell", BIO], id="another-name"),
        pytest.param([BODY, "About Quill Group", BIO.replace("Ada Quill", "Quill Group")], id="company"),
        pytest.param([BODY, "About Ada Quill", "Quill!"], id="no-paragraph"),
        pytest.param([BODY, "About Ada Quill", BIO, *[BODY] * 4], id="in-mid-text"),
    ],
)
def test_what_may_be_the_text_stays(texts: list[str]) -> None:
    assert set(kinds(texts)) == {LineClass.BODY}


def test_what_a_rule_keeps_stays() -> None:
    assert set(kinds([BODY, "About Ada Quill", BIO], rule="title.number")) == {LineClass.BODY}
