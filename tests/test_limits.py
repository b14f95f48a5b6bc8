"""Claims about the limits: frozen, all positive, documented, and reachable from the settings."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from pipeline.limits import MIB, Limits
from pipeline.settings import Settings


def test_limits_cannot_be_changed_once_made() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Limits().max_lines = 1  # type: ignore[misc]


def test_every_limit_is_a_positive_whole_number() -> None:
    values = dataclasses.asdict(Limits())

    assert all(isinstance(value, int) and value > 0 for value in values.values())


def test_limits_fit_into_each_other() -> None:
    limits = Limits()

    assert limits.max_line_chars <= limits.max_record_bytes <= limits.max_file_unpacked_bytes
    assert limits.max_extractor_elements <= limits.max_html_elements
    assert MIB == 1024 * 1024


def test_settings_file_may_change_one_limit_and_keep_the_others(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("[limits]\nmax_lines = 7\n")

    assert Settings.load(tmp_path / "settings.toml").limits == Limits(max_lines=7)
