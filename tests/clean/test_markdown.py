"""Claims about Markdown: what its reader sees, and what makes a dump Markdown."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.clean import Cleaned
from pipeline.clean.lines import read_lines
from pipeline.clean.markdown import is_markdown, read_markdown
from pipeline.text import split_lines

STORY = [
    "The council of [Harrow Mill](/places/harrow-mill) voted on Monday to close the old **Millers Bridge** for a year of "
    "repairs to its arches, after engineers had told it that the pier would not stand another [winter of floods]"
    "(https://velm.example/news/floods-of-last-winter-in-the-valley).",
    "Masons will begin with the eastern pier, said *Ada Quill*, head of the county works office, and [work on]"
    '(/works "The works") all winter if the river lets them. It will cost 1\\.2 million crowns.',
]
SHOWN = [
    "The council of Harrow Mill voted on Monday to close the old Millers Bridge for a year of repairs to its arches, after "
    "engineers had told it that the pier would not stand another winter of floods.",
    "Masons will begin with the eastern pier, said Ada Quill, head of the county works office, and work on all winter if "
    "the river lets them. It will cost 1.2 million crowns.",
]


def shown(text: str) -> str:
    return read_markdown(read_lines([text]))[0].bare


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        pytest.param("## A costly **crossing** ##", "A costly crossing", id="heading"),
        pytest.param("[ ## The ferry ](/ferry)", "The ferry", id="heading-in-a-link"),
        pytest.param("### » 1 ferry", "» 1 ferry", id="heading-without-a-letter-first"),
        pytest.param("> > It *is* the best", "It is the best", id="quote"),
        pytest.param("* * [ The ferry ](/ferry)", "The ferry", id="list-in-a-list"),
        pytest.param("By [Ada Quill](https://velm.example/a_(quill) 'Ada')", "By Ada Quill", id="brackets-and-title"),
        pytest.param("[![Quay](/q.jpg)](/quay) The quay in May", "The quay in May", id="image-before-words"),
        pytest.param("See [the [new] quay](/quay).", "See the [new] quay.", id="brackets-in-a-link"),
        pytest.param("See [sic](see below) and [12] of f(x).", "See [sic](see below) and [12] of f(x).", id="no-links"),
        pytest.param("snake_case_name, 5*3*2 and 2 * 3 * 4", "snake_case_name, 5*3*2 and 2 * 3 * 4", id="no-emphasis"),
        pytest.param("_So_ **it** __is__ ***now***, `said` ~he~", "So it is now, said ~he~", id="emphasis"),
        pytest.param(r"1\. \*Stars\* and \[brackets\]", "1. *Stars* and [brackets]", id="escapes"),
        pytest.param("<https://velm.example/quay>", "https://velm.example/quay", id="address"),
        pytest.param("__Share", "Share", id="icon"),
    ],
)
def test_a_line_is_what_its_reader_sees(text: str, bare: str) -> None:
    assert shown(text) == bare


@pytest.mark.parametrize(
    "text", ["![The quay](/quay.jpg)", "[![Quay](/q.jpg)](/quay)", "[](/share)", "[1]: /quay", "***"]
)
def test_a_line_that_shows_nothing_stays_as_it_is(text: str) -> None:
    assert shown(text) == text


def test_links_by_number_have_their_addresses_below() -> None:
    lines = read_markdown(
        read_lines(["The [quay][1], the [Ferry][] and the [sic].", "", "[1]: /quay", "[ferry]: /ferry"])
    )

    assert lines[0].bare == "The quay, the Ferry and the [sic]."


def test_lines_that_are_a_link_alone_are_known() -> None:
    texts = ["* [Storm closes the harbour](/storm)", "[A](/a) | [B](/b)", "# [Headline](/h)", "By [Ada](/ada)", "Words"]

    assert [line.is_link for line in read_markdown(read_lines(texts))] == [True, True, False, False, False]


@pytest.mark.parametrize("width", [60, 78])
def test_paragraphs_and_links_broken_at_a_width_are_whole_again(width: int) -> None:
    menu = [
        "  * [Local news and views of the county, the town and the villages around it](/local)",
        "  * [Sport](/sport)",
    ]
    wrapped = (textwrap.wrap(text, width, break_long_words=False) for text in STORY * 3)
    lines = read_markdown(read_lines([*menu, "", *chain.from_iterable([*rows, ""] for rows in wrapped)]))

    assert [line.bare for line in lines[2:]] == SHOWN * 3
    assert [part.no for line in lines for part in line.parts] == sorted(
        part.no for line in lines for part in line.parts
    )


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        pytest.param(["The [quay](/quay) is closed."], True, id="a-link"),
        pytest.param(["# Harbour to close", "Text.", "## A costly crossing"], True, id="headings"),
        pytest.param(["# Harbour to close for a year", "", "Text."], True, id="a-heading-of-some-words"),
        pytest.param(["# Harbour to close for a year", "Text."], False, id="a-heading-above-text"),
        pytest.param(["# Harbour", "", "Text."], False, id="a-tag"),
        pytest.param(["# 1 in the charts", "#MeToo", "# 2 in the charts", "He said [so] (twice)."], False, id="places"),
        pytest.param(["He wrote [sic](see below) of a * b * c."], False, id="text"),
    ],
)
def test_links_and_headings_make_a_dump_markdown(texts: list[str], expected: bool) -> None:
    assert is_markdown(texts) is expected


def test_an_article_in_markdown_comes_out_as_its_readers_saw_it(clean: Callable[[str], Cleaned]) -> None:
    text = "\n\n".join(
        [
            "* [Home](/)\n* [Sport](/sport)\n* [Local news](/local)",
            "# Millers Bridge to close for a **year** of repairs",
            "![The bridge](/bridge.jpg)",
            "By [Ada Quill](/ada-quill)  \n4 May 2026",
            *STORY,
            "## Ferries until spring",
            STORY[1],
            "* [How the masons of Fenwick cut their stone](/masons)\n* [What the county pays for its bridges](/pays)",
        ]
    )
    cleaned = clean(text)
    article = cleaned.articles[0]

    assert article.headline == "Millers Bridge to close for a year of repairs"
    assert article.authors == ("Ada Quill",)
    assert article.text.split("\n\n") == [*SHOWN, "Ferries until spring", SHOWN[1]]
    told = {*article.kept_lines, *(removal.line_no for removal in cleaned.removals)}
    assert told == {no for no, line in enumerate(split_lines(text), 1) if line.strip()}


@given(st.lists(st.text("[]()!*_`\\<>#ab /:.\n", max_size=40), max_size=6))
def test_no_line_is_lost(texts: list[str]) -> None:
    lines = read_lines([line for text in texts for line in text.split("\n")])
    read = read_markdown(lines)

    assert [part for line in read for part in line.parts] == [part for line in lines for part in line.parts]
    assert all(line.bare for line in read)


def test_an_image_on_several_lines_stands_for_all_of_them() -> None:
    texts = ["![The old orchard", "behind the mill](/img/q.jpg)", "The [quay](/quay) is closed, and [this", "goes on."]
    lines = read_markdown(read_lines(texts))

    assert [[part.no for part in line.parts] for line in lines] == [[1, 2], [3], [4]]


def test_a_bracket_that_is_no_link_joins_nothing() -> None:
    texts = ["He told [the council", "Nothing came of it.", "note] that."]

    assert [line.bare for line in read_markdown(read_lines(texts))] == texts


BOX = [
    "[",
    "",
    "### Mill burns down",
    "",
    "The old mill of [Ashby] is gone.",
    "",
    "3 May](https://velm.example/mill)[",
    "",
]


def test_a_box_that_is_a_link_is_one_on_all_its_lines() -> None:
    lines = read_markdown(read_lines([*STORY, *BOX, "Ferry sinks", "", "](/ferry)", "", "Contact"]))

    assert [(line.bare, line.is_link) for line in lines[2:]] == [
        ("[", True),
        ("Mill burns down", True),
        ("The old mill of [Ashby] is gone.", True),
        ("3 May", True),
        ("Ferry sinks", True),
        ("](/ferry)", False),
        ("Contact", False),
    ]


def test_a_link_over_blank_lines_may_begin_and_end_in_a_sentence() -> None:
    texts = ["[The mill", "", "of Ashby](/mill) was sold.", "", "[Editor's note", "", "It is gone."]

    assert [(line.bare, line.is_link) for line in read_markdown(read_lines(texts))] == [
        ("The mill", True),
        ("of Ashby was sold.", False),
        ("[Editor's note", False),
        ("It is gone.", False),
    ]


def test_a_remark_in_brackets_that_never_ends_opens_no_link() -> None:
    texts = ["He wrote [in a letter of May", "", "The mill is gone.", "", "Then he left](/left) for Ashby."]

    assert not any(line.is_link for line in read_markdown(read_lines(texts)))


def test_a_long_line_behind_an_open_link_is_read_in_time() -> None:
    lines = read_markdown(read_lines(["[open box", "", f"words](/a) {'a ' * 90_000}]"]))

    assert lines[-1].bare.startswith("words](/a) a a")
