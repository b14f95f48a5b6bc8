"""Claims about the string helpers all stages share."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.text import fold, hash128, split_lines, squash, words


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\v", "\f", "\x85", "\u2028", "\u2029"])
def test_every_line_end_ends_a_line(end: str) -> None:
    assert split_lines(f"one{end}two{end}") == ["one", "two"]


def test_blank_lines_are_lines() -> None:
    assert split_lines("a\n\n\nb") == ["a", "", "", "b"]


@given(st.text())
def test_lines_hold_every_character_but_the_line_ends(text: str) -> None:
    ends = set("\n\r\v\f\x85\u2028\u2029")

    assert "".join(split_lines(text)) == "".join(char for char in text if char not in ends)


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_squashed_text_has_no_runs_of_space(text: str) -> None:
    assert squash(text) == " ".join(text.split())


@pytest.mark.parametrize(
    ("left", "right"),
    [
        pytest.param("It’s OVER – at last", "it s over at last", id="case-and-signs"),
        pytest.param("Ｆｕｌｌ　ｗｉｄｔｈ", "full width", id="full-width"),
        pytest.param("• Bridge closed.", "Bridge closed", id="bullet-and-stop"),
    ],
)
def test_lines_that_say_the_same_fold_alike(left: str, right: str) -> None:
    assert fold(left) == fold(right)


def test_scripts_without_spaces_count_characters() -> None:
    assert words("東京で大雨 3人") == ["東", "京", "で", "大", "雨", "3", "人"]


@given(st.lists(st.text(), max_size=4), st.lists(st.text(), max_size=4))
def test_hash_tells_different_parts_apart(left: list[str], right: list[str]) -> None:
    assert (hash128(*left) == hash128(*right)) == (left == right)
