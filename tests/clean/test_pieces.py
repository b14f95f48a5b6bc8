"""Claims about lines that are several: sentences, seams and menus come apart, names stay whole, nothing is lost."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.clean.pieces import is_glued, split

SENTENCES = (
    "The council of Harrow Mill voted on Monday to close the old Millers Bridge for a year of repairs to its arches. ",
    "Engineers told the council that two of the seven arches had moved by a hand's breadth since last spring. ",
    "Mr. Quill of the county works office said that masons would begin with the eastern pier on 4 May 2026. ",
)
MENU = "Home News Sport Weather Harrow Mill Fenwick Ashby Culture Food Travel Puzzles Jobs Homes Motors Obituaries "


def pieces(text: str, *, glued: bool = False) -> list[str]:
    return [text[start:end] for start, end in split(text, frozenset({"the", "in"}), is_glued=glued)]


@given(st.text(max_size=400), st.booleans())
def test_pieces_are_the_line(text: str, glued: bool) -> None:
    repeated = text * 6
    spans = split(repeated, is_glued=glued)

    assert "".join(repeated[start:end] for start, end in spans).split() == repeated.split()
    assert all(before[1] <= after[0] for before, after in pairwise(spans))


def test_a_paragraph_of_any_house_stays_whole() -> None:
    paragraph = "".join(SENTENCES).strip()

    assert pieces(paragraph) == [paragraph]


def test_a_sentence_glued_to_the_last_one_comes_off() -> None:
    first, second = SENTENCES[0].strip(), "".join(SENTENCES[1:]).strip()

    assert pieces(first + second) == [first, second]


def test_words_glued_together_come_apart_on_a_glued_page_only() -> None:
    line = "SubscribeLog in nowWeather 2026Share"

    assert pieces(line, glued=True) == ["Subscribe", "Log in now", "Weather 2026", "Share"]
    assert pieces(line) == [line]


@pytest.mark.parametrize("name", ["McDonald", "iPhone", "U.S. Army", "e.g. This", "3.5 Million", "5 L 3799/24.F)"])
def test_names_are_no_seams(name: str) -> None:
    assert pieces(f"Told by {name} of Ashby", glued=True) == [f"Told by {name} of Ashby"]


def test_a_page_on_one_line_comes_apart_at_its_sentences_with_the_menu_off() -> None:
    page = MENU + "".join(SENTENCES) * 5

    assert pieces(page)[:4] == [MENU, *SENTENCES]


def test_an_initial_or_a_title_ends_no_sentence() -> None:
    page = MENU + "".join(SENTENCES) * 5

    assert not any(piece.rstrip().endswith("Mr.") for piece in pieces(page))


def test_a_line_of_any_length_comes_apart_in_time_that_grows_with_it() -> None:
    line = "".join(SENTENCES) * 1_500
    started = time.process_time()

    found = pieces(line)

    assert len(found) > 1_500
    assert time.process_time() - started < 5  # 0.3 s; 40 s when each stop is looked back from to the line's start


def test_a_script_without_spaces_comes_apart_behind_its_stops() -> None:
    sentence = "市議会は月曜日、老朽化した橋を一年間閉鎖することを決めた。"

    assert pieces(sentence * 60) == [sentence] * 60


def test_a_page_is_glued_where_its_seams_are_many() -> None:
    assert is_glued(["HomeNewsSportsWeatherCulture", "The bridge closed.Masons came.It rained."])
    assert not is_glued([*SENTENCES, "A film on YouTube by the DeAngelo brothers."])
