"""Links and what stands in menus and footers is furniture, unless nothing else would be left."""

from __future__ import annotations

from pipeline.clean.html_furniture import furniture
from pipeline.clean.render import render
from pipeline.limits import Limits

STORY = "<p>The ferry to the outer islands will not sail before Thursday, the harbour office said on Monday.</p>" * 3


def told(html: str) -> dict[str, str]:
    rendered = render(html, Limits())
    return {rendered.lines[index]: reason for index, reason in furniture(rendered).items()}


def test_menus_footers_captions_and_links_are_furniture() -> None:
    html = (
        f"<nav>Menu<p>More</p></nav><main>{STORY}<figure><figcaption>The pier</figcaption></figure>"
        "<div><a href='/'>Another story</a></div><p class=wp-caption>The bridge</p></main><footer><nav>All rights</nav></footer>"
    )

    assert told(html) == {
        "Menu": "inside nav",
        "More": "inside nav",
        "The pier": "inside figcaption",
        "Another story": "all link text",
        "The bridge": "named caption",
        "All rights": "inside footer, nav",
    }


def test_a_linked_heading_a_linked_paragraph_and_a_link_in_a_sentence_are_none() -> None:
    html = f"{STORY}<h2><a href='/'>What to do</a></h2><p><a href='/'>mill.example</a></p><p>See <a href='/'>the timetable of the harbour</a> first.</p>"

    assert told(html) == {}


def test_a_page_that_is_all_links_or_menu_keeps_its_lines() -> None:
    assert told(f"<nav>{STORY}</nav>") == {}
    assert told("<div><a href='/'>One</a></div><div><a href='/'>Two</a></div>") == {}
    assert told("") == {}


def test_a_story_that_is_named_after_its_captions_is_none() -> None:
    paragraphs = STORY * 2

    assert told(f"<div class='story has-caption'>{paragraphs}</div>") == {}
    assert told(f"<div class='story has-caption'>{'<br>'.join(['It rained all day and all night.'] * 9)}</div>") == {}
