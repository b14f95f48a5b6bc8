"""Claims about glued pages: cut where a new story is introduced, and nowhere else."""

from collections.abc import Callable

import pytest

from pipeline.clean import Cleaned

BRIDGE = [
    "Millers Bridge to close for a year of repairs",
    "",
    "The council of Harrow Mill voted on Monday to close the old Millers Bridge for a year of repairs to its stone arches.",
    "",
    "Engineers told the council that two of the seven arches of the bridge had moved by a hand's breadth since last spring.",
    "",
    "Traffic will be sent over the new crossing at Fenwick, four miles up the river, until the masons have done their work.",
    "",
    "The repairs to the bridge will cost about nine million crowns, a third of which the county has promised to pay for.",
]
OYSTERS = [
    "Oyster thieves return to the Saltmarsh beds",
    "",
    "Thieves have taken some forty thousand oysters from the Saltmarsh beds in a single night, the growers there said.",
    "",
    "The growers found the empty racks at low water on Tuesday, with the tracks of a flat boat in the mud beside the beds.",
    "",
    "Oyster prices have doubled since the cold summer, and the growers say that the thieves know exactly what they are worth.",
    "",
    "Police asked the owners of flat boats between Saltmarsh and Gull Point to report anything that they had seen that night.",
]


def headlines(cleaned: Cleaned) -> list[str | None]:
    return [article.headline for article in cleaned.articles]


@pytest.mark.parametrize(
    "joint",
    [
        pytest.param(
            ["", "", "", OYSTERS[0], "", "Racks at low water", "Racks at low water", "TT", "20", "", *OYSTERS],
            id="headline-and-caption-said-twice",
        ),
        pytest.param(
            ["Tags", "Roads", "", OYSTERS[0], "By Nora Quill", "March 4, 2026", *OYSTERS[1:]], id="byline-and-date"
        ),
        pytest.param(["", "", "", "", OYSTERS[0], "March 4, 2026", *OYSTERS[1:]], id="wide-gap-and-date"),
        pytest.param(["© 2026 Harrow Post", "", "", "", "", *OYSTERS], id="end-matter-wide-gap-and-new-words"),
    ],
)
def test_a_glued_page_is_cut_into_its_articles(clean: Callable[..., Cleaned], joint: list[str]) -> None:
    cleaned = clean("\n".join(BRIDGE + joint))

    assert headlines(cleaned) == [BRIDGE[0], OYSTERS[0]]
    assert [article.text.count("\n\n") for article in cleaned.articles] == [3, 3]


def test_each_article_knows_its_place_on_the_page(clean: Callable[..., Cleaned]) -> None:
    first, second = clean("\n".join([*BRIDGE, "© 2026", "", "", "", *OYSTERS])).articles

    assert (first.page_article_no, first.page_article_count, first.first_line, first.last_line) == (1, 2, 1, 10)
    assert (second.page_article_no, second.page_article_count, second.first_line, second.last_line) == (2, 2, 14, 22)
    assert first.article_id != second.article_id


@pytest.mark.parametrize(
    "between",
    [
        pytest.param(["", "What the engineers found", ""], id="sub-heading"),
        pytest.param(["", "RECOMMENDED", ""], id="empty-box"),
        pytest.param(["", "Masons at work on the arch", "Masons at work on the arch", ""], id="caption-twice"),
        pytest.param(["", "By Nora Quill", "Traffic sent over Fenwick", ""], id="live-blog-entry"),
        pytest.param(["", "Advertisement", "", "", ""], id="advert"),
    ],
)
def test_one_story_is_not_cut(clean: Callable[..., Cleaned], between: list[str]) -> None:
    cleaned = clean("\n".join([*BRIDGE[:5], *between, *BRIDGE[5:]]))

    assert headlines(cleaned) == [BRIDGE[0]]


def test_a_list_of_teasers_below_is_no_second_article(clean: Callable[..., Cleaned]) -> None:
    teasers = [
        line for n in range(6) for line in (f"Another story from the county, number {n}", f"March {n + 1}, 2026", "")
    ]

    assert headlines(clean("\n".join([*BRIDGE, "", "More stories", *teasers]))) == [BRIDGE[0]]
