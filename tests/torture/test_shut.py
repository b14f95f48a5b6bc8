"""Claims about what a run touches: no connection, and nothing outside raw, clean and the installation."""

from __future__ import annotations

from pathlib import Path

from benchmarks.torture.pages import write_raw
from benchmarks.torture.shut import watched_run


def test_run_opens_no_connection_and_no_file_outside_its_folders(tmp_path: Path) -> None:
    watched, breaches, said = watched_run(write_raw(tmp_path / "raw"), tmp_path / "clean", tmp_path / "watch")

    assert said[0] == "0", said[2]
    assert breaches == []
    assert watched >= 2  # the run and the server that its workers are forked from, hook and all
