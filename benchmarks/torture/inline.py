"""An engine without processes: jobs are done where they are given, so that every call to the disk has its number."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Self, TypeVar

from pipeline.engine import Outcome, Step

Job = TypeVar("Job")
Result = TypeVar("Result")


class InlineEngine:
    """Does each job at once, in order; what a job raises is raised."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None: ...

    def map(
        self,
        task: Callable[[Job], Result],
        jobs: Iterable[Job],
        progress: Callable[[Job], Step | None] | None = None,
    ) -> Iterator[Outcome[Job, Result]]:
        """Yield the outcome of each job."""
        del progress
        for job in jobs:
            yield Outcome(job=job, answer=task(job))
