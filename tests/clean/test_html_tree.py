"""The block that holds a story is found in the tree of blocks, and every block is placed beside it."""

from __future__ import annotations

import numpy as np

from pipeline.clean.html_tree import CHARS, LINES, PROSE, Tree, enclosing, read_tree
from pipeline.clean.render import Blocks

# 0 page, 1 nav, 2 main, 3 story, 4 to 6 paragraphs, 7 box in the story, 8 its paragraph, 9 teaser in main
PARENTS = (-1, 0, 0, 2, 3, 3, 3, 3, 7, 2)
TAGS = ("html", "nav", "main", "div", "p", "p", "p", "aside", "p", "p")

ENDS = (10, 2, 10, 9, 5, 6, 7, 9, 9, 10)
BLOCKS = Blocks(parents=PARENTS, ends=ENDS, tags=TAGS, names=("",) * 10, inside=(0,) * 10)


def tree(prose: dict[int, float]) -> Tree:
    places = np.array(sorted({1, 4, 5, 6, 8, 9}))
    sums = np.array([[prose.get(int(place), 0.0), 0.0, 10.0, 1.0] for place in places])
    return read_tree(BLOCKS, places, sums)


STORY = {4: 40.0, 5: 40.0, 6: 40.0, 8: 10.0, 9: 20.0}


def test_the_story_is_the_deepest_block_with_nearly_all_prose() -> None:
    assert tree(STORY).story == 3


def test_without_prose_the_page_is_the_story() -> None:
    assert tree({}).story == 0


def test_one_paragraph_is_no_block_of_a_story() -> None:
    assert tree({4: 90.0}).story == 3


def test_two_blocks_of_equal_weight_are_held_by_the_one_around_both() -> None:
    assert tree({4: 40.0, 5: 40.0, 9: 80.0}).story == 2


def test_blocks_sum_what_hangs_below_them() -> None:
    below = tree(STORY).below

    assert below[3, PROSE] == 130.0
    assert below[0, PROSE] == 150.0
    assert (below[0, LINES], below[7, CHARS]) == (6.0, 10.0)


def test_each_block_knows_its_way_to_the_story() -> None:
    found = tree(STORY)

    assert [int(found.distance[block]) for block in (4, 8, 9, 1)] == [0, 0, 1, 2]
    assert [int(found.branch[block]) for block in (4, 8, 9, 1)] == [4, 7, 9, 1]
    assert [int(found.depth[block]) for block in (3, 4, 8, 9)] == [0, 1, 2, 1]


def test_prose_of_children_is_counted_for_their_parent() -> None:
    assert tree(STORY).own[[3, 7, 2]].tolist() == [120.0, 10.0, 20.0]


def test_blocks_around_some_lines_stand_for_the_page() -> None:
    held, nearest = enclosing(BLOCKS, [5, 9])

    assert list(held.tags) == ["html", "main", "div", "p", "p"]
    assert list(held.parents) == [-1, 0, 1, 2, 1]
    assert list(held.ends) == [5, 5, 4, 4, 5]
    assert nearest == [0, 0, 1, 2, 2, 3, 2, 2, 2, 4]
