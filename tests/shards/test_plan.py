"""Claims about shards: how input is cut, and how a record that ends its worker costs itself and nothing else."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.torture.poisons import POISONS, WORD, clean_poisoned
from pipeline.engine import Failure, LocalEngine
from pipeline.errors import EngineError
from pipeline.limits import Limits
from pipeline.read import Listed, Source, list_sources
from pipeline.records import Reason, Skipped
from pipeline.settings import Settings
from pipeline.shards.bookmark import Bookmark
from pipeline.shards.clean import ShardResult, clean_shard
from pipeline.shards.job import Loss, ShardJob
from pipeline.shards.plan import path_of, plan_shards, run_shards, take_apart
from pipeline.shards.prints import read_rows
from pipeline.store.known import KnownIds
from pipeline.store.schema import Stamps

STAMPS = Stamps(run_id="00000001-a", rules_digest="r", ingested_at=dt.datetime(2026, 3, 10, 12, tzinfo=dt.UTC))


def file(path: str, size_bytes: int = 10, root: str = "raw") -> Source:
    return Source(uri=f"/{root}/{path}", root=root, path=path, size_bytes=size_bytes, is_local=True)


def skipped(path: str) -> Skipped:
    return Skipped(source_path=path, source_record=None, reason="temporary by its name")


def template(folder: Path) -> ShardJob:
    folder.mkdir(exist_ok=True)
    (folder / "known").write_bytes(b"")
    return ShardJob(
        number=0,
        sources=(),
        folder=folder,
        known=KnownIds(folder / "known"),
        stamps=STAMPS,
        as_of=dt.date(2026, 3, 10),
        limits=Limits(),
        min_words=25,
        profiles=(),
        keep_removals=True,
    )


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> ShardJob:
    """A job without sources."""
    return template(tmp_path_factory.mktemp("plan"))


def cut(sources: Sequence[Listed], job: ShardJob, **settings: int) -> list[list[str]]:
    jobs = plan_shards(sources, Settings.load(**settings), job)
    return [[path_of(source) for source in one.sources] for one in jobs]


@pytest.mark.parametrize(
    ("sources", "settings", "wanted"),
    [
        ([], {}, []),
        ([file("a"), file("b"), file("c")], {"shard_files": 2}, [["a", "b"], ["c"]]),
        ([file("a", 6), file("b", 5), file("c", 5)], {"shard_bytes": 10}, [["a"], ["b", "c"]]),
        ([file("a", 1), file("b", 99), file("c", 1)], {"shard_bytes": 10}, [["a"], ["b"], ["c"]]),
        ([file("a", 10), skipped("b"), skipped("c")], {"shard_bytes": 10}, [["a", "b", "c"]]),
        ([file("a"), file("b"), file("b", root="more"), file("c")], {"shard_files": 2}, [["a", "b", "b"], ["c"]]),
    ],
    ids=["nothing", "files", "bytes", "a file beyond the bound is alone", "no page has no size", "twins stay together"],
)
def test_input_is_cut_by_files_and_bytes(
    sources: list[Listed], settings: dict[str, int], wanted: list[list[str]], empty: ShardJob
) -> None:
    assert cut(sources, empty, **settings) == wanted


def test_each_shard_has_its_number_and_folder(empty: ShardJob) -> None:
    jobs = plan_shards([file("a"), file("b")], Settings.load(shard_files=1), empty)

    assert [(job.number, job.folder) for job in jobs] == [
        (0, empty.folder / "000000.shard"),
        (1, empty.folder / "000001.shard"),
    ]


@given(st.lists(st.sampled_from("abcdefgh"), max_size=12), st.integers(1, 4), st.integers(1, 30))
def test_no_source_is_lost_or_moved_by_cutting(
    empty: ShardJob, names: list[str], shard_files: int, shard_bytes: int
) -> None:
    sources = [file(name) for name in sorted(names)]

    shards = cut(sources, empty, shard_files=shard_files, shard_bytes=shard_bytes)

    assert [name for shard in shards for name in shard] == sorted(names)
    assert all(shards)


# ---------------------------------------------------------------- a worker that dies


def job_of(empty: ShardJob, *sources: Listed) -> ShardJob:
    (job,) = plan_shards(sources, Settings.load(shard_files=1000), empty)
    return job


CRASH = Failure(reason=Reason.CRASH, message="worker killed by signal 9")
TIMEOUT = Failure(reason=Reason.TIMEOUT, message="worker over 30 s of CPU time")


def died_at(job: ShardJob, source: int, dump_id: str | None, passed: int = 0) -> ShardJob:
    """Leave the bookmark of a worker that ended there; return the job."""
    job.folder.mkdir(exist_ok=True)
    with Bookmark(job.bookmark) as mark:
        mark.open_source(source)
        for _ in range(passed):
            mark.pass_record()
        if dump_id is not None:
            mark.begin(dump_id)
    return job


def shape(jobs: Sequence[ShardJob]) -> list[tuple[int, str, str | None, list[str]]]:
    return [
        (one.number, "".join(path_of(source) for source in one.sources), one.only, sorted(one.apart)) for one in jobs
    ]


def test_where_nothing_was_noted_the_halves_hold_all_sources_in_order(empty: ShardJob) -> None:
    pieces = take_apart(job_of(empty, file("a"), file("b"), file("c")), CRASH, 7)

    assert shape(pieces) == [(7, "a", None, []), (8, "bc", None, [])]
    assert [one.folder.name for one in pieces] == ["000007.shard", "000008.shard"]


def test_record_that_ends_its_worker_is_looked_at_alone_and_the_others_without_it(empty: ShardJob) -> None:
    job = died_at(job_of(empty, file("a"), file("b"), file("c")), 1, "feed")

    assert shape(take_apart(job, CRASH, 4)) == [
        (4, "b", None, ["feed"]),
        (5, "b", "feed", []),
        (6, "a", None, []),
        (7, "c", None, []),
    ]


def test_record_that_ends_its_worker_alone_too_is_lost_with_reason_and_limit(empty: ShardJob) -> None:
    alone = dataclasses.replace(job_of(empty, file("b")), only="feed")

    (job,) = take_apart(died_at(alone, 0, "feed"), TIMEOUT, 9)

    (loss,) = job.losses
    assert (job.only, loss.dump_id, loss.reason, loss.path) == ("feed", "feed", Reason.TIMEOUT, "b")
    assert loss.message.startswith("worker over 30 s of CPU time at this record, and again")


def test_what_cannot_be_found_behind_a_record_is_tried_once_more_then_lost_from_there_on(empty: ShardJob) -> None:
    (again,) = take_apart(died_at(job_of(empty, file("a")), 0, None, passed=2), CRASH, 1)
    (cut,) = take_apart(died_at(again, 0, None, passed=2), CRASH, 2)

    assert (again.tries, again.losses) == (1, ())
    assert [(loss.path, loss.dump_id, loss.passed) for loss in cut.losses] == [("a", None, 2)]


def test_one_path_of_two_roots_is_never_parted(empty: ShardJob) -> None:
    twins = (file("b"), file("b", root="more"))

    pieces = take_apart(died_at(job_of(empty, file("a"), *twins, file("c")), 2, None), CRASH, 1)

    assert [name for _, name, _, _ in shape(pieces)] == ["bb", "a", "c"]


def test_worker_that_dies_with_nothing_to_read_is_no_files_fault(empty: ShardJob) -> None:
    with pytest.raises(EngineError, match="nothing to read"):
        take_apart(job_of(empty, skipped("a.tmp"), skipped("b.tmp")), CRASH, 1)


def test_worker_that_dies_at_what_is_set_aside_already_is_no_records_fault(empty: ShardJob) -> None:
    loss = Loss(path="a", dump_id="feed", passed=0, reason=Reason.CRASH, message="lost")
    job = dataclasses.replace(job_of(empty, file("a")), only="feed", losses=(loss,))

    with pytest.raises(EngineError, match="set aside"):
        take_apart(died_at(job, 0, "feed"), CRASH, 1)


def run_all(task: Any, raw: Path, folder: Path, limits: Limits, **settings: int) -> dict[str, list[dict[str, Any]]]:
    """Run a task over all of ``raw``; return the rows of each table."""
    jobs = plan_shards(
        list_sources([str(raw)]), Settings.load(**settings), dataclasses.replace(template(folder), limits=limits)
    )
    with LocalEngine(workers=2, limits=limits) as engine:
        results = [result for _, result in run_shards(task, jobs, engine)]
    return {
        table: [
            row
            for one in results
            if table in one.files
            for batch in read_rows(one.files[table])
            for row in batch.to_pylist()
        ]
        for table in ("articles", "quarantine", "records")
    }


def test_each_poison_costs_its_own_record_and_no_other(tmp_path: Path, make_pages: Callable[..., Path]) -> None:
    limits = Limits(max_cpu_seconds=1, max_worker_mib=700)
    raw = make_pages(tmp_path / "raw", "courier/scroll.txt", "herald/orchard.txt", "feed/day.jsonl")
    without = run_all(clean_shard, raw, tmp_path / "without", limits)
    for kind in ("segfault",):
        (raw / "herald" / f"{kind}.txt").write_text(f"{WORD} {kind}")
    feed = (raw / "feed" / "day.jsonl").read_text()
    more = "".join(json.dumps({"id": kind, "text": f"{WORD} {kind}"}) + "\n" for kind in POISONS)
    (raw / "feed" / "day.jsonl").write_text(feed + more)

    found = run_all(clean_poisoned, raw, tmp_path / "with", limits)

    def bare(rows: list[dict[str, Any]], *columns: str) -> list[tuple[Any, ...]]:
        return sorted(tuple(row[name] for name in columns) for row in rows)

    key = ("article_id", "dump_id", "text", "headline", "source_path")
    assert bare(found["articles"], *key) == bare(without["articles"], *key)
    lost = [(row["source_record"], row["source_path"], row["reason"]) for row in found["quarantine"]]
    first = feed.count("\n") + 1
    wanted = [(str(first + n), "feed/day.jsonl", str(reason)) for n, (_, reason) in enumerate(POISONS.values())]
    wanted += [(None, f"herald/{kind}.txt", str(POISONS[kind][1])) for kind in ("segfault",)]
    assert set(lost) - {(r["source_record"], r["source_path"], r["reason"]) for r in without["quarantine"]} == set(
        wanted
    )
    assert len({row["dump_id"] for row in found["records"]}) == len(found["records"])
    assert len(found["records"]) == len(without["records"]) + len(POISONS) + 1


def die(job: ShardJob) -> ShardResult:
    os._exit(3 if job.folder else 4)


def test_workers_that_always_die_end_the_run_and_not_never(tmp_path: Path) -> None:
    jobs = plan_shards([file("a"), file("b")], Settings.load(), template(tmp_path))

    with LocalEngine(workers=1) as engine, pytest.raises(EngineError, match="worker ended with code 3"):
        list(run_shards(die, jobs, engine))
