"""The card of the HTML line model: what it was made from, and how it does on sites it has not seen."""

from __future__ import annotations

import datetime as dt
import json

from benchmarks.quality.bench import Bench
from benchmarks.quality.figures import Sheet
from pipeline.text import hash128

_TEXT = """# The HTML line model

`html.json` holds the weights of a linear chain over the lines of an HTML page: {features} features by three classes
(kept, standfirst, dropped), the steps from class to class, and {words} words, of lines and of class and id of elements,
with how much each leans to what is taken out (bits: on how many sites it stands in lines that are taken out, against
lines that are kept). Weights are hundredths. `names.toml` holds the words that name kinds of elements. Neither names a
page or holds text of one: the words are those that at least five sites use.

Made on {day} by `make train BENCH=…`; the same labels give the same file, digest
`{digest}`.

## From what
`extraction/pages.jsonl.xz` (labels `{labels}`): 193 pages of 139 sites; the gold says kept or
not. One of the two sources counts a standfirst as text, the other does not, so there that class is left open (partial
labels). Lines that their element alone tells from text (`clean/html_furniture.py`) are no material.

## Held-out scores
Five parts by site: no page is scored by a model that has seen a page of its site. The whole cleaner, rules and
trafilatura on unsure pages included; 95 % bootstrap intervals over sites. `make quality` shows the same figures.

| article text | P | R | F | pages with F of half or more |
| --- | --- | --- | --- | --- |
{rows}
## What it cannot do
Posts of social networks in the text, lists of links, prices and tables that the gold keeps are what it loses;
invitations to write to the desk, author notes and boxes written as prose, in the story's own block, what it still
keeps. One HTML page is one article.
"""
_SCORES = ("P", "R", "F", "F of half or more")


def html_card(bench: Bench, weights: str, sheet: Sheet, day: dt.date) -> str:
    """Return the card as Markdown; ``sheet`` are the held-out scores."""
    told = json.loads(weights)
    sources = dict.fromkeys(name.split("/")[1] for name in sheet.figures)
    rows = "".join(
        f"| {source} | {' | '.join(_cell(sheet, f'extraction/{source}/html/{score}') for score in _SCORES)} |\n"
        for source in sources
    )
    return _TEXT.format(
        features=len(told["features"]),
        words=sum(len(told[place]) for place in ("words", "own", "around", "path")),
        day=day.isoformat(),
        digest=hash128(weights),
        labels=bench.digest("extraction"),
        rows=rows,
    )


def _cell(sheet: Sheet, name: str) -> str:
    figure = sheet.figures[name]
    if figure.low is None or figure.high is None:
        return f"{figure.value:.3f}"
    return f"{figure.value:.3f} [{figure.low:.3f}, {figure.high:.3f}]"
