"""Claims about a shard: every input has its rows, once, and what cannot be cleaned costs nobody else anything."""

from __future__ import annotations

import datetime as dt
import json
import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from pipeline.clean import Cleaned, Cleaner
from pipeline.errors import LawBrokenError, RecordError
from pipeline.limits import Limits
from pipeline.read import list_sources
from pipeline.records import Dump, Reason, Removal, Skipped, Unreadable
from pipeline.settings import SourceSettings
from pipeline.shards.clean import ShardResult, clean_shard, peak_rss_mib
from pipeline.shards.job import ShardJob
from pipeline.shards.prints import read_rows
from pipeline.store.known import KnownIds, packed
from pipeline.store.schema import TABLES, Stamps

DAY = dt.date(2026, 3, 10)
STAMPS = Stamps(run_id="00000001-a", rules_digest="r", ingested_at=dt.datetime(2026, 3, 10, 12, tzinfo=dt.UTC))
MEASURE = Path(__file__).with_name("measure_shard.py")


def known(path: Path, *dump_ids: str) -> KnownIds:
    np.sort(packed(dump_ids)).tofile(path)
    return KnownIds(path)


@pytest.fixture
def job_of(tmp_path: Path) -> Callable[..., ShardJob]:
    """Return a function that makes the job of all files below some roots; ``fields`` override."""

    def make(*roots: Path, **fields: Any) -> ShardJob:
        defaults: dict[str, Any] = {
            "number": 0,
            "sources": tuple(list_sources([str(root) for root in roots])) if roots else (),
            "folder": tmp_path / "out",
            "known": known(tmp_path / "nothing"),
            "stamps": STAMPS,
            "as_of": DAY,
            "limits": Limits(),
            "min_words": 25,
            "profiles": (),
            "keep_removals": True,
        }
        return ShardJob(**{**defaults, **fields})

    return make


def rows(result: ShardResult, table: str) -> list[dict[str, Any]]:
    return [row for batch in read_rows(result.files[table]) for row in batch.to_pylist()]


def test_rows_come_in_the_schemas_of_their_tables(newsroom_run: Any, job_of: Callable[..., ShardJob]) -> None:
    result = clean_shard(job_of(newsroom_run.raw))

    assert set(result.files) == {"articles", "removals", "quarantine", "records"}
    for table, path in result.files.items():
        with pa.memory_map(str(path)) as source:
            assert pa.ipc.open_file(source).schema == TABLES[table].schema


def test_every_input_has_one_row_of_records_that_counts_its_others(
    newsroom_run: Any, job_of: Callable[..., ShardJob]
) -> None:
    result = clean_shard(job_of(newsroom_run.raw))

    told = {row["dump_id"]: (row["articles"], row["quarantined"]) for row in rows(result, "records")}
    for dump_id, counts in told.items():
        found = [sum(row["dump_id"] == dump_id for row in rows(result, table)) for table in ("articles", "quarantine")]
        assert tuple(found) == counts
    assert len(told) == len(rows(result, "records")) == 13
    assert (result.tally.records, result.tally.skipped, result.tally.quarantined) == (12, 1, 4)


def test_removed_lines_are_counted_by_class_with_the_record(newsroom_run: Any, job_of: Callable[..., ShardJob]) -> None:
    result = clean_shard(job_of(newsroom_run.raw / "mirror" / "orchard.txt"))

    (row,) = rows(result, "records")
    removed = json.loads(row["removed_by_class"])
    assert sum(removed.values()) == len(rows(result, "removals")) == sum(result.tally.removed.values())
    assert removed["share"] == 1


def test_removals_are_counted_but_not_written_where_only_counts_are_kept(
    newsroom_run: Any, job_of: Callable[..., ShardJob]
) -> None:
    result = clean_shard(job_of(newsroom_run.raw / "mirror" / "orchard.txt", keep_removals=False))

    assert "removals" not in result.files
    assert result.tally.removed["share"] == 1


def test_known_dumps_are_counted_and_not_cleaned(
    newsroom_run: Any, job_of: Callable[..., ShardJob], tmp_path: Path
) -> None:
    first = clean_shard(job_of(newsroom_run.raw))
    ids = known(tmp_path / "known", *(row["dump_id"] for row in rows(first, "records")))

    again = clean_shard(job_of(newsroom_run.raw, known=ids, folder=tmp_path / "again"))

    assert (again.already_done, again.files, again.tally.records, again.tally.skipped) == (13, {}, 0, 0)


def test_equal_bytes_under_one_path_of_two_roots_are_read_once(
    tmp_path: Path, make_pages: Callable[..., Path], job_of: Callable[..., ShardJob]
) -> None:
    names = ("ledger/wheat.txt", "ledger/cut.txt.gz", "ledger/late.txt.part")
    roots = [make_pages(tmp_path / name, *names) for name in ("one", "other")]

    result = clean_shard(job_of(*roots))

    assert len(rows(result, "records")) == 3
    assert result.already_done == 3


def test_empty_shard_writes_no_file(job_of: Callable[..., ShardJob]) -> None:
    result = clean_shard(job_of())

    assert (result.files, result.already_done, result.bytes_read) == ({}, 0, 0)


def test_inputs_that_were_listed_but_not_read_become_rows(job_of: Callable[..., ShardJob]) -> None:
    unread = Unreadable(
        dump_id="0" * 32,
        source_path="a.txt",
        source_record=None,
        reason=Reason.CRASH,
        message="worker killed by signal 9 while cleaning it",
        size_bytes=7,
    )
    skipped = Skipped(source_path="b.tmp", source_record=None, reason="temporary by its name")

    result = clean_shard(job_of(sources=(unread, skipped)))

    assert [(row["kind"], row["bytes"], row["quarantined"], row["reason"]) for row in rows(result, "records")] == [
        ("unreadable", 7, 1, None),
        ("skipped", 0, 0, "temporary by its name"),
    ]
    assert [(row["stage"], row["reason"]) for row in rows(result, "quarantine")] == [("read", "crash")]


def test_settings_of_a_path_reach_its_articles(newsroom_run: Any, job_of: Callable[..., ShardJob]) -> None:
    profile = SourceSettings(pattern="ledger/**", site="ledger.example")

    result = clean_shard(job_of(newsroom_run.raw, profiles=(profile,)))

    sites = {row["source_path"]: row["site"] for row in rows(result, "articles")}
    assert (sites["ledger/wheat.txt"], sites["herald/orchard.txt"]) == ("ledger.example", None)


def test_page_over_a_limit_is_quarantined_with_the_limits_reason(
    newsroom_run: Any, job_of: Callable[..., ShardJob]
) -> None:
    result = clean_shard(job_of(newsroom_run.raw / "courier" / "scroll.txt", limits=Limits(max_lines=10)))

    (row,) = rows(result, "quarantine")
    assert (row["reason"], row["stage"], row["page_article_no"]) == ("too_large", "read", None)
    assert rows(result, "records")[0]["line_count"] == 0


class _Failing:
    """A cleaner that cleans everything but pages with a word in them."""

    def __init__(self, error: BaseException) -> None:
        self._cleaner = Cleaner.load()
        self._error = error

    def clean(self, dump: Dump, as_of: dt.date, templates: object = None) -> Cleaned:  # noqa: ARG002 - fails whatever they are
        if "orchard" in dump.text:
            raise self._error
        return self._cleaner.clean(dump, as_of)


@pytest.mark.parametrize(
    ("error", "reason", "message"),
    [
        (RecordError("lines too long", reason=Reason.TOO_LARGE), "too_large", "lines too long"),
        (RecordError("something odd"), "bad_record", "something odd"),
        (MemoryError(), "memory", "out of memory while cleaning"),
        (ZeroDivisionError("division by zero"), "crash", "ZeroDivisionError: division by zero"),
    ],
    ids=["limit", "no reason given", "memory", "an error of ours"],
)
def test_page_that_fails_to_clean_is_quarantined_and_the_others_are_not(
    error: BaseException,
    reason: str,
    message: str,
    newsroom_run: Any,
    job_of: Callable[..., ShardJob],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    failing = _Failing(error)
    monkeypatch.setattr("pipeline.shards.clean._cleaner", lambda *_: failing)

    result = clean_shard(job_of(newsroom_run.raw / "herald", newsroom_run.raw / "ledger"))

    lost = [row for row in rows(result, "quarantine") if row["source_path"] == "orchard.txt"]
    assert [(row["reason"], row["message"], row["stage"]) for row in lost] == [(reason, message, "clean")]
    assert [row["source_path"] for row in rows(result, "articles")] == ["wheat.txt"]


def _lossy(change: Callable[[Cleaned], Cleaned]) -> Any:
    class Lossy:
        def clean(self, dump: Dump, as_of: dt.date, templates: object = None) -> Cleaned:  # noqa: ARG002 - loses lines whatever they are
            return change(Cleaner.load().clean(dump, as_of))

    return Lossy()


def _without_removals(cleaned: Cleaned) -> Cleaned:
    return Cleaned(lines=cleaned.lines, crawl_date=None, articles=cleaned.articles, quarantined=cleaned.quarantined)


def _with_removal(cleaned: Cleaned, **changed: Any) -> Cleaned:
    first, *rest = cleaned.removals
    values = {name: getattr(first, name) for name in Removal.__slots__ if name != "run_id"}
    return Cleaned(
        lines=cleaned.lines,
        crawl_date=None,
        articles=cleaned.articles,
        removals=(Removal(**{**values, **changed}), *rest),
    )


@pytest.mark.parametrize(
    "change",
    [
        _without_removals,
        lambda cleaned: _with_removal(cleaned, text="Other words"),
        lambda cleaned: _with_removal(cleaned, end=3, text=cleaned.lines[0][:3]),
    ],
    ids=["a line lost", "a removal that the page does not say", "a line removed in part and kept nowhere"],
)
def test_lines_that_do_not_add_up_stop_the_run(
    change: Callable[[Cleaned], Cleaned],
    newsroom_run: Any,
    job_of: Callable[..., ShardJob],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("pipeline.shards.clean._cleaner", lambda *_: _lossy(change))

    with pytest.raises(LawBrokenError):
        clean_shard(job_of(newsroom_run.raw / "ledger" / "wheat.txt"))


def test_job_travels_to_a_worker_as_a_few_hundred_bytes_a_source(
    newsroom_run: Any, job_of: Callable[..., ShardJob]
) -> None:
    job = job_of(newsroom_run.raw)

    sent = pickle.dumps(job)

    assert pickle.loads(sent).sources == job.sources
    assert len(sent) < 2000 + 400 * len(job.sources)


def test_size_of_a_shard_is_that_of_its_files(newsroom_run: Any, job_of: Callable[..., ShardJob]) -> None:
    files = [path for path in newsroom_run.raw.rglob("*") if path.is_file() and path.suffix != ".part"]

    assert job_of(newsroom_run.raw).size_bytes == sum(path.stat().st_size for path in files)


def test_articles_stand_in_the_order_of_the_page(newsroom_run: Any, job_of: Callable[..., ShardJob]) -> None:
    result = clean_shard(job_of(newsroom_run.raw / "courier"))

    assert [row["page_article_no"] for row in rows(result, "articles")] == [1, 2]


def test_stamps_and_as_of_are_on_every_row(newsroom_run: Any, job_of: Callable[..., ShardJob]) -> None:
    result = clean_shard(job_of(newsroom_run.raw))

    assert {row["run_id"] for table in result.files for row in rows(result, table)} == {STAMPS.run_id}
    assert {row["first_as_of"] for row in rows(result, "records")} == {DAY}


def test_memory_does_not_grow_with_the_number_of_dumps(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(MEASURE), str(tmp_path)], capture_output=True, text=True, check=True, timeout=120
    )

    (small, small_bytes), (large, large_bytes) = [map(float, line.split()) for line in done.stdout.splitlines()]
    assert (large - small) * (1 << 20) < (large_bytes - small_bytes) / 2


def test_peak_memory_is_in_mebibytes() -> None:
    assert 20 < peak_rss_mib() < 20_000
