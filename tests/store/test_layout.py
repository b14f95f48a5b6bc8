"""Paths stay inside the clean folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import StoreError
from pipeline.store.layout import Layout, checked_run_id
from pipeline.store.schema import TABLES


def test_private_state_is_in_no_table() -> None:
    layout = Layout(Path("/clean"))
    private = (layout.lock, layout.manifests, layout.index, layout.known, layout.scratch, layout.staging, layout.undo)

    assert all(path.is_relative_to(layout.state) for path in private)
    assert layout.state.name not in TABLES


@pytest.mark.parametrize("run_id", ["", "..", "../x", "a/b", ".hidden", "a" * 101, "a\n"])
def test_run_id_that_could_leave_the_folder_is_refused(run_id: str) -> None:
    with pytest.raises(StoreError, match="cannot name a folder"):
        checked_run_id(run_id)
