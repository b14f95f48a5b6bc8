"""Main content is found on pages of many shapes, and every line of a page is in it or not."""

from __future__ import annotations

import pytest

from pipeline.clean.extract import Extraction, extract
from pipeline.clean.render import parse, render
from pipeline.limits import Limits

LIMITS = Limits()
BODY = (
    "The ferry to the outer islands will not sail before Thursday, the harbour office said on Monday evening.",
    "Waves of four metres are expected off the northern point, and the pier has been closed since Sunday noon.",
    "Some forty passengers spent the night in the gymnasium of the village school, where soup was served.",
    "The council pays for a bus over the bridge as long as the storm lasts, a spokeswoman told reporters.",
)
NAVIGATION = "".join(f"<li><a href='/s/{n}'>Section {n}</a></li>" for n in range(8))
RELATED = "".join(f"<li><a href='/r/{n}'>Another story about the harbour, number {n}</a></li>" for n in range(5))
PARAGRAPHS = "".join(f"<p>{text}</p>" for text in BODY)


def page(content: str, *, title: str = "Ferry stays in harbour") -> str:
    return (
        f"<html><head><title>{title}</title></head><body><header><nav><ul>{NAVIGATION}</ul></nav></header>"
        f"<main>{content}</main><aside><h3>Related</h3><ul>{RELATED}</ul></aside>"
        "<footer><p>Copyright by the publisher of this newspaper, all rights reserved, no copying.</p></footer></body>"
    )


def read(html: str, limits: Limits = LIMITS) -> tuple[Extraction, tuple[str, ...]]:
    tree = parse(html, limits)
    rendered = render(tree, limits)
    found = extract(tree, rendered, limits)
    return found, tuple(rendered.lines[number - 1] for number in found.content_lines)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(f"<article><h1>Ferry stays in harbour</h1>{PARAGRAPHS}</article>", id="article"),
        pytest.param(f"<div class='content'>{PARAGRAPHS}</div>", id="content class"),
        pytest.param(f"<div>{PARAGRAPHS}</div>", id="bare div"),
        pytest.param(f"<article>{'<br><br>'.join(BODY)}</article>", id="line breaks"),
        pytest.param(f"<table><tr><td>{'<br><br>'.join(BODY)}</td></tr></table>", id="line breaks in a layout table"),
        pytest.param(f"<div>{BODY[0]}<br>{BODY[1]}<p>{BODY[2]}</p>{BODY[3]}</div>", id="breaks and a paragraph"),
        pytest.param(f"<table><tr><td>{PARAGRAPHS}</td></tr></table>", id="layout table"),
        pytest.param(f"<form id='aspnetForm'><div>{PARAGRAPHS}</div></form>", id="a form around all"),
        pytest.param(
            f"<article>{PARAGRAPHS}<figure><img src='a.jpg'>"
            "<figcaption>The pier on Sunday, seen from the village school.</figcaption></figure></article>",
            id="caption",
        ),
        pytest.param(
            f"<article><header><h2>Ferry stays in harbour</h2></header>{PARAGRAPHS}</article>",
            id="headline in a header",
        ),
    ],
)
def test_finds_the_body_and_nothing_else(content: str) -> None:
    _, found = read(page(content))

    assert found == BODY


@pytest.mark.parametrize("sign", ["&#12;", "&#1;", "\x0b"])
def test_a_control_sign_beside_a_line_break_loses_no_page(sign: str) -> None:
    _, found = read(page(f"<article>{BODY[0]}{sign}<br><br>{sign}{BODY[1]}<br><br>{BODY[2]}</article>"))

    assert found == BODY[:3]


def test_keeps_sub_headings_and_list_items_in_their_place() -> None:
    items = "<ul><li>Bring warm clothes and a torch.</li><li>Do not go near the pier at night.</li></ul>"
    _, found = read(
        page(f"<article><p>{BODY[0]}</p><h2>What to do</h2>{items}<p>{BODY[1]}</p><p>{BODY[2]}</p></article>")
    )

    assert found == (
        BODY[0],
        "What to do",
        "Bring warm clothes and a torch.",
        "Do not go near the pier at night.",
        BODY[1],
        BODY[2],
    )


def test_an_h1_between_paragraphs_is_a_sub_heading() -> None:
    _, found = read(
        page(f"<article><h1>Ferry</h1><p>{BODY[0]}</p><h1>The night</h1><p>{BODY[1]}</p><p>{BODY[2]}</p></article>")
    )

    assert found == (BODY[0], "The night", BODY[1], BODY[2])


def test_accounts_for_every_word_of_the_extractor() -> None:
    found, _ = read(page(f"<article>{PARAGRAPHS}</article>"))

    assert found.unaligned_words == 0
    assert found.words == sum(len(text.split()) for text in BODY)


def test_asks_the_full_cascade_where_strict_mode_misses_the_prose() -> None:
    hidden = "".join(f"<div style='border:0'><p>{text}</p></div>" for text in BODY)
    found, body = read(page(f"<article><p>Short.</p>{hidden}</article>"))

    assert found.method == "full"
    assert set(body) >= set(BODY)


@pytest.mark.parametrize(
    "html", ["", "<p></p>", "<script>1</script>", "<frameset><noframes>x</noframes></frameset>", "<h1>a b</h1>"]
)
def test_a_page_without_prose_gives_nothing(html: str) -> None:
    found, body = read(html)

    assert body == ()
    assert (found.method, found.agreement) == ("none", 0.0)


def test_a_short_story_survives_in_a_page_of_links() -> None:
    links = "".join(f"<p><a href='/{n}'>{'Story ' * 40}{n}</a></p>" for n in range(30))
    _, found = read(f"<html><body><div><div>{links}</div><div>{PARAGRAPHS}</div></div></body></html>")

    assert found == BODY


def test_a_large_page_is_read_without_the_slow_fallbacks() -> None:
    tiny = "".join(f"<p>{number} kr</p>" for number in range(3_000))
    found, body = read(page(f"<article>{PARAGRAPHS}</article><div>{tiny}</div>"), Limits(max_extractor_elements=1_000))

    assert body[: len(BODY)] == BODY
    assert found.unaligned_words == 0


def test_the_answer_does_not_depend_on_the_pages_before() -> None:
    html = page(f"<article>{PARAGRAPHS}</article>")

    assert [read(html) for _ in range(3)] == [read(html)] * 3


def test_reports_no_page_on_the_error_stream(capfd: pytest.CaptureFixture[str]) -> None:
    read("<p></p>")

    assert capfd.readouterr() == ("", "")
