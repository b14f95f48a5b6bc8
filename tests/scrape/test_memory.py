from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from pipeline.errors import StoreError
from pipeline.scrape.memory import Memory, OpenWarc


def test_memory_is_there_when_opened_again(tmp_path: Path) -> None:
    path = tmp_path / "state" / "crawl.sqlite"
    first = Memory.open(path)
    first.keep_robots("http://daily.example", "User-agent: *", now=100.0)
    first.close()

    second = Memory.open(path, create=False)

    assert second.robots("http://daily.example", not_before=100.0) == "User-agent: *"
    second.close()


def test_robots_txt_older_than_asked_for_is_not_known(memory: Memory) -> None:
    memory.keep_robots("http://daily.example", "", now=100.0)

    assert memory.robots("http://daily.example", not_before=100.5) is None
    assert memory.robots("http://weekly.example", not_before=0) is None


def test_memory_that_is_not_there_is_told_of_and_not_made(tmp_path: Path) -> None:
    path = tmp_path / "state" / "crawl.sqlite"

    with pytest.raises(StoreError, match="nothing was scraped into this folder yet"):
        Memory.open(path, create=False)

    assert not path.parent.exists()


def test_other_layout_and_other_files_are_refused(tmp_path: Path) -> None:
    newer, other = tmp_path / "newer.sqlite", tmp_path / "other.sqlite"
    with sqlite3.connect(newer) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    other.write_bytes(b"no database at all, and long enough to be seen as none" * 50)

    with pytest.raises(StoreError, match="layout 99, expected 1"):
        Memory.open(newer)
    with pytest.raises(StoreError, match="cannot be opened"):
        Memory.open(other)


def test_transaction_is_whole_or_not_at_all(memory: Memory) -> None:
    def killed() -> None:
        with memory.transaction() as db:
            db.execute("INSERT INTO warcs VALUES ('a', 1, 0)")
            raise KeyError("killed")

    with pytest.raises(KeyError):
        killed()

    assert not memory.has_warc("a")


def test_disk_that_refuses_is_an_error_of_ours(memory: Memory) -> None:
    with pytest.raises(StoreError, match="cannot be written"), memory.transaction() as db:
        db.execute("INSERT INTO nowhere VALUES (1)")


def test_open_files_are_those_not_closed(memory: Memory) -> None:
    memory.keep_warc("b", 7, is_closed=False)
    memory.keep_warc("a", 9, is_closed=False)
    memory.keep_warc("a", 9, is_closed=True)

    assert memory.open_warcs() == [OpenWarc(name="b", size=7)]
    assert memory.has_warc("a")


def test_what_lay_behind_a_lost_end_is_asked_for_again_without_validators(memory: Memory) -> None:
    row = (
        "INSERT INTO urls (key, url, origin, source, kind, rank, is_seed, state, why, found_in, found_at, etag, digest,"
        " warc, warc_end) VALUES (?, '', '', 'd', 'page', 3, 0, 'fetched', 'ok', '', 0, 'e', 'd', 'w', ?)"
    )
    memory.db.execute(row, ("kept", 100))
    memory.db.execute(row, ("lost", 200))

    assert memory.lost("w", 150) == 1
    found = memory.db.execute("SELECT key, state, etag, digest FROM urls ORDER BY key").fetchall()
    assert [tuple(one) for one in found] == [("kept", "fetched", "e", "d"), ("lost", "queued", None, None)]
