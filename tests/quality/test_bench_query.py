"""Every layout answers every question of the query bench alike, and the table has a line for each."""

from __future__ import annotations

from pathlib import Path

from benchmarks.bench_query import LAYOUTS, measure, questions


def test_every_question_has_a_figure_for_every_layout(tmp_path: Path) -> None:
    lines = list(measure(600, tmp_path))

    assert [line.split(" | ")[0].strip("| ") for line in lines[3:]] == list(questions("", []))
    assert {line.count("|") for line in lines} == {len(LAYOUTS) + 2}
