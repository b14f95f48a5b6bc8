"""Claims about lines that are several: sentences, seams and menus come apart, names stay whole, nothing is lost."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.clean import compiled
from pipeline.clean.break_model import BreakModel
from pipeline.clean.label import stopword_bits
from pipeline.clean.pieces import Piece, _compiled_seams, _seams, is_glued, split
from pipeline.words.lexicon import Lexicon

COMMON, MODEL = stopword_bits(Lexicon.load()), BreakModel.load()
SENTENCES = (
    "The council of Harrow Mill voted on Monday to close the old Millers Bridge for a year of repairs to its arches. ",
    "Engineers told the council that two of the seven arches had moved by a hand's breadth since last spring. ",
    "Mr. Quill of the county works office said that masons would begin with the eastern pier on 4 May 2026. ",
)
MENU = "Home News Sport Weather Harrow Mill Fenwick Ashby Culture Food Travel Puzzles Jobs Homes Motors Obituaries "
# Three different stops that the next sentence is glued to: the page glues its blocks.
GLUED = "It rained.Masons came at dawn.The ferry sank off Orsk.Nobody was hurt."


def pieces(*texts: str) -> list[list[str]]:
    return [
        [text[one.start : one.end] for one in own] or [text]
        for text, own in zip(texts, split(texts, COMMON, MODEL), strict=True)
    ]


@given(st.text(max_size=400), st.booleans())
def test_pieces_are_the_line(text: str, glued: bool) -> None:
    line = text.replace("\n", " ") * 6
    spans = split([line, GLUED] if glued else [line], COMMON, MODEL)[0] or [Piece(0, len(line))]

    assert "".join(line[one.start : one.end] for one in spans).split() == line.split()
    assert all(before.end <= after.start for before, after in pairwise(spans))


def test_a_paragraph_of_any_house_stays_whole() -> None:
    paragraph = "".join(SENTENCES).strip()

    assert pieces("Bridge to close", paragraph) == [["Bridge to close"], [paragraph]]


def test_a_sentence_glued_to_the_last_one_comes_off() -> None:
    first, second = SENTENCES[0].strip(), "".join(SENTENCES[1:]).strip()

    assert pieces("Bridge to close", first + second)[1] == [first, second]


def test_words_glued_together_come_apart_on_a_glued_page_only() -> None:
    text = [sentence.strip() for sentence in SENTENCES] * 2
    menu = [*MENU.replace("Harrow Mill Fenwick Ashby ", "").split(), "Subscribe", "Sign in"]
    others = ["More from Ashby", "Ferry sinks off Orsk", "Oysters stolen"]
    page = [*menu, "Bridge closed for a year", *text, *others]

    assert pieces("".join(page)) == [page]
    assert pieces("SubscribeLog in", "".join(SENTENCES)) == [["SubscribeLog in"], ["".join(SENTENCES)]]


def test_a_piece_that_was_glued_begins_a_line() -> None:
    found = split(["SubscribeLog in", GLUED], COMMON, MODEL)[0]

    assert list(found) == [Piece(0, 9), Piece(9, 15, is_line=True)]


@pytest.mark.parametrize(
    "name", ["McDonald", "iPhone", "U.S. Army", "e.g. This", "Gesetz, wie z.B. Anders", "3.5 Million", "5 L 3799/24.F)"]
)
def test_names_are_no_seams(name: str) -> None:
    line = f"Told by the {name} of Ashby"

    assert pieces(line, GLUED)[0] == [line]


def test_a_page_on_one_line_comes_apart_at_its_sentences_with_the_menu_off() -> None:
    (found,) = pieces(MENU + "".join(SENTENCES) * 5)

    assert found[-14:] == (list(SENTENCES) * 5)[1:]
    assert "".join(found[:-14]) == MENU + SENTENCES[0]
    assert len(found) > 20


def test_an_initial_or_a_title_ends_no_sentence() -> None:
    (found,) = pieces(MENU + "".join(SENTENCES) * 5)

    assert not any(piece.rstrip().endswith("Mr.") for piece in found)


def test_a_line_of_any_length_comes_apart_in_time_that_grows_with_it() -> None:
    line = "".join(SENTENCES) * 1_500
    started = time.process_time()

    (found,) = pieces(line)

    assert len(found) > 1_500
    assert time.process_time() - started < 10  # 0.8 s; 40 s when each stop is looked back from to the line's start


def test_a_script_without_spaces_comes_apart_behind_its_stops() -> None:
    sentence = "市議会は月曜日、老朽化した橋を一年間閉鎖することを決めた。"

    assert pieces(sentence * 60) == [[sentence] * 60]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("HomeNewsSportsWeatherCulture\nThe bridge closed. Masons came.", True, id="a menu"),
        pytest.param(f"{''.join(SENTENCES) * 9}\n{GLUED}", True, id="paragraphs"),
        pytest.param(f"{''.join(SENTENCES)}\nA film on YouTube by the DeAngelo brothers.", False, id="names"),
        pytest.param(
            f"{''.join(SENTENCES) * 9} The PrimeMinister of the UnitedKingdom met MissQuill.", False, id="links"
        ),
        pytest.param("", False, id="nothing"),
    ],
)
def test_a_page_is_glued_where_its_blocks_are(text: str, expected: bool) -> None:
    assert is_glued(text) is expected


@pytest.mark.skipif(compiled.LIBRARY is None, reason="no compiled kernel here")
@given(st.text(st.sampled_from("abAB ß.?ǅΩ1。\n\ud800")))
def test_the_kernel_finds_the_seams_that_numpy_finds(text: str) -> None:
    assert compiled.LIBRARY is not None
    assert _compiled_seams(compiled.LIBRARY, text) == _seams(text)
