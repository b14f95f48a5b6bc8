"""Claims about real disks: a full one stops a run with one line, a read-only one every change; nothing is half there."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.torture.mounts import start


def test_full_disk_and_read_only_disk_are_told_in_a_line_and_resumed_from(tmp_path: Path) -> None:
    report = start(tmp_path, sizes=3)

    if report is None:
        pytest.skip("not root on Linux: no disk of its own can be mounted")
    assert report.bad == []
    assert report.stopped >= 1 <= report.fitted
    assert report.refused == 9
