"""Claims about what the halves of a page have in common."""

from __future__ import annotations

import pytest

from pipeline.clean.overlaps import UNKNOWN, overlaps_of

BRIDGE = [frozenset({"bridge", "arches", word}) for word in ("council", "mayor", "masons")]
OYSTERS = [frozenset({"oyster", "growers", word}) for word in ("beds", "boat", "price")]


def test_what_the_text_above_is_about_goes_on_in_the_same_story() -> None:
    halves = overlaps_of([*BRIDGE, *BRIDGE], [2]).halves[2]

    assert (halves.goes_on, halves.was_said, halves.apart) == (1.0, 1.0, 0.0)


def test_two_stories_are_apart_by_as_much_as_they_say() -> None:
    short, long = (overlaps_of([*BRIDGE * n, *OYSTERS * n], [3 * n - 1]).halves[3 * n - 1] for n in (1, 2))

    assert (short.goes_on, short.was_said) == (0.0, 0.0)
    assert 0 < short.apart == long.apart < 1


def test_a_text_that_repeats_no_word_has_no_subject() -> None:
    halves = overlaps_of([frozenset("a"), frozenset("b")], [0]).halves[0]

    assert (halves.goes_on, halves.was_said) == (UNKNOWN, UNKNOWN)


def test_cosines_are_told_of_every_place_and_halves_of_those_asked_for() -> None:
    found = overlaps_of(BRIDGE, [1])

    assert len(found.cosines) == 3
    assert [*found.halves] == [1]


@pytest.mark.parametrize("bags", [[], [frozenset[str]()]], ids=["no-paragraph", "no-word"])
def test_a_page_without_words_has_nothing_in_common(bags: list[frozenset[str]]) -> None:
    assert overlaps_of(bags, []).cosines == [0.0] * len(bags)
