"""Claims about the way through a shard: every record noted before it is looked at, what is lost told and passed over."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pipeline.read import Known, list_sources
from pipeline.records import Dump, Reason, Skipped, Unreadable
from pipeline.shards.bookmark import Bookmark, read_place
from pipeline.shards.job import Loss, Seen, ShardJob
from pipeline.shards.visit import Visit


def visit(job: ShardJob, tmp_path: Path) -> list[object]:
    with Bookmark(tmp_path / "place") as mark:
        return list(Visit(job, Seen(job), mark))


def raw(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "day.jsonl").write_text("".join(f'{{"text": "story {n}"}}\n' for n in range(4)))
    (folder / "page.txt").write_text("a page")
    (folder / "page.txt.tmp").write_text("half a page")
    return folder


def texts(items: list[object]) -> list[str]:
    return [item.text for item in items if isinstance(item, Dump)]


def test_items_come_in_the_order_of_the_sources(make_job: Callable[..., ShardJob], tmp_path: Path) -> None:
    items = visit(make_job(raw(tmp_path / "raw")), tmp_path)

    assert texts(items) == ["story 0", "story 1", "story 2", "story 3", "a page"]
    assert isinstance(items[-1], Skipped)


def test_record_is_noted_before_it_comes(make_job: Callable[..., ShardJob], tmp_path: Path) -> None:
    job = make_job(raw(tmp_path / "raw"))

    with Bookmark(tmp_path / "place") as mark:
        for number, item in enumerate(Visit(job, Seen(job), mark)):
            place = read_place(tmp_path / "place")
            assert place is not None
            if isinstance(item, Dump) and item.source_path == "day.jsonl":
                assert (place.source, place.passed, place.dump_id) == (0, number, item.dump_id)


def test_lost_record_comes_as_unreadable_and_the_others_as_they_are(
    make_job: Callable[..., ShardJob], tmp_path: Path
) -> None:
    sources = list_sources([str(raw(tmp_path / "raw"))])
    second = [item for item in visit(make_job(sources=sources), tmp_path) if isinstance(item, Dump)][1]
    loss = Loss(path="day.jsonl", dump_id=second.dump_id, passed=1, reason=Reason.TIMEOUT, message="too slow")

    items = visit(make_job(sources=sources, losses=(loss,)), tmp_path)

    assert texts(items) == ["story 0", "story 2", "story 3", "a page"]
    (lost,) = [item for item in items if isinstance(item, Unreadable)]
    assert (lost.dump_id, lost.source_record, lost.reason, lost.message) == (
        second.dump_id,
        "2",
        Reason.TIMEOUT,
        "too slow",
    )


def test_behind_a_place_no_worker_passes_all_is_lost_on_one_line(
    make_job: Callable[..., ShardJob], tmp_path: Path
) -> None:
    loss = Loss(path="day.jsonl", dump_id=None, passed=3, reason=Reason.CRASH, message="worker ended")

    items = visit(make_job(raw(tmp_path / "raw"), losses=(loss,)), tmp_path)

    assert texts(items) == ["story 0", "story 1", "story 2", "a page"]
    (lost,) = [item for item in items if isinstance(item, Unreadable)]
    assert (lost.source_path, lost.source_record, lost.reason) == ("day.jsonl", "after 3", Reason.CRASH)


def test_job_for_one_record_gives_that_one_alone(make_job: Callable[..., ShardJob], tmp_path: Path) -> None:
    sources = list_sources([str(raw(tmp_path / "raw"))])
    third = [item for item in visit(make_job(sources=sources), tmp_path) if isinstance(item, Dump)][2]

    items = visit(make_job(sources=sources, only=third.dump_id), tmp_path)

    assert texts(items) == ["story 2"]
    assert sum(isinstance(item, Known) for item in items) == 4
