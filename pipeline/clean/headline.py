"""Which line is the headline, and where it is said again: exactly, cut short, or with kicker, site or date attached."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import accumulate, chain

from pipeline.clean.lines import Line
from pipeline.clean.marks import Label
from pipeline.records import LineClass

PLACE_COST = (
    0.6  # what a title loses for each other one above it: the headline comes before standfirst and video titles
)
_MAX_CAPITALISED = 200  # characters of a title
_MOST_HOLDING = 2.2  # characters of a line that holds the headline, to those of the headline
_MIN_LONG, _MIN_CAPITALISED = 4, 4
MIN_PART_CHARS = 20  # a shorter common part of two lines may be chance


def find_headline(
    lines: Sequence[Line], labels: Sequence[Label | None], first_body: int, title: str | None
) -> int | None:
    """Return the index of the headline among the lines above the body, or None.

    ``lines`` are one segment's; ``first_body`` is the index of its first paragraph; ``title`` is the page's title as
    the record or its markup gave it (folded), which settles the matter where a line says the same.
    """
    limit = min(first_body, len(lines))
    candidates = [i for i in range(limit) if labels[i] is None and 2 <= lines[i].size <= 40 and is_title(lines[i])]
    if title:
        named = [i for i in range(limit) if says_title(lines[i].folded, title) and labels[i] is None]
        if named:
            return named[0]
    if not candidates:
        return None
    counts = Counter(line.folded for line in lines)
    body_words = {*chain.from_iterable(line.words for line in lines[first_body:])}
    before = accumulate((lines[i].size >= 4 and not lines[i].is_bullet for i in candidates), initial=0)
    place = dict(zip(candidates, before, strict=False))
    return max(candidates, key=lambda i: (_score(lines[i], counts, body_words) - PLACE_COST * place[i], -i))


def is_title(line: Line) -> bool:
    """Return whether a line may be a headline: not one half of figures, nor a paragraph that ends in a full stop."""
    tokens = line.words
    if not tokens or (line.is_paragraph and is_statement(line)):
        return False
    figures = 0 if "".join(tokens).isalpha() else sum(any(map(str.isdigit, token)) for token in tokens)
    return figures * 2 < len(tokens)


def is_statement(line: Line) -> bool:
    """Return whether the line ends in a full stop, as no headline does, but for one cut short or an abbreviation.

    A headline of several sentences is told by its capitals.
    """
    stops = line.bare.endswith((".", "。", ".”", '."', "।")) and not line.bare.endswith(("...", ".S.", ".K.", ".N."))
    return stops and not _is_in_title_case(line.bare)


def _is_in_title_case(text: str) -> bool:
    """Return whether four words or more have four letters, none of these opens small, and not all is in capitals."""
    if len(text) > _MAX_CAPITALISED or text.isupper():
        return False
    long = [token[0] for token in text.split(" ") if len(token) >= _MIN_LONG]
    return len(long) >= _MIN_CAPITALISED and all(sign.isupper() or not sign.isalpha() for sign in long)


def _score(line: Line, counts: Counter[str], body_words: set[str]) -> float:
    """Return how much a line above the body looks like its headline."""
    tokens = line.words
    shared = sum(len(token) > 3 and token in body_words for token in tokens) / max(1, sum(len(t) > 3 for t in tokens))
    score = 1.5 * shared
    score += 2.0 * (counts[line.folded] > 1 and line.size >= 4)
    score += 1.5 if 5 <= line.size <= 25 else 0.5 if line.size >= 3 else 0.0
    score -= 1.5 * (line.bare.endswith((".", "。")) and not line.bare.endswith(("...", "…")))
    score -= 1.5 * line.is_bullet
    return score


def headline_again(lines: Sequence[Line], headline: Line, index: int) -> dict[int, Label]:
    """Return the labels of lines that only say the headline again, by index; never a paragraph of the body."""
    found: dict[int, Label] = {}
    said, most = headline.folded, _MOST_HOLDING * len(headline.folded)
    for i, line in enumerate(lines):
        if len(line.folded) > most or not (said in line.folded or said.startswith(line.folded)):
            continue
        if i == index or (line.is_paragraph and line.size > 1.6 * headline.size):
            continue
        how = _again(line.folded, said)
        if how:
            found[i] = Label(
                line_class=LineClass.HEADLINE_AGAIN, rule="headline.again", evidence=f"{how} line {headline.no}"
            )
    return found


def _again(folded: str, headline: str) -> str | None:
    if folded == headline:
        return "same as"
    if len(headline) >= MIN_PART_CHARS and headline in folded and len(folded) <= _MOST_HOLDING * len(headline):
        return "holds"
    if len(folded) >= MIN_PART_CHARS and headline.startswith(folded) and len(folded) >= 0.5 * len(headline):
        return "is the head of"
    return None


def says_title(folded: str, title: str) -> bool:
    """Return whether a line says the page's title, whole or cut short; both folded."""
    return folded == title or (len(folded) >= MIN_PART_CHARS and (title.startswith(folded) or folded.startswith(title)))
