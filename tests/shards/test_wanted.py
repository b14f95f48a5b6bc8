"""Claims about the dumps a backfill asks for: each has its own as-of, and no other dump is asked for."""

from __future__ import annotations

import datetime as dt
import pickle
from pathlib import Path

from pipeline.shards.wanted import write_wanted
from pipeline.text import hash128

DAYS = {hash128(str(number)): dt.date(2026, 3, 1) + dt.timedelta(days=number) for number in range(300)}


def test_each_dump_has_the_as_of_it_was_given(tmp_path: Path) -> None:
    wanted = write_wanted(tmp_path / "wanted", DAYS)

    assert {key: wanted.first_as_of(key) for key in DAYS} == DAYS
    assert len(wanted) == 300


def test_other_dumps_are_not_asked_for(tmp_path: Path) -> None:
    wanted = write_wanted(tmp_path / "wanted", DAYS)

    assert [key for number in range(300, 400) if (key := hash128(str(number))) in wanted] == []


def test_map_of_nothing_asks_for_nothing_and_travels(tmp_path: Path) -> None:
    wanted = pickle.loads(pickle.dumps(write_wanted(tmp_path / "wanted", {})))

    assert (len(wanted), hash128("1") in wanted) == (0, False)
