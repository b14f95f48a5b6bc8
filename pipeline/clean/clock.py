"""Times of day and time zones as printed on a page, and the items a printed date is made of."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pipeline.words.lexicon import Lexicon, Meaning, Phrase, tokenise

_AM, _PM, _FILLER, _ZONE = int(Meaning.AM), int(Meaning.PM), int(Meaning.FILLER), int(Meaning.ZONE)
_HOUR_SIGNS = frozenset("hu时時点點시")  # 14h52, 18u30, 20時01分
_MINUTE_SIGNS = frozenset(("分", "분", "min"))
_SECOND_SIGNS = frozenset("秒초s")
_OCLOCK = frozenset(("uhr", "h", "น", "hrs", "uur"))
_SIGNS = {"+": 1, "-": -1, "−": -1, "–": -1}
_REMEMBERED = 256  # lines
_MAX_OFFSET_MINUTES = 14 * 60  # Kiribati; nothing on earth is further from UTC


_new = tuple.__new__  # a named tuple made by its own name takes twice as long


class Item(NamedTuple):
    """A token, or several that are one phrase of the lexicon; ``meaning`` 0 where the lexicon knows nothing of it."""

    text: str
    start: int
    end: int
    spaced: bool
    digits: int
    meaning: int
    phrase: Phrase | None

    @property
    def number(self) -> int:
        """The value of a figure, -1 for words and for figures too long to be part of a date."""
        return int(self.text) if 0 < self.digits <= 4 else -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """A printed time. ``zone`` is minutes east of UTC, a printed name, or None where nothing was printed."""

    hour: int
    minute: int
    second: int | None
    zone: int | str | None


@lru_cache(maxsize=_REMEMBERED)
def read_items(line: str, lexicon: Lexicon) -> list[Item]:
    """Return the tokens of ``line`` with the longest phrases of the lexicon put together; linear in the line.

    Dates, bylines and agencies are looked for in the same few lines one after the other, so the last ones read are
    remembered: the list is everybody's, and nobody may change it.
    """
    tokens = tokenise(line)
    texts = [token[0] for token in tokens]
    items: list[Item] = []
    after = 0
    for position, (text, start, end, spaced, digits) in enumerate(tokens):
        if position < after:
            continue  # part of a phrase
        after, meaning, found = position + 1, 0, None
        for phrase in lexicon.phrases.get(text, ()):
            width = len(phrase.tokens)
            if width == 1 or tuple(texts[position : position + width]) == phrase.tokens:
                after, meaning, found = position + width, phrase.meaning, phrase
                if width > 1:
                    end, digits = tokens[after - 1].end, 0
                break
        items.append(_new(Item, (text, start, end, spaced, digits, meaning, found)))
    return items


def clock_at(items: list[Item], i: int, line: str, *, loose: bool) -> tuple[Clock, int] | None:
    """Return the time that begins at item ``i`` and the item behind it and its zone, or None.

    Args:
        items: the line's items.
        i: where to look.
        line: the line itself: capitals tell the name of a zone from a word.
        loose: also read ``14.52`` and ``1139``, which without a date in front are decimals and years.
    """
    half = 0
    if i < len(items) and items[i].meaning & (_AM | _PM) and not items[i].digits:
        half, i = items[i].meaning & (_AM | _PM), i + 1  # 오후 3:20
    if i >= len(items) or items[i].number < 0:
        return None
    parts, j = _figures(items, i, half)
    if parts is None:
        return None
    if not half and j < len(items) and items[j].meaning & (_AM | _PM):
        half, j = items[j].meaning & (_AM | _PM), j + 1
    oclock = j < len(items) and items[j].text in _OCLOCK
    zone, k = _zone_at(items, j + oclock, line)
    military = items[i].digits == 4
    colon = not military and len(parts) > 1 and items[i + 1].text != "."
    if not (colon or half or oclock or (len(parts) > 1 and (zone is not None or (loose and not military)))):
        return None
    clock = _checked(parts, half, zone)
    return (clock, k) if clock else None


def _figures(items: list[Item], i: int, half: int) -> tuple[list[int] | None, int]:
    """Return hour, minute and second as far as they are printed from item ``i`` on, and the item behind them."""
    first = items[i]
    if first.digits == 4:  # 0339 GMT
        return [first.number // 100, first.number % 100], i + 1
    if first.digits > 2:
        return None, i
    parts, j = [first.number], i + 1
    sign = items[j].text if j < len(items) else ""
    if sign in _HOUR_SIGNS and not (sign in "hu" and items[j].spaced and not _minutes_follow(items, j)):
        return _counted(items, j + 1, parts)
    if sign not in {":", ".", "："} or items[j].spaced or not _minutes_follow(items, j):
        return ([first.number], j) if half or _half_or_oclock(items, j) else (None, i)
    parts, j = [first.number, items[j + 1].number], j + 2
    if j + 1 < len(items) and items[j].text == sign and _minutes_follow(items, j):
        parts, j = [*parts, items[j + 1].number], j + 2
        if j + 1 < len(items) and items[j].text in ".," and items[j + 1].digits and not items[j + 1].spaced:
            j += 2  # fractions of a second
    elif j + 1 < len(items) and items[j].text == sign and items[j + 1].digits and not items[j + 1].spaced:
        return None, i  # 12.12.2025 is no time
    return parts, j


def _counted(items: list[Item], j: int, parts: list[int]) -> tuple[list[int], int]:
    for signs in (_MINUTE_SIGNS, _SECOND_SIGNS):
        if (j < len(items) and items[j].digits == 2) or (j + 1 < len(items) and items[j + 1].text in signs):
            parts, j = [*parts, items[j].number], j + 1
            j += j < len(items) and items[j].text in signs
        else:
            break
    return (parts if len(parts) > 1 else [*parts, 0]), j


def _minutes_follow(items: list[Item], j: int) -> bool:
    return j + 1 < len(items) and items[j + 1].digits == 2 and not (items[j + 1].spaced and items[j].text != "h")


def _half_or_oclock(items: list[Item], j: int) -> bool:
    return j < len(items) and (bool(items[j].meaning & (_AM | _PM)) or items[j].text == "uhr")


def _checked(parts: list[int], half: int, zone: int | str | None) -> Clock | None:
    hour, minute, second = parts[0], parts[1] if len(parts) > 1 else 0, parts[2] if len(parts) > 2 else None
    if half == _PM and 0 < hour < 12:
        hour += 12
    elif half == _AM and hour == 12:
        hour = 0
    elif half == _AM and hour > 12:
        return None
    leap = second == 60 and minute == 59  # a leap second has no place in datetime: the one before
    if hour > 23 or minute > 59 or (second is not None and second > 59 and not leap):
        return None
    return Clock(hour=hour, minute=minute, second=59 if leap else second, zone=zone)


# ---------------------------------------------------------------- zones


def _zone_at(items: list[Item], i: int, line: str) -> tuple[int | str | None, int]:
    """Return the zone printed at item ``i`` and the item behind it; an empty name where it can be nothing sure."""
    bracket = i < len(items) and items[i].text == "("
    j = i + bracket
    if j >= len(items):
        return None, i
    item = items[j]
    name = line[item.start : item.end]
    zone: int | str | None = None
    if item.text in _SIGNS and not (bracket and item.spaced):
        zone, j = _offset(items, j)
    elif item.meaning & _ZONE and item.phrase and (name.isupper() or not name.isascii() or len(name) > 2):
        zone, j = item.phrase.zone, j + 1
        if zone in {"GMT", "UTC"} and j < len(items) and items[j].text in _SIGNS and _is_offset(items, j):
            zone, j = _offset(items, j)
            zone = "" if zone is None else zone
    elif name.isascii() and name.isalpha() and 3 <= len(name) <= 5 and (name.isupper() or name == "ist"):
        zone, j = name.upper(), j + 1
    if zone is None:
        return None, i
    if bracket and j < len(items) and items[j].text == ")":
        j += 1
    return zone, j


def _is_offset(items: list[Item], j: int) -> bool:
    return j + 1 < len(items) and items[j + 1].digits > 0 and not items[j + 1].spaced


def _offset(items: list[Item], j: int) -> tuple[int | None, int]:
    """Return minutes east of UTC of ``+03:00``, ``+0300`` or ``+3`` at the sign ``j``, and the item behind it."""
    if not _is_offset(items, j):
        return None, j
    figure = items[j + 1]
    after = j + 2
    if figure.digits == 4:
        minutes = figure.number // 100 * 60 + figure.number % 100
    elif figure.digits > 2 or (figure.digits == 1 and items[j].spaced):
        return None, j
    else:
        minutes = figure.number * 60
        if after + 1 < len(items) and items[after].text == ":" and _minutes_follow(items, after):
            minutes, after = minutes + items[after + 1].number, after + 2
        elif items[j].text != "+":
            # 14:05 -03 would be one, 14:05-16 is until four o'clock.
            return None, j
    if minutes > _MAX_OFFSET_MINUTES:
        return None, j
    return _SIGNS[items[j].text] * minutes, after


def moment(day: dt.date, clock: Clock, time_zone: str | None, lexicon: Lexicon) -> dt.datetime | None:
    """Return the moment in UTC, or None where the zone is not sure or the clock was set back or forward just then.

    Args:
        day: the day as printed.
        clock: the time as printed.
        time_zone: IANA name of the site's zone; it stands in for a zone that is not printed, and tells what a
            name shared by several zones (IST) means there.
        lexicon: names of zones.
    """
    local = dt.datetime(day.year, day.month, day.day, clock.hour, clock.minute, clock.second or 0)
    zone = _zone_of(local, clock.zone, time_zone, lexicon)
    if zone is None:
        return None
    early, late = local.replace(tzinfo=zone), local.replace(tzinfo=zone, fold=1)
    if early.utcoffset() != late.utcoffset():
        return None
    try:
        return early.astimezone(dt.UTC)
    except OverflowError:
        return None


def _zone_of(
    local: dt.datetime, printed: int | str | None, time_zone: str | None, lexicon: Lexicon
) -> dt.tzinfo | None:
    if isinstance(printed, int):
        return dt.timezone(dt.timedelta(minutes=printed))
    if printed is None:
        return _region(time_zone)
    if printed in lexicon.zone_minutes:
        return dt.timezone(dt.timedelta(minutes=lexicon.zone_minutes[printed]))
    if printed in lexicon.zone_either:
        return _region(lexicon.zone_either[printed])
    zone = _region(lexicon.zone_regions.get(printed, time_zone))
    return zone if zone is not None and local.replace(tzinfo=zone).tzname() == printed else None


def _region(name: str | None) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
