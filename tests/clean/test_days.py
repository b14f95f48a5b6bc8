"""The forms of a day: what each reads, and what it leaves alone."""

from __future__ import annotations

import datetime as dt

import pytest

from pipeline.clean.clock import read_items
from pipeline.clean.days import DateReader, read_days
from pipeline.words.lexicon import Lexicon

LEXICON = Lexicon.load()
DAY = dt.date(2026, 3, 3)


def days(line: str, *, day_first: bool | None = None, year_offset: int = 0) -> list[dt.date]:
    items = read_items(line, LEXICON)
    reader = DateReader(
        items=items, line=line, language=None, day_first=day_first, not_after=None, year_offset=year_offset
    )
    return [day.date for day in read_days(reader)]


@pytest.mark.parametrize(
    "line",
    [
        "2026-03-03",
        "2026/3/3",
        "2026.03.03",
        "03.03.2026",
        "3. 3. 2026",
        "3/3/2026",
        "03-Mar-2026",
        "March 3, 2026",
        "Mar. 3rd, 2026",
        "3 March 2026",
        "3rd of March, 2026",
        "3. März 2026",
        "3 mars 2026",
        "3 de marzo de 2026",
        "3 марта 2026 г.",
        "3 березня 2026",
        "3 Mart 2026",
        "3 آذار 2026",
        "3 مارس/آذار 2026",
        "٣ مارس ٢٠٢٦",
        "3 tháng 3, 2026",
        "ngày 3 tháng 3 năm 2026",
        "3 मार्च 2026",
        "३ मार्च २०२६",
        "2026年3月3日",
        "2026년 3월 3일",
        "2026. március 3.",
        "3 Μαρτίου 2026",
        "3 במרץ 2026",
        "3 maaliskuuta 2026",
        "3. března 2026",
    ],
)
def test_reads_the_third_of_march(line: str) -> None:
    assert days(line) == [DAY]


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("March 3", id="no year"),
        pytest.param("3.4.26", id="two figures for a year"),
        pytest.param("2026-02-30", id="no real day"),
        pytest.param("31 April 2026", id="no real day, by name"),
        pytest.param("03/04/2026", id="two orders"),
        pytest.param("March 3-5, 2026", id="range, month first"),
        pytest.param("3-5 March 2026", id="range, day first"),
        pytest.param("3.–5. März 2026", id="range, German"),
        pytest.param("3 and 5 March 2026", id="two days"),
        pytest.param("2026-03-03 – 2026-03-05", id="range of whole dates"),
        pytest.param("2026-03-030000", id="longer figure"),
        pytest.param("1.2.3.2026", id="version"),
        pytest.param("2026-03-03-17", id="longer row"),
        pytest.param("1447-09-14", id="year of another calendar"),
        pytest.param("1970-01-01", id="epoch"),
        pytest.param("9999-12-31", id="end of time"),
        pytest.param("2 hours ago", id="relative"),
    ],
)
def test_reads_nothing(line: str) -> None:
    assert days(line) == []


@pytest.mark.parametrize(
    ("line", "day_first", "expected"),
    [
        pytest.param("03/04/2026", True, dt.date(2026, 4, 3), id="day first"),
        pytest.param("03/04/2026", False, dt.date(2026, 3, 4), id="month first"),
        pytest.param("25/03/2026", None, dt.date(2026, 3, 25), id="only one order is a day"),
        pytest.param("03/25/2026", None, dt.date(2026, 3, 25), id="only the other is"),
    ],
)
def test_order_of_day_and_month(line: str, day_first: bool | None, expected: dt.date) -> None:
    assert days(line, day_first=day_first) == [expected]


def test_an_order_that_is_known_is_not_bent_to_fit() -> None:
    assert days("03/25/2026", day_first=True) == []


def test_a_year_counted_from_elsewhere_is_ours_after_the_offset() -> None:
    assert days("3 มีนาคม 2569", year_offset=543) == [DAY]


def test_a_time_in_front_is_no_range() -> None:
    assert days("14:05 - 3 March 2026") == [DAY]


def test_two_dates_with_words_between_are_two() -> None:
    assert days("Published 3 March 2026 Updated 5 March 2026") == [DAY, dt.date(2026, 3, 5)]
