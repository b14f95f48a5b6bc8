"""Claims about the embedded engine: all jobs come back, and a dead worker costs its own job only."""

import os
import signal
import time
from dataclasses import dataclass

import pytest

from pipeline.engine import LocalEngine
from pipeline.errors import InputError


@dataclass(frozen=True)
class Job:
    number: int
    order: str = "work"


def task(job: Job) -> int:
    if job.order == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    if job.order == "leave":
        os._exit(3)
    if job.order == "refuse":
        raise InputError("no such dump", source=str(job.number))
    return job.number * 10


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_every_job_comes_back_once_whatever_the_number_of_workers(workers: int) -> None:
    with LocalEngine(workers=workers) as engine:
        done = sorted((outcome.job.number, outcome.result) for outcome in engine.map(task, [Job(n) for n in range(7)]))

    assert done == [(n, n * 10) for n in range(7)]


def test_a_killed_worker_is_named_with_its_job_and_the_others_come_back() -> None:
    jobs = [Job(0), Job(1, "die"), Job(2), Job(3, "leave"), Job(4)]

    with LocalEngine(workers=2) as engine:
        outcomes = {outcome.job.number: (outcome.result, outcome.failure) for outcome in engine.map(task, jobs)}

    assert outcomes == {
        0: (0, None),
        1: (None, "worker killed by signal 9"),
        2: (20, None),
        3: (None, "worker ended with code 3"),
        4: (40, None),
    }


def test_an_error_of_ours_is_raised_where_the_run_is() -> None:
    with LocalEngine(workers=1) as engine, pytest.raises(InputError, match="no such dump"):
        list(engine.map(task, [Job(1, "refuse")]))


def test_one_engine_serves_several_rounds() -> None:
    with LocalEngine(workers=2) as engine:
        rounds = [sorted(outcome.result or 0 for outcome in engine.map(task, [Job(1), Job(2)])) for _ in range(3)]

    assert rounds == [[10, 20]] * 3


def test_no_jobs_start_no_worker() -> None:
    with LocalEngine(workers=2) as engine:
        assert list(engine.map(task, [])) == []


def pid_of(job: Job) -> int:
    return os.getpid() if job.number else 0


def test_a_worker_that_dies_between_two_jobs_is_replaced() -> None:
    done = []

    with LocalEngine(workers=1) as engine:
        for outcome in engine.map(pid_of, [Job(1), Job(2), Job(3)]):
            done.append((outcome.job.number, outcome.failure))
            if outcome.job.number == 1 and outcome.result:
                os.kill(outcome.result, signal.SIGKILL)
                engine._workers[0].process.join(timeout=10)

    assert [number for number, _ in done] == [1, 2, 3]


def interrupted(job: Job) -> int:
    os.kill(os.getpid(), signal.SIGINT)
    return job.number


def test_ctrl_c_is_answered_by_the_run_and_not_by_its_workers() -> None:
    with LocalEngine(workers=1) as engine:
        assert [outcome.result for outcome in engine.map(interrupted, [Job(7)])] == [7]


def sleepy(job: Job) -> int:
    if job.number:
        signal.pause()
    return job.number


def _fail_at_the_first() -> None:
    with LocalEngine(workers=2) as engine:
        for _ in engine.map(sleepy, [Job(0), Job(1)]):
            raise InputError("stop")


def test_a_run_that_fails_waits_for_no_worker() -> None:
    before = time.monotonic()

    with pytest.raises(InputError, match="stop"):
        _fail_at_the_first()

    assert time.monotonic() - before < 4
