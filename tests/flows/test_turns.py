"""Claims about turns: one name a clean folder, whatever leads there."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.turns import turn_name


def test_relative_and_absolute_paths_of_a_folder_have_one_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    assert turn_name(Path("data/clean")) == turn_name(tmp_path / "data" / "clean")


def test_folders_of_one_name_have_turns_of_their_own() -> None:
    assert turn_name(Path("/a/clean")) != turn_name(Path("/b/clean"))
