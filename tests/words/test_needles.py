"""Claims about looking for many texts at once."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipeline.words.needles import Needles

LETTERS = "ab@ü摄\U0001f534"


@given(st.lists(st.text(LETTERS, min_size=1, max_size=6)), st.text(LETTERS, max_size=60))
def test_every_needle_is_found_wherever_it_stands(needles: list[str], text: str) -> None:
    places = {(at, needle) for needle in needles for at in range(len(text)) if text.startswith(needle, at)}

    found = list(Needles(needles).find(text))

    assert sorted(found) == sorted(places)


def test_no_needles_are_found_nowhere() -> None:
    assert list(Needles([]).find("sign up")) == []
