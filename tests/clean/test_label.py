"""Claims about whole layouts: which lines are the story."""

import math
import random
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.clean.label import rounded

MORE = [
    "The masons of three counties have been asked to come, because hardly anybody in Harrow Mill can still cut the stone.",
    "Shopkeepers on the east bank fear for their trade and have asked for a foot bridge of planks while the work goes on.",
    "The last great repair of the bridge was in the year 1911, when two arches were taken down and built again in a summer.",
    "The ferry at Gull Point will run twice an hour from May, and those who live on the west bank will ride it for nothing.",
]
BODY = [
    "The council of Harrow Mill voted on Monday to close the old Millers Bridge for a year of repairs to its stone arches.",
    "Engineers told the council that two of the seven arches of the bridge had moved by a hand's breadth since last spring.",
    "Traffic will be sent over the new crossing at Fenwick, four miles up the river, until the masons have done their work.",
    "The repairs to the bridge will cost about nine million crowns, a third of which the county has promised to pay for.",
]
Classes = Callable[[str], dict[str, str]]


HALVES = st.integers(0, 20_000).map(lambda half: half / 20_000)
SHARES = st.one_of(
    st.floats(0, 1),
    HALVES,
    HALVES.map(lambda share: math.nextafter(share, 0)),
    HALVES.map(lambda x: math.nextafter(x, 1)),
)


@given(SHARES)
def test_shares_are_rounded_as_python_rounds_them(share: float) -> None:
    assert rounded([share]) == [round(share, 4)]


def page(*lines: str) -> str:
    return "\n".join(lines)


def test_a_marker_alone_in_mid_article_does_not_end_it(classes: Classes) -> None:
    found = classes(page("Bridge to close for a year", "", *BODY[:2], "", "RECOMMENDED", "", *BODY[2:]))

    assert found["RECOMMENDED"] == "recommended"
    assert [found[line] for line in BODY] == ["kept"] * 4


def test_the_same_marker_below_the_body_opens_the_tail(classes: Classes) -> None:
    titles = ["Oyster thieves are back in the beds", "Farmers ask for help", "Bakers of Fenwick win a prize"]
    found = classes(page("Bridge to close for a year", "", "\n\n".join([*BODY, *MORE]), "", "Explore", "", *titles))

    assert [found[line] for line in [*BODY, *MORE]] == ["kept"] * 8
    assert {found[title] for title in titles} <= {"recommended", "related"}


def test_links_under_a_marker_go_and_the_body_below_them_stays(classes: Classes) -> None:
    found = classes(page("Bridge to close", *BODY[:2], "Read more", "Oyster thieves are back in the beds", *BODY[2:]))

    assert found["Oyster thieves are back in the beds"] == "related"
    assert found[BODY[2]] == "kept"


def test_the_text_below_a_marker_and_a_short_title_stays(classes: Classes) -> None:
    found = classes(page("Bridge to close", "", *BODY[:2], "", "Read more", "", "Who will pay", "", *BODY[2:]))

    assert [found[line] for line in BODY] == ["kept"] * 4


def test_a_quoted_line_that_looks_like_a_caption_is_kept(classes: Classes) -> None:
    quote = "“We will look at the photo of the bridge again,” she told Reuters."

    assert classes(page("Bridge to close", *BODY[:2], quote, *BODY[2:]))[quote] == "kept"


def test_a_caption_said_twice_goes_both_times_even_as_a_sentence(classes: Classes) -> None:
    caption = "Masons of the town look at the third arch of the Millers Bridge on a cold day in March."
    found = classes(page("Bridge to close", caption, caption, *BODY[:2], caption, *BODY[2:]))

    assert found[caption] == "caption"


@pytest.mark.parametrize(
    "again",
    [
        pytest.param("Millers Bridge to close for a year of repairs", id="exact"),
        pytest.param("Harrow: Millers Bridge to close for a year of repairs", id="kicker-in-front"),
        pytest.param("Millers Bridge to close for a year of repairs | Valley Gazette", id="site-behind"),
        pytest.param("Millers Bridge to close for a …", id="cut-short"),
    ],
)
def test_the_headline_is_said_once(classes: Classes, again: str) -> None:
    headline = "Millers Bridge to close for a year of repairs"
    found = classes(page(f"  {headline}", "March 3, 2026", again, *BODY))

    assert (found[f"  {headline}"], found[again]) == ("headline", "headline_again")


def test_the_own_headline_in_the_list_of_other_stories_goes_too(classes: Classes) -> None:
    found = classes(
        page("Bridge to close for a year", *BODY, "Explore", "Oysters stolen", "Bridge to close for a year")
    )

    assert "kept" not in {found["Oysters stolen"], found["Bridge to close for a year"]}


def test_subheads_stay_also_between_dashes_and_as_questions(classes: Classes) -> None:
    heads = ["- Calling for patience -", "Who will pay for the bridge?", "What comes next"]
    found = classes(page("Bridge to close", *[line for pair in zip(BODY, [*heads, ""], strict=True) for line in pair]))

    assert [found[head] for head in heads] == ["kept"] * 3


def test_numbers_that_count_parts_stay_and_counters_go(classes: Classes) -> None:
    parts = classes(page("Two tales of one bridge", "1", *BODY[:2], "2", *BODY[2:]))
    counter = classes(page("Bridge to close", "TT", "20", *BODY))

    assert parts["2"] == "kept"
    assert counter["20"] == "widget"


def test_a_standfirst_is_told_from_the_body_by_the_byline_below_it(classes: Classes) -> None:
    standfirst = "Masons will take the old stone arches apart, and all traffic must go by the new crossing at Fenwick."
    found = classes(page("Bridge to close for a year", standfirst, "By Nora Quill", "March 3, 2026", *BODY))

    assert found[standfirst] == "standfirst"


def test_without_such_a_sign_the_first_paragraph_is_body(classes: Classes) -> None:
    assert classes(page("Bridge to close for a year", *BODY))[BODY[0]] == "kept"


@pytest.mark.parametrize("first_letter", ["Ꭰ", "ꔀ", "ሀ"], ids=["Cherokee", "Vai", "Ethiopic"])
def test_a_script_never_seen_keeps_its_paragraphs(classes: Classes, first_letter: str) -> None:
    rng = random.Random(first_letter)
    letters = [chr(ord(first_letter) + place) for place in range(60)]
    known = ["".join(rng.choices(letters, k=rng.randint(2, 8))) for _ in range(120)]
    title, *paragraphs = (" ".join(rng.choices(known, k=size)) for size in (7, 30, 18, 44, 25, 36))
    found = classes(page(title, *(f"{paragraph}." for paragraph in paragraphs)))

    assert [found[f"{paragraph}."] for paragraph in paragraphs] == ["kept"] * 5
