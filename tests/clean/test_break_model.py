"""Claims about the model of line ends: it adds up weights, tells no line end twice, and refuses a file not made for it."""

from __future__ import annotations

import json

import numpy as np
import pytest

from pipeline.clean.break_model import Break, BreakModel, field_names, read_break_model
from pipeline.clean.breaks import FIELDS, OFFSETS, SIGNS, WORD_PLACES, read_gaps
from pipeline.clean.label import stopword_bits
from pipeline.clean.run_words import ENDS, GAPS, SHAPES
from pipeline.errors import RulebookError
from pipeline.words.lexicon import Lexicon

PAGE = "Home News Bridge closed for repairs"
BLANK, CAPITAL, SMALL, LETTER = (
    GAPS.index("blank"),
    SHAPES.index("capital"),
    SHAPES.index("small"),
    ENDS.index("letter"),
)


def weights_file(**changes: object) -> str:
    fields: dict[str, dict[str, int]] = {name: {} for name in field_names()}
    fields[field_names()[0]] = {
        f"{BLANK} {CAPITAL} {CAPITAL} {LETTER}": 300,
        f"{BLANK} {CAPITAL} {SMALL} {LETTER}": -150,
    }
    words = {"bridge": [0, 0, 250, 0], "news": [10, 20, 30, 40]}
    least = {"seam": 0.0, "blank": 1.0}
    told = {"scale": 100, "least": least, "bias": -50, "fields": fields, "words": words}
    return json.dumps(told | changes)


def test_odds_are_the_sum_of_the_weights_of_features_and_words_around() -> None:
    found = read_break_model(weights_file()).odds(read_gaps(PAGE, ()))

    # Home: "news" stands one word on. News: two capitals and itself. Bridge: the same, its own weight, "news" before it.
    expected = [-0.5 + 0.4, -0.5 + 3 + 0.3, -0.5 + 3 + 2.5 + 0.2, -0.5 - 1.5 + 0.1, -0.5, -0.5]
    np.testing.assert_allclose(found, expected)


def test_a_line_begins_where_the_odds_reach_the_least() -> None:
    found = read_break_model(weights_file()).breaks(PAGE, ())

    assert found == [Break(5, is_sure=True), Break(10, is_sure=True)]


def test_a_break_behind_a_blank_is_sure_where_its_odds_are_high() -> None:
    found = read_break_model(weights_file(least={"seam": 0, "blank": -1}, bias=-300)).breaks(PAGE, ())

    assert found == [Break(5, is_sure=False), Break(10, is_sure=True)]


def test_seams_have_a_least_of_their_own_and_are_sure() -> None:
    model = read_break_model(weights_file(least={"seam": -1, "blank": 9}))

    assert model.breaks("Home NewsSport", ()) == [Break(9, is_sure=True)]


def test_neither_the_begin_of_the_page_nor_that_of_a_line_is_a_break() -> None:
    model = read_break_model(weights_file(least={"seam": -9, "blank": -9}))

    assert [one.place for one in model.breaks("Home News\nBridge closed", ())] == [5, 17]
    assert model.breaks("", ()) == model.breaks(" \n", ()) == []


def test_the_model_that_comes_along_parts_menu_title_and_text() -> None:
    text = (
        "The council of Harrow Mill voted on Monday to close the old bridge for repairs to its arches. Engineers told "
        "the council that two of the seven arches had moved by a hand's breadth since last spring. "
    )
    page = (
        "Home News Sport Weather Harrow Mill Fenwick Ashby Culture Food Travel Puzzles Jobs Homes Motors Obituaries Sign in "
        f"Subscribe Millers Bridge closed for a year By Ann Quill 4 March 2026 Share {text}More from Ashby Ferry sinks off "
        "Orsk in heavy seas Oysters stolen from a pond at night Subscribe Contact"
    )
    found = {one.place for one in BreakModel.load().breaks(page, stopword_bits(Lexicon.load()))}

    begins = ("Millers", "By Ann", "The council", "More from")
    assert {page.index(begin) for begin in begins} <= found
    assert not any(page.index("The council") < place < page.index("More from") for place in found)


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"fields": {}}, id="other fields"),
        pytest.param({"fields": {name: {"99 0 0 0": 1} for name in field_names()}}, id="no such value"),
        pytest.param({"words": {"bridge": [1, 2]}}, id="other places"),
        pytest.param({"least": None}, id="no least"),
    ],
)
def test_a_file_made_for_something_else_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(RulebookError, match=r"break\.json.*make train"):
        read_break_model(weights_file(**changes))


def test_each_field_has_as_many_features_as_its_signs_have_values() -> None:
    sizes = [int(np.prod([len(SIGNS[sign]) for sign in signs])) for signs in FIELDS]

    assert np.diff(OFFSETS).tolist() == sizes
    assert BreakModel.load().by_word.shape[1] == len(WORD_PLACES)
