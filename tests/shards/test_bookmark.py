"""Claims about bookmarks: the last note is there for whoever reads the file, however its writer ended."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from pipeline.shards.bookmark import FRAMING_PATIENCE, Bookmark, Place, read_place

DUMP = "0123456789abcdef" * 2


def test_nothing_noted_is_no_place(tmp_path: Path) -> None:
    assert read_place(tmp_path / "place") is None

    with Bookmark(tmp_path / "place"):
        assert read_place(tmp_path / "place") is None


def test_each_step_is_there_at_once(tmp_path: Path) -> None:
    with Bookmark(tmp_path / "place") as mark:
        mark.open_source(3)
        between = read_place(tmp_path / "place")
        mark.begin(DUMP)
        at = read_place(tmp_path / "place")
        mark.pass_record()
        behind = read_place(tmp_path / "place")

    assert between == Place(notes=1, source=3, passed=0, dump_id=None)
    assert at == Place(notes=2, source=3, passed=0, dump_id=DUMP)
    assert behind == Place(notes=3, source=3, passed=1, dump_id=None)


def test_finding_the_next_record_may_take_longer_than_one_record() -> None:
    assert Place(notes=1, source=0, passed=0, dump_id=DUMP).patience == 1
    assert Place(notes=1, source=0, passed=0, dump_id=None).patience == FRAMING_PATIENCE > 1


@pytest.mark.parametrize("size", [0, 1, 40])
def test_a_bookmark_cut_short_is_none(tmp_path: Path, size: int) -> None:
    (tmp_path / "place").write_bytes(b"x" * size)

    assert read_place(tmp_path / "place") is None


def test_place_outlives_a_process_that_is_killed(tmp_path: Path) -> None:
    child = os.fork()
    if child == 0:
        mark = Bookmark(tmp_path / "place")
        mark.open_source(1)
        mark.begin(DUMP)
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)

    assert read_place(tmp_path / "place") == Place(notes=2, source=1, passed=0, dump_id=DUMP)
