"""The labelled sets as material for the line model: the features of every line, and the classes it may have."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.quality.bench import Bench
from benchmarks.quality.held_out import fold_of, held_out_breaks
from benchmarks.quality.predict import page_dump
from benchmarks.quality.titles import ReadTitles
from pipeline.clean.align import align
from pipeline.clean.break_model import BreakModel
from pipeline.clean.cleaner import text_lines
from pipeline.clean.features import FIELDS, OFFSETS, features, headline_fields, word_fields
from pipeline.clean.headline_model import Candidate, HeadlineModel, candidates
from pipeline.clean.label import around_headline, stopword_bits
from pipeline.clean.lines import Line
from pipeline.clean.looks import terms
from pipeline.clean.marks import Mark
from pipeline.clean.model import CLASSES
from pipeline.clean.page import text_page
from pipeline.limits import Limits
from pipeline.records import LineClass
from pipeline.text import hash128, squash
from pipeline.words.lexicon import Lexicon
from pipeline.words.rulebook import Rulebook

DUMPERS = ("innertext", "selectolax", "lxml", "html2txt")
# Their lines are nearly the same: each turn of the training takes a page in one of them.
ALIKE = ("inscriptis", "html2text", "resiliparse")
TURNS = len(ALIKE)
MIN_SITES = 6
MIN_LEAN = 1.0
MAX_KEPT = 0.02
ABOVE, BELOW = 14, 9  # lines of a page left above and below its text
_CLASS_OF_LABEL = {
    "B": LineClass.BODY,
    "S": LineClass.SUBHEAD,
    "ST": LineClass.STANDFIRST,
    "KEY": LineClass.SUMMARY,
    "H": LineClass.HEADLINE,
    "HR": LineClass.HEADLINE_AGAIN,
    "CAP": LineClass.CAPTION,
    "CR": LineClass.CREDIT,
    "BY": LineClass.BYLINE,
    "DT": LineClass.DATE,
    "SEC": LineClass.SECTION,
    "RT": LineClass.READING_TIME,
    "REL": LineClass.RELATED,
    "REC": LineClass.RECOMMENDED,
    "SHR": LineClass.SHARE,
    "SRC": LineClass.SOURCE,
    "NL": LineClass.NEWSLETTER,
    "AD": LineClass.ADVERT,
    "NAV": LineClass.NAVIGATION,
    "CPY": LineClass.COPYRIGHT,
    "COM": LineClass.COMMENT,
    "TAG": LineClass.TAG,
    "BIO": LineClass.BIO,
    "WID": LineClass.WIDGET,
    "PAY": LineClass.PAYWALL,
    "CTA": LineClass.APPEAL,
}
_KEPT = np.array([kind.kept for kind in CLASSES])
_INTRODUCES = np.array([kind in (LineClass.STANDFIRST, LineClass.SUMMARY) for kind in CLASSES])
_ANY = np.ones(len(CLASSES), np.bool_)
_TITLES = np.array([kind in (LineClass.HEADLINE, LineClass.HEADLINE_AGAIN) for kind in CLASSES])
_COLUMN = {name: column for column, name in enumerate(FIELDS)}
_READ_TITLES = ReadTitles()


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One article's lines as the model sees them, with what their labels say.

    ``active`` (lines, fields and flags) are feature numbers, -1 for none; ``allowed`` (lines, classes) the classes that
    the labels leave open; ``words`` those of each line; ``rules`` the rule that marks it, or ""; ``candidates`` the
    lines that may be the headline, ``headlines`` those that are, by index.
    """

    source: str
    key: str
    site: str
    lines: tuple[Line, ...]
    active: NDArray[np.int16]
    gaps: NDArray[np.bool_]
    allowed: NDArray[np.bool_]
    words: tuple[tuple[str, ...], ...]
    rules: tuple[str, ...]
    marks: tuple[Mark | None, ...]
    candidates: tuple[Candidate, ...]
    headlines: frozenset[int]


@dataclass(frozen=True, slots=True)
class Tools:
    """What reads a page; ``breaks`` has the model of line ends made without a part of the sites, by part."""

    book: Rulebook
    lexicon: Lexicon
    breaks: Mapping[int, BreakModel]


def examples(bench: Bench) -> Iterator[Example]:
    """Yield the material of both sets, in the order of their files; pages without a line are left out."""
    return (example for example in _examples(bench) if example.lines)


def _examples(bench: Bench) -> Iterator[Example]:
    tools = Tools(Rulebook.load(), Lexicon.load(), held_out_breaks())
    for row in bench.rows("dumps/dev.jsonl"):
        if not row["constructed"]:
            yield from _dump_examples(row, tools)
    pages = {page["id"]: page for page in bench.rows("extraction/pages.jsonl.xz")}
    for row in bench.rows("extraction/dumps.jsonl.xz"):
        page = pages[row["id"]]
        for dumper in (*DUMPERS, *ALIKE):
            yield _page_example(page, dumper, row["dumps"][dumper].split("\n"), tools)
        around = _around_text(page, row["dumps"][DUMPERS[0]].split("\n"))
        yield _page_example(page, "cut", around, tools)


def of_turn(pages: Iterable[Example], turn: int) -> list[Example]:
    """Return the pages that are trained on in turn 0 to ``TURNS - 1``: of forms that are alike one a page and turn."""
    return [page for page in pages if (form := _form(page)) is None or (form + turn) % TURNS == _draw(page)]


def _form(page: Example) -> int | None:
    name = page.key.partition(":")[0]
    return ALIKE.index(name) if name in ALIKE else None


def _draw(page: Example) -> int:
    return int(hash128(page.key.partition(":")[2]), 16) % TURNS


def unsure_rules(pages: Sequence[Example]) -> list[str]:
    """Return the rules that take out too much of what is kept: over one line in fifty, and on two sites at least."""
    seen: Counter[str] = Counter()
    kept: Counter[str] = Counter()
    sites: dict[str, set[str]] = {}
    for page in pages:
        for rule, allowed in zip(page.rules, page.allowed, strict=True):
            if rule and not allowed.all() and (page.source == "dumps" or page.key.startswith(DUMPERS[0])):
                seen[rule] += 1
                if not allowed[~_KEPT & ~_INTRODUCES].any():
                    kept[rule] += 1
                    sites.setdefault(rule, set()).add(page.site)
    return sorted(rule for rule in sites if kept[rule] > MAX_KEPT * seen[rule] and len(sites[rule]) >= 2)


def _dump_examples(row: Mapping[str, Any], tools: Tools) -> Iterator[Example]:
    texts = [line["text"] for line in row["lines"]]
    labels = [line["label"] for line in row["lines"]]
    starts = [0, *(article["start"] for article in row["articles"][1:]), len(texts)]
    for number, start in enumerate(starts[:-1]):
        own, told = texts[start : starts[number + 1]], labels[start : starts[number + 1]]
        key = f"{row['id']}#{number}"
        yield _labelled("dumps", key, row["site"], own, told, tools)
        for name, kept in _shortened(told):
            shorter, told_shorter = [own[i] for i in kept], [told[i] for i in kept]
            yield _labelled("shortened", f"{name}:{key}", row["site"], shorter, told_shorter, tools)


def _shortened(labels: Sequence[str]) -> Iterator[tuple[str, list[int]]]:
    """Yield the lines of the page as it were if its story were two paragraphs long, and as a bare text.

    Labelled pages are features and reports; news in brief and bare texts are as common in dumps.
    """
    paragraphs = [i for i, label in enumerate(labels) if label == "B"]
    if len(paragraphs) > 4:
        dropped = range(paragraphs[1] + 1, paragraphs[-1] + 1)
        yield "brief", [i for i in range(len(labels)) if i not in dropped]
        yield "bare", [i for i, label in enumerate(labels) if label in ("B", "S", "H", "BLANK")]


def _allowed(label: str) -> NDArray[np.bool_]:
    if label in _CLASS_OF_LABEL:
        return np.array([kind is _CLASS_OF_LABEL[label] for kind in CLASSES])
    return ~_KEPT if label == "DL" else _ANY


def _labelled(source: str, key: str, site: str, texts: Sequence[str], labels: Sequence[str], tools: Tools) -> Example:
    """Return a page whose lines are labelled one by one; lines that were joined have the label of the longest."""
    page = _Page(source, key, site, texts, tools)
    longest = [max(line.parts, key=lambda part: len(part.text)) for line in page.lines]
    headlines = {i for i, part in enumerate(longest) if labels[part.no - 1] == "H"}
    return page.example([_allowed(labels[part.no - 1]) for part in longest], headlines)


def told_lines(gold: Sequence[str], texts: Sequence[str]) -> set[int]:
    """Return the places of the lines that the paragraphs of ``gold`` stand in."""
    numbers = [i for i, line in enumerate(texts) if squash(line)]
    return {numbers[i] for i in align(gold, [texts[i] for i in numbers]).taken}


def _page_example(page: Mapping[str, Any], name: str, texts: Sequence[str], tools: Tools) -> Example:
    """Return a page of which it is known what text it holds, but not what else."""
    told = _Page(page["source"], f"{name}:{page['id']}", page["site"], texts, tools)
    taken = align(page["gold"], [line.bare for line in told.lines]).taken
    # The one gold counts a standfirst as text, the other does so here and there.
    kept = _KEPT | _INTRODUCES if page["source"] == "fundus-test" else _KEPT
    headlines = _READ_TITLES(page["html"]).lines([line.folded for line in told.lines]) - taken
    allowed = [kept if i in taken else _TITLES if i in headlines else ~kept for i in range(len(told.lines))]
    return told.example(allowed, headlines)


def _around_text(page: Mapping[str, Any], texts: Sequence[str]) -> Sequence[str]:
    """Return the page without most of what stands above and below its text, as tools leave it that cut that out."""
    taken = told_lines(page["gold"], texts)
    return texts[max(0, min(taken) - ABOVE) : max(taken) + BELOW] if taken else ()


class _Page:
    """A page as the line model sees it, before anything is known of its lines."""

    def __init__(self, source: str, key: str, site: str, texts: Sequence[str], tools: Tools) -> None:
        self._source, self._key, self._site, self._lexicon = source, key, site, tools.lexicon
        dump = text_page(page_dump(key, "\n".join(texts)), Limits())
        breaks = tools.breaks[fold_of(site)]
        self.lines, self._marks = text_lines(dump, tools.book, tools.lexicon, breaks, is_alone=True)

    def example(self, allowed: Sequence[NDArray[np.bool_]], headlines: Set[int]) -> Example:
        """Return the page with the classes that are open for each of its lines, and which are its headline."""
        lines, marks = self.lines, self._marks
        around, stopwords = around_headline(lines, marks, None), stopword_bits(self._lexicon)
        words = tuple(tuple(map(sys.intern, terms(line))) for line in lines)
        return Example(
            source=self._source,
            key=self._key,
            site=self._site,
            words=words,
            lines=tuple(lines),
            active=features(lines, marks, around, stopwords, {}).astype(np.int16),
            marks=tuple(marks),
            candidates=tuple(candidates(lines, marks)),
            headlines=frozenset(headlines),
            rules=tuple("" if mark is None else mark.label.rule for mark in marks),
            gaps=np.array([line.blanks_before > 0 for line in lines], np.bool_),
            allowed=np.array(allowed, np.bool_).reshape(len(lines), len(CLASSES)),
        )


class WordCounts:
    """On how many sites a word stands in lines that are kept, and on how many in lines that are not."""

    def __init__(self, pages: Sequence[Example]) -> None:
        """Count the words of ``pages``; lines that may be either count for neither."""
        self._kept: dict[str, set[str]] = {}
        self._dropped: dict[str, set[str]] = {}
        for page in pages:
            for words, allowed in zip(page.words, page.allowed, strict=True):
                if not allowed[_KEPT].any():
                    counts = self._dropped
                elif not allowed[~_KEPT & ~_INTRODUCES].any():
                    counts = self._kept
                else:
                    continue
                for word in words:
                    counts.setdefault(word, set()).add(page.site)

    def lean(self, word: str, without: str | None = None) -> float | None:
        """Return how much ``word`` leans towards what is dropped, in bits, the site ``without`` left out."""
        kept, dropped = self._kept.get(word, ()), self._dropped.get(word, ())
        keeps, drops = len(kept) - (without in kept), len(dropped) - (without in dropped)
        if keeps + drops < MIN_SITES:
            return None
        lean = float(np.clip(np.log2((drops + 1) / (keeps + 1)), -3, 3))
        return round(lean, 1) if abs(lean) >= MIN_LEAN else None

    def leans(self) -> dict[str, float]:
        """Return the words that lean, in the order of the alphabet."""
        found = {word: self.lean(word) for word in sorted(self._kept.keys() | self._dropped.keys())}
        return {word: lean for word, lean in found.items() if lean is not None}

    def told(self, page: Example) -> Example:
        """Return ``page`` with what the words say that stand on other sites."""
        cached: dict[str, float | None] = {}
        leans = []
        for words in page.words:
            own = []
            for word in words:
                if word not in cached:
                    cached[word] = self.lean(word, page.site)
                lean = cached[word]
                if lean is not None:
                    own.append(lean)
            leans.append(own)
        return _replaced(page, word_fields(leans, np.array([line.size for line in page.lines])))


def with_headline(page: Example, chooser: HeadlineModel) -> Example:
    """Return ``page`` with what is seen of its lines from the headline that ``chooser`` takes."""
    around = around_headline(page.lines, page.marks, chooser.best(page.candidates))
    marked = page.active[:, _COLUMN["mark"]].astype(np.int64) - OFFSETS[_COLUMN["mark"]]
    pairs = page.active[:, _COLUMN["own and above"]].astype(np.int64) - OFFSETS[_COLUMN["own and above"]]
    return _replaced(page, headline_fields(page.lines, pairs // 8, marked, around))


def _replaced(page: Example, fields: Iterable[tuple[str, NDArray[np.int64]]]) -> Example:
    active = page.active.copy()
    for name, values in fields:
        active[:, _COLUMN[name]] = OFFSETS[_COLUMN[name]] + values
    return replace(page, active=active)
