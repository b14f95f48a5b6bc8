"""A dump as the cleaner sees it: its lines, and what markup or record already say of them and of the page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from pipeline.clean.front_matter import front_matter
from pipeline.clean.lines import Line
from pipeline.clean.marks import CrawlPrefix, Label, crawl_prefix
from pipeline.clean.page_meta import without_site_name
from pipeline.errors import RecordError
from pipeline.limits import Limits
from pipeline.records import Dump, Reason
from pipeline.text import host_of, split_lines, squash


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The lines of a dump and the facts known about the page as a whole.

    ``lines`` are all lines, blank ones included, as the law counts them. Of a page read by its markup, ``content`` has
    the label of each line, by number, that is its main content unless a rule objects, ``outside`` that of each other
    line, and ``measured`` are the content and the lines beside it that are looked at further; a text dump has none of
    these, but may have ``front_lines`` of front matter at its top.

    ``is_single`` says that record and markup speak of the one story the page holds: on a glued page they speak of
    the first at best, so they are asked about none.
    """

    lines: tuple[str, ...]
    measured: tuple[Line, ...] = ()
    outside: Mapping[int, Label] = field(default_factory=dict)
    content: Mapping[int, Label] = field(default_factory=dict)
    crawl_prefix: CrawlPrefix | None = None
    front_lines: int = 0
    is_html: bool = False
    is_single: bool = True
    title: str | None = None
    standfirst: str | None = None
    authors: tuple[str, ...] = ()
    author_line: str | None = None
    section: str | None = None
    agency: str | None = None
    language: str | None = None
    url: str | None = None
    site: str | None = None
    record_date: str | None = None
    meta_dates: tuple[str, ...] = ()
    time_zone: str | None = None
    crawl_date: dt.date | None = None


def check_lines(lines: tuple[str, ...], limits: Limits) -> None:
    """Refuse a page that is too long to be one.

    Raises:
        RecordError: too many lines, or a line too long; facts hold ``reason``.
    """
    if len(lines) > limits.max_lines:
        raise RecordError(f"{len(lines)} lines, at most {limits.max_lines} are read", reason=Reason.TOO_LARGE)
    longest = max(map(len, lines), default=0)
    if longest > limits.max_line_chars:
        message = f"a line of {longest} characters, at most {limits.max_line_chars} are read"
        raise RecordError(message, reason=Reason.TOO_LARGE)


def _address(told: str | None) -> str | None:
    return told if told and told.startswith(("http://", "https://")) else None


def text_page(dump: Dump, limits: Limits) -> Page:
    """Return a text dump as a page.

    Raises:
        RecordError: it is over a limit.
    """
    lines = tuple(split_lines(dump.text))
    check_lines(lines, limits)
    prefix = crawl_prefix(next((line for line in lines if squash(line)), ""))
    front = front_matter(lines)
    url = dump.url or _address(front.told.get("url"))
    site = dump.site or host_of(url)
    title = dump.title or front.told.get("title")
    return Page(
        lines=lines,
        crawl_prefix=prefix,
        front_lines=front.lines,
        title=without_site_name(title, [site]) if title else None,
        author_line=dump.author or front.told.get("author"),
        language=dump.language,
        url=url,
        site=site,
        record_date=dump.date or front.told.get("date"),
        time_zone=dump.time_zone,
        crawl_date=dump.crawl_date or (prefix.date if prefix is not None else None),
    )
