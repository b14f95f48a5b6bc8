"""Dates printed on a page."""

from __future__ import annotations

import datetime as dt
import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.clean.dates import _JOINT, _opens_like_prose, _opens_with_other_word, find_dates, is_date_line
from pipeline.words.lexicon import Lexicon

LEXICON = Lexicon.load()
UTC = dt.UTC


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param("March 3, 2026", ["2026-03-03 day unlabelled"], id="bare"),
        pytest.param("Posted May 24, 2026 10:05 am", ["2026-05-24 minute published"], id="posted"),
        pytest.param("First published on May 4, 2026 / 8:16 AM", ["2026-05-04 minute published"], id="longest label"),
        pytest.param(
            "12:43, 20 Apr 2026Updated 12:44, 21 Apr 2026",
            ["2026-04-20 minute unlabelled", "2026-04-21 minute updated"],
            id="two dates run together",
        ),
        pytest.param(
            "Publié le 3 mars 2026 à 14h52, modifié le 4 mars 2026 à 15h54",
            ["2026-03-03 minute published", "2026-03-04 minute updated"],
            id="French pair",
        ),
        pytest.param(
            "Deniz Ak | 05.04.2026 - Güncelleme : 06.04.2026",
            ["2026-04-05 day unlabelled", "2026-04-06 day updated"],
            id="Turkish pair",
        ),
        pytest.param("2026/3/3 20:01更新", ["2026-03-03 minute updated"], id="label behind"),
        pytest.param("发布时间：2026-03-03 20:01:07", ["2026-03-03 second published"], id="Chinese label"),
        pytest.param("12.12.2025, 05:07 Uhr", ["2025-12-12 minute unlabelled"], id="German"),
        pytest.param("Nov 20 2025, 11:06am ist", ["2025-11-20 minute unlabelled"], id="Indian"),
        pytest.param("by Paul Doe Jul. 19, 2026 9:45 am", ["2026-07-19 minute unlabelled"], id="behind a name"),
        pytest.param("Newsdesk AgencyApril 28, 2026 GMT", ["2026-04-28 day unlabelled"], id="glued to a name"),
        pytest.param(
            "الأربعاء، 28 آب/اغسطس 2025، آخر تحديث 14:00",
            ["2025-08-28 day unlabelled"],
            id="update's time is not the date's",
        ),
        pytest.param(
            "3 March 2026 10:00 | 4 March 2026",
            ["2026-03-03 minute unlabelled", "2026-03-04 day unlabelled"],
            id="one time, one date",
        ),
        pytest.param("March 3 - 2 hours ago", [], id="nothing whole"),
    ],
)
def test_finds(line: str, expected: list[str]) -> None:
    found = [f"{date.date} {date.precision} {date.kind}" for date in find_dates(line, LEXICON)]

    assert found == expected


@pytest.mark.parametrize(
    ("line", "time_zone", "expected"),
    [
        pytest.param("2026-03-03T00:30:00+14:00", None, dt.datetime(2026, 3, 2, 10, 30, tzinfo=UTC), id="ISO offset"),
        pytest.param("Tue, 03 Mar 2026 10:05:00 +0300", None, dt.datetime(2026, 3, 3, 7, 5, tzinfo=UTC), id="mail"),
        pytest.param("Tue Mar  3 10:05:00 UTC 2026", None, dt.datetime(2026, 3, 3, 10, 5, tzinfo=UTC), id="Unix"),
        pytest.param("0339 GMT (1139 HKT) March 3, 2026", None, dt.datetime(2026, 3, 3, 3, 39, tzinfo=UTC), id="two"),
        pytest.param("Mar 3, 2026, 17:07 IST", "Asia/Kolkata", dt.datetime(2026, 3, 3, 11, 37, tzinfo=UTC), id="site"),
        pytest.param("Mar 3, 2026, 17:07 IST", None, None, id="shared name"),
        pytest.param("March 3, 2026 9:45 am", None, None, id="no zone"),
        pytest.param("March 3, 2026", "Europe/Paris", None, id="no time"),
    ],
)
def test_a_moment_needs_time_and_zone(line: str, time_zone: str | None, expected: dt.datetime | None) -> None:
    assert [date.at for date in find_dates(line, LEXICON, time_zone=time_zone)] == [expected]


def test_the_day_stays_as_printed_where_the_moment_falls_on_another() -> None:
    assert find_dates("2026-03-03T00:30:00+14:00", LEXICON)[0].date == dt.date(2026, 3, 3)


def test_the_language_settles_the_order_of_day_and_month() -> None:
    assert find_dates("03/04/2026", LEXICON, language="fr")[0].date == dt.date(2026, 4, 3)


def test_the_site_beats_the_language() -> None:
    assert find_dates("03/04/2026", LEXICON, language="fr", day_first=False)[0].date == dt.date(2026, 3, 4)


def test_nothing_is_found_after_the_bound() -> None:
    bound = dt.date(2026, 3, 3)

    assert [d.date for d in find_dates("3 March 2026, 4 March 2026", LEXICON, not_after=bound)] == [bound]


def test_a_thai_year_is_read_without_knowing_the_language() -> None:
    assert find_dates("3 มี.ค. 2569 10:05 น.", LEXICON)[0].date == dt.date(2026, 3, 3)


def test_the_span_takes_in_weekday_and_time() -> None:
    line = "By Jane Doe | Friday, April 3, 2026, 9:45 am | 4 min read"
    (date,) = find_dates(line, LEXICON)

    assert line[date.start : date.end] == "Friday, April 3, 2026, 9:45 am"


@pytest.mark.parametrize(
    "line", ["1/" * 60_000, "2026-03-03" + "0" * 100_000, "Mar 3 " * 20_000, "2026-" * 20_000, "12:43 " * 20_000]
)
def test_a_hostile_line_costs_no_time(line: str) -> None:
    started = time.process_time()
    found = find_dates(line, LEXICON)

    # Measured under 0.01 s each, compiling included.
    assert time.process_time() - started < 0.5
    assert found == ()


def test_a_date_cut_off_by_the_bound_of_the_search_is_not_read() -> None:
    assert find_dates("x" * 1_990 + " 2026-03-03 and more", LEXICON) == ()


@pytest.mark.parametrize(
    "line",
    [
        "March 3, 2026",
        "Published",
        "Published on Updated",
        "Updated 14 hours ago",
        "Sist oppdatert",
        "Online seit heute, 7.57 Uhr",
        "03/04/2026",
        "30.02.2026",
        "• Nov 20 2025, 11:06am ist",
        "2026年3月3日 20時01分",
        "2026년 3월 3일 오후 3시 20분",
        "20/1/2026 18:30",
        "March 3-5, 2026",
        "Aktualisiert am 07.01.2026 - 18:50 UhrLesedauer: 4 Min.",
        "Wednesday 20 November 2025 11:42, UK",
        "2 hours ago",
        "Updated Mar 4, 9:55 AM;Posted Mar 4, 9:12 AM",  # two stamps, neither with a year
        "15.04.2026 - 15:48 UhrLesedauer: 2 Min.",
        "PublishedNovember 19, 2025",
    ],
)
def test_is_a_date_line(line: str) -> None:
    assert is_date_line(line, LEXICON)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "   ",
        "2019",
        "March",
        "May 4",
        "World",
        "Today",
        "20",
        "|",
        "Ankara",
        "The date of the vote",
        "By Jane Doe March 3, 2026",
        "On March 3, 2026, the ferry left the harbour.",
        "4 min read",
        "1.2.3",
        "Score: 3-1",
        "-- October 2006: 4.3",  # a row of a list
        "From May 3 to June 4, 9am",
        "McDonald 2019",
    ],
)
def test_is_no_date_line(line: str) -> None:
    assert not is_date_line(line, LEXICON)


@given(
    st.lists(
        st.sampled_from(
            ("15:48", "3", " ", "Uhr", "Lesedauer", "lesedauer", "May", "BBC", "Bridge", "é", "McDonald", "a")
        ),
        max_size=6,
    )
)
def test_a_line_that_opens_with_another_word_opens_like_prose_however_its_words_are_parted(pieces: list[str]) -> None:
    line = "".join(pieces)

    assert not _opens_with_other_word(line, LEXICON) or _opens_like_prose(_JOINT.sub(r" \1", line), LEXICON)


PIECES = st.sampled_from(
    [
        "2026",
        "03",
        "3",
        "-",
        "/",
        ".",
        ",",
        ":",
        " ",
        "March",
        "Mai",
        "14:05",
        "Updated",
        "GMT",
        "+03:00",
        "年",
        "月",
        "日",
        "am",
        "x",
        "٣",
        "–",
    ]
)


@given(st.lists(PIECES, max_size=25).map("".join) | st.text(max_size=60))
def test_dates_stand_in_the_line_in_order_and_are_plausible(line: str) -> None:
    found = find_dates(line, LEXICON, time_zone="Europe/Istanbul")

    assert all(0 <= date.start < date.end <= len(line) for date in found)
    assert all(one.end <= other.start for one, other in pairwise(found))
    assert all(1900 <= date.date.year <= 2100 for date in found)


@given(st.lists(PIECES, max_size=25).map("".join))
def test_asking_whether_it_is_a_date_line_never_fails(line: str) -> None:
    assert is_date_line(line, LEXICON) in {True, False}
