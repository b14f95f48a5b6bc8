"""Claims about paragraphs broken at their links: put together again, and nothing else joined."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.clean.fragments import MAX_JOINED_CHARS, join_fragments, join_nodes
from pipeline.clean.lines import read_lines
from pipeline.clean.marks import Label, Mark
from pipeline.records import LineClass

HEAD = "The council of Harrow Mill has asked the masons of"
STOPWORDS = dict.fromkeys(["the", "of", "in", "and", "a", "to", "was", "for", "at", "today"], 1) | {"war": 2, "mit": 2}
SHARE = Mark(label=Label(line_class=LineClass.SHARE, rule="share.words", evidence="share"))


def joined(*texts: str, marked: tuple[int, ...] = ()) -> list[str]:
    """Return the lines that are left; ``marked`` are the indexes of lines that a rule has named."""
    lines = read_lines(texts)
    marks = [SHARE if i in marked else None for i in range(len(lines))]
    return [line.bare for line in join_fragments(lines, marks, STOPWORDS)[0]]


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
        ("Why the bridge had to close at last", "Today we ask the", "masons of Fenwick."),
    ],
    ids=["a blank line", "a full stop", "a colon", "a menu in lower case", "a headline", "a list", "a new sentence"],
)
def test_lines_of_their_own_stay_apart(texts: tuple[str, ...]) -> None:
    assert len(joined(*texts)) == len([text for text in texts if text])


@pytest.mark.parametrize("marked", [(0,), (1,)], ids=["above", "below"])
def test_line_that_a_rule_has_named_is_never_joined(marked: tuple[int, ...]) -> None:
    assert len(joined(HEAD, "the county to look at the bridge.", marked=marked)) == 2


def test_joined_line_knows_the_lines_it_was_made_of() -> None:
    lines = read_lines(["Bridge to close", "", HEAD, "Fenwick ", "to look at the bridge."])

    (_, whole), marks = join_fragments(lines, [None] * 4, STOPWORDS)

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

    whole, _ = join_fragments(lines, [None] * len(lines), STOPWORDS)

    assert len(whole) > 1
    assert max(len(line.bare) for line in whole) <= MAX_JOINED_CHARS + len("one, two, three, four,") + 1
    assert sum(len(line.parts) for line in whole) == 2_000


# What makes a page one of text nodes: sentences that go on with a comma, a stop and a small letter.
NODES = (
    "The arches were built by",
    "Ada Quill",
    ", the county's first mason.",
    "They have stood there since",
    "the great flood",
    ".",
)
WHOLE = [
    "The arches were built by Ada Quill, the county's first mason.",
    "They have stood there since the great flood.",
]


def of_nodes(*texts: str) -> list[str]:
    """Return what becomes of the lines on a page of text nodes, but for those that make it one."""
    found = [line.bare for line in join_nodes(read_lines([*NODES, *texts]), STOPWORDS)]
    assert found[:2] == WHOLE
    return found[2:]


@pytest.mark.parametrize(
    ("texts", "wanted"),
    [
        (
            ("News of the closure went round on", "Facebook", "and in the market."),
            ["News of the closure went round on Facebook and in the market."],
        ),
        (
            ("The survey was printed in the", "Northshire Quarterly"),
            ["The survey was printed in the Northshire Quarterly"],
        ),
        (
            ("Fenwick Masons", "have been asked for a price by Friday."),
            ["Fenwick Masons have been asked for a price by Friday."],
        ),
        (
            ("The county engineer", "Jonas Pell", "says that the piers are sound."),
            ["The county engineer Jonas Pell says that the piers are sound."],
        ),
        (
            ("Shares of the quarry fell by a tenth (", "QRY", ") on the day."),
            ["Shares of the quarry fell by a tenth (QRY) on the day."],
        ),
        (
            ("The Harrow Mill Gazette was told in", "", "a letter of the council."),
            ["The Harrow Mill Gazette was told in a letter of the council."],
        ),
        (
            ("In", "Fenwick", "nobody was surprised by the news of it."),
            ["In Fenwick nobody was surprised by the news of it."],
        ),
        (
            ("According to", "a survey", "of the council the piers are sound."),
            ["According to a survey of the council the piers are sound."],
        ),
        (
            ("The council's", "Board of Bridges", "has asked for a price by Friday."),
            ["The council's Board of Bridges has asked for a price by Friday."],
        ),
        (
            ("The mayor has called it „a matter of the", "heart", "“ and of trade."),
            ["The mayor has called it „a matter of the heart“ and of trade."],
        ),
        (
            ("The mayor of the town is", "« surprised by it »", ", as she told us."),
            ["The mayor of the town is « surprised by it », as she told us."],
        ),
        (
            ("Tickets can be had at the old Toll House", "(two crowns each) from Monday."),
            ["Tickets can be had at the old Toll House (two crowns each) from Monday."],
        ),
        (
            ("A price is asked for by the", "stone", "-cutters of Northshire."),
            ["A price is asked for by the stone-cutters of Northshire."],
        ),
    ],
    ids=[
        *("a link named as a button", "a title last", "a link first", "a name", "brackets", "a blank"),
        *("one word first", "a small link", "an owner", "a closing quote", "an opening quote"),
        *("brackets in small letters", "half a word"),
    ],
)
def test_sentence_of_text_nodes_is_one_line(texts: tuple[str, ...], wanted: list[str]) -> None:
    assert of_nodes(*texts) == wanted


@pytest.mark.parametrize(
    "texts",
    [
        ("Home", "Sport", "Weather"),
        ("sport", "weather", "money"),
        ("Bridge to close for a year", "The council voted for it on", "Monday", "."),
        ("9. Walk every day", "Starting slowly with a", "short walk is best."),
        ("Why the arches gave way", "Today we ask about the", "masons of Fenwick."),
        ("Bridge to close for a year of repairs", "(NPA) The council voted for it."),
        ("Nora Finch: „We have looked at every way“", "The causes of it are", "not known."),
        ("Why the bridge is what it is", "By", "Nora Finch", ", Fenwick"),
        ("Topics", ",", "Roads", ",", "Bridges"),
        ("Price:", "three thousand crowns for each of the arches"),
        ("12. Find someone to talk to", "Talking to a mason", "helps in any weather."),
    ],
    ids=[
        *("a menu", "a menu in small letters", "a headline", "a heading with a number", "a new sentence", "a source"),
        *("a closing quote", "a byline", "tags", "a colon"),
        "a heading that ends like half a sentence",
    ],
)
def test_lines_beside_text_nodes_stay_apart(texts: tuple[str, ...]) -> None:
    first, second, *_ = read_lines(texts)

    assert [line.split(" ")[0] for line in of_nodes(*texts)[:2]] == [
        line.bare.split(" ")[0] for line in (first, second)
    ]
    assert of_nodes(*texts)[0] == first.bare


def test_a_common_word_of_another_language_leads_nowhere() -> None:
    texts = ["How two old mills of the river have gone through the war", "By Jo Bell,", "Mill Post"]

    assert of_nodes(*texts)[0] == texts[0]


def test_text_nodes_without_end_are_no_single_paragraph() -> None:
    lines = read_lines([*NODES, *[", and so on"] * 2_000])

    whole = join_nodes(lines, STOPWORDS)

    assert max(len(line.bare) for line in whole) <= MAX_JOINED_CHARS + len(", and so on")
    assert sum(len(line.parts) for line in whole) == len(lines)


def test_blank_lines_between_paragraphs_part_text_nodes() -> None:
    texts = [*NODES[:3], "", *NODES[3:], "", "The bridge was closed on", "", "Monday", "", "It opens in May", ""]

    found = [line.bare for line in join_nodes(read_lines(texts), STOPWORDS)]

    assert found == [*WHOLE, "The bridge was closed on", "Monday", "It opens in May"]


def test_page_of_whole_paragraphs_is_no_page_of_text_nodes() -> None:
    lines = read_lines([HEAD, "Fenwick", "to look at the bridge.", "The bridge was closed on Monday.", "They say so."])

    assert join_nodes(lines, STOPWORDS) == lines


WORDS = st.sampled_from(["the", "Bridge", "closed.", "(", ")", ",", "of", "Fenwick", "•", "—", "until", "“", "”", ":"])
LINES = st.lists(st.lists(WORDS, max_size=9).map(" ".join), max_size=14)


@given(LINES, st.sets(st.integers(0, 13)))
def test_every_line_is_part_of_one_line_in_order(texts: list[str], marked: set[int]) -> None:
    lines = read_lines(texts)
    marks = [SHARE if i in marked else None for i in range(len(lines))]

    whole, kept_marks = join_fragments(lines, marks, STOPWORDS)

    assert [(part.no, part.text) for line in whole for part in line.parts] == [(line.no, line.text) for line in lines]
    assert len(whole) == len(kept_marks)
    assert [mark for mark in kept_marks if mark] == [mark for mark in marks if mark]


@given(LINES)
def test_every_text_node_is_part_of_one_line_in_order(texts: list[str]) -> None:
    lines = read_lines([*NODES, *texts])

    whole = join_nodes(lines, STOPWORDS)

    assert [(part.no, part.text) for line in whole for part in line.parts] == [(line.no, line.text) for line in lines]


@given(LINES)
def test_where_every_line_is_named_nothing_is_joined(texts: list[str]) -> None:
    lines = read_lines(texts)

    whole, _ = join_fragments(lines, [SHARE] * len(lines), STOPWORDS)

    assert whole == lines
