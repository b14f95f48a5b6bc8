"""Claims about what trees add up to."""

from __future__ import annotations

import pytest

from pipeline.clean.trees import Tree, total

TREE = Tree(0, 0.5, 1, 0.2, 2, 0.8, (1.0, 2.0, 4.0, 8.0))


@pytest.mark.parametrize(
    ("signs", "added"),
    [
        pytest.param([0.5, 0.2, 0.9], 1.0, id="a-sign-at-its-bar-is-not-over-it"),
        pytest.param([0.1, 0.3, 0.0], 2.0, id="no-and-yes"),
        pytest.param([0.6, 0.9, 0.8], 4.0, id="yes-and-no"),
        pytest.param([0.6, 0.0, 0.9], 8.0, id="yes-and-yes"),
    ],
)
def test_a_tree_asks_two_signs_and_adds_what_the_answers_say(signs: list[float], added: float) -> None:
    assert total([TREE], signs) == added


def test_trees_are_added_up() -> None:
    assert total([TREE, TREE, TREE], [0.0, 0.0, 0.0]) == 3.0
    assert total([], [0.0]) == 0.0
