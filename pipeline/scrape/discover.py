"""The links in feeds, sitemaps, section pages and robots.txt, with what they say of each page's age.

Feeds are read by feedparser, links of section pages by courlan. Sitemaps are read here, with the parser settings that
trafilatura uses: its own reader gives no dates, and drops addresses it finds unlikely without a word. No parser
expands an entity of the document's, opens a file or asks the network.
"""

from __future__ import annotations

import calendar
import datetime as dt
import html
import io
import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import feedparser
from courlan import extract_links
from lxml import etree

from pipeline.errors import FetchError
from pipeline.scrape.body import unpack
from pipeline.scrape.states import Kind, Why

MAX_LINKS = 50_000
"""Links taken of one document: as many as a sitemap may have (sitemaps.org)."""

_ROOT = re.compile(rb"<(?:[\w.-]+:)?(rss|feed|rdf|urlset|sitemapindex|html)\b", re.IGNORECASE)
_HEAD_BYTES = 4096
_BLANKS = re.compile(rb"\s+")
_PLAIN_LINK = re.compile(r"https?://[^\s<>\"]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link as found, not joined yet; ``modified``: when feed or sitemap says its content last changed (UTC)."""

    url: str
    kind: Kind
    modified: dt.datetime | None = None


def read_links(kind: Kind, content: bytes, url: str, *, limit: int, max_ratio: int) -> list[Link]:
    """Return the links of a document asked for as ``kind``, in its order; sections': by address.

    Args:
        kind: What it was asked for as; a feed named as sitemap is read as the feed it is, and the other way round.
        content: The body, its codings undone; a gzip file is unpacked.
        url: Where it stands.
        limit: Most bytes of the document unpacked.
        max_ratio: Most unpacked bytes for a packed one.

    Raises:
        FetchError: it is none of the forms known, or a bomb.
    """
    content = unpack(content, limit=limit, max_ratio=max_ratio).lstrip(b"\xef\xbb\xbf\r\n\t ")
    if kind is Kind.SECTION:
        return _section(content, url)
    if content.startswith(b"{"):
        return _json_feed(content)
    root = _ROOT.search(content[:_HEAD_BYTES])
    name = root[1].lower() if root else b""
    if name in (b"rss", b"feed", b"rdf"):
        return _feed(content, url)
    if name in (b"urlset", b"sitemapindex"):
        return _sitemap(content)
    if kind is Kind.SITEMAP and name != b"html" and (plain := _plain(content)):
        return plain
    raise FetchError(f"no {kind}: it begins {content[:40]!r}", why=Why.UNREADABLE)


def _feed(content: bytes, url: str) -> list[Link]:
    # In a stream of its own: what feedparser is given as bytes it would first try to open, as a file of that name.
    read = feedparser.parse(
        io.BytesIO(content),
        response_headers={"content-location": url},
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    return [
        Link(url=entry["link"], kind=Kind.PAGE, modified=_told(entry))
        for entry in read["entries"][:MAX_LINKS]
        if entry.get("link")
    ]


def _told(entry: dict[str, Any]) -> dt.datetime | None:
    # dict.get: feedparser's own warns of a fallback it will drop.
    parsed: time.struct_time | None = dict.get(entry, "updated_parsed") or dict.get(entry, "published_parsed")
    if parsed is None:
        return None
    try:
        return dt.datetime.fromtimestamp(calendar.timegm(parsed), dt.UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _json_feed(content: bytes) -> list[Link]:
    """Return the items of a JSON Feed (jsonfeed.org, version 1.1)."""
    try:
        items = json.loads(content).get("items")
    except (ValueError, RecursionError) as exc:
        raise FetchError(f"no JSON: {exc}", why=Why.UNREADABLE) from exc
    if not isinstance(items, list):
        raise FetchError("no JSON Feed: it has no list of items", why=Why.UNREADABLE)
    found = []
    for item in items[:MAX_LINKS]:
        url = item.get("url") if isinstance(item, dict) else None
        if isinstance(url, str) and url:
            when = item.get("date_modified") or item.get("date_published")
            found.append(Link(url=url, kind=Kind.PAGE, modified=moment(when if isinstance(when, str) else None)))
    return found


def _sitemap(content: bytes) -> list[Link]:
    """Return the entries of a sitemap or an index, each let go once read: memory does not grow with their number."""
    found: list[Link] = []
    entries = etree.iterparse(
        io.BytesIO(content),
        tag=("{*}url", "{*}sitemap"),
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        recover=True,
    )
    try:
        for _, entry in entries:
            url = (entry.findtext("{*}loc") or "").strip()
            if url:
                kind = Kind.SITEMAP if etree.QName(entry).localname == "sitemap" else Kind.PAGE
                found.append(Link(url=url, kind=kind, modified=moment(_when(entry))))
            entry.clear(keep_tail=False)
            while entry.getprevious() is not None:
                del entry.getparent()[0]
            if len(found) == MAX_LINKS:
                break
    except etree.XMLSyntaxError as exc:
        if not found:
            raise FetchError(f"no XML: {exc.msg}", why=Why.UNREADABLE) from exc
    return found


def _when(entry: Any) -> str | None:  # noqa: ANN401 - lxml ships no types
    """Return when an entry changed: its lastmod, of a news sitemap else when it was published."""
    told = entry.findtext("{*}lastmod") or entry.findtext(".//{*}publication_date")
    return told.strip() if isinstance(told, str) else None


def moment(value: str | None) -> dt.datetime | None:
    """Return a W3C or RFC 3339 date as a moment in UTC, a day as its first; None for anything else.

    >>> moment("2026-03-04"), moment("yesterday")
    (datetime.datetime(2026, 3, 4, 0, 0, tzinfo=datetime.timezone.utc), None)
    """
    try:
        told = dt.datetime.fromisoformat(value or "")
    except ValueError:
        return None
    try:
        return (told if told.tzinfo else told.replace(tzinfo=dt.UTC)).astimezone(dt.UTC)
    except OverflowError:
        return None


def _plain(content: bytes) -> list[Link]:
    """Return the addresses of a sitemap that is a text with one a line."""
    lines = (line.strip() for line in content.decode("utf-8", "replace").splitlines())
    return [Link(url=line, kind=Kind.PAGE) for line in lines if _PLAIN_LINK.fullmatch(line)][:MAX_LINKS]


def _section(content: bytes, url: str) -> list[Link]:
    # courlan's pattern takes a second for 10 kB of blanks inside a tag, and four times that for twice as many.
    found = extract_links(_BLANKS.sub(b" ", content).decode("utf-8", "replace"), url, no_filter=True)
    return [Link(url=link, kind=Kind.PAGE) for link in _sorted_links(found)]


def _sorted_links(found: set[str]) -> Iterator[str]:
    for link in sorted(found)[:MAX_LINKS]:
        yield html.unescape(link)
