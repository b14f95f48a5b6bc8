"""What a server and a worker did with a project, played once for all tests of the flows and written down.

A user's folder is served by ``python -m flows.serve`` on a free port, in a Prefect home of its own: two scheduled runs
on input that grows, a run that waits behind one whose flow and worker are killed; then it is served again, the run that
waited and every other flow go on, one is cancelled, and Ctrl-C ends it in the middle of another. Tests only read what
was seen.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psutil
import pyarrow.dataset as ds

from benchmarks.loopback import Reply, Server, story
from flows.turns import turn_name

ROOT = Path(__file__).parents[2]
# Thirteen seconds on an idle machine; on a busy one a first start, which makes the database, was seen to take 115.
START_SECONDS = 240
RUN_SECONDS = 180
STOP_SECONDS = 60
HOST = "daily.test"
ENDED = {"COMPLETED", "FAILED", "CANCELLED", "CRASHED"}

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


def wait_until(look: Callable[[], Any], what: str, seconds: float = RUN_SECONDS) -> Any:
    """Return the first true answer of ``look``, which asks another process; fail after ``seconds``."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := look():
            return found
        time.sleep(0.1)  # the other process tells nobody when it is ready: asking again is all there is
    raise AssertionError(f"{what}: not within {seconds} s")


class Patient(httpx.HTTPTransport):
    """Asks again where SQLite was locked for a moment, as Prefect's own client does."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        reply: httpx.Response = wait_until(lambda: self._unless_locked(request), f"an answer to {request.url}")
        return reply

    def _unless_locked(self, request: httpx.Request) -> httpx.Response | None:
        reply = super().handle_request(request)
        return None if reply.status_code == httpx.codes.SERVICE_UNAVAILABLE else reply


@dataclass(slots=True)
class Stand:
    """A served folder: ``left`` holds, for each time it ended, its exit code and the processes it left."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None
    left: list[tuple[int, list[str]]] = field(default_factory=list)

    @property
    def log(self) -> str:
        return (self.folder / "serve.log").read_text(errors="replace")

    @property
    def environment(self) -> dict[str, str]:
        """Nothing of the user's Prefect, whose home is in the folder; asked for news often."""
        inherited = {key: value for key, value in os.environ.items() if not key.startswith(("PREFECT_", "BROADSHEET_"))}
        return inherited | {
            "PREFECT_HOME": str(self.folder / "data/prefect"),
            "DO_NOT_TRACK": "1",
            "NO_PROXY": "127.0.0.1",
            "PREFECT_SERVER_UI_ENABLED": "false",
            "PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS": "1",
            "PREFECT_SERVER_DEPLOYMENTS_CONCURRENCY_SLOT_WAIT_SECONDS": "2",
            "PREFECT_WORKER_QUERY_SECONDS": "1",
            "PREFECT_RUNNER_POLL_FREQUENCY": "1",
        }

    @property
    def api(self) -> str:
        return f"http://127.0.0.1:{self.port}/api"

    def start(self) -> None:
        """Serve, and come back when all is up."""
        with (self.folder / "serve.log").open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "flows.serve", "--port", str(self.port)],
                cwd=self.folder,
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        wait_until(lambda: "Ready: " in self.log or self.process.poll() is not None, "the stand", START_SECONDS)
        assert self.process.poll() is None, self.log

    def worker(self) -> int:
        """Return the process id of the worker."""
        assert self.process is not None
        children = psutil.Process(self.process.pid).children()
        return next(int(child.pid) for child in children if "worker" in child.cmdline())

    def ended(self) -> None:
        """Wait for its end and write down what is left: whoever was told the address of its server."""
        assert self.process is not None
        code = self.process.wait(STOP_SECONDS)
        # Processes of a run that was killed end when they notice, some tenths of a second later.
        end = time.monotonic() + 10
        while (left := [name for name, address in _addresses() if address == self.api]) and time.monotonic() < end:
            time.sleep(0.1)
        self.left.append((code, left))

    def kill(self) -> None:
        """End it whatever happens."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(STOP_SECONDS)


def _addresses() -> list[tuple[str, str]]:
    """Return every process of ours with the address of the server it talks to."""
    found = []
    for process in psutil.process_iter(["cmdline", "environ", "status"]):
        about = process.info
        if about["environ"] and about["status"] != psutil.STATUS_ZOMBIE:
            found.append((" ".join(about["cmdline"] or []), about["environ"].get("PREFECT_API_URL", "")))
    return found


@dataclass(slots=True)
class History:
    """What was seen. ``runs``, ``artifacts`` and ``tasks`` by what a run was for; ``records`` by when they were counted."""

    folder: Path
    deployments: dict[str, dict[str, Any]] = field(default_factory=dict)
    planned: list[dict[str, Any]] = field(default_factory=list)
    workers: list[dict[str, Any]] = field(default_factory=list)
    runs: dict[str, dict[str, Any]] = field(default_factory=dict)
    states: dict[str, list[str]] = field(default_factory=dict)
    artifacts: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    tasks: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    records: dict[str, int] = field(default_factory=dict)
    left: list[tuple[int, list[str]]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    @property
    def clean(self) -> Path:
        """The clean folder that the deployments name."""
        return self.folder / "data/clean"


class Player:
    """Plays the parts of a history against a stand."""

    def __init__(self, stand: Stand, api: httpx.Client, invented: Callable[[int], str]) -> None:
        self.stand, self.api, self.invented = stand, api, invented
        self.seen = History(stand.folder)

    def ask(self, path: str, query: object) -> Any:
        return self.api.post(path, json=query).raise_for_status().json()

    def order(self, name: str, **parameters: object) -> str:
        """Order a run of a deployment by hand; return its id."""
        key = self.seen.deployments[name]["id"]
        return str(self.ask(f"/deployments/{key}/create_flow_run", {"parameters": parameters})["id"])

    def schedule(self, name: str) -> str:
        """Give a deployment a schedule that is due once, in some seconds; return the id of the run it makes."""
        due = dt.datetime.now(dt.UTC).replace(microsecond=0) + dt.timedelta(seconds=4)
        rule = f"DTSTART:{due:%Y%m%dT%H%M%SZ}\nRRULE:FREQ=HOURLY;COUNT=1"
        key = self.seen.deployments[name]["id"]
        self.ask(f"/deployments/{key}/schedules", [{"active": True, "schedule": {"rrule": rule}}])
        query = {
            "flow_runs": {"expected_start_time": {"after_": due.isoformat(), "before_": due.isoformat()}},
            "deployments": {"id": {"any_": [key]}},
        }
        return str(wait_until(lambda: self.ask("/flow_runs/filter", query), "the scheduled run")[0]["id"])

    def run(self, key: str) -> dict[str, Any]:
        found: dict[str, Any] = self.api.get(f"/flow_runs/{key}").raise_for_status().json()
        return found

    def is_ended(self, key: str) -> bool:
        return self.run(key)["state"]["type"] in ENDED

    def note(self, **keys: str) -> None:
        """Wait for runs to end, and write down all that is known of them."""
        for what, key in keys.items():
            wait_until(lambda key=key: self.is_ended(key), what)
            mine = {"flow_runs": {"id": {"any_": [key]}}}
            self.seen.runs[what] = self.run(key)
            self.seen.states[what] = [
                one["name"] for one in self.api.get("/flow_run_states/", params={"flow_run_id": key}).json()
            ]
            found = self.ask("/artifacts/filter", {"artifacts": {"flow_run_id": {"any_": [key]}}})
            self.seen.artifacts[what] = {one["key"]: one for one in found if one["key"]}
            self.seen.tasks[what] = self.ask("/task_runs/filter", mine)

    def count(self, when: str) -> None:
        """Count records as a reader does who knows nothing of Delta."""
        self.seen.records[when] = ds.dataset(self.seen.clean / "records", format="parquet").count_rows()

    def pages(self, folder: str, numbers: Sequence[int]) -> None:
        (self.seen.folder / folder).mkdir(parents=True, exist_ok=True)
        for number in numbers:
            (self.seen.folder / folder / f"{number}.txt").write_text(self.invented(number), encoding="utf-8")

    def waiting_one(self, keys: Sequence[str]) -> str | None:
        """Return the run that waits for another of its deployment."""
        return next((key for key in keys if self.run(key)["state"]["name"] == "AwaitingConcurrencySlot"), None)

    def at_work(self) -> int:
        """Wait until a run of the clean folder has cleaned a shard; return the process that holds the lock."""
        clean = self.seen.clean
        wait_until(lambda: list(clean.glob("_state/scratch/*/*.shard/*.arrow")), "the run at work")
        return int(json.loads((clean / "_state/lock").read_bytes())["pid"])

    def holder(self) -> int | None:
        """Return the process that the lock of the clean folder names; None while it names none."""
        try:
            return int(json.loads((self.seen.clean / "_state/lock").read_bytes())["pid"])
        except ValueError:  # none, or one that is being written
            return None

    # ---------------------------------------------------------------- the parts

    def look_around(self) -> None:
        """Write down deployments, the runs that their schedules have planned, and the worker."""
        for name in ("clean", "backfill", "maintain", "scrape"):
            self.seen.deployments[name] = self.api.get(f"/deployments/name/{name}/{name}").raise_for_status().json()
        query = {
            "flow_runs": {"state": {"type": {"any_": ["SCHEDULED"]}}},
            "deployments": {"id": {"any_": [self.seen.deployments["clean"]["id"]]}},
        }
        self.seen.planned = wait_until(lambda: self.ask("/flow_runs/filter", query), "runs of the cron schedule")
        online = {"workers": {"status": {"any_": ["ONLINE"]}}}
        self.seen.workers = self.ask("/work_pools/broadsheet/workers/filter", online)

    def two_nights(self) -> None:
        """Run the schedule twice, with more input the second time."""
        self.note(first=self.schedule("clean"))
        self.count("first")
        (self.seen.folder / "data/raw/post/bells.txt").write_text(BELLS, encoding="utf-8")
        self.note(second=self.schedule("clean"))
        self.count("second")

    def kill(self) -> None:
        """Kill flow and worker in the middle of 400 pages while a second run waits: the stand ends with them."""
        self.pages("data/raw/herald", range(400))
        both = [self.order("clean", workers=1, report_file="report.html") for _ in range(2)]
        self.waiting = wait_until(lambda: self.waiting_one(both), "one that waits")
        (self.dead,) = set(both) - {self.waiting}
        self.killed, worker = self.at_work(), self.stand.worker()
        os.kill(self.killed, signal.SIGKILL)  # first: without its worker the stand ends the flow in good order
        os.kill(worker, signal.SIGKILL)
        self.stand.ended()
        self.seen.said.append(self.stand.log)
        self.count("killed")

    def after(self) -> None:
        """Let the run go on that waited behind the dead one, and other flows beside it, one in the same folder."""
        # What a person does in the browser: without it Prefect holds the dead run for a running one for minutes.
        self.ask(f"/flow_runs/{self.dead}/set_state", {"state": {"type": "CRASHED"}, "force": True})
        self.api.delete(f"/v2/concurrency_limits/{turn_name(self.seen.clean)}").raise_for_status()
        self.pages("old/2026-03-04", [1])
        days = {"start": "2026-03-01", "end": "2026-03-09"}
        backfill = self.order("backfill", raw=["old"], clean="old_clean", mode="missing", **days)
        # Who takes the lock next repairs: it is to be the run that waited, and the other one to wait for it.
        wait_until(lambda: self.holder() not in (None, self.killed), "the run that waited at work")
        maintain = self.order("maintain", clean=str(self.seen.clean))
        self.note(waiting=self.waiting, backfill=backfill, maintain=maintain)
        self.count("after")

    def cancel(self) -> None:
        """Cancel a run in the middle of 800 pages more: Prefect takes a moment to do it."""
        self.pages("data/raw/herald", range(400, 1200))
        cancelled = self.order("clean", workers=1)
        self.at_work()
        self.ask(f"/flow_runs/{cancelled}/set_state", {"state": {"type": "CANCELLING"}})
        self.note(cancelled=cancelled)
        self.count("cancelled")

    def interrupt(self) -> None:
        """Press Ctrl-C in the middle of the same pages; what the server has noted stands in its database."""
        interrupted = self.order("clean", workers=1)
        self.at_work()
        assert self.stand.process is not None
        self.stand.process.send_signal(signal.SIGINT)
        self.stand.ended()
        self.seen.said.append(self.stand.log)
        with contextlib.closing(sqlite3.connect(self.seen.folder / "data/prefect/prefect.db")) as database:
            found = database.execute("SELECT state_name FROM flow_run WHERE id = ?", (interrupted,))
            self.seen.states["interrupted"] = [name for (name,) in found]
        self.count("interrupted")

    def by_hand(self, site: Server) -> subprocess.Popen[str]:
        """Start flows without a deployment, one after the other in a process of its own."""
        (self.seen.folder / "junk").mkdir()
        (self.seen.folder / "junk" / "empty.txt").write_text("", encoding="utf-8")
        write_sources(self.seen.folder / "sources.toml", site)
        code = (
            "from flows.clean import clean; from flows.scrape import scrape; print("
            "scrape('sources.toml', 'scraped', 'scraped_clean', return_state=True).state_details.flow_run_id,"
            "clean(['data/row'], 'row_clean', return_state=True).state_details.flow_run_id,"
            "clean(['junk'], 'junk_clean', max_quarantined=50, return_state=True).state_details.flow_run_id)"
        )
        return subprocess.Popen(
            [sys.executable, "-c", code],
            cwd=self.seen.folder,
            env=self.stand.environment | {"PREFECT_API_URL": self.stand.api},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def by_hand_ended(self, process: subprocess.Popen[str]) -> None:
        """Write down what became of the flows that were started by hand."""
        scrape, wrong_path, junk = process.communicate(timeout=RUN_SECONDS)[0].split()
        self.note(scrape=scrape, wrong_path=wrong_path, junk=junk)


def write_sources(path: Path, site: Server) -> Path:
    """Write a sources file: three pages, and one that is gone."""
    pages = [site.url(HOST, f"/news/{number}") for number in range(4)]
    path.write_text(
        f'[crawl]\ncontact = "desk@example.org"\nhosts = {{ "{HOST}" = "127.0.0.1" }}\n[[source]]\nname = "daily"\n'
        f'site = "{HOST}"\ndelay_seconds = 0\npages = {json.dumps(pages)}\n',
        encoding="utf-8",
    )
    return path


def play(folder: Path, invented: Callable[[int], str]) -> History:
    """Play it all in ``folder``; nothing runs any more afterwards."""
    shutil.copy(ROOT / "prefect.yaml", folder)
    shutil.copytree(ROOT / "flows", folder / "flows", ignore=shutil.ignore_patterns("__pycache__"))
    for path in ("oldhaven/ferry.txt", "post/ferry.txt"):
        (folder / "data/raw" / path).parent.mkdir(parents=True)
        (folder / "data/raw" / path).write_text(FERRY, encoding="utf-8")
    stand = Stand(folder, _free_port())
    try:
        with Server(life=3600) as site, httpx.Client(base_url=stand.api, timeout=30, transport=Patient()) as api:
            site.replies.update({(HOST, f"/news/{number}"): Reply(body=story(HOST, number)) for number in range(3)})
            player = Player(stand, api, invented)
            stand.start()
            player.look_around()
            player.two_nights()
            player.kill()
            stand.start()
            process = player.by_hand(site)
            player.after()
            player.cancel()
            player.by_hand_ended(process)
            player.interrupt()
            player.seen.left = stand.left
            return player.seen
    finally:
        stand.kill()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
