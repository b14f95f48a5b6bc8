from __future__ import annotations

import datetime as dt
import gzip
import json
import time
from pathlib import Path

import pytest

from pipeline.errors import FetchError
from pipeline.scrape.discover import MAX_LINKS, Link, moment, read_links
from pipeline.scrape.states import Kind, Why

BASE = "http://daily.example/feeds/all"
TEN = dt.datetime(2026, 3, 4, 10, 0, tzinfo=dt.UTC)

RSS = """<?xml version="1.0"?><rss version="2.0"><channel><title>Daily</title><link>http://daily.example/</link>
<item><title>One</title><link>http://daily.example/1?a=1&amp;b=2</link><pubDate>Wed, 04 Mar 2026 11:00:00 +0100</pubDate></item>
<item><title>Two</title><link><![CDATA[ http://daily.example/2 ]]></link></item><item><title>None</title></item>
</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><link rel="self" href="http://daily.example/feed"/>
<entry><link rel="enclosure" href="/a.mp3"/><link rel="alternate" href="http://daily.example/1"/><updated>2026-03-04T10:00:00Z</updated></entry>
<entry><link href="http://daily.example/2"/></entry></feed>"""
RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">
<item rdf:about="x"><link>http://daily.example/1</link></item></rdf:RDF>"""
NEWS = """<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
<url><loc> http://daily.example/1?a=1&amp;b=2 </loc><lastmod>2026-03-04T11:00:00+01:00</lastmod></url>
<url><loc>http://daily.example/2</loc><news:news><news:publication_date>2026-03-04</news:publication_date></news:news></url>
<url><loc></loc></url></urlset>"""
INDEX = """<sitemapindex><sitemap><loc>http://daily.example/a.xml.gz</loc><lastmod>2026-03-04</lastmod></sitemap></sitemapindex>"""


def links(kind: Kind, content: str | bytes, limit: int = 1 << 20) -> list[Link]:
    data = content.encode() if isinstance(content, str) else content
    return read_links(kind, data, BASE, limit=limit, max_ratio=200)


def urls(kind: Kind, content: str | bytes) -> list[str]:
    return [link.url for link in links(kind, content)]


@pytest.mark.parametrize("kind", [Kind.FEED, Kind.SITEMAP], ids=str)
def test_feed_gives_its_entries_and_when_they_changed(kind: Kind) -> None:
    first, second = links(kind, RSS)

    assert first == Link(url="http://daily.example/1?a=1&b=2", kind=Kind.PAGE, modified=TEN)
    assert second == Link(url="http://daily.example/2", kind=Kind.PAGE)


def test_atom_gives_the_page_and_neither_itself_nor_its_sound() -> None:
    first, second = links(Kind.FEED, ATOM)

    assert first == Link(url="http://daily.example/1", kind=Kind.PAGE, modified=TEN)
    assert second.url == "http://daily.example/2"


def test_rdf_is_a_feed_too() -> None:
    assert urls(Kind.FEED, RDF) == ["http://daily.example/1"]


def test_json_feed_gives_its_items_and_passes_over_what_is_none() -> None:
    items = [{"url": "http://daily.example/1", "date_modified": "2026-03-04T10:00:00Z"}, {"id": "7"}, 7, {"url": 8}]

    assert links(Kind.FEED, json.dumps({"items": items})) == [
        Link(url="http://daily.example/1", kind=Kind.PAGE, modified=TEN)
    ]


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
def test_sitemap_gives_addresses_and_news_dates(packed: bool) -> None:
    found = links(Kind.SITEMAP, gzip.compress(NEWS.encode()) if packed else NEWS)

    assert found == [
        Link(url="http://daily.example/1?a=1&b=2", kind=Kind.PAGE, modified=TEN),
        Link(url="http://daily.example/2", kind=Kind.PAGE, modified=TEN.replace(hour=0)),
    ]


def test_index_leads_to_sitemaps() -> None:
    assert links(Kind.SITEMAP, INDEX) == [
        Link(url="http://daily.example/a.xml.gz", kind=Kind.SITEMAP, modified=TEN.replace(hour=0))
    ]


def test_sitemap_may_be_a_text_of_addresses() -> None:
    assert urls(Kind.SITEMAP, "http://daily.example/1\r\nhttp://daily.example/2\nnot one\n") == [
        "http://daily.example/1",
        "http://daily.example/2",
    ]


def test_section_gives_its_links_whole_but_not_those_it_disowns() -> None:
    page = """<a href="/x?a=1&amp;b=2">x</a><a class=t href='y'>y</a><A HREF=//other.example/z>z</A>
    <a rel="nofollow" href="/ad">ad</a><p>http://daily.example/no</p>"""

    assert urls(Kind.SECTION, page) == [
        "http://daily.example/feeds/y",
        "http://daily.example/x?a=1&b=2",
        "http://other.example/z",
    ]


@pytest.mark.parametrize("kind", [Kind.FEED, Kind.SITEMAP], ids=str)
@pytest.mark.parametrize(
    "content", ["", "<html><body>Not found</body></html>", '{"items": 7}', "{" * 100_000, "no links"]
)
def test_what_is_no_list_of_links_is_told(content: str, kind: Kind) -> None:
    with pytest.raises(FetchError) as failed:
        links(kind, content)

    assert failed.value.facts["why"] is Why.UNREADABLE


def test_content_that_is_a_path_or_an_address_is_never_opened(tmp_path: Path) -> None:
    trap = tmp_path / "trap.xml"
    trap.write_text(RSS, encoding="utf-8")

    with pytest.raises(FetchError):
        links(Kind.FEED, str(trap))


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "' + "x" * 50 + '">'
    + "".join(f'<!ENTITY {one} "{("&" + other + ";") * 10}">' for other, one in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        (Kind.FEED, BOMB + RSS.partition("?>")[2].replace("One", "&i;")),
        (Kind.SITEMAP, BOMB + "<urlset><url><loc>http://daily.example/&i;</loc></url></urlset>"),
        (Kind.SITEMAP, "<urlset>" + "<url>" * 50_000),
        (Kind.SECTION, "<a" + " " * 1_000_000),
        (Kind.SECTION, "<a href=" + "x" * 1_000_000),
    ],
    ids=["feed", "sitemap", "deep", "blanks", "long"],
)
def test_bomb_costs_no_time_and_is_not_expanded(kind: Kind, content: str) -> None:
    began = time.process_time()

    assert all(len(url) < 100 for url in urls(kind, content))
    assert time.process_time() - began < 2


def test_file_outside_is_not_read_through_an_entity(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret", encoding="utf-8")
    content = f'<!DOCTYPE u [<!ENTITY x SYSTEM "{secret.as_uri()}">]><urlset><url><loc>http://d.example/&x;</loc></url></urlset>'

    assert urls(Kind.SITEMAP, content) == ["http://d.example/"]


def test_packed_bomb_is_refused() -> None:
    with pytest.raises(FetchError) as refused:
        links(Kind.SITEMAP, gzip.compress(b" " * (4 << 20)))

    assert refused.value.facts["why"] is Why.BOMB


def test_no_more_links_are_taken_than_a_sitemap_may_have() -> None:
    content = (
        "<urlset>" + "".join(f"<url><loc>http://d.example/{n}</loc></url>" for n in range(MAX_LINKS + 9)) + "</urlset>"
    )

    assert len(links(Kind.SITEMAP, content, limit=1 << 23)) == MAX_LINKS


@pytest.mark.parametrize("told", [None, "", "yesterday", "2026-13-01", "0001-01-01T00:00:00+14:00"])
def test_date_that_is_none_is_none(told: str | None) -> None:
    assert moment(told) is None
