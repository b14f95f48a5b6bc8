"""Claims about what the line model sees."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.clean.features import FIELDS, NAMES, OFFSETS, Surroundings, features
from pipeline.clean.lines import read_lines
from pipeline.clean.looks import FLAGS

BODY = "The council of Harrow Mill voted on Monday to close the old Millers Bridge for a year of repairs to its arches."
NOWHERE = Surroundings(headline=None, first_body=0)


def seen(texts: list[str], row: int, around: Surroundings = NOWHERE, **leans: float) -> dict[str, str]:
    lines = read_lines(texts)
    active = features(lines, [None] * len(lines), around, {}, leans)
    found = dict(NAMES[number].split(": ", 1) for number in active[row][: len(FIELDS)])
    return found | {NAMES[number]: "" for number in active[row][len(FIELDS) :] if number >= 0}


@given(st.lists(st.text(max_size=80), min_size=1, max_size=30))
def test_every_line_has_one_value_of_each_field(texts: list[str]) -> None:
    lines = read_lines(texts)
    if not lines:
        return
    active = features(lines, [None] * len(lines), NOWHERE, {"the": 1}, {"the": 1.0})

    assert active.shape == (len(lines), len(FIELDS) + len(FLAGS))
    assert (active[:, : len(FIELDS)] >= OFFSETS[:-1]).all()
    assert (active[:, : len(FIELDS)] < OFFSETS[1:]).all()


def test_no_two_features_share_a_name() -> None:
    assert len(set(NAMES)) == len(NAMES) == OFFSETS[-1] + len(FLAGS)


def test_a_line_knows_its_neighbours() -> None:
    found = seen([BODY, "What comes next for them", BODY], 1)

    assert found["own and above"] == "title, paragraph"
    assert found["between paragraphs"] == "under 1 lines, under 1 lines"


def test_a_line_far_from_the_prose_knows_it() -> None:
    found = seen([BODY] * 3 + ["Home", "World", "Sport", "Weather"], 6)

    assert found["to the body's run"] == "below the body's run, under 7 lines"
    assert found["short run"] == "under 7 lines, below the body's run"


@pytest.mark.parametrize(
    ("again", "how"),
    [
        pytest.param("Millers Bridge to close for a year", "just it", id="exact"),
        pytest.param("Harrow: Millers Bridge to close for a year", "more", id="kicker"),
        pytest.param("Millers Bridge to close", "its head", id="cut-short"),
        pytest.param("Oyster thieves are back in the beds", "no", id="another"),
    ],
)
def test_the_headline_is_known_when_it_comes_again(again: str, how: str) -> None:
    around = Surroundings(headline=0, first_body=1)

    assert seen(["Millers Bridge to close for a year", BODY, again], 2, around)["says the headline"] == how


def test_words_that_lean_to_page_tools_are_counted() -> None:
    found = seen([BODY, "Subscribe to our newsletter"], 1, subscribe=3.0, newsletter=2.0)

    assert found["words of page tools"] == "under 3 words, 4 to 12 words"


def test_page_length_costs_in_proportion() -> None:
    lines = read_lines([BODY, "Short title here", ""] * 2_000)

    assert np.isfinite(features(lines, [None] * len(lines), NOWHERE, {}, {})).all()
