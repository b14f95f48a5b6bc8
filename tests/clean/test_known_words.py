"""Claims about words the kernel knows: what is made of mappings is made once, and is theirs alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from pipeline.clean import compiled
from pipeline.clean.known_words import KnownWords, Remembered


def counted(_library: Any, *mappings: Mapping[str, int]) -> list[int]:
    return [len(mapping) for mapping in mappings]


@pytest.mark.skipif(compiled.LIBRARY is None, reason="no compiled kernel here")
def test_words_of_all_mappings_are_numbered_in_order() -> None:
    assert compiled.LIBRARY is not None

    known = KnownWords(compiled.LIBRARY, {"b": 1, "a": 1}, {"c": 1, "b": 2})

    assert known.words == ["a", "b", "c"]


def test_what_is_made_of_mappings_is_made_once() -> None:
    remembered = Remembered(counted)
    one, two = {"a": 1}, {"a": 1, "b": 2}

    assert remembered.of(compiled.LIBRARY, one, two) is remembered.of(compiled.LIBRARY, one, two)
    assert remembered.of(compiled.LIBRARY, two, one) == [2, 1]


def test_many_mappings_are_not_mixed_up() -> None:
    remembered = Remembered(counted)

    assert [remembered.of(compiled.LIBRARY, dict.fromkeys(map(str, range(n)), 0)) for n in range(40)] == [
        [n] for n in range(40)
    ]
