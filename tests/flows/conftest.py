"""A Prefect server of its own for the tests that need one: loopback, empty database, nothing sent anywhere."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest

# Thirteen seconds on an idle machine; on a busy one a first start, which makes the database, was seen to take 115.
START_SECONDS = 180
STOP_SECONDS = 30

Eventually = Callable[..., Any]
Prefect = Callable[[Sequence[str], Path], None]


def wait_until(look: Callable[[], Any], what: str, seconds: float = 60) -> Any:
    """Return the first true answer of ``look``, which asks another process; fail after ``seconds``."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := look():
            return found
        time.sleep(0.2)  # the other process tells nobody when it is ready: asking again is all there is
    raise AssertionError(f"{what}: not within {seconds} s")


@pytest.fixture(scope="session")
def eventually() -> Eventually:
    return wait_until


@pytest.fixture(scope="session")
def prefect_env(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """Return an environment in which Prefect knows its own server alone and phones nobody."""
    port = _free_port()
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(("PREFECT_", "BROADSHEET_"))}
    return inherited | {
        "PREFECT_HOME": str(tmp_path_factory.mktemp("prefect_home")),
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
        "PREFECT_SERVER_API_PORT": str(port),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "NO_PROXY": "127.0.0.1",
        "PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS": "1",
    }


@pytest.fixture(scope="session")
def api(prefect_env: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """Give a client of a freshly started server, and end the server whatever happens."""
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--no-ui"]
    log = tmp_path_factory.mktemp("prefect_server") / "server.log"
    with log.open("wb") as output:
        server = subprocess.Popen(command, env=dict(prefect_env), stdout=output, stderr=subprocess.STDOUT)
    try:
        with httpx.Client(base_url=prefect_env["PREFECT_API_URL"], timeout=30, trust_env=False) as client:
            wait_until(lambda: _is_healthy(client, server, log), "the Prefect server's health", START_SECONDS)
            yield client
    finally:
        server.terminate()
        try:
            server.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


@pytest.fixture(scope="session")
def prefect(prefect_env: Mapping[str, str]) -> Prefect:
    """Return a function that runs ``prefect …`` in a folder against that server, and fails with what it printed."""

    def call(arguments: Sequence[str], folder: Path) -> None:
        command = [sys.executable, "-m", "prefect", *arguments]
        done = subprocess.run(
            command, env=dict(prefect_env), cwd=folder, capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr

    return call


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _is_healthy(client: httpx.Client, server: subprocess.Popen[bytes], log: Path) -> bool:
    assert server.poll() is None, log.read_text(errors="replace")
    try:
        return client.get("/health").is_success
    except httpx.TransportError:
        return False
