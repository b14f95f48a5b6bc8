"""Claims about what only lists other pages."""

from __future__ import annotations

import pytest

from pipeline.clean.lines import read_lines
from pipeline.clean.listings import mark_listings

BODY = "The council voted on Monday to close the old Millers Bridge for a year of repairs, the mayor of the town said."
EXCERPTS = [
    text
    for town in ("Harrow", "Ashby", "Selby")
    for text in (f"What became of the mill of {town}", f"For two hundred years the mill of {town} stood by the river and ground corn for…")
]  # fmt: skip
GLUED = [
    "Mill Burns Down In AshbyThe old mill of Ashby burnt to the ground on Sunday night, the county said.",
    "Ferry Sinks Off The QuayForty people were brought ashore by the men of the lifeboat on Monday.",
    "Why Is The River Red?Engineers of the county works office have found iron in the springs above it.",
    "Council Sells The Old QuayThe quay will be a garden with a view of the town and the abbey by May.",
]
NAMED = [
    f"Jo {name} Joanna Quill {name}Ferry runs aground off Harrow on the first day of its new season MORE (Ashby)."
    for name in ("Bell", "Varga", "Fox", "Quill")
]
TAGS = (
    "adit bank barge bridge canal corn dam ferry flood frost gate grain lock mill oats pier quay river sluice tide weir"
)


def rules(texts: list[str]) -> list[str | None]:
    lines = read_lines(texts)
    return [mark and mark.label.rule for mark in mark_listings(lines, [None] * len(lines))]


def test_cut_off_beginnings_of_stories_are_no_text() -> None:
    assert rules([BODY, *EXCERPTS, BODY]) == [None, *["related.excerpts"] * 6, None]


def test_the_line_above_the_first_is_left_where_it_is_a_sentence() -> None:
    assert rules([BODY, *EXCERPTS[1:]]) == [None, *["related.excerpts"] * 5]


def test_titles_may_be_missing_above_some() -> None:
    assert rules([BODY, *EXCERPTS[:2], *EXCERPTS[3:]]) == [None, *["related.excerpts"] * 5]


@pytest.mark.parametrize(
    "texts",
    [
        pytest.param(EXCERPTS[:4], id="two"),
        pytest.param([BODY, "And so …", "And then …", "And on …"], id="short"),
        pytest.param([text for excerpt in EXCERPTS[1::2] for text in (excerpt, BODY)], id="paragraphs-between"),
        pytest.param([BODY.replace("said.", "said...") for _ in range(5)], id="a-writer-of-dots"),
    ],
)
def test_a_text_may_leave_sentences_open(texts: list[str]) -> None:
    assert set(rules(texts)) == {None}


def test_titles_glued_to_a_sentence_are_of_other_stories() -> None:
    assert rules([BODY, *GLUED, *[BODY] * 4]) == [None, *["related.excerpts"] * 4, *[None] * 4]


def test_glued_titles_beside_next_to_no_text_may_be_steps_or_briefs() -> None:
    assert rules([BODY, *GLUED]) == [None] * 5


@pytest.mark.parametrize(
    "texts",
    [
        pytest.param(GLUED[:3], id="three"),
        pytest.param([text for glued in GLUED for text in (glued, BODY)], id="sub-heads-of-a-text"),
        pytest.param([f"{glued} {BODY} {BODY} {BODY}" for glued in GLUED], id="long-paragraphs"),
        pytest.param(
            [glued.replace("The", "the").replace("Down In", "down in") for glued in GLUED], id="sentence-case"
        ),
        pytest.param(
            [f"The Council Of Ashby YouTube channel has shown film {n} of the mill." for n in GLUED], id="brand"
        ),
    ],
)
def test_capitals_inside_words_make_no_titles(texts: list[str]) -> None:
    assert set(rules(texts)) == {None}


def test_many_words_in_the_order_of_letters_are_tags() -> None:
    assert rules([BODY, TAGS]) == [None, "tag.cloud"]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(" ".join(TAGS.split()[:15]), id="few"),
        pytest.param(", ".join(TAGS.split()), id="told-with-commas"),
        pytest.param(" ".join(reversed(TAGS.split())), id="another-order"),
        pytest.param("mill " * 30, id="one-word"),
    ],
)
def test_other_lines_are_no_tags(text: str) -> None:
    assert rules([text]) == [None]
