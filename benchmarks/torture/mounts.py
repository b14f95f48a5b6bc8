"""A disk that is full, and one that is read-only: real ones, small and in memory, mounted for this process alone.

Usage: python -m benchmarks.torture.mounts FOLDER SIZES. Needs Linux, root and ``unshare``: the mounts live in a
name space of their own and go with it. The last line is the report, as JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from benchmarks.torture.pages import write_raw
from benchmarks.torture.trial import NOTHING, rows

LARGE_KIB = 1 << 20
CHANGES = (
    ("run", "--raw", "RAW"),
    ("backfill", "--raw", "RAW", "--from", "2026-01-01", "--to", "2026-12-31", "--mode", "overwrite"),
    ("restore", "00000001-x"),
    ("forget", "--site", "post.example"),
    ("compact",),
    ("recluster",),
    ("index", "rebuild"),
    ("upgrade",),
)
# Not `doctor`: that the folder cannot be written is what it is asked for.
READS = (("outcomes", "--jsonl"), ("query", "SELECT count(*) FROM articles"))


@dataclass(slots=True)
class Mounted:
    """How many runs the full disk stopped and how many fitted, how many commands were tried without leave to write."""

    stopped: int = 0
    fitted: int = 0
    refused: int = 0
    bad: list[str] = field(default_factory=list)


def call(*words: str) -> subprocess.CompletedProcess[str]:
    """Run ``broadsheet`` to its end."""
    command = [sys.executable, "-m", "pipeline", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2])


def mount(place: Path, options: str) -> None:
    """Mount a disk in memory at ``place``, or change the one that is there."""
    place.mkdir(parents=True, exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)], check=True)


def unmount(place: Path) -> None:
    """Take the disk away, also while a worker that was told to end still has a file of it open."""
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def one_line(done: subprocess.CompletedProcess[str], *wanted: int) -> str:
    """Return what is wrong with how a command ended: another code, or an error that is not one line."""
    if done.returncode not in wanted or (done.returncode and len(done.stderr.splitlines()) != 1):
        return f"exit {done.returncode}: {done.stderr[-600:]}"
    return ""


def fill(raw: Path, disk: Path, size_kib: int, whole: Mapping[str, str], report: Mounted) -> None:
    """Run on a disk of a size; then again on a larger one."""
    run = ("run", "--raw", str(raw), "--clean", str(disk / "clean"), "--as-of", "2026-03-10", "--workers", "2")
    mount(disk, f"size={size_kib}k")
    try:
        done = call(*run, "--json")
        report.stopped += done.returncode != 0
        report.fitted += done.returncode == 0
        seen = rows(disk / "clean")
        none = dict.fromkeys(whole, f"0:{0:032x}")
        wrong = one_line(done, 0, 1) or ("" if seen in (NOTHING, none, whole) else f"a reader sees {seen}")
        subprocess.run(["mount", "-o", f"remount,size={LARGE_KIB}k", str(disk)], check=True)
        wrong = wrong or one_line(call(*run, "--json"), 0)
        wrong = wrong or ("" if rows(disk / "clean") == whole else f"other rows: {rows(disk / 'clean')}")
        if wrong:
            report.bad.append(f"{size_kib} KiB: {wrong}")
    finally:
        unmount(disk)


def refuse_writes(raw: Path, disk: Path, report: Mounted) -> None:
    """Try every command on tables that cannot be written: those that change end with one line, the others work."""
    mount(disk, f"size={LARGE_KIB}k")
    try:
        clean = disk / "clean"
        call("run", "--raw", str(raw / "post"), "--clean", str(clean), "--as-of", "2026-03-10")
        before = rows(clean)
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        for words in (*CHANGES, ("run", "--raw", "RAW", "--clean", str(disk / "new"))):
            given = [str(raw) if word == "RAW" else word for word in words]
            at = () if "--clean" in given else ("--clean", str(clean))
            wrong = one_line(call(*given, *at), 0 if words == ("upgrade",) else 1, 1)
            report.refused += 1
            if wrong:
                report.bad.append(f"read-only, {' '.join(words)}: {wrong}")
        for words in READS:
            if wrong := one_line(call(*words, "--clean", str(clean)), 0):
                report.bad.append(f"read-only, {' '.join(words)}: {wrong}")
        if rows(clean) != before:
            report.bad.append(f"read-only: {rows(clean)}")
    finally:
        unmount(disk)


def try_mounts(folder: Path, sizes: int) -> Mounted:
    """Try ``sizes`` sizes of disk, from one on which nothing fits to one on which all does, and a read-only one."""
    report, raw, disk = Mounted(), write_raw(folder / "raw"), folder / "disk"
    undisturbed = folder / "whole"
    call("run", "--raw", str(raw), "--clean", str(undisturbed), "--as-of", "2026-03-10", "--workers", "2")
    whole = rows(undisturbed)
    used_kib = sum(file.stat().st_blocks for file in undisturbed.rglob("*")) // 2
    for number in range(sizes):
        fill(raw, disk, 16 + number * 2 * used_kib // max(sizes - 1, 1), whole, report)
    refuse_writes(raw, disk, report)
    return report


def start(folder: Path, sizes: int) -> Mounted | None:
    """Return the report of a process with mounts of its own; None where that is not to be had."""
    if sys.platform != "linux" or os.geteuid() != 0 or shutil.which("unshare") is None:
        return None
    alone = ["unshare", "--mount", "--propagation", "private"]
    if subprocess.run([*alone, "true"], capture_output=True, check=False).returncode:
        return None
    command = [*alone, sys.executable, "-m", "benchmarks.torture.mounts", str(folder), str(sizes)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-3000:])
    return Mounted(**json.loads(done.stdout.splitlines()[-1]))


def main() -> None:
    """Try what the command line asks for; print the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("sizes", type=int)
    given = parser.parse_args()
    print(json.dumps(asdict(try_mounts(given.folder.absolute(), given.sizes))))


if __name__ == "__main__":
    main()
