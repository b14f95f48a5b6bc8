"""Times of day and zones."""

from __future__ import annotations

import datetime as dt

import pytest

from pipeline.clean.clock import Clock, clock_at, moment, read_items
from pipeline.words.lexicon import Lexicon

LEXICON = Lexicon.load()
WINTER, SUMMER = dt.date(2026, 1, 14), dt.date(2026, 7, 14)


def read(text: str, *, loose: bool = False) -> Clock | None:
    found = clock_at(read_items(text, LEXICON), 0, text, loose=loose)
    return found[0] if found else None


@pytest.mark.parametrize(
    ("text", "hour", "minute", "second", "zone"),
    [
        pytest.param("14:05", 14, 5, None, None, id="plain"),
        pytest.param("14:05:09", 14, 5, 9, None, id="seconds"),
        pytest.param("14:05:09.123Z", 14, 5, 9, "Z", id="fraction and Z"),
        pytest.param("9:45 am", 9, 45, None, None, id="am"),
        pytest.param("9:45pm", 21, 45, None, None, id="pm glued"),
        pytest.param("12:10 a.m.", 0, 10, None, None, id="midnight"),
        pytest.param("12:10 PM", 12, 10, None, None, id="noon"),
        pytest.param("9 pm", 21, 0, None, None, id="hour alone with pm"),
        pytest.param("7.57 Uhr", 7, 57, None, None, id="dot with Uhr"),
        pytest.param("12.42 CET", 12, 42, None, "CET", id="dot with zone"),
        pytest.param("14h52", 14, 52, None, None, id="French"),
        pytest.param("20時01分", 20, 1, None, None, id="Japanese"),
        pytest.param("오후 3시 20분", 15, 20, None, None, id="Korean afternoon"),
        pytest.param("下午3:20", 15, 20, None, None, id="Chinese afternoon"),
        pytest.param("0339 GMT", 3, 39, None, "GMT", id="four figures with a zone"),
        pytest.param("14:00 (GMT+0400)", 14, 0, None, 240, id="offset in brackets"),
        pytest.param("14:00+05:30", 14, 0, None, 330, id="offset with colon"),
        pytest.param("10:05:00 -0500", 10, 5, 0, -300, id="offset of a mail header"),
        pytest.param("17:07 IST", 17, 7, None, "IST", id="shared name is kept as printed"),
        pytest.param("23:59:60Z", 23, 59, 59, "Z", id="leap second"),
    ],
)
def test_reads(text: str, hour: int, minute: int, second: int | None, zone: int | str | None) -> None:
    assert read(text) == Clock(hour=hour, minute=minute, second=second, zone=zone)


@pytest.mark.parametrize("text", ["25:10", "12:75", "3.4", "14.30", "1139", "12.12.2025", "13:20 am", "20", "5 min"])
def test_is_no_time(text: str) -> None:
    assert read(text) is None


def test_behind_a_date_a_dot_may_stand_for_the_colon() -> None:
    assert read("14.30", loose=True) == Clock(hour=14, minute=30, second=None, zone=None)


def test_an_impossible_offset_makes_the_zone_unsure() -> None:
    assert read("14:53 GMT+320") == Clock(hour=14, minute=53, second=None, zone="")


def at(day: dt.date, zone: int | str | None, time_zone: str | None = None, hour: int = 12) -> dt.datetime | None:
    return moment(day, Clock(hour=hour, minute=30, second=None, zone=zone), time_zone, LEXICON)


@pytest.mark.parametrize(
    ("day", "zone", "time_zone", "hour"),
    [
        pytest.param(WINTER, 120, None, 10, id="offset"),
        pytest.param(WINTER, "CET", None, 11, id="name in use"),
        pytest.param(SUMMER, "CET", None, None, id="winter name in summer"),
        pytest.param(SUMMER, "EDT", None, 16, id="summer name in summer"),
        pytest.param(SUMMER, "ET", None, 16, id="name for all the year"),
        pytest.param(WINTER, "MYT", None, 4, id="name that never shifts"),
        pytest.param(WINTER, "IST", None, None, id="shared name alone"),
        pytest.param(WINTER, "IST", "Asia/Kolkata", 7, id="shared name, known site"),
        pytest.param(WINTER, "IST", "Europe/Paris", None, id="name that the site's zone does not use"),
        pytest.param(WINTER, None, "Europe/Istanbul", 9, id="no name, known site"),
        pytest.param(WINTER, None, None, None, id="no name, unknown site"),
        pytest.param(WINTER, None, "Nowhere/Land", None, id="site's zone is none"),
        pytest.param(WINTER, None, "../../etc/passwd", None, id="site's zone is a path"),
        pytest.param(WINTER, "", "Europe/Paris", None, id="unreadable zone"),
    ],
)
def test_moment(day: dt.date, zone: int | str | None, time_zone: str | None, hour: int | None) -> None:
    expected = None if hour is None else dt.datetime(day.year, day.month, day.day, hour, 30, tzinfo=dt.UTC)
    if time_zone == "Asia/Kolkata" and expected is not None:
        expected = expected.replace(minute=0)

    assert at(day, zone, time_zone) == expected


def test_an_hour_that_came_twice_is_no_moment() -> None:
    assert at(dt.date(2026, 10, 25), None, "Europe/Berlin", hour=2) is None
