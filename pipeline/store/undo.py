"""Taking a publication back: its inverse, from the manifest and the files kept in ``_state/undo``."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Collection, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.errors import StoreError
from pipeline.store.footer import data_file
from pipeline.store.layout import Layout
from pipeline.store.manifest import Addition, Manifest, RemovedFile, TableChange, finished, read_manifest
from pipeline.store.reader import Snapshot


def manifest_of(layout: Layout, run_id: str) -> Manifest:
    """Return the finished manifest of publication ``run_id``.

    Raises:
        StoreError: there is none.
    """
    for path in reversed(finished(layout)):
        manifest = read_manifest(path)
        if manifest.publication.run.run_id == run_id:
            return manifest
    message = f"no finished publication {run_id!r}: table `runs` lists them"
    raise StoreError(message, run_id=run_id)


def inverse(snapshot: Snapshot, run_id: str) -> Mapping[str, TableChange]:
    """Return the changes that take publication ``run_id`` back, for a publication of kind ``restore``.

    Raises:
        StoreError: it is unknown, a later publication replaced one of its files, or its undo has expired.
    """
    layout = snapshot.layout
    changes = manifest_of(layout, run_id).publication.changes
    return {table: _inverse(snapshot, table, change, run_id) for table, change in changes.items()}


def _inverse(snapshot: Snapshot, table: str, change: TableChange, run_id: str) -> TableChange:
    active = {file.path for file in snapshot.files(table)}
    gone = sorted(added.file.path for added in change.added if added.file.path not in active)
    if gone:
        message = (
            f"publication {run_id!r} cannot be taken back: a later one replaced {gone[0]!r} of {table!r};"
            " take the later ones back first, newest first"
        )
        raise StoreError(message, run_id=run_id, table=table)
    removed = tuple(RemovedFile(path=item.file.path, size_bytes=item.file.size_bytes) for item in change.added)
    added = tuple(_kept(snapshot.layout, table, item.path, run_id) for item in change.removed)
    return TableChange(added=added, removed=removed)


def _kept(layout: Layout, table: str, path: str, run_id: str) -> Addition:
    location = layout.undone(run_id, table) / path
    try:
        file = data_file(location, path)
    except (OSError, pa.ArrowException) as exc:
        message = f"{str(location)!r} is no longer kept, so {run_id!r} cannot be taken back: undo has expired"
        raise StoreError(message, run_id=run_id, table=table) from exc
    return Addition(file=file, staged=str(location.relative_to(layout.state)))


def undo_files_of(layout: Layout, dumps: Collection[str], paths: Collection[str]) -> list[Path]:
    """Return the kept files that hold a row of ``dumps``, or of any dump ever read from ``paths``, sorted.

    Raises:
        StoreError: a file cannot be read.
    """
    files = sorted(layout.undo.rglob("*.parquet"))
    try:
        ids = set(dumps).union(*(_dumps_from(file, paths) for file in files))
        return [file for file in files if _holds(file, "dump_id", ids)]
    except (OSError, pa.ArrowException) as exc:
        raise StoreError(f"files kept for undo cannot be read: {exc}") from exc


def _dumps_from(file: Path, paths: Collection[str]) -> set[str]:
    if not {"dump_id", "source_path"} <= set(pq.read_schema(file).names):
        return set()
    rows = pq.read_table(file, columns=["dump_id", "source_path"], partitioning=None)
    return set(rows.filter(pc.is_in(rows["source_path"], value_set=_strings(paths)))["dump_id"].to_pylist())


def _holds(file: Path, column: str, ids: Collection[str]) -> bool:
    if column not in pq.read_schema(file).names:
        return False
    found = pq.read_table(file, columns=[column], partitioning=None)[column]
    return bool(pc.any(pc.is_in(found, value_set=_strings(ids))).as_py())


def _strings(values: Collection[str]) -> pa.Array:
    return pa.array(sorted(values), pa.string())


def expire_undo(layout: Layout, before: dt.datetime) -> tuple[str, ...]:
    """Delete the files that publications decided before ``before`` took out; return their run ids. Needs the lock.

    Readers of a snapshot older than that stop with an error. Files set aside as orphans go by the same date.

    Raises:
        StoreError: a manifest cannot be read, or the disk refuses.
    """
    created = {
        manifest.publication.run.run_id: manifest.created_at for manifest in map(read_manifest, finished(layout))
    }
    expired = []
    try:
        for folder in sorted(layout.undo.glob("*")):
            if created.get(folder.name, _changed_at(folder)) < before:
                shutil.rmtree(folder)
                expired.append(folder.name)
    except OSError as exc:
        raise StoreError(f"undo files could not be removed: {exc}") from exc
    return tuple(expired)


def _changed_at(folder: Path) -> dt.datetime:
    newest = max((path.stat().st_mtime for path in (folder, *folder.rglob("*"))), default=0.0)
    return dt.datetime.fromtimestamp(newest, dt.UTC)
