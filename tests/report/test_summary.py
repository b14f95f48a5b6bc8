from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable

import pytest

from pipeline.report.counters import RunReport, SourceCount
from pipeline.report.summary import funnel, heading, render_summary, to_dict, to_markdown

Make = Callable[..., RunReport]
Show = Callable[..., str]


def lines_with(text: str, word: str) -> list[str]:
    return [" ".join(line.split()) for line in text.splitlines() if word in line]


@pytest.mark.parametrize(
    ("name", "count", "share"),
    [
        ("inputs found", 146, ""),
        ("already done", 40, ""),
        ("skipped: no page", 6, ""),
        ("dumps read", 100, ""),
        ("articles", 75, "75.0 %"),
        ("duplicates", 20, "20.0 %"),
        ("near", 15, "15.0 %"),
        ("quarantined", 5, "5.0 %"),
        ("corrupt", 1, "1.0 %"),
        ("links: contains", 2, ""),
    ],
)
def test_funnel_row(make_report: Make, name: str, count: int, share: str) -> None:
    rows = {row.name: row for row in funnel(make_report())}

    assert (rows[name].count, rows[name].share) == (count, share)


def test_funnel_names_the_most_frequent_first_and_leaves_out_zero(make_report: Make) -> None:
    report = make_report(duplicates_by_relation={"abridged": 0, "exact": 5, "near": 15})

    names = [row.name for row in funnel(report)]

    assert "abridged" not in names
    assert names.index("near") < names.index("exact")


def test_run_without_outcomes_has_no_shares(make_report: Make) -> None:
    report = make_report(
        articles=0, duplicates=0, quarantined=0, duplicates_by_relation={}, quarantined_by_reason={}, published=False
    )

    assert {row.share for row in funnel(report)} == {""}


@pytest.mark.parametrize("width", [60, 80, 120])
def test_terminal_shows_the_funnel_at_every_width(make_report: Make, shown: Show, width: int) -> None:
    text = shown(render_summary(make_report()), width)

    assert lines_with(text, "articles")[0].startswith("articles 75 75.0 %")
    assert max(map(len, text.splitlines())) <= width


def test_terminal_shows_time_rate_and_memory(make_report: Make, shown: Show) -> None:
    text = shown(render_summary(make_report()))

    assert lines_with(text, "clean") == ["clean 4.00 7.50"]
    assert "100 dumps (3.0 MiB) in 10.0 s: 10.0 a second" in text
    assert "peak memory 412 MiB" in text


def test_terminal_shows_top_classes_of_removed_lines_and_the_rest_as_one(make_report: Make, shown: Show) -> None:
    classes = {f"class_{n:02}": 100 - n for n in range(12)}

    text = shown(render_summary(make_report(removed_lines_by_class=classes)))

    assert lines_with(text, "class_07") == ["class_07 93 8.2 %"]
    assert lines_with(text, "class_08") == []
    assert lines_with(text, "more classes") == ["4 more classes 362 31.9 %"]


def test_terminal_shows_sources_where_there_are_several(
    make_report: Make, make_source: Callable[..., SourceCount], shown: Show
) -> None:
    two = (make_source("herald.example", records=60), make_source("bugle.example", records=40))

    assert lines_with(shown(render_summary(make_report(sources=two))), "bugle.example")


def test_terminal_says_when_earlier_records_are_stale(make_report: Make, shown: Show) -> None:
    assert "17 earlier records were cleaned with other rules" in shown(render_summary(make_report(stale_rows=17)))


def test_heading_says_when_nothing_was_published(make_report: Make) -> None:
    assert heading(make_report(published=False)).endswith("nothing new, nothing published")


def test_markdown_has_the_same_numbers(make_report: Make) -> None:
    text = to_markdown(make_report())

    assert "| dumps read | 100 |  |" in text
    assert "| &emsp;&emsp;too_short | 4 | 4.0 % |" in text
    assert "| related | 900 |" in text
    assert "| `clean` | 4.00 | 7.50 |" in text


def test_dict_is_json_and_loses_no_field(make_report: Make) -> None:
    report = make_report()

    found = json.loads(json.dumps(to_dict(report), allow_nan=False))

    assert set(RunReport.__dataclass_fields__) <= set(found)
    assert found["as_of"] == "2026-03-04"
    assert found["timings"] == {"clean": {"wall_seconds": 4.0, "cpu_seconds": 7.5}}


def test_summary_is_loaded_without_pandas() -> None:
    code = "import sys, pipeline.report.summary; sys.exit('pandas' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
