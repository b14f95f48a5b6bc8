"""Claims about a marked-up dump as a page: all of it rendered, each line inside or outside, the record before markup."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from pipeline.clean.html_model import HtmlModel
from pipeline.clean.html_page import html_page, told_by
from pipeline.clean.page import Page
from pipeline.clean.page_meta import PageMeta
from pipeline.errors import RecordError
from pipeline.limits import Limits
from pipeline.records import Dump, LineClass, Reason
from pipeline.words.lexicon import Lexicon

PARAGRAPHS = (
    "The council of Harrow Mill voted on Monday to close the old Millers Bridge for a year of repairs to its arches.",
    "Engineers told the council that two of the seven arches had moved by a hand's breadth since last spring.",
    "Traffic will be led over the Fenwick crossing, which was built for carts and is to be widened before the autumn.",
)
BODY = f"<p>{PARAGRAPHS[0]}</p><p>{PARAGRAPHS[1]}</p><h2>A longer way</h2><p>{PARAGRAPHS[2]}</p>"
LEXICON = Lexicon.load()
MODEL = HtmlModel.load()


@pytest.fixture
def page_of(make_dump: Callable[..., Dump]) -> Callable[..., Page]:
    """Return a function that reads a page with this head and the story of the bridge; ``fields`` are the record's."""

    def make(head: str = "", body: str = BODY, limits: Limits | None = None, **fields: Any) -> Page:
        text = (
            f'<html lang="en"><head>{head}</head><body><nav><a href="/">Home</a> <a href="/w">World</a></nav>'
            f"<article><h1>Bridge to close for a year</h1>{body}</article><footer>All rights reserved</footer></body></html>"
        )
        return html_page(make_dump(text, kind="html", **fields), limits or Limits(), LEXICON, MODEL)

    return make


def test_every_line_of_the_page_is_there_and_is_content_or_not(page_of: Callable[..., Page]) -> None:
    page = page_of()

    assert set(PARAGRAPHS) <= set(page.lines)
    assert "All rights reserved" in page.lines
    assert set(page.outside) | set(page.content) == set(range(1, len(page.lines) + 1))
    assert not set(page.outside) & set(page.content)


def test_paragraphs_are_body_and_headings_sub_headings(page_of: Callable[..., Page]) -> None:
    page = page_of()

    inside = {page.lines[number - 1]: label.line_class for number, label in page.content.items()}
    assert {inside.get(text) for text in PARAGRAPHS} == {LineClass.BODY}
    assert inside["A longer way"] is LineClass.SUBHEAD


def test_what_the_extractor_left_out_is_of_class_html(page_of: Callable[..., Page]) -> None:
    page = page_of()

    outside = {page.lines[number - 1]: label for number, label in page.outside.items()}
    assert outside["All rights reserved"].line_class is LineClass.HTML
    assert outside["All rights reserved"].rule == "html.furniture"


META = (
    '<meta property="og:title" content="Bridge to close for a year">'
    '<meta property="og:site_name" content="The Mill Herald">'
    '<link rel="canonical" href="https://www.mill-herald.example/bridge">'
    '<meta property="article:published_time" content="2026-03-03T10:00:00+02:00">'
    '<meta property="article:section" content="Region"><meta name="author" content="Ada Quill">'
)
HEADER = "<div>By Ada Quill</div><div>March 3, 2026</div>"


def test_lines_above_the_story_are_looked_at_where_the_markup_names_no_writer_or_date(
    page_of: Callable[..., Page],
) -> None:
    bare, told = page_of("", f"{HEADER}{BODY}"), page_of(META, f"{HEADER}{BODY}")

    assert {"By Ada Quill", "March 3, 2026", *PARAGRAPHS} <= {line.bare for line in bare.measured}
    assert {line.bare for line in told.measured} == {"Bridge to close for a year", "A longer way", *PARAGRAPHS}


def test_markup_tells_of_the_story(page_of: Callable[..., Page]) -> None:
    page = page_of(META)

    assert (page.title, page.section, page.authors) == ("Bridge to close for a year", "Region", ("Ada Quill",))
    assert (page.url, page.site) == ("https://www.mill-herald.example/bridge", "mill-herald.example")
    assert page.meta_dates == ("2026-03-03T10:00:00+02:00",)
    assert (page.language, page.is_html) == ("en", True)


def test_record_goes_before_markup(page_of: Callable[..., Page]) -> None:
    fields = {
        "title": "Millers Bridge shut",
        "url": "https://wire.example/1",
        "site": "Wire",
        "language": "de",
        "date": "2026-03-01",
        "author": "Ben Reed",
        "crawl_date": dt.date(2026, 3, 5),
    }

    page = page_of(META, **fields)

    assert (page.title, page.url, page.site, page.language) == (
        "Millers Bridge shut",
        "https://wire.example/1",
        "Wire",
        "de",
    )
    assert (page.record_date, page.author_line, page.crawl_date) == ("2026-03-01", "Ben Reed", dt.date(2026, 3, 5))


def test_description_is_a_standfirst_only_where_the_page_shows_it(page_of: Callable[..., Page]) -> None:
    told = "Two arches have moved, engineers say"
    head = f'<meta name="description" content="{told}">'

    page = page_of(head, f"<header><p class=article-subtitle>{told}</p></header>{BODY}")
    labels = {**page.outside, **page.content}
    assert labels[page.lines.index(told) + 1].line_class is LineClass.STANDFIRST
    assert page_of(head).standfirst is None


def test_the_first_paragraph_said_again_in_the_markup_is_no_standfirst(page_of: Callable[..., Page]) -> None:
    page = page_of(f'<meta name="description" content="{PARAGRAPHS[0]}">')

    assert page.standfirst is None
    assert PARAGRAPHS[0] in {page.lines[number - 1] for number in page.content}


def test_markup_is_told_folded() -> None:
    told = told_by(PageMeta(headline="Bridge, closed!", descriptions=("Two arches.", "…"), story="It  rained."))

    assert (told.headline, told.descriptions, told.story) == ("bridge closed", ("two arches",), "it rained")


def test_agency_in_the_author_field_is_the_agency_and_no_writer(page_of: Callable[..., Page]) -> None:
    markup = (
        '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Bridge to close for a year",'
        ' "author": {"@type": "Organization", "name": "Reuters"}}</script>'
    )

    page = page_of(markup)

    assert (page.agency, page.authors) == ("Reuters", ())


@pytest.mark.parametrize(
    ("body", "limits", "reason"),
    [
        ("<div>" * 30 + "words" + "</div>" * 30, Limits(max_html_depth=20), Reason.TOO_DEEP),
        ("<p>words</p>" * 30, Limits(max_html_elements=20), Reason.TOO_LARGE),
        ("<p>words</p>" * 30, Limits(max_lines=20), Reason.TOO_LARGE),
        (f"<p>{'words ' * 30}</p>", Limits(max_line_chars=100), Reason.TOO_LARGE),
    ],
    ids=["depth", "elements", "lines", "a line"],
)
def test_page_over_a_limit_is_refused(body: str, limits: Limits, reason: Reason, page_of: Callable[..., Page]) -> None:
    with pytest.raises(RecordError) as caught:
        page_of(body=body, limits=limits)

    assert caught.value.facts["reason"] is reason


@pytest.mark.parametrize("text", ["", "<", "<html>", "plain words", "<p><p><p>", "<!-- a comment -->"])
def test_markup_of_any_kind_is_a_page(text: str, make_dump: Callable[..., Dump]) -> None:
    page = html_page(make_dump(text, kind="html"), Limits(), LEXICON, MODEL)

    assert page.is_html
    assert set(page.outside) | set(page.content) == set(range(1, len(page.lines) + 1))
