"""Claims about replacing rows: one publication, old files kept for undo, and an index that knows what the tables do."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from pathlib import Path
from typing import Any

from pipeline.change.backfill import backfill
from pipeline.change.reindex import scheme_of
from pipeline.change.selection import Criteria
from pipeline.dedup.index import Index
from pipeline.settings import Settings
from pipeline.store.reader import Snapshot
from pipeline.store.tables import Store

SETTINGS = Settings.load(workers=1)


def fill(raw: Path, clean: Path, first: int, last: int) -> Snapshot:
    days = Criteria(first=dt.date(2026, 3, first), last=dt.date(2026, 3, last), by="raw", mode="overwrite")
    backfill([str(raw)], clean, SETTINGS, days, dt.date(2026, 4, 1))
    return Store.open(clean, create=False).snapshot()


def test_index_holds_each_story_once_and_a_backfill_of_all_starts_it_anew(month_run: Any, tmp_path: Path) -> None:
    shutil.copytree(month_run.clean, tmp_path / "clean")

    some = Index.open(fill(month_run.raw, tmp_path / "clean", 4, 5).layout.index, scheme_of(SETTINGS.dedup))
    every = Index.open(fill(month_run.raw, tmp_path / "clean", 1, 10).layout.index, scheme_of(SETTINGS.dedup))

    assert (len(some), len(every)) == (23, 23)
    assert [one.removed for one in every.stats()] == [0]


def test_one_publication_counts_what_was_cleaned_and_keeps_what_was_replaced(month_run: Any, tmp_path: Path) -> None:
    shutil.copytree(month_run.clean, tmp_path / "clean")

    snapshot = fill(month_run.raw, tmp_path / "clean", 4, 5)

    (row,) = [row for batch in snapshot.read("runs") for row in batch.to_pylist() if row["kind"] == "backfill"]
    assert (row["run_id"], row["records"], row["articles"], row["duplicates"]) == ("00000003-backfill", 5, 4, 1)
    assert json.loads(row["counts"])["duplicates_by_relation"] == {"exact": 1}
    kept = snapshot.layout.undo / "00000003-backfill" / "articles"
    assert {path.parent.name for path in kept.rglob("*.parquet")} == {"date=2026-03-04", "date=2026-03-05"}
