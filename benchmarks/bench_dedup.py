"""Speed, memory and growth of deduplication, beside other libraries on the same texts in the same run.

    python -m benchmarks.bench_dedup [--sizes 10000 100000] [--peers PYTHON] [--peer-documents 2000] [--index 1000000]

Every measure is a process of its own; seconds are user CPU. Read the ratios: the machine may be busy, and what is
measured side by side is busy with it. PYTHON is an environment with the other libraries (``make bench-dedup`` makes
one); without it only our own figures are printed. Corpora are made once and kept in ``--work``: a million documents
(``--sizes 10000 100000 1000000``) take 3 GB there, and an index of 50 million 8 GB while it is measured.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.dedup_corpus import HOSTILE, write_corpus
from benchmarks.dedup_index import BATCH
from benchmarks.dedup_peers import PEERS

_HERE = Path(__file__).resolve().parent
Row = dict[str, Any]


def main() -> None:
    """Print all tables."""
    parser = argparse.ArgumentParser(description="Measure deduplication.")
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--peers", type=Path)
    parser.add_argument("--peer-documents", type=int, default=2_000)
    parser.add_argument("--hostile", type=int, nargs="*", default=[5_000, 20_000])
    parser.add_argument("--index", type=int, nargs="*", default=[1_000_000, 10_000_000, 50_000_000])
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "broadsheet-dedup")
    args = parser.parse_args()
    args.work.mkdir(parents=True, exist_ok=True)
    console = Console(width=120)
    ours = [run_once(corpus(args.work, "news", size)) for size in args.sizes]
    plain = run_once(corpus(args.work, "news", args.sizes[0]), kernel="numpy")
    console.print(speed_table([*ours, plain]))
    if args.peers:
        measured = [run_peer(args.peers, name, args.work, args.sizes[0], args.peer_documents) for name in PEERS]
        console.print(peer_table(measured, ours[0], plain))
    if args.hostile:
        console.print(hostile_table(args.work, args.hostile))
    if args.index:
        console.print(index_table(args.work, args.index))


def corpus(work: Path, kind: str, size: int) -> Path:
    """Return the corpus of that kind and size, made if it is not there."""
    path = work / f"{kind}-{size}.arrow"
    if not path.exists():
        made = path.with_suffix(".part")
        write_corpus(made, size, kind=kind)
        made.replace(path)
    return path


def run_once(path: Path, kernel: str = "") -> Row:
    """Return what :mod:`benchmarks.dedup_once` measures on a corpus."""
    env = {**os.environ, "BROADSHEET_KERNEL": kernel}
    command = [sys.executable, "-m", "benchmarks.dedup_once", str(path)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=env, cwd=_HERE.parent)
    found: Row = json.loads(done.stdout)
    return found


def run_peer(python: Path, name: str, work: Path, size: int, count: int) -> Row:
    """Return what a peer took for the first ``count`` texts of a corpus."""
    command = [str(python), str(_HERE / "dedup_peers.py"), name, str(corpus(work, "news", size)), str(count)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        return {"name": name, "missing": done.stderr.strip().splitlines()[-1][:80]}
    found: Row = json.loads(done.stdout.splitlines()[-1])
    return found


def micros(row: Row) -> float:
    """Return microseconds a document from text to clusters."""
    return float((row["fingerprint"] + row["match"]) / row["documents"] * 1e6)


def speed_table(rows: list[Row]) -> Table:
    """Return our own figures, with the exponent of growth from the size before."""
    header = [
        "kernel",
        "documents",
        "fingerprint_us",
        "match_us",
        "total_us",
        "exponent",
        "B_a_document",
        "index_B",
        "pair_F1",
        "largest",
    ]
    table = Table(*header, title="Text to verified clusters, user CPU; memory beside the mapped text")
    before: Row | None = None
    for row in rows:
        n = row["documents"]
        grown = before is not None and before["kernel"] == row["kernel"] and n > before["documents"]
        exponent = (
            f"{1 + math.log(micros(row) / micros(before), n / before['documents']):.2f}" if grown and before else ""
        )
        held = (row["peak_mib"] - row["base_mib"] - row["text_mib"]) * (1 << 20) / n
        spent = [f"{row[stage] / n * 1e6:.1f}" for stage in ("fingerprint", "match")]
        scores = [f"{row['scores']['pairs']['F1']:.4f}", str(row["scores"]["largest"])]
        table.add_row(
            row["kernel"],
            f"{n:,}",
            *spent,
            f"{micros(row):.1f}",
            exponent,
            f"{held:,.0f}",
            f"{row['index_bytes']:.0f}",
            *scores,
        )
        before = row
    return table


def peer_table(rows: list[Row], ours: Row, plain: Row) -> Table:
    """Return the peers' figures and how many times ours they are."""
    table = Table("library", "does", "us a document", "x compiled", "x numpy", title="Other libraries, same texts")
    for row in rows:
        if "missing" in row:
            table.add_row(row["name"], row["missing"], "", "", "")
            continue
        spent = row["seconds"] / row["documents"] * 1e6
        table.add_row(
            row["name"], row["what"], f"{spent:,.0f}", f"{spent / micros(ours):.1f}", f"{spent / micros(plain):.1f}"
        )
    return table


def hostile_table(work: Path, sizes: list[int]) -> Table:
    """Return what corpora made against matchers take, by size: a row should stay level."""
    table = Table("corpus", *(f"us at {size:,}" for size in sizes), "largest", title="Hostile corpora")
    for kind in HOSTILE:
        rows = [run_once(corpus(work, kind, size)) for size in sizes]
        table.add_row(kind, *(f"{micros(row):.0f}" for row in rows), str(rows[-1]["scores"]["largest"]))
    return table


def index_table(work: Path, sizes: list[int]) -> Table:
    """Return what 10,000 new documents cost against indexes of random keys."""
    header = ("documents", "files", "cold s", "cold wall s", "warm s", "made s", "B a document")
    table = Table(*header, title=f"{BATCH:,} new against an index of random keys, user and system CPU")
    for size in sizes:
        command = [sys.executable, "-m", "benchmarks.dedup_index", str(size), str(work / f"index-{size}")]
        done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=_HERE.parent)
        row = json.loads(done.stdout)
        times = [f"{row[name]:.2f}" for name in ("cold", "cold_wall", "warm", "made")]
        table.add_row(f"{size:,}", str(row["files"]), *times, f"{row['bytes']:.0f}")
        shutil.rmtree(work / f"index-{size}")
    return table


if __name__ == "__main__":
    main()
