"""Claims about poisons: every sound record comes out beside them, and each is named with the limit it broke."""

from __future__ import annotations

from pathlib import Path

from benchmarks.torture.poisoned import SOUND, try_poisons


def test_poisons_cost_their_own_records_alone_and_are_told_with_their_limit(tmp_path: Path) -> None:
    alone, among, bad = try_poisons(tmp_path)

    assert bad == []
    assert len(among.articles) == len(alone.articles) == SOUND
    for words in ("over 2 s of CPU time", "over 700 MiB", "killed by signal 11", "ended with code 3", "RecursionError"):
        assert any(words in message for message in among.messages), words
