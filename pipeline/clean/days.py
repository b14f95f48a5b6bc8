"""The day a printed date means: one function a form, over the items of a line."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from pipeline.clean.clock import Clock, Item, clock_at
from pipeline.words.lexicon import Meaning

ORDINALS = frozenset({"st", "nd", "rd", "th", "er", "º", "ª", "ος", "η", "го", "e"})
_FIRST_YEAR, _LAST_YEAR = 1900, 2100
# What systems print for "no date": the epochs of Unix (also seen from the west), spreadsheets and SQL Server.
_DEFAULTS = frozenset({dt.date(1970, 1, 1), dt.date(1969, 12, 31), dt.date(1900, 1, 1)})
_NAME_GAPS = frozenset({".", ",", "،", "-", "/", "’", "'"})
_DASHES = frozenset({"-", "–", "—", "/", "&", "~", "〜", "～"})
_RANGE_WORDS = frozenset(
    (
        *("to", "and", "bis", "und", "au", "et", "y", "al", "e", "a", "til", "till"),
        *("t", "do", "по", "до", "إلى", "tot", "en", "ve", "och", "og"),
    )
)
_MONTH, _FILLER = int(Meaning.MONTH), int(Meaning.FILLER)


class Day(NamedTuple):
    """A day, its first item and the item behind it; with a time only where that stands inside the date."""

    date: dt.date
    first: int
    after: int
    clock: Clock | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DateReader:
    """A line's items and what the forms must know besides; ``year_offset`` is taken from a year too late to be ours."""

    items: list[Item]
    line: str
    language: str | None
    day_first: bool | None
    not_after: dt.date | None
    year_offset: int

    def day(self, year: int, month: int, day: int) -> dt.date | None:
        """Return the date if it is a real day that a page may have been published on."""
        if year > _LAST_YEAR:
            year -= self.year_offset
        if not _FIRST_YEAR <= year <= _LAST_YEAR:
            return None
        try:
            date = dt.date(year, month, day)
        except ValueError:
            return None
        late = self.not_after is not None and date > self.not_after
        return None if late or date in _DEFAULTS else date

    def month(self, i: int) -> int | None:
        """Return the month that item ``i`` names."""
        if i >= len(self.items) or not self.items[i].meaning & _MONTH:
            return None
        phrase = self.items[i].phrase
        return phrase.month(self.language) if phrase else None

    def past_month(self, i: int) -> int:
        """Return the item behind the month at ``i``; ``آب/اغسطس`` names one month twice."""
        after = self.skip(i + 1, {"."}, 1)
        if after + 1 < len(self.items) and self.items[after].text == "/" and self.month(after + 1) == self.month(i):
            return self.skip(after + 2, {"."}, 1)
        return after

    def skip(self, i: int, signs: frozenset[str] | set[str], most: int, meaning: int = 0) -> int:
        """Return the first item from ``i`` on that is none of ``signs`` and has no ``meaning``, at most ``most`` on."""
        end = min(len(self.items), i + most)
        while i < end and (
            self.items[i].text in signs or (self.items[i].meaning & meaning and not self.items[i].digits)
        ):
            i += 1
        return i

    def figure(self, i: int, *widths: int) -> int | None:
        """Return the number at item ``i`` if it has one of ``widths`` digits."""
        return self.items[i].number if 0 <= i < len(self.items) and self.items[i].digits in widths else None

    def text(self, i: int) -> str:
        """Return the text of item ``i``, empty outside the line."""
        return self.items[i].text if 0 <= i < len(self.items) else ""


def read_days(reader: DateReader) -> list[Day]:
    """Return the days of a line in order, without those that are ends of a range."""
    return _without_ranges(reader, list(_days(reader)))


def _days(reader: DateReader) -> Iterator[Day]:
    i = 0
    while i < len(reader.items):
        day = next((found for form in _FORMS if (found := form(reader, i)) is not None), None)
        if day is None:
            i += 1
        else:
            yield day
            i = day.after


def _counted(reader: DateReader, i: int) -> Day | None:
    """2025年1月13日 and 2025년 1월 13일."""
    year, month, day = reader.figure(i, 4), reader.figure(i + 2, 1, 2), reader.figure(i + 4, 1, 2)
    if year is None or month is None or day is None:
        return None
    signs = (reader.text(i + 1), reader.text(i + 3), reader.text(i + 5))
    if signs not in {("年", "月", "日"), ("年", "月", "号"), ("年", "月", "號"), ("년", "월", "일")}:
        return None
    date = reader.day(year, month, day)
    return Day(date, i, i + 6) if date else None


def _figures(reader: DateReader, i: int) -> Day | None:
    """2026-03-03, 03.03.2026, 20/1/2026: three figures with one sign between them."""
    items = reader.items
    sign = reader.text(i + 1)
    if sign not in {"-", ".", "/"} or reader.text(i + 3) != sign or _goes_on(reader, i, sign):
        return None
    if sign != "." and any(item.spaced for item in items[i + 1 : i + 5]):
        return None
    if reader.figure(i, 4) is not None:
        parts = (reader.figure(i, 4), reader.figure(i + 2, 1, 2), reader.figure(i + 4, 1, 2))
    else:
        parts = _ordered(reader.figure(i, 1, 2), reader.figure(i + 2, 1, 2), reader.figure(i + 4, 4), reader, sign)
    year, month, day = parts
    date = reader.day(year, month, day) if year and month and day else None
    return Day(date, i, i + 5) if date else None


def _goes_on(reader: DateReader, i: int, sign: str) -> bool:
    """Return whether a figure is glued on before or behind: then it is a version, an address or a longer row."""
    items = reader.items
    before = (
        reader.text(i - 1) == sign
        and i > 1
        and items[i - 2].digits > 0
        and not (items[i].spaced or items[i - 1].spaced)
    )
    j = i + 5
    behind = j + 1 < len(items) and items[j].text in {sign, "-", "/"} and items[j + 1].digits > 0
    return before or (behind and not (items[j].spaced or items[j + 1].spaced))


def _ordered(
    first: int | None, second: int | None, year: int | None, reader: DateReader, sign: str
) -> tuple[int | None, int | None, int | None]:
    """Return year, month, day of two small figures and a year; the month None where they read two ways."""
    if first is None or second is None:
        return None, None, None
    day_first = True if sign == "." else reader.day_first
    if day_first is None and first != second and first <= 12 and second <= 12:
        return year, None, None
    if day_first or (day_first is None and first > 12):
        return year, second, first
    return year, first, second


def _day_month(reader: DateReader, i: int) -> Day | None:
    """3 March 2026, 3. März 2026, 3 de marzo de 2026, 03-Mar-2026, 28 آب/اغسطس 2013."""
    day = reader.figure(i, 1, 2)
    if day is None or _ends_range(reader, i):
        return None
    j = i + 1
    if reader.text(j) in ORDINALS and not reader.items[j].spaced:
        j += 1
    j = reader.skip(j, _NAME_GAPS, 2, _FILLER)
    month = reader.month(j)
    if month is None:
        return None
    after = reader.skip(reader.past_month(j), _NAME_GAPS, 2, _FILLER)
    year = reader.figure(after, 4)
    date = reader.day(year, month, day) if year else None
    return Day(date, i, after + 1) if date else None


def _month_day(reader: DateReader, i: int) -> Day | None:
    """March 3, 2026, Jul. 19, 2026, Mar 3 10:05:00 UTC 2026."""
    month = reader.month(i)
    if month is None:
        return None
    j = reader.skip(reader.past_month(i), _NAME_GAPS, 1)
    day = reader.figure(j, 1, 2)
    if day is None:
        return None
    after = j + 1
    if reader.text(after) in ORDINALS and not reader.items[after].spaced:
        after += 1
    after = reader.skip(after, {",", ".", "،", "-", "/"}, 1)
    clock = clock_at(reader.items, after, reader.line, loose=False)
    if clock is not None and reader.figure(clock[1], 4) and clock[0].second is not None:
        after = clock[1]  # the order of Unix: Tue Mar  3 10:05:00 UTC 2026
    else:
        clock = None
    year = reader.figure(after, 4)
    if year is None or reader.text(after + 1) == ":":
        return None
    date = reader.day(year, month, day)
    return Day(date, i, after + 1, clock[0] if clock else None) if date else None


def _year_month(reader: DateReader, i: int) -> Day | None:
    """2026. március 3., 2026 March 3."""
    year = reader.figure(i, 4)
    if year is None:
        return None
    j = reader.skip(i + 1, {".", ",", "-"}, 1)
    month = reader.month(j)
    if month is None or reader.figure(i - 1, 1, 2) is not None:
        return None
    k = reader.skip(reader.past_month(j), {"-"}, 1)
    day = reader.figure(k, 1, 2)
    if day is None or reader.text(k + 1) in _DASHES | {":"} or reader.figure(k + 2, 4) or reader.figure(k + 1, 4):
        return None
    date = reader.day(year, month, day)
    return Day(date, i, reader.skip(k + 1, {"."}, 1)) if date else None


_FORMS: tuple[Callable[[DateReader, int], Day | None], ...] = (_counted, _figures, _day_month, _month_day, _year_month)


def _ends_range(reader: DateReader, i: int) -> bool:
    """Return whether the day at ``i`` is the end of 3-5 March or 3 and 5 March."""
    joint = reader.text(i - 1)
    if joint not in _DASHES and joint not in _RANGE_WORDS and joint != ",":
        return False
    j = i - 2
    if reader.text(j) == "." and joint != ",":
        j -= 1
    if reader.figure(j, 1, 2) is None if j >= 0 else True:
        return False
    return reader.text(j - 1) not in {":", ".", "h"}  # the 05 of 14:05 is no day


def _without_ranges(reader: DateReader, days: list[Day]) -> list[Day]:
    """Return the days without pairs like ``2026-03-03 – 2026-03-05``, which say when something happened."""
    ends: set[int] = set()
    for n, (one, other) in enumerate(itertools.pairwise(days)):
        between = reader.items[one.after : other.first]
        if one.date < other.date and len(between) == 1 and between[0].text in (_DASHES - {"/"}) | _RANGE_WORDS:
            ends |= {n, n + 1}
    return [day for n, day in enumerate(days) if n not in ends]
