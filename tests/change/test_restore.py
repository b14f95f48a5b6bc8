"""Claims about taking back: the rows are those of before, the index follows, and what others build on stays."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.change.backfill import backfill
from pipeline.change.reindex import rebuild_index, scheme_of
from pipeline.change.restore import restore
from pipeline.change.selection import Criteria
from pipeline.dedup.index import Index
from pipeline.errors import InputError, StoreError
from pipeline.run import run
from pipeline.settings import Settings
from pipeline.store.digest import digests
from pipeline.store.law import check_snapshot
from pipeline.store.tables import Store

SETTINGS = Settings.load(workers=1)
DAY = dt.date(2026, 4, 1)


@pytest.fixture
def folders(tmp_path: Path, make_story: Callable[..., str]) -> tuple[Path, Path]:
    """A raw folder of three pages, two of them one story, and its tables after a backfill that parted the two."""
    raw, clean = tmp_path / "raw", tmp_path / "clean"
    raw.mkdir()
    for name, seed in (("a", 1), ("b", 1), ("c", 3)):
        (raw / f"{name}-2026-03-01.txt").write_text(make_story(seed))
    run([str(raw)], clean, SETTINGS, DAY)
    return raw, clean


def fill(raw: Path, clean: Path, text: str) -> str:
    """Let the first page say something else, and backfill; return the run id."""
    (raw / "a-2026-03-01.txt").write_text(text)
    days = Criteria(first=dt.date(2026, 3, 1), last=dt.date(2026, 3, 1), by="raw", mode="overwrite")
    return backfill([str(raw)], clean, SETTINGS, days, DAY).run_id


def rows(clean: Path) -> dict[str, str]:
    snapshot = Store.open(clean, create=False).snapshot()
    check_snapshot(snapshot)
    return {table: digest for table, digest in digests(snapshot).items() if table != "runs"}


def test_rows_are_those_of_before_and_can_be_brought_back(folders: tuple[Path, Path], make_story: Any) -> None:
    before = rows(folders[1])
    filled = fill(*folders, make_story(901))
    after = rows(folders[1])

    back = restore(folders[1], filled, SETTINGS.dedup)

    assert rows(folders[1]) == before != after
    assert back.rows["articles"] == (3, 2)
    restore(folders[1], back.run_id, SETTINGS.dedup)
    assert rows(folders[1]) == after


def test_index_follows_so_that_the_next_run_finds_copies_of_what_came_back(
    folders: tuple[Path, Path], make_story: Any
) -> None:
    raw, clean = folders
    restore(clean, fill(raw, clean, make_story(901)), SETTINGS.dedup)
    (raw / "a-2026-03-01.txt").write_text(make_story(1))
    (raw / "d-2026-03-02.txt").write_text(make_story(1))

    run([str(raw)], clean, SETTINGS, DAY)

    snapshot = Store.open(clean, create=False).snapshot()
    assert len(Index.open(snapshot.layout.index, scheme_of(SETTINGS.dedup))) == 4
    paths = {row["source_path"] for batch in snapshot.read("duplicates") for row in batch.to_pylist()}
    assert paths == {"b-2026-03-01.txt", "d-2026-03-02.txt"}


def test_run_that_later_copies_rely_on_is_not_taken_back(folders: tuple[Path, Path], make_story: Any) -> None:
    raw, clean = folders
    (raw / "d-2026-03-02.txt").write_text(make_story(3))
    run([str(raw)], clean, SETTINGS, DAY)
    first = Store.open(clean).snapshot()
    before = rows(clean)
    (run_id,) = {batch["run_id"][0].as_py() for batch in first.read("runs") if batch["sequence"][0].as_py() == 1}

    with pytest.raises(StoreError, match="take later publications back first"):
        restore(clean, run_id, SETTINGS.dedup)

    assert rows(clean) == before


def test_publication_that_changed_no_table_is_refused(folders: tuple[Path, Path]) -> None:
    rebuild_index(folders[1], SETTINGS.dedup)

    with pytest.raises(InputError, match="nothing to take back"):
        restore(folders[1], "00000002-reindex", SETTINGS.dedup)


def test_publication_whose_files_are_no_longer_kept_is_refused(folders: tuple[Path, Path], make_story: Any) -> None:
    filled = fill(*folders, make_story(901))
    shutil.rmtree(folders[1] / "_state" / "undo" / filled)

    with pytest.raises(StoreError, match="undo has expired"):
        restore(folders[1], filled, SETTINGS.dedup)


def test_taking_back_killed_at_any_step_is_the_rows_before_or_after(
    folders: tuple[Path, Path], make_story: Any, decide: Any, kill_every_step: Any
) -> None:
    raw, clean = folders
    old = rows(clean)
    filled = fill(raw, clean, make_story(901))
    new = rows(clean)

    decide(lambda checkpoint: restore(clean, filled, SETTINGS.dedup, checkpoint=checkpoint))
    steps = kill_every_step(clean)

    tables = ("articles", "duplicates", "clusters", "records")
    assert {step["status"] for step in steps} == {0}
    assert {json.dumps(step["between"]) for step in steps} == {
        json.dumps([rows_[t] for t in tables]) for rows_ in (old, new)
    }
    assert {json.dumps(step["after"]) for step in steps} == {json.dumps([old[table] for table in tables])}
