"""Where the labelled sets are found, and what pins them."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.quality.bench import Bench, BenchError, find_bench


def test_another_label_changes_the_digest(bench: Bench) -> None:
    before = bench.digest("dumps")
    labels = bench.file("dumps/dev.jsonl")
    labels.write_text(labels.read_text().replace('"SHR"', '"B"'))

    assert bench.digest("dumps") != before


def test_another_scorer_changes_the_digest(bench: Bench) -> None:
    before = bench.digest("dumps")
    scorer = bench.file("dumps/score.py")
    scorer.write_text(scorer.read_text() + "\n")

    assert bench.digest("dumps") != before


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BenchError, match=r"dumps/dev\.jsonl"):
        next(Bench(tmp_path).rows("dumps/dev.jsonl"))


def test_the_environment_names_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BROADSHEET_BENCH", str(tmp_path))

    assert find_bench() == tmp_path


def test_a_named_folder_that_is_not_there_is_not_replaced_by_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BROADSHEET_BENCH", str(tmp_path / "nowhere"))

    assert find_bench() is None
