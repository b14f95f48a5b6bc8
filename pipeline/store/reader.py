"""Reading a table at a consistent snapshot, in bounded memory.

Files come from the Delta log, bytes through pyarrow's own file system: ``DeltaTable.to_pyarrow_table()`` and
``to_pyarrow_dataset()`` with deltalake's file system abort the process at exit (8 and 12 of 25 tries with deltalake
1.6.6 and pyarrow 26). A file that a later publication has taken out meanwhile is found in ``_state/undo``, so a reader
that began before it ends as it began.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.fs
import pyarrow.parquet as pq
from deltalake.exceptions import DeltaError

from pipeline.errors import StoreError
from pipeline.store.footer import date_of
from pipeline.store.layout import Layout
from pipeline.store.opened import opened
from pipeline.store.schema import PARTITION, TABLES

BATCH_ROWS: Final = 8192
"""Most rows in a batch that is read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableFile:
    """A data file of a snapshot. ``least`` and ``most`` bound the table's key; None where the log does not say."""

    path: str
    size_bytes: int
    rows: int
    least: str | None
    most: str | None

    @property
    def date(self) -> dt.date:
        """The partition."""
        return date_of(self.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """All tables as one publication left them. Picklable: workers read the same versions."""

    layout: Layout
    versions: Mapping[str, int]

    def files(self, table: str, dates: Collection[dt.date] | None = None) -> tuple[TableFile, ...]:
        """Return the data files of ``table``, sorted by path; of ``dates`` only where given."""
        found = _files(self.layout.table(table), self.versions[table], TABLES[table].key)
        return tuple(file for file in found if dates is None or file.date in dates)

    def count(self, table: str) -> int:
        """Return the number of rows of ``table``, from the log alone."""
        return sum(file.rows for file in self.files(table))

    def locate(self, table: str, path: str) -> Path:
        """Return where a file of this snapshot is now: in the table, or in undo if it was taken out since.

        Raises:
            StoreError: it is in neither place: undo has expired or files were removed by hand.
        """
        here = self.layout.table(table) / path
        if here.exists():
            return here
        for run in sorted(self.layout.undo.glob("*")):
            if (run / table / path).exists():
                return run / table / path
        message = f"file {path!r} of table {table!r} is gone: it was replaced longer ago than undo is kept; read again"
        raise StoreError(message, table=table, path=path)

    def read(
        self,
        table: str,
        columns: Sequence[str] | None = None,
        filter: pc.Expression | None = None,  # noqa: A002 - pyarrow's own word for it
        *,
        dates: Collection[dt.date] | None = None,
    ) -> Iterator[pa.RecordBatch]:
        """Yield the rows of ``table``, ``date`` included, file by file in order of path.

        Holds about two row groups. ``columns`` come in the order asked for; a column that a file was written without is
        null. ``filter`` is a pyarrow expression over any columns.

        Raises:
            StoreError: a file is missing or damaged (page checksums are verified).
        """
        for file in self.files(table, dates):
            yield from self.read_file(table, file.path, columns, filter)

    def read_file(
        self,
        table: str,
        path: str,
        columns: Sequence[str] | None = None,
        filter: pc.Expression | None = None,  # noqa: A002
    ) -> Iterator[pa.RecordBatch]:
        """Yield the rows of one file, as :meth:`read` does."""
        schema = TABLES[table].schema
        options = ds.ParquetFragmentScanOptions(pre_buffer=False, page_checksum_verification=True)
        form = ds.ParquetFileFormat(default_fragment_scan_options=options)
        local = pyarrow.fs.LocalFileSystem()
        partition = ds.field(PARTITION) == pa.scalar(date_of(path))
        try:
            fragment = form.make_fragment(str(self.locate(table, path)), local, partition_expression=partition)
            scanner = ds.FileSystemDataset([fragment], schema, form, local).scanner(
                columns=None if columns is None else list(columns),
                filter=filter,
                batch_size=BATCH_ROWS,
                batch_readahead=1,
                fragment_readahead=1,
            )
            yield from (batch for batch in scanner.to_batches() if batch.num_rows)
        except (OSError, pa.ArrowException) as exc:
            raise _damaged(table, path, exc) from exc

    def rows_of_ids(
        self,
        table: str,
        ids: Collection[str],
        columns: Sequence[str] | None = None,
        *,
        dates: Collection[dt.date] | None = None,
    ) -> Iterator[pa.RecordBatch]:
        """Yield the rows of ``table`` whose key is in ``ids``; in files of ``dates`` only, where given.

        Reads the key column of each file whose bounds allow an id, then only those row groups that hold one. Holds
        ``ids`` and one row group. Order is that of the files, not of ``ids``.

        Raises:
            StoreError: a file is missing or damaged.
        """
        wanted = pa.array(sorted(ids), pa.string())
        for file in self.files(table, dates):
            if may_hold(file, wanted):
                yield from self._rows_of_file(table, file.path, wanted, columns)

    def _rows_of_file(
        self, table: str, path: str, wanted: pa.Array, columns: Sequence[str] | None
    ) -> Iterator[pa.RecordBatch]:
        spec = TABLES[table]
        names = list(spec.schema.names if columns is None else columns)
        stored = [name for name in names if name != PARTITION]
        try:
            with pq.ParquetFile(self.locate(table, path), page_checksum_verification=True) as parquet:
                for group in range(parquet.num_row_groups):
                    keys = parquet.read_row_group(group, columns=[spec.key]).column(0)
                    mask = pc.is_in(keys, value_set=wanted)
                    if pc.any(mask).as_py():
                        found = parquet.read_row_group(group, columns=stored).filter(mask)
                        yield from _in_schema(found, spec.schema, names, date_of(path)).to_batches()
        except (OSError, pa.ArrowException) as exc:
            raise _damaged(table, path, exc) from exc


def may_hold(file: TableFile, sorted_ids: pa.Array) -> bool:
    """Return whether the key bounds of ``file`` leave room for any of ``sorted_ids`` (string, ascending)."""
    if not len(sorted_ids):
        return False
    if file.least is None or file.most is None:
        return True
    return bool(sorted_ids[0].as_py() <= file.most and sorted_ids[-1].as_py() >= file.least)


def newest_snapshot(layout: Layout) -> Snapshot:
    """Return the snapshot that the newest row of ``runs`` names; before the first publication, the empty tables.

    Raises:
        StoreError: the tables cannot be read.
    """
    root = layout.table("runs")
    try:
        table = opened(root)
        actions = pa.table(table.get_add_actions(flatten=True)).to_pylist()
    except DeltaError as exc:
        message = f"{str(layout.clean)!r} holds no readable tables: {exc}; check --clean"
        raise StoreError(message, clean=str(layout.clean)) from exc
    if not actions:
        return Snapshot(layout=layout, versions=dict.fromkeys(TABLES, 0))
    newest = max(actions, key=lambda action: action["max.sequence"])
    runs = Snapshot(layout=layout, versions={"runs": table.version()})
    rows = [row for batch in runs.read_file("runs", newest["path"]) for row in batch.to_pylist()]
    row = max(rows, key=lambda row: row["sequence"])
    return Snapshot(layout=layout, versions=json.loads(row["table_versions"]))


def _files(root: Path, version: int, key: str) -> list[TableFile]:
    try:
        actions = pa.table(opened(root, version).get_add_actions(flatten=True)).to_pylist()
    except DeltaError as exc:
        raise StoreError(f"table {root.name!r} cannot be read at version {version}: {exc}", table=root.name) from exc
    found = [
        TableFile(
            path=action["path"],
            size_bytes=action["size_bytes"],
            rows=action["num_records"],
            least=action.get(f"min.{key}"),
            most=action.get(f"max.{key}"),
        )
        for action in actions
    ]
    return sorted(found, key=lambda file: file.path)


def _in_schema(found: pa.Table, schema: pa.Schema, names: Sequence[str], date: dt.date) -> pa.Table:
    arrays: list[Any] = []
    for name in names:
        kind = schema.field(name).type
        if name == PARTITION:
            arrays.append(pa.repeat(pa.scalar(date, kind), found.num_rows))
        elif name in found.column_names:
            arrays.append(found.column(name).cast(kind))
        else:
            arrays.append(pa.nulls(found.num_rows, kind))
    return pa.table(arrays, schema=pa.schema([schema.field(name) for name in names]))


def _damaged(table: str, path: str, exc: Exception) -> StoreError:
    message = f"file {path!r} of table {table!r} cannot be read: {exc}; take it from a backup, or re-run its dumps"
    return StoreError(message, table=table, path=path)
