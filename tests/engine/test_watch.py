"""Claims about watching a worker: no step means no progress, and each limit has its edge."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass

import pytest

from pipeline.engine.watch import Failure, Watch
from pipeline.limits import Limits
from pipeline.records import Reason


@dataclass(frozen=True)
class Standing:
    notes: int = 1
    patience: float = 1.0


def work(cpu_seconds: float) -> None:
    until = time.process_time() + cpu_seconds
    while time.process_time() < until:
        pass


def test_a_worker_that_steps_on_may_take_as_long_as_it_likes() -> None:
    watch = Watch(os.getpid(), Limits(max_cpu_seconds=1))

    for note in range(3):
        assert watch.overrun(Standing(notes=note)) is None
        work(0.6)

    assert watch.overrun(Standing(notes=9)) is None


def test_a_step_over_its_cpu_time_is_a_timeout_that_tells_the_limit() -> None:
    watch = Watch(os.getpid(), Limits(max_cpu_seconds=1))
    watch.overrun(Standing())
    work(1.1)

    assert watch.overrun(Standing()) == Failure(reason=Reason.TIMEOUT, message="worker over 1 s of CPU time")


def test_a_step_that_takes_too_long_by_the_clock_is_a_timeout_too() -> None:
    watch = Watch(os.getpid(), Limits(max_cpu_seconds=30, max_wall_seconds=1))
    assert watch.overrun(Standing()) is None
    work(1.1)

    assert watch.overrun(Standing()) == Failure(reason=Reason.TIMEOUT, message="worker without progress for 1 s")


def test_patience_stretches_the_limit() -> None:
    watch = Watch(os.getpid(), Limits(max_cpu_seconds=1))
    watch.overrun(Standing(patience=10))
    work(1.1)

    assert watch.overrun(Standing(patience=10)) is None


def test_a_job_that_nobody_times_is_held_to_its_memory_alone() -> None:
    watch = Watch(os.getpid(), Limits(max_cpu_seconds=1))
    watch.overrun(None, is_timed=False)
    work(1.1)

    assert watch.overrun(None, is_timed=False) is None


@pytest.mark.parametrize(("most", "is_over"), [(1, True), (1 << 20, False)])
def test_memory_has_a_limit(most: int, *, is_over: bool) -> None:
    found = Watch(os.getpid(), Limits(max_worker_mib=most)).overrun(Standing())

    assert (found is not None and found.reason is Reason.MEMORY) == is_over


def test_half_of_the_limit_is_bloated() -> None:
    assert Watch(os.getpid(), Limits(max_worker_mib=2)).is_bloated()
    assert not Watch(os.getpid(), Limits(max_worker_mib=1 << 20)).is_bloated()


def test_a_process_that_has_ended_is_over_no_limit() -> None:
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    watch = Watch(child, Limits(max_worker_mib=1))

    assert watch.overrun(Standing()) is None
    assert not watch.is_bloated()
