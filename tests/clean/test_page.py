"""Claims about a text dump as a page: its lines, its limits, and what the record says of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from pipeline.clean.page import check_lines, host_of, text_page
from pipeline.errors import RecordError
from pipeline.limits import Limits
from pipeline.records import Dump, Reason


def test_page_has_every_line_blank_ones_too(make_dump: Callable[..., Dump]) -> None:
    page = text_page(make_dump("One\r\n\r\nTwo\u2028Three\n"), Limits())

    assert page.lines == ("One", "", "Two", "Three")
    assert (page.is_html, page.outside, page.content) == (False, {}, {})


def test_record_tells_what_the_text_cannot(make_dump: Callable[..., Dump]) -> None:
    fields = {
        "author": "Ada Quill",
        "language": "en",
        "url": "https://www.herald.example/a",
        "date": "2026-03-03T04:05:06Z",
        "time_zone": "Europe/Athens",
        "crawl_date": dt.date(2026, 3, 4),
    }

    page = text_page(make_dump("Words.", **fields), Limits())

    assert (page.author_line, page.language, page.url) == ("Ada Quill", "en", "https://www.herald.example/a")
    assert (page.record_date, page.time_zone, page.crawl_date) == (
        "2026-03-03T04:05:06Z",
        "Europe/Athens",
        dt.date(2026, 3, 4),
    )


@pytest.mark.parametrize(
    ("site", "url", "wanted"),
    [
        ("Herald", "https://www.herald.example/a", "Herald"),
        (None, "https://www.herald.example/a", "herald.example"),
        (None, None, None),
    ],
    ids=["given", "host of the address", "unknown"],
)
def test_site_is_the_given_one_else_the_host(
    site: str | None, url: str | None, wanted: str | None, make_dump: Callable[..., Dump]
) -> None:
    assert text_page(make_dump("Words.", site=site, url=url), Limits()).site == wanted


def test_title_of_the_record_is_taken_without_the_sites_name(make_dump: Callable[..., Dump]) -> None:
    page = text_page(make_dump("Words.", title="Otters reopen post office - The Herald", site="The Herald"), Limits())

    assert page.title == "Otters reopen post office"


@pytest.mark.parametrize(
    ("text", "crawl_date", "wanted"),
    [
        (" date 2026-03-03 WORLD\nWords.", None, dt.date(2026, 3, 3)),
        ("\n\n date 2026-03-03\nWords.", None, dt.date(2026, 3, 3)),
        (" date 2026-03-03 WORLD\nWords.", dt.date(2026, 3, 9), dt.date(2026, 3, 9)),
        (" date 2026-03 WORLD\nWords.", None, None),
        ("Words.\n date 2026-03-03 WORLD", None, None),
    ],
    ids=["prefix", "below blank lines", "the record knows better", "a month is no day", "not the first line"],
)
def test_crawl_date_is_the_records_else_the_prefixs(
    text: str, crawl_date: dt.date | None, wanted: dt.date | None, make_dump: Callable[..., Dump]
) -> None:
    assert text_page(make_dump(text, crawl_date=crawl_date), Limits()).crawl_date == wanted


@pytest.mark.parametrize(
    ("lines", "limits"),
    [(("a",) * 4, Limits(max_lines=3)), (("a", "bbbb"), Limits(max_line_chars=3))],
    ids=["too many lines", "a line too long"],
)
def test_page_over_a_limit_is_refused(lines: tuple[str, ...], limits: Limits) -> None:
    with pytest.raises(RecordError, match="at most 3 are read") as caught:
        check_lines(lines, limits)

    assert caught.value.facts["reason"] is Reason.TOO_LARGE


def test_page_at_its_limits_is_read() -> None:
    check_lines(("aaa",) * 3, Limits(max_lines=3, max_line_chars=3))
    check_lines((), Limits(max_lines=3))


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://www.daily.example/a", "daily.example"),
        ("https://news.daily.example:8080/a?b", "news.daily.example"),
        ("no address", None),
        ("", None),
        (None, None),
    ],
)
def test_host_of_an_address(url: str | None, host: str | None) -> None:
    assert host_of(url) == host
