"""The plan of a publication, on disk before anything visible happens: what it says is then done, never recomputed.

``_state/manifests/00000007.json`` is an unfinished one, ``00000007.done.json`` a finished one, kept for ``restore``.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import types
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pipeline.errors import StoreError
from pipeline.records import RunRow
from pipeline.store import durable
from pipeline.store.footer import DataFile
from pipeline.store.layout import Layout

_FORMAT: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Addition:
    """A file that joins a table. ``staged`` is where it waits, relative to ``_state``."""

    file: DataFile
    staged: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovedFile:
    """A file that leaves a table; ``path`` is relative to the table's root."""

    path: str
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TableChange:
    """What a publication does to one table, in one commit."""

    added: tuple[Addition, ...] = ()
    removed: tuple[RemovedFile, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivateMove:
    """A file or folder of private state to put in place; both paths are relative to ``_state``."""

    staged: str
    final: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """What becomes visible together.

    ``run`` is its row of ``runs`` (``table_versions`` is filled in last), ``changes`` the other tables it touches,
    ``private`` state to move into place and ``private_removed`` state files to delete (relative to ``_state``).
    """

    run: RunRow
    changes: Mapping[str, TableChange]
    private: tuple[PrivateMove, ...] = ()
    private_removed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """A publication with the time it was decided: the same on every try to finish it."""

    publication: Publication
    created_at: dt.datetime

    @property
    def sequence(self) -> int:
        """Number of the publication, from 1."""
        return self.publication.run.sequence

    @property
    def created_ms(self) -> int:
        """Time of the decision in milliseconds since 1970, as the Delta log writes times."""
        return int(self.created_at.timestamp() * 1000)


def write_manifest(layout: Layout, manifest: Manifest) -> Path:
    """Put the manifest on disk, whole or not at all; from here on the publication will happen. Returns its path."""
    path = pending_path(layout, manifest.sequence)
    durable.write(path, json.dumps(_to_json(manifest), ensure_ascii=False, indent=1).encode())
    return path


def read_manifest(path: Path) -> Manifest:
    """Return a manifest from disk.

    Raises:
        StoreError: it cannot be read, or a newer Broadsheet wrote it.
    """
    try:
        raw = json.loads(path.read_bytes())
        if raw["format"] > _FORMAT:
            message = f"manifest {path.name!r} was written by a newer Broadsheet (format {raw['format']}): use that one"
            raise StoreError(message, path=str(path))
        return _from_json(raw)
    except (OSError, ValueError, KeyError, TypeError) as exc:
        raise StoreError(f"manifest {str(path)!r} cannot be read: {exc!r}", path=str(path)) from exc


def pending_path(layout: Layout, sequence: int) -> Path:
    """Where an unfinished manifest lies."""
    return layout.manifests / f"{sequence:08d}.json"


def done_path(layout: Layout, sequence: int) -> Path:
    """Where a finished manifest lies."""
    return layout.manifests / f"{sequence:08d}.done.json"


def pending(layout: Layout) -> list[Path]:
    """Unfinished manifests, oldest first."""
    return sorted(path for path in layout.manifests.glob("*.json") if not path.name.endswith(".done.json"))


def finished(layout: Layout) -> list[Path]:
    """Finished manifests, oldest first."""
    return sorted(layout.manifests.glob("*.done.json"))


def _to_json(manifest: Manifest) -> dict[str, object]:
    plan = manifest.publication
    return {
        "format": _FORMAT,
        "created_at": manifest.created_at.isoformat(),
        "run": {name: _plain(value) for name, value in _fields(plan.run).items()},
        "changes": {table: dataclasses.asdict(change) for table, change in sorted(plan.changes.items())},
        "private": [dataclasses.asdict(move) for move in plan.private],
        "private_removed": list(plan.private_removed),
    }


def _from_json(raw: Mapping[str, Any]) -> Manifest:
    run = dict(raw["run"])
    run["date"] = dt.date.fromisoformat(run["date"])
    run |= {name: dt.datetime.fromisoformat(run[name]) for name in ("started_at", "finished_at")}
    publication = Publication(
        run=RunRow(**run),
        changes=types.MappingProxyType({table: _change(found) for table, found in raw["changes"].items()}),
        private=tuple(PrivateMove(**move) for move in raw["private"]),
        private_removed=tuple(raw["private_removed"]),
    )
    return Manifest(publication=publication, created_at=dt.datetime.fromisoformat(raw["created_at"]))


def _change(raw: Mapping[str, Any]) -> TableChange:
    added = (Addition(file=DataFile(**found["file"]), staged=found["staged"]) for found in raw["added"])
    return TableChange(added=tuple(added), removed=tuple(RemovedFile(**found) for found in raw["removed"]))


def _fields(row: RunRow) -> dict[str, Any]:
    return {field.name: getattr(row, field.name) for field in dataclasses.fields(row)}


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, dt.date) else value
