"""The command, with the cleaner as it stands, on two tiny pages."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.quality.__main__ import main
from benchmarks.quality.bench import Bench


@pytest.fixture
def command(bench: Bench, tmp_path: Path) -> list[str]:
    floors = tmp_path / "floors.json"
    return ["--bench", str(bench.root), "--only", "dumps", "--workers", "1", "--floors", str(floors)]


def test_without_floors_the_gate_fails(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(command) == 1
    assert "FLOOR  dumps: has no floors yet" in capsys.readouterr().out


def test_pinned_figures_pass_and_a_raised_floor_fails(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*command, "--update"]) == 0
    assert main(command) == 0

    held = json.loads((tmp_path / "floors.json").read_text())
    held["floors"]["dumps/unjoined/clean pages"] = 1.1
    (tmp_path / "floors.json").write_text(json.dumps(held))

    assert main(command) == 1
    assert "dumps/unjoined/clean pages" in capsys.readouterr().out


def test_lowering_needs_a_reason_and_leaves_the_file_alone_without(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main([*command, "--update"])
    held = json.loads((tmp_path / "floors.json").read_text())
    held["floors"]["dumps/unjoined/clean pages"] = 1.1
    (tmp_path / "floors.json").write_text(json.dumps(held))

    assert main([*command, "--update"]) == 1
    assert "floors only rise" in capsys.readouterr().err
    assert json.loads((tmp_path / "floors.json").read_text()) == held
    assert main([*command, "--update", "--lower", "the label was wrong"]) == 0
    assert json.loads((tmp_path / "floors.json").read_text())["lowered"][0]["reason"] == "the label was wrong"


def test_figures_and_misses_are_written(command: list[str], tmp_path: Path) -> None:
    main([*command, "--json", str(tmp_path / "figures.json"), "--errors", str(tmp_path / "errors.jsonl")])

    figures = json.loads((tmp_path / "figures.json").read_text())
    assert set(figures["dumps/unjoined/line F1"]) == {"value", "low", "high"}
    assert all(json.loads(line)["source"] == "dumps" for line in (tmp_path / "errors.jsonl").read_text().splitlines())


def test_a_wrong_folder_is_told_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--bench", str(tmp_path / "nowhere"), "--only", "dumps"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize("wrong", [["--lower", "why"], ["--update", "--lower", " "]], ids=["no update", "blank"])
def test_lower_goes_with_update_and_a_reason(wrong: list[str], command: list[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([*command, *wrong])

    assert stopped.value.code == 2
