"""Claims about the choice of a headline: seen from the text, wherever menus stand."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.clean.headline_model import _NO_TITLE, FIELDS, FLAGS, NAMES, _above_deck, candidates, names_no_story
from pipeline.clean.lines import read_lines
from pipeline.clean.marks import mark_lines
from pipeline.clean.model import LineModel
from pipeline.text import fold
from pipeline.words.lexicon import Lexicon
from pipeline.words.rulebook import Rulebook

BOOK, LEXICON, MODEL = Rulebook.load(), Lexicon.load(), LineModel.load().headlines
BODY = [
    "The council of Harrow Mill voted on Monday to close the old Millers Bridge for a year of repairs to its arches.",
    "",
    "Engineers told the council that two of the seven arches had moved by a hand's breadth since last spring.",
    "",
    "Masons will begin with the eastern pier, said the head of the county works office, and work on all winter.",
]
MENU = [
    "Harrow Herald", "Home", "Local news and views", "Sport", "The best walks in the county", "Culture", "Jobs and homes",
]  # fmt: skip


def chosen(texts: Sequence[str], title: str | None = None) -> str | None:
    lines = read_lines(texts)
    at = MODEL.choose(lines, mark_lines(lines, BOOK, LEXICON), fold(title) if title else None)
    return None if at is None else lines[at].bare


@pytest.mark.parametrize(
    "above",
    [
        pytest.param([], id="bare"),
        pytest.param([*MENU, ""], id="below-a-menu"),
        pytest.param([*MENU, *MENU, "Council of Ashby votes on a new roof", *MENU, ""], id="below-menus-and-a-teaser"),
    ],
)
@pytest.mark.parametrize(
    "below",
    [
        pytest.param([""], id="right-above-the-text"),
        pytest.param(["By Ada Quill", "4 May 2026", ""], id="above-byline-and-date"),
    ],
)
def test_the_headline_is_found_from_the_text(above: list[str], below: list[str]) -> None:
    headline = "Millers Bridge to close for a year of repairs"

    assert chosen([*above, headline, *below, *BODY]) == headline


def test_what_is_said_all_over_the_page_is_of_a_menu() -> None:
    headline, back = "‘Mind the gap.’ They just might not.", "Back To Main Menu"  # it shares no word with the text
    places = ("Ashby Town", "Denby", "Whitby", "Selby Moor", "Corby", "Rugby", "Formby")
    menu = [line for place in places for line in (back, place, f"{place} Home")]

    assert chosen([*menu, back, headline, *BODY]) == headline


def test_the_way_to_the_page_is_no_headline() -> None:
    headline = "Millers Bridge to close for a year of repairs"

    assert chosen(["Home > News > Millers Bridge to close for a year", headline, "", *BODY]) == headline
    assert chosen([f"HomeLocal News{headline}", "4 May 2026", headline, "", *BODY]) == headline


def test_a_brief_below_longer_teasers_may_be_led() -> None:
    teasers = [f"Councillors of {place} will meet again next week to talk about the price of the new ferry across the bay."
               for place in ("Ashby", "Denby", "Whitby", "Selby", "Corby", "Rugby", "Formby")]  # fmt: skip
    headline = "Millers Bridge to close for a year of repairs"
    lines = read_lines([*teasers, *MENU, *MENU, "", headline, "", *BODY[:1]])
    found = candidates(lines, mark_lines(lines, BOOK, LEXICON))

    assert headline in [lines[one.index].bare for one in found]


def test_the_headline_stands_above_the_standfirst() -> None:
    headline = "Millers Bridge to close for a year"
    standfirst = "Arches of the old bridge at Harrow Mill have moved by a hand's breadth, say engineers of the county"

    assert chosen([headline, "", standfirst, "", "By Ada Quill", "", *BODY]) == headline


def test_the_headline_stands_above_the_deck() -> None:
    headline = "Millers Bridge: what the council says of its arches"
    deck = "Two of them had moved by a hand's breadth since last spring, engineers say"
    below = ["", "By Ada Quill", "4 May 2026", "", *BODY]

    assert chosen([headline, "", deck, *below]) == headline
    assert chosen(["Why you should close the door before bed", "", deck, *below]) == deck


def test_a_deck_may_be_a_sentence_and_say_the_headlines_words() -> None:
    below = ["By Ada Quill", "4 May 2026", "", *BODY]

    assert chosen(["Millers Bridge closes again", "", "Its arches moved by a hand’s breadth.", *below]) == (
        "Millers Bridge closes again"
    )
    headline = "Council of Harrow Mill to close bridge for repairs"
    assert (
        chosen([headline, "", "The council of Harrow Mill is to close the bridge, engineers say", *below]) == headline
    )


def test_a_few_words_may_stand_between_headline_and_deck() -> None:
    deck = "Engineers told the council that its arches had moved"
    page = ["Masons to work on Millers Bridge", "New, 15 comments", deck, "By Ada Quill", "4 May 2026", *BODY]
    lines = read_lines(page)

    assert _above_deck(lines, mark_lines(lines, BOOK, LEXICON), page.index(deck)) == 0


@pytest.mark.parametrize(
    "other",
    [
        "The arches of Millers Bridge in a year of repairs. (County Works Office/Ada Quill)",
        "The arches of Millers Bridge in a year of repairs (photo: Ada Quill)",
        "The arches of Millers Bridge in a year of repairs (via Ada B Quill/Mill Press)",
        "Council votes to close the old Millers Bridge for a year of repairs to its ... more",
        "By | The Council of Harrow Mill",
        "The old bridge of Harrow Mill last spring. Nora Finch/Mill Press",
        "Story highlights Council votes to close Millers Bridge",
        "Harrow Mill council - www.harrow.example",
    ],
)
def test_what_no_title_holds_is_no_headline(other: str) -> None:
    headline = "A crossing is shut"

    assert chosen([other, headline, "By Ada Quill", "4 May 2026", "", *BODY]) == headline
    assert chosen([headline, other, "4 May 2026", "", *BODY]) == headline


@pytest.mark.parametrize(
    "headline",
    [
        "Council shuts Millers Bridge (Repairs/Arches special)",
        "Council hears engineers on Millers Bridge (via video link)",
        "Why www.harrow.example tells of the old Millers Bridge",
    ],
)
def test_what_looks_like_a_credit_or_address_may_be_a_headline(headline: str) -> None:
    assert chosen([headline, "By Ada Quill", "4 May 2026", "", *BODY]) == headline


def test_a_paragraph_in_capitals_is_no_headline() -> None:
    shouted = "THE COUNCIL OF HARROW MILL VOTED ON MONDAY TO CLOSE THE OLD MILLERS BRIDGE FOR A YEAR OF REPAIRS."

    assert chosen([shouted, "", *BODY]) is None


@given(
    st.lists(
        st.sampled_from(
            (
                *("(Photo: ", "[Image by:", "Ada Quill", "/", "Mill Press", ")", "]", ". ", "ANALYSIS", "OPINION", ":"),
                *("Story highlights ", "STORY HIGHLIGHTS", "Image 2", " of 3", "By", "BY", "Von ", "Par", "Por ", "|"),
                *("https://", "www.", "...", "…", " more", " mehr", " bridge ", "«", "a", " "),
            )
        ),
        min_size=1,
        max_size=6,
    )
)
def test_a_line_is_asked_for_what_no_title_holds_wherever_it_may_hold_it(pieces: list[str]) -> None:
    for line in read_lines(["".join(pieces)]):
        assert names_no_story(line) == (_NO_TITLE.search(line.bare) is not None)


def test_a_headline_of_two_sentences_is_told_by_its_capitals() -> None:
    headline = "Millers Bridge Is Closing After Its Arches Have Moved. Why You Shouldn’t Worry."

    assert chosen([headline, "By Ada Quill", "4 May 2026", "", *BODY]) == headline


def test_the_line_that_says_the_title_is_the_headline() -> None:
    found = chosen(["Bridge shut", "Arches of the old bridge have moved", "", *BODY], title="Bridge shut")

    assert found == "Bridge shut"


def test_a_titled_page_that_shows_no_headline_has_none_among_its_sentences() -> None:
    assert chosen(["The masons have gone home at last.", "", *BODY], title="Bridge shut for a year") is None


def test_a_sentence_that_only_begins_like_the_title_is_the_text() -> None:
    title = "The masons have gone home, and the bridge is shut"

    assert chosen(["The masons have gone home.", "", *BODY], title=title) is None


def test_a_page_of_paragraphs_has_no_headline() -> None:
    assert chosen(BODY) is None


def test_what_holds_of_a_line_is_one_value_a_field_and_some_flags() -> None:
    lines = read_lines([*MENU, "Millers Bridge to close for a year", "", *BODY])
    found = candidates(lines, [None] * len(lines))
    names = [NAMES[number] for number in found[-1].active]

    assert [name.partition(":")[0] for name in names[: len(FIELDS)]] == list(FIELDS)
    assert set(names[len(FIELDS) :]) <= set(FLAGS)
    assert "to the text: from 1 lines" in names


def test_no_two_names_are_the_same() -> None:
    assert len(set(NAMES)) == len(NAMES)


def test_of_a_headline_said_twice_the_first_is_taken() -> None:
    headline = "Millers Bridge to close for a year of repairs"
    lines = read_lines([headline, "Arches of the old bridge have moved, engineers say", headline, "", *BODY])

    assert MODEL.choose(lines, mark_lines(lines, BOOK, LEXICON)) == 0


def test_a_title_that_read_more_announces_below_some_text_is_no_headline() -> None:
    texts = [BODY[0], "", "Read more:", "Ferry to run twice an hour from the old mill", "", *BODY[2:]]

    assert chosen(texts) != "Ferry to run twice an hour from the old mill"
