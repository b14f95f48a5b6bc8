"""Claims about lists that belong to a story."""

from __future__ import annotations

import pytest

from pipeline.clean.lines import read_lines
from pipeline.clean.lists import keep_lists, level_lists
from pipeline.clean.marks import Label
from pipeline.records import LineClass

BODY = "The council voted on Monday to close the old Millers Bridge for a year, the mayor of the town said."
ROWS = ["June 9 -- Harrow Hall, Harrow Mill", "June 10 -- The Old Quay, Ashby", "June 14 -- Corn Exchange, Selby"]

LONG_ROW = "Masons at work on the seven arches and on the eastern pier all through the winter"

SHARED = [
    f"• What became of the old mill of {town} and of all who worked there" for town in ("Ashby", "Selby", "Corby")
]


def kept(texts: list[str], out: set[int], rule: str = "model") -> list[int]:
    """Return the indices of non-blank lines that are text, after lists were kept; ``out`` are those ``rule`` drops."""
    lines = read_lines(texts)
    labels = [
        Label(
            line_class=LineClass.RELATED if i in out else LineClass.BODY,
            rule=rule if i in out else "model",
            evidence="",
        )
        for i in range(len(lines))
    ]
    keep_lists(lines, labels, rule="model")
    return [i for i, label in enumerate(labels) if label.line_class.kept]


def test_rows_below_a_colon_are_of_the_story() -> None:
    assert kept([BODY, "The dates:", *ROWS, "", "More news"], {2, 3, 4, 5}) == [0, 1, 2, 3, 4]


def test_items_that_the_story_counts_are_of_it() -> None:
    texts = ["1) The quay", "2) The mill", "www.velm.example", "3) The weir", "", "5) The ferry"]

    assert kept(texts, {1, 2, 3, 4}) == [0, 1, 3]


def test_sentences_that_count_on_with_pictures_between_are_of_the_story() -> None:
    texts = [BODY, *[text for n in (1, 2, 3) for text in (f"{n}. The firm built {n * 10} mills.", "Outside content")]]

    assert kept(texts, {*range(1, 7)}) == [0, 1, 3, 5]


def test_questions_and_answers_of_an_interview_stay() -> None:
    turns = ["Q: Who owns the mill?", "A: We do.", "Q: And the river?", "A: Nobody.", "Q: Why not?", "A: It flows."]

    assert kept([*turns, BODY], {1, 3}) == [*range(7)]
    assert kept([*turns[:4], BODY], {1}) == [0, 2, 3, 4]


@pytest.mark.parametrize(
    ("items", "out", "expected"),
    [
        pytest.param(["• Two eggs", "• Corn flour", "• Salt"], {2, 3}, [0, 1, 2, 3], id="short-items"),
        pytest.param(SHARED, {1, 3}, [0], id="titles-of-other-stories"),
        pytest.param(SHARED, {2}, [0, 1, 3], id="most-are-kept"),
        pytest.param(["• Two eggs", "• Corn flour"], {2}, [0, 1], id="two"),
        pytest.param([f"{item}." for item in SHARED], {2}, [0, 1, 3], id="sentences"),
        pytest.param([item[:33] for item in SHARED], {2}, [0, 1, 3], id="neither"),
        pytest.param(["• Two eggs", "", "• Corn flour", "", "• Salt"], {2}, [0, 1, 2, 3], id="with-gaps"),
        pytest.param(["• Two eggs", "• Corn flour", "", "• Salt"], {2}, [0, 1, 3], id="two-lists"),
    ],
)
def test_a_list_is_of_the_text_with_all_its_items_or_none(items: list[str], out: set[int], expected: list[int]) -> None:
    lines = read_lines([BODY, *items])
    labels = [
        Label(line_class=LineClass.RELATED if i in out else LineClass.BODY, rule="model", evidence="")
        for i in range(len(lines))
    ]

    level_lists(lines, labels, rule="model")

    assert [i for i, label in enumerate(labels) if label.line_class.kept] == expected


def test_long_rows_below_a_colon_may_have_a_gap_above() -> None:
    texts = [BODY, "This is what the year of repairs will bring to the town:", "", LONG_ROW, LONG_ROW, "", "More news"]

    assert kept(texts, {2, 3, 4}) == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("texts", "out"),
    [
        pytest.param([BODY, "The dates", *ROWS], {2, 3, 4}, id="no-colon"),
        pytest.param([BODY, "The dates:", "", *ROWS], {2, 3, 4}, id="a-gap"),
        pytest.param([BODY, "The dates:", ROWS[0]], {2}, id="one-row"),
        pytest.param([BODY, "More stories:", "Mill burns in Ashby", "Ferry sinks off Selby"], {2, 3}, id="titles"),
        pytest.param([BODY, "More of this:", *ROWS], {1, 2, 3, 4}, id="a-head-that-is-out"),
        pytest.param([BODY, "1. Most read", "2. Mill burns", "3. Ferry sinks"], {1, 2, 3}, id="none-kept"),
        pytest.param([BODY, "It will bring:", "", LONG_ROW, "", LONG_ROW], {2, 3}, id="long-rows-with-gaps"),
        pytest.param([BODY, "1. Bell, J. 2019.", "2. Quill, A. 2018.", "3. Fox, N. 2017."], {1, 2, 3}, id="notes"),
        pytest.param([BODY, "1. The mill burnt.", "Jo Bell", "2. It is gone."], {1, 2, 3}, id="two-sentences"),
        pytest.param([BODY, "1. Mill burns", "Jo Bell", "2. It is gone", "", "3. No"], {1, 2, 3, 4}, id="titles-apart"),
        pytest.param([BODY, "1. The quay", *[BODY] * 13, "2. Mill burns"], {15}, id="far"),
        pytest.param([BODY, "1. The quay", "2) Mill burns"], {2}, id="another-sign"),
    ],
)
def test_other_lists_stay_out(texts: list[str], out: set[int]) -> None:
    assert not out & {*kept(texts, out)}


def test_what_a_rule_drops_stays_out() -> None:
    assert kept([BODY, "The dates:", *ROWS], {2, 3, 4}, rule="related.marker") == [0, 1]


def test_another_list_that_counts_anew_stays_out() -> None:
    texts = ["1. The quay", "2. The mill", "Most read", "1. Mill burns", "2. Ferry sinks", "3. Tide turns"]

    assert kept(texts, {2, 3, 4, 5}) == [0, 1]
