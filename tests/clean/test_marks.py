"""Claims about what a line says of itself."""

import datetime as dt

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.clean.bylines import is_byline
from pipeline.clean.dates import is_date_line
from pipeline.clean.lines import read_lines
from pipeline.clean.marks import crawl_prefix, mark_lines
from pipeline.words.lexicon import Lexicon
from pipeline.words.rulebook import Rulebook, index


@pytest.mark.parametrize(
    ("text", "end", "date"),
    [
        pytest.param(" date 2026-03-03 WORLD", 17, dt.date(2026, 3, 3), id="section-behind-it"),
        pytest.param("date 2026-03-03", 15, dt.date(2026, 3, 3), id="alone"),
        pytest.param(" date 2020-04 A headline", 14, None, id="month-only"),
    ],
)
def test_the_crawl_prefix_ends_where_the_page_begins(text: str, end: int, date: dt.date | None) -> None:
    found = crawl_prefix(text)

    assert found is not None
    assert (found.end, found.date) == (end, date)


@pytest.mark.parametrize("text", ["date 2026-02-30 X", "A date 2026-03-03", "date 2026-03-03x", "update 2026-03-03 X"])
def test_what_only_looks_like_the_prefix_stays(text: str) -> None:
    assert crawl_prefix(text) is None


@pytest.mark.parametrize(
    ("text", "line_class"),
    [
        ("Share", "share"),
        ("RECOMMENDED", "recommended"),
        ("SOURCE:AA", "source"),
        ("March 3, 2026", "date"),
        ("By Nora Quill", "byline"),
        ("2 min read", "reading_time"),
        ("TT", "widget"),
        ("The chief of the alliance visits the valley / Reuters", "caption"),
        ("Dünya", "section"),
        ("اقرأ أيضا", "related"),
        ("相关阅读", "related"),
        ("Anzeige", "advert"),
    ],
)
def test_a_line_that_names_itself_is_marked(text: str, line_class: str) -> None:
    (mark,) = mark_lines(read_lines([text]), Rulebook.load(), Lexicon.load())

    assert mark is not None
    assert mark.label.line_class == line_class


@pytest.mark.parametrize(
    "text",
    [
        "Share prices fell by a tenth in Oslo on Monday.",
        "The source of the river lies in the hills.",
        "By the time the ferry sank, all were safe.",
        "“We will not go,” he told Reuters.",
        "20",
    ],
)
def test_prose_with_the_same_words_is_not(text: str) -> None:
    assert mark_lines(read_lines([text]), Rulebook.load(), Lexicon.load()) == [None]


WORDS = st.sampled_from(
    [
        *("By", "by", "Von", "von", "Written by", "Texto:", "Yazan", "YAZAN", "Oleh", "記者", "द्वारा", "από"),
        *("Jane Doe", "ann lee", "Reuters", "AP", "A.P.", "USA Today", "dpa", "Redaktion", "editor", "Muhabir"),
        *(
            "2026",
            "12",
            "3",
            "March",
            "MÄRZ",
            "Mai",
            "hours",
            "ago",
            "Std.",
            "Uhr",
            "GMT",
            "PM",
            "Updated",
            "yesterday",
        ),
        *("The", "ferry", "“left”", "İstanbul", "ılık", "½", "on", "the", "a", "—", ":", ",", "|", "(@doe)", "."),
    ]
)


@given(st.lists(WORDS, min_size=1, max_size=6), st.sampled_from([" ", ""]))
@example(["By", "Jane Doe"], " ")
@example(["Jane Doe", "3", "hours", "ago"], " ")
@example(["Updated", "12", "March", "2026"], "")
def test_no_date_line_or_byline_is_passed_over_by_its_words(pieces: list[str], gap: str) -> None:
    line, lexicon = gap.join(pieces), Lexicon.load()
    read = read_lines([line])
    marks = mark_lines(read, index((), ""), lexicon)

    told = [is_date_line(one.bare, lexicon) or is_byline(one.bare, lexicon) for one in read]
    assert [mark is not None for mark in marks] == told
