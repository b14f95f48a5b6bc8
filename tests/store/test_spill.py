"""Heaps come back whole, whether they fitted in memory or not."""

from __future__ import annotations

import random
from pathlib import Path

import pyarrow as pa
import pytest

from pipeline.store.spill import Spill, row_bytes


def batch(*texts: str) -> pa.RecordBatch:
    return pa.record_batch({"text": list(texts), "lines": [[1, 2]] * len(texts)})


@pytest.mark.parametrize("held_bytes", [0, 1500, 1 << 20], ids=["all on disk", "part on disk", "all in memory"])
def test_heaps_keep_their_rows_in_order_of_arrival(tmp_path: Path, held_bytes: int) -> None:
    spill = Spill(tmp_path / "scratch", held_bytes=held_bytes)
    numbers = random.Random(5)
    wanted: dict[str, list[str]] = {}
    for number in range(60):
        key = f"heap{numbers.randrange(4)}"
        wanted.setdefault(key, []).append(f"row {number}")
        spill.add(key, batch(f"row {number}"))

    found = {key: [text for rows in spill.read(key) for text in rows["text"].to_pylist()] for key in spill.keys()}  # noqa: SIM118

    assert found == wanted


def test_memory_held_is_bounded(tmp_path: Path) -> None:
    spill = Spill(tmp_path, held_bytes=5000)

    for number in range(100):
        spill.add(f"heap{number % 3}", batch("x" * 300))

    on_disk = sum(path.stat().st_size for path in tmp_path.iterdir())
    assert spill._holding <= 5000
    assert on_disk > 0


def test_forgotten_heap_is_gone_from_disk(tmp_path: Path) -> None:
    spill = Spill(tmp_path, held_bytes=0)
    spill.add("heap", batch("x"))

    spill.forget("heap")

    assert not spill.keys()
    assert not list(tmp_path.iterdir())


def test_weight_of_a_row_does_not_depend_on_its_batch() -> None:
    rows = batch("short", "ü" * 40, "middling")

    alone = [int(row_bytes(rows.slice(number, 1))[0]) for number in range(3)]

    assert row_bytes(rows).tolist() == alone
    assert alone[1] - alone[0] == 75
