"""Where a worker is: a few bytes in a file mapped into memory, which outlive the worker however it dies.

A dead worker cannot say which record killed it, so it notes each record before it looks at it. The note costs a
microsecond; the run reads it when a worker has died, and while one works, to see that it gets on.
"""

from __future__ import annotations

import mmap
import struct
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

# Notes made, source of the shard, records of it passed, id of the record being looked at (blank: none yet).
_NOTE: Final = struct.Struct("<QQQ32s")
FRAMING_PATIENCE: Final = 10.0
"""How much longer than at a record a worker may be between two: there is a large file to find the next one in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a worker is or died: at the ``source``-th source of its shard, ``passed`` records behind it.

    ``dump_id`` is the record it was looking at; None while it looked for the next one. ``notes`` grows by every step.
    """

    notes: int
    source: int
    passed: int
    dump_id: str | None

    @property
    def patience(self) -> float:
        """How many times the limits of a record a worker may take here."""
        return FRAMING_PATIENCE if self.dump_id is None else 1.0


class Bookmark:
    """The place of one worker, kept up to date; a context manager."""

    def __init__(self, path: Path) -> None:
        path.write_bytes(bytes(_NOTE.size))
        with path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), _NOTE.size)
        self._notes = 0
        self._source = 0
        self._passed = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._map.close()

    def open_source(self, number: int) -> None:
        """Note that the ``number``-th source of the shard (from 0) is begun."""
        self._source, self._passed = number, 0
        self._note(b"")

    def begin(self, dump_id: str) -> None:
        """Note the record that is now looked at."""
        self._note(dump_id.encode())

    def pass_record(self) -> None:
        """Note that a record is done with, and the next one looked for."""
        self._passed += 1
        self._note(b"")

    def _note(self, dump_id: bytes) -> None:
        self._notes += 1
        _NOTE.pack_into(self._map, 0, self._notes, self._source, self._passed, dump_id)


def read_place(path: Path) -> Place | None:
    """Return the place a bookmark tells; None where there is no bookmark or nothing was begun."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return None
    if len(raw) < _NOTE.size:
        return None
    notes, source, passed, dump_id = _NOTE.unpack(raw[: _NOTE.size])
    if not notes:
        return None
    return Place(notes=notes, source=source, passed=passed, dump_id=dump_id.rstrip(b"\0").decode("ascii") or None)
