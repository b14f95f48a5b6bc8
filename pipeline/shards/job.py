"""What a worker is given: a shard of the input, and what is known to be wrong with it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Container
from dataclasses import dataclass
from pathlib import Path

from pipeline.limits import Limits
from pipeline.read import Listed, Source
from pipeline.records import Reason
from pipeline.settings import SourceSettings
from pipeline.shards.bookmark import Place, read_place
from pipeline.shards.wanted import Wanted
from pipeline.store.known import KnownIds
from pipeline.store.schema import Stamps


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """A record that has ended its worker twice, the second time alone: reported, not looked at again.

    ``dump_id`` None means that the worker ended while it looked for the next record of ``path``: all that comes after
    the first ``passed`` ones is lost.
    """

    path: str
    dump_id: str | None
    passed: int
    reason: Reason
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShardJob:
    """What a worker needs for one shard: small, picklable, no texts.

    ``apart`` are dumps left out because they are looked at alone, by a job that has them as ``only``. ``tries`` counts
    the workers that this very job has ended. ``wanted``: the only dumps to look at, each with the as-of it was first
    read at (None: all). ``tells_known``: the worker writes down which of ``known`` it came by.
    """

    number: int
    sources: tuple[Listed, ...]
    folder: Path
    known: KnownIds
    stamps: Stamps
    as_of: dt.date
    limits: Limits
    min_words: int
    profiles: tuple[SourceSettings, ...]
    keep_removals: bool
    templates: Path | None = None
    apart: frozenset[str] = frozenset()
    only: str | None = None
    losses: tuple[Loss, ...] = ()
    tries: int = 0
    wanted: Wanted | None = None
    tells_known: bool = False

    @property
    def size_bytes(self) -> int:
        """Bytes of the shard's files as listed."""
        return sum(source.size_bytes for source in self.sources if isinstance(source, Source))

    @property
    def bookmark(self) -> Path:
        """The file in which the worker notes where it is."""
        return self.folder / "place"

    def is_elsewhere(self, dump_id: str) -> bool:
        """Whether another job, or none, looks at this dump."""
        if self.wanted is not None and dump_id not in self.wanted:
            return True
        return dump_id in self.apart or (self.only is not None and dump_id != self.only)

    def as_of_of(self, dump_id: str) -> dt.date:
        """Return the as-of to clean a dump with: that of the run that first read it."""
        return (self.wanted.first_as_of(dump_id) if self.wanted is not None else None) or self.as_of


def place_of(job: ShardJob) -> Place | None:
    """Return where the worker of ``job`` is or was; None before its first note."""
    return read_place(job.bookmark)


class Seen:
    """The dumps not to look at: of earlier runs, of this shard so far, and those another job has.

    One path under two roots, with equal bytes, is one dump.
    """

    def __init__(self, job: ShardJob) -> None:
        self._job = job
        self._earlier: Container[str] = job.known
        self._here: set[str] = set()

    def __contains__(self, dump_id: object) -> bool:
        if not isinstance(dump_id, str):
            return False
        return self._job.is_elsewhere(dump_id) or dump_id in self._here or dump_id in self._earlier

    def add(self, dump_id: str) -> None:
        """Remember a dump of this shard."""
        self._here.add(dump_id)

    def is_done(self, dump_id: str) -> bool:
        """Whether the dump is told of already: not left to another job."""
        return not self._job.is_elsewhere(dump_id)
