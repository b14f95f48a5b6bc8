"""Files are there whole or not at all."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from pipeline.errors import StoreError
from pipeline.store import durable
from pipeline.store.durable import refusals


def test_write_replaces_whole_and_leaves_nothing_beside(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "er" / "file"

    durable.write(path, b"first")
    durable.write(path, b"second")

    assert path.read_bytes() == b"second"
    assert list(path.parent.iterdir()) == [path]


def test_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "file"
    durable.write(path, b"old")
    (tmp_path / "file.tmp").mkdir()

    with pytest.raises(IsADirectoryError):
        durable.write(path, b"new")

    assert path.read_bytes() == b"old"


def test_remove_empty_stops_at_what_is_not_empty_and_at_the_root(tmp_path: Path) -> None:
    (tmp_path / "root" / "full" / "empty").mkdir(parents=True)
    (tmp_path / "root" / "full" / "file").touch()
    (tmp_path / "root" / "alone" / "empty").mkdir(parents=True)

    durable.remove_empty(tmp_path / "root" / "full" / "empty", tmp_path / "root")
    durable.remove_empty(tmp_path / "root" / "alone" / "empty", tmp_path / "root")

    assert sorted(path.name for path in (tmp_path / "root").iterdir()) == ["full"]
    assert (tmp_path / "root" / "full" / "file").exists()


def test_what_the_disk_refuses_is_told_as_our_own_error() -> None:
    with (
        pytest.raises(StoreError, match=r"rows of shard 3 could not be written: .*No space.*; make room"),
        refusals("rows of shard 3"),
    ):
        raise OSError(errno.ENOSPC, "No space left on device")
