"""Every act killed, or refused by the disk, at its numbered calls to it; resumed; compared with one nobody disturbed.

Usage: python -m benchmarks.torture.disk FOLDER ACT KILL_EVERY PUBLISHING REFUSE_EVERY. Builds ``faults.c``, starts
itself anew with that library loaded. The last line is the report, as JSON.
"""

from __future__ import annotations

import argparse
import ctypes
import errno
import json
import os
import shutil
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.torture.acts import ACTS, DAY, SETTINGS
from benchmarks.torture.pages import write_raw
from benchmarks.torture.points import kill_at_each
from benchmarks.torture.trial import CLEAN_EXIT, Trial, child
from pipeline.change.reindex import scheme_of
from pipeline.clean import Cleaner
from pipeline.read import Source, list_sources, read_source
from pipeline.records import Dump

ERRORS = (errno.EIO, errno.ENOSPC)


@dataclass(slots=True)
class Report:
    """What was tried of one act, and every history that did not end as it should.

    ``calls``: to the disk. ``pictures``: folders a kill leaves that are like no other. ``killed`` for good,
    ``refused``: ended with an error of one line, ``survived``: went on. ``resumed``: different folders after recovery.
    """

    calls: int
    pictures: int
    killed: int
    refused: int
    survived: int
    resumed: int
    bad: list[str]


def build(folder: Path) -> Path | None:
    """Return the library made of ``faults.c``; None where there is no compiler."""
    compiler = shutil.which("cc")
    if compiler is None or sys.platform != "linux":
        return None
    target = folder / "faults.so"
    source = Path(__file__).with_name("faults.c")
    subprocess.run([compiler, "-O1", "-shared", "-fPIC", "-o", str(target), str(source), "-ldl"], check=True)
    return target


def refuse(trial: Trial, at_call: int, error: int) -> str:
    """Do the act with one call refused (``error`` 0: killed for good); return how it ended."""
    at = trial.fresh("clean")

    def armed() -> None:
        library = ctypes.CDLL(None)
        library.fault_arm(str(at.clean).encode(), ctypes.c_long(at_call), error, -1, -1)
        try:
            trial.act.do(at)
        finally:
            library.fault_arm(b"", ctypes.c_long(-1), 0, -1, -1)

    status = child(armed, trial.folder / "log")
    words = (trial.folder / "log").read_text()
    name = f"call {at_call} {os.strerror(error) if error else 'killed'}"
    if not os.WIFSIGNALED(status) and os.WEXITSTATUS(status) not in (0, CLEAN_EXIT):
        trial.bad.append(f"{name}: {words[-900:]}")
    elif error and status and len(words.splitlines()) != 1:
        trial.bad.append(f"{name}: not one line: {words[-900:]}")
    trial.examine(name, at, again=False)
    return "killed" if os.WIFSIGNALED(status) else "refused" if status else "survived"


def try_out(trial: Trial, kill_every: int, publishing: int, refuse_every: int) -> Report:
    """Try every history; return the report."""
    trial.prepare()
    calls, pictures = kill_at_each(trial, kill_every, publishing)
    every = refuse_every or calls + 1
    ended = [refuse(trial, at, ERRORS[at // every % len(ERRORS)]) for at in range(every // 2, calls, every)]
    # Kills for good, now and then: what they leave must be no other than the pictures.
    ended += [refuse(trial, at, 0) for at in range(every, calls, 97 * every)]
    return Report(
        calls=calls,
        pictures=pictures,
        killed=ended.count("killed"),
        refused=ended.count("refused"),
        survived=ended.count("survived"),
        resumed=trial.resumed,
        bad=trial.bad,
    )


def warm_up(folder: Path) -> None:
    """Import and load once, for all children, what needs no thread: the cleaner and the scheme of fingerprints."""
    cleaner, _ = Cleaner.load(), scheme_of(SETTINGS.dedup)
    for source in list_sources([str(write_raw(folder))]):
        for item in read_source(source, SETTINGS.limits) if isinstance(source, Source) else ():
            if isinstance(item, Dump):
                cleaner.clean(item, DAY)


def start(name: str, folder: Path, *, kill_every: int = 1, publishing: int = 1, refuse_every: int = 1) -> Report | None:
    """Return the report on act ``name``, made in a process of its own; None where the library cannot be built.

    Every ``kill_every``-th call is tried with a kill, every ``publishing``-th once it publishes, every
    ``refuse_every``-th refused (0: none).
    """
    folder.mkdir(parents=True, exist_ok=True)
    library = build(folder)
    if library is None:
        return None
    command = [sys.executable, "-m", "benchmarks.torture.disk", str(folder), name]
    alone = {"LD_PRELOAD": str(library), "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [*command, str(kill_every), str(publishing), str(refuse_every)],
        env={**os.environ, **alone},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-3000:])
    return Report(**json.loads(done.stdout.splitlines()[-1]))


def main() -> None:
    """Try the act that the command line names; print the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("act", choices=ACTS)
    for name in ("kill_every", "publishing", "refuse_every"):
        parser.add_argument(name, type=int)
    given = parser.parse_args()
    folder = given.folder.absolute()
    warm_up(folder / "warm")
    trial = Trial(ACTS[given.act], folder / "trial")
    print(json.dumps(asdict(try_out(trial, given.kill_every, given.publishing, given.refuse_every))))


if __name__ == "__main__":
    main()
