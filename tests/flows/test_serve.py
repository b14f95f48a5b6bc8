"""Claims about serving a project: all of it comes up, and however it ends, no process of it is left."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from flows.serve import ServeError, Stand, ended_at_last
from tests.flows.history import History

DEAF = """
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print(child.pid, flush=True)
time.sleep(600)
"""


@pytest.mark.prefect
def test_deployments_with_their_schedules_and_a_worker_are_there(history: History) -> None:
    schedules = {name: [one["active"] for one in told["schedules"]] for name, told in history.deployments.items()}

    assert schedules == {"clean": [True], "maintain": [True], "scrape": [False], "backfill": []}
    assert [worker["status"] for worker in history.workers] == ["ONLINE"]


@pytest.mark.prefect
def test_nothing_is_left_when_the_worker_dies_and_when_ctrl_c_comes(history: History) -> None:
    assert history.left == [(1, []), (0, [])]
    assert history.said[0].splitlines()[-1].startswith("flows.serve: server or worker ended by itself: see ")
    assert history.said[1].splitlines()[-1] == "Ended."


@pytest.mark.prefect
def test_flow_that_ctrl_c_ends_is_shown_as_crashed_and_leaves_the_tables_as_they_were(history: History) -> None:
    assert history.states["interrupted"] == ["Crashed"]
    assert history.records["interrupted"] == history.records["cancelled"]


def test_process_that_hears_no_signal_is_killed_with_its_child(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.serve.STOP_SECONDS", 0.3)

    with ended_at_last() as running:
        process = subprocess.Popen([sys.executable, "-c", DEAF], stdout=subprocess.PIPE)
        running.append(process)
        assert process.stdout is not None
        child = psutil.Process(int(process.stdout.readline()))
    process.stdout.close()

    assert not psutil.pid_exists(process.pid)
    assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE


def test_port_that_is_taken_is_told_with_the_next_one(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        with pytest.raises(ServeError, match=rf"port {port} is taken .*: make serve PORT={port + 1}$"):
            Stand.at(tmp_path, port, os.environ)


def test_prefect_lives_in_the_folder_and_tells_nobody_unless_the_user_says_otherwise(tmp_path: Path) -> None:
    unasked, asked = (
        Stand.at(tmp_path, 0, given).environment for given in ({}, {"DO_NOT_TRACK": "0", "PREFECT_HOME": "/p"})
    )

    names = ("PREFECT_HOME", "DO_NOT_TRACK", "PREFECT_SERVER_ANALYTICS_ENABLED")
    assert [unasked[name] for name in names] == [str(tmp_path / "data/prefect"), "1", "false"]
    assert [asked[name] for name in names] == ["/p", "0", "false"]
