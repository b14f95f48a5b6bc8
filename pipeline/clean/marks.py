"""What a line says of itself: rules, dates, bylines and the crawl prefix, before its neighbours are looked at."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.clean.byline_words import BylineWords, byline_words
from pipeline.clean.bylines import is_byline
from pipeline.clean.dates import is_date_line, may_be_date_line
from pipeline.clean.lines import Line
from pipeline.frozen import maker, quickly_made
from pipeline.records import LineClass
from pipeline.words.lexicon import Lexicon, runs_together
from pipeline.words.rulebook import Hit, Rule, Rulebook

# " date 2026-03-03 WORLD": the crawler's own words, glued to whatever the page shows first. Also seen: "date 2020-04".
_CRAWL_PREFIX = re.compile(r"^\s*date (\d{4})-(\d{2})(?:-(\d{2}))?(?=\s|$)\s*")
_MAX_BYLINE_SIZE = 30


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """What a line is, which rule said so, what it saw, and how sure that is (0 to 1)."""

    line_class: LineClass
    rule: str
    evidence: str
    score: float = 0.95


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A label a line earned by itself; ``opens`` is the rule whose block or tail the line opens."""

    label: Label
    opens: Rule | None = None


make_label, _make_mark = maker(Label), maker(Mark)


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlPrefix:
    """The crawler's prefix: where it ends in the line, and the day it names (None where only a month is)."""

    end: int
    date: dt.date | None


def crawl_prefix(text: str) -> CrawlPrefix | None:
    """Return the crawl prefix at the head of a dump's first line, or None.

    >>> crawl_prefix(" date 2026-03-03 WORLD").date
    datetime.date(2026, 3, 3)
    """
    found = _CRAWL_PREFIX.match(text)
    if found is None:
        return None
    year, month, day = found.groups()
    try:
        date = dt.date(int(year), int(month), int(day)) if day else None
        dt.date(int(year), int(month), 1)
    except ValueError:
        return None
    return CrawlPrefix(end=found.end(), date=date)


def mark_lines(lines: Sequence[Line], book: Rulebook, lexicon: Lexicon) -> list[Mark | None]:
    """Return for each line the mark it earns by itself, or None; the order of ``lines`` is kept."""
    hits = book.match([(line.bare, line.folded, line.size) for line in lines])
    words = byline_words(lexicon, None)
    return [_mark(line, hit, lexicon, words) for line, hit in zip(lines, hits, strict=True)]


def _mark(line: Line, hit: Hit | None, lexicon: Lexicon, words: BylineWords) -> Mark | None:
    if hit is not None:
        rule = hit.rule
        label = make_label(line_class=rule.line_class, rule=rule.id, evidence=hit.evidence)
        return _make_mark(label=label, opens=rule if rule.scope in ("block", "tail") else None)
    if line.size > _MAX_BYLINE_SIZE:
        return None
    said, is_glued = line.words, runs_together(line.bare)
    if (is_glued or may_be_date_line(said, lexicon)) and is_date_line(line.bare, lexicon):
        return Mark(label=Label(line_class=LineClass.DATE, rule="date.line", evidence=line.bare[:80]))
    if (is_glued or words.may_make(line.bare, said)) and is_byline(line.bare, lexicon):
        return Mark(label=Label(line_class=LineClass.BYLINE, rule="byline.line", evidence=line.bare[:80]))
    return None
