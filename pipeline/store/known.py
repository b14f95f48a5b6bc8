"""Dump ids that were read before: a sorted file, memory-mapped, that all worker processes share."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from pipeline.errors import StoreError
from pipeline.store import durable
from pipeline.store.reader import Snapshot

_ID: Final = np.dtype("S16")


class KnownIds:
    """A set of 128-bit ids, looked up by binary search in a mapped file. Pickles as its path.

    16 bytes an id on disk and none of it counted as the process's own memory.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        # An empty file cannot be mapped.
        self._ids = np.memmap(path, dtype=_ID, mode="r") if path.stat().st_size else np.empty(0, _ID)

    def __reduce__(self) -> tuple[type[KnownIds], tuple[Path]]:
        return KnownIds, (self._path,)

    def __len__(self) -> int:
        return len(self._ids)

    def __contains__(self, dump_id: object) -> bool:
        return isinstance(dump_id, str) and bool(self.contains([dump_id])[0])

    @property
    def path(self) -> Path:
        """The file behind it."""
        return self._path

    def contains(self, dump_ids: Sequence[str]) -> np.ndarray:
        """Return for each hex id whether it is known: bool, shape (n_ids,)."""
        asked = packed(dump_ids)
        at = np.searchsorted(self._ids, asked)
        inside = at < len(self._ids)
        found = np.zeros(len(asked), dtype=bool)
        found[inside] = self._ids[at[inside]] == asked[inside]
        return found


def packed(ids: Iterable[str]) -> np.ndarray:
    """Return hex ids of 32 characters as raw bytes: S16, shape (n_ids,).

    Raises:
        StoreError: one is no such id.
    """
    listed = list(ids)
    try:
        raw = bytes.fromhex("".join(listed))
    except ValueError:
        raw = b""
    if len(raw) != 16 * len(listed) or any(len(one) != 32 for one in listed):
        wrong = next((one for one in listed if len(one) != 32), listed[0])
        raise StoreError(f"{wrong!r} is no dump id: expected 32 hex digits", dump_id=wrong)
    return np.frombuffer(raw, dtype=_ID)


def known_ids(snapshot: Snapshot) -> KnownIds:
    """Return the ids of all rows of ``records``. The caller holds the lock.

    The file is kept beside the list of data files it was made from: if those are all still there, only the newer ones
    are read and merged in; otherwise it is made anew. Holds a byte an id while merging, sorting happens in the map.

    Raises:
        StoreError: a data file is damaged.
    """
    folder = snapshot.layout.known
    durable.make_folder(folder)
    paths = {file.path: file.rows for file in snapshot.files("records")}
    ids, made_from = folder / "dump_ids", folder / "dump_ids.json"
    before = _made_from(made_from, ids)
    fresh = sorted(set(paths) - before)
    if before and before == set(paths):
        return KnownIds(ids)
    if not before <= set(paths):
        before, fresh = set(), sorted(paths)
    # Removed first: a crash must leave no list beside ids that it does not describe.
    made_from.unlink(missing_ok=True)
    beside = ids.with_name("dump_ids.tmp")
    old = KnownIds(ids)._ids if before else np.empty(0, _ID)
    _merge(old, _read(snapshot, fresh), sum(paths[path] for path in fresh), beside)
    durable.flush(beside)
    durable.rename(beside, ids)
    durable.write(made_from, json.dumps(sorted(paths)).encode())
    return KnownIds(ids)


def _made_from(path: Path, ids: Path) -> set[str]:
    if not (path.exists() and ids.exists()):
        return set()
    return set(json.loads(path.read_bytes()))


def _read(snapshot: Snapshot, paths: Iterable[str]) -> Iterator[np.ndarray]:
    for path in paths:
        for batch in snapshot.read_file("records", path, ["dump_id"]):
            yield packed(batch.column(0).to_pylist())


def _merge(old: np.ndarray, batches: Iterator[np.ndarray], count: int, target: Path) -> None:
    """Write ``old`` (sorted) and the ``count`` ids of ``batches`` (any order) to ``target``, sorted."""
    total = len(old) + count
    if not total:
        target.write_bytes(b"")
        return
    merged = np.memmap(target, dtype=_ID, mode="w+", shape=(total,))
    at = 0
    new = merged if not len(old) else np.empty(count, _ID)
    for batch in batches:
        new[at : at + len(batch)] = batch
        at += len(batch)
    new.sort()
    if len(old):
        places = np.searchsorted(old, new) + np.arange(count)
        from_old = np.ones(total, dtype=bool)
        from_old[places] = False
        merged[places] = new
        merged[from_old] = old
    merged.flush()
