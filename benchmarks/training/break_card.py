"""The card of the model of line ends: what it was made from, and how it does on sites it has not seen."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterator

import numpy as np

from benchmarks.quality.bench import Bench
from benchmarks.quality.held_out import fold_of, held_out_breaks
from benchmarks.training.breaks import LONG_LINE, broken_pages, line_sizes
from pipeline.text import hash128

_TEXT = """# The model of line ends

`break.json` holds the weights of a logistic regression over the gaps between the words of a page that has lost its
line ends: {features} features in {fields} fields (combinations of what is seen of both sides, `clean/breaks.py`), and
{words} words with a weight each for four places around a gap. Weights are hundredths. It names no page and holds no
text of one: the words are those that at least eight sites use.

Made on {day} by `make train BENCH=…`; the same labels give the same file, digest
`{digest}`.

## From what
- `extraction/` (labels `{extraction}`): 193 pages on one line and glued, the ends of their lines
  told by the blocks of their markup; in two forms that keep line ends; and their gold text alone on one line.
- `dumps/dev.jsonl` (labels `{dumps}`): pages that are no joints of others, as they came, on one
  line, and glued; and their headline and text alone on one line.

Which line is text and which is not is not told: labels only part the bare articles from their pages.

## Held-out scores
Five parts by site: no page is scored by a model that has seen a page of its site. Gaps where a line ends anyway are
left out. Between two lines of under {long} words (menus) an end that is missed costs little; the last two columns are
about the others.

| form | gaps | line ends | told | P | R | P beside longer lines | R |
| --- | --- | --- | --- | --- | --- | --- | --- |
{rows}
What they are worth: F of article text on one line and glued, in `CARD.md`.

## What it cannot do
Ends between words in small letters, and between a title and a name written like its next word. It was made from Latin
script mostly; where a script has no blanks, stops alone part sentences.
"""


def break_card(bench: Bench, weights: str, day: dt.date) -> str:
    """Return the card as Markdown; ``weights`` is the file's text."""
    told = json.loads(weights)
    return _TEXT.format(
        features=sum(map(len, told["fields"].values())),
        fields=len(told["fields"]),
        words=len(told["words"]),
        day=day.isoformat(),
        digest=hash128(weights),
        extraction=bench.digest("extraction"),
        dumps=bench.digest("dumps"),
        long=LONG_LINE,
        rows="".join(f"| {' | '.join(row)} |\n" for row in _rows(bench)),
    )


def _rows(bench: Bench) -> Iterator[tuple[str, ...]]:
    models = held_out_breaks()
    counts: dict[str, Counter[str]] = {}
    for page in broken_pages(bench):
        model = models[fold_of(page.site)]
        is_open = ~page.gaps.at_line_end
        own, above = line_sizes(page.ended)
        is_break = model.is_break(page.gaps, model.odds(page.gaps))
        for side, asked in (("", is_open), (" long", is_open & ((own >= LONG_LINE) | (above >= LONG_LINE)))):
            told = is_break & asked
            ends = page.ended & asked
            row = {"gaps": asked, "told": told, "ends": ends, "right": told & ends}
            counts.setdefault(page.form, Counter()).update(
                {name + side: int(np.count_nonzero(held)) for name, held in row.items()}
            )
    for form, found in counts.items():
        shares = [
            f"{found['right' + side] / found[name + side]:.2f}" if found["ends"] else "–"
            for side in ("", " long")
            for name in ("told", "ends")
        ]
        yield (form, str(found["gaps"]), str(found["ends"]), str(found["told"]), *shares)
