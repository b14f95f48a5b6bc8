"""Claims about maintenance: fewer files, the same rows, and what expired is gone."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipeline.change.maintain import compact, maintain
from pipeline.change.restore import restore
from pipeline.run import run
from pipeline.settings import Settings
from pipeline.store.digest import digests
from pipeline.store.law import check_snapshot
from pipeline.store.tables import Store

SETTINGS = Settings.load(workers=1)
DAY = dt.date(2026, 4, 1)


@pytest.fixture
def clean(tmp_path: Path, make_story: Callable[[int], str]) -> Path:
    """Tables of one day, made by three runs."""
    (tmp_path / "raw").mkdir()
    for number in range(3):
        (tmp_path / "raw" / f"{number}-2026-03-01.txt").write_text(make_story(number))
        run([str(tmp_path / "raw")], tmp_path / "clean", SETTINGS, DAY)
    return tmp_path / "clean"


def rows(clean: Path) -> dict[str, str]:
    snapshot = Store.open(clean, create=False).snapshot()
    check_snapshot(snapshot)
    return {table: digest for table, digest in digests(snapshot).items() if table != "runs"}


def test_many_files_of_a_day_become_one_with_the_same_rows(clean: Path) -> None:
    before = rows(clean)

    done = compact(clean)

    assert rows(clean) == before
    assert (done.files["articles"], done.files["records"]) == ((3, 1), (3, 1))
    assert len(list(clean.glob("articles/date=2026-03-01/*.parquet"))) == 1
    counted = duckdb.sql(f"SELECT count(*) FROM read_parquet('{clean}/articles/date=*/*.parquet')").fetchall()
    assert counted == [(3,)]


def test_compacting_again_is_no_publication(clean: Path) -> None:
    compact(clean)

    assert compact(clean).run_id is None
    assert Store.open(clean).snapshot().count("runs") == 4


def test_compaction_is_taken_back(clean: Path) -> None:
    files = Store.open(clean).snapshot().files("articles")
    done = compact(clean)
    assert done.run_id is not None

    restore(clean, done.run_id, SETTINGS.dedup)

    assert Store.open(clean).snapshot().files("articles") == files


def test_maintenance_deletes_what_undo_kept_too_long(clean: Path) -> None:
    kept = clean / "_state" / "undo"

    first = maintain(clean, SETTINGS)
    assert (kept / str(first.compacted.run_id)).is_dir()
    second = maintain(clean, Settings.load(undo_days=0))

    assert (first.expired, second.expired) == ((), (first.compacted.run_id,))
    assert list(kept.glob("*")) == []


def test_killed_compaction_is_ended_by_the_next_to_come_which_says_so(clean: Path, tmp_path: Path, decide: Any) -> None:
    before = rows(clean)
    shutil.rmtree(clean / "_state" / "undo", ignore_errors=True)
    decide(lambda checkpoint: compact(clean, checkpoint=checkpoint))
    dead = '{"host": "elsewhere", "pid": 7, "started": "2026-03-01", "expires": "2026-03-01T00:00:00+00:00", "command": "broadsheet run"}'
    (clean / "_state" / "lock").write_text(dead)

    report = run([str(tmp_path / "raw")], clean, SETTINGS, DAY)

    assert rows(clean) == before
    assert report.repairs == (
        "broadsheet run of 2026-03-01 (process 7) ended before it was done: what it had not decided is begun afresh",
        "publication 00000004-compact, left half way, was finished",
    )
