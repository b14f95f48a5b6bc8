"""Claims about shards: how input is cut, and how a shard that kills its worker is halved until the bad file is left."""

from __future__ import annotations

import datetime as dt
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.engine import LocalEngine, Outcome
from pipeline.errors import EngineError
from pipeline.limits import Limits
from pipeline.plan import path_of, plan_shards, run_shards, split_shard
from pipeline.prints import read_rows
from pipeline.read import Listed, Source, list_sources
from pipeline.records import Reason, Skipped, Unreadable
from pipeline.settings import Settings
from pipeline.shard import ShardJob, ShardResult, clean_shard
from pipeline.store.known import KnownIds
from pipeline.store.schema import Stamps
from pipeline.tally import Tally

STAMPS = Stamps(run_id="00000001-a", rules_digest="r", ingested_at=dt.datetime(2026, 3, 10, 12, tzinfo=dt.UTC))


def file(path: str, size_bytes: int = 10, root: str = "raw") -> Source:
    return Source(uri=f"/{root}/{path}", root=root, path=path, size_bytes=size_bytes, is_local=True)


def skipped(path: str) -> Skipped:
    return Skipped(source_path=path, source_record=None, reason="temporary by its name")


def template(folder: Path) -> ShardJob:
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


def test_halves_hold_all_sources_in_order_under_new_numbers(empty: ShardJob) -> None:
    first, second = split_shard(job_of(empty, file("a"), file("b"), file("c")), "worker killed by signal 9", 7)

    assert [(one.number, one.folder.name, [path_of(source) for source in one.sources]) for one in (first, second)] == [
        (7, "000007.shard", ["a"]),
        (8, "000008.shard", ["b", "c"]),
    ]


def test_last_file_left_is_reported_as_lost(empty: ShardJob) -> None:
    (job,) = split_shard(job_of(empty, file("a", 33)), "worker killed by signal 9", 4)

    (lost,) = job.sources
    assert isinstance(lost, Unreadable)
    assert (lost.source_path, lost.reason, lost.size_bytes) == ("a", Reason.CRASH, 33)
    assert lost.message == "worker killed by signal 9 while cleaning it"


def test_one_path_of_two_roots_is_never_parted(empty: ShardJob) -> None:
    twins = (file("b"), file("b", root="more"))

    halves = split_shard(job_of(empty, file("a"), *twins), "worker killed by signal 9", 1)
    (lost,) = split_shard(halves[1], "worker killed by signal 9", 3)

    assert [len(half.sources) for half in halves] == [1, 2]
    assert [path_of(source) for source in lost.sources] == ["b"]


def test_worker_that_dies_with_nothing_to_read_is_no_files_fault(empty: ShardJob) -> None:
    with pytest.raises(EngineError, match="nothing to read"):
        split_shard(job_of(empty, skipped("a.tmp"), skipped("b.tmp")), "worker killed by signal 9", 1)


class Fragile:
    """An engine whose worker dies of every shard that holds one of some paths."""

    def __init__(self, *deadly: str) -> None:
        self.deadly = deadly
        self.numbers: list[int] = []

    def __enter__(self) -> Fragile:
        return self

    def __exit__(self, *exc: object) -> None: ...

    def map(self, task: object, jobs: Sequence[ShardJob]) -> Iterator[Outcome[ShardJob, ShardResult]]:
        del task
        for job in jobs:
            self.numbers.append(job.number)
            died = any(isinstance(one, Source) and one.path in self.deadly for one in job.sources)
            result = ShardResult(
                number=job.number, files={}, already_done=0, tally=Tally(), bytes_read=0, cpu_seconds=0.0, rss_mib=0.0
            )
            yield Outcome(
                job=job, result=None if died else result, failure="worker ended with code 3" if died else None
            )


@given(st.sets(st.sampled_from("abcdefgh"), min_size=1), st.sets(st.sampled_from("abcdefgh")), st.integers(1, 8))
def test_whatever_kills_workers_every_other_file_comes_back_once(
    empty: ShardJob, names: set[str], deadly: set[str], shard_files: int
) -> None:
    jobs = plan_shards([file(name) for name in sorted(names)], Settings.load(shard_files=shard_files), empty)
    engine: Any = Fragile(*deadly)

    done = [source for job, _ in run_shards(clean_shard, jobs, engine) for source in job.sources]

    assert sorted(source.path for source in done if isinstance(source, Source)) == sorted(names - deadly)
    assert sorted(path_of(one) for one in done if isinstance(one, Unreadable)) == sorted(names & deadly)
    assert len(set(engine.numbers)) == len(engine.numbers)


def clean_or_die(job: ShardJob) -> ShardResult:
    """Clean a shard in a worker that a file named deadly.txt kills."""
    if any(isinstance(source, Source) and source.path.endswith("deadly.txt") for source in job.sources):
        os.kill(os.getpid(), signal.SIGKILL)
    return clean_shard(job)


def test_file_that_kills_its_worker_is_quarantined_and_all_others_are_cleaned(
    tmp_path: Path, make_pages: Callable[..., Path]
) -> None:
    raw = make_pages(tmp_path / "raw", "courier/scroll.txt", "herald/orchard.txt", "ledger/wheat.txt", "feed/day.jsonl")
    (raw / "herald" / "deadly.txt").write_text("whatever")
    sources = list_sources([str(raw)])
    jobs = plan_shards(sources, Settings.load(shard_files=3), template(tmp_path))

    with LocalEngine(workers=2) as engine:
        results = [result for _, result in run_shards(clean_or_die, jobs, engine)]

    found = {
        table: [
            row
            for one in results
            if table in one.files
            for batch in read_rows(one.files[table])
            for row in batch.to_pylist()
        ]
        for table in ("articles", "quarantine", "records")
    }
    lost = [(row["source_path"], row["stage"], row["reason"], row["message"]) for row in found["quarantine"]]
    assert ("herald/deadly.txt", "read", "crash", "worker killed by signal 9 while cleaning it") in lost
    assert len(lost) == 2
    assert sorted(row["source_path"] for row in found["articles"]) == [
        "courier/scroll.txt",
        "courier/scroll.txt",
        "feed/day.jsonl",
        "feed/day.jsonl",
        "herald/orchard.txt",
        "ledger/wheat.txt",
    ]
    assert len({row["dump_id"] for row in found["records"]}) == len(found["records"]) == 7


def die(job: ShardJob) -> ShardResult:
    os._exit(3 if job.folder else 4)


def test_workers_that_always_die_end_the_run_and_not_never(tmp_path: Path) -> None:
    jobs = plan_shards([file("a"), file("b")], Settings.load(), template(tmp_path))

    with LocalEngine(workers=1) as engine, pytest.raises(EngineError, match="worker ended with code 3"):
        list(run_shards(die, jobs, engine))
