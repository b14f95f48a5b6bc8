"""Tables of an older version brought to the present schema: every file written anew, with the columns there are now.

Reading needs no upgrade: a column that a file was written without is null. Writing does, so that all files of a table
have one schema and plain globs go on working.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

from pipeline.change.reindex import publication_row
from pipeline.store.manifest import Publication, RemovedFile, TableChange
from pipeline.store.publication import Checkpoint, no_checkpoint
from pipeline.store.schema import PARTITION, SCHEMA_VERSION, TABLES
from pipeline.store.tables import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Upgraded:
    """The publication that did it (None: nothing was to be done), and how many rows of each table it wrote anew."""

    run_id: str | None
    version: int
    rows: Mapping[str, int]


def upgrade(clean: Path, *, checkpoint: Checkpoint = no_checkpoint) -> Upgraded:
    """Bring the tables of ``clean`` to this version; return what was written anew. Holds the rows of one file.

    New columns are added first, then all files are replaced in one publication, then the tables are marked: killed
    between, the tables are read as before, and upgrading again does the rest. ``runs`` keeps its files.

    Raises:
        LockedError: a run holds the tables.
        StoreError: a newer version made them, or they cannot be read or written.
    """
    store = Store.open(clean, create=False)
    with store.locked("broadsheet upgrade", checkpoint, of_any_version=True):
        older = store.older_tables()
        if not older:
            return Upgraded(run_id=None, version=SCHEMA_VERSION, rows={})
        for table in older:
            store.add_columns(table)
        snapshot, sequence = store.snapshot(), store.next_sequence()
        run_id = f"{sequence:08d}-upgrade"
        changes = {}
        for table in older:
            files = () if table == "runs" else snapshot.files(table)
            if any(_is_older(snapshot.locate(table, file.path), table) for file in files):
                removed = tuple(RemovedFile(path=file.path, size_bytes=file.size_bytes) for file in files)
                changes[table] = TableChange(added=store.stage(run_id, table, snapshot.read(table)), removed=removed)
        rows = {table: snapshot.count(table) for table in changes}
        if changes:
            run = publication_row(run_id, sequence, "upgrade")
            store.publish(Publication(run=run, changes=changes), checkpoint)
        for table in older:
            store.mark_version(table)
        return Upgraded(run_id=run_id if changes else None, version=SCHEMA_VERSION, rows=rows)


def _is_older(path: Path, table: str) -> bool:
    """Whether a file lacks a column: those of an upgrade that was killed when its publication was decided do not."""
    return not {name for name in TABLES[table].schema.names if name != PARTITION} <= set(pq.read_schema(path).names)
