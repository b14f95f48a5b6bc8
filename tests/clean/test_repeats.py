"""Claims about captions said twice."""

from __future__ import annotations

from pipeline.clean.lines import read_lines
from pipeline.clean.marks import Label
from pipeline.clean.repeats import label_repeats, label_twice
from pipeline.records import LineClass

CAPTION = "Masons look at the third arch"


def rules(texts: list[str], *, everywhere: bool) -> list[str | None]:
    lines = read_lines(texts)
    labels: list[Label | None] = [None] * len(lines)
    (label_repeats if everywhere else label_twice)(lines, labels)
    return [label.rule if label else None for label in labels]


def test_next_to_each_other_both_copies_go() -> None:
    assert rules([CAPTION, CAPTION, "Other words"], everywhere=False) == ["caption.twice", "caption.twice", None]


def test_apart_both_stay_where_only_neighbours_count() -> None:
    assert rules([CAPTION, "Other words", CAPTION], everywhere=False) == [None, None, None]


def test_apart_the_later_copy_goes_where_all_lines_count() -> None:
    assert rules([CAPTION, "Other words", CAPTION], everywhere=True) == [None, None, "line.again"]


def test_what_has_a_label_keeps_it() -> None:
    lines = read_lines([CAPTION, CAPTION])
    known = Label(line_class=LineClass.HEADLINE, rule="a", evidence="b")
    labels: list[Label | None] = [known, None]

    label_twice(lines, labels)

    assert labels[0] is known
    assert labels[1] is not None
