"""The card of the line model: what it was made from and how it does on sites it has not seen."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Sequence

from benchmarks.quality.bench import Bench
from benchmarks.quality.figures import Figure, Sheet
from pipeline.text import hash128

_TEXT = """# The line model

`line.json` holds the weights of a linear chain over the lines of a text dump: {features} features by {classes} classes
and the steps from class to class; {headline} weights by which the headline is chosen first; and {words} words with how
much each leans to page tools (bits: on how many sites it stands in lines that are taken out, against lines that are
kept). Weights are hundredths. It names no page and holds no text of one: the words are those that at least six sites
use.

`split.json` holds the {signs} weights and {trees} trees of the splitter: by which signs a line between two
paragraphs is where a new story would begin, and whether one does (digest `{split_digest}`). It is
made from the same pages, joined by `benchmarks/glue.py` in four draws, each read by a line model that has not seen its
sites.

Made on {day} by `make train BENCH=…`; the same labels give the same file, digest
`{digest}`.

## From what
- `dumps/dev.jsonl` (labels `{dumps}`): pages that are no joints of others, all classes;
  and each again as news in brief and as bare text.
- `extraction/` (labels `{extraction}`): 193 pages in five text forms each and once cut
  out around the text, three times over with another fifth form each; the weights are the mean of the three. The gold
  says kept or not, so all classes that fit are left open (partial labels). Which line is
  the headline is read off the page's markup.

## Held-out scores
Five parts by site, in both sets at once: no page is scored by a model that has seen a page of its site
(`benchmarks/training/held_out.json.xz` has the five). 95 % bootstrap intervals over sites. `make quality` shows the
same figures.

{tables}
## What it cannot do
English and German make up most of the material; Arabic, Russian, Chinese, Hindi have one or two pages each. Captions
without credit in mid-text, paywall notices written as prose, and titles of other stories that stand alone between
paragraphs are what it still keeps; short lists, tables and lone numbers what it still loses.
"""
_DUMPS = ("line P", "line R", "line F1", "page F1", "clean pages")
_FORMS = ("P", "R", "F")


def card(bench: Bench, weights: str, splitter: str, sheets: Sequence[Sheet], day: dt.date) -> str:
    """Return the card as Markdown; ``weights`` and ``splitter`` are the files' texts, ``sheets`` held-out scores."""
    told = json.loads(weights)
    figures = {name: figure for sheet in sheets for name, figure in sheet.figures.items()}
    return _TEXT.format(
        features=len(told["features"]),
        classes=len(told["classes"]),
        words=len(told["words"]),
        headline=len(told["headline"]),
        signs=sum(len(json.loads(splitter)[part]) for part in ("gap", "opener")),
        trees=len(json.loads(splitter)["trees"]),
        split_digest=hash128(splitter),
        day=day.isoformat(),
        digest=hash128(weights),
        dumps=bench.digest("dumps"),
        extraction=bench.digest("extraction"),
        tables="".join(_tables(figures)),
    )


def _tables(figures: dict[str, Figure]) -> Iterator[str]:
    groups = [name for name in ("unjoined", "English", "other languages") if f"dumps/{name}/line F1" in figures]
    rows = [[name, *(_cell(figures[f"dumps/{name}/{score}"]) for score in _DUMPS)] for name in groups]
    yield _table(["raw dumps", *_DUMPS], rows)
    forms = dict.fromkeys(tuple(name.split("/")[1:3]) for name in figures if name.startswith("extraction/"))
    rows = [
        [f"{source}, {form}", *(_cell(figures[f"extraction/{source}/{form}/{score}"]) for score in _FORMS)]
        for source, form in forms
    ]
    yield _table(["article text", *_FORMS], rows)


def _cell(figure: Figure) -> str:
    if figure.low is None or figure.high is None:
        return f"{figure.value:.3f}"
    return f"{figure.value:.3f} [{figure.low:.3f}, {figure.high:.3f}]"


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "".join(f"| {' | '.join(row)} |\n" for row in lines) + "\n"
