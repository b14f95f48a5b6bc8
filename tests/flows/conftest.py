"""A Prefect server of its own for the tests that need one: loopback, empty database, nothing sent anywhere."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from flows.turns import turn_name
from pipeline.run import run
from pipeline.settings import Settings

# Thirteen seconds on an idle machine; on a busy one a first start, which makes the database, was seen to take 115.
START_SECONDS = 180
STOP_SECONDS = 30

ROOT = Path(__file__).parents[2]
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


FERRY = """The ferry to Marlow Island is back after nine days

By Ines Calder
4 March 2026

The ferry between Oldhaven and Marlow Island sailed again on Tuesday morning, nine days after a storm tore its ramp
from the quay and left four hundred islanders to rely on fishing boats for bread, post and medicine.

Harbour master Piet Lund said divers had worked through the night to fix the new ramp. "We tested it with two loaded
milk lorries before we let the first passenger on board," he said.

Share this story
"""
BELLS = """Village votes to keep its night bells

The council of Nether Wold voted by seven to two on Monday evening to let the church bells ring through the night,
ending a dispute that began when a guest of the village inn asked for quiet between ten and six.

Residents said that they had slept through the bells for three hundred years and would miss them. The inn will offer
its guests wax ear plugs, made by the beekeeper next door, free of charge.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A user's folder with the project's deployments in it, and the id of each by name."""

    folder: Path
    deployments: Mapping[str, str]


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory, api: httpx.Client, prefect: Prefect) -> Project:
    folder = tmp_path_factory.mktemp("project")
    shutil.copy(ROOT / "prefect.yaml", folder)
    shutil.copytree(ROOT / "flows", folder / "flows", ignore=shutil.ignore_patterns("__pycache__"))
    raw = folder / "data" / "raw"
    for path, text in {"oldhaven/ferry.txt": FERRY, "post/ferry.txt": FERRY, "post/bells.txt": BELLS}.items():
        (raw / path).parent.mkdir(parents=True, exist_ok=True)
        (raw / path).write_text(text, encoding="utf-8")
    prefect(["--no-prompt", "work-pool", "create", "broadsheet", "--type", "process"], folder)
    prefect(["--no-prompt", "deploy", "--all"], folder)
    names = ("clean", "backfill", "maintain")
    ids = {name: api.get(f"/deployments/name/{name}/{name}").json()["id"] for name in names}
    return Project(folder=folder, deployments=ids)


RunAll = Callable[..., dict[str, dict[str, Any]]]


@pytest.fixture(scope="session")
def run_all(project: Project, api: httpx.Client, prefect: Prefect) -> RunAll:
    """Return a function that has one worker run some deployments, each with its parameters; gives the flow runs."""

    def run(**parameters: Mapping[str, object]) -> dict[str, dict[str, Any]]:
        created = {}
        for name, given in parameters.items():
            path = f"/deployments/{project.deployments[name]}/create_flow_run"
            created[name] = api.post(path, json={"parameters": given}).raise_for_status().json()["id"]
        prefect(["worker", "start", "--pool", "broadsheet", "--run-once"], project.folder)
        return {name: api.get(f"/flow_runs/{key}").json() for name, key in created.items()}

    return run


@pytest.fixture(scope="session")
def run_once(run_all: RunAll) -> Callable[..., dict[str, Any]]:
    """Return a function that has a worker run deployment ``clean`` and gives the flow run as it stands afterwards."""
    return lambda **parameters: run_all(clean=parameters)["clean"]


@pytest.fixture(scope="session")
def after_kill(
    project: Project,
    api: httpx.Client,
    prefect_env: Mapping[str, str],
    run_all: RunAll,
    flow_run: dict[str, Any],
    invented: Callable[[int], str],
) -> dict[str, dict[str, Any]]:
    """Return what all deployments did, one worker for all, after the worker and flow of a second run were killed."""
    assert flow_run["state"]["type"] == "COMPLETED"
    raw, clean = project.folder / "data/raw/herald", project.folder / "data/clean"
    raw.mkdir()
    for number in range(400):
        (raw / f"{number}.txt").write_text(invented(number), encoding="utf-8")
    path = f"/deployments/{project.deployments['clean']}/create_flow_run"
    dead = api.post(path, json={}).raise_for_status().json()["id"]
    command = [sys.executable, "-m", "prefect", "worker", "start", "--pool", "broadsheet", "--run-once"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, env=dict(prefect_env), cwd=project.folder, **quiet) as worker:
        wait_until(lambda: list(clean.glob("_state/scratch/*/*.shard/*.arrow")), "the run at work", 120)
        os.kill(json.loads((clean / "_state/lock").read_bytes())["pid"], signal.SIGKILL)
        worker.kill()
    # What a person does in the browser: without it Prefect holds the dead run for a running one for minutes.
    api.post(f"/flow_runs/{dead}/set_state", json={"state": {"type": "CRASHED"}, "force": True}).raise_for_status()
    api.delete(f"/v2/concurrency_limits/{turn_name(clean)}").raise_for_status()
    _old_pages(project.folder, invented)
    return run_all(
        clean={"report_file": "report.html"},
        backfill={"raw": ["old"], "clean": "old_clean", "start": "2026-03-01", "end": "2026-03-09", "mode": "missing"},
        maintain={"clean": "many_clean"},
    )


def _old_pages(folder: Path, invented: Callable[[int], str]) -> None:
    """Write a page of an earlier day, and tables that two runs made of one day."""
    (folder / "old" / "2026-03-04").mkdir(parents=True)
    (folder / "old" / "2026-03-04" / "story.txt").write_text(invented(1), encoding="utf-8")
    (folder / "many").mkdir()
    for number in range(2):
        (folder / "many" / f"{number}-2026-03-01.txt").write_text(invented(number), encoding="utf-8")
        run([str(folder / "many")], folder / "many_clean", Settings.load(workers=1))


@pytest.fixture(scope="session")
def flow_run(run_once: Callable[..., dict[str, Any]]) -> dict[str, Any]:
    """Return a run with the parameters of prefect.yaml."""
    return run_once()


@pytest.fixture(scope="session")
def artifacts_of(api: httpx.Client) -> Callable[[dict[str, Any]], dict[str, dict[str, Any]]]:
    """Return a function that gives the artifacts of a flow run by key."""

    def find(flow_run: dict[str, Any]) -> dict[str, dict[str, Any]]:
        query = {"artifacts": {"flow_run_id": {"any_": [flow_run["id"]]}}}
        found = api.post("/artifacts/filter", json=query).raise_for_status().json()
        return {artifact["key"]: artifact for artifact in found}

    return find


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
