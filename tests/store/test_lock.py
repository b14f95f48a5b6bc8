"""One publication at a time."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.errors import LockedError
from pipeline.store.lock import run_lock

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
