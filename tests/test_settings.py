"""Claims about settings: three sources, one order, clear refusals."""

from pathlib import Path

import pytest

from pipeline.errors import SettingsError
from pipeline.settings import Settings


def config(folder: Path, text: str) -> Path:
    path = folder / "broadsheet.toml"
    path.write_text(text)
    return path


def test_a_flag_beats_the_environment_and_that_beats_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = config(tmp_path, "workers = 3\nshard_files = 7\nundo_days = 2\n")
    monkeypatch.setenv("BROADSHEET_WORKERS", "4")
    monkeypatch.setenv("BROADSHEET_SHARD_FILES", "8")

    settings = Settings.load(path, workers=5)

    assert (settings.workers, settings.shard_files, settings.undo_days) == (5, 8, 2)


def test_one_value_of_a_group_can_be_set_alone(tmp_path: Path) -> None:
    settings = Settings.load(config(tmp_path, "[limits]\nmax_lines = 9\n"))

    assert (settings.limits.max_lines, settings.limits.max_html_depth) == (9, Settings().limits.max_html_depth)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        pytest.param("workers = 0", "'workers'", id="out-of-range"),
        pytest.param("wrokers = 1", "'wrokers'", id="unknown-key"),
        pytest.param('removals = "some"', "'some'", id="not-a-choice"),
        pytest.param("workers = [", "no TOML", id="broken-file"),
    ],
)
def test_a_wrong_file_is_refused_in_one_line_that_names_it(tmp_path: Path, text: str, named: str) -> None:
    with pytest.raises(SettingsError, match=named) as caught:
        Settings.load(config(tmp_path, text))

    assert "\n" not in caught.value.message


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="does not exist"):
        Settings.load(tmp_path / "none.toml")


def test_the_digest_changes_with_what_shapes_rows_and_only_with_that() -> None:
    plain = Settings.load().digest()

    assert Settings.load(workers=7, shard_files=3).digest() == plain
    assert Settings.load(removals="counts").digest() != plain
