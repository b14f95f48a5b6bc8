"""The embedded engine: worker processes on this machine, a pipe each.

``concurrent.futures`` and loky lose the other tasks when one worker dies, ``multiprocessing.Pool`` never reports it;
a pipe a worker names the job that killed it and loses nothing else (figures: docs/decisions/0005-workers.md).
"""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from types import ModuleType
from typing import Any, Generic, Self, TypeVar, cast

from pipeline.engine.watch import POLL_SECONDS, Failure, Step, Watch
from pipeline.errors import EngineError, PipelineError
from pipeline.limits import Limits
from pipeline.records import Reason

Job = TypeVar("Job")
Result = TypeVar("Result")

# forkserver: a fork of a clean process is quick to start, and safe under Prefect, whose threads forbid a plain fork.
_METHOD = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome(Generic[Job, Result]):
    """A job with its result; or, where its worker ended, without one and with the ``failure``."""

    job: Job
    answer: Result | None
    failure: Failure | None = None

    @property
    def result(self) -> Result:
        """The result.

        Raises:
            EngineError: there is none; says how the worker ended.
        """
        if self.failure is not None:
            raise EngineError(f"{self.failure.message}: free memory, or run again with fewer --workers")
        return cast("Result", self.answer)


@dataclass(slots=True)
class _Worker:
    process: BaseProcess
    pipe: Connection
    job: Any = None
    watch: Watch | None = None


class LocalEngine:
    """Runs tasks over jobs in ``workers`` processes; a context manager, so that no process outlives it.

    The processes serve one task after the other, so their start is paid once a run; ``preload`` names modules that the
    server they are forked from imports once for all of them.

    At most one job a worker is under way, so memory does not grow with the number of jobs. An error raised by a task is
    raised here; the death of a worker is an :class:`Outcome` with a failure, and a new worker takes its place. A worker
    over ``limits`` is killed; one that is left holding half the memory it may have gives its place to a new one.
    """

    def __init__(
        self, *, workers: int | None = None, preload: Sequence[str] = (), limits: Limits | None = None
    ) -> None:
        self._count = workers or usable_cores()
        self._limits = limits or Limits()
        self._context: Any = multiprocessing.get_context(_METHOD)  # typeshed gives BaseContext no Process
        if preload and _METHOD == "forkserver":
            self._context.set_forkserver_preload(list(preload))
        self._workers: list[_Worker] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        for worker in self._workers:
            worker.pipe.close()
            if any(exc):
                worker.process.kill()  # nobody waits for what it is at
        for worker in self._workers:
            worker.process.join(timeout=5)
            if worker.process.is_alive():
                worker.process.kill()
                worker.process.join()
            worker.process.close()
        self._workers.clear()

    def map(
        self,
        task: Callable[[Job], Result],
        jobs: Iterable[Job],
        progress: Callable[[Job], Step | None] | None = None,
    ) -> Iterator[Outcome[Job, Result]]:
        """Yield the outcome of ``task`` on each job as it is done: the order is not that of ``jobs``.

        ``task`` is a function of a module: it travels by its name. ``progress`` tells how far a job has come; without
        it only the memory of workers is watched.

        Raises:
            PipelineError: whatever error of ours the task raised.
        """
        waiting = deque(jobs)
        while len(self._workers) < min(self._count, len(waiting)):
            self._workers.append(self._start())
        for worker in self._workers:
            self._give(worker, task, waiting)
        while any(worker.job is not None for worker in self._workers):
            busy = [worker for worker in self._workers if worker.job is not None]
            ready = set(wait([worker.pipe for worker in busy], POLL_SECONDS))
            for worker in busy:
                outcome = self._collect(worker) if worker.pipe in ready else self._look_at(worker, progress)
                if outcome is not None:
                    yield outcome
                    self._give(worker, task, waiting)

    def _give(self, worker: _Worker, task: Callable[[Job], Result], waiting: deque[Job]) -> None:
        if not waiting:
            return
        worker.job = waiting.popleft()
        try:
            worker.pipe.send((task, worker.job))
        except OSError:  # it died while it had nothing to do, of no job's fault
            self._replace(worker)
            worker.pipe.send((task, worker.job))
        worker.watch = Watch(worker.process.pid or 0, self._limits)

    def _collect(self, worker: _Worker) -> Outcome[Any, Any]:
        job = worker.job
        if job is None:
            raise RuntimeError("a worker without a job has answered")
        worker.job = None
        try:
            result, error = worker.pipe.recv()
        except (EOFError, OSError):
            return Outcome(job=job, answer=None, failure=self._replace(worker))
        if error is not None:
            raise error
        if worker.watch is not None and worker.watch.is_bloated():
            worker.process.kill()
            self._replace(worker)
        return Outcome(job=job, answer=result)

    def _look_at(self, worker: _Worker, progress: Callable[[Any], Step | None] | None) -> Outcome[Any, Any] | None:
        """Return the failure of a worker that is over a limit, which ends it; None while all is well."""
        if worker.watch is None:
            return None
        step = progress(worker.job) if progress is not None else None
        failure = worker.watch.overrun(step, is_timed=progress is not None)
        if failure is None:
            return None
        worker.process.kill()
        job, worker.job = worker.job, None
        self._replace(worker)
        return Outcome(job=job, answer=None, failure=failure)

    def _start(self) -> _Worker:
        ours, theirs = self._context.Pipe()
        process = self._context.Process(target=_work, args=(theirs,), daemon=True)
        with _without_main():
            process.start()
        theirs.close()
        return _Worker(process, ours)

    def _replace(self, worker: _Worker) -> Failure:
        """Start a new process in place of a dead one; return how the old one ended."""
        worker.pipe.close()
        worker.process.join(timeout=5)
        code = worker.process.exitcode
        fresh = self._start()
        worker.process, worker.pipe = fresh.process, fresh.pipe
        is_signal = code is not None and code < 0
        message = f"worker killed by signal {-(code or 0)}" if is_signal else f"worker ended with code {code}"
        return Failure(reason=Reason.CRASH, message=message)


def start_server(preload: Sequence[str]) -> None:
    """Start the server that workers are forked from, which imports ``preload`` while this process goes on.

    Nothing is done where there is no such server, or where it runs already.
    """
    if _METHOD == "forkserver":
        from multiprocessing import forkserver  # here, since not every system has it

        forkserver.set_forkserver_preload(list(preload))
        forkserver.ensure_running()


@contextmanager
def _without_main() -> Iterator[None]:
    """Keep a process that is started from importing the script that runs: all it does stands in modules.

    A script without ``if __name__ == "__main__"`` would begin its own run in each worker, which ends it, for ever.
    """
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


def _work(pipe: Connection) -> None:
    """Do jobs until the pipe closes. Our own errors go home as values; any other ends the worker and names its job."""
    # Ctrl-C reaches all processes of a terminal; the run alone answers it, and ends its workers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _end_with_parent()
    while True:
        try:
            task, job = pipe.recv()
        except EOFError:
            return
        try:
            result = task(job)
        except PipelineError as exc:
            pipe.send((None, exc))
        else:
            pipe.send((result, None))


def _end_with_parent() -> None:
    """Have the kernel end this process when the one that started it ends, in whatever way, a loop in C or not.

    The server that workers are forked from ends when the run does. Where the system has no such call (prctl(2),
    PR_SET_PDEATHSIG), a worker ends when it next looks at its pipe.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(1, signal.SIGKILL)


def usable_cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
