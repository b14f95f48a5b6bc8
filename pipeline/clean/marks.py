"""What a line says of itself: rules, dates, bylines and the crawl prefix, before its neighbours are looked at."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.clean.bylines import is_byline
from pipeline.clean.dates import is_date_line
from pipeline.clean.glances import MAY_BE_DATE, MAY_BE_OPENED, MAY_BE_SIGNED, glance_at
from pipeline.clean.lines import Line
from pipeline.frozen import maker, quickly_made
from pipeline.records import LineClass
from pipeline.words.lexicon import Lexicon
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
    marks = [_by_rule(hit) if hit is not None else None for hit in hits]
    short = [i for i, line in enumerate(lines) if hits[i] is None and line.size <= _MAX_BYLINE_SIZE]
    for i, told in zip(short, glance_at([lines[i] for i in short], lexicon), strict=True):
        if told:
            marks[i] = _by_words(lines[i].bare, told, lexicon)
    return marks


def _by_rule(hit: Hit) -> Mark:
    rule = hit.rule
    label = make_label(line_class=rule.line_class, rule=rule.id, evidence=hit.evidence)
    return _make_mark(label=label, opens=rule if rule.scope in ("block", "tail") else None)


def _by_words(text: str, told: int, lexicon: Lexicon) -> Mark | None:
    if told & MAY_BE_DATE and is_date_line(text, lexicon):
        return Mark(label=Label(line_class=LineClass.DATE, rule="date.line", evidence=text[:80]))
    is_opened = bool(told & MAY_BE_OPENED)
    if (is_opened or told & MAY_BE_SIGNED) and is_byline(text, lexicon, may_be_opened=is_opened):
        return Mark(label=Label(line_class=LineClass.BYLINE, rule="byline.line", evidence=text[:80]))
    return None
