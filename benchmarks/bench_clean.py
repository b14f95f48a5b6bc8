"""CPU time of the cleaner beside the tools people would use instead, taking turns on the same pages in one process.

``python -m benchmarks.bench_clean PAGES`` takes real pages from the labelled sets (PAGES holds ``extraction/``) or any
folder of ``.txt`` and ``.html`` files. Read the ratios: milliseconds depend on the machine and on what else it does.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from html import escape
from pathlib import Path

import justext  # type: ignore[import-untyped]  # ships no types
import trafilatura
from rich.console import Console
from rich.table import Table

from benchmarks.quality.bench import Bench
from benchmarks.quality.predict import AS_OF, load_cleaner, page_dump
from benchmarks.stages import forget, stages_table, time_stages
from pipeline.clean.html_names import said_by
from pipeline.text import split_lines

ROUNDS = 3  # every contender sees every page three times, in a new order each time
SHORTEST = 500  # characters; below it a page of the made corpus is one of its broken ones

Calls = Mapping[str, Callable[[str], object]]


def text_contenders() -> Calls:
    """Return the ways from a text dump to an article text, by name; ours is first and the measure of all."""
    cleaner, stopwords = load_cleaner(), justext.get_stoplist("English")
    return {
        "broadsheet": lambda text: cleaner.clean(page_dump("a.txt", text), AS_OF),
        "jusText on <p> lines": lambda text: justext.justext(in_p(text), stopwords),
        "trafilatura on <p> lines": lambda text: trafilatura.extract(in_p(text), include_comments=False),
    }


def html_contenders() -> Calls:
    """Return the ways from an HTML page to an article text."""
    cleaner = load_cleaner()
    return {
        "broadsheet": lambda page: cleaner.clean(page_dump("a.html", page, "html"), AS_OF),
        "trafilatura": lambda page: trafilatura.extract(page, include_comments=False),
    }


def in_p(text: str) -> str:
    """Return the lines of a text dump as an HTML page, the usual way to hand text to an HTML cleaner."""
    lines = (f"<p>{escape(line)}</p>" for line in split_lines(text) if line.strip())
    return f"<html><body>{''.join(lines)}</body></html>"


def take_turns(calls: Calls, pages: Sequence[str], seed: int) -> dict[str, float]:
    """Return CPU seconds of each call a page, the fastest of ``ROUNDS`` rounds counting for each page.

    The order is drawn anew for each page, so that what a busy machine does falls on all alike; the first page is run
    once before, since it pays for what is loaded late.
    """
    rng, seconds = random.Random(seed), defaultdict[tuple[str, int], list[float]](list)
    for call in calls.values():
        call(pages[0])
    for _ in range(ROUNDS):
        said_by.cache_clear()  # a site's pages share their names, but none was seen before
        for number, page in enumerate(pages):
            for name in rng.sample(sorted(calls), k=len(calls)):
                forget()
                begun = time.process_time()
                calls[name](page)
                seconds[name, number].append(time.process_time() - begun)
    totals = defaultdict[str, float](float)
    for (name, _), spent in seconds.items():
        totals[name] += min(spent)
    return {name: totals[name] / len(pages) for name in calls}


def pages_of(folder: Path, count: int, seed: int) -> tuple[list[str], list[str]]:
    """Return up to ``count`` text dumps and ``count`` HTML pages drawn from a labelled set or a folder of files."""
    rng = random.Random(seed)
    if (folder / "extraction").is_dir():
        bench = Bench(folder)
        dumps = (row for row in bench.rows("dumps/dev.jsonl") if not row["constructed"])
        texts = ["\n".join(line["text"] for line in row["lines"]) for row in dumps]
        pages = [row["html"] for row in bench.rows("extraction/pages.jsonl.xz")]
    else:
        texts, pages = ([read(path) for path in sorted(folder.rglob(pattern))] for pattern in ("*.txt", "*.html"))
    whole = ([page for page in kind if len(page) >= SHORTEST] for kind in (texts, pages))
    drawn_texts, drawn_pages = (rng.sample(kind, k=min(count, len(kind))) for kind in whole)
    return drawn_texts, drawn_pages


def read(path: Path) -> str:
    """Return a file's text; nothing if it is one of the broken ones."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def measure(folder: Path, count: int, seed: int, console: Console) -> dict[str, dict[str, float]]:
    """Print and return CPU seconds a page by contender, for text dumps and HTML pages of ``folder``, and by stage."""
    texts, pages = pages_of(folder, count, seed)
    turns = {}
    for kind, drawn, calls in (("text dumps", texts, text_contenders()), ("HTML pages", pages, html_contenders())):
        if drawn:
            turns[kind] = take_turns(calls, drawn, seed)
            characters = sum(map(len, drawn)) // len(drawn)
            console.print(turns_table(f"{len(drawn)} {kind} of {characters:,} characters in the mean", turns[kind]))
    if texts:
        turns["stages"] = time_stages(load_cleaner(), texts)
        console.print(stages_table(turns["stages"], len(texts)))
    return turns


def turns_table(title: str, seconds: Mapping[str, float]) -> Table:
    """Return CPU time a page and the ratio to ours."""
    table = Table(title=title, title_justify="left", box=None, min_width=len(title))
    for name in ("taking turns in one process", "CPU ms a page", "times broadsheet"):
        table.add_column(name, justify="left" if name.startswith("taking") else "right")
    for name, spent in seconds.items():
        table.add_row(name, f"{1_000 * spent:.2f}", f"{spent / seconds['broadsheet']:.2f}")
    return table


def main(argv: Sequence[str] | None = None) -> int:
    """Return 0 after printing the ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages", type=Path, help="the labelled sets, or a folder of .txt and .html files")
    parser.add_argument("--sample", type=int, default=40, help="pages of each kind")
    parser.add_argument("--seed", type=int, default=7, help="of the draw and of the order of turns")
    given = parser.parse_args(argv)
    measure(given.pages, given.sample, given.seed, Console(width=120, highlight=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
