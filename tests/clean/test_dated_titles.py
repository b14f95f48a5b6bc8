"""Claims about lists of other stories where each title has its date."""

from __future__ import annotations

import pytest

from pipeline.clean.dated_titles import dated_lists
from pipeline.clean.lines import read_lines
from pipeline.clean.listings import mark_listings
from pipeline.clean.marks import mark_lines
from pipeline.words.lexicon import Lexicon
from pipeline.words.rulebook import Rulebook

BODY = "The council voted on Monday to close the old Millers Bridge for a year of repairs, the mayor of the town said."
EXCERPT = (
    "For two hundred years the mill of the town stood by the river and ground the corn of forty farms and two abbeys."
)
TITLES = ["Mill burns down in Ashby", "Ferry sinks off the old quay", "Who owns the river now?"]
DATES = ["November 20, 2019", "November 19, 2019", "18 Nov 2019"]
DATED = [text for pair in zip(TITLES, DATES, strict=True) for text in pair]
SIGNED = [text for three in zip(TITLES, ["Jo Bell", "Ada Quill", "Nora Varga"], DATES, strict=True) for text in three]
BRIEFED = [text for pair in zip(TITLES, DATES, strict=True) for text in (*pair, EXCERPT)]


TEXT = [BODY] * 7  # enough of a story that lists may stand beside


def listed(texts: list[str]) -> list[int]:
    """Return the indices of the lines that are of a list."""
    lines = read_lines(texts)
    marks = mark_lines(lines, Rulebook.load(), Lexicon.load())
    return [i for where, _ in dated_lists(lines, marks) for i in where]


@pytest.mark.parametrize(
    "texts",
    [
        pytest.param(DATED, id="titles"),
        pytest.param(SIGNED, id="with-writers"),
        pytest.param(BRIEFED, id="with-an-excerpt-each"),
        pytest.param(DATED * 5, id="many"),
        pytest.param([text for title in TITLES for text in (title, "18:08")], id="videos-with-their-length"),
    ],
)
def test_titles_with_a_date_each_are_of_other_stories(texts: list[str]) -> None:
    assert listed([*TEXT, *texts, "River and rail", BODY]) == [*range(7, 7 + len(texts))]


def test_the_head_of_the_story_above_the_list_is_no_part_of_it() -> None:
    story = ["Millers Bridge to close for a year", "November 21, 2019", BODY, "More of it"]

    assert listed([*TEXT, *story, *DATED]) == [*range(11, 17)]


def test_the_head_of_the_story_below_the_list_is_no_part_of_it() -> None:
    story = ["Millers Bridge to close for a year", "November 21, 2019", BODY, BODY]

    assert listed([*DATED, *story, *TEXT]) == [*range(6)]


@pytest.mark.parametrize(
    "texts",
    [
        pytest.param(DATED[:4], id="two"),
        pytest.param([text for pair in zip(TITLES, DATES, strict=True) for text in (*pair, BODY, BODY)], id="stories"),
        pytest.param([text for title in TITLES for text in (title, "10:32", EXCERPT)], id="entries-of-a-live-page"),
        pytest.param([text for title in TITLES for text in (title, "2 hours ago", EXCERPT)], id="entries-by-age"),
        pytest.param([text for title in TITLES for text in (title, "March 3, 2024 10:31 GMT", EXCERPT)], id="moments"),
        pytest.param([text for date in DATES for text in (EXCERPT, date)], id="no-titles"),
        pytest.param([text for date in DATES for text in ("Politics", date)], id="sections"),
    ],
)
def test_dates_below_other_lines_make_no_list(texts: list[str]) -> None:
    assert not listed([*TEXT, *texts])


@pytest.mark.parametrize(
    "texts", [DATED, SIGNED, BRIEFED, BRIEFED * 4], ids=["titles", "signed", "briefs", "many briefs"]
)
def test_a_dump_of_nothing_else_is_no_list(texts: list[str]) -> None:
    assert not listed(texts)


def test_briefs_below_two_paragraphs_are_of_the_story() -> None:
    assert not listed([BODY, BODY, *BRIEFED])
    assert listed([BODY, BODY, BODY, *DATED])


def test_dates_and_writers_of_a_list_say_nothing_of_the_story() -> None:
    lines = read_lines([*TEXT, *SIGNED])
    marks = mark_listings(lines, mark_lines(lines, Rulebook.load(), Lexicon.load()))

    assert [mark and mark.label.rule for mark in marks] == [*[None] * 7, *["related.dated"] * 9]
