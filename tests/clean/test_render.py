"""The rendering holds every line a reader is shown, once, with what the markup says of it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.clean.render import CONTEXTS, Rendered, parse, render
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
    ("html", "tag", "level"),
    [
        ("<h3>Line</h3>", "h3", 3),
        ("<h2><div>Line</div></h2>", "div", 2),
        ("<div role=heading>Line</div>", "div", 0),
        ("<ul><li><p>Line</p></li></ul>", "p", 0),
        ("<hr>Line", "body", 0),
    ],
)
def test_says_which_block_a_line_is_in(html: str, tag: str, level: int) -> None:
    page = render(html, LIMITS)

    assert (page.tag(0), page.heading_level(0)) == (tag, level)


@pytest.mark.parametrize(
    ("html", "contexts"),
    [
        ("<figure><figcaption>Line</figcaption></figure>", {"figure", "figcaption"}),
        ("<div role='navigation'>Line</div>", {"nav"}),
        ("<main><article><aside><div>Line</div></aside></article></main>", {"main", "article", "aside"}),
        ("<ul><li><p>Line</p></li></ul>", {"item"}),
        ("<h2><div>Line</div></h2>", {"heading"}),
        ("<div style='color: red; display : none'>Line</div>", {"hidden"}),
        ("<div aria-hidden=true>Line</div>", {"hidden"}),
        ("<div hidden>Line</div>", {"hidden"}),
        ("<div itemprop=articleBody><p>Line</p></div>", {"story text"}),
        ("<p itemprop=description>Line</p>", {"property"}),
        ("<div style='display: block' aria-hidden=false>Line</div>", set()),
    ],
)
def test_says_what_encloses_a_line(html: str, contexts: set[str]) -> None:
    page = render(html, LIMITS)

    assert {name for name in CONTEXTS if page.is_inside(0, name)} == contexts


@pytest.mark.parametrize(
    ("html", "linked", "bold", "links"),
    [
        ("<p><a href='/'>Line</a></p>", 1.0, 0, 1),
        ("<a href='/'><h4>Line</h4></a>", 1.0, 0, 1),
        ("<p><a href='/'>Li</a>ne</p>", 0.5, 0, 1),
        ("<table><tr><td><a>Li</a></td><td><b>n</b>e</td></tr></table>", 0.5, 0, 1),
        ("<p><b>Li<a>n</a></b>e</p>", 0.25, 3, 1),
        ("<p>Line</p>", 0.0, 0, 0),
    ],
)
def test_counts_links_and_bold_type_of_a_line(html: str, linked: float, bold: int, links: int) -> None:
    page = render(html, LIMITS)

    assert (page.link_density(0), page.bold[0], page.links[0]) == (linked, bold, links)


def test_names_are_class_and_id_as_written() -> None:
    blocks = render("<div class='story  Body' id=main><p id=a>Line</p></div>", LIMITS).blocks

    assert list(zip(blocks.tags, blocks.names, blocks.parents, strict=True))[-2:] == [
        ("div", "story  Body main", 1),
        ("p", " a", 2),
    ]


def test_parents_come_before_their_blocks() -> None:
    blocks = render("<div><ul><li>One<li>Two</ul><p>Three</div>" * 3, LIMITS).blocks

    assert blocks.parents[0] == -1
    assert all(parent < place for place, parent in enumerate(blocks.parents))


def test_ends_hold_the_blocks_that_are_in_a_block() -> None:
    blocks = render("<div><ul><li>One<li>Two</ul><p>Three</div><p>Four", LIMITS).blocks

    inside = {place: list(blocks.tags[place + 1 : end]) for place, end in enumerate(blocks.ends)}
    assert inside[0] == list(blocks.tags[1:])
    assert inside[blocks.tags.index("div")] == ["ul", "li", "li", "p"]
    assert inside[blocks.tags.index("ul")] == ["li", "li"]


def test_same_page_same_rendering() -> None:
    html = "<html><head><title>T</title></head><body><p>A <b>b</b></p><nav>C</nav></body></html>"

    assert render(html, LIMITS) == render(parse(html, LIMITS), LIMITS)


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


@settings(max_examples=150)
@given(html=pages())
def test_no_word_is_lost_or_said_twice(html: str) -> None:
    page = render(html, LIMITS)

    assert " ".join(page.lines).split() == re.sub(r"<[^>]*>", " ", html).split()
    assert len(page.places) == len(page.chars) == len(page.linked) == len(page.lines)
    assert all(line == line.strip() and line for line in page.lines)


@settings(max_examples=150)
@given(html=st.text(alphabet=st.sampled_from("<>/=\"' &;#!-apdivtrscbonhl\x00\n\u200bé"), max_size=120))
def test_any_text_can_be_rendered(html: str) -> None:
    assert isinstance(render(html, LIMITS), Rendered)
