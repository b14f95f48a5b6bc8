"""All of it, at full length: ``python -m benchmarks.torture [NAME...]``. Ends with 1 if anything went wrong."""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from benchmarks.torture import damage, disk, kills, matrix, mounts, poisoned, shut
from benchmarks.torture.acts import ACTS
from benchmarks.torture.pages import PAGE, STORY, write_raw

DUMPS = 2_000
FILES = 5_000
# Of the longest acts every third call is refused, for each needs an act of its own; killed at all are all but the last.
SELDOM = {name: {"refuse_every": 3} for name in ("first run", "second run", "backfill")}
SELDOM["large run"] = {"kill_every": 50, "publishing": 3, "refuse_every": 0}


def torture_disk(folder: Path) -> list[str]:
    """Kill each act at every call to the disk, and refuse its calls; of the large run the publication."""
    bad = []
    for number, name in enumerate(ACTS):
        report = disk.start(name, folder / str(number), **SELDOM.get(name, {}))
        if report is None:
            return ["no C compiler, or not Linux: nothing was tried"]
        figures = {key: value for key, value in asdict(report).items() if key != "bad"}
        print(f"  {name}: {figures}", flush=True)
        bad += [f"{name}, {one}" for one in report.bad]
    return bad


def torture_kills(folder: Path) -> list[str]:
    """Kill runs over 2,000 dumps at 20 random moments."""
    corpus = [sys.executable, "benchmarks/make_corpus.py", str(folder / "corpus"), "--dumps", str(DUMPS)]
    subprocess.run(corpus, check=True, stdout=subprocess.DEVNULL)
    result = kills.try_kills(folder / "corpus", folder / "kills", kills=20, seed=1)
    print(f"  {result.killed} killed, {result.finished} had finished, {result.reads} reads meanwhile")
    return result.bad


def torture_matrix(folder: Path) -> list[str]:
    """Run in 108 ways."""
    found = dict(matrix.digests_by_setup(write_raw(folder / "raw"), folder / "matrix", matrix.all_setups()))
    print(f"  {len(found)} ways to run, {len(set(found.values()))} digest")
    return [] if len(set(found.values())) == 1 else [f"{setup}: {digest}" for setup, digest in found.items()]


def torture_damage(folder: Path) -> list[str]:
    """Damage 5,000 files, look at each alone; damage 5,000 more, clean them in one run."""
    sound = damage.samples(STORY, PAGE)
    result = damage.try_files(folder / "damage", sound, files=FILES, seed=1)
    print(f"  {result.files} files: {dict(result.outcomes)}; slowest {result.slowest[0]:.2f} s ({result.slowest[1]})")
    told, untold = damage.try_run(folder / "run", sound, files=FILES, seed=2)
    print(f"  a run over {FILES} files: {told} outcomes")
    return result.bad + [f"{name}: no outcome" for name in untold]


def torture_shut(folder: Path) -> list[str]:
    """Watch a run."""
    watched, breaches, said = shut.watched_run(write_raw(folder / "raw"), folder / "clean", folder / "shut")
    print(f"  {watched} processes watched, exit {said[0]}")
    return breaches


def torture_mounts(folder: Path) -> list[str]:
    """Fill real disks of 24 sizes; try every command on a read-only one."""
    report = mounts.start(folder, sizes=24)
    if report is None:
        return ["not root on Linux: nothing was tried"]
    print(f"  {report.stopped} runs stopped by a full disk, {report.fitted} fitted, {report.refused} refused read-only")
    return report.bad


def torture_poisons(folder: Path) -> list[str]:
    """Clean 52 sound records beside eight that end whoever looks at them."""
    alone, among, bad = poisoned.try_poisons(folder)
    lost = f"{among.lost.total()} poisons named"
    print(f"  {len(among.articles)} sound records, {lost}: {among.seconds:.0f} s, {alone.seconds:.0f} s without them")
    return bad


ALL: dict[str, Callable[[Path], list[str]]] = {
    "damage": torture_damage,
    "shut": torture_shut,
    "kills": torture_kills,
    "matrix": torture_matrix,
    "poisons": torture_poisons,
    "mounts": torture_mounts,
    "disk": torture_disk,
}


def main() -> int:
    """Run what was asked for; return 1 if anything went wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*ALL, []], default=list(ALL))
    failed = False
    for name in parser.parse_args().names:
        began = time.monotonic()
        print(name, flush=True)
        with tempfile.TemporaryDirectory(prefix="broadsheet-torture-") as folder:
            bad = ALL[name](Path(folder))
        for line in bad[:20]:
            print(f"  BAD {line}")
        print(f"  {'failed' if bad else 'holds'}, {time.monotonic() - began:.0f} s", flush=True)
        failed = failed or bool(bad)
    return int(failed)


if __name__ == "__main__":
    raise SystemExit(main())
