"""Memory and time of another process."""

from __future__ import annotations

import subprocess
import sys

import psutil

from benchmarks import bench_run


def test_memory_and_time_of_a_child_are_seen() -> None:
    worker = "import time; b = bytearray(80 << 20); t = time.process_time()\nwhile time.process_time() < t + 0.3: pass"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {worker!r}])"

    seen = bench_run.watch(psutil.Popen([sys.executable, "-c", parent], stdout=subprocess.DEVNULL))

    assert seen.child > 80 << 20
    assert seen.parent < 80 << 20
    assert seen.together >= seen.child
    assert sum(seen.cpu_by_pid.values()) > 0.2


def test_stages_and_the_rest_add_up_to_the_run() -> None:
    timings = {"clean": {"wall_seconds": 2.0, "cpu_seconds": 3.0}, "write": {"wall_seconds": 0.5, "cpu_seconds": 0.5}}
    run = bench_run.Run(
        workers=1,
        dumps=10,
        wall_seconds=3.0,
        cpu_seconds=4.0,
        parent_mib=1.0,
        worker_mib=1.0,
        together_mib=2.0,
        timings=timings,
    )

    assert run.seconds_of("clean") == (2.0, 3.0)
    assert run.seconds_of(bench_run.REST) == (0.5, 0.5)
