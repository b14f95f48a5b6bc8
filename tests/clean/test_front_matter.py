"""Claims about what stands above saved Markdown."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from pipeline.clean import Cleaned
from pipeline.clean.front_matter import FrontMatter, front_matter
from pipeline.text import split_lines

BODY = (
    "The council of Harrow Mill voted on Monday to close the old Millers Bridge for a year of repairs to its arches, after "
    "engineers had told it that the eastern pier would not stand another winter of floods like the last one."
)
YAML = [
    "---",
    'title: "Millers Bridge to close"',
    "source: https://velm.example/bridge",
    "author: Ada Quill",
    "tags:",
    "  - bridges",
    "- mills",
    "date: 2026-03-04",
    "cssclass: >",
    "---",
]
READER = ["Title: Millers Bridge to close", "", "URL Source: https://velm.example/bridge", "", "Markdown Content:"]


def test_yaml_tells_title_address_writer_and_date() -> None:
    assert front_matter(["", *YAML, BODY]) == FrontMatter(
        lines=len(YAML) + 1,
        told={
            "title": "Millers Bridge to close",
            "url": "https://velm.example/bridge",
            "author": "Ada Quill",
            "date": "2026-03-04",
        },
    )


def test_what_a_reader_writes_ends_where_the_page_begins() -> None:
    found = front_matter([*READER, BODY])

    assert (found.lines, found.told) == (
        5,
        {"title": "Millers Bridge to close", "url": "https://velm.example/bridge"},
    )


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param([], id="empty"),
        pytest.param([*YAML[:-1], BODY], id="no-end"),
        pytest.param(["---", "layout: post", "---", BODY], id="nothing-known"),
        pytest.param(["---", "title: [a, list]", "---", BODY], id="a-list"),
        pytest.param(["---", BODY, "---"], id="text-between-rules"),
        pytest.param(["Title: Millers Bridge to close", BODY, "Markdown Content:"], id="text-below-a-title"),
        pytest.param(["Title: Millers Bridge", *["Note: a line"] * 80, "Markdown Content:"], id="far"),
    ],
)
def test_other_lines_are_of_the_page(lines: list[str]) -> None:
    assert front_matter(lines) == FrontMatter()


@pytest.mark.parametrize("front", [YAML, [*READER[:3], "Published Time: 2026-03-04", *READER[3:]]])
def test_an_article_has_what_its_front_matter_tells(clean: Callable[[str], Cleaned], front: list[str]) -> None:
    text = "\n".join([*front, "", "# Millers Bridge to close", "", BODY])
    cleaned = clean(text)
    article = cleaned.articles[0]

    assert (article.headline, article.text) == ("Millers Bridge to close", BODY)
    assert (article.url, article.site) == ("https://velm.example/bridge", "velm.example")
    assert article.published_date == dt.date(2026, 3, 4)
    told = {*article.kept_lines, *(removal.line_no for removal in cleaned.removals)}
    assert told == {no for no, line in enumerate(split_lines(text), 1) if line.strip()}
