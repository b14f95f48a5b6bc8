"""``broadsheet run`` killed at random moments while somebody reads: whole snapshots only, and no row lost or doubled.

Random kills come on top of the numbered points of ``disk.py``: they meet real workers, and moments between calls to the
disk.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.errors import PipelineError
from pipeline.store.digest import digests
from pipeline.store.law import check_snapshot
from pipeline.store.tables import Store


@dataclass(slots=True)
class Kills:
    """How many runs were killed, how often the tables were read meanwhile, and what went wrong."""

    killed: int = 0
    finished: int = 0
    reads: int = 0
    bad: list[str] = field(default_factory=list)


def start(raw: Path, clean: Path) -> subprocess.Popen[bytes]:
    """Start a run as the head of a process group."""
    command = [sys.executable, "-m", "pipeline", "run", "--raw", str(raw), "--clean", str(clean), "--json"]
    return subprocess.Popen(
        [*command, "--workers", "2", "--as-of", "2026-03-10"],
        cwd=Path(__file__).parents[2],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def read(clean: Path, whole: int, result: Kills) -> None:
    """Read the newest snapshot: its books balance, and it holds all articles or none."""
    try:
        snapshot = Store.open(clean, create=False).snapshot()
        check_snapshot(snapshot)
        count = snapshot.count("articles")
    except PipelineError as exc:
        # Before the first run has made the tables there is nothing to read, and it says so.
        if "holds no table" not in exc.message:
            result.bad.append(f"reader: {exc.message}")
        return
    result.reads += 1
    if count not in (0, whole):
        result.bad.append(f"reader: {count} articles, a whole publication has {whole}")


def rows(clean: Path) -> dict[str, str]:
    """Return the digest of every table that tells of the input."""
    found = digests(Store.open(clean, create=False).snapshot())
    return {table: digest for table, digest in found.items() if table != "runs"}


def try_kills(raw: Path, folder: Path, *, kills: int, seed: int) -> Kills:
    """Kill ``kills`` runs at random moments of one, resume each, compare with a run that nothing disturbed."""
    result, draw = Kills(), random.Random(seed)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    began = time.monotonic()
    if start(raw, folder / "whole").wait():
        raise RuntimeError("the run that nothing disturbs has failed")
    length, wanted = time.monotonic() - began, rows(folder / "whole")
    whole = int(wanted["articles"].partition(":")[0])
    clean = folder / "clean"
    for number in range(kills):
        # Every fourth time from nothing; else on what the run before has left.
        if number % 4 == 0:
            shutil.rmtree(clean, ignore_errors=True)
        run, until = start(raw, clean), time.monotonic() + draw.random() * length
        while run.poll() is None and time.monotonic() < until:
            read(clean, whole, result)
        if run.poll() is None:
            os.killpg(run.pid, signal.SIGKILL)
            run.wait()
            result.killed += 1
        else:
            result.finished += 1
        if number % 4 != 3:
            continue
        if start(raw, clean).wait():
            result.bad.append(f"kill {number}: the resumed run has failed")
        elif rows(clean) != wanted:
            result.bad.append(f"kill {number}: other rows after resuming")
        read(clean, whole, result)
    return result
