"""Claims about the books of a run: what is counted once is told alike in the report and in the row of ``runs``."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter

from pipeline.gather.books import run_report, run_row, versions
from pipeline.report.counters import RunReport, StageTime
from pipeline.shards.clean import ShardResult
from pipeline.shards.tally import Tally
from pipeline.store.schema import Stamps

NOON = dt.datetime(2026, 3, 4, 12, tzinfo=dt.UTC)


def report() -> RunReport:
    counts = Tally(
        records=5, articles=3, duplicates=1, quarantined=1, links=Counter(update=2), reasons=Counter(empty=1)
    )
    shard = ShardResult(
        number=0, files={}, already_done=4, tally=Tally(), bytes_read=70, cpu_seconds=0.1, rss_mib=9_999_999.0
    )
    return run_report(
        Stamps(run_id="00000001-ab", rules_digest="r", ingested_at=NOON),
        sequence=1,
        as_of=NOON.date(),
        finished_at=NOON + dt.timedelta(seconds=2),
        shards=[shard, shard],
        counts=counts,
        timings={"clean": StageTime(wall_seconds=1.5, cpu_seconds=1.25)},
        stale=7,
        is_published=True,
    )


def test_what_shards_tell_apart_is_added_up() -> None:
    told = report()

    assert (told.already_done, told.bytes_read, told.peak_rss_mib) == (8, 140, 9_999_999.0)
    assert (told.records, told.articles, told.stale_rows) == (5, 3, 7)


def test_the_row_says_what_the_report_says() -> None:
    row = run_row(report(), settings_digest="s", rules_digest="r")

    assert (row.records, row.articles, row.duplicates, row.quarantined, row.relations) == (5, 3, 1, 1, 2)
    assert json.loads(row.counts)["quarantined_by_reason"] == {"empty": 1}
    assert json.loads(row.timings) == {"clean": [1.5, 1.25]}
    assert (row.settings_digest, row.rules_digest) == ("s", "r")


def test_the_libraries_that_shape_rows_are_named_with_their_versions() -> None:
    assert {"broadsheet", "python", "trafilatura", "pyarrow"} <= versions().keys()
