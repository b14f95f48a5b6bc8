from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.report.escape import code, markdown_table, printable


@given(st.text())
def test_nothing_a_terminal_obeys_is_left(text: str) -> None:
    shown = printable(text)

    assert [char for char in shown if unicodedata.category(char) == "Cc"] == []


@given(st.text())
def test_offsets_into_the_text_stay_right(text: str) -> None:
    assert len(printable(text)) == len(text)


@pytest.mark.parametrize("text", ["naïve — “plans”", "東京 العربية", "a\u200db"], ids=["marks", "scripts", "joiner"])
def test_leaves_words_as_they_are(text: str) -> None:
    assert printable(text) == text


def test_takes_the_power_from_marks_that_turn_the_writing_direction() -> None:
    assert "\u202e" not in printable("kept\u202edevomer")


@given(st.text())
def test_code_keeps_a_table_cell_whole(text: str) -> None:
    assert re.search(r"(?<!\\)\|", code(text)) is None
    assert "\n" not in code(text)


@given(st.text(alphabet="`a "))
def test_code_is_fenced_by_more_backticks_than_it_holds(text: str) -> None:
    fence = re.match("`+", code(text))

    assert fence is not None
    assert fence[0] not in text


def test_table_has_a_line_a_row() -> None:
    table = markdown_table(("site", "dumps"), [("a", "1"), ("b", "2")])

    assert table.splitlines()[2:] == ["| a | 1 |", "| b | 2 |"]
