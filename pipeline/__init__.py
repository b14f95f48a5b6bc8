"""Broadsheet: raw dumps of news pages in, clean and near-deduplicated articles in Parquet out.

The main job is ``from pipeline.run import run`` (no name of this package, where ``run`` is that module). What goes into
it and comes out of it, and what the tables are read by, is listed here; each is loaded when it is first asked for.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.errors import PipelineError
    from pipeline.report.counters import Progress, RunReport
    from pipeline.settings import Settings
    from pipeline.store.reader import Snapshot
    from pipeline.store.tables import Store

__all__ = ["PipelineError", "Progress", "RunReport", "Settings", "Snapshot", "Store"]

_HOMES = {
    "PipelineError": "pipeline.errors",
    "Progress": "pipeline.report.counters",
    "RunReport": "pipeline.report.counters",
    "Settings": "pipeline.settings",
    "Snapshot": "pipeline.store.reader",
    "Store": "pipeline.store.tables",
}


def __getattr__(name: str) -> object:
    """Return a public name, loaded now: with all of them ``import pipeline`` would cost every command a second."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    """Return the public names."""
    return [*__all__]
