"""A line of a page is seen in its place: beside the text, the headline, its neighbours and what the markup says."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.clean.html_features import Seen, Told, see
from pipeline.clean.html_fields import PARTS
from pipeline.clean.lines import read_lines
from pipeline.clean.render import render
from pipeline.limits import Limits
from pipeline.text import fold

BODY = (
    "The ferry to the outer islands will not sail before Thursday, the harbour office said on Monday evening.",
    "Waves of four metres are expected off the northern point, and the pier has been closed since Sunday noon.",
    "Some forty passengers spent the night in the gymnasium of the village school, where soup was served.",
)
STORY = "".join(f"<p>{text}</p>" for text in BODY)
PAGE = (
    "<header><p>Home news today</p></header>"
    f"<main><h1>Ferry stays in harbour</h1><div class=story>{STORY}</div>"
    "<div class=teasers><h3>Bridge to close</h3><p>Two of its seven arches have moved since spring.</p></div></main>"
)


def seen(html: str, told: Told | None = None, without: str = "") -> tuple[Seen, tuple[str, ...]]:
    rendered = render(html, Limits())
    lines = read_lines(["" if text == without else text for text in rendered.lines])
    return see(rendered, lines, told or Told()), tuple(line.bare for line in lines)


def part(name: str, line: str, told: Told | None = None, html: str = PAGE, without: str = "") -> str:
    page, lines = seen(html, told, without)
    return PARTS[name][int(page.parts[name][lines.index(line)])]


@pytest.mark.parametrize(
    ("name", "line", "value"),
    [
        ("tag", BODY[0], "p"),
        ("stop", BODY[0], "stop"),
        ("zone", "Home news today", "above the text"),
        ("zone", BODY[1], "in the text"),
        ("zone", "Bridge to close", "below the text"),
        ("kind", BODY[1], "paragraph"),
        ("kind", "Bridge to close", "heading"),
        ("kind above", BODY[0], "heading"),
        ("kind above", "Home news today", "page end"),
        ("up", BODY[0], "0"),
        ("up", "Bridge to close", "1"),
        ("from the text", "Bridge to close", "under 2"),
        ("headline", "Ferry stays in harbour", "this"),
        ("headline", "Home news today", "below this"),
        ("headline", BODY[0], "0 above"),
        ("from the headline", "Bridge to close", "below the text"),
        ("same parent", BODY[1], "both lines"),
        ("prose of its like", BODY[0], "0.9 or more"),
        ("furniture above", BODY[0], "under 1"),
    ],
)
def test_a_line_is_seen_in_its_place(name: str, line: str, value: str) -> None:
    assert part(name, line) == value


def test_a_line_left_out_is_seen_as_furniture_beside_others() -> None:
    assert part("furniture above", "Ferry stays in harbour", without="Home news today") == "under 2"
    assert part("kind above", "Ferry stays in harbour", without="Home news today") == "page end"


def test_the_headline_is_the_line_that_says_the_title() -> None:
    told = Told(headline=fold("Bridge to close"))

    assert part("headline", "Bridge to close", told) == "this"
    assert part("headline", "Ferry stays in harbour", told) == "below this"


def test_descriptions_are_found_whole_and_in_part() -> None:
    told = Told(descriptions=(fold(BODY[0]), fold(f"{BODY[1]} And more")))

    assert part("description", BODY[0], told) == "just it"
    assert part("description", BODY[1], told) == "a part of it"
    assert part("description", BODY[2], told) == "not it"


def test_the_story_of_the_markup_tells_by_how_much_of_it_the_page_shows() -> None:
    told = Told(story=fold(" ".join(BODY)))
    abstract = Told(story=fold(f"{BODY[0]} {'Words of another story altogether. ' * 30}"))

    assert part("story of the markup", BODY[0], told) == "in, it has all"
    assert part("story of the markup", "Bridge to close", told) == "not in, it has all"
    assert part("story of the markup", BODY[0], abstract) == "in, it has little"
    assert part("story of the markup", BODY[0]) == "not given"


def test_comments_do_not_become_the_story_by_their_mass() -> None:
    comments = f"<div class=comments>{''.join(f'<p>{text} I think so too.</p>' for text in BODY * 2)}</div>"

    assert part("zone", BODY[0], html=f"<main><div class=story>{STORY}</div>{comments}</main>") == "in the text"


def test_lines_said_again_are_seen() -> None:
    html = f"{STORY}<p>{BODY[0]}</p>"
    page, _ = seen(html)

    assert [PARTS["said again"][value] for value in page.parts["said again"]] == ["below", "no", "no", "above"]


@pytest.mark.parametrize("html", ["<p>One</p>", "<h1>a</h1>", "plain", f"<li>{BODY[0]}</li>", "<p>1</p>" * 300])
def test_every_part_of_any_page_has_a_name(html: str) -> None:
    page, lines = seen(html)

    for name, values in page.parts.items():
        assert len(values) == len(lines)
        assert ((values >= 0) & (values < len(PARTS[name]))).all(), name
    assert page.flags.dtype == np.bool_
    assert len(page.gaps) == len(lines)
