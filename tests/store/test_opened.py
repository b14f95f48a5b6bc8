"""Claims about opened tables: the newest state is always seen, and an unchanged log is read once."""

from __future__ import annotations

import shutil
from pathlib import Path

import pyarrow as pa
import pytest
from deltalake import DeltaTable, write_deltalake
from deltalake.exceptions import DeltaError

from pipeline.store.opened import opened


def rows(count: int) -> pa.Table:
    return pa.table({"n": pa.array(range(count), pa.int64())})


def test_a_commit_is_seen_at_once_and_an_unchanged_log_is_read_once(tmp_path: Path) -> None:
    write_deltalake(tmp_path / "t", rows(1))
    before = opened(tmp_path / "t")
    again = opened(tmp_path / "t")
    write_deltalake(tmp_path / "t", rows(2), mode="append")

    assert again is before
    assert (before.version(), opened(tmp_path / "t").version()) == (0, 1)
    assert opened(tmp_path / "t", 0) is before


def test_a_table_made_anew_at_the_same_place_is_read_anew(tmp_path: Path) -> None:
    write_deltalake(tmp_path / "t", rows(1))
    first = opened(tmp_path / "t").metadata().id
    shutil.move(tmp_path / "t", tmp_path / "old")
    write_deltalake(tmp_path / "t", rows(1))

    assert opened(tmp_path / "t").metadata().id != first


def test_a_version_whose_commit_a_checkpoint_stands_for_is_opened(tmp_path: Path) -> None:
    write_deltalake(tmp_path / "t", rows(1))
    DeltaTable(tmp_path / "t").create_checkpoint()
    (tmp_path / "t" / "_delta_log" / f"{0:020d}.json").unlink()

    assert opened(tmp_path / "t", 0).version() == 0
    assert opened(tmp_path / "t").version() == 0


def test_what_is_no_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DeltaError):
        opened(tmp_path / "t")
