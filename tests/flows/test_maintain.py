"""Claims about the flow that keeps a folder light: what it did stands in an artifact, a row a table."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from flows.maintain import maintain

ROOT = Path(__file__).parents[2]


def test_documentation_names_every_parameter() -> None:
    page = (ROOT / "docs" / "flows.md").read_text(encoding="utf-8")

    assert [name for name in inspect.signature(maintain.fn).parameters if f"| `{name}` |" not in page] == []


@pytest.mark.prefect
def test_merged_files_are_told_table_by_table(
    after_kill: dict[str, dict[str, Any]], artifacts_of: Callable[..., dict[str, dict[str, Any]]]
) -> None:
    ended = after_kill["maintain"]

    assert ended["state"]["type"] == "COMPLETED"
    rows = json.loads(artifacts_of(ended)["broadsheet-maintenance"]["data"])
    assert {row["table"]: (row["files before"], row["files now"]) for row in rows}["articles"] == (2, 1)
