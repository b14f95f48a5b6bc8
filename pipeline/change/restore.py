"""A publication taken back: the rows it replaced come from undo, its own go there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.change.reindex import new_index, publication_row
from pipeline.errors import InputError, LawBrokenError, StoreError
from pipeline.settings import DedupSettings
from pipeline.store.law import check_snapshot
from pipeline.store.manifest import Publication
from pipeline.store.planned import PlannedSnapshot, planned
from pipeline.store.publication import Checkpoint, no_checkpoint
from pipeline.store.tables import Store
from pipeline.store.undo import inverse


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """The publication that took another back, and for each table it changed the number of rows before and after."""

    run_id: str
    rows: Mapping[str, tuple[int, int]]


def restore(clean: Path, run_id: str, settings: DedupSettings, *, checkpoint: Checkpoint = no_checkpoint) -> Restored:
    """Take publication ``run_id`` back, as a publication of its own; return how many rows each table has now.

    The index is made anew, from the rows there are then. What was learnt of the lines of sites stays: it tells which
    lines stood on how many pages, and a page counts once however often it is read.

    Raises:
        InputError: it changed no table.
        LockedError: a run holds the tables.
        StoreError: it is unknown, later publications build on it, or its undo has expired.
    """
    store = Store.open(clean, create=False)
    with store.locked("broadsheet restore", checkpoint):
        snapshot, sequence = store.snapshot(), store.next_sequence()
        changes = inverse(snapshot, run_id)
        if not changes:
            raise InputError(f"publication {run_id!r} changed no table: there is nothing to take back")
        after = planned(snapshot, changes)
        _check_nothing_builds_on(after, run_id)
        own_id = f"{sequence:08d}-restore"
        index = new_index(store, after, settings, own_id)
        run = publication_row(own_id, sequence, "restore")
        publication = Publication(
            run=run, changes=changes, private=index.private, private_removed=index.private_removed
        )
        rows = {table: (snapshot.count(table), after.count(table)) for table in changes}
        store.publish(publication, checkpoint)
        return Restored(run_id=own_id, rows=rows)


def _check_nothing_builds_on(after: PlannedSnapshot, run_id: str) -> None:
    """Refuse to take back what the rows of later publications need.

    Raises:
        StoreError: says which row would be left without its article or record.
    """
    try:
        check_snapshot(after)
    except LawBrokenError as exc:
        message = f"{run_id!r} cannot be taken back alone ({exc.message}): take later publications back first"
        raise StoreError(message, run_id=run_id) from exc
