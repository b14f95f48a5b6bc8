"""Claims about paragraphs broken at their links: put together again, and nothing else joined."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.clean.fragments import MAX_JOINED_CHARS, join_fragments
from pipeline.clean.lines import read_lines
from pipeline.clean.marks import Label, Mark
from pipeline.records import LineClass

HEAD = "The council of Harrow Mill has asked the masons of"
SHARE = Mark(label=Label(line_class=LineClass.SHARE, rule="share.words", evidence="share"))


def joined(*texts: str, marked: tuple[int, ...] = ()) -> list[str]:
    """Return the lines that are left; ``marked`` are the indexes of lines that a rule has named."""
    lines = read_lines(texts)
    marks = [SHARE if i in marked else None for i in range(len(lines))]
    return [line.bare for line in join_fragments(lines, marks)[0]]


@pytest.mark.parametrize(
    ("texts", "wanted"),
    [
        ((HEAD, "the county to look at the bridge."), [f"{HEAD} the county to look at the bridge."]),
        ((HEAD, "Fenwick", "to look at the bridge."), [f"{HEAD} Fenwick to look at the bridge."]),
        ((HEAD, "Fenwick", ", the county's oldest town."), [f"{HEAD} Fenwick, the county's oldest town."]),
        ((f"{HEAD} Fenwick (", "Northshire", ") to look at it."), [f"{HEAD} Fenwick (Northshire) to look at it."]),
        (
            ("It was asked of Fenwick, the county's oldest town,", "Ada Quill said."),
            ["It was asked of Fenwick, the county's oldest town, Ada Quill said."],
        ),
    ],
    ids=["in mid-sentence", "at a link", "before a comma", "around brackets", "behind a comma"],
)
def test_paragraph_broken_at_its_links_is_one_again(texts: tuple[str, ...], wanted: list[str]) -> None:
    assert joined(*texts) == wanted


@pytest.mark.parametrize(
    "texts",
    [
        (HEAD, "", "the county to look at the bridge."),
        ("The bridge was closed on Monday by the council.", "the county had asked for it a year ago."),
        ("The council has asked for three things to be done:", "the arches, the piers and the road itself."),
        ("home", "sport", "weather", "more"),
        ("Bridge to close for a year of repairs", "The council voted for it on Monday."),
        (HEAD, "• the county to look at the bridge."),
    ],
    ids=["a blank line", "a full stop", "a colon", "a menu in lower case", "a headline", "a list"],
)
def test_lines_of_their_own_stay_apart(texts: tuple[str, ...]) -> None:
    assert len(joined(*texts)) == len([text for text in texts if text])


@pytest.mark.parametrize("marked", [(0,), (1,)], ids=["above", "below"])
def test_line_that_a_rule_has_named_is_never_joined(marked: tuple[int, ...]) -> None:
    assert len(joined(HEAD, "the county to look at the bridge.", marked=marked)) == 2


def test_joined_line_knows_the_lines_it_was_made_of() -> None:
    lines = read_lines(["Bridge to close", "", HEAD, "Fenwick ", "to look at the bridge."])

    (_, whole), marks = join_fragments(lines, [None] * 4)

    assert (whole.no, whole.blanks_before) == (3, 1)
    assert [(part.no, part.start, part.text) for part in whole.parts] == [
        (3, 0, HEAD),
        (4, 0, "Fenwick "),
        (5, 0, "to look at the bridge."),
    ]
    assert whole.ends_stop
    assert marks == [None, None]


def test_open_lines_without_end_are_no_single_paragraph() -> None:
    lines = read_lines(["one, two, three, four,"] * 2_000)

    whole, _ = join_fragments(lines, [None] * len(lines))

    assert len(whole) > 1
    assert max(len(line.bare) for line in whole) <= MAX_JOINED_CHARS + len("one, two, three, four,") + 1
    assert sum(len(line.parts) for line in whole) == 2_000


WORDS = st.sampled_from(["the", "Bridge", "closed.", "(", ")", ",", "of", "Fenwick", "•", "—", "until", "“", "”", ":"])
LINES = st.lists(st.lists(WORDS, max_size=9).map(" ".join), max_size=14)


@given(LINES, st.sets(st.integers(0, 13)))
def test_every_line_is_part_of_one_line_in_order(texts: list[str], marked: set[int]) -> None:
    lines = read_lines(texts)
    marks = [SHARE if i in marked else None for i in range(len(lines))]

    whole, kept_marks = join_fragments(lines, marks)

    assert [(part.no, part.text) for line in whole for part in line.parts] == [(line.no, line.text) for line in lines]
    assert len(whole) == len(kept_marks)
    assert [mark for mark in kept_marks if mark] == [mark for mark in marks if mark]


@given(LINES)
def test_where_every_line_is_named_nothing_is_joined(texts: list[str]) -> None:
    lines = read_lines(texts)

    whole, _ = join_fragments(lines, [SHARE] * len(lines))

    assert whole == lines
