"""Claims about threads of comments."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pipeline.clean import Cleaned
from pipeline.clean.lines import read_lines
from pipeline.clean.marks import mark_lines
from pipeline.clean.threads import mark_threads
from pipeline.words.lexicon import Lexicon
from pipeline.words.rulebook import Rulebook

BOOK, LEXICON = Rulebook.load(), Lexicon.load()
BODY = "The council voted on Monday to close the old Millers Bridge for a year of repairs, the mayor of the town said."
SAID = "I walked over it every day for thirty years and it never moved, so why should it now?"
NAMES = ["millgirl98", "Jo Bell", "Old Tom", "ferryman"]


def comment(no: int) -> list[str]:
    return [NAMES[no], f"May {4 + no}, 2026 at {7 + no}:0{no} pm", f"{SAID} Comment {no}."]


def threaded(texts: list[str]) -> list[str]:
    """Return the lines marked as of a thread."""
    lines = read_lines(texts)
    marks = mark_threads(lines, mark_lines(lines, BOOK, LEXICON))
    return [line.bare for line, mark in zip(lines, marks, strict=True) if mark and mark.label.rule == "comment.thread"]


def test_comments_below_a_text_are_a_thread() -> None:
    texts = [BODY, *comment(0), *comment(1), *comment(2)]

    assert threaded(texts) == [text for no in range(3) for text in (comment(no)[0], comment(no)[2])]


def test_comments_may_be_headed_by_one_line() -> None:
    heads = [f"{NAMES[no]} on September {12 + no}, 2018 at 5:23 pm said:" for no in range(3)]

    assert threaded([BODY, *[text for head in heads for text in (head, SAID)]]) == [SAID] * 3


@pytest.mark.parametrize(
    "texts",
    [
        pytest.param([BODY, *comment(0), *comment(1)], id="two"),
        pytest.param([*comment(0), *comment(1), *comment(2)], id="no-text-above"),
        pytest.param([BODY, *[line for no in range(3) for line in ("Bridge to close for a year", *comment(no))]], id="stories"),
        pytest.param([BODY, *[line for no in range(3) for line in (f"By {NAMES[no]}", *comment(no)[1:])]], id="bylines"),
        pytest.param([BODY, *[line for no in range(3) for line in (*comment(no), *[BODY] * 45)]], id="far-apart"),
        pytest.param([BODY, *[line for no in range(3) for line in ("Ferry to stay", *comment(no)[1:])]], id="titles"),
        pytest.param([BODY, *[line for no in range(3) for line in (NAMES[no], f"1{no}:42", SAID)]], id="time-alone"),
    ],
)  # fmt: skip
def test_what_may_be_stories_is_no_thread(texts: list[str]) -> None:
    assert threaded(texts) == []


def test_a_story_below_the_last_comment_stays() -> None:
    texts = [BODY, *comment(0), *comment(1), *comment(2), "Ferry to run until spring", BODY]

    assert threaded(texts)[-1] == comment(2)[2]


def test_a_short_text_above_its_comments_is_the_article(clean: Callable[[str], Cleaned]) -> None:
    texts = [
        "Open thread of the mill society",
        "",
        f"{BODY} Tell us what you think of it.",
        "",
        *comment(0),
        *comment(1),
    ]
    cleaned = clean("\n".join([*texts, *comment(2), *comment(3)]))

    assert [article.text for article in cleaned.articles] == [texts[2]]


def test_stories_glued_below_each_other_are_no_thread() -> None:
    story = [
        "Bridge to close for a year of repairs",
        f"{BODY} Ferries run until spring.",
        "Ada Quill",
        "4 May 2026, 14:05",
    ]

    assert threaded([text for _ in range(4) for text in (*story, SAID, SAID)]) == []


def test_entries_of_few_reporters_are_no_thread() -> None:
    entries = [("Ada Quill", f"March 10, 2026 at 14:{minute}", SAID) for minute in range(10, 15)]

    assert threaded([BODY, *[text for entry in entries for text in entry]]) == []


@pytest.mark.parametrize(
    "box", ["3 thoughts on “Millers Bridge to close for a year”", "3 Comments on “Millers Bridge to close for a year”"]
)
def test_what_stands_below_thoughts_on_the_headline_is_comments(clean: Callable[..., Cleaned], box: str) -> None:
    said = [f"{SAID} {BODY}", "Rebuild it of steel, I say, as they did at Fenwick, where the ferry had been for years."]
    (article,) = clean(
        "\n\n".join(["Millers Bridge to close for a year", "", *[BODY + f" Part {n}." for n in range(4)], box, *said])
    ).articles

    assert SAID not in article.text
    assert "steel" not in article.text


@pytest.mark.parametrize(
    "box", ["3 thoughts on “Ferry to sail from Fenwick again”", "Please log in to leave a comment"]
)
def test_thoughts_on_another_story_head_no_comments(clean: Callable[..., Cleaned], box: str) -> None:
    said = f"{SAID} {BODY}"
    page = [
        "Leave a comment",
        "Millers Bridge to close for a year",
        *[BODY + f" Part {n}." for n in range(4)],
        box,
        said,
    ]
    (article,) = clean("\n\n".join(page)).articles

    assert SAID in article.text
