"""Claims about blocks: what a marker opens, where it ends, and what is left below the body."""

from pipeline.clean.blocks import label_between, label_blocks, label_tail
from pipeline.clean.lines import read_lines
from pipeline.clean.marks import Label, mark_lines
from pipeline.lexicon import Lexicon
from pipeline.records import LineClass
from pipeline.rulebook import Rulebook

BODY = "The council of Harrow Mill voted on Monday to close the old Millers Bridge for a year of repairs to its arches."


def labelled(*texts: str) -> list[str | None]:
    lines = read_lines(texts)
    marks = mark_lines(lines, Rulebook.load(), Lexicon.load())
    labels: list[Label | None] = [None if mark is None else mark.label for mark in marks]
    label_between(lines, labels)
    label_blocks(lines, labels, marks)
    return [None if label is None else label.line_class.value for label in labels]


def test_the_byline_of_a_teaser_in_the_tail_belongs_to_the_tail() -> None:
    assert labelled(*[BODY] * 3, "Explore", "Oysters stolen again", "By Nora Quill")[3:] == ["recommended"] * 3


def test_a_block_takes_no_paragraph_while_body_remains() -> None:
    assert labelled(BODY, BODY, "RECOMMENDED", BODY, BODY) == [None, None, "recommended", None, None]


def test_the_words_of_a_form_between_its_own_lines_go_with_it() -> None:
    found = labelled(BODY, "Get our newsletter", "The day in markets, at five", "Enter your email", BODY)

    assert found == [None, "newsletter", "newsletter", "newsletter", None]


def test_closing_sentences_right_under_the_body_stay_and_titles_do_not() -> None:
    lines = read_lines([BODY, "Nobody was hurt.", "About us and our partners", "It rained."])
    labels: list[Label | None] = [None] * 4

    label_tail(lines, labels)

    assert [label.line_class if label else None for label in labels] == [
        None,
        None,
        LineClass.BOILERPLATE,
        LineClass.BOILERPLATE,
    ]
