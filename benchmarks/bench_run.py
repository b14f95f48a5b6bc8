"""Speed and memory of whole runs.

``python benchmarks/bench_run.py`` makes a corpus, runs ``broadsheet run`` on it in a fresh process with one and with
two workers, and prints dumps a second, peak memory and the share of time by stage; then what ``bench_clean`` measures
on dumps of the same corpus. Read the ratios: seconds depend on the machine and on what else it does.
"""

from __future__ import annotations

import argparse
import json
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # ships no types
from rich.console import Console
from rich.table import Table

from benchmarks import bench_clean
from benchmarks.quality.predict import AS_OF

HERE = Path(__file__).resolve().parent
POLL_SECONDS = 0.02
MIB = 1 << 20
REST = "start-up and rest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run in a fresh process: wall and CPU seconds of it and its workers, and peaks of resident memory in MiB."""

    workers: int
    dumps: int
    wall_seconds: float
    cpu_seconds: float
    parent_mib: float
    worker_mib: float
    together_mib: float
    timings: Mapping[str, Mapping[str, float]]

    def seconds_of(self, stage: str) -> tuple[float, float]:
        """Return wall and CPU seconds of a stage; of ``REST``, what all stages leave of the run."""
        if stage == REST:
            wall, cpu = (
                sum(spent[unit] for spent in self.timings.values()) for unit in ("wall_seconds", "cpu_seconds")
            )
            return self.wall_seconds - wall, self.cpu_seconds - cpu
        return self.timings[stage]["wall_seconds"], self.timings[stage]["cpu_seconds"]


def make_corpus(out: Path, dumps: int, seed: int) -> None:
    """Write ``dumps`` dumps below ``out`` with the corpus maker, in a process of its own."""
    maker = [sys.executable, str(HERE / "make_corpus.py"), str(out), "--dumps", str(dumps), "--seed", str(seed)]
    subprocess.run(maker, check=True, stdout=subprocess.DEVNULL)


def run_once(raw: Path, clean: Path, workers: int) -> Run:
    """Return what one ``broadsheet run`` over ``raw`` took; it starts with an empty ``clean``.

    Raises:
        subprocess.CalledProcessError: the run failed.
    """
    command = [str(Path(sys.executable).with_name("broadsheet")), "run", "--raw", str(raw), "--clean", str(clean)]
    command += ["--workers", str(workers), "--as-of", AS_OF.isoformat(), "--json"]
    begun = time.perf_counter()
    with tempfile.TemporaryFile() as report, tempfile.TemporaryFile() as log:
        process = psutil.Popen(command, stdout=report, stderr=log)
        seen = watch(process)
        wall = time.perf_counter() - begun
        if process.returncode:
            log.seek(0)
            raise subprocess.CalledProcessError(process.returncode, command, stderr=log.read()[-2_000:].decode())
        report.seek(0)
        told = json.load(report)
    return Run(
        workers=workers,
        dumps=told["records"],
        wall_seconds=wall,
        cpu_seconds=sum(seen.cpu_by_pid.values()),
        parent_mib=seen.parent / MIB,
        worker_mib=seen.child / MIB,
        together_mib=seen.together / MIB,
        timings=told["timings"],
    )


@dataclass(slots=True)
class Watched:
    """Peaks of resident bytes: of a process, its largest child, all together; and CPU seconds by process id.

    CPU is read from each process while it lives: workers belong to a fork server that outlives the run, so the kernel
    never adds their time to their parent's.
    """

    parent: int = 0
    child: int = 0
    together: int = 0
    cpu_by_pid: dict[int, float] = field(default_factory=dict)


def watch(process: psutil.Popen) -> Watched:
    """Return what ``process`` and all below it used, polled until it ends."""
    seen = Watched()
    while process.poll() is None:
        own = used(process, seen)
        below = [used(child, seen) for child in descendants(process)]
        seen.parent = max(seen.parent, own)
        seen.child = max([seen.child, *below])
        seen.together = max(seen.together, own + sum(below))
        time.sleep(POLL_SECONDS)
    return seen


def descendants(process: psutil.Process) -> list[psutil.Process]:
    """Return the living processes below ``process``; none if it has just ended."""
    try:
        return list(process.children(recursive=True))
    except psutil.NoSuchProcess:
        return []


def used(process: psutil.Process, seen: Watched) -> int:
    """Return resident bytes of ``process`` and note its CPU time; 0 if it has just ended."""
    try:
        with process.oneshot():
            times = process.cpu_times()
            seen.cpu_by_pid[process.pid] = times.user + times.system
            return int(process.memory_info().rss)
    except psutil.NoSuchProcess:
        return 0


def print_runs(runs: Sequence[Run], console: Console) -> None:
    """Print speed and memory of the runs, and where their time went."""
    table = Table(title="broadsheet run, fresh process", title_justify="left", box=None)
    names = (
        "workers",
        "dumps",
        "wall s",
        "dumps/s",
        "CPU ms a dump",
        "parent MiB",
        "largest worker MiB",
        "together MiB",
    )
    for name in names:
        table.add_column(name, justify="right")
    for run in runs:
        speed, cpu = run.dumps / run.wall_seconds, 1_000 * run.cpu_seconds / run.dumps
        cells = [f"{run.wall_seconds:.1f}", f"{speed:.0f}", f"{cpu:.2f}"]
        peaks = [f"{peak:.0f}" for peak in (run.parent_mib, run.worker_mib, run.together_mib)]
        table.add_row(str(run.workers), str(run.dumps), *cells, *peaks)
    console.print(table)
    stages = Table(title="Stages: wall s, CPU s, share of all CPU", title_justify="left", box=None)
    for name in ("stage", *(f"{run.workers} worker{'s' * (run.workers > 1)}" for run in runs)):
        stages.add_column(name, justify="left" if name == "stage" else "right")
    for stage in (*runs[0].timings, REST):
        stages.add_row(stage, *(share_cell(run, stage) for run in runs))
    console.print(stages)


def share_cell(run: Run, stage: str) -> str:
    """Return a stage's seconds and its share of the run's CPU time; ``REST`` is what no stage counts."""
    wall, cpu = run.seconds_of(stage)
    return f"{wall:6.2f} {cpu:6.2f} {cpu / run.cpu_seconds:4.0%}"


def arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    """Return the parsed command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dumps", type=int, default=2_000, help="dumps in the corpus")
    parser.add_argument("--sample", type=int, default=40, help="pages of each kind for the cleaner and its rivals")
    parser.add_argument("--pages", type=Path, metavar="DIR", help="draw them from here (see bench_clean)")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2], help="a run for each number")
    parser.add_argument("--seed", type=int, default=7, help="of the corpus and of the order of turns")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there")
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    """Return 0 after printing all figures, 1 where a run failed, after its last words."""
    given, console = arguments(argv), Console(width=120, highlight=False)
    try:
        measure(given, console)
    except subprocess.CalledProcessError as exc:
        print(f"{shlex.join(exc.cmd)} ended with status {exc.returncode}\n{exc.stderr or ''}", file=sys.stderr)
        return 1
    return 0


def measure(given: argparse.Namespace, console: Console) -> None:
    """Print all figures as soon as they are there."""
    with tempfile.TemporaryDirectory(prefix="broadsheet-bench-") as folder:
        raw = Path(folder) / "raw"
        make_corpus(raw, given.dumps, given.seed)
        runs = [run_once(raw, Path(folder) / f"clean-{workers}", workers) for workers in given.workers]
        print_runs(runs, console)
        turns = bench_clean.measure(given.pages or raw, given.sample, given.seed, console)
    if given.json is not None:
        held = {"runs": [asdict(run) for run in runs], "turns": turns}
        given.json.write_text(json.dumps(held, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
