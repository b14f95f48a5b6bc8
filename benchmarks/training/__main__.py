"""The command ``python -m benchmarks.training``: make the weights of all models anew, and score them held out."""

from __future__ import annotations

import argparse
import datetime as dt
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from rich.console import Console

from benchmarks.glue import made_pages, more_pages
from benchmarks.quality import dumps, extraction, glued
from benchmarks.quality.bench import PROJECT, Bench, BenchError
from benchmarks.quality.held_out import FOLDS, read_folds, write_folds
from benchmarks.quality.predict import fan_out
from benchmarks.quality.show import print_sheet
from benchmarks.training.break_card import break_card
from benchmarks.training.breaks import FitBreakFold
from benchmarks.training.card import card
from benchmarks.training.fit import L2, FitFold
from benchmarks.training.html import FitHtmlFold
from benchmarks.training.html_card import html_card
from benchmarks.training.split import ALL, fit_splitters, read_pages
from pipeline.clean.break_model import WEIGHTS_FILE as BREAK_FILE
from pipeline.clean.html_model import WEIGHTS_FILE as HTML_WEIGHTS_FILE
from pipeline.clean.model import WEIGHTS_FILE, read_model
from pipeline.clean.splitter import SPLIT_FILE

MODEL_FOLDER = PROJECT / "pipeline" / "rules" / "model"
EVERY = (*range(FOLDS), ALL)


def arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    """Return the parsed command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.training", description=__doc__)
    parser.add_argument("--bench", type=Path, required=True, help="folder of the labelled sets")
    parser.add_argument("--workers", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--only", choices=tuple(MAKERS), action="append", help="one model; may be given again")
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    """Return 0 when weights and cards are written, 2 where the labelled sets are missing."""
    given = arguments(argv)
    bench = Bench(given.bench)
    try:
        # In this order: each sees pages as the ones before it read them.
        for kind in (kind for kind in MAKERS if kind in (given.only or MAKERS)):
            file, make = MAKERS[kind]
            texts = make(bench, given.workers)
            (MODEL_FOLDER / file).write_text(texts.pop(ALL), encoding="utf-8")
            write_folds(kind, texts)
        write_cards(bench, given.workers)
    except BenchError as exc:
        print(f"training: {exc}", file=sys.stderr)
        return 2
    return 0


def break_models(bench: Bench, workers: int) -> dict[int, str]:
    """Return the weights files of the model of line ends, by the fold left out."""
    return dict(zip(EVERY, fan_out(FitBreakFold, (bench.root,), EVERY, workers=workers, chunk=1), strict=True))


def line_models(bench: Bench, workers: int) -> dict[int, str]:
    """Return the weights files of the line model for text, by the fold left out."""
    return dict(zip(EVERY, fan_out(FitFold, (bench.root, L2), EVERY, workers=workers, chunk=1), strict=True))


def splitters(bench: Bench, workers: int) -> dict[int, str]:
    """Return the weights files of the splitter, by the fold left out; one process does all."""
    del workers
    models = {fold: read_model(text) for fold, text in read_folds("line").items()}
    return fit_splitters(list(read_pages(made_pages(bench), models)), read_pages(more_pages(bench), models))


def html_models(bench: Bench, workers: int) -> dict[int, str]:
    """Return the weights files of the line model for HTML, by the fold left out."""
    return dict(zip(EVERY, fan_out(FitHtmlFold, (bench.root,), EVERY, workers=workers, chunk=1), strict=True))


MAKERS: dict[str, tuple[str, Callable[[Bench, int], dict[int, str]]]] = {
    "break": (BREAK_FILE, break_models),
    "line": (WEIGHTS_FILE, line_models),
    "split": (SPLIT_FILE, splitters),
    "html": (HTML_WEIGHTS_FILE, html_models),
}


def write_cards(bench: Bench, workers: int) -> None:
    """Print the held-out scores and write the cards that tell them."""
    console, day = Console(width=150, highlight=False), dt.datetime.now(dt.UTC).date()
    sheets = [source.measure(bench, workers=workers) for source in (dumps, extraction, glued)]
    for sheet in sheets:
        print_sheet(sheet, console)
    texts = {kind: (MODEL_FOLDER / file).read_text(encoding="utf-8") for kind, (file, _) in MAKERS.items()}
    (MODEL_FOLDER / "CARD.md").write_text(card(bench, texts["line"], texts["split"], sheets, day), encoding="utf-8")
    (MODEL_FOLDER / "BREAK.md").write_text(break_card(bench, texts["break"], day), encoding="utf-8")
    (MODEL_FOLDER / "HTML.md").write_text(html_card(bench, texts["html"], sheets[1], day), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
