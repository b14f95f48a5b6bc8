"""Start-up repairs what a dead run left, and nothing else."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from pipeline.store.digest import digests
from pipeline.store.tables import Store


def files(store: Store) -> list[Path]:
    return sorted(path for path in store.layout.clean.rglob("*") if path.is_file() and path != store.layout.lock)


class StopError(Exception):
    """Raised at a step, in place of a crash."""


def stop_at(wanted: str) -> Any:
    def checkpoint(step: str) -> None:
        if step == wanted:
            raise StopError

    return checkpoint


def test_rolling_forward_again_changes_nothing(published: Store) -> None:
    before, rows = files(published), digests(published.snapshot())

    for _ in range(2):
        with published.locked("test") as finished:
            assert finished == ()

    assert files(published) == before
    assert digests(published.snapshot()) == rows


def test_staged_files_without_a_manifest_are_removed(published: Store, newsroom: Any) -> None:
    before = files(published)
    with published.locked("test"), pytest.raises(StopError):
        newsroom.publish_day(published, 3, stop_at("staged"))
    (published.layout.manifests / "00000003.json.tmp").write_text("{")
    published.layout.scratch.mkdir(exist_ok=True)
    (published.layout.scratch / "heap").touch()

    with published.locked("test"):
        pass

    assert files(published) == before


def test_data_file_no_table_knows_is_set_aside(published: Store) -> None:
    rows = digests(published.snapshot())
    known = next(published.layout.table("articles").glob("date=*/*.parquet"))
    orphan = known.parent.parent / "date=2026-01-01" / "orphan.parquet"
    orphan.parent.mkdir()
    shutil.copy(known, orphan)

    with published.locked("test"):
        pass

    assert not orphan.parent.exists()
    assert (published.layout.undo / "orphans/articles/date=2026-01-01/orphan.parquet").exists()
    assert digests(published.snapshot()) == rows


def test_files_of_an_unfinished_publication_are_no_orphans(published: Store, newsroom: Any) -> None:
    with published.locked("test"), pytest.raises(StopError):
        newsroom.publish_day(published, 3, stop_at("placed records/date=2026-03-04/0000003-day-0000.parquet"))

    with published.locked("test") as finished:
        pass

    assert finished == ("0000003-day",)
    assert published.snapshot().count("records") == 21
    assert not (published.layout.undo / "orphans").exists()


@pytest.mark.parametrize("torn", [b"", b'{"commitInfo": {"timest'], ids=["empty", "cut"])
def test_commit_that_a_power_loss_tore_is_made_again(published: Store, newsroom: Any, torn: bytes) -> None:
    with published.locked("test"), pytest.raises(StopError):
        newsroom.publish_day(published, 3, stop_at("committed articles"))
    log = published.layout.table("articles") / "_delta_log" / f"{3:020d}.json"
    assert log.exists()
    log.write_bytes(torn)

    with published.locked("test"):
        pass

    assert published.snapshot().count("articles") == 12


def test_commit_left_beside_its_place_is_cleared_away(published: Store) -> None:
    rows = digests(published.snapshot())
    beside = published.layout.table("articles") / "_delta_log" / f"{3:020d}.json#1"
    beside.write_bytes(b"")

    with published.locked("test"):
        pass

    assert not beside.exists()
    assert digests(published.snapshot()) == rows
