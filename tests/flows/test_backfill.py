"""Claims about the flow for earlier days: its form, its plan as an artifact, and that planning is what it does unasked."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest

from flows.backfill import backfill
from pipeline.store.tables import Store
from tests.flows.history import History

ROOT = Path(__file__).parents[2]


def test_documentation_names_every_parameter() -> None:
    page = (ROOT / "docs" / "flows.md").read_text(encoding="utf-8")

    assert [name for name in inspect.signature(backfill.fn).parameters if f"| `{name}` |" not in page] == []


def test_unasked_it_only_plans() -> None:
    assert inspect.signature(backfill.fn).parameters["dry_run"].default is True


@pytest.mark.prefect
def test_days_are_planned_and_told_in_an_artifact(history: History) -> None:
    plan = history.artifacts["backfill"]["broadsheet-backfill"]["data"]

    assert history.runs["backfill"]["state"]["type"] == "COMPLETED"
    assert "Dry run, nothing is changed: 1 dumps cleaned" in plan
    assert "| 2026-03-04 | 1 | 0 |" in plan
    assert Store.open(history.folder / "old_clean").snapshot().count("records") == 0
