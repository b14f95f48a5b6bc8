"""What a run counts: the records that ``pipeline.run`` fills and every report reads. Standard library only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a stage of a running run is: ``done`` of ``total`` of its ``unit`` (dumps, files, bytes …)."""

    stage: str
    done: int
    total: int
    unit: str

    @property
    def percent(self) -> float:
        """Part done, 0 to 100; a stage with nothing to do is done.

        >>> Progress(stage="clean", done=30, total=120, unit="dumps").percent
        25.0
        """
        return min(100.0, 100.0 * self.done / self.total) if self.total > 0 else 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class StageTime:
    """Seconds a stage took: by the clock, and of processor time summed over all workers."""

    wall_seconds: float
    cpu_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceCount:
    """What one source gave: a site, or the top folder of dumps without one.

    All fields but ``source`` add up, so a report may hold one count a source or one a source and shard.
    """

    source: str
    records: int
    articles: int
    duplicates: int
    quarantined: int
    lines: int  # of all its dumps, blank lines left out
    kept_lines: int  # lines whose text is in an article or a duplicate
    with_date: int  # articles and duplicates with a published_date


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReport:
    """The books of one run.

    ``records`` are dumps read for the first time; their segments are ``articles``, ``duplicates`` and ``quarantined``.
    ``already_done`` and ``skipped`` inputs come on top. ``published`` is False where there was nothing new to publish.
    ``stale_rows`` are records of earlier runs that were cleaned with other rules. ``repairs`` tells what an earlier run
    left undone, and what was done about it.
    """

    run_id: str
    sequence: int
    as_of: dt.date
    started_at: dt.datetime
    finished_at: dt.datetime
    records: int
    already_done: int
    skipped: int
    articles: int
    duplicates: int
    duplicates_by_relation: Mapping[str, int]
    quarantined: int
    quarantined_by_reason: Mapping[str, int]
    relations_by_kind: Mapping[str, int]
    removed_lines_by_class: Mapping[str, int]
    sources: tuple[SourceCount, ...]
    timings: Mapping[str, StageTime]
    peak_rss_mib: float
    bytes_read: int
    stale_rows: int
    published: bool
    repairs: tuple[str, ...] = ()

    @property
    def outcomes(self) -> int:
        """Segments and whole records that were decided: articles, duplicates and quarantined together."""
        return self.articles + self.duplicates + self.quarantined

    @property
    def quarantined_percent(self) -> float:
        """Part of all outcomes that was quarantined, 0 to 100: what ``max_quarantined`` is compared with.

        Of outcomes and not of records, because a page of five stories may lose one of them.
        """
        return 100.0 * self.quarantined / self.outcomes if self.outcomes else 0.0

    @property
    def wall_seconds(self) -> float:
        """Seconds from start to finish, by the clock."""
        return (self.finished_at - self.started_at).total_seconds()

    @property
    def records_per_second(self) -> float:
        """Dumps read a second of wall time; 0 for a run too short to measure."""
        return self.records / self.wall_seconds if self.wall_seconds > 0 else 0.0
