"""Claims about sameness: the tables depend on the input, not on how or where it was worked through."""

from __future__ import annotations

from pathlib import Path

from benchmarks.torture.matrix import all_setups, digests_by_setup, few_setups
from benchmarks.torture.pages import write_raw


def test_rows_are_the_same_however_the_run_was_made(tmp_path: Path) -> None:
    found = dict(digests_by_setup(write_raw(tmp_path / "raw"), tmp_path / "matrix", few_setups()))

    assert len(set(found.values())) == 1, found


def test_every_way_to_run_is_tried_at_full_length() -> None:
    assert len(set(all_setups())) == 3 * 3 * 3 * 2 * 2
    assert set(few_setups()) <= set(all_setups())
