"""Claims about what can be seen of a line alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.clean.lines import measure, read_lines


def one(text: str) -> object:
    return read_lines([text])[0]


@given(st.lists(st.text(alphabet="ab .\t\u00a0", max_size=8)))
def test_numbers_are_those_of_the_dump_and_blank_lines_give_none(texts: list[str]) -> None:
    assert [line.no for line in read_lines(texts)] == [no for no, text in enumerate(texts, 1) if text.strip()]


@pytest.mark.parametrize(
    ("text", "bare", "is_bullet"),
    [
        pytest.param("  • Spain", "Spain", True, id="dot"),
        pytest.param("  3. Contact us", "Contact us", True, id="number"),
        pytest.param("2 people died", "2 people died", False, id="figure-in-prose"),
        pytest.param("-", "-", False, id="nothing-but-the-bullet"),
    ],
)
def test_a_bullet_is_told_from_the_words(text: str, bare: str, is_bullet: bool) -> None:
    line = read_lines([text])[0]

    assert (line.bare, line.is_bullet) == (bare, is_bullet)


@given(st.text(alphabet="ab .é東\u0e31-_\t", max_size=30))
def test_a_line_has_the_words_of_its_folded_text(text: str) -> None:
    assert all(" ".join(line.words) == line.folded for line in read_lines([text]))


@pytest.mark.parametrize("text", ["He left.", "“He left.”", "Er ging!", "他走了。", "هل غادر؟", "He left.1"])
def test_a_sentence_ends_with_a_stop_in_any_script_behind_quotes_or_not(text: str) -> None:
    assert read_lines([text])[0].ends_stop


def test_a_stop_far_from_the_end_ends_nothing() -> None:
    assert not read_lines(["He left. " + "Then the bridge closed " * 4])[0].ends_stop


@pytest.mark.parametrize("text", ["Bridge closed", "Bridge closed:", "Photo: Jo Bell", "桥梁关闭"])
def test_a_title_does_not(text: str) -> None:
    assert not read_lines([text])[0].ends_stop


def test_two_characters_without_spaces_count_as_a_word() -> None:
    assert measure("东京大雨 3") == 3


def test_blank_lines_above_are_counted() -> None:
    assert [line.blanks_before for line in read_lines(["a", "", " ", "b"])] == [0, 2]
