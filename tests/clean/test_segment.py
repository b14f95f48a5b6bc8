"""Claims about glued pages: cut where a new story is introduced, and nowhere else."""

from collections.abc import Callable, Sequence

import pytest

from pipeline.clean import Cleaned, Cleaner
from pipeline.clean.label import Reading, read_segment, stopword_bits
from pipeline.clean.lines import Line, read_lines
from pipeline.clean.marks import Mark, mark_lines
from pipeline.clean.model import CLASSES
from pipeline.clean.segment import segment
from pipeline.records import LineClass

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
DATED = [OYSTERS[0], "March 4, 2026", *OYSTERS[1:]]


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
        pytest.param(
            ["© 2026 Harrow Post", "", "", "", "", OYSTERS[0], "By Nora Quill", *OYSTERS[1:]],
            id="end-matter-wide-gap-and-byline",
        ),
    ],
)
def test_a_glued_page_is_cut_into_its_articles(clean: Callable[..., Cleaned], joint: list[str]) -> None:
    cleaned = clean("\n".join(BRIDGE + joint))

    assert headlines(cleaned) == [BRIDGE[0], OYSTERS[0]]
    assert [article.text.count("\n\n") for article in cleaned.articles] == [3, 3]


def test_each_article_knows_its_place_on_the_page(clean: Callable[..., Cleaned]) -> None:
    first, second = clean("\n".join([*BRIDGE, "© 2026", "", "", "", *DATED])).articles

    assert (first.page_article_no, first.page_article_count, first.first_line, first.last_line) == (1, 2, 1, 10)
    assert (second.page_article_no, second.page_article_count, second.first_line, second.last_line) == (2, 2, 14, 23)
    assert first.article_id != second.article_id


def test_the_first_removal_of_a_story_says_why_the_page_was_cut_there(clean: Callable[..., Cleaned]) -> None:
    cleaned = clean("\n".join([*BRIDGE, "© 2026", "", "", "", *DATED]))

    [opened] = [removal for removal in cleaned.removals if "likely a new story" in removal.evidence]
    assert (opened.text, opened.line_no) == (OYSTERS[0], 14)
    assert "date or byline below the opener" in opened.evidence


def test_a_headline_said_twice_and_dated_parts_stories_of_the_same_words(clean: Callable[..., Cleaned]) -> None:
    scroll = [[f"Millers Bridge to close, part {n}"] * 2 + ["2 min read", "", *BRIDGE[2:], "", ""] for n in range(5)]

    assert headlines(clean("\n".join(line for story in scroll for line in story))) == [one[0] for one in scroll]


def test_the_section_above_a_headline_goes_with_it(clean: Callable[..., Cleaned]) -> None:
    first, second = clean("\n".join([*BRIDGE, "", "Tags", "Roads", "", "Culture", *DATED])).articles

    assert (first.section, second.section) == (None, "Culture")


@pytest.mark.parametrize(
    ("last", "stays"),
    [
        pytest.param("The mayor was not in town.", True, id="sentence"),
        pytest.param("Saltmarsh", False, id="header"),
    ],
)
def test_the_last_sentence_above_a_headline_stays_with_its_story(cleaner: Cleaner, last: str, stays: bool) -> None:
    page = read_lines([*BRIDGE, last, *DATED])
    stopwords = stopword_bits(cleaner.lexicon)

    def read(lines: Sequence[Line], marks: Sequence[Mark | None]) -> Reading:
        """Return the reading, with every line of ``last`` taken for a headline."""
        reading = read_segment(lines, marks, cleaner.model, stopwords)
        for i, line in enumerate(lines):
            if line.bare == last:
                reading.posteriors[i] = [kind is LineClass.HEADLINE for kind in CLASSES]
        return reading

    marks = mark_lines(page, cleaner.book, cleaner.lexicon)
    _, second = segment(page, marks, read(page, marks), cleaner.splitter, stopwords, read)
    headline = next(i for i, line in enumerate(page) if line.bare == OYSTERS[0])

    assert second.start == (headline if stays else headline - 1)


def test_many_stories_are_cut_in_time_that_grows_with_their_number(cleaner: Cleaner) -> None:
    scroll = [[f"Millers Bridge to close, part {n}"] * 2 + ["2 min read", "", *BRIDGE[2:], "", ""] for n in range(40)]
    page = read_lines([line for story in scroll for line in story])
    seen: list[int] = []

    def read(lines: Sequence[Line], marks: Sequence[Mark | None]) -> Reading:
        seen.append(len(lines))
        return read_segment(lines, marks, cleaner.model, stopword_bits(cleaner.lexicon))

    marks = mark_lines(page, cleaner.book, cleaner.lexicon)
    parts = segment(page, marks, read(page, marks), cleaner.splitter, stopword_bits(cleaner.lexicon), read)

    assert [part.start for part in parts[1:]] == [part.stop for part in parts[:-1]]
    assert len(parts) == 40
    assert sum(seen) <= 12 * len(page)


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
