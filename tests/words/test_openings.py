"""Claims about what a pattern asks of a line at the least: never more than the pattern itself."""

from __future__ import annotations

import re

import pytest

from pipeline.words.openings import Opened, anchored
from pipeline.words.rulebook import Rulebook

# Beginnings that tell patterns apart, and lines that only look like them.
LINES = (
    "",
    "A",
    "Also on page.example now",
    "also ON x",
    "\u017fign up",
    "5",
    "12 of 30",
    "(c) 2026",
    "中文",
    "“So”",
    "é",
)


@pytest.mark.parametrize(
    ("pattern", "signs", "holds"),
    [
        pytest.param("^Also on [a-z]+", "A", "Also on ", id="plain"),
        pytest.param("^(?:Also|Read)[ ]on", "AR", "on", id="alternatives"),
        pytest.param("(?i:^(?:sign|get) up)", "sSgG", "", id="capitals-or-not"),
        pytest.param(r"^\(?(?:\d|x)y", "(5x", "y", id="may-be-left-out"),
        pytest.param(r"^a{0,3}b+c", "ab", "c", id="none-or-more"),
        pytest.param("^[A-C][a-z]+ reported", "ABC", " reported", id="class"),
        pytest.param("^(?=x)xy", "x", "xy", id="looks-ahead"),
    ],
)
def test_a_pattern_tells_how_it_begins_and_what_it_holds(pattern: str, signs: str, holds: str) -> None:
    one = anchored(0, pattern, 9)

    assert {sign for sign in "(5ABCRSGabcdsgxyz" if one.first.match(sign)} == set(signs)
    assert one.holds == holds


@pytest.mark.parametrize("pattern", ["^A|B", "^(?:a?)", r"^(?P<x>a)(?(x)b|c)", "^(a)\\1?b|c"])
def test_what_is_not_said_plainly_is_left_open(pattern: str) -> None:
    one = anchored(0, pattern, 9)

    assert all(one.first.match(sign) for sign in "ABc5")
    assert one.holds == ""


def test_a_group_that_may_repeat_leaves_the_second_sign_open() -> None:
    assert anchored(0, "^(?:A+)B", 9).begins.match("AA")


def test_no_pattern_of_the_rules_is_passed_over_that_matches() -> None:
    book = Rulebook.load()
    every = [anchored(number, own, rule.max_words) for number, rule in enumerate(book.rules) for own in rule.anchored]
    opened = Opened(every)
    lines = [example for rule in book.rules for example in (*rule.removes, *rule.keeps)]

    for line in (*lines, *LINES):
        tried = [one.pattern for one in opened.by(line) if one.holds in line and one.pattern.match(line)]
        assert tried == [one.pattern for one in every if re.match(one.pattern, line)]
