"""Claims about the measures of single lines."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.clean.lines import read_lines
from pipeline.clean.looks import FLAGS, look

BODY = (
    "The council of Harrow Mill voted on Monday to close the old Millers Bridge for a year, the mayor of the town said."
)


def flags_of(text: str, *others: str) -> set[str]:
    lines = read_lines([text, *others])
    return {
        name for name, holds in zip(FLAGS, look(lines, [None] * len(lines), {}, {}).flags[:, 0], strict=True) if holds
    }


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        pytest.param("and the mayor agreed.", "starts in lower case", id="lower"),
        pytest.param("WHO WILL PAY", "in capitals", id="capitals"),
        pytest.param("Who will pay?", "ends in a question mark", id="question"),
        pytest.param("誰が払うのか？", "ends in a question mark", id="question-in-full-width"),
        pytest.param("MORE: Oysters stolen", "an early colon", id="colon"),
        pytest.param("Nora Quill", "two to four capitalised words", id="name"),
        pytest.param("12", "a figure alone", id="number"),
        pytest.param("Only $20 a month", "holds a price or percentage", id="price"),
        pytest.param("It rained. It rained again.", "two stops or more", id="stops"),
        pytest.param("©2026 Harrow Post", "holds ©", id="copyright"),
    ],
)
def test_a_flag_is_raised(text: str, flag: str) -> None:
    assert flag in flags_of(text)


def test_a_caption_whose_words_stand_in_the_text_is_known() -> None:
    caption = "close the old Millers Bridge for a year"

    assert "its words stand in a paragraph below" in flags_of(caption, BODY)
    assert "its words stand in a paragraph above" not in flags_of(caption, BODY)


def test_copies_are_told_by_their_place() -> None:
    lines = read_lines(["Masons at work here", "Masons at work here", BODY, "Read more", BODY + " Yes.", "Read more"])

    assert look(lines, [None] * 6, {}, {}).copies == (1, 1, 0, 2, 0, 3)


def test_stopwords_are_those_of_the_language_of_the_page() -> None:
    words = {"the": 0b01, "of": 0b01, "to": 0b01, "die": 0b10, "for": 0b11}
    lines = read_lines([BODY, "die die die"])

    assert look(lines, [None] * 2, words, {}).stopwords[1] == 0


def test_words_shared_with_the_text_do_not_count_its_own() -> None:
    lines = read_lines([BODY, "Council votes on Millers Bridge", "Oyster thieves"])
    is_prose = np.array([True, False, False])

    shares = look(lines, [None] * 3, {}, {}).shared(0, 1, is_prose)

    assert shares.tolist() == [0, 0.75, 0]
