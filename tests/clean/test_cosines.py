"""Claims about what is shared above and below a place: the compiled kernel gives the numbers of the reference."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.clean import compiled, cosines

WORDS = st.sampled_from(["bridge", "bridges", "council", "councillors", "the", "mill", "où", "橋", " ", "\ud800"])

needs_kernel = pytest.mark.skipif(compiled.LIBRARY is None, reason="no compiled kernel here")


def without_kernel(call: Callable[[], list[float]]) -> list[float]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cosines, "LIBRARY", None)
        return call()


def test_what_two_halves_share_is_their_cosine() -> None:
    assert cosines.cosines([frozenset("ab"), frozenset("bc")]) == [0.5, 0.0]


def test_words_are_cut_to_their_stems_without_stopwords_and_short_ones() -> None:
    assert cosines.stems(["the", "mill", "bridges", "up"], {"the": 1}, 4, 6) == {"mill", "bridge"}


def test_nothing_is_shared_with_a_text_without_words() -> None:
    assert cosines.cosines([frozenset(), frozenset("a")]) == [0.0, 0.0]


@needs_kernel
@given(st.lists(st.frozensets(WORDS), max_size=90))
def test_cosines_of_bags_are_those_of_the_reference(bags: list[frozenset[str]]) -> None:
    assert cosines.cosines(bags) == without_kernel(lambda: cosines.cosines(bags))
