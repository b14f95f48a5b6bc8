"""One shard: read → segment → strip → describe over some sources, into files that the run goes on with.

A shard is the unit of parallel work. What goes in and comes out are paths and counts; rows travel in Arrow files, which
the run maps into memory. Holds one batch of rows at a time, whatever the shard's size.
"""

from __future__ import annotations

import datetime as dt
import gc
import json
import logging
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TypeAlias

import numpy as np
import pyarrow as pa

from pipeline.clean import Cleaned, Cleaner
from pipeline.clean.templates import NO_TEMPLATES, Templates
from pipeline.errors import LawBrokenError, RecordError
from pipeline.limits import Limits
from pipeline.read import Known
from pipeline.records import Dump, QuarantineRow, Reason, RecordRow, Removal, Skipped, Unreadable
from pipeline.shards.bookmark import Bookmark
from pipeline.shards.job import Seen, ShardJob
from pipeline.shards.learn import load_templates
from pipeline.shards.tally import Tally, source_of
from pipeline.shards.visit import Visit
from pipeline.store import durable
from pipeline.store.known import packed
from pipeline.store.law import check_dump
from pipeline.store.schema import TABLES, Row, Stamps, rows_to_batch
from pipeline.text import hash128

log = logging.getLogger(__name__)

BATCH_BYTES = 4 << 20  # of text and removals waiting to become Arrow
Cleaning: TypeAlias = Callable[[Dump, dt.date, Templates], Cleaned]
SHARD_TABLES = ("articles", "removals", "quarantine", "records")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShardResult:
    """Where a shard's rows lie (table → file), and what was counted.

    ``known``: an array of the known dumps it came by (S16, in order of reading), where its job asked for that.
    """

    number: int
    files: dict[str, Path]
    already_done: int
    tally: Tally
    bytes_read: int
    cpu_seconds: float
    rss_mib: float
    known: Path | None = None


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


def clean_shard(job: ShardJob, clean: Cleaning | None = None) -> ShardResult:
    """Clean every record of a shard that is not known yet; return where the rows are.

    ``clean`` is what cleans a dump, given its date and templates (default: the cleaner of the job's settings).

    Raises:
        LawBrokenError: the lines of a dump do not add up: an error in Broadsheet, and nothing is published.
        StoreError: a row does not fit its table, or the disk refuses.
    """
    started = time.process_time()
    clean = clean or _cleaner(job.limits, job.min_words).clean
    rows = _Rows(job.folder, job.stamps)
    seen = Seen(job)
    done: list[str] = []
    already_done = 0
    bytes_read = 0
    with durable.refusals(f"rows of shard {job.number}"):
        job.folder.mkdir(parents=True, exist_ok=True)
        with Bookmark(job.bookmark) as mark:
            for item in Visit(job, seen, mark):
                known = None
                if isinstance(item, Known):
                    known = item.dump_id
                elif isinstance(item, Dump):
                    bytes_read += item.size_bytes
                    seen.add(item.dump_id)
                    _add_dump(rows, item, job, clean)
                else:
                    known = _add_unread(rows, item, job, seen)
                if known is not None and seen.is_done(known):
                    already_done += 1
                    done += [known] * job.tells_known
        files = rows.close()
        if job.tells_known:
            np.save(job.folder / "known.npy", packed(done))
    return ShardResult(
        number=job.number,
        files=files,
        already_done=already_done,
        tally=rows.tally,
        bytes_read=bytes_read,
        cpu_seconds=time.process_time() - started,
        rss_mib=peak_rss_mib(),
        known=job.folder / "known.npy" if job.tells_known else None,
    )


@lru_cache(maxsize=1)
def _cleaner(limits: Limits, min_words: int) -> Cleaner:
    cleaner = Cleaner.load(limits=limits, min_words=min_words)
    gc.freeze()  # rules, words and weights stay for good: a twelfth of cleaning was looking whether they do
    return cleaner


def _add_dump(rows: _Rows, dump: Dump, job: ShardJob, clean: Cleaning) -> None:
    started = time.process_time()
    as_of = job.as_of_of(dump.dump_id)
    templates = load_templates(job.templates) if job.templates is not None else NO_TEMPLATES
    cleaned = _guarded(dump, as_of, lambda: clean(dump, as_of, templates))
    _check(dump, cleaned)
    removed = Counter(removal.line_class for removal in cleaned.removals)
    record = RecordRow(
        dump_id=dump.dump_id,
        date=cleaned.crawl_date or as_of,
        source_path=dump.source_path,
        source_record=dump.source_record,
        source_id=dump.source_id,
        bytes=dump.size_bytes,
        line_count=len(cleaned.lines),
        kind=dump.kind,
        encoding=dump.encoding,
        crawl_date=cleaned.crawl_date,
        first_as_of=as_of,
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
    row = QuarantineRow.of_record(dump, dump.crawl_date or as_of, reason, message)
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


def _add_unread(rows: _Rows, item: Skipped | Unreadable, job: ShardJob, seen: Seen) -> str | None:
    """Add the rows of an input that gave no dump; return its id if it is told of already, or by another job."""
    if isinstance(item, Skipped):
        dump_id = hash128("skipped", item.source_path, item.source_record or "", item.reason)
        size, date, reason = 0, None, item.reason
    else:
        dump_id, size, date, reason = item.dump_id, item.size_bytes, item.crawl_date, None
    if dump_id in seen:
        return dump_id
    seen.add(dump_id)
    as_of = job.as_of_of(dump_id)
    record = RecordRow(
        dump_id=dump_id,
        date=date or as_of,
        source_path=item.source_path,
        source_record=item.source_record,
        source_id=None,
        bytes=size,
        line_count=0,
        kind="skipped" if isinstance(item, Skipped) else "unreadable",
        encoding=None,
        crawl_date=date,
        first_as_of=as_of,
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
        rows.add("quarantine", [QuarantineRow.of_record(item, date or as_of, item.reason, item.message)])
    return None


def peak_rss_mib() -> float:
    """Return the highest resident memory of this process so far, in MiB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (1 << 20 if sys.platform == "darwin" else 1 << 10), 1)
