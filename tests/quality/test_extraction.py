"""Scores of whole pages, on two tiny ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from benchmarks.quality import extraction
from benchmarks.quality.bench import Bench, BenchError
from benchmarks.quality.predict import Prediction


def test_sources_and_forms_are_scored_apart(bench: Bench, keep_all: Callable[[], Any]) -> None:
    sheet = extraction.measure(bench, workers=1, make_cleaner=keep_all)

    assert sheet.figures["extraction/zyte/innertext/F"].value == 1.0
    assert sheet.figures["extraction/zyte/html/F"].value < 1.0  # the markup was kept as text
    assert sheet.figures["extraction/zyte/trafilatura/F"].value == 1.0
    assert [table.title for table in sheet.tables] == [
        "Article text, fundus-test",
        "Article text, zyte",
        "Headlines of pages that say their own title on a line",
    ]


def test_the_baseline_has_no_floor(bench: Bench, keep_all: Callable[[], Any]) -> None:
    sheet = extraction.measure(bench, workers=1, make_cleaner=keep_all)

    assert not any("trafilatura" in name for name in sheet.pinned)
    assert "extraction/zyte/html/F" in sheet.pinned


@pytest.mark.parametrize(("source", "text"), [("fundus-test", "Lead.\n\nBody."), ("zyte", "Body.")])
def test_the_standfirst_counts_only_where_the_gold_holds_it(
    source: str, text: str, make_prediction: Callable[..., Prediction]
) -> None:
    made = make_prediction("html:a", "Body.", standfirst="Lead.")

    assert extraction.as_gold_counts(source, made) == text


def test_a_page_with_nothing_has_no_precision_and_counts_as_empty(bench: Bench) -> None:
    scorer = bench.scorer("extraction")
    lost, right = (
        extraction.Scored(page=key, source="zyte", site=f"{key}.example", form="html", precision=p, recall=r, f=r)
        for key, p, r in (("a", None, 0.0), ("b", 1.0, 1.0))
    )

    figures = extraction.group_figures(scorer, [lost, right])

    assert figures["P"].value == 1.0
    assert figures["R"].value == 0.5
    assert figures["F of half or more"].value == 0.5


def test_a_scorer_that_sums_otherwise_stops_the_run(bench: Bench, keep_all: Callable[[], Any]) -> None:
    scorer = bench.file("extraction/score.py")
    scorer.write_text(scorer.read_text() + "\ndef total(rows):\n    return 0.5, 0.5, 0.5\n")

    with pytest.raises(BenchError, match="bring SCORES in step"):
        extraction.measure(bench, workers=1, make_cleaner=keep_all)


def test_errors_list_the_worst_page_first(bench: Bench, keep_all: Callable[[], Any]) -> None:
    sheet = extraction.measure(bench, workers=1, make_cleaner=keep_all)

    found = [(row["form"], row["F"]) for row in sheet.errors]
    assert {form for form, _ in found} == {"html"}
    assert found == sorted(found, key=lambda row: row[1])
