"""Kill a run, or let the disk refuse, at each numbered call to it; resume; compare with a run that nothing disturbed.

Usage: python -m benchmarks.torture.disk FOLDER [--every N] [--kills-only]. Builds ``faults.c``, starts itself anew with
that library loaded, and tries each history in a forked child. The last line is the report, as JSON.
"""

from __future__ import annotations

import argparse
import ctypes
import datetime as dt
import errno
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path

from benchmarks.torture.inline import InlineEngine
from pipeline.errors import PipelineError
from pipeline.run import run
from pipeline.settings import Settings
from pipeline.store.digest import digests
from pipeline.store.law import check_snapshot
from pipeline.store.tables import Store

DAY = dt.date(2026, 3, 10)
CLEAN_EXIT, TRACEBACK, WRONG = 1, 3, 4
ERRORS = (errno.EIO, errno.ENOSPC)


@dataclass(slots=True)
class Report:
    """What was tried, and every history that did not end as it should."""

    points: int = 0
    killed: int = 0
    refused: int = 0
    survived: int = 0
    bad: list[str] = field(default_factory=list)


def build(folder: Path) -> Path | None:
    """Return the library made of ``faults.c``; None where there is no compiler."""
    compiler = shutil.which("cc")
    if compiler is None or sys.platform != "linux":
        return None
    target = folder / "faults.so"
    source = Path(__file__).with_name("faults.c")
    subprocess.run([compiler, "-O1", "-shared", "-fPIC", "-o", str(target), str(source), "-ldl"], check=True)
    return target


def child(body: Callable[[], int], log: Path) -> int:
    """Run ``body`` in a child, its words in ``log``; return the wait status."""
    pid = os.fork()
    if pid == 0:
        code = TRACEBACK
        try:
            with log.open("w") as words:
                os.dup2(words.fileno(), 1)
                os.dup2(words.fileno(), 2)
                try:
                    code = body()
                except PipelineError as exc:
                    print(exc.message)
                    code = CLEAN_EXIT
                except BaseException:  # noqa: BLE001 - whatever it is, it is what is looked for here
                    sys.excepthook(*sys.exc_info())
        finally:
            os._exit(code)
    return os.waitpid(pid, 0)[1]


def clean_all(raw: Path, clean: Path) -> int:
    """Run the main job in this process."""
    run([str(raw)], clean, Settings.load(workers=1, shard_files=4), DAY, engine=InlineEngine())
    return 0


def armed(clean: Path, at: int, error: int, counted: Path, body: Callable[[], int]) -> int:
    """Do ``body`` with its call number ``at`` to the disk below ``clean`` killed (0) or refused with ``error``."""
    library = ctypes.CDLL(None)
    library.fault_arm(str(clean).encode(), ctypes.c_long(at), error, -1)
    try:
        return body()
    finally:
        library.fault_arm(b"", ctypes.c_long(-1), 0, -1)
        counted.write_text(str(library.fault_seen()))


def resume(raw: Path, clean: Path, target: Path) -> int:
    """Run until nothing is new, write down what the tables hold."""
    clean_all(raw, clean)
    again = run([str(raw)], clean, Settings.load(workers=1), DAY, engine=InlineEngine())
    if again.records or again.articles:
        return WRONG
    snapshot = Store.open(clean, create=False).snapshot()
    check_snapshot(snapshot)
    leftovers = [str(path) for path in (clean / "_state").rglob("*") if path.suffix == ".tmp"]
    scratch = [str(path) for name in ("scratch", "staging") for path in (clean / "_state" / name).rglob("*")]
    rows = {table: digest for table, digest in digests(snapshot).items() if table != "runs"}  # a killed run adds one
    target.write_text(json.dumps([rows, leftovers, scratch]))
    return 0


def count_points(raw: Path, folder: Path) -> tuple[int, str]:
    """Return how many calls an undisturbed run makes, and what its tables hold."""
    clean = folder / "whole"
    library = ctypes.CDLL(None)

    def whole() -> int:
        library.fault_arm(str(clean).encode(), ctypes.c_long(-1), 0, -1)
        clean_all(raw, clean)
        (folder / "points").write_text(str(library.fault_seen()))
        library.fault_arm(b"", ctypes.c_long(-1), 0, -1)
        return resume(raw, clean, folder / "whole.json")

    if child(whole, folder / "log") != 0:
        raise RuntimeError((folder / "log").read_text())
    return int((folder / "points").read_text()), (folder / "whole.json").read_text()


def histories(points: int, every: int, *, kills_only: bool) -> Iterator[tuple[int, int]]:
    """Yield (call, error) of each history to try; an error of 0 is a kill."""
    for at in range(0, points, every):
        yield at, 0
        if not kills_only:
            yield at, ERRORS[at // every % len(ERRORS)]


def try_out(raw: Path, folder: Path, every: int, *, kills_only: bool) -> Report:
    """Try every history; return the report."""
    report = Report()
    report.points, wanted = count_points(raw, folder)
    for at, error in histories(report.points, every, kills_only=kills_only):
        clean = folder / "clean"
        shutil.rmtree(clean, ignore_errors=True)
        name = f"call {at} {'killed' if not error else os.strerror(error)}"
        status = child(partial(armed, clean, at, error, folder / "n", partial(clean_all, raw, clean)), folder / "log")
        words = (folder / "log").read_text()
        if os.WIFSIGNALED(status):
            report.killed += 1
        elif os.WEXITSTATUS(status) == CLEAN_EXIT:
            report.refused += 1
        elif os.WEXITSTATUS(status) == 0:
            report.survived += 1
        else:
            report.bad.append(f"{name}: {words[-600:]}")
        if child(partial(resume, raw, clean, folder / "again.json"), folder / "log") != 0:
            report.bad.append(f"{name}, resumed: {(folder / 'log').read_text()[-600:]}")
        elif (folder / "again.json").read_text() != wanted:
            report.bad.append(f"{name}: other rows after resuming: {(folder / 'again.json').read_text()}")
    return report


def start(raw: Path, folder: Path, *options: str) -> Report | None:
    """Return the report of a harness in a process of its own; None where the library cannot be built."""
    folder.mkdir(parents=True, exist_ok=True)
    library = build(folder)
    if library is None:
        return None
    threads = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "benchmarks.torture.disk", str(raw), str(folder), *options]
    done = subprocess.run(
        command, env={**os.environ, "LD_PRELOAD": str(library), **threads}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-3000:])
    return Report(**json.loads(done.stdout.splitlines()[-1]))


def main() -> None:
    """Try the histories that the command line asks for; print the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("raw", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--kills-only", action="store_true")
    given = parser.parse_args()
    report = try_out(given.raw.absolute(), given.folder.absolute(), given.every, kills_only=given.kills_only)
    print(json.dumps(asdict(report)))


if __name__ == "__main__":
    main()
