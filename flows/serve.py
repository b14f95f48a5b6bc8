"""A Prefect server, the deployments of ``prefect.yaml`` and a worker in one terminal: ``python -m flows.serve``.

For one machine, on loopback, until Ctrl-C or SIGTERM, which ends every process of it. What must stay up for good is
better started piece by piece under a service manager, as ``docs/flows.md`` tells.
"""

from __future__ import annotations

import argparse
import contextlib
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Self

import httpx
import psutil  # type: ignore[import-untyped]  # ships no types

HOST = "127.0.0.1"
POOL = "broadsheet"
HOME = Path("data/prefect")
START_SECONDS = 300.0  # a first start makes the database: 13 seconds on an idle machine, two minutes on a busy one
STOP_SECONDS = 20.0
_LOOK_SECONDS = 0.25
_LOG = logging.getLogger(__name__)


class ServeError(Exception):
    """Why it cannot go on, for the user to read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """Where a server stands, in which folder it works, and with which variables its processes run."""

    folder: Path
    port: int
    environment: Mapping[str, str]

    @classmethod
    def at(cls, folder: Path, port: int, environment: Mapping[str, str]) -> Self:
        """Return the stand of ``folder``; its database lies there too, and Prefect's makers are told nothing.

        Raises:
            ServeError: somebody listens on ``port`` already.
        """
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError as exc:
                raise ServeError(f"port {port} is taken ({exc.strerror}): make serve PORT={port + 1}") from exc
        quiet = {"PREFECT_SERVER_ANALYTICS_ENABLED": "false", "DO_NOT_TRACK": "1"}
        home = {"PREFECT_HOME": str(folder / HOME)}
        there = {"PREFECT_API_URL": f"http://{HOST}:{port}/api", "NO_PROXY": HOST, "no_proxy": HOST}
        return cls(folder=folder, port=port, environment={**quiet, **home, **environment, **there})

    @property
    def home(self) -> Path:
        """Where Prefect keeps its database, and this its log of the server."""
        return Path(self.environment["PREFECT_HOME"])

    def start(self, *words: str, log: Path | None = None) -> subprocess.Popen[bytes]:
        """Start ``prefect …`` out of reach of the terminal's Ctrl-C: what ends first is for us to say."""
        with log.open("wb") if log else contextlib.nullcontext() as output:
            return subprocess.Popen(
                [sys.executable, "-m", "prefect", *words],
                cwd=self.folder,
                env=self.environment,
                stdout=output,
                stderr=subprocess.STDOUT if output else None,
                start_new_session=True,
            )


def serve(stand: Stand) -> None:
    """Start server, worker and deployments, and stay until a signal comes; whatever happens, none of them is left.

    Raises:
        ServeError: one of them does not start, or ends by itself.
    """
    stand.home.mkdir(parents=True, exist_ok=True)
    log = stand.home / "server.log"
    with ended_at_last() as running:
        running.append(server := stand.start("server", "start", "--host", HOST, "--port", str(stand.port), log=log))
        with httpx.Client(base_url=stand.environment["PREFECT_API_URL"], timeout=30, trust_env=False) as api:
            _LOG.info("Prefect starts; its log is %s", log)
            _await(lambda: _answers(api, "/health"), server, f"the server did not start: see {log}")
            running.append(worker := stand.start("worker", "start", "--pool", POOL, "--type", "process"))
            _await(lambda: _answers(api, f"/work_pools/{POOL}"), worker, "the worker did not start")
        running.append(deploy := stand.start("--no-prompt", "deploy", "--all", log=stand.home / "deploy.log"))
        if deploy.wait():
            raise ServeError(f"prefect.yaml was not deployed: see {stand.home / 'deploy.log'}")
        _LOG.info("Ready: http://%s:%d shows schedules and runs; Ctrl-C ends all of it.", HOST, stand.port)
        _LOG.info("For other terminals: export PREFECT_API_URL=%s", stand.environment["PREFECT_API_URL"])
        _await(lambda: False, server, f"server or worker ended by itself: see {log}", worker, seconds=float("inf"))


def _answers(api: httpx.Client, path: str) -> bool:
    try:
        return api.get(path).is_success
    except httpx.TransportError:
        return False


def _await(
    look: Callable[[], bool],
    process: subprocess.Popen[bytes],
    otherwise: str,
    *more: subprocess.Popen[bytes],
    seconds: float = START_SECONDS,
) -> None:
    """Return once ``look`` finds what it looks for.

    Raises:
        ServeError: ``otherwise``, when one of the processes has ended or time is up.
    """
    end = time.monotonic() + seconds
    while not look():
        if any(one.poll() is not None for one in (process, *more)) or time.monotonic() > end:
            raise ServeError(otherwise)
        time.sleep(_LOOK_SECONDS)


@contextlib.contextmanager
def ended_at_last() -> Iterator[list[subprocess.Popen[bytes]]]:
    """Give a list for processes; at its end they are ended with all they have started, the last one first."""
    running: list[subprocess.Popen[bytes]] = []
    try:
        yield running
    finally:
        for process in reversed(running):
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ask first what a process has started to end, then the process; kill who of them all has not when time is up.

    A flow that ends while worker and server still live says so to them, and is not shown as running for ever.
    """
    try:
        root = psutil.Process(process.pid)
        started, family = root.children(), [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        return
    for asked in (started, [root]):
        _signal(asked, signal.SIGTERM)
        psutil.wait_procs(asked, STOP_SECONDS)
    _, alive = psutil.wait_procs(family, 0)
    _signal(alive, signal.SIGKILL)
    psutil.wait_procs(alive, STOP_SECONDS)
    process.wait()


def _signal(processes: Sequence[psutil.Process], number: int) -> None:
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(number)


def _stop(number: int, frame: FrameType | None) -> None:
    """End as on Ctrl-C; asked again while ending, go on ending."""
    del frame
    for kind in (signal.SIGINT, signal.SIGTERM):
        signal.signal(kind, signal.SIG_IGN)
    raise KeyboardInterrupt(number)


def main() -> None:
    """Serve the folder this is called in."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    words = argparse.ArgumentParser(prog="python -m flows.serve", description=__doc__)
    words.add_argument("--port", type=int, default=4200, help="where the server answers (default: %(default)s)")
    port = words.parse_args().port
    for kind in (signal.SIGINT, signal.SIGTERM):
        signal.signal(kind, _stop)
    try:
        serve(Stand.at(Path.cwd(), port, os.environ))
    except KeyboardInterrupt:
        _LOG.info("Ended.")
    except ServeError as exc:
        raise SystemExit(f"flows.serve: {exc}") from None


if __name__ == "__main__":
    main()
