"""The command ``python -m benchmarks.quality``: show the scores, hold them to their floors, raise the floors."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from benchmarks.quality.bench import SOURCES, Bench, BenchError
from benchmarks.quality.figures import Figure, Sheet
from benchmarks.quality.floors import FLOORS_FILE, RatchetError, breaches, read_floors, update, write_floors
from benchmarks.quality.gate import measure
from benchmarks.quality.show import print_sheet


def arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    """Return the parsed command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.quality", description=__doc__)
    parser.add_argument("--bench", type=Path, required=True, help="folder of the labelled sets")
    parser.add_argument("--only", choices=SOURCES, action="append", help="one source; may be given again")
    parser.add_argument(
        "--workers", type=int, default=len(os.sched_getaffinity(0)), help="processes; default: one a core"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there")
    parser.add_argument("--errors", type=Path, metavar="FILE", help="write every single miss there, a JSON row each")
    parser.add_argument("--update", action="store_true", help="raise the floors to these figures and pin the labels")
    parser.add_argument("--lower", metavar="REASON", help="with --update: let floors fall, and record why")
    parser.add_argument("--floors", type=Path, default=FLOORS_FILE, metavar="FILE", help="where the floors are pinned")
    given = parser.parse_args(argv)
    if given.lower is not None and not (given.update and given.lower.strip()):
        parser.error("--lower takes a reason and goes with --update")
    return given


def as_json(figure: Figure) -> dict[str, float | None]:
    """Return a figure with six places."""
    bounds = {"value": figure.value, "low": figure.low, "high": figure.high}
    return {name: None if value is None else round(value, 6) for name, value in bounds.items()}


def main(argv: Sequence[str] | None = None) -> int:
    """Return 0 where every figure holds its floor (or the floors were raised), 1 where not, 2 for a wrong folder."""
    given = arguments(argv)
    bench, console = Bench(given.bench), Console(width=max(150, Console().width), highlight=False)
    sheets: list[Sheet] = []
    begun = time.monotonic()
    try:
        for sheet in measure(bench, only=given.only or SOURCES, workers=given.workers):
            print_sheet(sheet, console)
            sheets.append(sheet)
            console.print(f"[{sheet.source} after {time.monotonic() - begun:.0f} s]\n", markup=False)
        write_findings(sheets, given.json, given.errors)
        if given.update:
            return ratchet(bench, sheets, given.floors, given.lower)
        return judge(bench, sheets, given.floors)
    except BenchError as exc:
        print(f"quality: {exc}", file=sys.stderr)
        return 2
    except RatchetError as exc:
        print(f"quality: {exc}", file=sys.stderr)
        return 1


def write_findings(sheets: Sequence[Sheet], figures: Path | None, errors: Path | None) -> None:
    """Write the figures as one JSON object and the misses as JSON rows, each where a file is given."""
    if figures is not None:
        held = {name: as_json(figure) for sheet in sheets for name, figure in sheet.figures.items()}
        figures.write_text(json.dumps(held, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    if errors is not None:
        rows = (
            json.dumps({"source": sheet.source, **row}, ensure_ascii=False) for sheet in sheets for row in sheet.errors
        )
        errors.write_text("".join(f"{row}\n" for row in rows), encoding="utf-8")


def judge(bench: Bench, sheets: Sequence[Sheet], path: Path) -> int:
    """Return 0 if no figure is under its floor, after naming those that are."""
    floors = read_floors(path)
    found = [line for sheet in sheets for line in breaches(floors, sheet, bench.digest(sheet.source))]
    for line in found:
        print(f"FLOOR  {line}")
    print(f"{len(found)} floors broken" if found else "every floor holds")
    return 1 if found else 0


def ratchet(bench: Bench, sheets: Sequence[Sheet], path: Path, reason: str | None) -> int:
    """Save the raised floors and return 0.

    Raises:
        RatchetError: a figure fell and there is no reason; nothing is saved.
    """
    before = floors = read_floors(path)
    for sheet in sheets:
        floors = update(floors, sheet, bench.digest(sheet.source), reason)
    write_floors(floors, path)
    for name, floor in floors.floors.items():
        if (old := before.floors.get(name)) != floor:
            print(f"floor  {name}: {'new' if old is None else f'{old:.4f}'} → {floor:.4f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
