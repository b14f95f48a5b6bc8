"""Claims about a disk that fails: wherever a run is killed or refused, the next one gives the same rows."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.torture.disk import start
from benchmarks.torture.pages import write_raw


def test_run_killed_or_refused_at_a_call_to_the_disk_is_made_good_by_the_next(tmp_path: Path) -> None:
    report = start(write_raw(tmp_path / "raw"), tmp_path / "disk", "--every", "131")

    if report is None:
        pytest.skip("no C compiler: the numbered calls cannot be watched")
    assert report.bad == []
    assert report.points > 300
    assert report.killed >= 3
    assert report.refused + report.survived >= 3
