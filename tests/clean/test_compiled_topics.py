"""Claims about what paragraphs have in common: the compiled kernel gives what the sets beside it give."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.clean import compiled, cosines, topics
from pipeline.clean.lines import Line, read_lines
from pipeline.clean.looks import is_unspaced
from pipeline.clean.overlaps import Overlaps
from pipeline.clean.topics import Vocabulary

STOPWORDS = {"the": 1, "harrow": 2, "straßen": 4, "ﬁ": 8}
TOKENS = (
    *("the", "The", "bridge", "Bridges", "Harrow", "Mill,", "mill.", "Mill.", "“Gull", "Point”", "“", "said:", "2019"),
    *(
        "Straßen",
        "ÉTÉ",
        "İzmir",
        "ﬁN",
        "ǅungla",
        "ªª",
        "Ｎ１２",
        "橋",
        "ארמון",
        "\ud800Xx",
        "(AP)",
        "x",
        "Of",
        "O'Neill-Ağa",
        "Aΐﬃ𐐀Ꭰ",
    ),
)

needs_kernel = pytest.mark.skipif(compiled.LIBRARY is None, reason="no compiled kernel here")


def by_sets(lines: list[Line], places: list[int]) -> tuple[Overlaps, Overlaps]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cosines, "LIBRARY", None)
        patch.setattr(topics, "LIBRARY", None)
        return Vocabulary(STOPWORDS).overlaps(lines, places)


@needs_kernel
@given(st.data(), st.lists(st.lists(st.sampled_from(TOKENS), min_size=1, max_size=9).map(" ".join), max_size=40))
def test_overlaps_are_those_of_the_reference(data: st.DataObject, texts: list[str]) -> None:
    lines = [line for line in read_lines(texts) if not is_unspaced(line)]
    places = data.draw(st.lists(st.integers(0, len(lines) - 1), unique=True)) if lines else []

    assert Vocabulary(STOPWORDS).overlaps(lines, places) == by_sets(lines, places)


@needs_kernel
def test_a_script_without_spaces_is_left_to_the_reference() -> None:
    lines = read_lines(["桥将关闭一年。", "桥将关闭一年。"])

    assert Vocabulary(STOPWORDS).overlaps(lines, [0]) == by_sets(lines, [0])
