"""A publication is visible whole or not at all, and once, wherever it was killed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from deltalake import DeltaTable

from pipeline.errors import StoreError
from pipeline.store.digest import digests
from pipeline.store.manifest import Publication, TableChange
from pipeline.store.publication import APP_ID
from pipeline.store.schema import TABLES
from pipeline.store.tables import Store


def test_killed_at_any_step_and_resumed_it_leaves_what_an_uninterrupted_one_leaves(tmp_path: Path) -> None:
    script = Path(__file__).with_name("kill_at_every_step.py")
    ran = subprocess.run([sys.executable, script, tmp_path], capture_output=True, check=True)
    *killed, whole = json.loads(ran.stdout)

    assert len(killed) > 20
    assert all(history["died"] for history in killed)
    assert not whole["died"]
    assert [history["decided"] for history in killed] == [False, *[True] * (len(killed) - 1)]
    assert [step for step, history in enumerate(killed) if history["books"] != whole["books"]] == []


def test_reader_sees_the_old_rows_or_the_new_ones_at_every_step(published: Store, newsroom: Any) -> None:
    before = published.snapshot()
    old = digests(before)
    seen = {}

    with published.locked("test"):
        newsroom.publish_day(published, 3, lambda step: seen.update({step: digests(published.snapshot())}))

    steps, new = list(seen), digests(published.snapshot())
    committed = steps.index("committed runs")
    assert [seen[step] for step in steps[:committed]] == [old] * committed
    assert [seen[step] for step in steps[committed:]] == [new] * (len(steps) - committed)
    assert digests(before) == old


def test_every_table_that_changed_carries_the_number_of_the_publication(published: Store) -> None:
    numbers = {name: DeltaTable(published.layout.table(name)).transaction_version(APP_ID) for name in TABLES}

    assert numbers == dict.fromkeys(TABLES, 2)


def test_row_of_runs_names_the_version_of_every_table(published: Store) -> None:
    rows = [row for batch in published.snapshot().read("runs") for row in batch.to_pylist()]

    assert [json.loads(row["table_versions"]) for row in rows] == [dict.fromkeys(TABLES, n) for n in (1, 2)]


def test_replaced_files_move_to_undo_and_private_state_into_place(published: Store) -> None:
    undone = sorted(path.name for path in published.layout.undo.rglob("*.parquet"))

    assert undone == ["0000001-day-0000.parquet"]
    assert sorted(path.name for path in published.layout.index.iterdir()) == ["0001", "0002"]


def test_private_state_that_is_outdated_is_removed(published: Store, newsroom: Any) -> None:
    publication = Publication(run=newsroom.run_row(3), changes={}, private_removed=("index/0001", "index/never"))

    with published.locked("test"):
        published.publish(publication)

    assert [path.name for path in published.layout.index.iterdir()] == ["0002"]


def test_what_is_outdated_is_removed_only_when_readers_have_the_new_snapshot(published: Store, newsroom: Any) -> None:
    steps: list[str] = []
    publication = Publication(run=newsroom.run_row(3), changes={}, private_removed=("index/0001",))

    with published.locked("test"):
        published.publish(publication, steps.append)

    assert steps.index("committed runs") < steps.index("dropped index/0001") < steps.index("done")


def test_file_that_was_never_staged_stops_it_before_anything_happens(published: Store, newsroom: Any) -> None:
    before = digests(published.snapshot())
    with published.locked("test"):
        run = newsroom.run_row(3)
        rows = newsroom.day_rows(3)["removals"]
        batch = newsroom.batch("removals", rows, run.run_id)
        added = published.stage(run.run_id, "removals", [batch])
        (published.layout.state / added[0].staged).unlink()

        with pytest.raises(StoreError, match="never staged"):
            published.publish(Publication(run=run, changes={"removals": TableChange(added=added)}))

    assert digests(published.snapshot()) == before


def test_failure_half_way_is_finished_by_the_next_run(published: Store, newsroom: Any) -> None:
    blocked = published.layout.table("articles") / "date=2026-03-04"
    blocked.write_text("a file where the partition should be")
    with published.locked("test"), pytest.raises(StoreError, match="the next run finishes it"):
        newsroom.publish_day(published, 3)
    blocked.unlink()

    with published.locked("test") as finished:
        pass

    assert finished == ("0000003-day",)
    assert published.snapshot().count("articles") == 12
