"""The tables as a publication not made yet would leave them: to check it by, and to make its index."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.store.footer import DataFile
from pipeline.store.manifest import TableChange
from pipeline.store.reader import Snapshot, TableFile
from pipeline.store.schema import TABLES


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedSnapshot(Snapshot):
    """A snapshot with ``changes`` (by table) on top: files they remove are not there, staged ones are."""

    changes: Mapping[str, TableChange]

    def files(self, table: str, dates: Collection[dt.date] | None = None) -> tuple[TableFile, ...]:
        """Return the data files ``table`` will have, sorted by path; of ``dates`` only where given."""
        change = self.changes.get(table, TableChange())
        gone = {removed.path for removed in change.removed}
        stay = [file for file in Snapshot.files(self, table, dates) if file.path not in gone]
        come = [_table_file(added.file, TABLES[table].key) for added in change.added]
        return tuple(
            sorted([*stay, *(file for file in come if dates is None or file.date in dates)], key=lambda file: file.path)
        )

    def locate(self, table: str, path: str) -> Path:
        """Return where a file is now: staged, or where the snapshot below finds it.

        Raises:
            StoreError: it is nowhere.
        """
        for added in self.changes.get(table, TableChange()).added:
            staged = self.layout.state / added.staged
            if added.file.path == path and staged.exists():
                return staged
        return Snapshot.locate(self, table, path)


def planned(snapshot: Snapshot, changes: Mapping[str, TableChange]) -> PlannedSnapshot:
    """Return ``snapshot`` as it will be after ``changes``."""
    return PlannedSnapshot(layout=snapshot.layout, versions=snapshot.versions, changes=changes)


def _table_file(file: DataFile, key: str) -> TableFile:
    stats = json.loads(file.stats)
    return TableFile(
        path=file.path,
        size_bytes=file.size_bytes,
        rows=file.rows,
        least=stats["minValues"].get(key),
        most=stats["maxValues"].get(key),
    )
