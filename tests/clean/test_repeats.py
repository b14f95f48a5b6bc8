"""Claims about captions said twice."""

from __future__ import annotations

import pytest

from pipeline.clean.lines import read_lines
from pipeline.clean.marks import Label
from pipeline.clean.repeats import label_captions, label_twice
from pipeline.records import LineClass

CAPTION = "Masons look at the third arch"


def rules(texts: list[str]) -> list[str | None]:
    lines = read_lines(texts)
    labels: list[Label | None] = [None] * len(lines)
    label_twice(lines, labels)
    return [label.rule if label else None for label in labels]


def captions(texts: list[str], credit: int | None = None) -> list[str]:
    """Return the rules of lines that the model keeps, after captions were told; ``credit`` is a credit's index."""
    lines = read_lines(texts)
    kept = Label(line_class=LineClass.BODY, rule="model", evidence="")
    labels = [kept] * len(lines)
    if credit is not None:
        labels[credit] = Label(line_class=LineClass.CREDIT, rule="credit.alone", evidence="")
    label_captions(lines, labels, rule="model")
    return [label.rule for label in labels]


def test_next_to_each_other_both_copies_go() -> None:
    assert rules([CAPTION, CAPTION, "Other words"]) == ["caption.twice", "caption.twice", None]


def test_apart_both_stay() -> None:
    assert rules([CAPTION, "Other words", CAPTION]) == [None, None, None]


def test_a_short_line_right_above_a_credit_is_its_caption() -> None:
    assert captions([CAPTION, "Photo: Bo Marsh"], 1) == ["caption.above_credit", "credit.alone"]


@pytest.mark.parametrize("day", ["24. April 2026", "24 April 2026", "April 24, 2026"])
def test_a_short_line_that_ends_in_a_day_is_a_caption(day: str) -> None:
    assert captions([f"Masons look at the third arch, {day}", "Other words"]) == ["caption.day", "model"]


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("Masons looked at the third arch on Monday, 24 April 2026.", id="sentence"),
        pytest.param("Bridge, 24 April 2026", id="a-word"),
        pytest.param("Masons look at the third arch, 24 April 2026, and wait", id="goes-on"),
        pytest.param("What the masons found in April 2026", id="month"),
    ],
)
def test_other_lines_with_a_day_stay(line: str) -> None:
    assert captions([line, "Other words"]) == ["model", "model"]


def test_a_line_parted_from_the_credit_stays() -> None:
    assert captions([CAPTION, "", "Photo: Bo Marsh"], 1) == ["model", "credit.alone"]


def test_a_name_above_a_credit_in_mid_text_is_who_the_picture_shows() -> None:
    lines = read_lines(["The story begins here.", "Harbour Strait", "", "Photo: Bo Marsh"])
    kinds = [(LineClass.BODY, "model"), (LineClass.BYLINE, "model"), (LineClass.CREDIT, "credit.alone")]
    labels = [Label(line_class=kind, rule=rule, evidence="") for kind, rule in kinds]

    label_captions(lines, labels, rule="model")
    assert labels[1].line_class is LineClass.CAPTION

    above = labels[1:]
    above[0] = Label(line_class=LineClass.BYLINE, rule="model", evidence="")
    label_captions(lines[1:], above, rule="model")
    assert above[0].line_class is LineClass.BYLINE


def test_a_long_line_above_a_credit_is_the_story() -> None:
    assert captions([" ".join([CAPTION] * 6), "Photo: Bo Marsh"], 1) == ["model", "credit.alone"]


def test_what_is_said_three_times_is_no_story_but_a_question_may_be() -> None:
    often = "Masons look at the third arch of the old bridge"

    assert captions([often, "Other words", often, "More words", often]) == [
        "caption.often", "model", "caption.often", "model", "caption.often",
    ]  # fmt: skip
    assert set(captions([f"{often}?", "Other words", f"{often}?", "More words", f"{often}?"])) == {"model"}


def test_what_has_a_label_keeps_it() -> None:
    lines = read_lines([CAPTION, CAPTION])
    known = Label(line_class=LineClass.HEADLINE, rule="a", evidence="b")
    labels: list[Label | None] = [known, None]

    label_twice(lines, labels)

    assert labels[0] is known
    assert labels[1] is not None
    assert labels[1].rule == "caption.twice"
