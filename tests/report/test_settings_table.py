"""Claims about the list of settings: every one is in it, with its value and whoever set it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import RenderableType

from pipeline.report.settings_table import SettingLine, setting_lines, settings_table
from pipeline.settings import Settings


@pytest.fixture
def lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, SettingLine]:
    config = tmp_path / "broadsheet.toml"
    config.write_text('undo_days = 3\n[clean]\nmin_words = 40\n[[sources]]\npattern = "trt/**"\n')
    monkeypatch.setenv("BROADSHEET_CLEAN__MIN_WORDS", "50")
    environment = {"BROADSHEET_CLEAN__MIN_WORDS": "50", "HOME": "elsewhere"}
    return {one.name: one for one in setting_lines(Settings.load(config), config, environment)}


def test_value_says_who_set_it_the_last_one_that_did(lines: dict[str, SettingLine]) -> None:
    found = {name: (lines[name].value, lines[name].origin) for name in ("undo_days", "clean.min_words", "shard_files")}

    assert found == {
        "undo_days": (3, "file"),
        "clean.min_words": (50, "BROADSHEET_CLEAN__MIN_WORDS"),
        "shard_files": (400, "default"),
    }


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("workers", "1 to 256"),
        ("undo_days", "0 or more"),
        ("removals", "full, counts"),
        ("clean.site_templates", "true, false"),
        ("limits.max_lines", "1 or more"),
    ],
)
def test_setting_says_what_it_may_be(lines: dict[str, SettingLine], name: str, words: str) -> None:
    assert lines[name].allowed == words


def test_every_setting_of_every_group_is_there_and_explained(lines: dict[str, SettingLine]) -> None:
    assert {"dedup.num_perm", "limits.max_worker_mib", "sources", "engine"} <= lines.keys()
    assert [name for name, one in lines.items() if not one.meaning] == []


def test_terminal_shows_patterns_of_sources_and_meaning_only_when_asked(
    lines: dict[str, SettingLine], shown: Callable[[RenderableType], str]
) -> None:
    brief = shown(settings_table(list(lines.values()), explain=False))

    assert "trt/**" in brief
    assert "days that replaced files" not in brief
    assert "days that" in shown(settings_table(list(lines.values()), explain=True))
