"""Claims about what a pattern asks of a line at the least: never more than the pattern itself."""

from __future__ import annotations

import re

import pytest

from pipeline.words.openings import Opened, anchored, fold_case, needs_of
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
    ("pattern", "signs", "holds", "needs"),
    [
        pytest.param("^Also on [a-z]+", "A", "Also on ", {"also on"}, id="plain"),
        pytest.param("^(?:Also|Read)[ ]on", "AR", "on", {"also", "read"}, id="alternatives"),
        pytest.param("^Above the|^By the", "AB", "", {"above the", "by the"}, id="without-a-group"),
        pytest.param("(?i:^(?:sign|get) uP now)", "sSgG", "", {" up now"}, id="capitals-or-not"),
        pytest.param(r"^\(?(?:\d|x)y", "(5x", "y", set(), id="may-be-left-out"),
        pytest.param(r"^a{0,3}b+cross?", "ab", "cros", {"cros"}, id="none-or-more"),
        pytest.param("^[A-C][a-z]+ reported", "ABC", " reported", {" reported"}, id="class"),
        pytest.param("^(?=xylo)xylophone", "x", "xylophone", {"xylophone"}, id="looks-ahead"),
        pytest.param("^(?:read )?(?:more|it)", "rmi", "", set(), id="alternative-too-short"),
        pytest.param("^[a-z]+(?:(?:from|and) us)* (?:©|日)", "abcdgimrsxyz", " ", {"©", "日"}, id="rare-signs"),
    ],
)
def test_a_pattern_tells_how_it_begins_and_what_it_holds(pattern: str, signs: str, holds: str, needs: set[str]) -> None:
    one = anchored(0, pattern, 9)

    assert {sign for sign in "(5ABCRSGabcdgimrsxyz" if one.first.match(sign)} == set(signs)
    assert (one.holds, one.needs) == (holds, needs)


@pytest.mark.parametrize("pattern", ["^(?:a?)", r"^(?P<x>a)(?(x)b|c)"])
def test_what_is_not_said_plainly_is_left_open(pattern: str) -> None:
    one = anchored(0, pattern, 9)

    assert all(one.first.match(sign) for sign in "ABc5")
    assert (one.holds, one.needs) == ("", set())


def test_a_group_that_may_repeat_leaves_the_second_sign_open() -> None:
    assert anchored(0, "^(?:A+)B", 9).begins.match("AA")


def test_no_pattern_of_the_rules_is_passed_over_that_matches() -> None:
    book = Rulebook.load()
    every = [anchored(number, own, rule.max_words) for number, rule in enumerate(book.rules) for own in rule.anchored]
    opened = Opened(every)
    lines = [example for rule in book.rules for example in (*rule.removes, *rule.keeps)]

    for line in (*lines, *LINES):
        folded = fold_case(line)
        needed = sum(1 << i for i, one in enumerate(every) if any(need in folded for need in one.needs))
        for word_count in (2, 20, 1_000):
            tried = [one for one in opened.by(line, word_count, needed) if one.holds in line and one.match(line)]
            held = [one for one in every if re.match(one.pattern, line)]
            assert [one.number for one in tried] == [one.number for one in held if word_count <= one.max_words]


def test_what_is_tried_knows_the_patterns_before_it_that_are_for_shorter_lines() -> None:
    opened = Opened([anchored(0, "^A", 3), anchored(1, "^Al", 9), anchored(2, "^B", 3), anchored(3, "^Also here", 9)])

    assert [(one.number, len(one.shorter)) for one in opened.by("Also here", 3, 0b1000)] == [(0, 0), (1, 0), (3, 0)]
    assert [(one.number, len(one.shorter)) for one in opened.by("Also here", 4, 0b1000)] == [(1, 1), (3, 1)]
    assert [one.number for one in opened.by("Also here", 4, 0b0111)] == [1]
    assert opened.by("Also here", 10, 0b1111) == ()


def test_no_pattern_that_is_searched_for_matches_without_what_it_needs() -> None:
    book = Rulebook.load()
    patterns = {pattern: needs_of(pattern.pattern) for rule in book.rules for pattern in rule.loose}
    lines = [example for rule in book.rules for example in (*rule.removes, *rule.keeps)]

    assert sum(map(bool, patterns.values())) > len(patterns) / 2
    for pattern, needs in patterns.items():
        held = [line for line in lines if pattern.search(line)]
        assert all(not needs or any(need in fold_case(line) for need in needs) for line in held), pattern.pattern


def test_what_is_the_same_to_a_pattern_folds_alike() -> None:
    for sign in map(chr, range(0x110000)):
        for other in {sign.lower(), sign.upper(), sign.title(), sign.casefold(), *"iIıİ"}:
            if len(other) == 1 and other != sign and re.match(re.escape(sign), other, re.IGNORECASE):
                assert fold_case(sign) == fold_case(other)
