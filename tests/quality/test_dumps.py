"""Scores of labelled dumps, on two tiny pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from benchmarks.quality import dumps, pages
from benchmarks.quality.bench import Bench, BenchError
from benchmarks.quality.predict import Prediction


def test_keeping_every_line_has_full_recall_and_counts_each_boilerplate_line(
    bench: Bench, keep_all: Callable[[], Any]
) -> None:
    sheet = dumps.measure(bench, workers=1, make_cleaner=keep_all)

    assert sheet.figures["dumps/unjoined/line R"].value == 1.0
    assert sheet.figures["dumps/unjoined/line P"].value == 0.5
    assert sheet.figures["dumps/unjoined/clean pages"].value == 0.5


def test_a_neutral_line_counts_neither_way(bench: Bench, make_prediction: Callable[..., Prediction]) -> None:
    gold = [row for row in bench.rows("dumps/dev.jsonl") if row["id"] == "two"]
    with_standfirst = make_prediction("two", "Der Markt bleibt am Sonntag zu.\nEin Vorspann.")
    without = make_prediction("two", "Der Markt bleibt am Sonntag zu.")

    scores = [dumps.sheet(bench.scorer("dumps"), gold, {"two": made}).figures for made in (with_standfirst, without)]

    assert scores[0]["dumps/unjoined/line F1"] == scores[1]["dumps/unjoined/line F1"]
    assert scores[0]["dumps/unjoined/line F1"].value == 1.0


def test_a_quarantined_page_loses_its_body_lines(bench: Bench, make_prediction: Callable[..., Prediction]) -> None:
    gold = list(bench.rows("dumps/dev.jsonl"))
    made = {"one": make_prediction("one"), "two": make_prediction("two", "Der Markt bleibt am Sonntag zu.")}

    sheet = dumps.sheet(bench.scorer("dumps"), gold, made)

    assert sheet.figures["dumps/English/line R"].value == 0.0
    assert sheet.figures["dumps/other languages/line R"].value == 1.0
    assert sheet.figures["dumps/articles/one: count right"].value == 0.5


def test_metadata_tells_missing_from_invented(bench: Bench, make_prediction: Callable[..., Prediction]) -> None:
    gold = list(bench.rows("dumps/dev.jsonl"))
    made = {key: make_prediction(key, "x", headline="Bridge opens", authors=()) for key in ("one", "two")}

    figures = dumps.sheet(bench.scorer("dumps"), gold, made).figures

    assert figures["dumps/metadata/headline exact"].value == 1.0
    assert figures["dumps/metadata/headline not invented"].value == 0.0
    assert figures["dumps/metadata/author exact"].value == 0.0
    assert figures["dumps/metadata/author not invented"].value == 1.0


def test_errors_name_page_line_and_label(bench: Bench, keep_all: Callable[[], Any]) -> None:
    sheet = dumps.measure(bench, workers=1, make_cleaner=keep_all)

    lines = [(row["page"], row["line"], row["label"], row["kept"]) for row in sheet.errors if "line" in row]
    assert lines == [("one", 1, "H", True), ("one", 4, "SHR", True)]


def test_a_scorer_that_counts_otherwise_stops_the_run(bench: Bench, keep_all: Callable[[], Any]) -> None:
    scorer = bench.file("dumps/score.py")
    scorer.write_text(scorer.read_text().replace("2 * a / max(1, 2 * a + b + c)", "a / max(1, a + b + c)"))

    with pytest.raises(BenchError, match="bring line_counts in step"):
        dumps.measure(bench, workers=1, make_cleaner=keep_all)


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ((), ""),
        (("Ann Lee",), "Ann Lee"),
        (("Ann Lee", "Bo Day"), "Ann Lee and Bo Day"),
        (("A", "B", "C"), "A, B and C"),
    ],
    ids=["nobody", "one", "two", "three"],
)
def test_authors_are_written_as_a_byline_writes_them(names: tuple[str, ...], expected: str) -> None:
    assert pages.written(names) == expected


@pytest.mark.parametrize(("render", "name"), [("m", "main content"), ("w3,4", "whole page"), (None, "seed")])
def test_origin_follows_the_rendering(render: str | None, name: str) -> None:
    assert dumps.origin_name({"render": render}) == name
