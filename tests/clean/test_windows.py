"""Claims about sums over the lines around each line."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.clean.windows import REACH, Window, shift

Counts = st.lists(st.integers(0, 9), min_size=1, max_size=40)
Reach = st.integers(0, REACH)


@given(Counts, Reach, Reach)
def test_a_sum_is_that_of_the_lines_around(values: list[int], above: int, below: int) -> None:
    found = Window(np.array(values)).sum(above, below)

    assert found.tolist() == [sum(values[max(0, i - above) : i + below + 1]) for i in range(len(values))]


@given(st.lists(st.booleans(), min_size=1, max_size=40), Reach, Reach)
def test_a_share_leaves_the_line_itself_out(values: list[bool], above: int, below: int) -> None:
    found = Window(np.array(values)).share(above, below)

    for i, share in enumerate(found):
        others = values[max(0, i - above) : i] + values[i + 1 : i + below + 1]
        assert share == pytest.approx(sum(others) / max(1, len(others)))


@pytest.mark.parametrize(("by", "found"), [(1, [2, 3, 0]), (-1, [0, 1, 2]), (2, [3, 0, 0]), (-3, [0, 0, 0])])
def test_neighbours_past_the_ends_are_nothing(by: int, found: list[int]) -> None:
    assert shift(np.array([1, 2, 3]), by).tolist() == found
