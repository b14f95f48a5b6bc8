"""Claims about text set to a fixed width."""

from __future__ import annotations

import textwrap

import pytest

from pipeline.clean.lines import read_lines
from pipeline.clean.wrapped import unwrap

TITLE = "Harrow bridge to close"
STORY = [
    "The council of Harrow Mill voted on Monday to close the old Millers Bridge for a year of repairs to its arches, after "
    "engineers had told it that the eastern pier would not stand another winter of floods like the last one.",
    "Masons will begin with the eastern pier, said the head of the county works office, and work on all winter if the "
    "river lets them. Ferries run twice an hour from the old mill to the quay below the church until the work is done.",
]
MENU = ["Home", "Local news and views of the week", "Sport", "The best walks in the county", "Jobs and homes to let"]


def set_to(width: int, paragraphs: list[str], indent: str = "") -> list[str]:
    wrapped = (textwrap.wrap(text, width, initial_indent=indent, subsequent_indent=indent) for text in paragraphs)
    return [line for lines in wrapped for line in (*lines, "")]


@pytest.mark.parametrize("width", [48, 72, 80, 120])
@pytest.mark.parametrize("indent", ["", "   "])
def test_paragraphs_set_to_a_width_are_whole_again(width: int, indent: str) -> None:
    texts = [*MENU, "", TITLE, "", *set_to(width, STORY * 4, indent)]
    bares = [line.bare for line in unwrap(read_lines(texts))]

    assert bares == [*MENU, TITLE, *STORY * 4]


def test_items_longer_than_the_width_and_addresses_do_not_hide_it() -> None:
    items = [
        f"* [{STORY[0][:60]}](/places/{STORY[1][:60].replace(' ', '-')})",
        "see it at https://velm.example/" + "w" * 90,
    ]
    bares = [line.bare for line in unwrap(read_lines([*items, "", *set_to(72, STORY * 4)]))]

    assert bares[2:] == STORY * 4


def test_a_joined_line_stands_for_all_its_lines() -> None:
    texts = set_to(60, STORY)
    lines = unwrap(read_lines(texts))

    assert [part.text for line in lines for part in line.parts] == [text for text in texts if text]


def test_quoted_mail_loses_its_signs_between_lines() -> None:
    texts = set_to(60, STORY, indent="> ")

    assert [line.bare for line in unwrap(read_lines(texts))] == [f"> {text}" for text in STORY]


@pytest.mark.parametrize(
    "texts",
    [
        pytest.param([*MENU, "", *STORY], id="paragraphs-on-a-line-each"),
        pytest.param(MENU * 20, id="a-menu"),
        pytest.param([f"Ferry {n} leaves the quay at noon and comes back by four." for n in range(40)], id="sentences"),
        pytest.param([f"{name:<44}{score}" for name, score in zip(MENU * 8, range(40), strict=True)], id="a-table"),
        pytest.param([], id="nothing"),
    ],
)
def test_lines_that_are_whole_stay(texts: list[str]) -> None:
    lines = read_lines(texts)

    assert unwrap(lines) == lines


def test_items_of_a_list_stay_apart() -> None:
    items = [f"- {text}" for text in STORY]
    texts = [line for item in items for line in textwrap.wrap(item, 60, subsequent_indent="  ")]

    assert [line.bare for line in unwrap(read_lines(texts))] == STORY
