"""A manifest says after a crash what it said before."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import StoreError
from pipeline.store import manifest as manifests
from pipeline.store.footer import DataFile
from pipeline.store.layout import Layout
from pipeline.store.manifest import Addition, Manifest, PrivateMove, Publication, RemovedFile, TableChange


def plan(newsroom: Any, sequence: int = 7) -> Manifest:
    file = DataFile(path="date=2026-03-04/x.parquet", size_bytes=9, rows=2, stats='{"numRecords": 2}')
    change = TableChange(
        added=(Addition(file=file, staged="staging/x"),),
        removed=(RemovedFile(path="date=2026-03-03/y.parquet", size_bytes=4),),
    )
    publication = Publication(
        run=newsroom.run_row(sequence, counts='{"naïve": 1}'),
        changes={"articles": change},
        private=(PrivateMove(staged="staging/s", final="index/s"),),
        private_removed=("index/old",),
    )
    return Manifest(publication=publication, created_at=dt.datetime(2026, 3, 5, 1, 2, 3, 456789, tzinfo=dt.UTC))


def test_manifest_reads_back_as_it_was_written(tmp_path: Path, newsroom: Any) -> None:
    path = manifests.write_manifest(Layout(tmp_path), plan(newsroom))

    assert manifests.read_manifest(path) == plan(newsroom)


def test_unfinished_and_finished_are_told_apart_and_ordered(tmp_path: Path, newsroom: Any) -> None:
    layout = Layout(tmp_path)
    for sequence in (10, 9, 8):
        manifests.write_manifest(layout, plan(newsroom, sequence))
    manifests.pending_path(layout, 8).rename(manifests.done_path(layout, 8))
    (layout.manifests / "00000011.json.tmp").touch()

    assert manifests.pending(layout) == [manifests.pending_path(layout, number) for number in (9, 10)]
    assert manifests.finished(layout) == [manifests.done_path(layout, 8)]


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"format": 1}'], ids=["empty", "cut", "list", "fields missing"]
)
def test_damaged_manifest_is_reported_by_name(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "00000001.json").write_bytes(content)

    with pytest.raises(StoreError, match=r"00000001\.json"):
        manifests.read_manifest(tmp_path / "00000001.json")


def test_manifest_of_a_newer_format_is_refused(tmp_path: Path, newsroom: Any) -> None:
    path = manifests.write_manifest(Layout(tmp_path), plan(newsroom))
    path.write_text(json.dumps(json.loads(path.read_bytes()) | {"format": 99}))

    with pytest.raises(StoreError, match="newer Broadsheet"):
        manifests.read_manifest(path)
