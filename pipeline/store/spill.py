"""Rows sorted into heaps by a key, in bounded memory: what does not fit waits in scratch files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

# Held rows are written out together when they pass this; each append costs an open and a schema, so not smaller.
HELD_BYTES: Final = 48 << 20
# What a row weighs beside its strings and lists: two dozen fixed values and offsets.
_ROW_BYTES: Final = 200
_ITEM_BYTES: Final = 16


def row_bytes(rows: pa.RecordBatch | pa.Table) -> np.ndarray:
    """Return the weight of each row in bytes, int64, shape (n_rows,).

    It depends on the row alone, unlike Arrow's own buffer sizes, which depend on the batch: so the number of files a
    table is cut into does not change with the order rows arrive in.
    """
    total = np.full(rows.num_rows, _ROW_BYTES, dtype=np.int64)
    for column in rows.columns:
        if pa.types.is_string(column.type):
            total += pc.fill_null(pc.binary_length(column), 0).to_numpy(zero_copy_only=False)
        elif pa.types.is_list(column.type):
            total += _ITEM_BYTES * pc.fill_null(pc.list_value_length(column), 0).to_numpy(zero_copy_only=False)
    return total


class Spill:
    """Heaps of rows by key. Holds at most ``held_bytes`` of rows in memory (and one batch), the rest under ``folder``.

    Inside a heap the order of arrival is kept. The folder is the caller's to remove.
    """

    def __init__(self, folder: Path, *, held_bytes: int = HELD_BYTES) -> None:
        self._folder = folder
        self._held_bytes = held_bytes
        self._held: defaultdict[str, list[pa.RecordBatch]] = defaultdict(list)
        self._holding = 0
        self._sizes: defaultdict[str, int] = defaultdict(int)

    def add(self, key: str, batch: pa.RecordBatch) -> None:
        """Put ``batch`` on the heap ``key``."""
        size = int(row_bytes(batch).sum())
        self._held[key].append(batch)
        self._sizes[key] += size
        self._holding += size
        if self._holding > self._held_bytes:
            self._write_out()

    def keys(self) -> list[str]:
        """The keys of all heaps, sorted."""
        return sorted(self._sizes)

    def size_bytes(self, key: str) -> int:
        """Weight of a heap, as :func:`row_bytes` counts."""
        return self._sizes[key]

    def read(self, key: str) -> Iterator[pa.RecordBatch]:
        """Give back the batches of a heap, one at a time, in order of arrival."""
        path = self._path(key)
        if path.exists():
            with pa.OSFile(str(path)) as source:
                while source.tell() < source.size():
                    with pa.ipc.open_stream(source) as stream:
                        yield from stream
        yield from self._held.get(key, ())

    def forget(self, key: str) -> None:
        """Free a heap that was read."""
        self._path(key).unlink(missing_ok=True)
        self._held.pop(key, None)
        self._sizes.pop(key, None)

    def _path(self, key: str) -> Path:
        return self._folder / f"{key}.arrows"

    def _write_out(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        options = pa.ipc.IpcWriteOptions(compression="lz4")
        for key, batches in self._held.items():
            rows = pa.Table.from_batches(batches).combine_chunks()
            # One whole stream an append: a stream cannot be reopened, and keeping a file open a date runs out of them.
            with self._path(key).open("ab") as sink, pa.ipc.new_stream(sink, rows.schema, options=options) as stream:
                stream.write_table(rows)
        self._held.clear()
        self._holding = 0
