"""Claims about choosing dumps: by day, by what became of the file, and never by a file that could not be read."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.change.selection import Criteria, Mode, Selection, select
from pipeline.read import Source, list_sources
from pipeline.shards.clean import clean_shard
from pipeline.shards.job import ShardJob
from pipeline.store.tables import Store

AS_OF = dt.date(2026, 5, 5)


@pytest.fixture
def choose(month_run: Any, tmp_path: Path, make_job: Callable[..., ShardJob]) -> Callable[..., Selection]:
    """Return a function that chooses among a month's dumps, after ``edit`` has been at a copy of its raw folder."""

    def call(first: int, last: int, mode: Mode = "overwrite", edit: Callable[[Path], None] | None = None) -> Selection:
        raw = tmp_path / "raw"
        shutil.copytree(month_run.raw, raw, dirs_exist_ok=True)
        shutil.copytree(month_run.clean, tmp_path / "clean", dirs_exist_ok=True)
        if edit is not None:
            edit(raw)
        store = Store.open(tmp_path / "clean")
        with store.locked("test"):
            known = store.known_dump_ids()
        scouted = clean_shard(make_job(raw, known=known, tells_known=True, as_of=AS_OF))
        return select(
            store.snapshot(),
            [scouted],
            frozenset(one.path for one in list_sources([str(raw)]) if isinstance(one, Source)),
            Criteria(first=dt.date(2026, 3, first), last=dt.date(2026, 3, last), by="raw", mode=mode),
            rules_digest=next(store.snapshot().read("records", ["rules_digest"]))[0][0].as_py(),
            as_of=AS_OF,
            scratch=tmp_path,
        )

    return call


def test_known_dumps_of_the_days_come_again_with_their_own_as_of(choose: Callable[..., Selection]) -> None:
    found = choose(4, 5)

    assert set(found.wanted) == set(found.replaced)
    assert set(found.wanted.values()) == {dt.date(2026, 4, 1)}
    assert sorted(found.paths) == [
        "herald/2026/03/04/story.txt",
        "herald/2026/03/05/story.txt",
        "ledger/2026/03/04/story.txt",
        "ledger/2026/03/05/story.txt",
        "mirror/2026/03/05/story.txt",
    ]


def test_rows_of_the_present_rules_are_not_stale(choose: Callable[..., Selection]) -> None:
    assert choose(1, 10, "changed").wanted == {}


def test_new_dump_of_another_day_is_left_to_the_next_run(choose: Callable[..., Selection], make_story: Any) -> None:
    found = choose(4, 4, edit=lambda raw: (raw / "2026-03-09.txt").write_text(make_story(900)))

    assert "2026-03-09.txt" not in found.paths


def test_file_that_cannot_be_read_now_keeps_what_was_read_from_it(
    choose: Callable[..., Selection], month_run: Any
) -> None:
    def unread(raw: Path) -> None:
        path = raw / "herald/2026/03/04/story.txt"
        path.unlink()
        path.symlink_to(month_run.raw)

    found = choose(4, 4, edit=unread)

    assert sorted(found.paths) == ["ledger/2026/03/04/story.txt"]
    assert (len(found.replaced), found.other_bytes) == (1, ())


def test_worker_writes_down_the_known_dumps_only_where_it_is_asked(
    make_job: Callable[..., ShardJob], make_pages: Callable[..., Path], tmp_path: Path
) -> None:
    raw = make_pages(tmp_path / "raw", "ledger/wheat.txt")

    assert clean_shard(make_job(raw)).known is None
    told = clean_shard(make_job(raw, tells_known=True)).known
    assert told is not None
    assert len(np.load(told)) == 0
