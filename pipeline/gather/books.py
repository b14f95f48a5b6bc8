"""The books of a run: its report, and the row of ``runs`` that makes it visible."""

from __future__ import annotations

import datetime as dt
import json
import platform
from collections import Counter
from collections.abc import Mapping, Sequence
from importlib import metadata

import pyarrow.compute as pc

from pipeline.records import FORGOTTEN, RunRow
from pipeline.report.counters import RunReport, SourceCount, StageTime
from pipeline.shards.clean import ShardResult, peak_rss_mib
from pipeline.shards.tally import Tally
from pipeline.store.reader import Snapshot
from pipeline.store.schema import Stamps

# Libraries whose version can change what a row says.
_SHAPING = ("trafilatura", "lxml", "resiliparse", "datasketch", "numpy", "pyarrow", "deltalake", "charset-normalizer")


def run_report(
    stamps: Stamps,
    *,
    sequence: int,
    as_of: dt.date,
    finished_at: dt.datetime,
    shards: Sequence[ShardResult],
    counts: Tally,
    timings: Mapping[str, StageTime],
    stale: int,
    is_published: bool,
    repairs: tuple[str, ...] = (),
) -> RunReport:
    """Return what a run did; ``counts`` are those of all shards and of the decisions together."""
    return RunReport(
        run_id=stamps.run_id,
        sequence=sequence,
        as_of=as_of,
        started_at=stamps.ingested_at,
        finished_at=finished_at,
        records=counts.records,
        already_done=sum(shard.already_done for shard in shards),
        skipped=counts.skipped,
        articles=counts.articles,
        duplicates=counts.duplicates,
        duplicates_by_relation=dict(sorted(counts.relations.items())),
        quarantined=counts.quarantined,
        quarantined_by_reason=dict(sorted(counts.reasons.items())),
        relations_by_kind=dict(sorted(counts.links.items())),
        removed_lines_by_class=dict(sorted(counts.removed.items())),
        sources=tuple(SourceCount(source=name, **found) for name, found in sorted(counts.sources.items())),
        timings=dict(timings),
        peak_rss_mib=max([peak_rss_mib(), *(shard.rss_mib for shard in shards)]),
        bytes_read=sum(shard.bytes_read for shard in shards),
        stale_rows=stale,
        published=is_published,
        repairs=repairs,
    )


def run_row(report: RunReport, *, settings_digest: str, rules_digest: str, kind: str = "run") -> RunRow:
    """Return the row of ``runs`` of a run or backfill; the publication fills in the versions of the tables."""
    seconds = {name: [round(one.wall_seconds, 3), round(one.cpu_seconds, 3)] for name, one in report.timings.items()}
    counts = {
        "duplicates_by_relation": report.duplicates_by_relation,
        "quarantined_by_reason": report.quarantined_by_reason,
        "relations_by_kind": report.relations_by_kind,
        "removed_lines_by_class": report.removed_lines_by_class,
    }
    return RunRow(
        run_id=report.run_id,
        date=report.as_of,
        kind=kind,
        sequence=report.sequence,
        started_at=report.started_at,
        finished_at=report.finished_at,
        records=report.records,
        already_done=report.already_done,
        skipped=report.skipped,
        articles=report.articles,
        duplicates=report.duplicates,
        quarantined=report.quarantined,
        relations=sum(report.relations_by_kind.values()),
        counts=json.dumps(counts),
        settings_digest=settings_digest,
        rules_digest=rules_digest,
        versions=json.dumps(versions()),
        timings=json.dumps(seconds),
        table_versions="{}",
    )


def stale_rows(snapshot: Snapshot, rules_digest: str) -> int:
    """Return how many published records other rules have cleaned, but for those taken down. Reads two columns."""
    digests: Counter[str] = Counter()
    is_live = pc.field("reason").is_null() | (pc.field("reason") != FORGOTTEN)
    for batch in snapshot.read("records", ["rules_digest"], is_live):
        digests.update(batch.column(0).to_pylist())
    return sum(count for digest, count in digests.items() if digest != rules_digest)


def versions() -> dict[str, str]:
    """Return the versions of Broadsheet, Python and every library that can change what a row says."""
    own = {"broadsheet": metadata.version("broadsheet"), "python": platform.python_version()}
    return own | {name: metadata.version(name) for name in _SHAPING}
