"""Every source measured, and held to its floors."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from benchmarks.quality import dumps, duplicates, extraction, glued, reprints
from benchmarks.quality.bench import SOURCES, Bench
from benchmarks.quality.figures import Sheet

MEASURES: Mapping[str, Callable[..., Sheet]] = {
    "dumps": dumps.measure,
    "extraction": extraction.measure,
    "glued": glued.measure,
    "dedup": duplicates.measure,
    "reprints": reprints.measure,
}


def measure(bench: Bench, *, only: Sequence[str] = SOURCES, workers: int) -> Iterator[Sheet]:
    """Yield the scores of each source as soon as they are there."""
    for source in only:
        yield MEASURES[source](bench, workers=workers)
