"""Claims about the flow that keeps a folder light: what it did stands in an artifact, a row a table."""

from __future__ import annotations

import inspect
import json
from pathlib import Path

import pytest

from flows.maintain import maintain
from tests.flows.history import History

ROOT = Path(__file__).parents[2]


def test_documentation_names_every_parameter() -> None:
    page = (ROOT / "docs" / "flows.md").read_text(encoding="utf-8")

    assert [name for name in inspect.signature(maintain.fn).parameters if f"| `{name}` |" not in page] == []


@pytest.mark.prefect
def test_merged_files_are_told_table_by_table(history: History) -> None:
    rows = json.loads(history.artifacts["maintain"]["broadsheet-maintenance"]["data"])

    assert history.runs["maintain"]["state"]["type"] == "COMPLETED"
    before, now = {row["table"]: (row["files before"], row["files now"]) for row in rows}["articles"]
    assert before > now
