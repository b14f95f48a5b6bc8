"""Turns of the cleaner and its rivals."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from benchmarks import bench_clean


def burn(milliseconds: float) -> None:
    """Spend CPU time."""
    until = time.process_time() + milliseconds / 1_000
    while time.process_time() < until:
        pass


def test_turns_find_the_slower_of_two_calls() -> None:
    calls = {"broadsheet": lambda _: burn(1), "slow": lambda _: burn(4)}

    seconds = bench_clean.take_turns(calls, ["a", "b", "c"], seed=1)

    assert seconds["slow"] / seconds["broadsheet"] == pytest.approx(4, rel=0.5)


def test_every_contender_sees_every_text_in_every_round() -> None:
    seen: dict[str, list[str]] = {"broadsheet": [], "other": []}
    calls = {name: texts.append for name, texts in seen.items()}

    bench_clean.take_turns(calls, ["a", "b"], seed=1)

    assert all(sorted(texts) == sorted(["a", *"ab" * bench_clean.ROUNDS]) for texts in seen.values())


def test_lines_become_paragraphs_and_keep_their_signs() -> None:
    assert bench_clean.in_p("A < B\n\nC") == "<html><body><p>A &lt; B</p><p>C</p></body></html>"


def test_pages_are_drawn_alike_for_the_same_seed_and_broken_ones_left_out(tmp_path: Path) -> None:
    for number in range(5):
        (tmp_path / f"{number}.txt").write_text(f"{number} " * 400)
    (tmp_path / "broken.txt").write_bytes(b"\xff\xfe" * 400)
    (tmp_path / "short.txt").write_text("short")

    texts, pages = bench_clean.pages_of(tmp_path, 3, seed=1)

    assert (texts, pages) == bench_clean.pages_of(tmp_path, 3, seed=1)
    assert len(texts) == 3
    assert all(text[0].isdigit() for text in bench_clean.pages_of(tmp_path, 9, seed=1)[0])
    assert pages == []
