"""Dates as printed on a page: read where they read one way, and left alone where they do not.

A strict parser of our own. A library that guesses takes seconds on hostile figures, reads "now" into a date without a
year and a day out of any two numbers; here a wrong date costs more than none.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from pipeline.clean.clock import Clock, Item, clock_at, moment, read_items
from pipeline.clean.days import ORDINALS, DateReader, Day, read_days
from pipeline.words.lexicon import Lexicon, Meaning, tokens_of

MAX_SEARCHED_CHARS = 2_000  # a line that holds a date is short; of a longer one the beginning is searched
MAX_DATE_LINE_CHARS = 200
_YEAR = re.compile(r"\d(?<!\d\d)\d{3}(?!\d)")  # only figures are looked behind: a third of the time
_DIGIT = re.compile(r"\d")
_WORD = re.compile(r"[^\W\d_]+")
# 15:48 UhrLesedauer: 2 Min. The capital comes first: few signs are one, so that few are looked behind.
_JOINT = re.compile(r"([A-ZÀ-Þ])(?<=[a-z\d].)(?=[a-zß-ÿ]{2})")
_SHAPE = re.compile(
    r"(?<!\d)(?:\d{4}([-./])\s?\d{1,2}\1\s?\d{1,2}|\d{1,2}([-./])\s?\d{1,2}\2\s?\d{2}(?:\d\d)?|\d{4}\s?[年년])"
)
_REMEMBERED = 256  # lines
_GLANCE_CHARS, _GLANCE_WORDS = 40, 4
_MAX_LABEL_CHARS = 60  # "Last updated …" without any figure
_MAX_LOOSE_FIGURES = 12  # two dates and two times
_GAPS = frozenset((*",،、-–—|•·/()@.t￨｜[]’", "--"))
_COUNTERS = frozenset("年月日号號년월일")
KNOWN = ORDINALS | _COUNTERS | frozenset((*"時时点點分秒시분초hutz", "ist", "bst", "uhr"))
_YEAR_ENDS = frozenset({"年", "년", "г", "р", "r"})
_MONTH, _WEEKDAY, _FILLER = int(Meaning.MONTH), int(Meaning.WEEKDAY), int(Meaning.FILLER)
_PUBLISHED, _UPDATED = int(Meaning.PUBLISHED), int(Meaning.UPDATED)
_RELATIVE, _UNIT, _READING = int(Meaning.RELATIVE), int(Meaning.UNIT), int(Meaning.READING)
_LABEL = _PUBLISHED | _UPDATED
_SIDE_WORDS = int(Meaning.AM | Meaning.PM | Meaning.ZONE | Meaning.AGENCY | Meaning.SOURCE | Meaning.UNIT)
_BESIDE = _MONTH | _WEEKDAY | _FILLER | _LABEL | _RELATIVE | _READING | _SIDE_WORDS


_FIGURE = re.compile(r"[:\s]\d{1,3}[.,]\d\s*%?$")  # "May 2019: 5.1" is a row of a list


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundDate:
    """A printed date: where it stands in the line (with its weekday and time), and what it says.

    ``at`` is the moment in UTC, only where time and zone are known; ``date`` stays the day as printed. ``precision`` is
    second, minute or day, as printed; ``kind`` published, updated or unlabelled.
    """

    start: int
    end: int
    date: dt.date
    precision: str
    at: dt.datetime | None
    kind: str


@lru_cache(maxsize=_REMEMBERED)
def find_dates(
    line: str,
    lexicon: Lexicon,
    language: str | None = None,
    time_zone: str | None = None,
    *,
    day_first: bool | None = None,
    not_after: dt.date | None = None,
) -> tuple[FoundDate, ...]:
    """Return the dates printed in ``line``, in order; time linear in the line, of which only the beginning is read.

    The dates of the last lines asked about are remembered: bylines and source lines are asked several times over.

    Nothing is found where a date has no year or two figures for one, is no real day, reads two ways (03/04/2026), is a
    range, relative, a known default, or later than ``not_after``.

    Args:
        line: one line of a page, NFC.
        lexicon: names of months, labels, zones.
        language: ISO 639-1 code of the page, where known; settles the order of day and month in most languages.
        time_zone: IANA name of the site's zone, for times printed without one.
        day_first: whether the site prints the day before the month; None where unknown.
        not_after: the last day a date may have: the crawl date and a day.
    """
    head = line[:MAX_SEARCHED_CHARS]
    if not _YEAR.search(head):
        return ()
    own = lexicon.language(language)
    if day_first is None and own is not None:
        day_first = own.day_first
    items = read_items(head, lexicon)
    if len(line) > len(head):
        items = [item for item in items if item.end < len(head) - 1]
    reader = DateReader(
        items=items,
        line=head,
        language=own.code if own else None,
        day_first=day_first,
        not_after=not_after,
        year_offset=own.year_offset if own else _year_offset(items, lexicon),
    )
    days = read_days(reader)
    found: list[FoundDate] = []
    floor = 0
    for n, day in enumerate(days):
        ceiling = days[n + 1].first if n + 1 < len(days) else len(items)
        date, floor = _found(reader, day, (floor, ceiling), time_zone, lexicon)
        found.append(date)
    return tuple(found)


def is_date_line(line: str, lexicon: Lexicon, language: str | None = None) -> bool:
    """Return whether ``line`` holds only dates, times and their labels; also a label whose date is lost.

    The shape decides: 03/04/2026 and 30 February 2026 say no day, but are no prose either. A month, a day without a
    year and a year alone may be a heading inside a story, and are none.

    >>> is_date_line("Published on Updated", Lexicon.load())
    True
    """
    if not line.strip() or len(line) > MAX_DATE_LINE_CHARS or _opens_with_other_word(line, lexicon):
        return False
    if _DIGIT.search(line):
        line = _JOINT.sub(r" \1", line)
    if _opens_like_prose(line, lexicon):
        return False
    items = read_items(line, lexicon)
    meaning = 0
    for item in items:
        meaning |= item.meaning
    own = lexicon.language(language)
    known = own.code if own else None
    reader = DateReader(items=items, line=line, language=known, day_first=True, not_after=None, year_offset=0)
    clocks = _clock_items(reader)
    if not all(i in clocks or _belongs(reader, i) for i in range(len(items))):
        return False
    loose = [i for i, item in enumerate(items) if item.digits and i not in clocks and not _counts_time(reader, i)]
    if not loose:
        aged = len(loose) + len(clocks) < sum(item.digits > 0 for item in items)
        return bool(meaning & _LABEL or (meaning & _RELATIVE and (clocks or aged)))
    dated = _SHAPE.search(line) is not None or (
        bool(meaning & _MONTH)
        and not _FIGURE.search(line)
        and any(items[i].digits == 4 for i in loose)
        and any(items[i].digits <= 2 for i in loose)
    )
    months = sum(bool(item.meaning & _MONTH) for item in items)  # a stamp of its own for posted and for updated
    daily = 0 < len(loose) <= months and bool(meaning & _LABEL or (months == 1 and clocks))
    return (dated or daily) and len(loose) <= _MAX_LOOSE_FIGURES


def may_be_date_line(said: Sequence[str], lexicon: Lexicon) -> bool:
    """Return whether a line of the words ``said``, folded, none run together, may be a date line by its first ones.

    >>> may_be_date_line(["ferry", "date"], Lexicon.load()), may_be_date_line(["2", "march"], Lexicon.load())
    (False, True)
    """
    known = lexicon.words
    for word in said[:_GLANCE_WORDS]:
        if word not in known and word.isalpha() and word.isascii() and word not in KNOWN:
            return False
    return True


def _belongs(reader: DateReader, i: int) -> bool:
    item = reader.items[i]
    behind_figure = i > 0 and reader.items[i - 1].digits > 0 and not item.spaced
    counter = behind_figure and (item.text in ORDINALS or item.text in _COUNTERS)
    return bool(item.digits) or not item.text.isalpha() or bool(item.meaning & _BESIDE) or counter


def _opens_with_other_word(line: str, lexicon: Lexicon) -> bool:
    """Return whether the first word is no word of the lexicon, and surely one: asked of a line as it is printed.

    In one with a capital inside, or right behind a figure, two words may be run together.
    """
    first = _WORD.search(line)
    if first is None or (first.start() and line[first.start() - 1].isdigit()):
        return False
    word = first[0]
    return word.isascii() and (word.islower() or word.istitle()) and len(word) > 1 and word.lower() not in lexicon.words


def _opens_like_prose(line: str, lexicon: Lexicon) -> bool:
    """Return whether a word at the beginning is in no phrase of the lexicon: most lines are told apart here."""
    first = _WORD.search(line)
    if first is not None and not first[0].isupper() and first[0].isascii() and first[0].lower() not in lexicon.words:
        return first.start() == 0 or not line[first.start() - 1].isdigit()
    head = line[:_GLANCE_CHARS]
    if len(line) > _MAX_LABEL_CHARS and not _DIGIT.search(line):
        return True
    if len(head) == len(line):
        return False  # so few words are read at once
    return any(
        token.text.isalpha() and token.text not in lexicon.words and token.text not in KNOWN
        for token, _ in pairwise(tokens_of(head))  # the last one may be cut off
    )


def _clock_items(reader: DateReader) -> set[int]:
    """Return the items that are part of a time of day."""
    found: set[int] = set()
    i = 0
    while i < len(reader.items):
        clock = clock_at(reader.items, i, reader.line, loose=True) if reader.items[i].digits else None
        if clock:
            found.update(range(i, clock[1]))
        i = clock[1] if clock else i + 1
    return found


def _counts_time(reader: DateReader, i: int) -> bool:
    """Return whether the figure at ``i`` counts hours or minutes: 7 hours ago, 4 min read."""
    return any(item.meaning & (_UNIT | _READING) and not item.digits for item in reader.items[i + 1 : i + 2])


def _year_offset(items: list[Item], lexicon: Lexicon) -> int:
    """Return from where the language of a named month counts its years: 543 for Thai, 0 for most."""
    codes = [item.phrase.months[0][0] for item in items if item.phrase and item.meaning & _MONTH]
    return max((lexicon.languages[code].year_offset for code in codes), default=0)


# ---------------------------------------------------------------- what stands beside a day


def _found(
    reader: DateReader, day: Day, room: tuple[int, int], time_zone: str | None, lexicon: Lexicon
) -> tuple[FoundDate, int]:
    """Return the date made of a day and what stands beside it between the items of ``room``, and the item behind it."""
    floor, ceiling = room
    first, clock, after = _with_weekday(reader, day.first, floor), day.clock, day.after
    if clock is None:
        first, clock, after = _with_time(reader, day, floor, ceiling)
    found = FoundDate(
        start=reader.items[first].start,
        end=reader.items[after - 1].end,
        date=day.date,
        precision="day" if clock is None else "minute" if clock.second is None else "second",
        at=moment(day.date, clock, time_zone, lexicon) if clock else None,
        kind=_kind(reader, day, floor, ceiling),
    )
    return found, after


def _with_weekday(reader: DateReader, i: int, floor: int) -> int:
    j = i - 1
    while j > floor and reader.items[j].text in {",", ".", "،", "、"}:
        j -= 1
    return j if j >= floor and reader.items[j].meaning & _WEEKDAY and not reader.items[j].digits else i


def _with_time(reader: DateReader, day: Day, floor: int, ceiling: int) -> tuple[int, Clock | None, int]:
    """Return the first item, the time and the item behind a day together with the time printed beside it."""
    first = _with_weekday(reader, day.first, floor)
    start = reader.skip(day.after, _GAPS | _YEAR_ENDS, 6, _FILLER | _WEEKDAY)
    behind = clock_at(reader.items, start, reader.line, loose=True) if start < ceiling else None
    before = _time_before(reader, first, floor)
    if before and (not behind or reader.skip(behind[1], _GAPS, 4, _WEEKDAY | _FILLER) >= ceiling < len(reader.items)):
        return before[1], before[0], day.after
    if behind and behind[1] <= ceiling:
        return first, behind[0], behind[1]
    return first, None, day.after


def _time_before(reader: DateReader, first: int, floor: int) -> tuple[Clock, int] | None:
    """Return the time printed in front of item ``first`` and where it begins; of two, the one outside the brackets."""
    best: tuple[Clock, int] | None = None
    gap_start = first
    while gap_start > floor and (
        reader.text(gap_start - 1) in _GAPS
        or (reader.items[gap_start - 1].meaning & (_FILLER | _WEEKDAY) and not reader.items[gap_start - 1].digits)
    ):
        gap_start -= 1
    for start in range(max(floor, gap_start - 16), gap_start):
        clock = clock_at(reader.items, start, reader.line, loose=False)
        if clock and clock[1] <= first and reader.skip(clock[1], _GAPS, 8, _FILLER | _WEEKDAY) >= first:
            best = best or (clock[0], start)
        elif clock and clock[1] <= first and reader.text(clock[1]) == "(":
            return clock[0], start
    return best


def _kind(reader: DateReader, day: Day, floor: int, ceiling: int) -> str:
    """Return what the nearest label in front says, else a label behind that no other date or time follows."""
    for item in reversed(reader.items[floor : day.first]):
        if item.meaning & _LABEL:
            return "published" if item.meaning & _PUBLISHED else "updated"
    behind = reader.items[day.after :] if ceiling == len(reader.items) else []
    label = next((n for n, item in enumerate(behind) if item.meaning & _LABEL), None)
    if label is None or any(item.digits for item in behind[label:]):
        return "unlabelled"
    return "published" if behind[label].meaning & _PUBLISHED else "updated"
