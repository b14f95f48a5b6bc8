"""Words of a line and names around it lean, and what they lean to is told in parts."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.clean.html_fields import bucket
from pipeline.clean.html_tree import read_tree
from pipeline.clean.html_voices import Leans, Voices, lean_parts, voices_of
from pipeline.clean.render import Blocks

# 0 page, 1 story, 2 and 3 its paragraphs, 4 a box in it, 5 the line in the box
PARENTS = (-1, 0, 1, 1, 1, 4)
TAGS = ("html", "div", "p", "p", "div", "p")
NAMES = ((), ("story",), (), (), ("promo", "box"), ("text",))
BLOCKS = Blocks(parents=PARENTS, ends=(6, 6, 3, 4, 6, 6), tags=TAGS, names=("",) * 6, inside=(0,) * 6)
NO_LEANS = Leans(words={}, own={}, around={}, path={})


@pytest.fixture
def voices() -> Voices:
    """Return the voices of a page of two paragraphs and a box."""
    places = np.array([2, 3, 5])
    tree = read_tree(BLOCKS, places, np.array([[40.0, 0, 200, 1], [40.0, 0, 200, 1], [0.0, 0, 20, 1]]))
    return voices_of(
        [text.split() for text in ("it rained all day", "then it stopped", "subscribe to our letter")],
        places,
        NAMES,
        tree,
    )


def told(voices: Voices, leans: Leans) -> dict[str, list[int]]:
    return {name: part.tolist() for name, part in lean_parts(voices, leans, np.array([4, 3, 4]))}


def test_words_that_lean_tell_of_their_line(voices: Voices) -> None:
    parts = told(voices, Leans(words={"subscribe": 3.0, "rained": -2.0}, own={}, around={}, path={}))

    assert parts["words of tools"] == bucket("words of tools", np.array([0, 0, 1])).tolist()
    assert parts["lean of words"] == bucket("lean of words", np.array([-0.5, 0.0, 0.75])).tolist()


def test_names_tell_from_where_they_stand(voices: Voices) -> None:
    leans = Leans(words={}, own={"text": -1.0}, around={"promo": 2.5, "story": -3.0}, path={"promo": 2.5, "text": -1.0})

    parts = told(voices, leans)

    def of(name: str, *values: float) -> None:
        assert parts[name] == bucket(name, np.array(values)).tolist(), name

    of("highest lean of its names", -9, -9, -1)
    of("highest lean of names around", -3, -3, 2.5)
    of("whole lean of names up to the text", 0, 0, 1.5)
    of("lowest lean of names up to the text", 9, 9, -1)


def test_words_without_a_lean_tell_nothing(voices: Voices) -> None:
    assert told(voices, NO_LEANS) == told(voices, Leans(words={"mill": 3.0}, own={}, around={}, path={}))


def test_the_path_ends_below_the_story(voices: Voices) -> None:
    assert list(voices.path(5)) == ["text", "promo", "box"]
    assert list(voices.path(2)) == []
