"""Claims about what stands between headline and text."""

from __future__ import annotations

import pytest

from pipeline.clean.header import label_header, label_opening
from pipeline.clean.lines import read_lines
from pipeline.clean.marks import Label
from pipeline.records import LineClass
from pipeline.words.lexicon import Lexicon

LEXICON = Lexicon.load()
HEADLINE, BODY = "Bridge to close for a year", "The council voted on Monday to close the bridge, and the mayor agreed."


def labelled(line: str, line_class: LineClass, *, rule: str = "model") -> Label:
    lines = read_lines([HEADLINE, line, BODY])
    kinds = (LineClass.HEADLINE, line_class, LineClass.BODY)
    labels = [Label(line_class=kind, rule=rule, evidence="") for kind in kinds]
    label_header(lines, labels, 0, rule="model")
    return labels[1]


def test_a_name_alone_is_a_byline() -> None:
    assert labelled("Nora Quill", LineClass.RELATED).line_class is LineClass.BYLINE


def test_what_a_rule_named_stays() -> None:
    assert labelled("Nora Quill", LineClass.CREDIT, rule="credit.alone").line_class is LineClass.CREDIT


def test_a_line_right_under_the_headline_is_the_standfirst() -> None:
    line = "Masons will take the old arches apart, and ferries will run twice an hour"

    assert labelled(line, LineClass.NAVIGATION).line_class is LineClass.STANDFIRST


def test_a_paragraph_under_the_headline_is_the_text_where_there_is_no_other() -> None:
    lines = read_lines([HEADLINE, BODY, "Back"])
    kinds = (LineClass.HEADLINE, LineClass.STANDFIRST, LineClass.RELATED)
    labels = [Label(line_class=kind, rule="model", evidence="") for kind in kinds]

    label_header(lines, labels, 0, rule="model")

    assert labels[1].line_class is LineClass.BODY


@pytest.mark.parametrize("kind", [LineClass.STANDFIRST, LineClass.SUMMARY])
def test_a_paragraph_that_opens_with_a_dateline_is_the_text(kind: LineClass) -> None:
    lede = "HARROW MILL – The council voted on Monday to close the bridge for a year, and the mayor agreed to it."

    assert labelled(lede, kind).line_class is LineClass.BODY


def test_two_words_are_no_standfirst() -> None:
    assert labelled("read it", LineClass.STANDFIRST).line_class is LineClass.BOILERPLATE


OPENING = "Two of the seven arches have moved by a hand's breadth since last spring."
LONG = (
    "The council of Harrow Mill voted on Monday to close the old bridge for a year of repairs, after engineers had told "
    "it that the eastern pier would not stand another winter of floods like the last one."
)


DATE = "March 3, 2026"
BYLINE = "By Nora Quill"


def opened(
    first: str, *, headline: int | None = 0, rule: str = "model", dated: bool = True, signed: bool = False
) -> LineClass:
    """Return what the first paragraph below headline and date, or of a text without them, is taken for."""
    above = [] if headline is None else [(HEADLINE, LineClass.HEADLINE), *([(DATE, LineClass.DATE)] if dated else [])]
    byline = [(BYLINE, LineClass.BYLINE)] if signed else []
    shown = [*above, (first, LineClass.BODY), *byline, *[(LONG, LineClass.BODY)] * 3]
    labels = [Label(line_class=kind, rule=rule, evidence="") for _, kind in shown]
    label_opening(read_lines([text for text, _ in shown]), labels, headline, LEXICON, rule="model")
    return labels[len(above)].line_class


def test_a_first_paragraph_much_shorter_than_the_next_is_the_standfirst_below_a_date() -> None:
    assert opened(OPENING) is LineClass.STANDFIRST
    assert opened(OPENING, dated=False) is LineClass.BODY


def test_a_first_sentence_without_a_stop_is_the_standfirst() -> None:
    assert opened(OPENING.removesuffix("."), dated=False) is LineClass.STANDFIRST
    assert opened(OPENING.replace(".", ":"), dated=False) is LineClass.BODY


def test_a_byline_parts_the_standfirst_from_the_text() -> None:
    assert opened(LONG, dated=False, signed=True) is LineClass.STANDFIRST


@pytest.mark.parametrize(
    "first",
    [
        pytest.param(LONG, id="as-long"),
        pytest.param(f"“{OPENING}”", id="quote"),
        pytest.param(f"HARROW MILL — {OPENING}", id="dateline"),
        pytest.param(f"Harrow Mill (Reuters) {OPENING}", id="dateline-with-a-house"),
        pytest.param(f"(AP) - {OPENING}", id="house-alone"),
        pytest.param("The bridge closes.", id="a-few-words"),
    ],
)
def test_a_first_paragraph_that_opens_the_text_stays(first: str) -> None:
    assert opened(first) is LineClass.BODY


SUMMARY = "Harrow Mill is to close its old bridge for a year of repairs after engineers told the council of floods."


def test_a_first_paragraph_that_the_next_one_says_again_is_the_standfirst() -> None:
    assert opened(SUMMARY, dated=False) is LineClass.STANDFIRST
    assert opened(OPENING, dated=False) is LineClass.BODY


def test_a_first_sentence_that_names_its_day_is_the_text() -> None:
    assert opened(SUMMARY.replace("is to close", "on Monday closed"), dated=False) is LineClass.BODY


def test_a_summary_longer_than_what_it_sums_up_is_the_text() -> None:
    assert opened(f"{SUMMARY[:-1]} {'and they say so again and again ' * 3}.", dated=False) is LineClass.BODY


def test_a_body_alone_has_no_standfirst() -> None:
    assert opened(OPENING, headline=None) is LineClass.BODY


def test_what_a_rule_kept_is_no_standfirst() -> None:
    assert opened(OPENING, rule="title.number") is LineClass.BODY


@pytest.mark.parametrize(
    ("text", "headline", "kind"),
    [
        pytest.param(OPENING, 0, LineClass.STANDFIRST, id="below-a-headline"),
        pytest.param(f"HARROW MILL — {OPENING}", 0, LineClass.BODY, id="dateline"),
        pytest.param(OPENING, None, LineClass.BODY, id="no-headline"),
        pytest.param(f"{OPENING} " * 6, 0, LineClass.BODY, id="long"),
    ],
)
def test_what_reads_like_a_standfirst_may_be_the_text(text: str, headline: int | None, kind: LineClass) -> None:
    above = [] if headline is None else [(HEADLINE, LineClass.HEADLINE)]
    shown = [*above, (text, LineClass.STANDFIRST), (LONG, LineClass.BODY)]
    labels = [Label(line_class=own, rule="model", evidence="") for _, own in shown]
    label_header(read_lines([line for line, _ in shown]), labels, headline, rule="model")

    assert labels[len(above)].line_class is kind


@pytest.mark.parametrize(("titles", "kind"), [(2, LineClass.SUBHEAD), (1, LineClass.BOILERPLATE)])
def test_a_short_title_above_a_text_that_has_others_is_one_of_them(titles: int, kind: LineClass) -> None:
    parts = [("The long way", LineClass.STANDFIRST), *[(LONG, LineClass.BODY), ("A roof", LineClass.SUBHEAD)] * titles]
    shown = [(HEADLINE, LineClass.HEADLINE), (DATE, LineClass.DATE), *parts, (LONG, LineClass.BODY)]
    lines = read_lines([text for line, _ in shown for text in (line, "")])
    labels = [Label(line_class=own, rule="model", evidence="") for _, own in shown]
    label_header(lines, labels, 0, rule="model")

    assert labels[2].line_class is kind
