"""Whether a worker still gets on: its CPU time, its memory and the clock, seen from outside.

From outside, because a loop in C hears no signal and an allocation that fails inside a parser looks like a bad page
(figures: docs/decisions/0005-workers.md). A worker over a limit is killed by whoever started it.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Final, Protocol

import psutil  # type: ignore[import-untyped]  # ships no types

from pipeline.limits import MIB, Limits
from pipeline.records import Reason

POLL_SECONDS: Final = 0.1
"""How often workers are looked at: at 4 GB/s, the fastest a core fills memory, 400 MB go by in between."""


class Step(Protocol):
    """How far a job has come: any change of ``notes`` is progress; ``patience`` stretches the limits until the next."""

    @property
    def notes(self) -> int:
        """A number that grows with every step."""

    @property
    def patience(self) -> float:
        """How many times the limits this step may take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why a job has no result: the reason that its record gets, and how the worker ended, in words."""

    reason: Reason
    message: str


class Watch:
    """One worker at one job."""

    def __init__(self, pid: int, limits: Limits) -> None:
        self._limits = limits
        self._notes = -1
        self._cpu = 0.0
        self._wall = time.monotonic()
        try:
            self._process: psutil.Process | None = psutil.Process(pid)
            self._cpu = self._used()
        except psutil.Error:  # it has ended already, which its pipe will tell
            self._process = None

    def overrun(self, step: Step | None, *, is_timed: bool = True) -> Failure | None:
        """Return what limit the worker is over, given how far its job has come; None while all is well.

        Without ``is_timed`` only memory counts.
        """
        if self._process is None:
            return None
        notes, patience = (0, 1.0) if step is None else (step.notes, step.patience)
        try:
            cpu, resident = self._used(), self._resident_mib()
        except psutil.Error:
            return None
        if resident > self._limits.max_worker_mib:
            return Failure(reason=Reason.MEMORY, message=f"worker over {self._limits.max_worker_mib:,} MiB")
        if notes != self._notes:
            self._notes, self._cpu, self._wall = notes, cpu, time.monotonic()
        if not is_timed:
            return None
        if cpu - self._cpu > self._limits.max_cpu_seconds * patience:
            message = f"worker over {self._limits.max_cpu_seconds * patience:g} s of CPU time"
            return Failure(reason=Reason.TIMEOUT, message=message)
        if time.monotonic() - self._wall > self._limits.max_wall_seconds * patience:
            message = f"worker without progress for {self._limits.max_wall_seconds * patience:g} s"
            return Failure(reason=Reason.TIMEOUT, message=message)
        return None

    def is_bloated(self) -> bool:
        """Whether the worker still holds half of what it may: the next record would start from there."""
        try:
            return self._process is not None and 2 * self._resident_mib() > self._limits.max_worker_mib
        except psutil.Error:
            return False

    def _resident_mib(self) -> float:
        if self._process is None:
            return 0.0
        return float(self._process.memory_info().rss) / MIB

    def _used(self) -> float:
        if self._process is None:
            return 0.0
        times = self._process.cpu_times()
        return float(times.user + times.system)
