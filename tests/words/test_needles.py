"""Claims about looking for many texts at once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.compiled import Library
from pipeline.words.compiled import LIBRARY
from pipeline.words.needles import FOLDED, MOST_FOLDED, Needles
from pipeline.words.openings import fold_case

LETTERS = "ab@ü摄\U0001f534"
PRINTED = "aAbB@üÜ摄\U0001f534ßẞİıŉΐK\u212a"  # the last one is of Kelvin
EITHER = pytest.mark.parametrize(
    "library",
    [
        pytest.param(None, id="python"),
        pytest.param(LIBRARY, id="compiled", marks=pytest.mark.skipif(LIBRARY is None, reason="no compiled kernel")),
    ],
)


@EITHER
@given(st.lists(st.text(LETTERS, min_size=1, max_size=6)), st.lists(st.text(PRINTED, max_size=40)))
def test_every_needle_is_found_in_every_line_it_stands_in(
    library: Library | None, needles: list[str], lines: list[str]
) -> None:
    expected = {(place, needle) for place, line in enumerate(lines) for needle in needles if needle in fold_case(line)}

    known = Needles(needles, library)
    found = [(place, known.needles[needle]) for place, needle in known.find("\n".join(lines))]

    assert sorted(found) == sorted(expected)


@EITHER
def test_more_hits_than_pages_have_are_found(library: Library | None) -> None:
    lines = ["sign up by email"] * 700

    assert len(list(Needles(["by", "email"], library).find("\n".join(lines)))) == 2 * len(lines)


@EITHER
def test_no_needles_are_found_nowhere(library: Library | None) -> None:
    assert list(Needles([], library).find("sign up")) == []


def test_every_sign_is_folded_as_the_rules_fold_it() -> None:
    signs = [sign for sign in map(chr, range(0x110000)) if fold_case(sign) != sign]
    lines = "\n".join(signs)
    needles = {fold_case(sign) for sign in signs}

    assert max(map(ord, signs)) < FOLDED
    assert max(map(len, needles)) <= MOST_FOLDED
    assert sorted(map(tuple, Needles(needles).find(lines))) == sorted(Needles(needles, None).find(lines))
