"""Changing rows that are already published: only the files that hold a touched row are written anew."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.store.manifest import RemovedFile
from pipeline.store.reader import Snapshot, TableFile, may_hold
from pipeline.store.schema import TABLES


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewrite:
    """Files of a table to replace. ``batches`` yields the rows to stage in their place, read lazily, once."""

    removed: tuple[RemovedFile, ...]
    batches: Iterator[pa.RecordBatch]


def move_clusters(
    snapshot: Snapshot,
    cluster_by_article: Mapping[str, str],
    run_id: str,
    *,
    dates: Collection[dt.date] | None = None,
) -> Rewrite:
    """Return the rewrite of ``clusters`` that gives each named article its new cluster and stamps it with ``run_id``.

    Articles without a row yet are none of its business: their rows are staged with the rest. Rows that already say so
    are left as they are, and a file without a change is not touched. Looks at files of ``dates`` only, where given.
    Holds the mapping and a batch.
    """
    ids = pa.array(cluster_by_article, pa.string())
    clusters = pa.array(cluster_by_article.values(), pa.string())

    def changed(batch: pa.RecordBatch) -> pa.RecordBatch:
        now = batch.column("cluster_id")
        wanted = clusters.take(pc.index_in(batch.column("article_id"), value_set=ids))
        moves = pc.fill_null(pc.not_equal(wanted, now), False)  # noqa: FBT003
        run_ids = pc.if_else(moves, pa.scalar(run_id), batch.column("run_id"))
        return _with(batch, cluster_id=pc.if_else(moves, wanted, now), run_id=run_ids)

    return rewrite(snapshot, "clusters", cluster_by_article, changed, dates=dates)


def drop_rows(
    snapshot: Snapshot,
    table: str,
    ids: Collection[str],
    *,
    columns: Sequence[str] = (),
    dates: Collection[dt.date] | None = None,
) -> Rewrite:
    """Return the rewrite of ``table`` without the rows that have an id of ``ids`` in one of ``columns``.

    Default: the table's key.
    """
    names = columns or (TABLES[table].key,)
    gone = pa.array(sorted(ids), pa.string())

    def without(batch: pa.RecordBatch) -> pa.RecordBatch:
        return batch.filter(pc.invert(_holds(batch, names, gone)))

    return rewrite(snapshot, table, ids, without, columns=names, dates=dates)


def compact(snapshot: Snapshot, table: str, *, min_bytes: int) -> Rewrite:
    """Return the rewrite that merges the files smaller than ``min_bytes`` of each date that has more than one."""
    small: dict[dt.date, list[TableFile]] = {}
    for file in snapshot.files(table):
        if file.size_bytes < min_bytes:
            small.setdefault(file.date, []).append(file)
    files = [file for group in small.values() if len(group) > 1 for file in group]
    return _rewrite(snapshot, table, files, lambda batch: batch)


def rewrite(
    snapshot: Snapshot,
    table: str,
    ids: Collection[str],
    change: Callable[[pa.RecordBatch], pa.RecordBatch],
    *,
    columns: Sequence[str] = (),
    dates: Collection[dt.date] | None = None,
) -> Rewrite:
    """Return the rewrite of every file that ``change`` alters.

    Only files with an id of ``ids`` in one of ``columns`` (default: the table's key) are looked at; ``change`` maps a
    batch to the rows that take its place. A file that comes out of it unchanged stays.
    """
    key = (TABLES[table].key,)
    names = tuple(columns) or key
    wanted = pa.array(sorted(ids), pa.string())
    files = (file for file in snapshot.files(table, dates) if names != key or may_hold(file, wanted))
    touched = [file for file in files if _is_touched(snapshot, table, file, (names, wanted), change)]
    return _rewrite(snapshot, table, touched, change)


def _holds(batch: pa.RecordBatch, columns: Sequence[str], ids: pa.Array) -> pa.Array:
    """Return for each row whether one of ``columns`` has an id of ``ids``."""
    first, *rest = (pc.is_in(batch.column(name), value_set=ids) for name in columns)
    for mask in rest:
        first = pc.or_(first, mask)
    return first


def _is_touched(
    snapshot: Snapshot,
    table: str,
    file: TableFile,
    looked_for: tuple[Sequence[str], pa.Array],
    change: Callable[[pa.RecordBatch], pa.RecordBatch],
) -> bool:
    columns, ids = looked_for
    keys = snapshot.read_file(table, file.path, columns)
    if not any(pc.any(_holds(batch, columns, ids)).as_py() for batch in keys):
        return False
    return any(not change(batch).equals(batch) for batch in snapshot.read_file(table, file.path))


def _rewrite(
    snapshot: Snapshot,
    table: str,
    files: Iterable[TableFile],
    change: Callable[[pa.RecordBatch], pa.RecordBatch],
) -> Rewrite:
    listed = tuple(files)
    removed = tuple(RemovedFile(path=file.path, size_bytes=file.size_bytes) for file in listed)
    rows = (change(batch) for file in listed for batch in snapshot.read_file(table, file.path))
    return Rewrite(removed=removed, batches=(batch for batch in rows if batch.num_rows))


def _with(batch: pa.RecordBatch, **columns: pa.Array) -> pa.RecordBatch:
    arrays = [columns.get(name, batch.column(name)) for name in batch.schema.names]
    return pa.RecordBatch.from_arrays(arrays, schema=batch.schema)
