"""Claims about a query's rows on the way out: nothing lost as CSV and JSON, nothing obeyed on a terminal."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.report.result import MOST_ROWS, as_lines, as_table, write_parquet
from pipeline.store.query import Answer


def answer(columns: dict[str, Any], batches: int = 1) -> Answer:
    batch = pa.record_batch(columns)
    return Answer(tuple(columns), iter([batch] * batches))


TWO = {"headline": ["Otters, again", 'He said "no"'], "words": [7, None], "authors": [["Ada", "Ben"], []]}


def test_csv_has_a_header_and_a_line_a_row() -> None:
    lines = list(as_lines(answer(TWO), "csv"))

    assert lines == [
        "headline,words,authors",
        '"Otters, again",7,"[""Ada"", ""Ben""]"',
        '"He said ""no""",,[]',
    ]


def test_json_is_an_object_a_row_with_lists_and_nulls() -> None:
    lines = [json.loads(line) for line in as_lines(answer(TWO), "json")]

    assert lines == [
        {"headline": "Otters, again", "words": 7, "authors": ["Ada", "Ben"]},
        {"headline": 'He said "no"', "words": None, "authors": []},
    ]


@pytest.mark.parametrize(
    ("value", "spelled"),
    [
        (dt.date(2026, 3, 4), "2026-03-04"),
        (dt.datetime(2026, 3, 4, 5, 6, tzinfo=dt.UTC), "2026-03-04 05:06:00+00:00"),
        (2.5, 2.5),
        ("Zürich – 東京", "Zürich – 東京"),
    ],
    ids=["date", "moment", "number", "letters of all scripts"],
)
def test_json_spells_every_type(value: object, spelled: object) -> None:
    (line,) = as_lines(answer({"a": [value]}), "json")

    assert json.loads(line) == {"a": spelled}
    assert "\\u" not in line


@given(st.lists(st.text(alphabet=st.characters(exclude_categories=["Cs"])), min_size=1))
def test_any_text_comes_back_from_csv(texts: list[str]) -> None:
    lines = as_lines(answer({"text": texts, "end": ["|"] * len(texts)}), "csv")

    read = list(csv.reader([f"{line}\n" for line in lines], strict=True))

    assert [row[0] for row in read[1:]] == texts


def test_batches_follow_each_other() -> None:
    assert len(list(as_lines(answer(TWO, batches=3), "csv"))) == 7


def test_no_rows_are_a_header_in_csv_and_nothing_in_json() -> None:
    assert list(as_lines(answer({"a": pa.array([], pa.string())}), "csv")) == ["a"]
    assert list(as_lines(answer({"a": pa.array([], pa.string())}), "json")) == []


def test_terminal_shows_columns_and_cells(shown: Callable[..., str]) -> None:
    page = shown(as_table(answer(TWO)))

    assert page.splitlines()[0].split() == ["headline", "words", "authors"]
    assert "Otters, again" in page
    assert '["Ada", "Ben"]' in page


@pytest.mark.parametrize(
    "text", ["[/b] closes nothing", "[bold]not bold[/bold]", "[link=https://a.example]x[/link]", ":smile:", "a\\[b]"]
)
def test_brackets_of_a_page_are_shown_and_not_obeyed(text: str, shown: Callable[..., str]) -> None:
    page = shown(as_table(answer({"[red]name": [text]})))

    assert [line.rstrip() for line in page.splitlines()] == ["[red]name", text]


def test_control_characters_are_shown_and_not_sent(shown: Callable[..., str]) -> None:
    page = shown(as_table(answer({"a\x1b": ["\x1b[31mred\rline"]})))

    assert "\x1b" not in page
    assert "␛[31mred␍line" in page


def test_terminal_shows_the_first_rows_and_says_how_to_get_all(shown: Callable[..., str]) -> None:
    page = shown(as_table(answer({"n": list(range(150))}, batches=2)))

    assert len(page.splitlines()) == 1 + MOST_ROWS + 1
    assert f"the first {MOST_ROWS} rows; --format csv or json gives all" in page


def test_long_cell_is_cut_on_the_terminal_and_whole_in_csv(shown: Callable[..., str]) -> None:
    text = "x" * 900

    assert shown(as_table(answer({"a": [text]})), 2000).count("x") == 500
    assert list(as_lines(answer({"a": [text]}), "csv"))[1] == text


@pytest.mark.parametrize("batches", [0, 2])
def test_parquet_has_all_rows_and_the_types_even_of_none(batches: int) -> None:
    batch = pa.record_batch(TWO)
    sink = io.BytesIO()

    count = write_parquet(Answer(tuple(TWO), iter([batch] * batches), batch.schema), sink)

    found = pq.read_table(pa.BufferReader(sink.getvalue()))
    assert (count, found.num_rows, found.schema) == (2 * batches, 2 * batches, batch.schema)
