"""One publication at a time."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.errors import LockedError
from pipeline.store.lock import Owner, renew, run_lock

HOLDER = """
import sys
from pathlib import Path
from pipeline.store.lock import run_lock
with run_lock(Path(sys.argv[1]), "broadsheet run --raw dumps"):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_second_is_told_who_holds_the_lock_until_that_process_dies(tmp_path: Path) -> None:
    path = tmp_path / "_state" / "lock"
    command = [sys.executable, "-c", HOLDER, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()

        with (
            pytest.raises(LockedError, match=r"'broadsheet run --raw dumps' \(process \d+ on ") as caught,
            run_lock(path, "second"),
        ):
            pass

        owner = caught.value.facts["owner"]
        assert isinstance(owner, dict)
        assert owner["pid"] == holder.pid
        holder.kill()
        holder.wait()
        with run_lock(path, "third"):
            pass


def test_lock_is_free_again_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(KeyError), run_lock(tmp_path / "lock", "first"):
        raise KeyError

    with run_lock(tmp_path / "lock", "second"):
        pass


def test_holder_that_left_no_label_still_holds(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with run_lock(path, "first"):
        path.write_text('{"host": "cut')

        with pytest.raises(LockedError, match="another run"), run_lock(path, "second"):
            pass


def test_exit_code_says_try_again_later() -> None:
    assert LockedError.exit_code == 75


def label(path: Path, **fields: object) -> None:
    known = {"host": "elsewhere", "pid": 7, "started": "2026-03-10T12:00:00+00:00", "command": "broadsheet run"}
    path.write_text(json.dumps(known | fields))


def test_another_machines_claim_counts_where_the_file_system_does_not_tell(tmp_path: Path) -> None:
    label(tmp_path / "lock", expires="9999-01-01T00:00:00+00:00")

    with pytest.raises(LockedError, match="process 7 on elsewhere"), run_lock(tmp_path / "lock", "second"):
        pass


def test_another_machines_claim_expires(tmp_path: Path) -> None:
    label(tmp_path / "lock", expires="2026-03-10T12:10:00+00:00")

    with run_lock(tmp_path / "lock", "second"):
        assert json.loads((tmp_path / "lock").read_text())["command"] == "second"


def test_a_dead_process_of_this_machine_has_no_claim(tmp_path: Path) -> None:
    label(tmp_path / "lock", host=socket.gethostname(), expires="9999-01-01T00:00:00+00:00")

    with run_lock(tmp_path / "lock", "second"):
        pass


def test_a_holder_that_no_longer_renews_is_said_to_hang(tmp_path: Path) -> None:
    with run_lock(tmp_path / "lock", "first"):
        label(tmp_path / "lock", expires="2026-03-10T12:10:00+00:00")

        with pytest.raises(LockedError, match="it hangs, end it"), run_lock(tmp_path / "lock", "second"):
            pass


def test_renewing_moves_the_end_of_the_claim_and_nothing_else(tmp_path: Path) -> None:
    now = dt.datetime(2026, 3, 10, 12, tzinfo=dt.UTC)
    owner = Owner(host="here", pid=1, started="then", expires="soon", command="broadsheet run with a long command line")
    descriptor = os.open(tmp_path / "lock", os.O_RDWR | os.O_CREAT)

    again = renew(descriptor, owner, now)

    os.close(descriptor)
    assert again == dataclasses.replace(owner, expires="2026-03-10T12:10:00+00:00")
    assert json.loads((tmp_path / "lock").read_text()) == dataclasses.asdict(again)
