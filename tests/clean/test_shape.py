"""Claims about lines that no rule knows: told by their shape and by what stands round them."""

import pytest

from pipeline.clean.lines import read_lines
from pipeline.clean.marks import Label
from pipeline.clean.shape import label_body, label_header, label_repeats
from pipeline.records import LineClass

BODY = [
    f"The council of Harrow Mill voted on {day} to close the old Millers Bridge for a year of repairs to its arches."
    for day in ("Monday", "Tuesday", "Wednesday")
]


def shaped(*texts: str) -> list[str]:
    lines = read_lines(texts)
    labels: list[Label | None] = [None] * len(lines)
    label_repeats(lines, labels)
    label_body(lines, labels, 0)
    return [label.rule if label else "" for label in labels]


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("What comes next", "shape.subhead"),
        ("- Calling for patience -", "shape.dashed_subhead"),
        ("“It was cold,” she said.", "shape.sentence"),
        ("The mayor said three things:", "shape.sentence"),
        ("MAYOR OF HARROW MILL TOLD TO STAND DOWN OVER THE BRIDGE", "shape.capitals_link"),
        ("Masons of the town look up at the third arch of the old bridge on a morning in March", "shape.caption"),
    ],
)
def test_a_line_between_paragraphs_is_told_by_its_shape(line: str, rule: str) -> None:
    assert shaped(BODY[0], "", line, "", BODY[1])[1] == rule


def test_a_paragraph_said_again_is_kept_once() -> None:
    assert shaped(BODY[0], BODY[1], BODY[2], BODY[0])[3] == "line.again"


def test_the_writer_named_above_is_no_sub_heading_below() -> None:
    lines = read_lines(["By Jon King, News Reporter", BODY[0], "Jon King", BODY[1]])
    byline = Label(line_class=LineClass.BYLINE, rule="byline.line", evidence="By Jon King")
    labels: list[Label | None] = [byline, None, None, None]

    label_body(lines, labels, 1)

    assert labels[2] is not None
    assert labels[2].rule == "byline.again"


def test_the_section_stands_right_above_the_headline_and_the_name_below_it() -> None:
    lines = read_lines(["Heritage and more", "", "Millers Bridge to close", "Nora Quill", *BODY])
    labels: list[Label | None] = [
        None,
        Label(line_class=LineClass.HEADLINE, rule="headline.choice", evidence=""),
        *[None] * 4,
    ]

    label_header(lines, labels, 1, 3)

    assert [label.rule if label else None for label in labels[:3]] == ["shape.kicker", "headline.choice", "shape.name"]
