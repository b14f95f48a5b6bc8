"""Where shards run. An engine moves jobs and results: small picklable records of paths and counts, never texts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol, Self, TypeVar

from pipeline.engine.local import LocalEngine, Outcome, usable_cores
from pipeline.engine.watch import Failure, Step

__all__ = ["Engine", "Failure", "LocalEngine", "Outcome", "Step", "usable_cores"]

Job = TypeVar("Job")
Result = TypeVar("Result")


class Engine(Protocol):
    """What the run asks of an engine: run a task over jobs, report each as it is done."""

    def map(
        self,
        task: Callable[[Job], Result],
        jobs: Iterable[Job],
        progress: Callable[[Job], Step | None] | None = None,
    ) -> Iterator[Outcome[Job, Result]]:
        """Yield the outcome of ``task`` on each job, in any order; ``progress`` tells how far a job has come."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(self, *exc: object) -> None: ...
