"""Claims about the embedded engine: all jobs come back, and a dead worker costs its own job only."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pipeline.engine import Failure, LocalEngine
from pipeline.errors import EngineError, InputError
from pipeline.limits import Limits
from pipeline.records import Reason


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
        outcomes = {outcome.job.number: (outcome.answer, outcome.failure) for outcome in engine.map(task, jobs)}

    assert outcomes == {
        0: (0, None),
        1: (None, Failure(reason=Reason.CRASH, message="worker killed by signal 9")),
        2: (20, None),
        3: (None, Failure(reason=Reason.CRASH, message="worker ended with code 3")),
        4: (40, None),
    }


def test_the_result_of_a_dead_worker_is_an_error_that_says_how_it_ended() -> None:
    with LocalEngine(workers=1) as engine:
        (outcome,) = engine.map(task, [Job(1, "leave")])

    with pytest.raises(EngineError, match="worker ended with code 3: free memory"):
        _ = outcome.result


@dataclass(frozen=True)
class Standing:
    """A job that never comes any further."""

    notes: int = 1
    patience: float = 1.0


def busy(job: Job) -> int:
    while job.order == "hang":
        pass
    return job.number


def waits(job: Job) -> int:
    if job.order == "hang":
        signal.pause()
    return job.number


@pytest.mark.parametrize(
    ("work", "limits", "message"),
    [
        (busy, Limits(max_cpu_seconds=1), "worker over 1 s of CPU time"),
        (waits, Limits(max_wall_seconds=1), "worker without progress for 1 s"),
    ],
    ids=["one that works", "one that waits"],
)
def test_a_worker_that_hangs_is_ended_and_the_others_come_back(work: Any, limits: Limits, message: str) -> None:
    with LocalEngine(workers=1, limits=limits) as engine:
        outcomes = list(engine.map(work, [Job(0), Job(1, "hang"), Job(2)], lambda _: Standing()))

    assert [(one.job.number, one.answer) for one in outcomes] == [(0, 0), (1, None), (2, 2)]
    assert outcomes[1].failure == Failure(reason=Reason.TIMEOUT, message=message)


def gorge(job: Job) -> int:
    if job.order == "eat":
        held = bytearray(b"x") * (2 << 30)
        signal.pause()
        return len(held)
    return job.number


def test_a_worker_that_takes_too_much_memory_is_ended_even_where_no_one_times_it() -> None:
    with LocalEngine(workers=1, limits=Limits(max_worker_mib=500)) as engine:
        outcomes = list(engine.map(gorge, [Job(1, "eat"), Job(2)]))

    assert outcomes[0].failure == Failure(reason=Reason.MEMORY, message="worker over 500 MiB")
    assert outcomes[1].answer == 2


HELD: list[bytearray] = []


def hoard(job: Job) -> int:
    HELD.append(bytearray(b"x") * (260 << 20))
    return os.getpid() if job else 0


def test_a_worker_left_with_half_its_memory_gives_its_place_to_a_new_one() -> None:
    with LocalEngine(workers=1, limits=Limits(max_worker_mib=500)) as engine:
        pids = [outcome.answer for outcome in engine.map(hoard, [Job(n) for n in range(3)])]

    assert len(set(pids)) == 3


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


def test_workers_have_what_the_server_was_told_to_import() -> None:
    code = (
        "from pipeline.engine.local import LocalEngine, start_server; start_server(['wave']); start_server(['wave']);"
        "asked = \"'wave' in __import__('sys').modules\"; engine = LocalEngine(workers=1, preload=['wave']);"
        "found = [outcome.result for outcome in engine.__enter__().map(eval, [asked])]; engine.__exit__(); print(found)"
    )

    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)

    assert done.stdout.strip() == "[True]"


@pytest.mark.parametrize("preload", [[], ["wave"]])
def test_a_script_that_guards_nothing_is_run_once_and_not_by_its_workers(tmp_path: Path, preload: list[str]) -> None:
    script = tmp_path / "nightly.py"
    script.write_text(
        "from pipeline.engine import LocalEngine\n"
        "print('begun', flush=True)\n"
        f"with LocalEngine(workers=2, preload={preload}) as engine:\n"
        "    print(sorted(outcome.result for outcome in engine.map(abs, [-2, -1])))\n"
    )

    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=False, timeout=60)

    assert (done.stdout.splitlines(), done.stderr) == (["begun", "[1, 2]"], "")
