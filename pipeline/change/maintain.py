"""What keeps a clean folder light: small files of a day merged into few, replaced files deleted when they expire."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pipeline.change.reindex import publication_row
from pipeline.settings import Settings
from pipeline.store.manifest import Publication, TableChange
from pipeline.store.publication import Checkpoint, no_checkpoint
from pipeline.store.schema import TABLES
from pipeline.store.tables import Store
from pipeline.store.undo import expire_undo
from pipeline.store.update import compact as merge_files

SMALL_BYTES: Final = 16 << 20
"""Files below this are merged with others of their day: a file is cut at 64 MiB of rows, some 20 MiB packed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compacted:
    """The publication that merged files (None: there was nothing to), and the files of each table before and after."""

    run_id: str | None
    files: Mapping[str, tuple[int, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Maintained:
    """What a maintenance did: files merged, and the publications of which no replaced file is kept any more."""

    compacted: Compacted
    expired: tuple[str, ...]
    repairs: tuple[str, ...]


def compact(clean: Path, *, small_bytes: int = SMALL_BYTES, checkpoint: Checkpoint = no_checkpoint) -> Compacted:
    """Merge the small files of each day, table by table, as one publication; no row changes.

    Table ``runs`` is left alone: it has a row and a file a publication. Holds the rows of one output file.

    Raises:
        LockedError: a run holds the tables.
        StoreError: the tables cannot be read or written.
    """
    store = Store.open(clean, create=False)
    with store.locked("broadsheet compact", checkpoint):
        return _compact(store, small_bytes, checkpoint)


def maintain(clean: Path, settings: Settings, *, small_bytes: int = SMALL_BYTES) -> Maintained:
    """Merge small files, and delete what undo has kept for longer than ``undo_days``.

    Raises:
        LockedError: a run holds the tables.
        StoreError: the tables cannot be read or written.
    """
    store = Store.open(clean, create=False)
    with store.locked("broadsheet maintain"):
        expired = expire_undo(store.layout, dt.datetime.now(dt.UTC) - dt.timedelta(days=settings.undo_days))
        compacted = _compact(store, small_bytes, no_checkpoint)
        return Maintained(compacted=compacted, expired=expired, repairs=store.repairs)


def _compact(store: Store, small_bytes: int, checkpoint: Checkpoint) -> Compacted:
    snapshot, sequence = store.snapshot(), store.next_sequence()
    run_id = f"{sequence:08d}-compact"
    changes: dict[str, TableChange] = {}
    for table in TABLES:
        merged = merge_files(snapshot, table, min_bytes=small_bytes)
        if table != "runs" and merged.removed:
            changes[table] = TableChange(added=store.stage(run_id, table, merged.batches), removed=merged.removed)
    if not changes:
        return Compacted(run_id=None, files={})
    run = publication_row(run_id, sequence, "compact")
    store.publish(Publication(run=run, changes=changes), checkpoint)
    now = store.snapshot()
    return Compacted(
        run_id=run_id, files={table: (len(snapshot.files(table)), len(now.files(table))) for table in changes}
    )
