"""The store: the eight tables of a clean folder and the only way to change them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Self

import pyarrow as pa
from deltalake import DeltaTable
from deltalake import Schema as DeltaSchema
from deltalake.exceptions import DeltaError

from pipeline.errors import StoreError
from pipeline.store import durable
from pipeline.store.footer import DataFile
from pipeline.store.known import KnownIds, known_ids
from pipeline.store.law import check_changes
from pipeline.store.layout import Layout
from pipeline.store.lock import run_lock
from pipeline.store.manifest import Addition, Publication, finished, pending
from pipeline.store.opened import opened
from pipeline.store.publication import APP_ID, Checkpoint, no_checkpoint, publish, staged_additions
from pipeline.store.reader import Snapshot, newest_snapshot
from pipeline.store.recovery import roll_forward
from pipeline.store.schema import PARTITION, SCHEMA_VERSION, TABLES, Table
from pipeline.store.staging import stage

_VERSION_KEY: Final = "broadsheet.schemaVersion"
# deltalake 1.6 takes the first two for an escaped character and for a slash, and looks in another folder; with the
# third above a table, readers that go by paths see two dates.
_UNFIT: Final = re.compile(r"%[0-9A-Fa-f]{2}|\\|/date=")


class Store:
    """The tables under one clean folder (always a local path).

    Reading needs no lock: :meth:`snapshot` is the state after the newest finished publication. Writing happens inside
    :meth:`locked`: stage rows, then publish them.
    """

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.repairs: tuple[str, ...] = ()
        """What was found undone when the lock was last taken, and what was done about it: a sentence each."""
        self._locked = False

    @classmethod
    def open(cls, clean: Path, *, create: bool = True) -> Self:
        """Return the store of ``clean``; with ``create``, tables that do not exist are made, empty.

        Raises:
            StoreError: a newer schema version made the tables, they cannot be read, are missing and not to be made, or
                the path has characters that readers take for something else.
        """
        layout = Layout(clean.absolute())
        if _UNFIT.search(str(layout.clean)):
            message = (
                f"clean folder {str(layout.clean)!r} has '%' before two hex digits, a backslash or 'date=': rename it"
            )
            raise StoreError(message, clean=str(clean))
        try:
            for spec in TABLES.values():
                _open_table(layout, spec, create=create)
        except (OSError, DeltaError) as exc:
            raise StoreError(f"tables of {str(clean)!r} cannot be opened: {exc}", clean=str(clean)) from exc
        return cls(layout)

    @contextmanager
    def locked(
        self, command: str, checkpoint: Checkpoint = no_checkpoint, *, of_any_version: bool = False
    ) -> Iterator[tuple[str, ...]]:
        """Hold the run lock, with what earlier runs left half way finished first; gives the run ids finished.

        Raises:
            LockedError: another process holds it.
            StoreError: what was left cannot be finished, the disk refuses, or an older schema version made the tables
                and they are not here (``of_any_version``) to be upgraded.
        """
        with durable.refusals(f"{str(self.layout.clean)!r}"), run_lock(self.layout.lock, command) as dead:
            self._locked = True
            try:
                finished = roll_forward(self.layout, checkpoint)
                self.repairs = _repairs(dead, finished)
                if not of_any_version and (older := self.older_tables()):
                    message = f"table {older[0]!r} was made by an older Broadsheet: run 'broadsheet upgrade' first"
                    raise StoreError(message, table=older[0])
                yield finished
            finally:
                self._locked = False

    def older_tables(self) -> list[str]:
        """Return the tables that an older schema version made: they can be read, and not written before an upgrade."""
        return [name for name in TABLES if _version_of(self.layout.table(name)) < SCHEMA_VERSION]

    def add_columns(self, table: str) -> None:
        """Add the columns to ``table`` that an older version did not know; its files, written without, have nulls."""
        found = DeltaTable(self.layout.table(table))
        known = {field.name for field in found.schema().fields}
        wanted = DeltaSchema.from_arrow(TABLES[table].schema)
        missing = [field for field in wanted.fields if field.name not in known]
        if missing:
            found.alter.add_columns(missing)

    def mark_version(self, table: str) -> None:
        """Say of ``table`` that the present schema version made it."""
        marks = {_VERSION_KEY: str(SCHEMA_VERSION)}
        DeltaTable(self.layout.table(table)).alter.set_table_properties(marks, raise_if_not_exists=False)

    def snapshot(self) -> Snapshot:
        """Return all tables as the newest finished publication left them."""
        return newest_snapshot(self.layout)

    def known_dump_ids(self) -> KnownIds:
        """Return the dump ids read before, as a set that worker processes can share. Inside :meth:`locked` only."""
        self._needs_lock()
        return known_ids(self.snapshot())

    def next_sequence(self) -> int:
        """Return the number of the next publication, from 1.

        Manifests and the logs of all tables are asked, so a lost ``_state`` does not start again at 1.
        """
        numbers = [int(path.name[:8]) for path in (*finished(self.layout), *pending(self.layout))]
        numbers += [opened(self.layout.table(name)).transaction_version(APP_ID) or 0 for name in TABLES]
        return max(numbers, default=0) + 1

    def stage(self, run_id: str, table: str, batches: Iterable[pa.RecordBatch]) -> tuple[Addition, ...]:
        """Write rows of a coming publication where no reader looks; see :func:`pipeline.store.staging.stage`."""
        self._needs_lock()
        files: tuple[DataFile, ...] = stage(self.layout, run_id, table, batches)
        return staged_additions(self.layout, run_id, table, files)

    def publish(self, publication: Publication, checkpoint: Checkpoint = no_checkpoint) -> dict[str, int]:
        """Make a publication visible, all of it or nothing; return the Delta version of every table.

        Raises:
            LawBrokenError: the books do not balance; nothing was published.
            StoreError: its number is not the next one, an earlier one is unfinished, a staged file is missing, or the
                disk refuses.
        """
        self._needs_lock()
        if pending(self.layout):
            raise StoreError("an earlier publication is unfinished: leave the lock and take it again, that finishes it")
        wanted = self.next_sequence()
        if publication.run.sequence != wanted:
            message = (
                f"publication {publication.run.run_id!r} has number {publication.run.sequence}, the next is {wanted}"
            )
            raise StoreError(message, run_id=publication.run.run_id)
        check_changes(self.snapshot(), publication.changes)
        return publish(self.layout, publication, checkpoint)

    def _needs_lock(self) -> None:
        if not self._locked:
            raise StoreError("the tables are changed only while the run lock is held: use Store.locked()")


def _repairs(dead: str | None, finished: tuple[str, ...]) -> tuple[str, ...]:
    ended = [f"{dead} ended before it was done: what it had not decided is begun afresh"] if dead else []
    return (*ended, *(f"publication {run_id}, left half way, was finished" for run_id in finished))


def _open_table(layout: Layout, spec: Table, *, create: bool) -> None:
    root = layout.table(spec.name)
    if not DeltaTable.is_deltatable(root):
        if not create:
            message = (
                f"{str(layout.clean)!r} holds no table {spec.name!r}: check --clean, or run `broadsheet run` first"
            )
            raise StoreError(message, table=spec.name)
        durable.make_folder(root)
        _create(root, spec)
        return
    version = _version_of(root)
    if version > SCHEMA_VERSION:
        message = (
            f"table {spec.name!r} has schema version {version}, this Broadsheet writes {SCHEMA_VERSION}:"
            " install the newer one"
        )
        raise StoreError(message, table=spec.name, version=version)


def _version_of(root: Path) -> int:
    return int(opened(root).metadata().configuration.get(_VERSION_KEY, "1"))


def _create(root: Path, spec: Table) -> None:
    DeltaTable.create(
        root,
        spec.schema,
        mode="ignore",
        partition_by=[PARTITION],
        name=spec.name,
        description=spec.meaning,
        configuration={_VERSION_KEY: str(SCHEMA_VERSION)},
        raise_if_key_not_exists=False,
    )
    durable.flush(root / "_delta_log")
