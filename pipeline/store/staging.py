"""Rows of a publication written as Parquet files into ``_state/staging``, where no reader looks.

Which rows share a file, and in what order, depends on the rows alone: not on the order or the batches they came in.
Settings of the files: zstd level 3; page checksums, without which 60 of 2,000 damaged files read back without an error
and with the right number of rows; row groups small enough that fetching a few texts decodes little else; a bloom filter
on the id of a story, by which looking one up among a million takes 37 ms of CPU in place of 100 (docs/decisions/0011).
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.errors import StoreError
from pipeline.store import durable
from pipeline.store.footer import DataFile, data_file
from pipeline.store.layout import Layout, checked_run_id
from pipeline.store.schema import PARTITION, SCHEMA_VERSION, TABLES, Table
from pipeline.store.spill import Spill, row_bytes

FILE_BYTES: Final = 64 << 20
"""Most bytes of rows in a file before compression; sorting holds about three times this in memory."""

GROUP_BYTES: Final = 8 << 20
"""Most bytes of rows in a row group before compression (a longer row is a group of its own)."""


_STORIES: Final = frozenset({"articles", "duplicates"})


def stage(
    layout: Layout,
    run_id: str,
    table: str,
    batches: Iterable[pa.RecordBatch],
    *,
    file_bytes: int = FILE_BYTES,
    group_bytes: int = GROUP_BYTES,
) -> tuple[DataFile, ...]:
    """Write all rows that publication ``run_id`` adds to ``table``; return the files, sorted by path, flushed to disk.

    ``batches`` are in the table's schema, ``date`` included, in any order. Holds one batch, the rows waiting in
    :class:`~pipeline.store.spill.Spill`, and one file while it is sorted. What an earlier try staged is thrown away,
    so a table is staged once a publication.

    Raises:
        StoreError: a batch has another schema, or the disk refuses.
    """
    spec = TABLES[table]
    target = layout.staged(run_id, table)
    scratch = layout.scratch / f"stage-{run_id}-{table}"
    try:
        for leftover in (target, scratch):
            shutil.rmtree(leftover, ignore_errors=True)
        spill = Spill(scratch)
        for batch in batches:
            for date, rows in _by_date(_checked(spec, batch)):
                spill.add(date, rows)
        files = tuple(_write_dates(spec, spill, target, checked_run_id(run_id), scratch, (file_bytes, group_bytes)))
        shutil.rmtree(scratch, ignore_errors=True)
    except (OSError, pa.ArrowException) as exc:
        raise StoreError(f"rows of table {table!r} could not be staged: {exc}", table=table, run_id=run_id) from exc
    return files


def _checked(spec: Table, batch: pa.RecordBatch) -> pa.RecordBatch:
    if not batch.schema.equals(spec.schema):
        message = f"rows for table {spec.name!r} have another schema: expected {spec.schema}, got {batch.schema}"
        raise StoreError(message, table=spec.name)
    return batch


def _by_date(batch: pa.RecordBatch) -> Iterator[tuple[str, pa.RecordBatch]]:
    return _cut(batch, batch.column(PARTITION).cast(pa.string()).to_numpy(zero_copy_only=False))


def _cut(batch: pa.RecordBatch, keys: np.ndarray) -> Iterator[tuple[str, pa.RecordBatch]]:
    """Cut a batch by a key a row, order inside a key kept."""
    if not batch.num_rows:
        return
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    rows = batch.take(pa.array(order))
    for start, end in zip(starts, [*starts[1:], len(keys)], strict=True):
        yield str(ordered[start]), rows.slice(start, end - start)


def _write_dates(
    spec: Table, spill: Spill, target: Path, run_id: str, scratch: Path, bounds: tuple[int, int]
) -> Iterator[DataFile]:
    file_bytes, group_bytes = bounds
    for date in spill.keys():  # noqa: SIM118 - a Spill is no mapping
        folder = f"{PARTITION}={date}"
        durable.make_folder(target / folder)
        parts = -(-spill.size_bytes(date) // file_bytes)
        for number, batches in enumerate(_parts(spec, spill, date, parts, scratch / date)):
            path = f"{folder}/{run_id}-{number:04d}.parquet"
            _write_file(spec, batches, target / path, group_bytes)
            yield data_file(target / path, path)
        durable.flush(target / folder)
        spill.forget(date)


def _parts(spec: Table, spill: Spill, date: str, parts: int, scratch: Path) -> Iterator[list[pa.RecordBatch]]:
    """Cut the rows of a date into ``parts`` ranges of the key; ids are hashes, so ranges are of even size."""
    if parts == 1:
        yield list(spill.read(date))
        return
    width = 4
    bounds = np.array([f"{(part << 4 * width) // parts:0{width}x}" for part in range(1, parts)])
    ranges = Spill(scratch)
    for batch in spill.read(date):
        prefixes = pc.utf8_slice_codeunits(batch.column(spec.key), 0, width).to_numpy(zero_copy_only=False)
        part_of_row = np.searchsorted(bounds, prefixes.astype(bounds.dtype), side="right")
        for part, rows in _cut(batch, np.char.zfill(part_of_row.astype(str), 8)):
            ranges.add(part, rows)
    for part in ranges.keys():  # noqa: SIM118 - a Spill is no mapping
        yield list(ranges.read(part))
        ranges.forget(part)


def _write_file(spec: Table, batches: list[pa.RecordBatch], path: Path, group_bytes: int) -> None:
    rows = pa.Table.from_batches(batches).drop_columns([PARTITION])
    batches.clear()
    keys = [(name, "ascending") for name in spec.sort_by]
    rows = rows.take(pc.sort_indices(rows, sort_keys=keys))
    meta = {"broadsheet.table": spec.name, "broadsheet.schema_version": str(SCHEMA_VERSION)}
    groups = list(_groups(row_bytes(rows), group_bytes))
    largest = max(end - start for start, end in groups)
    with (
        path.open("wb") as sink,
        pq.ParquetWriter(
            sink,
            spec.file_schema.with_metadata(meta),
            compression="zstd",
            compression_level=3,
            write_page_checksum=True,
            write_page_index=True,
            bloom_filter_options={spec.key: {"ndv": largest, "fpp": 0.01}} if spec.name in _STORIES else None,
        ) as writer,
    ):
        for start, end in groups:
            writer.write_table(rows.slice(start, end - start), row_group_size=end - start)
        writer.close()
        sink.flush()
        os.fsync(sink.fileno())


def _groups(sizes: np.ndarray, group_bytes: int) -> Iterator[tuple[int, int]]:
    """Cut rows into runs of at most ``group_bytes``, at least one row each."""
    ends = np.cumsum(sizes)
    start = 0
    while start < len(sizes):
        before = ends[start - 1] if start else 0
        end = max(int(np.searchsorted(ends, before + group_bytes, side="right")), start + 1)
        yield start, end
        start = end
