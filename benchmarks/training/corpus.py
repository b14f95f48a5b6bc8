"""The labelled sets as material for the line model: the features of every line, and the classes it may have."""

from __future__ import annotations

import hashlib
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.quality.bench import Bench
from benchmarks.quality.predict import page_dump
from pipeline.clean.align import align
from pipeline.clean.cleaner import text_lines
from pipeline.clean.features import FIELDS, OFFSETS, features, word_fields
from pipeline.clean.label import stopword_bits, surroundings
from pipeline.clean.lines import Line
from pipeline.clean.looks import terms
from pipeline.clean.model import CLASSES
from pipeline.clean.page import text_page
from pipeline.lexicon import Lexicon
from pipeline.limits import Limits
from pipeline.records import LineClass
from pipeline.rulebook import Rulebook
from pipeline.text import squash

DUMPERS = ("innertext", "inscriptis", "html2text", "selectolax", "resiliparse", "lxml")
ONE_LINE = "html2txt"  # the whole page on one line: nothing to part, so it is text
FOLDS = 5
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One article's lines as the model sees them, with what their labels say.

    ``active`` (lines, fields and flags) are feature numbers, -1 for none; ``allowed`` (lines, classes) the classes that
    the labels leave open; ``words`` those of each line; ``rules`` the rule that marks it, or "".
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


def fold_of(site: str) -> int:
    """Return which part of the sites a site is in: always the same, whatever other sites there are.

    A site and its namesakes under other top domains go together.
    """
    name = max(site.split("."), key=len)
    return hashlib.blake2b(name.encode(), digest_size=4).digest()[0] % FOLDS


def examples(bench: Bench) -> Iterator[Example]:
    """Yield the material of both sets, in the order of their files; pages without a line are left out."""
    return (example for example in _examples(bench) if example.lines)


def _examples(bench: Bench) -> Iterator[Example]:
    book, lexicon = Rulebook.load(), Lexicon.load()
    for row in bench.rows("dumps/dev.jsonl"):
        if not row["constructed"]:
            yield from _dump_examples(row, book, lexicon)
    pages = {page["id"]: page for page in bench.rows("extraction/pages.jsonl.xz")}
    for row in bench.rows("extraction/dumps.jsonl.xz"):
        page = pages[row["id"]]
        for dumper in DUMPERS:
            yield _page_example(page, dumper, row["dumps"][dumper], book, lexicon)
        yield _one_line(page, row["dumps"][ONE_LINE], book, lexicon)
        yield from _cut_out(page, row["dumps"][DUMPERS[0]], book, lexicon)


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


def _dump_examples(row: Mapping[str, Any], book: Rulebook, lexicon: Lexicon) -> Iterator[Example]:
    texts = [line["text"] for line in row["lines"]]
    labels = [line["label"] for line in row["lines"]]
    starts = [0, *(article["start"] for article in row["articles"][1:]), len(texts)]
    for number, start in enumerate(starts[:-1]):
        own, told = texts[start : starts[number + 1]], labels[start : starts[number + 1]]
        allowed = [_allowed(label) for label in told]
        key = f"{row['id']}#{number}"
        yield _example("dumps", key, row["site"], own, allowed, book, lexicon)
        for name, kept in _shortened(told):
            texts_kept, allowed_kept = [own[i] for i in kept], [allowed[i] for i in kept]
            yield _example("shortened", f"{name}:{key}", row["site"], texts_kept, allowed_kept, book, lexicon)


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


def _cut_out(page: Mapping[str, Any], text: str, book: Rulebook, lexicon: Lexicon) -> Iterator[Example]:
    """Yield the page without most of what stands above and below its text, as tools leave it that cut that out."""
    texts, allowed = _told(page, text)
    kept = [i for i, own in enumerate(allowed) if own[0] and squash(texts[i])]
    if kept:
        rows = slice(max(0, kept[0] - ABOVE), kept[-1] + BELOW)
        yield _example(page["source"], f"cut:{page['id']}", page["site"], texts[rows], allowed[rows], book, lexicon)


def _one_line(page: Mapping[str, Any], text: str, book: Rulebook, lexicon: Lexicon) -> Example:
    texts = text.split("\n")
    return _example(
        page["source"], f"{ONE_LINE}:{page['id']}", page["site"], texts, [_KEPT] * len(texts), book, lexicon
    )


def _page_example(page: Mapping[str, Any], dumper: str, text: str, book: Rulebook, lexicon: Lexicon) -> Example:
    texts, allowed = _told(page, text)
    return _example(page["source"], f"{dumper}:{page['id']}", page["site"], texts, allowed, book, lexicon)


def _told(page: Mapping[str, Any], text: str) -> tuple[list[str], list[NDArray[np.bool_]]]:
    """Return the lines of a dump and the classes that the page's gold leaves open for each."""
    texts = text.split("\n")
    numbers = [i for i, line in enumerate(texts) if squash(line)]
    found = align(page["gold"], [texts[i] for i in numbers]).taken
    taken = {numbers[i] for i in found}
    # The one gold counts a standfirst as text, the other does so here and there.
    kept = _KEPT | _INTRODUCES if page["source"] == "fundus-test" else _KEPT
    return texts, [kept if i in taken else ~kept for i in range(len(texts))]


def _example(
    source: str,
    key: str,
    site: str,
    texts: Sequence[str],
    allowed: Sequence[NDArray[np.bool_]],
    book: Rulebook,
    lexicon: Lexicon,
) -> Example:
    lines, marks = text_lines(text_page(page_dump(key, "\n".join(texts)), Limits()), book, lexicon)
    around, stopwords = surroundings(lines, marks), stopword_bits(lexicon)
    words = tuple(tuple(map(sys.intern, terms(line, line.folded.split()))) for line in lines)
    return Example(
        source=source,
        key=key,
        site=site,
        words=words,
        lines=tuple(lines),
        active=features(lines, marks, around, stopwords, {}).astype(np.int16),
        rules=tuple("" if mark is None else mark.label.rule for mark in marks),
        gaps=np.array([line.blanks_before > 0 for line in lines], np.bool_),
        allowed=np.array([_of_parts(line, allowed) for line in lines], np.bool_).reshape(len(lines), len(CLASSES)),
    )


def _of_parts(line: Line, allowed: Sequence[NDArray[np.bool_]]) -> NDArray[np.bool_]:
    """Return the classes of the longest of the lines that were joined to this one."""
    number, _ = max(line.parts, key=lambda part: len(part[1]))
    return allowed[number - 1]


class WordCounts:
    """On how many sites a word stands in lines that are kept, and on how many in lines that are not."""

    def __init__(self, pages: Sequence[Example]) -> None:
        """Count the words of ``pages``; lines that may be either count for neither."""
        self._kept: dict[str, set[str]] = {}
        self._dropped: dict[str, set[str]] = {}
        for page in pages:
            if page.key.startswith(ONE_LINE):
                continue
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
        active = page.active.copy()
        for name, values in word_fields(leans, np.array([line.size for line in page.lines])):
            column = list(FIELDS).index(name)
            active[:, column] = OFFSETS[column] + values
        return replace(page, active=active)
