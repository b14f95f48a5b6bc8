"""Claims about teasers of other stories, and about paragraphs that are none."""

from __future__ import annotations

import pytest

from pipeline.clean.lines import read_lines
from pipeline.clean.marks import Label
from pipeline.clean.teasers import keep_brief, keep_opening, keep_paragraphs, mend_teasers
from pipeline.records import LineClass


def test_the_byline_of_a_teaser_is_no_byline_of_the_story() -> None:
    kinds = (LineClass.BYLINE, LineClass.BODY, LineClass.RECOMMENDED, LineClass.BYLINE, LineClass.DATE)
    labels = [Label(line_class=kind, rule="a", evidence="b") for kind in kinds]

    mend_teasers(labels, rule="model")

    assert [label.line_class for label in labels] == [LineClass.BYLINE, LineClass.BODY, *[LineClass.RECOMMENDED] * 3]


def test_what_only_the_model_takes_for_a_widget_among_teasers_is_a_title() -> None:
    kinds = (LineClass.BODY, LineClass.RECOMMENDED, LineClass.WIDGET, LineClass.WIDGET)
    labels = [
        Label(line_class=kind, rule=rule, evidence="b")
        for kind, rule in zip(kinds, ("model", "recommended.marker", "model", "widget.lines"), strict=True)
    ]

    mend_teasers(labels, rule="model")

    assert [label.line_class for label in labels[2:]] == [LineClass.RECOMMENDED, LineClass.WIDGET]


TOLD = (
    "The small pump runs for nine hours on one charge and fits under any sink in the house. "
    "Its hose is short, and the plug does not like wet floors, so a tray below it is a good idea."
)
OTHER = "Masons measured every kitchen twice before anybody ordered another hose, because cellars differ. Most agreed."
ONE_SENTENCE = TOLD.replace("house. Its", "house, and its")


@pytest.mark.parametrize(
    ("line", "rule_above", "expected"),
    [
        (TOLD, "model", LineClass.BODY),
        (TOLD, "caption.credit", LineClass.BODY),
        (TOLD, "comment.box", LineClass.RELATED),
        (ONE_SENTENCE, "model", LineClass.RELATED),
    ],
    ids=["several sentences", "below a caption", "below a head of comments", "one sentence"],
)
def test_a_paragraph_of_several_sentences_inside_the_text_is_no_teaser(
    line: str, rule_above: str, expected: LineClass
) -> None:
    above = LineClass.CAPTION if rule_above.startswith("caption") else LineClass.COMMENT
    above = LineClass.RELATED if rule_above == "model" else above
    kinds = (LineClass.BODY, above, LineClass.RELATED, LineClass.BODY)
    rules = ("model", rule_above, "model", "model")
    labels = [Label(line_class=kind, rule=rule, evidence="b") for kind, rule in zip(kinds, rules, strict=True)]

    keep_paragraphs(
        read_lines(["We tried five pumps.", "Blue Pump 3", line, "The last one leaked."]), labels, rule="model"
    )

    assert labels[2].line_class is expected


def test_a_paragraph_said_twice_and_one_below_the_text_stay_teasers() -> None:
    kinds = (LineClass.BODY, LineClass.RELATED, LineClass.BODY, LineClass.RELATED, LineClass.RELATED)
    labels = [Label(line_class=kind, rule="model", evidence="b") for kind in kinds]

    keep_paragraphs(read_lines(["One.", TOLD, "Two.", TOLD, TOLD.replace("pump", "lamp")]), labels, rule="model")

    assert tuple(label.line_class for label in labels) == kinds


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        (f"{TOLD} {OTHER} {OTHER} {OTHER}", LineClass.BODY),
        (f"{TOLD} {TOLD}", LineClass.RELATED),
        (TOLD, LineClass.RELATED),
        ("Write to us. " + "Letters should come with names and addresses. " * 12, LineClass.RELATED),
    ],
    ids=["long and of the text", "the text again", "short", "of the house"],
)
def test_a_long_paragraph_below_the_text_that_has_its_words_is_no_teaser(last: str, expected: LineClass) -> None:
    kinds = (LineClass.BODY, LineClass.RELATED, LineClass.RELATED)
    labels = [Label(line_class=kind, rule="model", evidence="b") for kind in kinds]
    text = f"We tried five pumps under the sink. {ONE_SENTENCE}"

    keep_paragraphs(read_lines([text, "Blue Pump 3", last]), labels, rule="model")

    assert labels[2].line_class is expected


@pytest.mark.parametrize(
    ("line", "kind", "expected"),
    [
        pytest.param(f"{TOLD} {TOLD.swapcase()} {TOLD}", LineClass.CAPTION, LineClass.BODY, id="long"),
        pytest.param(TOLD, LineClass.CAPTION, LineClass.CAPTION, id="a-caption-of-two-sentences"),
        pytest.param("> We never knew how many pumps there were.", LineClass.CAPTION, LineClass.BODY, id="quoted"),
        pytest.param(f"{TOLD} {TOLD} {TOLD} {TOLD} and so", LineClass.RELATED, LineClass.BODY, id="broken-off"),
        pytest.param(f"{TOLD} and so", LineClass.RELATED, LineClass.RELATED, id="short-and-broken-off"),
        pytest.param(f"{TOLD} {TOLD}", LineClass.COPYRIGHT, LineClass.COPYRIGHT, id="another-class"),
    ],
)
def test_long_paragraphs_inside_the_text_are_no_captions_and_may_be_broken_off(
    line: str, kind: LineClass, expected: LineClass
) -> None:
    labels = [Label(line_class=kind, rule="model", evidence="b") for kind in (LineClass.BODY, kind, LineClass.BODY)]

    keep_paragraphs(read_lines(["We tried five pumps.", line, "The last one leaked."]), labels, rule="model")

    assert labels[1].line_class is expected


OPENING = "Masons will begin with the eastern pier of the old bridge, said the head of the county works office on Monday, and go on all winter"


@pytest.mark.parametrize(
    ("lines", "kinds", "expected"),
    [
        pytest.param(["Mill burns", OPENING, TOLD], "hrb", LineClass.BODY, id="below the headline"),
        pytest.param(["Mill burns", "By Jo Bell", OPENING, TOLD], "hyrb", LineClass.BODY, id="below a byline"),
        pytest.param(["Mill burns", "By Jo Bell", "x", OPENING, TOLD], "hyyrb", LineClass.RELATED, id="farther down"),
        pytest.param(["Mill burns", OPENING, "x", TOLD], "hrrb", LineClass.RELATED, id="not right above the text"),
        pytest.param(["Mill burns", OPENING, TOLD], "hcb", LineClass.CAPTION, id="a caption"),
        pytest.param(["Mill burns", OPENING[:40], TOLD], "hrb", LineClass.RELATED, id="short"),
    ],
)
def test_a_paragraph_between_headline_and_text_is_of_it(lines: list[str], kinds: str, expected: LineClass) -> None:
    of = {
        "h": LineClass.HEADLINE,
        "r": LineClass.RELATED,
        "b": LineClass.BODY,
        "y": LineClass.BYLINE,
        "c": LineClass.CAPTION,
    }
    labels = [Label(line_class=of[kind], rule="model", evidence="b") for kind in kinds]
    found = read_lines(lines)

    keep_opening(found, labels, 0, rule="model")

    at = next(i for i, line in enumerate(found) if OPENING.startswith(line.bare) and line.size > 3)
    assert labels[at].line_class is expected


@pytest.mark.parametrize(
    ("headline", "expected"),
    [
        pytest.param("Masons begin with pier of bridge", LineClass.BODY, id="told"),
        pytest.param("Ferry of the quay sinks at night", LineClass.RELATED, id="another story"),
        pytest.param("Masons begin", LineClass.RELATED, id="too short to tell"),
    ],
)
def test_a_paragraph_that_tells_the_headline_is_the_text_of_a_page_without_any(
    headline: str, expected: LineClass
) -> None:
    labels = [
        Label(line_class=kind, rule="model", evidence="b")
        for kind in (LineClass.HEADLINE, LineClass.NAVIGATION, LineClass.RELATED)
    ]
    lines = read_lines([headline, "Contact", f"{OPENING}."])

    keep_brief(lines, labels, 0, rule="model")

    assert labels[2].line_class is expected


def test_where_there_is_text_another_paragraph_is_left_alone() -> None:
    labels = [
        Label(line_class=kind, rule="model", evidence="b")
        for kind in (LineClass.HEADLINE, LineClass.RELATED, LineClass.BODY)
    ]

    keep_brief(read_lines(["Masons begin with pier of bridge", f"{OPENING}.", TOLD]), labels, 0, rule="model")

    assert labels[1].line_class is LineClass.RELATED
