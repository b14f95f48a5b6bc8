"""The hostile corpus through the main job: how many of its cases hold, the time, and the memory of the largest worker.

Usage: python -m benchmarks.torture.hostile DIR [--short] [--least N], where DIR holds ``make_hostile.py`` (commands
``make`` and ``check``). Ends with 1 when fewer than ``--least`` cases hold or a worker took more than 512 MiB.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

# The same cases with smaller figures: a minute in place of five.
SHORT = ("--big-mib", "1", "--deep", "2000", "--links", "5000", "--many", "60", "--bomb-gib", "0.1")
MOST_MIB = 512


def try_hostile(script: Path, folder: Path, options: tuple[str, ...]) -> tuple[int, float, list[str]]:
    """Return how many cases hold, the largest worker in MiB, and the lines of the check that say what does not."""
    made, clean, ledger = folder / "made", folder / "clean", folder / "ledger.jsonl"
    broadsheet = [sys.executable, "-m", "pipeline"]
    subprocess.run([sys.executable, str(script), "make", str(made), *options], check=True, stdout=subprocess.DEVNULL)
    run = [*broadsheet, "run", "--raw", str(made / "raw"), "--clean", str(clean), "--as-of", "2026-07-15", "--json"]
    subprocess.run(run, check=True, stdout=subprocess.DEVNULL)
    with ledger.open("wb") as sink:
        subprocess.run([*broadsheet, "outcomes", "--clean", str(clean), "--jsonl"], check=True, stdout=sink)
    check = [sys.executable, str(script), "check", str(made), str(ledger)]
    said = subprocess.run(check, check=False, capture_output=True, text=True).stdout.splitlines()
    found = re.match(r"(\d+) of \d+ cases hold", said[-1])
    peaks = re.findall(r'"rss_mib": ?([0-9.]+)', ledger.read_text(encoding="utf-8"))
    return int(found[1]) if found else 0, max(map(float, peaks), default=0.0), said


def main() -> int:
    """Print what holds; return 1 where it is not enough."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--least", type=int, default=0)
    given = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="broadsheet-hostile-") as folder:
        script = given.folder / "make_hostile.py"
        holds, peak_mib, said = try_hostile(script, Path(folder), SHORT if given.short else ())
    print("\n".join(line[:200] for line in said))
    print(f"largest worker {peak_mib:.0f} MiB, {time.monotonic() - began:.0f} s")
    return int(holds < given.least or peak_mib > MOST_MIB)


if __name__ == "__main__":
    raise SystemExit(main())
