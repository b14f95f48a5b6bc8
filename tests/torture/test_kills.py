"""Claims about kills at random moments: a reader sees whole publications, and the next run gives the same rows."""

from __future__ import annotations

from pathlib import Path

from benchmarks.torture.kills import try_kills
from benchmarks.torture.pages import write_raw


def test_killed_runs_are_made_good_and_readers_see_whole_publications(tmp_path: Path) -> None:
    result = try_kills(write_raw(tmp_path / "raw"), tmp_path / "kills", kills=4, seed=1)

    assert result.bad == []
    assert result.killed + result.finished == 4
    assert result.killed >= 1
    assert result.reads >= 1
