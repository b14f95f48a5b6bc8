"""The store makes its tables, refuses what it does not know, and changes only under the lock."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path
from typing import Any

import pytest
from deltalake import DeltaTable

from pipeline.errors import LawBrokenError, LockedError, StoreError
from pipeline.store.manifest import Publication, TableChange
from pipeline.store.schema import TABLES
from pipeline.store.tables import Store


def test_all_tables_are_there_and_empty_after_the_first_open(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "new" / "clean")

    assert {name: store.snapshot().count(name) for name in TABLES} == dict.fromkeys(TABLES, 0)
    assert all(DeltaTable(store.layout.table(name)).metadata().partition_columns == ["date"] for name in TABLES)


def test_opening_again_changes_nothing(published: Store) -> None:
    before = published.snapshot()

    assert Store.open(published.layout.clean).snapshot() == before


def test_half_made_store_is_completed(published: Store) -> None:
    shutil.rmtree(published.layout.table("relations"))

    store = Store.open(published.layout.clean)

    assert DeltaTable(store.layout.table("relations")).version() == 0


def test_reading_what_is_not_there_makes_nothing(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="holds no table 'articles'"):
        Store.open(tmp_path / "wrong", create=False)

    assert not list(tmp_path.iterdir())


def test_newer_schema_is_refused(published: Store) -> None:
    table = DeltaTable(published.layout.table("records"))
    table.alter.set_table_properties({"broadsheet.schemaVersion": "99"}, raise_if_not_exists=False)

    with pytest.raises(StoreError, match="'records' has schema version 99"):
        Store.open(published.layout.clean)


@pytest.mark.parametrize("name", ["clean#1 ä?", "100%", "it's [new]"])
def test_odd_folder_names_work(tmp_path: Path, newsroom: Any, name: str) -> None:
    store = Store.open(tmp_path / name)
    with store.locked("test"):
        newsroom.publish_day(store, 1)

    assert sum(batch.num_rows for batch in store.snapshot().read("articles")) == 4


@pytest.mark.parametrize("name", ["a%20b", "back\\slash", "date=2026-01-01"])
def test_folder_names_that_readers_misread_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(StoreError, match="rename it"):
        Store.open(tmp_path / name)


def test_second_writer_is_refused(published: Store) -> None:
    with (
        published.locked("first"),
        pytest.raises(LockedError, match="'first'"),
        Store.open(published.layout.clean).locked("second"),
    ):
        pass


@pytest.mark.parametrize(
    "change",
    [
        lambda store, run: store.stage(run.run_id, "articles", []),
        lambda store, run: store.publish(Publication(run=run, changes={})),
        lambda store, _: store.known_dump_ids(),
    ],
    ids=["stage", "publish", "known ids"],
)
def test_nothing_is_written_without_the_lock(published: Store, newsroom: Any, change: Any) -> None:
    with pytest.raises(StoreError, match="run lock"):
        change(published, newsroom.run_row(3))


def test_what_the_disk_refuses_under_the_lock_is_one_line_that_says_what_to_do(published: Store) -> None:
    wanted = "No space left on device; make room or mend the disk, and run again"

    with pytest.raises(StoreError, match=wanted), published.locked("test"):
        raise OSError(errno.ENOSPC, "No space left on device")


def test_publication_out_of_turn_is_refused(published: Store, newsroom: Any) -> None:
    with published.locked("test"), pytest.raises(StoreError, match="number 2, the next is 3"):
        published.publish(Publication(run=newsroom.run_row(2), changes={}))


def test_unlawful_publication_is_refused_and_leaves_nothing(published: Store, newsroom: Any) -> None:
    before = published.snapshot()
    rows = {"articles": [newsroom.story("x.txt")], "records": [newsroom.record("x.txt", articles=2)]}

    with published.locked("test"), pytest.raises(LawBrokenError):
        newsroom.publish_rows(published, rows)

    assert published.snapshot() == before
    with published.locked("test"):
        assert not published.layout.staging.exists()


def test_second_publication_waits_for_the_unfinished_one(published: Store, newsroom: Any) -> None:
    blocked = published.layout.table("articles") / "date=2026-03-04"
    blocked.write_text("a file where the partition should be")
    with published.locked("test"):
        with pytest.raises(StoreError, match="half way"):
            newsroom.publish_day(published, 3)

        with pytest.raises(StoreError, match="unfinished"):
            published.publish(Publication(run=newsroom.run_row(4), changes={}))


def test_numbers_go_on_when_private_state_is_lost(published: Store, newsroom: Any) -> None:
    shutil.rmtree(published.layout.state)

    with published.locked("test"):
        assert published.next_sequence() == 3
        newsroom.publish_day(published, 3)

    assert published.snapshot().count("articles") == 12


def test_publication_without_rows_is_a_row_of_runs(published: Store, newsroom: Any) -> None:
    with published.locked("test"):
        versions = published.publish(Publication(run=newsroom.run_row(3), changes={"articles": TableChange()}))

    assert versions == dict.fromkeys(TABLES, 2) | {"runs": 3}
    assert published.snapshot().versions == versions
