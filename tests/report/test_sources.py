from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from pipeline.report.counters import SourceCount
from pipeline.report.sources import sources_frame, sources_markdown, sources_rows, sources_table, top_sources

Make = Callable[..., SourceCount]


def test_adds_up_a_source_that_is_named_twice(make_source: Make) -> None:
    frame = sources_frame([make_source("a", records=3), make_source("b", records=1), make_source("a", records=2)])

    assert dict(zip(frame["source"], frame["records"], strict=True)) == {"a": 5, "b": 1}


def test_orders_by_dumps_then_name(make_source: Make) -> None:
    counts = [make_source("c", records=1), make_source("b", records=9), make_source("a", records=1)]

    assert sources_frame(counts)["source"].tolist() == ["b", "a", "c"]


def test_order_of_the_counts_changes_nothing(make_source: Make) -> None:
    counts = [make_source(name, records=records) for name, records in [("a", 1), ("b", 9), ("c", 1), ("a", 4)]]

    assert sources_rows(counts) == sources_rows(counts[::-1])


@pytest.mark.parametrize(
    ("share", "expected"),
    [("duplicate_percent", 20.0), ("quarantined_percent", 20.0), ("kept_percent", 40.0), ("dated_percent", 75.0)],
)
def test_share(make_source: Make, share: str, expected: float) -> None:
    count = make_source("a", articles=6, duplicates=2, quarantined=2, lines=10, kept_lines=4, with_date=6)

    assert sources_frame([count])[share].tolist() == [expected]


def test_share_of_nothing_is_null_and_json_knows_it(make_source: Make) -> None:
    rows = sources_rows([make_source("a")])

    assert json.loads(json.dumps(rows, allow_nan=False))[0]["kept_percent"] is None


def test_counts_are_whole_numbers_in_json(make_source: Make) -> None:
    rows = sources_rows([make_source("a", records=3, lines=7)])

    assert (rows[0]["records"], json.dumps(rows[0]["lines"])) == (3, "7")


def test_rest_is_one_row_with_its_own_shares(make_source: Make) -> None:
    counts = [make_source(f"s{n}", records=10 - n, lines=10, kept_lines=n) for n in range(5)]

    frame = top_sources(sources_frame(counts), limit=2)

    assert frame["source"].tolist() == ["s0", "s1", "3 more"]
    assert frame["kept_percent"].tolist() == [0.0, 10.0, 30.0]
    assert frame["records"].sum() == 40


def test_single_rest_keeps_its_name(make_source: Make) -> None:
    counts = [make_source("a", records=2), make_source("b", records=1)]

    assert top_sources(sources_frame(counts), limit=1)["source"].tolist() == ["a", "b"]


def test_run_without_sources_has_an_empty_table() -> None:
    assert sources_rows([]) == []


def test_markdown_withstands_a_folder_named_to_break_it(make_source: Make) -> None:
    row = sources_markdown([make_source("a|b\n`c", records=1)]).splitlines()[-1]

    assert row.startswith("| `` a\\|b␊`c `` | 1 |")


def test_terminal_shows_long_names_whole(make_source: Make, shown: Callable[..., str]) -> None:
    name = "a-very-long-name-of-a-local-paper.example.org"

    text = shown(sources_table([make_source(name, records=1234)]), 80)

    assert "1,234" in text
    assert "".join(line.split()[0] for line in text.splitlines()[1:]) == name


def test_terminal_obeys_no_marks_of_a_name(make_source: Make, shown: Callable[..., str]) -> None:
    assert "[red]\u241bx" in shown(sources_table([make_source("[red]\x1bx", records=1)]))
