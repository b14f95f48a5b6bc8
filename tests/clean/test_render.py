"""The rendering holds every line a reader is shown, once, with what the markup says of it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.clean.render import Markup, Rendered, parse, render
from pipeline.errors import RecordError
from pipeline.limits import Limits
from pipeline.records import Reason

LIMITS = Limits()
WORDS = st.text(alphabet="abcdefgh", min_size=1, max_size=8)
TAGS = st.sampled_from(
    ["p", "div", "b", "a", "li", "ul", "h2", "span", "td", "tr", "table", "aside", "br", "form", "pre"]
)


def lines(html: str) -> tuple[str, ...]:
    return render(html, LIMITS).lines


def markup_of(html: str, line: str) -> Markup:
    page = render(html, LIMITS)
    return page.markup[page.lines.index(line)]


def nested(depth: int) -> str:
    return "<html><body>" + "<div>" * depth + "<p>deep</p>" + "</div>" * depth + "</body></html>"


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        pytest.param("<p>One</p><p>Two</p>", ("One", "Two"), id="a paragraph is a line"),
        pytest.param("<div>Lead<p>Para</p>Tail</div>", ("Lead", "Para", "Tail"), id="text around a block"),
        pytest.param("<p>It <b>po<i>ur</i>ed</b> all\n night.", ("It poured all night.",), id="inline joins"),
        pytest.param("<p>One<br>Two<br/>Three", ("One", "Two", "Three"), id="br breaks"),
        pytest.param("<p>One<span class='x br y'></span>Two", ("One", "Two"), id="a span styled as break"),
        pytest.param("<p>a<fb:like>b</fb:like>c</p>", ("abc",), id="unknown elements stand in the line"),
        pytest.param("<pre>One\nTwo\n\nThree</pre>", ("One", "Two", "Three"), id="preformatted lines"),
        pytest.param(
            "<table><tr><td>Lions</td><td> 3 </td><td></td><td><a>Bears</a></td></tr></table>",
            ("Lions\t3\tBears",),
            id="cells joined by a tab",
        ),
        pytest.param(
            "<table><tr><td><p>Left</p><p>More</p></td><td>Right</td></tr></table>",
            ("Left", "More", "Right"),
            id="a layout table is blocks",
        ),
        pytest.param("<table><tr><td>One<br><br>Two</td></tr></table>", ("One", "Two"), id="breaks in a layout cell"),
        pytest.param("<ul><li>One<li>Two</ul>", ("One", "Two"), id="unclosed list items"),
        pytest.param("<table><tr>Loose<td>Cell</td></tr></table>", ("Loose", "Cell"), id="text between cells"),
        pytest.param("just text", ("just text",), id="no markup at all"),
        pytest.param("", (), id="nothing"),
        pytest.param("  \n ", (), id="white space"),
        pytest.param("<!-- only this -->", (), id="a comment"),
        pytest.param("<p>\u00a0</p><div> <span></span></div>", (), id="empty blocks"),
        pytest.param('<html lang="en"/><body><p>Kept</p>', ("Kept",), id="self-closed root"),
        pytest.param("<p>Kept</p><div class='", ("Kept",), id="ends inside a tag"),
    ],
)
def test_renders(html: str, expected: tuple[str, ...]) -> None:
    assert lines(html) == expected


@pytest.mark.parametrize(
    "html",
    [
        "<head><title>Title</title></head>",
        "<script>var a = '<p>text</p>';</script>",
        "<style>p {}</style>",
        "<template><p>later</p></template>",
        "<noscript><p>no script</p></noscript>",
        "<svg><title>icon</title></svg>",
        "<select><option>Choose</option></select>",
        "<textarea>typed</textarea>",
        "<iframe>frame</iframe>",
        "<!-- said to no one -->",
    ],
)
def test_leaves_out_what_no_reader_is_shown(html: str) -> None:
    assert lines(f"<p>Before</p>{html}<p>After</p>") == ("Before", "After")


def test_keeps_the_text_behind_an_unseen_element() -> None:
    assert lines("<p>One <script>x()</script>two</p>") == ("One two",)


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("&amp;&lt;&#x20AC;", "&<€"),
        ("&shy;", ""),
        ("&#8203;", ""),
        ("&#x202E;", ""),
        ("e&#x301;", "é"),
        ("&zwnj;", "\u200c"),
        ("&nosuchname;", "&nosuchname;"),
    ],
)
def test_reads_character_references_as_clean_text(reference: str, expected: str) -> None:
    assert lines(f"<p>a{reference}b</p>") == (f"a{expected}b",)


def test_expands_no_entity_of_a_document_type() -> None:
    entities = '<!ENTITY a "aaaa"><!ENTITY f SYSTEM "file:///etc/hostname">'

    assert lines(f"<?xml version='1.0'?><!DOCTYPE html [{entities}]><p>&a; &f;</p>")[-1] == "&a; &f;"


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        pytest.param("<h3>Line</h3>", Markup(tag="h3", heading_level=3), id="heading"),
        pytest.param("<h2><div>Line</div></h2>", Markup(tag="div", heading_level=2), id="block in a heading"),
        pytest.param(
            "<ul><li><p>Line</p></li></ul>", Markup(tag="p", is_list_item=True), id="paragraph of a list item"
        ),
        pytest.param("<p><a href='/'>Line</a></p>", Markup(tag="p", link_density=1.0), id="a link"),
        pytest.param(
            "<a href='/'><h4>Line</h4></a>", Markup(tag="h4", heading_level=4, link_density=1.0), id="linked block"
        ),
        pytest.param("<p><a href='/'>Li</a>ne</p>", Markup(tag="p", link_density=0.5), id="half a link"),
        pytest.param(
            "<figure><figcaption>Line</figcaption></figure>",
            Markup(tag="figcaption", inside=frozenset(("figure", "figcaption"))),
            id="caption",
        ),
        pytest.param("<div role='navigation'>Line</div>", Markup(tag="div", inside=frozenset(("nav",))), id="role"),
        pytest.param(
            "<main><article><aside><div>Line</div></aside></article></main>",
            Markup(tag="div", inside=frozenset(("main", "article", "aside"))),
            id="ancestors",
        ),
        pytest.param(
            "<table><tr><td><a>Li</a></td><td>ne</td></tr></table>",
            Markup(tag="tr", inside=frozenset(("table",)), link_density=0.5),
            id="linked cell",
        ),
    ],
)
def test_says_what_the_markup_says(html: str, expected: Markup) -> None:
    line = "Li\tne" if "<td>" in html else "Line"

    assert markup_of(html, line) == expected


def test_leaves_the_given_tree_as_it_is() -> None:
    tree = parse("<html><head><title>T</title></head><body><p>A <b>b</b></p><nav></nav></body></html>", LIMITS)
    before = [element.tag for element in tree.iter()]

    first = render(tree, LIMITS)

    assert [element.tag for element in tree.iter()] == before
    assert render(tree, LIMITS) == first


def test_gives_an_extractor_no_link_farms_and_no_empty_blocks() -> None:
    links = "".join(f"<li><a href='/{n}'>Story number {n}</a></li>" for n in range(6))
    page = render(f"<div><ul>{links}</ul><p>The only paragraph.</p><div></div></div>", LIMITS)

    assert page.tree.text_content().strip() == "The only paragraph."
    assert "Story number 5" in page.lines


def test_a_short_story_survives_in_a_page_of_links() -> None:
    links = "".join(f"<p><a href='/{n}'>{'Story ' * 40}{n}</a></p>" for n in range(30))
    page = render(f"<div><div>{links}</div><p>A short story.</p></div>", LIMITS)

    assert "A short story." in page.tree.text_content()


@pytest.mark.parametrize("depth", [200, 250])
def test_reads_as_deep_as_the_limit_allows(depth: int) -> None:
    assert lines(nested(depth)) == ("deep",)


@pytest.mark.parametrize("depth", [256, 1_000, 50_000])
def test_refuses_a_page_whose_text_the_parser_would_lose(depth: int) -> None:
    with pytest.raises(RecordError) as caught:
        render(nested(depth), LIMITS)

    assert caught.value.facts["reason"] is Reason.TOO_DEEP


def test_unclosed_paragraphs_and_items_are_not_deep() -> None:
    assert len(lines("<ul>" + "<li>x" * 2_000 + "</ul>" + "<p>y" * 2_000)) == 4_000


@pytest.mark.parametrize(
    ("html", "limits"),
    [
        pytest.param("<p>x</p>" * 30, Limits(max_html_elements=20), id="elements"),
        pytest.param("<div " + " ".join(f"a{n}=1" for n in range(10_001)) + ">x</div>", LIMITS, id="attributes"),
    ],
)
def test_refuses_what_would_take_too_long(html: str, limits: Limits) -> None:
    with pytest.raises(RecordError) as caught:
        parse(html, limits)

    assert caught.value.facts["reason"] is Reason.TOO_LARGE


def test_signs_that_are_no_tags_are_not_counted_as_elements() -> None:
    assert lines("<p>" + "1 < 2 " * 50 + "</p>")
    assert render("<p>" + "1 < 2 " * 50 + "</p>", Limits(max_html_elements=20)).lines


def test_a_long_attribute_is_not_many() -> None:
    assert lines(f"<p>A</p><img src='data:image/png;base64,{'QUJD' * 50_000}' alt='{'word ' * 20_000}'><p>B</p>") == (
        "A",
        "B",
    )


@st.composite
def pages(draw: st.DrawFn) -> str:
    parts = draw(st.lists(st.one_of(WORDS, TAGS.map("<{}>".format), TAGS.map("</{}>".format)), max_size=40))
    return " ".join(parts)


@settings(deadline=None, max_examples=150)
@given(html=pages())
def test_no_word_is_lost_or_said_twice(html: str) -> None:
    page = render(html, LIMITS)

    assert " ".join(page.lines).split() == re.sub(r"<[^>]*>", " ", html).split()
    assert len(page.markup) == len(page.lines)
    assert all(line == line.strip() and line for line in page.lines)


@settings(deadline=None, max_examples=150)
@given(html=st.text(alphabet=st.sampled_from("<>/=\"' &;#!-apdivtrscbonhl\x00\n\u200bé"), max_size=120))
def test_any_text_can_be_rendered(html: str) -> None:
    assert isinstance(render(html, LIMITS), Rendered)
