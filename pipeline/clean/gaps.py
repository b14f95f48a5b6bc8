"""The gaps between a page's paragraphs where another story may begin, and what speaks for and against it in each.

A gap is all that stands between two neighbouring paragraphs of text. One of its lines, the opener, is the likeliest
headline of a story below. Every sign is a number from -1 to 1, so that their weights
(:class:`~pipeline.clean.splitter.Splitter`) can be compared.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import TypeAlias

import numpy as np

from pipeline.clean.beside import BESIDE_SIGNS, Beside
from pipeline.clean.label import Reading
from pipeline.clean.lines import Line
from pipeline.clean.marks import Mark
from pipeline.clean.model import CLASSES, Floats
from pipeline.clean.openers import Openers
from pipeline.clean.second_look import Look, paragraphs_of
from pipeline.clean.topics import REACH, Topics, Vocabulary
from pipeline.records import LineClass

MIN_TEXT = 40  # words of paragraphs on either side of a gap; a brief has no less
_CERTAIN = 0.8  # posterior of a line alone between paragraphs that is a sub-heading, and no gap
_WIDE = 3  # blank lines
MIN_TITLE = 4  # words of a title that is no mere section
_ENTRY = "time.alone"
_DATED = frozenset({LineClass.DATE, LineClass.READING_TIME})
# What stands around a story's text, as the line model knows it.
_GROUPS: Mapping[str, tuple[LineClass, ...]] = {
    "headline": (LineClass.HEADLINE,),
    "headline again": (LineClass.HEADLINE_AGAIN,),
    "standfirst": (LineClass.STANDFIRST, LineClass.SUMMARY),
    "date or byline": (LineClass.DATE, LineClass.BYLINE),
    "section or reading time": (LineClass.SECTION, LineClass.READING_TIME),
    "caption or credit": (LineClass.CAPTION, LineClass.CREDIT),
    "page tools": (LineClass.SHARE, LineClass.WIDGET),
    "advert": (LineClass.ADVERT,),
    "end matter": (LineClass.SOURCE, LineClass.COPYRIGHT, LineClass.TAG, LineClass.BIO),
    "appeal": (LineClass.NEWSLETTER, LineClass.APPEAL, LineClass.PAYWALL),
    "navigation": (LineClass.NAVIGATION,),
    "recommended": (LineClass.RECOMMENDED, LineClass.RELATED),
    "comments": (LineClass.COMMENT,),
}
_GROUP_OF = np.array([[kind in kinds for kinds in _GROUPS.values()] for kind in CLASSES], np.float64)
_NO_LINE = dict.fromkeys(_GROUPS, 0.0)
_PLACE_OF = {name: place for place, name in enumerate(_GROUPS)}
_HEADER = ("standfirst", "date or byline", "section or reading time", "caption or credit", "page tools")
_FOOTER = ("end matter", "appeal", "navigation", "recommended", "comments", "page tools", "advert")
_BELOW = {name: f"{name} below the opener" for name in _HEADER}
_ABOVE = {name: f"{name} above the opener" for name in ("date or byline", *_FOOTER)}
FIRST_SIGNS = (
    "headline",
    "headline again",
    *_BELOW.values(),
    *_ABOVE.values(),
    "comments farther above",
    "the title reads as text",
    "no title",
    "said again below",
    "a line said twice in a row",
    "its words stand below",
    "its words stand above",
    "its words are new below",
    "a long title",
    "ends in a stop",
    "a number or dash opens it",
    "time of an entry",
    "times of entries on the page",
    "dates or bylines in other gaps",
    "wide gap",
    "wider gap than elsewhere",
    "many lines",
    "no line",
    "its lines stand in other gaps",
    "dateline below",
    "words shared",
    "names shared",
    "fewer words shared than elsewhere",
    "fewer names shared than elsewhere",
    "small words shared",
    "hardly any of many words shared",
    "hardly any of many names shared",
    "what the text above is about goes on",
    "what the text below is about was said",
    "the page's opening words go on",
    "short text above",
    "short text below",
    "short run above",
    "short run below",
    "doubt about the text below",
    "text above told by a second look",
    "text below told by a second look",
)
SIGNS = (*FIRST_SIGNS, *BESIDE_SIGNS)
_CAPITAL = "A-ZÀ-ÖØ-ÞĀ-ŽЀ-Я"
_PLACE = rf"[{_CAPITAL}][\w.'’/-]*(?:,? [{_CAPITAL}(][\w.'’/)-]*){{0,4}}"
_DATELINE = re.compile(
    rf"{_PLACE}(?:, \w+\.? \d+)? ?(?:\([^)]{{2,40}}\)|[:：]| [-–—]{{1,2}} )"
    rf"|[{_CAPITAL}]\w+\. |【|\(?[^\W\d_]+/[^\W\d_]+\)? ?[-–—]"
)
_NUMBERED = re.compile(r"[-–—*]|\(?\d{1,3}[.):]?(?:\s|$)")


Choose: TypeAlias = Callable[[Openers, int, int], int]
MayOpen: TypeAlias = Callable[[Mapping[str, float], Mapping[str, float]], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """The lines between the paragraphs ``above`` and ``below``; ``opener`` is the line a story would begin with.

    ``is_headed`` says that a whole header stands there, which opens a story whatever else is seen. ``signs`` has a
    value for each of :data:`SIGNS`; ``words_above`` and ``words_below`` count those of all paragraphs above and below.
    The rest are indices of lines.
    """

    above: int
    below: int
    opener: int
    is_headed: bool
    words_above: int
    words_below: int
    signs: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    """A page's lines and what the signs need to know of it as a whole.

    ``sums`` are the words above each paragraph; ``comments_to`` how likely the likeliest comment line is down to each
    line; ``blanks_to`` and ``blanks_from`` the most blank lines above one line, down to each and from each on.
    """

    lines: Sequence[Line]
    marks: Sequence[Mark | None]
    groups: Floats
    comments_to: Sequence[float]
    blanks_to: Sequence[int]
    blanks_from: Sequence[int]
    kept: Sequence[float]
    found: Sequence[bool]
    paragraphs: Sequence[int]
    topics: Topics
    openers: Openers
    beside: Beside
    sums: Sequence[int]
    entries: int
    stamped: int
    copies: Mapping[str, int]

    def likeliest(self, start: int, stop: int) -> Mapping[str, float]:
        """Return how likely the likeliest of some lines belongs to each group of classes; 0 for no line."""
        if start >= stop:
            return _NO_LINE
        if stop - start == 1:
            return dict(zip(_GROUPS, self.groups[start].tolist(), strict=True))
        return dict(zip(_GROUPS, np.maximum.reduce(self.groups[start:stop], axis=0).tolist(), strict=True))

    def has_entry(self, start: int, stop: int) -> bool:
        """Return whether a line of some is the time of an entry, alone."""
        return any(mark is not None and mark.label.rule == _ENTRY for mark in self.marks[start:stop])


def _always(_told: Mapping[str, float], _most: Mapping[str, float]) -> bool:
    return True


def find_gaps(
    lines: Sequence[Line],
    marks: Sequence[Mark | None],
    look: Look,
    stopwords: Mapping[str, int],
    choose: Choose,
    may_open: MayOpen = _always,
) -> list[Gap]:
    """Return the gaps with enough text above and below and something between that may open a story, in order.

    ``choose`` tells which line, below the first and up to the second of two, opens the story. ``may_open`` is asked of
    a gap before what is dear is looked at, with the signs known so far and the most that some of the others can be;
    those that it refuses are left out.
    """
    reading = look.reading
    paragraphs = paragraphs_of(lines, marks, reading)
    sums = list(accumulate((lines[i].size for i in paragraphs), initial=0))
    places = [
        k
        for k in range(len(paragraphs) - 1)
        if sums[k + 1] >= MIN_TEXT and sums[-1] - sums[k + 1] >= MIN_TEXT and _is_gap(lines, reading, paragraphs, k)
    ]
    if not places:
        return []
    page = _page(lines, marks, look, paragraphs, places, sums, stopwords)
    return [gap for k in places if (gap := _gap(page, k, choose, may_open)) is not None]


def _is_gap(lines: Sequence[Line], reading: Reading, paragraphs: Sequence[int], k: int) -> bool:
    """Return whether more stands below a paragraph than the next one or a sub-heading."""
    above, below = paragraphs[k], paragraphs[k + 1]
    if below == above + 1:
        return lines[below].blanks_before > 1
    widest = max([line.blanks_before for line in lines[above + 1 : below + 1]])
    return below > above + 2 or widest > 1 or bool(reading.kept[above + 1] < _CERTAIN)


def _page(
    lines: Sequence[Line],
    marks: Sequence[Mark | None],
    look: Look,
    paragraphs: Sequence[int],
    places: Sequence[int],
    sums: Sequence[int],
    stopwords: Mapping[str, int],
) -> _Page:
    reading = look.reading
    groups = reading.posteriors @ _GROUP_OF
    stamps, comments = groups[:, _PLACE_OF["date or byline"]], groups[:, _PLACE_OF["comments"]]
    stamps_to = list(accumulate((stamps > 0.5).tolist(), initial=0))
    blanks = [line.blanks_before for line in lines]
    kept: list[float] = reading.kept.tolist()
    prose = [i for i, line in enumerate(lines) if line.is_paragraph and marks[i] is None]
    vocabulary = Vocabulary(stopwords)
    head = [line for line in lines[: paragraphs[0] + 1] if line.size >= 4]
    return _Page(
        lines=lines,
        marks=marks,
        groups=groups,
        comments_to=np.maximum.accumulate(comments).tolist(),
        blanks_to=list(accumulate(blanks, max)),
        blanks_from=[*accumulate(blanks[::-1], max, initial=0)][::-1],
        kept=kept,
        found=look.found.tolist(),
        paragraphs=paragraphs,
        topics=Topics([lines[i] for i in paragraphs], vocabulary, head, places),
        openers=Openers(
            lines=lines,
            marks=marks,
            posteriors=reading.posteriors,
            kept=kept,
            prose=prose,
            topics=Topics([lines[i] for i in prose], vocabulary, places=()),
            vocabulary=vocabulary,
        ),
        beside=Beside(
            lines=lines,
            marks=marks,
            stamps=stamps,
            comments=comments,
            kept=reading.kept,
            paragraphs=paragraphs,
            sums=sums,
        ),
        sums=sums,
        entries=[mark is not None and mark.label.rule == _ENTRY for mark in marks].count(True),
        stamped=sum([stamps_to[j] > stamps_to[i] for i, j in pairwise(paragraphs)]),
        copies=Counter([line.folded for line in lines if line.size >= 3]),
    )


def _header(page: _Page, k: int) -> int | None:
    """Return the line a whole header begins with: a headline said twice running, blank lines above, dated below."""
    for i in range(page.paragraphs[k] + 1, page.paragraphs[k + 1] - 2):
        line, again = page.lines[i], page.lines[i + 1]
        if line.blanks_before > 1 and line.folded == again.folded and line.size >= MIN_TITLE and page.marks[i] is None:
            below = page.marks[i + 2 : page.paragraphs[k + 1]]
            return i if any(mark is not None and mark.label.line_class in _DATED for mark in below) else None
    return None


def _gap(page: _Page, k: int, choose: Choose, may_open: MayOpen) -> Gap | None:
    """Return the gap below paragraph ``k``; None where the text just goes on or ``may_open`` refuses it."""
    above, below, header = page.paragraphs[k], page.paragraphs[k + 1], _header(page, k)
    if header is None and not page.topics.differ(k):
        return None
    groups = page.likeliest(above + 1, below)
    most = {sign: groups[name] for name, sign in (*_BELOW.items(), *_ABOVE.items())}
    told = dict(_layout(page, above, below, groups)) | dict(_sizes(page, k))
    told |= page.topics.shared_signs(k)
    told |= page.topics.subject_signs(k)
    if header is None and not may_open(told, most):
        return None
    opener = choose(page.openers, above, below) if header is None else header
    told |= _around(page, opener, above, below)
    told |= _title_signs(page.openers, opener, below)
    if header is None and not may_open(told, {}):
        return None
    told |= page.topics.other_signs(k)
    told |= page.beside.signs(k)
    return Gap(
        above=above,
        below=below,
        opener=opener,
        is_headed=header is not None,
        words_above=page.sums[k + 1],
        words_below=page.sums[-1] - page.sums[k + 1],
        signs=tuple(float(told[name]) for name in SIGNS),
    )


def _around(page: _Page, at: int, above: int, below: int) -> Iterator[tuple[str, float]]:
    """Yield what stands in a gap below its opener and above it."""
    under, over = page.likeliest(at + 1, below), page.likeliest(above + 1, at)
    for name, sign in _BELOW.items():
        yield sign, under[name]
    for name, sign in _ABOVE.items():
        yield sign, over[name]


def _layout(page: _Page, above: int, below: int, groups: Mapping[str, float]) -> Iterator[tuple[str, float]]:
    """Yield what stands in a gap, the ``groups`` of its lines told, and how it is set apart."""
    lines, first = page.lines, above + 1
    yield "headline", groups["headline"]
    yield "headline again", groups["headline again"]
    yield "comments farther above", page.comments_to[first - 1]
    inside = [line.folded for line in lines[first:below]]
    yield "a line said twice in a row", True in [a == b for a, b in pairwise(inside)]
    yield "time of an entry", page.entries > 0 and page.has_entry(first, below)
    yield "times of entries on the page", min(1.0, page.entries / 4)
    yield "dates or bylines in other gaps", min(1.0, (page.stamped - (groups["date or byline"] > 0.5)) / 4)
    widest = max([line.blanks_before for line in lines[first : below + 1]])
    yield "wide gap", min(widest, _WIDE) / _WIDE
    yield "wider gap than elsewhere", widest > max(page.blanks_to[first - 1], page.blanks_from[below + 1])
    yield "many lines", min(1.0, (below - first) / 12)
    yield "no line", below == first
    told = [line.folded for line in lines[first:below] if line.size >= 3]
    copied = Counter([text for text in told if page.copies[text] > 1])
    elsewhere = sum([count for text, count in copied.items() if page.copies[text] > count])
    yield "its lines stand in other gaps", elsewhere / max(1, len(told))
    yield "dateline below", _DATELINE.match(lines[below].bare) is not None


def _title_signs(openers: Openers, i: int, below: int) -> Iterator[tuple[str, float]]:
    """Yield what speaks for the opener as the title of what stands below it."""
    line, is_title = openers.lines[i], openers.is_title(i)
    in_below, in_above = openers.found(i) if is_title else (0.0, 0.0)
    yield "no title", not is_title
    yield "the title reads as text", is_title and openers.kept[i]
    yield "said again below", is_title and openers.is_said_again(i, below)
    yield "its words stand below", in_below
    yield "its words stand above", in_above
    yield "its words are new below", max(0.0, in_below - in_above)
    yield "a long title", is_title and min(1.0, max(0, line.size - 3) / 8)
    yield "ends in a stop", is_title and line.ends_stop
    yield "a number or dash opens it", is_title and (line.is_bullet or _NUMBERED.match(line.bare) is not None)


def _sizes(page: _Page, k: int) -> Iterator[tuple[str, float]]:
    """Yield how much text stands above and below, on the page and in the run of paragraphs beside the gap."""
    paragraphs, sums = page.paragraphs, page.sums
    yield "short text above", max(0.0, 1 - sums[k + 1] / 200)
    yield "short text below", max(0.0, 1 - (sums[-1] - sums[k + 1]) / 200)
    start, stop = k, k + 1
    while start and paragraphs[start - 1] == paragraphs[start] - 1:
        start -= 1
    while stop + 1 < len(paragraphs) and paragraphs[stop + 1] == paragraphs[stop] + 1:
        stop += 1
    yield "short run above", max(0.0, 1 - (sums[k + 1] - sums[start]) / 120)
    yield "short run below", max(0.0, 1 - (sums[stop + 1] - sums[k + 1]) / 120)
    below = paragraphs[k + 1 : k + 1 + REACH]
    above = paragraphs[max(0, k + 1 - REACH) : k + 1]
    yield "doubt about the text below", 1 - sum(page.kept[i] for i in below) / len(below)
    yield "text above told by a second look", sum(page.found[i] for i in above) / len(above)
    yield "text below told by a second look", sum(page.found[i] for i in below) / len(below)
