"""What the markup states is told as stated; what it leaves open stays open."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.clean.page_meta import MetaDate, PageMeta, read_page_meta, without_site_name
from pipeline.clean.render import parse
from pipeline.errors import RecordError
from pipeline.limits import Limits

LIMITS = Limits()
URL = "https://www.islandpost.example/news/ferry"
STORY = {
    "@type": "NewsArticle",
    "headline": "Ferry stays in harbour",
    "description": "No boats before Thursday.",
    "author": [{"@type": "Person", "name": "Ada Lee"}],
    "publisher": {"@type": "Organization", "name": "Island Post"},
    "datePublished": "2026-03-03T18:20:00+01:00",
    "dateModified": "2026-03-04T07:00:00+01:00",
    "articleSection": "Weather",
}


def meta(head: str = "", body: str = "", url: str | None = URL, html: str = "<html>") -> PageMeta:
    return read_page_meta(f"{html}<head>{head}</head><body>{body}</body></html>", url, LIMITS)


def json_ld(**fields: object) -> str:
    return f'<script type="application/ld+json">{json.dumps({**STORY, **fields})}</script>'


def test_reads_the_story_of_json_ld() -> None:
    assert meta(json_ld()) == PageMeta(
        headline="Ferry stays in harbour",
        descriptions=("No boats before Thursday.",),
        authors=("Ada Lee",),
        publisher="Island Post",
        published=(MetaDate("2026-03-03T18:20:00+01:00", "json_ld"),),
        modified=(MetaDate("2026-03-04T07:00:00+01:00", "json_ld"),),
        section="Weather",
        canonical_url=URL,
    )


def test_reads_opengraph_and_meta_names() -> None:
    head = """
        <meta property="og:title" content="Ferry stays in harbour">
        <meta name="Description" content="No boats &amp;amp; no buses.">
        <meta property="og:site_name" content="Island Post">
        <meta property="article:published_time" content="2026-03-03T18:20:00Z">
        <meta property="article:modified_time" content="2026-03-04T07:00:00Z">
        <meta property="article:section" content="Weather">
        <meta name="author" content="By Ada Lee and Bo Ray">
        <meta property="og:locale" content="nl_NL">
    """

    assert meta(head) == PageMeta(
        headline="Ferry stays in harbour",
        descriptions=("No boats & no buses.",),
        authors=("Ada Lee", "Bo Ray"),
        published=(MetaDate("2026-03-03T18:20:00Z", "meta"),),
        modified=(MetaDate("2026-03-04T07:00:00Z", "meta"),),
        section="Weather",
        site_name="Island Post",
        canonical_url=URL,
        language="nl",
    )


def test_an_empty_page_says_nothing() -> None:
    assert read_page_meta("", None, LIMITS) == PageMeta()


def test_reads_a_tree_as_it_reads_its_text() -> None:
    html = f"<html><head>{json_ld()}</head></html>"

    assert read_page_meta(parse(html, LIMITS), URL, LIMITS) == read_page_meta(html, URL, LIMITS)


def test_a_page_over_a_limit_is_refused() -> None:
    with pytest.raises(RecordError):
        read_page_meta("<div>" * 300, URL, LIMITS)


# ---------------------------------------------------------------- dates


def dates(head: str = "", body: str = "") -> list[tuple[str, str]]:
    return [(date.text, date.source) for date in meta(head, body).published]


def test_orders_dates_by_how_far_the_source_is_to_be_believed() -> None:
    head = '<meta name="date" content="2026-03-01"><meta property="article:published_time" content="2026-03-02">'
    body = '<article><time datetime="2026-02-28">last week</time></article>'

    assert dates(head + json_ld(), body) == [
        ("2026-03-03T18:20:00+01:00", "json_ld"),
        ("2026-03-02", "meta"),
        ("2026-03-01", "meta"),
        ("2026-02-28", "time"),
    ]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(
            '<meta itemprop="datePublished" content="2026-03-03">', [("2026-03-03", "microdata")], id="no scope"
        ),
        pytest.param(
            '<div itemscope itemtype="https://schema.org/NewsArticle">'
            '<time itemprop="datePublished" datetime="2026-03-03">3 March</time></div>',
            [("2026-03-03", "microdata")],
            id="scope of the article",
        ),
        pytest.param(
            '<div itemscope itemtype="https://schema.org/Comment">'
            '<i itemprop="datePublished" content="2026-03-03">3 March</i></div>',
            [],
            id="scope of a comment",
        ),
        pytest.param(
            '<i itemprop="datePublished">3 March 2026</i><i itemprop="datePublished">1 March 2026</i>',
            [],
            id="two days",
        ),
        pytest.param('<time datetime="2026-03-03">3 March</time>', [("2026-03-03", "time")], id="one time element"),
        pytest.param(
            '<time datetime="2026-03-03">3 March</time><time datetime="2026-03-01">1 March</time>', [], id="two times"
        ),
        pytest.param(
            '<time datetime="2026-03-01">1 March</time><time pubdate datetime="2026-03-03">3 March</time>',
            [("2026-03-03", "time")],
            id="one of two marked",
        ),
        pytest.param('<aside><time datetime="2026-03-03">3 March</time></aside>', [], id="time in an aside"),
        pytest.param('<ul><li><time datetime="2026-03-03">3 March</time></li></ul>', [], id="time in a list"),
        pytest.param("<p>Published on 3 March 2026</p>", [], id="words of the page"),
    ],
)
def test_believes_microdata_and_time_elements_only_of_the_story(body: str, expected: list[tuple[str, str]]) -> None:
    assert dates(body=body) == expected


def test_a_time_element_on_the_day_of_the_update_is_no_publication() -> None:
    head = '<meta property="article:modified_time" content="2026-03-04T07:00:00Z">'

    assert dates(head, '<time datetime="2026-03-04T07:00">4 March</time>') == []


def test_a_date_is_never_made_up() -> None:
    assert meta(url="https://islandpost.example/2026/03/03/ferry").published == ()


def test_a_date_text_without_end_is_left_out() -> None:
    assert dates(f'<meta name="date" content="{"2026-03-03 " * 50}">') == []


# ---------------------------------------------------------------- headline


@pytest.mark.parametrize(
    ("title", "names", "expected"),
    [
        ("Ferry stays | Island Post", ["Island Post"], "Ferry stays"),
        ("Island Post: Ferry stays", ["Island Post"], "Island Post: Ferry stays"),
        ("Island Post - Ferry stays", ["Island Post"], "Ferry stays"),
        ("Ferry stays – The Island Post", ["Island Post"], "Ferry stays"),
        ("Ferry stays - Weather - Island Post", ["Island Post"], "Ferry stays - Weather"),
        ("Ferry stays | islandpost.example", ["islandpost.example"], "Ferry stays"),
        ("Ferry stays | Other Post", ["Island Post", None, ""], "Ferry stays | Other Post"),
        ("Sit-in goes on", ["in goes on"], "Sit-in goes on"),
        ("Island Post", ["Island Post"], "Island Post"),
        ("Ferry stays | Island Post | Island Post", ["Island Post"], "Ferry stays"),
    ],
)
def test_leaves_the_site_out_of_a_title(title: str, names: list[str | None], expected: str) -> None:
    assert without_site_name(title, names) == expected


@pytest.mark.parametrize(
    ("head", "body", "expected"),
    [
        pytest.param("<title>Ferry stays | Islandpost</title>", "", "Ferry stays", id="title, host as name"),
        pytest.param(
            '<meta property="og:title" content="FERRY STAYS">', "<h1>Ferry stays!</h1>", "Ferry stays!", id="as printed"
        ),
        pytest.param(
            '<meta property="og:title" content="Ferry stays">', "<h1>Weather</h1>", "Ferry stays", id="other heading"
        ),
        pytest.param("", "<h1>Ferry stays</h1>", None, id="a heading alone"),
        pytest.param(
            '<meta property="og:title" content="Ferry stays in…"><meta name="title" content="Ferry stays in harbour">',
            "",
            "Ferry stays in harbour",
            id="cut short",
        ),
        pytest.param('<meta property="og:title" content="Ferry stays in…">', "", "Ferry stays in…", id="only cut"),
    ],
)
def test_tells_the_headline_as_printed(head: str, body: str, expected: str | None) -> None:
    assert meta(head, body).headline == expected


def test_a_description_that_repeats_the_headline_is_none() -> None:
    head = '<meta name="description" content="Ferry stays in harbour."><meta name="dc.description" content="No boats.">'

    assert meta(json_ld(description="no boats") + head).descriptions == ("no boats",)


# ---------------------------------------------------------------- who


@pytest.mark.parametrize(
    ("author", "expected"),
    [
        ("Ada Lee", ("Ada Lee",)),
        ("by Ada Lee", ("Ada Lee",)),
        ("Ada Lee, Bo Ray", ("Ada Lee", "Bo Ray")),
        ("Ada Lee; Bo Ray & Cy Fox", ("Ada Lee", "Bo Ray", "Cy Fox")),
        ("Lee, Ada", ("Lee, Ada",)),
        ("Ortega y Gasset", ("Ortega y Gasset",)),
        ("https://social.example/ada", ()),
        ("@ada", ()),
        ("desk@islandpost.example", ()),
        ("Island Post", ()),
        ("islandpost", ()),
        ("admin1", ()),
        ("x", ()),
        ("word " * 40, ()),
    ],
)
def test_tells_persons_only(author: str, expected: tuple[str, ...]) -> None:
    site = '<meta property="og:site_name" content="The Island Post">'

    assert meta(f'{site}<meta name="author" content="{author}">').authors == expected


def test_reads_the_author_of_the_microdata() -> None:
    body = '<span itemprop="author" itemscope><b itemprop="name">Ada Lee</b>, weather desk</span>'

    assert meta(body=body).authors == ("Ada Lee",)


def test_an_organisation_is_no_author_but_may_be_an_agency() -> None:
    found = meta(json_ld(author={"@type": "Organization", "name": "ANP"}) + '<meta name="author" content="ANP">')

    assert (found.authors, found.organisations) == ((), ("ANP",))


# ---------------------------------------------------------------- where


@pytest.mark.parametrize(
    ("head", "url", "expected"),
    [
        pytest.param(
            '<link rel="canonical" href="/ferry">', URL, "https://www.islandpost.example/ferry", id="relative"
        ),
        pytest.param('<link rel="CANONICAL" href="https://a.example/x">', None, "https://a.example/x", id="canonical"),
        pytest.param('<meta property="og:url" content="https://a.example/x">', URL, "https://a.example/x", id="og"),
        pytest.param("", URL, URL, id="given"),
        pytest.param("", None, None, id="nothing"),
        pytest.param('<link rel="canonical" href="javascript:x()">', None, None, id="script"),
        pytest.param('<link rel="canonical" href="http://[bad">', URL, URL, id="no address"),
        pytest.param(f'<link rel="canonical" href="https://a.example/{"x" * 3_000}">', URL, URL, id="too long"),
    ],
)
def test_tells_the_address_of_the_page(head: str, url: str | None, expected: str | None) -> None:
    assert meta(head, url=url).canonical_url == expected


@pytest.mark.parametrize(
    ("html", "head", "expected"),
    [
        ('<html lang="de-CH">', "", "de"),
        ('<html xml:lang="EN">', "", "en"),
        ("<html>", '<meta http-equiv="Content-Language" content="fr">', "fr"),
        ('<html lang="{{ lang }}">', '<meta property="og:locale" content="pt_BR">', "pt"),
        ("<html>", "", None),
    ],
)
def test_tells_the_language(html: str, head: str, expected: str | None) -> None:
    assert meta(head, html=html).language == expected


@settings(max_examples=150)
@given(
    names=st.lists(
        st.tuples(st.sampled_from(("og:title", "author", "date", "og:url", "description")), st.text(max_size=30))
    ),
    title=st.text(max_size=40),
)
def test_any_markup_can_be_read(names: list[tuple[str, str]], title: str) -> None:
    tags = "".join(f'<meta name="{name}" content="{text}">' for name, text in names)

    found = meta(
        f"<title>{title}</title>{tags}<script type='application/ld+json'>{title}</script>", f"<h1>{title}</h1>"
    )

    assert all(text == text.strip() and text for text in (*found.authors, *found.descriptions))
