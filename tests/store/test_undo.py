"""What a publication did can be taken back while its files are kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pytest

from pipeline.errors import StoreError
from pipeline.store.digest import digests
from pipeline.store.manifest import Publication
from pipeline.store.tables import Store
from pipeline.store.undo import expire_undo, inverse, manifest_of, undo_files_of


def restore(store: Store, newsroom: Any, run_id: str) -> str:
    run = newsroom.run_row(store.next_sequence(), kind="restore")
    store.publish(Publication(run=run, changes=inverse(store.snapshot(), run_id)))
    return str(run.run_id)


def rows(store: Store) -> Mapping[str, str]:
    found = dict(digests(store.snapshot()))
    del found["runs"]
    return found


def test_restored_rows_are_those_of_before(published: Store, newsroom: Any) -> None:
    with published.locked("test"):
        before = rows(published)
        day3 = newsroom.publish_day(published, 3)
        after = rows(published)
        back = restore(published, newsroom, day3)
        assert rows(published) == before

        restore(published, newsroom, back)

        assert rows(published) == after


def test_restored_files_have_their_statistics_again(published: Store, newsroom: Any) -> None:
    before = published.snapshot().files("clusters")
    with published.locked("test"):
        restore(published, newsroom, newsroom.publish_day(published, 3))

    assert published.snapshot().files("clusters") == before


def test_publication_that_a_later_one_built_on_is_not_taken_back(published: Store) -> None:
    with pytest.raises(StoreError, match="take the later ones back first"):
        inverse(published.snapshot(), "0000001-day")


def test_unknown_publication_is_reported(published: Store) -> None:
    with pytest.raises(StoreError, match="no finished publication 'nope'"):
        manifest_of(published.layout, "nope")


def test_expired_undo_ends_restore_and_nothing_else(published: Store) -> None:
    snapshot = published.snapshot()
    soon = dt.datetime.now(dt.UTC) + dt.timedelta(days=1)

    assert expire_undo(published.layout, soon - dt.timedelta(days=2)) == ()
    assert expire_undo(published.layout, soon) == ("0000002-day",)

    assert published.snapshot() == snapshot
    with pytest.raises(StoreError, match="undo has expired"):
        inverse(snapshot, "0000002-day")


def test_orphans_expire_by_their_age(published: Store) -> None:
    orphan = published.layout.undo / "orphans" / "articles" / "date=2026-01-01" / "x.parquet"
    orphan.parent.mkdir(parents=True)
    orphan.touch()
    now = dt.datetime.now(dt.UTC)

    assert "orphans" not in expire_undo(published.layout, now - dt.timedelta(days=1))
    assert "orphans" in expire_undo(published.layout, now + dt.timedelta(days=1))


def test_kept_files_of_a_dump_are_found_and_of_all_read_from_its_path(published: Store, newsroom: Any) -> None:
    gone = newsroom.day_rows(1)["records"][-1]
    with published.locked("test"):
        run_id = newsroom.drop_dump(published, gone.dump_id)

    kept = published.layout.undone(run_id, "records")
    (file,) = kept.rglob("*.parquet")
    assert undo_files_of(published.layout, {gone.dump_id}, ()) == [file]
    assert undo_files_of(published.layout, (), {gone.source_path}) == [file]
    assert undo_files_of(published.layout, {"0" * 32}, {"nowhere"}) == []
