"""The rules of the ratchet, on figures made up here."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.quality.figures import Figure, Sheet
from benchmarks.quality.floors import (
    TOLERANCE,
    Floors,
    RatchetError,
    breaches,
    floor_of,
    read_floors,
    update,
    write_floors,
)

LABELS = {"dumps": "d1", "dedup": "p1"}
PINNED = Floors(labels=LABELS, floors={"dumps/line F1": 0.9, "dedup/pair F1": 0.8})


def sheet(source: str = "dumps", **values: float) -> Sheet:
    figures = {f"{source}/{name.replace('_', ' ')}": Figure(value=value) for name, value in values.items()}
    return Sheet(source=source, tables=(), figures=figures, pinned=frozenset(figures))


@pytest.mark.parametrize("value", [0.9, 0.95, 0.9 - TOLERANCE / 2], ids=["at", "above", "within tolerance"])
def test_a_figure_at_its_floor_passes(value: float) -> None:
    assert list(breaches(PINNED, sheet(line_F1=value), "d1")) == []


def test_a_figure_under_its_floor_fails_with_both_values() -> None:
    found = list(breaches(PINNED, sheet(line_F1=0.85), "d1"))

    assert found == ["dumps/line F1: 0.8500 is under its floor of 0.9000"]


def test_changed_labels_fail_until_pinned_again() -> None:
    same = sheet(line_F1=0.9)

    assert any("labels" in line for line in breaches(PINNED, same, "d2"))
    assert list(breaches(update(PINNED, same, "d2"), same, "d2")) == []


def test_a_figure_that_is_no_longer_measured_fails() -> None:
    assert any("no longer measured" in line for line in breaches(PINNED, sheet(), "d1"))


def test_a_new_figure_without_a_floor_fails() -> None:
    assert any("no floor yet" in line for line in breaches(PINNED, sheet(line_F1=0.9, char_F1=0.9), "d1"))


def test_an_update_raises_and_leaves_other_sources_alone() -> None:
    raised = update(PINNED, sheet(line_F1=0.95, char_F1=0.7), "d1")

    assert raised.floors == {"dumps/line F1": 0.95, "dumps/char F1": 0.7, "dedup/pair F1": 0.8}
    assert raised.lowered == ()


def test_an_update_never_lowers_within_the_tolerance() -> None:
    assert update(PINNED, sheet(line_F1=0.9 - TOLERANCE / 2), "d1").floors["dumps/line F1"] == 0.9


@pytest.mark.parametrize("reason", [None, "", "  "], ids=["none", "empty", "blank"])
def test_an_update_refuses_to_lower_without_a_reason(reason: str | None) -> None:
    with pytest.raises(RatchetError, match=r"0\.9000 → 0\.8500"):
        update(PINNED, sheet(line_F1=0.85), "d1", reason)


def test_a_lowered_floor_is_recorded_with_its_reason() -> None:
    lowered = update(PINNED, sheet(line_F1=0.85), "d1", "captions are now kept")

    assert lowered.floors["dumps/line F1"] == 0.85
    assert [(row.figure, row.floor, row.to, row.reason) for row in lowered.lowered] == [
        ("dumps/line F1", 0.9, 0.85, "captions are now kept")
    ]


def test_giving_up_a_figure_takes_a_reason_too() -> None:
    with pytest.raises(RatchetError, match="gone"):
        update(PINNED, sheet(), "d1")

    assert "dumps/line F1" not in update(PINNED, sheet(), "d1", "counted twice").floors


def test_floors_survive_the_file(tmp_path: Path) -> None:
    lowered = update(PINNED, sheet(line_F1=0.85), "d1", "captions — now kept")

    write_floors(lowered, tmp_path / "floors.json")

    assert read_floors(tmp_path / "floors.json") == lowered
    assert [path.name for path in tmp_path.iterdir()] == ["floors.json"]


def test_a_missing_file_pins_nothing(tmp_path: Path) -> None:
    assert read_floors(tmp_path / "floors.json") == Floors(labels={}, floors={})


@pytest.mark.parametrize(("value", "floor"), [(0.96789, 0.9678), (0.9, 0.9), (1.0, 1.0), (2 / 3, 0.6666)])
def test_a_floor_is_rounded_down(value: float, floor: float) -> None:
    assert floor_of(value) == floor


def test_a_source_without_floors_fails_with_one_sentence() -> None:
    found = list(breaches(PINNED, sheet("reprints", groups=1.0, pairs=1.0), "r1"))

    assert found == ["reprints: has no floors yet; --update pins them"]
