"""The dumps that a backfill asks for, each with the as-of it was first read at: a mapped file all workers share."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from pipeline.store.known import packed

_ROW = np.dtype([("id", "S16"), ("day", "<i4")])
_EPOCH = dt.date(1970, 1, 1)


class Wanted:
    """A map of dump id to the as-of of the run that first read it, looked up by binary search. Pickles as its path.

    20 bytes a dump on disk, none of it counted as the process's own memory.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        # An empty file cannot be mapped.
        self._rows = np.memmap(path, dtype=_ROW, mode="r") if path.stat().st_size else np.empty(0, _ROW)

    def __reduce__(self) -> tuple[type[Wanted], tuple[Path]]:
        return Wanted, (self._path,)

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, dump_id: str) -> bool:
        return self.first_as_of(dump_id) is not None

    def first_as_of(self, dump_id: str) -> dt.date | None:
        """Return the as-of a dump was first read at, None for one that is not asked for."""
        asked = packed([dump_id])[0]
        at = int(np.searchsorted(self._rows["id"], asked))
        if at == len(self._rows) or self._rows["id"][at] != asked:
            return None
        return _EPOCH + dt.timedelta(days=int(self._rows["day"][at]))


def write_wanted(path: Path, first_as_of: Mapping[str, dt.date]) -> Wanted:
    """Write ``first_as_of`` by dump id to ``path`` and return it, mapped."""
    rows = np.empty(len(first_as_of), _ROW)
    rows["id"] = packed(first_as_of)
    rows["day"] = [(day - _EPOCH).days for day in first_as_of.values()]
    rows.sort(order="id")
    path.write_bytes(rows.tobytes())
    return Wanted(path)
