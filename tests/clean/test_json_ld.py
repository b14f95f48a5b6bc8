"""JSON-LD says what it says however it is written, and nothing in it can stop a page from being read."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.clean.json_ld import Story, read_story

ARTICLE: dict[str, object] = {
    "@context": "https://schema.org",
    "@type": "NewsArticle",
    "headline": "Ferry stays in harbour",
    "datePublished": "2026-03-03T18:20:00+01:00",
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ("@type", "@id", "@graph", "author", "publisher", "name", "headline", "mainEntityOfPage", "url")
            ),
            inner | st.just("NewsArticle"),
            max_size=5,
        )
    ),
    max_leaves=20,
)


def story(*values: object, urls: tuple[str, ...] = ()) -> Story:
    found = read_story([value if isinstance(value, str) else json.dumps(value) for value in values], urls)
    assert found is not None
    return found


@pytest.mark.parametrize(
    "block",
    [
        pytest.param(json.dumps(ARTICLE), id="plain"),
        pytest.param(f"<!--\n{json.dumps(ARTICLE)}\n-->", id="HTML comment"),
        pytest.param(f"//<![CDATA[\n{json.dumps(ARTICLE)}\n//]]>", id="CDATA"),
        pytest.param(f"{json.dumps(ARTICLE)};", id="semicolon behind"),
        pytest.param(json.dumps(ARTICLE)[:-1] + ",}", id="trailing comma"),
        pytest.param(json.dumps(ARTICLE).replace('"', "&quot;"), id="escaped"),
        pytest.param(json.dumps(ARTICLE).replace("stays in", "stays\tin"), id="control characters in a string"),
        pytest.param(json.dumps([ARTICLE]), id="list"),
        pytest.param(json.dumps({"@graph": [{"@type": "WebSite", "name": "Post"}, ARTICLE]}), id="graph"),
        pytest.param(json.dumps({"@type": "WebPage", "mainEntity": ARTICLE}), id="main entity"),
        pytest.param(json.dumps({**ARTICLE, "@type": ["Thing", "ReportageNewsArticle"]}), id="list of types"),
        pytest.param(json.dumps({**ARTICLE, "@type": "http://schema.org/BlogPosting"}), id="type as address"),
        pytest.param(json.dumps({**ARTICLE, "headline": ["Ferry stays in harbour", 7]}), id="list of headlines"),
        pytest.param(json.dumps({**ARTICLE, "headline": {"@value": "Ferry stays in harbour"}}), id="value object"),
        pytest.param(json.dumps({**ARTICLE, "headline": "Ferry stays&#32;in harbour"}), id="character reference"),
    ],
)
def test_reads_the_story_however_it_is_written(block: str) -> None:
    found = story(block)

    assert (found.headline, found.published) == ("Ferry stays in harbour", "2026-03-03T18:20:00+01:00")


@pytest.mark.parametrize(
    "block",
    [
        pytest.param("", id="empty"),
        pytest.param("null", id="null"),
        pytest.param('{"@type": "Organization", "name": "Post"}', id="no story"),
        pytest.param('{"@type": "NewsArticle", "headline": "x' + '\\"' * 1_000, id="cut"),
        pytest.param('{"a":' * 50_000 + "1" + "}" * 50_000, id="deep"),
        pytest.param('{"@graph": [' * 5_000, id="open brackets"),
        pytest.param(json.dumps({**ARTICLE, "x": "y" * (1 << 20)}), id="huge"),
        pytest.param(
            '{"@type": "ItemList", "itemListElement": [' + json.dumps(ARTICLE) + "]}", id="list of other stories"
        ),
        pytest.param("var x = 1;", id="script"),
    ],
)
def test_reads_nothing_where_there_is_no_story(block: str) -> None:
    assert read_story([block]) is None


def test_a_broken_block_does_not_hide_the_next() -> None:
    assert story("{broken", ARTICLE).headline == "Ferry stays in harbour"


@pytest.mark.parametrize(
    ("author", "persons", "organisations"),
    [
        pytest.param("Ada Lee", ("Ada Lee",), (), id="text"),
        pytest.param({"@type": "Person", "name": " Ada  Lee "}, ("Ada Lee",), (), id="person"),
        pytest.param([{"name": "Ada Lee"}, {"name": "Bo Ray"}], ("Ada Lee", "Bo Ray"), (), id="two persons"),
        pytest.param({"name": ["Ada Lee", "Bo Ray"]}, ("Ada Lee", "Bo Ray"), (), id="two names"),
        pytest.param({"@type": "Organization", "name": "ANP"}, (), ("ANP",), id="organisation"),
        pytest.param({"@type": ["NewsMediaOrganization"], "name": "AFP"}, (), ("AFP",), id="media organisation"),
        pytest.param({"@id": "#ada"}, ("Ada Lee",), (), id="reference"),
        pytest.param({"@id": "#nobody"}, (), (), id="reference to nothing"),
        pytest.param([[[{"name": {"name": 7}}]], None, 7, {}], (), (), id="wrong types"),
    ],
)
def test_tells_persons_from_organisations(
    author: object, persons: tuple[str, ...], organisations: tuple[str, ...]
) -> None:
    ada = {"@type": "Person", "@id": "#ada", "name": "Ada Lee"}
    found = story({"@graph": [{**ARTICLE, "author": author}, ada]})

    assert (found.persons, found.organisations) == (persons, organisations)


def test_names_publisher_and_source_apart() -> None:
    publisher, source = {"@type": "Organization", "name": "Island Post"}, {"@type": "Organization", "name": "Reuters"}
    found = story({**ARTICLE, "publisher": publisher, "sourceOrganization": source})

    assert (found.publisher, found.organisations) == ("Island Post", ("Reuters",))


def test_of_several_stories_takes_the_one_of_this_page() -> None:
    other = {**ARTICLE, "headline": "Other", "url": "https://post.example/other"}
    own = {**ARTICLE, "mainEntityOfPage": {"@type": "WebPage", "@id": "http://m.post.example/ferry/"}}

    assert story(other, own, urls=("https://www.post.example/ferry?x=1",)).headline == "Ferry stays in harbour"


def test_takes_a_web_page_where_no_story_is_described() -> None:
    assert story({"@type": "WebPage", "name": "Ferry", "datePublished": "2026-03-03"}).published == "2026-03-03"


def test_a_number_of_any_length_is_no_date() -> None:
    found = story(json.dumps(ARTICLE)[:-1] + ', "dateModified": ' + "9" * 6_000 + "}")

    assert (found.modified, found.published) == (None, "2026-03-03T18:20:00+01:00")


@settings(max_examples=150)
@given(value=JSON)
def test_any_value_can_be_read(value: object) -> None:
    found = read_story([json.dumps({"@type": "NewsArticle", "mainEntity": value, "author": value, "headline": value})])

    assert found is not None
    assert all(isinstance(name, str) and name for name in (*found.persons, *found.organisations))


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("It rained.\n\nAll night.", "It rained. All night."),
        ("<p>It rained.</p><p>All night.</p>", "It rained. All night."),
        ("&lt;p&gt;It rained.&lt;/p&gt; All &amp;amp; any.", "It rained. All & any."),
        ("1 < 2, said she", "1 < 2, said she"),
        ("", None),
        (["It rained."], None),
    ],
)
def test_the_text_of_the_story_is_read_without_its_marks(body: object, text: str | None) -> None:
    assert story({**ARTICLE, "articleBody": body}).text == text
