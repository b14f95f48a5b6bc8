"""One shard: read → segment → strip → describe over some sources, into files that the run goes on with.

A shard is the unit of parallel work. What goes in and comes out are paths and counts; rows travel in Arrow files, which
the run maps into memory. Holds one batch of rows at a time, whatever the shard's size.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import pyarrow as pa

from pipeline.clean import Cleaned, Cleaner
from pipeline.clean.templates import NO_TEMPLATES
from pipeline.errors import LawBrokenError, RecordError
from pipeline.learn import load_templates
from pipeline.limits import Limits
from pipeline.read import Known, Listed, Outcome, Source, read_source
from pipeline.records import Dump, QuarantineRow, Reason, RecordRow, Removal, Skipped, Unreadable
from pipeline.settings import SourceSettings
from pipeline.store.known import KnownIds
from pipeline.store.law import check_dump
from pipeline.store.schema import TABLES, Row, Stamps, rows_to_batch
from pipeline.tally import Tally, source_of
from pipeline.text import hash128

log = logging.getLogger(__name__)

BATCH_BYTES = 4 << 20  # of text and removals waiting to become Arrow
SHARD_TABLES = ("articles", "removals", "quarantine", "records")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShardJob:
    """What a worker needs to clean one shard: small, picklable, no texts."""

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

    @property
    def size_bytes(self) -> int:
        """Bytes of the shard's files as listed."""
        return sum(source.size_bytes for source in self.sources if isinstance(source, Source))


@dataclass(frozen=True, slots=True, kw_only=True)
class ShardResult:
    """Where a shard's rows lie (table → file), and what was counted."""

    number: int
    files: dict[str, Path]
    already_done: int
    tally: Tally
    bytes_read: int
    cpu_seconds: float
    rss_mib: float


@dataclass(slots=True)
class _Rows:
    """Rows waiting to be written, and the files they go to."""

    folder: Path
    stamps: Stamps
    waiting: dict[str, list[Row]] = field(default_factory=lambda: {table: [] for table in SHARD_TABLES})
    waiting_bytes: int = 0
    tally: Tally = field(default_factory=Tally)
    writers: dict[str, pa.ipc.RecordBatchFileWriter] = field(default_factory=dict)

    def add(self, table: str, rows: Sequence[Row], size_bytes: int = 0) -> None:
        self.waiting[table].extend(rows)
        self.waiting_bytes += size_bytes
        if self.waiting_bytes > BATCH_BYTES:
            self.flush()

    def flush(self) -> None:
        for table, rows in self.waiting.items():
            if rows:
                if table not in self.writers:
                    self.writers[table] = pa.ipc.new_file(str(self.folder / f"{table}.arrow"), TABLES[table].schema)
                self.writers[table].write_batch(rows_to_batch(table, rows, self.stamps))
                rows.clear()
        self.waiting_bytes = 0

    def close(self) -> dict[str, Path]:
        self.flush()
        for writer in self.writers.values():
            writer.close()
        return {table: self.folder / f"{table}.arrow" for table in self.writers}


def clean_shard(job: ShardJob) -> ShardResult:
    """Clean every record of a shard that is not known yet; return where the rows are.

    Raises:
        LawBrokenError: the lines of a dump do not add up: an error in Broadsheet, and nothing is published.
        StoreError: a row does not fit its table.
    """
    started = time.process_time()
    cleaner = _cleaner(job.limits, job.min_words)
    job.folder.mkdir(parents=True, exist_ok=True)
    rows = _Rows(job.folder, job.stamps)
    known = _Known(job.known)
    already_done = 0
    bytes_read = 0
    for source in job.sources:
        for item in _items(source, job, known):
            if isinstance(item, Known):
                already_done += 1
            elif isinstance(item, Dump):
                bytes_read += item.size_bytes
                known.add(item.dump_id)
                _add_dump(rows, item, job, cleaner)
            else:
                already_done += _add_unread(rows, item, job, known)
    files = rows.close()
    return ShardResult(
        number=job.number,
        files=files,
        already_done=already_done,
        tally=rows.tally,
        bytes_read=bytes_read,
        cpu_seconds=time.process_time() - started,
        rss_mib=peak_rss_mib(),
    )


class _Known:
    """The dumps of earlier runs and of this shard: one path under two roots, with equal bytes, is one dump."""

    def __init__(self, earlier: KnownIds) -> None:
        self._earlier = earlier
        self._here: set[str] = set()

    def __contains__(self, dump_id: object) -> bool:
        return dump_id in self._here or dump_id in self._earlier

    def add(self, dump_id: str) -> None:
        self._here.add(dump_id)


def _items(source: Listed, job: ShardJob, known: _Known) -> Iterable[Outcome]:
    if not isinstance(source, Source):
        return (source,)
    return read_source(source, job.limits, known, job.profiles)


@lru_cache(maxsize=1)
def _cleaner(limits: Limits, min_words: int) -> Cleaner:
    return Cleaner.load(limits=limits, min_words=min_words)


def _add_dump(rows: _Rows, dump: Dump, job: ShardJob, cleaner: Cleaner) -> None:
    started = time.process_time()
    templates = load_templates(job.templates) if job.templates is not None else NO_TEMPLATES
    cleaned = _guarded(dump, job.as_of, lambda: cleaner.clean(dump, job.as_of, templates))
    _check(dump, cleaned)
    removed = Counter(removal.line_class for removal in cleaned.removals)
    record = RecordRow(
        dump_id=dump.dump_id,
        date=cleaned.crawl_date or job.as_of,
        source_path=dump.source_path,
        source_record=dump.source_record,
        source_id=dump.source_id,
        bytes=dump.size_bytes,
        line_count=len(cleaned.lines),
        kind=dump.kind,
        encoding=dump.encoding,
        crawl_date=cleaned.crawl_date,
        first_as_of=job.as_of,
        articles=len(cleaned.articles),
        duplicates=0,
        quarantined=len(cleaned.quarantined),
        reason=None,
        removed_by_class=json.dumps(dict(sorted(removed.items()))),
        seconds=round(time.process_time() - started, 6),
        rss_mib=peak_rss_mib(),
    )
    _count(rows.tally, dump, cleaned)
    size = sum(map(len, cleaned.lines))
    rows.add("records", [record])
    rows.add("quarantine", cleaned.quarantined)
    if job.keep_removals:
        rows.add("removals", cleaned.removals, size)
    rows.add("articles", cleaned.articles, size)


def _count(tally: Tally, dump: Dump, cleaned: Cleaned) -> None:
    in_articles = {number for article in cleaned.articles for number in article.kept_lines}
    in_text = in_articles | {number for row in cleaned.quarantined for number in row.kept_lines}
    tally.records += 1
    tally.quarantined += len(cleaned.quarantined)
    tally.reasons.update(str(row.reason) for row in cleaned.quarantined)
    tally.removed.update(str(one.line_class) for one in cleaned.removals if one.line_no not in in_text)
    site = next((article.site for article in cleaned.articles), dump.site)
    counts = {
        "records": 1,
        "quarantined": len(cleaned.quarantined),
        "lines": sum(1 for line in cleaned.lines if line.strip()),
        "kept_lines": len(in_articles),
    }
    tally.count_source(source_of(site, dump.source_path), counts)


def _guarded(dump: Dump, as_of: dt.date, work: Callable[[], Cleaned]) -> Cleaned:
    """Return what ``work`` returns; where it fails, the dump quarantined with the reason."""
    try:
        return work()
    except RecordError as exc:
        return _lost(dump, as_of, Reason(str(exc.facts.get("reason", Reason.BAD_RECORD))), exc.message)
    except MemoryError:
        return _lost(dump, as_of, Reason.MEMORY, "out of memory while cleaning")
    except Exception as exc:
        log.exception("cleaning %s failed", dump.source_path)
        return _lost(dump, as_of, Reason.CRASH, f"{type(exc).__name__}: {exc}"[:500])


def _lost(dump: Dump, as_of: dt.date, reason: Reason, message: str) -> Cleaned:
    row = QuarantineRow(
        dump_id=dump.dump_id,
        date=dump.crawl_date or as_of,
        source_path=dump.source_path,
        source_record=dump.source_record,
        stage="clean",
        reason=reason,
        message=message,
    )
    return Cleaned(lines=(), crawl_date=dump.crawl_date, quarantined=(row,))


def _check(dump: Dump, cleaned: Cleaned) -> None:
    """Hold the dump's lines against what was kept and removed of them."""
    kept = [article.kept_lines for article in cleaned.articles] + [row.kept_lines for row in cleaned.quarantined]
    in_text = {number for numbers in kept for number in numbers}
    removed = {removal.line_no for removal in cleaned.removals}
    check_dump(
        dump.dump_id,
        [number for number, line in enumerate(cleaned.lines, 1) if line.strip()],
        kept=kept,
        removed=sorted(removed - in_text),
        cut=sorted(removed & in_text),
    )
    _check_whole(dump, cleaned.lines, [one for one in cleaned.removals if one.line_no not in in_text])


def _check_whole(dump: Dump, lines: Sequence[str], removals: Sequence[Removal]) -> None:
    """Check that the removals of a line no text keeps make up the whole of it."""
    taken = Counter[int]()
    for removal in removals:
        taken[removal.line_no] += removal.end - removal.start
        if lines[removal.line_no - 1][removal.start : removal.end] != removal.text:
            message = f"line {removal.line_no} of dump {dump.dump_id!r}: the removal is not what the line says"
            raise LawBrokenError(message, dump_id=dump.dump_id, line=removal.line_no)
    for number, size in taken.items():
        if size != len(lines[number - 1]):
            message = (
                f"line {number} of dump {dump.dump_id!r} has {len(lines[number - 1])} characters, {size} were removed"
            )
            raise LawBrokenError(message, dump_id=dump.dump_id, line=number)


def _add_unread(rows: _Rows, item: Skipped | Unreadable, job: ShardJob, known: _Known) -> int:
    """Add the rows of an input that gave no dump; return 1 if an earlier run has already told of it."""
    if isinstance(item, Skipped):
        dump_id = hash128("skipped", item.source_path, item.source_record or "", item.reason)
        size, date, reason = 0, None, item.reason
    else:
        dump_id, size, date, reason = item.dump_id, item.size_bytes, item.crawl_date, None
    if dump_id in known:
        return 1
    known.add(dump_id)
    record = RecordRow(
        dump_id=dump_id,
        date=date or job.as_of,
        source_path=item.source_path,
        source_record=item.source_record,
        source_id=None,
        bytes=size,
        line_count=0,
        kind="skipped" if isinstance(item, Skipped) else "unreadable",
        encoding=None,
        crawl_date=date,
        first_as_of=job.as_of,
        articles=0,
        duplicates=0,
        quarantined=0 if isinstance(item, Skipped) else 1,
        reason=reason,
        removed_by_class=None,
        seconds=0.0,
        rss_mib=peak_rss_mib(),
    )
    rows.add("records", [record])
    if isinstance(item, Skipped):
        rows.tally.skipped += 1
    else:
        rows.tally.records += 1
        rows.tally.quarantined += 1
        rows.tally.reasons[str(item.reason)] += 1
        counts = {"records": 1, "quarantined": 1}
        rows.tally.count_source(source_of(None, item.source_path), counts)
        rows.add("quarantine", [_unreadable_row(item, date or job.as_of)])
    return 0


def _unreadable_row(item: Unreadable, date: dt.date) -> QuarantineRow:
    return QuarantineRow(
        dump_id=item.dump_id,
        date=date,
        source_path=item.source_path,
        source_record=item.source_record,
        stage="read",
        reason=item.reason,
        message=item.message,
        byte_start=item.byte_start,
        byte_end=item.byte_end,
    )


def peak_rss_mib() -> float:
    """Return the highest resident memory of this process so far, in MiB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (1 << 20 if sys.platform == "darwin" else 1 << 10), 1)
