"""Many arrays in one file, mapped and not read: what an index segment is made of.

The file begins and ends with ``MAGIC``. Arrays lie between, each on a multiple of 64 bytes, so that numpy works on them
in place; before the end stand their names, types and places as JSON, and its length in eight bytes. So blocks of an
array can be written as they are made, and a file that was cut short or begun by something else is known at once.
"""

from __future__ import annotations

import json
import mmap
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import StoreError

Array = NDArray[Any]

MAGIC = b"BSINDEX3"
_ALIGNED = 64


class ArrayWriter:
    """Writes arrays to a new file one after the other; :meth:`close` makes it whole."""

    def __init__(self, path: Path) -> None:
        self._path, self._sink = path, path.open("wb")
        self._sink.write(MAGIC)
        self._places: dict[str, tuple[str, int, int]] = {}

    def add(self, name: str, values: Array) -> None:
        """Write an array of one dimension."""
        self.add_blocks(name, values.dtype, [values])

    def add_blocks(self, name: str, dtype: np.dtype[Any], blocks: Iterable[Array]) -> None:
        """Write an array that comes in blocks; holds one of them."""
        self._sink.write(b"\0" * (-self._sink.tell() % _ALIGNED))
        start, count = self._sink.tell(), 0
        for block in blocks:
            self._sink.write(np.ascontiguousarray(block, dtype=dtype).data)
            count += len(block)
        self._places[name] = (dtype.str, start, count)

    def reserve(self, name: str, dtype: np.dtype[Any], count: int) -> Array:
        """Return room in the file for an array, to be filled in any order before :meth:`close`: mapped, not held."""
        self._sink.write(b"\0" * (-self._sink.tell() % _ALIGNED))
        start = self._sink.tell()
        self._places[name] = (dtype.str, start, count)
        if not count:
            return np.empty(0, dtype=dtype)
        self._sink.seek(count * dtype.itemsize, os.SEEK_CUR)
        self._sink.truncate()
        return np.memmap(self._path, dtype=dtype, mode="r+", offset=start, shape=(count,))

    def close(self, metadata: Mapping[str, Any]) -> None:
        """Write where everything is, and ``metadata`` (anything that JSON holds)."""
        footer = json.dumps({"metadata": dict(metadata), "arrays": self._places}, sort_keys=True).encode()
        self._sink.write(footer + len(footer).to_bytes(8, "little") + MAGIC)
        self._sink.close()


def open_arrays(path: Path) -> tuple[dict[str, Any], dict[str, Array]]:
    """Return the metadata and the arrays of a file, mapped and read-only.

    Raises:
        StoreError: it is no such file, or not whole.
    """
    try:
        with path.open("rb") as source:
            mapped = mmap.mmap(source.fileno(), 0, access=mmap.ACCESS_READ)
        end = len(mapped) - len(MAGIC) - 8
        if mapped[: len(MAGIC)] != MAGIC or mapped[end + 8 :] != MAGIC:
            raise ValueError("it is not whole, or of another version")
        size = int.from_bytes(mapped[end : end + 8], "little")
        footer = json.loads(mapped[end - size : end])
        arrays = {
            name: np.frombuffer(mapped, dtype=dtype, count=count, offset=start)
            for name, (dtype, start, count) in footer["arrays"].items()
        }
    except (OSError, ValueError, KeyError, TypeError) as exc:
        message = f"index segment {str(path)!r} cannot be read ({exc}): run 'broadsheet index rebuild'"
        raise StoreError(message, source=str(path)) from exc
    return footer["metadata"], arrays


def narrow(values: NDArray[np.int64]) -> Array:
    """Return whole numbers from 0 on in the smallest type that holds them all."""
    return values.astype(np.min_scalar_type(int(values.max(initial=0))))
