"""One digest whatever the machine does: workers, order of the roots, hash seed, size of shards, time zone and locale.

The seed of hashes and the locale are set when a process starts: runs that have them in common share one.
"""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

_RUN = """
import datetime, json, shutil, sys
from pathlib import Path
from pipeline.run import run
from pipeline.settings import Settings
from pipeline.store.digest import digests
from pipeline.store.tables import Store

if __name__ == "__main__":
    clean = Path(sys.argv[1])
    for line in sys.stdin:
        given = json.loads(line)
        shutil.rmtree(clean, ignore_errors=True)
        settings = Settings.load(workers=given["workers"], shard_files=given["shard_files"])
        run(given["raw"], clean, settings, datetime.date(2026, 3, 10))
        found = digests(Store.open(clean, create=False).snapshot())
        print(json.dumps(sorted((table, digest) for table, digest in found.items() if table != "runs")))
"""
ZONES = (("UTC", "C.UTF-8"), ("Pacific/Kiritimati", "C"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """One way to run."""

    workers: int
    order: int
    seed: int
    shard_files: int
    zone: tuple[str, str]


def all_setups() -> list[Setup]:
    """Return 3 numbers of workers x 3 orders x 3 hash seeds x 2 shard sizes x 2 zones and locales."""
    return [
        Setup(workers=workers, order=order, seed=seed, shard_files=files, zone=zone)
        for workers, order, seed, files, zone in itertools.product((1, 2, 3), range(3), (0, 1, 977), (3, 400), ZONES)
    ]


def few_setups() -> list[Setup]:
    """Return four in which every value of every axis comes at least once."""
    return [
        Setup(workers=1, order=0, seed=0, shard_files=400, zone=ZONES[0]),
        Setup(workers=2, order=1, seed=1, shard_files=3, zone=ZONES[1]),
        Setup(workers=3, order=2, seed=977, shard_files=3, zone=ZONES[0]),
    ]


def ordered(raw: Path, order: int) -> list[str]:
    """Return the folders below ``raw`` as roots, in one of three orders."""
    roots = sorted(str(path) for path in raw.iterdir() if path.is_dir())
    return [roots, roots[::-1], roots[len(roots) // 2 :] + roots[: len(roots) // 2]][order]


def digests_of(raw: Path, clean: Path, setups: Sequence[Setup]) -> list[str]:
    """Return the digests of all tables but ``runs`` after each run, as one string; seed and zone are those of one."""
    zone, locale = setups[0].zone
    environment = {**os.environ, "PYTHONHASHSEED": str(setups[0].seed), "TZ": zone, "LC_ALL": locale, "PYTHONUTF8": "0"}
    given = [
        {"raw": ordered(raw, setup.order), "workers": setup.workers, "shard_files": setup.shard_files}
        for setup in setups
    ]
    script = clean.with_name("matrix_run.py")
    script.write_text(_RUN)
    done = subprocess.run(
        [sys.executable, str(script), str(clean)],
        input="".join(f"{json.dumps(one)}\n" for one in given),
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{setups[0]}: {done.stderr[-2000:]}")
    return done.stdout.splitlines()


def digests_by_setup(raw: Path, folder: Path, setups: Sequence[Setup]) -> Iterator[tuple[Setup, str]]:
    """Yield each way to run with its digest: all of them must be one."""
    folder.mkdir(parents=True, exist_ok=True)

    def process(setup: Setup) -> tuple[int, tuple[str, str]]:
        return setup.seed, setup.zone

    for _, group in itertools.groupby(sorted(setups, key=process), key=process):
        together = list(group)
        yield from zip(together, digests_of(raw, folder / "clean", together), strict=True)
