"""The command ``python -m benchmarks.training``: make the line model's weights anew, score it on held-out sites."""

from __future__ import annotations

import argparse
import datetime as dt
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from benchmarks.quality.bench import PROJECT, Bench, BenchError
from benchmarks.quality.predict import fan_out
from benchmarks.quality.show import print_sheet
from benchmarks.training.card import card
from benchmarks.training.corpus import FOLDS
from benchmarks.training.cross import held_out
from benchmarks.training.fit import L2, FitFold
from pipeline.clean.model import WEIGHTS_FILE, read_model

MODEL_FOLDER = PROJECT / "pipeline" / "rules" / "model"
ALL = -1  # the fold that leaves nothing out


def arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    """Return the parsed command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.training", description=__doc__)
    parser.add_argument("--bench", type=Path, required=True, help="folder of the labelled sets")
    parser.add_argument("--out", type=Path, default=MODEL_FOLDER, help="folder for weights and card")
    parser.add_argument("--l2", type=float, default=L2, help="strength of the pull of all weights to zero")
    parser.add_argument("--workers", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--quick", action="store_true", help="make the weights alone: no held-out scores, no card")
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    """Return 0 when weights (and card) are written, 2 where the labelled sets are missing."""
    given = arguments(argv)
    bench, console = Bench(given.bench), Console(width=150, highlight=False)
    folds = [ALL] if given.quick else [*range(FOLDS), ALL]
    try:
        texts = dict(
            zip(folds, fan_out(FitFold, (given.bench, given.l2), folds, workers=given.workers, chunk=1), strict=True)
        )
        given.out.mkdir(parents=True, exist_ok=True)
        (given.out / WEIGHTS_FILE).write_text(texts[ALL], encoding="utf-8")
        if not given.quick:
            sheets = list(held_out(bench, {fold: read_model(texts[fold]) for fold in range(FOLDS)}))
            for sheet in sheets:
                print_sheet(sheet, console)
            day = dt.datetime.now(dt.UTC).date()
            (given.out / "CARD.md").write_text(card(bench, texts[ALL], sheets, day), encoding="utf-8")
    except BenchError as exc:
        print(f"training: {exc}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
