"""The gate itself: every labelled set through the pipeline as it stands, held to ``benchmarks/floors.json``."""

from __future__ import annotations

import os

import pytest

from benchmarks.quality.bench import SOURCES, Bench, find_bench
from benchmarks.quality.floors import breaches, read_floors
from benchmarks.quality.gate import measure

pytestmark = pytest.mark.quality

MISSING = "the labelled sets are not here: set BROADSHEET_BENCH to their folder"


@pytest.fixture(scope="module")
def labelled() -> Bench:
    """Return the labelled sets; without them this passes nowhere unnoticed: a skip here, a failure in CI."""
    root = find_bench()
    if root is None:
        if os.environ.get("CI") == "true":
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    return Bench(root)


@pytest.mark.parametrize("source", SOURCES)
def test_no_figure_falls_under_its_floor(source: str, labelled: Bench) -> None:
    [sheet] = measure(labelled, only=[source], workers=min(2, len(os.sched_getaffinity(0))))

    assert list(breaches(read_floors(), sheet, labelled.digest(source))) == []
