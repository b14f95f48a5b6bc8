"""Claims about the commands that change what is published: what they print, and that a mistake is one line."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer.main
from typer.testing import CliRunner, Result

from pipeline.cli import app
from pipeline.cli.tables import COMMANDS
from pipeline.errors import PipelineError
from pipeline.store.tables import Store

Call = Callable[..., Result]


@pytest.fixture
def call() -> Call:
    """Return a function that runs a command line in this process."""
    return lambda *words: CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture
def clean(month_run: Any, tmp_path: Path) -> Path:
    shutil.copytree(month_run.clean, tmp_path / "clean")
    return tmp_path / "clean"


def test_every_command_here_is_one_of_broadsheet() -> None:
    known = typer.main.get_command(app).commands  # type: ignore[attr-defined]

    assert {command.__name__.replace("_", "-") for command in COMMANDS} <= set(known)


def test_backfill_prints_what_would_change_and_then_does_it(call: Call, clean: Path, month_run: Any) -> None:
    words = ("backfill", "--raw", month_run.raw, "--clean", clean, "--from", "2026-03-04", "--to", "2026-03-05")

    planned = call(*words, "--mode", "overwrite", "--dry-run", "--workers", 1)
    assert "Dry run, nothing is changed: 5 dumps cleaned" in planned.output
    assert Store.open(clean).snapshot().count("runs") == 2

    done = json.loads(call(*words, "--mode", "overwrite", "--workers", 1, "--json").output)
    assert (done["published"], done["cleaned"], done["days"]) == (True, 5, [])


def test_backfill_says_which_days_are_the_wrong_way_round(call: Call, clean: Path, month_run: Any) -> None:
    words = ("backfill", "--raw", month_run.raw, "--clean", clean, "--from", "2026-03-09", "--to", "2026-03-05")

    failed = call(*words, "--mode", "missing").exception

    assert isinstance(failed, PipelineError)
    assert failed.message == "--from 2026-03-09 is after --to 2026-03-05: swap them"


def test_restore_says_what_became_of_the_rows(call: Call, clean: Path) -> None:
    runs = [row for batch in Store.open(clean).snapshot().read("runs") for row in batch.to_pylist()]
    second = max(row["run_id"] for row in runs)

    told = call("restore", second, "--clean", clean).output

    assert "taken back by publication 00000003-restore" in told
    assert "records: 23 rows before, 12 now" in told


def test_forget_says_how_much_goes(call: Call, clean: Path) -> None:
    copy = next(Store.open(clean).snapshot().read("duplicates")).to_pylist()[0]

    told = call("forget", "--id", copy["duplicate_of"], "--clean", clean, "--dry-run").output

    assert "1 stories would be forgotten, 1 pages as a whole" in told
    assert "1 duplicates take the place of an article; 0 files of undo deleted" in told


def test_compact_says_which_files_became_fewer(call: Call, clean: Path) -> None:
    assert call("compact", "--clean", clean).output == "nothing to merge\n"


def test_report_is_written_where_it_is_asked_for(call: Call, clean: Path, tmp_path: Path) -> None:
    told = call("report", "--clean", clean, "--out", tmp_path / "report.html").output

    assert told == f"{tmp_path / 'report.html'} written\n"
    assert "Stories printed most often" in (tmp_path / "report.html").read_text()


def test_settings_tell_who_set_them(call: Call, tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text("workers = 3\n")

    told = json.loads(call("settings", "--config", tmp_path / "own.toml", "--json").output)

    assert [(one["value"], one["origin"]) for one in told if one["name"] == "workers"] == [(3, "file")]


def test_upgrade_says_that_there_is_nothing_to_do(call: Call, clean: Path) -> None:
    assert call("upgrade", "--clean", clean).output == "the tables have schema version 1 already\n"
