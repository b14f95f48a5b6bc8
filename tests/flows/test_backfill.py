"""Claims about the flow for earlier days: its form, its plan as an artifact, and that planning is what it does unasked."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from flows.backfill import backfill
from pipeline.store.tables import Store

ROOT = Path(__file__).parents[2]


def test_documentation_names_every_parameter() -> None:
    page = (ROOT / "docs" / "flows.md").read_text(encoding="utf-8")

    assert [name for name in inspect.signature(backfill.fn).parameters if f"| `{name}` |" not in page] == []


def test_unasked_it_only_plans() -> None:
    assert inspect.signature(backfill.fn).parameters["dry_run"].default is True


@pytest.mark.prefect
def test_days_are_planned_and_told_in_an_artifact(
    project: Any, after_kill: dict[str, dict[str, Any]], artifacts_of: Callable[..., dict[str, dict[str, Any]]]
) -> None:
    planned = after_kill["backfill"]

    assert planned["state"]["type"] == "COMPLETED"
    plan = artifacts_of(planned)["broadsheet-backfill"]["data"]
    assert "Dry run, nothing is changed: 1 dumps cleaned" in plan
    assert "| 2026-03-04 | 1 | 0 |" in plan
    assert Store.open(project.folder / "old_clean").snapshot().count("records") == 0
