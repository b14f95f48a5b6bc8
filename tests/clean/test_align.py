"""Pieces of an extractor find the lines they came from, whatever was joined, split or left out on the way."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.clean.align import align

FERRY = "The ferry to the outer islands will not sail before Thursday, the harbour office said."
WAVES = "Waves of four metres are expected off the northern point until the evening."
COUNCIL = "The council pays for a bus over the bridge as long as the storm lasts."
WORD = st.sampled_from(("storm", "ferry", "island", "bridge", "harbour", "council", "wave", "bus", "evening", "rain"))
LINES = st.lists(st.lists(WORD, min_size=1, max_size=12).map(" ".join), max_size=20)


def taken(pieces: list[str], lines: list[str]) -> list[int]:
    return sorted(align(pieces, lines).taken)


@pytest.mark.parametrize(
    ("pieces", "lines", "expected"),
    [
        pytest.param([FERRY, WAVES], ["Menu", FERRY, "Advert", WAVES, "Share"], [1, 3], id="whole lines"),
        pytest.param([f"{FERRY} {WAVES}"], ["Menu", FERRY, WAVES, "Share"], [1, 2], id="one piece, two lines"),
        pytest.param([f"{FERRY}{WAVES}"], ["Menu", FERRY, WAVES], [1, 2], id="joined without a blank"),
        pytest.param([FERRY, WAVES], ["Menu", f"{FERRY} {WAVES}"], [1], id="two pieces, one line"),
        pytest.param([FERRY], [f"Updated 4 March: {FERRY}", "Menu"], [0], id="part of a line"),
        pytest.param([FERRY.upper()], [f"“{FERRY}”"], [0], id="case and punctuation"),
        pytest.param(["A link", FERRY], ["Alink", FERRY], [0, 1], id="blanks at tags"),
        pytest.param(
            ["Lions", "3", "Bears", "1"],
            ["Menu", "Lions\t3", "Bears\t1", "Share"],
            [],
            id="alone, short words say nothing",
        ),
        pytest.param(
            [FERRY, "Lions", "3", "Bears"], [FERRY, "Lions\t3", "Bears", "Share"], [0, 1, 2], id="short rows of a table"
        ),
        pytest.param(
            ["島々への船は木曜日まで出ない。"],
            ["島々への", "船は木曜日まで出ない。", "メニュー"],
            [0, 1],
            id="no blanks between words",
        ),
        pytest.param([], ["Menu"], [], id="no pieces"),
        pytest.param(["Text"], [], [], id="no lines"),
        pytest.param(["", "—"], ["—", "Menu"], [], id="pieces without words"),
    ],
)
def test_finds_the_lines_of_the_pieces(pieces: list[str], lines: list[str], expected: list[int]) -> None:
    assert taken(pieces, lines) == expected


def test_of_equal_lines_takes_the_one_among_its_neighbours() -> None:
    lines = ["Weather", FERRY, "Weather", WAVES, "Weather", COUNCIL]

    assert taken([FERRY, "Weather", WAVES, COUNCIL], lines) == [1, 2, 3, 5]


def test_takes_each_of_equal_lines_once() -> None:
    assert taken([FERRY, "Weather", WAVES, "Weather", COUNCIL], [FERRY, "Weather", WAVES, "Weather", COUNCIL]) == [
        0,
        1,
        2,
        3,
        4,
    ]


def test_takes_a_piece_that_comes_out_of_order() -> None:
    assert taken([WAVES, COUNCIL, FERRY], [FERRY, "Advert", WAVES, COUNCIL]) == [0, 2, 3]


def test_a_teaser_does_not_take_the_words_of_the_body() -> None:
    teaser = "The ferry to the outer islands will not sail"

    assert taken([f"{FERRY} {WAVES}"], [FERRY, WAVES, "More news", teaser]) == [0, 1]


def test_counts_the_words_that_no_line_accounts_for() -> None:
    found = align([FERRY, "Words that stand on no line of this page"], [FERRY, "Share"])

    assert (found.words, found.unaligned_words) == (24, 9)


def test_time_grows_with_the_page_and_not_with_its_square() -> None:
    lines = ["x"] * 20_000 + [f"line number {n}" for n in range(20_000)]

    assert len(align(lines, lines).taken) == 40_000


@given(lines=LINES)
def test_a_page_taken_whole_is_found_whole(lines: list[str]) -> None:
    found = align(lines, lines)

    assert found.taken == frozenset(range(len(lines)))
    assert found.unaligned_words == 0


@given(pieces=LINES, lines=LINES)
def test_what_is_taken_is_on_the_page(pieces: list[str], lines: list[str]) -> None:
    found = align(pieces, lines)

    assert found.taken <= frozenset(range(len(lines)))
    assert 0 <= found.unaligned_words <= found.words
