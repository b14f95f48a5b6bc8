"""The HTML line model made from the labelled pages: material, fit, weights file, held-out posteriors."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.quality.bench import Bench
from benchmarks.quality.extraction import GOLD_HAS_STANDFIRST
from benchmarks.quality.held_out import fold_of
from benchmarks.training.crf import pack, train
from pipeline.clean.align import align
from pipeline.clean.html_content import lines_to_judge
from pipeline.clean.html_features import Seen, see, value_places
from pipeline.clean.html_fields import FLAG_START, NAMES
from pipeline.clean.html_furniture import furniture
from pipeline.clean.html_model import CLASSES, DROPPED, KEPT, PLACES, SCALE, STANDFIRST
from pipeline.clean.html_page import told_by
from pipeline.clean.html_voices import Leans, Voices
from pipeline.clean.lines import Line
from pipeline.clean.marks import mark_lines
from pipeline.clean.page_meta import read_page_meta
from pipeline.clean.render import parse, render
from pipeline.limits import Limits
from pipeline.words.lexicon import Lexicon
from pipeline.words.rulebook import Rulebook

# L2 2.5, 6 and 14 give pages of held-out sites .953 and .955 (zyte, fundus), .954 and .957, .957 and .956.
L2 = 10.0
ROUNDS = 100  # of L-BFGS
MIN_SITES = 5  # that use a word, for its lean to count
MIN_LINES = 3  # that a feature holds of
MAX_LEAN = 3.0  # bits
MIN_LEAN = {"words": 1.0}  # a word of the text that leans less says nothing of a line
MAX_KEPT = 0.3  # share of lines that a rule may take out of stories
MIN_RULE_SITES = 2
SHORT_PAGE = 60  # lines; a longer page weighs as many lines as the square root of its length says


@dataclass(frozen=True, slots=True, kw_only=True)
class HtmlExample:
    """A labelled page as the model sees it.

    ``allowed`` (lines, classes) are the classes its gold leaves open,
    ``rules`` the boilerplate rule that marks each line, or "".
    """

    site: str
    lines: tuple[Line, ...]
    seen: Seen
    allowed: NDArray[np.bool_]
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Packable:
    """A page in the form that :func:`benchmarks.training.crf.pack` reads."""

    lines: tuple[Line, ...]
    active: NDArray[np.int64]
    gaps: NDArray[np.bool_]
    allowed: NDArray[np.bool_]


def html_examples(bench: Bench) -> Iterator[HtmlExample]:
    """Yield the labelled pages in the order of their file; pages without a line are left out."""
    limits, book, lexicon = Limits(), Rulebook.load(), Lexicon.load()
    for page in bench.rows("extraction/pages.jsonl.xz"):
        tree = parse(page["html"], limits)
        told = told_by(read_page_meta(tree, page["url"], limits))
        rendered = render(tree, limits)
        lines = tuple(lines_to_judge(rendered, furniture(rendered)))
        if lines:
            yield HtmlExample(
                site=page["site"],
                lines=lines,
                seen=see(rendered, lines, told),
                allowed=_allowed(page, rendered.lines)[[line.no - 1 for line in lines]],
                rules=tuple("" if mark is None else mark.label.rule for mark in mark_lines(lines, book, lexicon)),
            )


def _allowed(page: Mapping[str, Any], lines: Sequence[str]) -> NDArray[np.bool_]:
    """Return what the gold leaves open: the one gold counts a standfirst as text, the other does not."""
    taken = align(page["gold"], lines).taken
    other = KEPT if page["source"] in GOLD_HAS_STANDFIRST else DROPPED
    allowed = np.zeros((len(lines), len(CLASSES)), np.bool_)
    for i in range(len(lines)):
        own = KEPT if i in taken else DROPPED
        allowed[i, own] = True
        allowed[i, STANDFIRST] = own == other
    return allowed


class Counts:
    """On how many sites a word stands in or around lines that are kept, and on how many in others."""

    def __init__(self, pages: Sequence[HtmlExample], place: str) -> None:
        """Count the words of one of ``PLACES``; lines that may be either count for neither."""
        self._least = MIN_LEAN.get(place, 0.0)
        self._sites: dict[str, tuple[set[str], set[str]]] = {}
        for page in pages:
            for words, allowed in zip(_words_of(page.seen.voices, place), page.allowed, strict=True):
                if allowed[KEPT] != allowed[DROPPED]:
                    for word in words:
                        self._sites.setdefault(word, (set(), set()))[int(allowed[DROPPED])].add(page.site)

    def leans(self, without: str | None = None) -> dict[str, float]:
        """Return how much each word leans to what is dropped, in bits, the site ``without`` left out."""
        leans = {}
        for word, (kept, dropped) in sorted(self._sites.items()):
            keeps, drops = len(kept) - (without in kept), len(dropped) - (without in dropped)
            lean = float(np.clip(np.log2((drops + 1) / (keeps + 1)), -MAX_LEAN, MAX_LEAN))
            if keeps + drops >= MIN_SITES and abs(lean) >= self._least:
                leans[word] = round(lean, 1)
        return leans


def unsure_rules(pages: Sequence[HtmlExample]) -> list[str]:
    """Return the rules that, between first and last line of stories, take out too much of what the gold keeps."""
    seen: Counter[str] = Counter()
    kept: Counter[str] = Counter()
    sites: dict[str, set[str]] = {}
    for page in pages:
        is_kept = page.allowed[:, KEPT]
        story = np.flatnonzero(is_kept)
        for i in range(story[0], story[-1] + 1) if len(story) else ():
            rule = page.rules[i]
            if rule:
                seen[rule] += 1
                if is_kept[i]:
                    kept[rule] += 1
                    sites.setdefault(rule, set()).add(page.site)
    return sorted(rule for rule in sites if kept[rule] > MAX_KEPT * seen[rule] and len(sites[rule]) >= MIN_RULE_SITES)


def _words_of(voices: Voices, place: str) -> Iterator[Iterable[str]]:
    """Return, line by line, the words that a table of leans is asked for."""
    if place == "words":
        return iter(voices.words)
    places = voices.places.tolist()
    if place == "path":
        return (voices.path(block) for block in places)
    return (voices.names[block if place == "own" else int(voices.parents[block])] for block in places)


def fit_html(pages: Sequence[HtmlExample], *, l2: float = L2) -> str:
    """Return the text of the weights file for ``pages``; same pages, same text."""
    counts = {place: Counts(pages, place) for place in PLACES}
    by_site = {
        site: Leans(**{place: one.leans(site) for place, one in counts.items()})
        for site in {page.site for page in pages}
    }
    packable = [
        _Packable(page.lines, _active(page.seen, by_site[page.site]), page.seen.gaps, page.allowed) for page in pages
    ]
    known = _drop_rare(packable)
    packed = pack(known, [min(1.0, (SHORT_PAGE / len(page.lines)) ** 0.5) for page in pages], len(NAMES))
    theta = train(packed, len(CLASSES), l2, ROUNDS)
    return _weights_text(theta, {place: one.leans() for place, one in counts.items()}, unsure_rules(pages))


def _active(seen: Seen, leans: Leans) -> NDArray[np.int64]:
    """Return the places in ``NAMES`` of what holds of each line, -1 for none."""
    flags = np.where(seen.flags, FLAG_START + np.arange(seen.flags.shape[1]), -1)
    return np.concatenate((value_places(seen, leans), flags), axis=1)


def _drop_rare(pages: Sequence[_Packable]) -> list[_Packable]:
    """Return the pages without features that hold of fewer than ``MIN_LINES`` lines."""
    counts = np.zeros(len(NAMES) + 1, np.int64)
    for page in pages:
        np.add.at(counts, page.active, 1)
    counts[-1] = 0
    return [
        _Packable(page.lines, np.where(counts[page.active] >= MIN_LINES, page.active, -1), page.gaps, page.allowed)
        for page in pages
    ]


def _weights_text(theta: NDArray[np.float64], leans: Mapping[str, Mapping[str, float]], unsure: Sequence[str]) -> str:
    count, size = len(CLASSES), len(NAMES) * len(CLASSES)
    whole = np.rint(theta * SCALE).astype(int)
    features = whole[:size].reshape(len(NAMES), count).tolist()
    moves = whole[size : size + 2 * count * count].reshape(2, count, count).tolist()
    rows = [f"  {_text(name)}: {_text(row)}" for name, row in zip(NAMES, features, strict=True) if any(row)]
    parts = [
        f' "classes": {_text(CLASSES)}',
        f' "scale": {SCALE}',
        ' "features": {\n' + ",\n".join(rows) + "\n }",
        f' "moves": {_text(moves)}',
        f' "begins": {_text(whole[size + 2 * count * count :].tolist())}',
        f' "unsure_rules": {_text(unsure)}',
        *(
            f' "{place}": {{\n'
            + ",\n".join(f"  {_text(word)}: {lean}" for word, lean in sorted(leans[place].items()))
            + "\n }"
            for place in PLACES
        ),
    ]
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


class FitHtmlFold:
    """Trains on all sites but those of one fold, a fold a call; the labelled pages are read once a process."""

    def __init__(self, root: Path) -> None:
        """Read the labelled pages of ``root``."""
        self._pages = list(html_examples(Bench(root)))

    def __call__(self, fold: int) -> str:
        """Return the weights file made without the sites of ``fold``."""
        return fit_html([page for page in self._pages if fold_of(page.site) != fold])
