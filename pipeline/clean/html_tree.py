"""Where a page's text stands in its tree of blocks: what hangs below each block, and which block holds the story.

A story's paragraphs are children of one block, or of a few alike; menus, teasers and comments hang elsewhere. All here
is linear in the blocks.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.clean.render import Blocks

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# The story's block is found from the root down, as long as one child holds this share of the prose. Lower shares cut
# off stories whose second half stands in a block of its own.
MIN_SHARE = 0.7
PROSE, LINKED, CHARS, LINES = range(4)  # columns of Tree.below


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """Facts of a page's blocks, an entry each.

    ``parents`` are places of the block around each, 0 for the first too. ``below`` (float64, blocks by four) sums what
    stands in a block and all blocks in it: prose in words, linked characters, characters, lines. ``own`` is the prose
    of its child blocks' own lines. ``story`` is the block that holds the story, ``distance`` the steps up from there to
    the first block that both are in, ``branch`` the child of that block that a block is or is in, and ``depth`` how far
    below it.
    """

    parents: Ints
    below: Floats
    own: Floats
    story: int
    distance: Ints
    branch: Ints
    depth: Ints


def enclosing(blocks: Blocks, places: Iterable[int]) -> tuple[Blocks, list[int]]:
    """Return the blocks that hold one of ``places``, and for each block of the page which of them holds it, if nearest.

    The first block is always among them.
    """
    holds = [True, *(False for _ in blocks.parents[1:])]
    for place in places:
        while not holds[place]:
            holds[place] = True
            place = blocks.parents[place]
    kept = [block for block, is_held in enumerate(holds) if is_held]
    nearest: list[int] = []
    count = -1
    for parent, is_held in zip(blocks.parents, holds, strict=True):
        count += is_held
        nearest.append(count if is_held else nearest[parent])
    held = Blocks(
        parents=[-1, *(nearest[blocks.parents[block]] for block in kept[1:])],
        ends=np.searchsorted(kept, [blocks.ends[block] for block in kept]).tolist(),
        tags=[blocks.tags[block] for block in kept],
        names=[blocks.names[block] for block in kept],
        inside=[blocks.inside[block] for block in kept],
    )
    return held, nearest


def read_tree(blocks: Blocks, places: Ints, sums: Floats) -> Tree:
    """Return the facts of a page's blocks.

    ``places`` are the blocks of the lines, ``sums`` (float64, lines by four) the columns of :attr:`Tree.below`.
    """
    count = len(blocks.parents)
    # Blocks come in the order they open, so those in a block stand in one run behind it.
    run = np.zeros((count + 1, sums.shape[1]))
    for column in range(sums.shape[1]):
        np.cumsum(np.bincount(places, sums[:, column], count), out=run[1:, column])
    below = run[np.array(blocks.ends)] - run[:-1]
    above = np.maximum(np.array(blocks.parents), 0)
    own: Floats = np.bincount(above[places], sums[:, PROSE], count).astype(np.float64)
    story = _story(below[:, PROSE].tolist(), blocks.parents, blocks.tags)
    distance, branch, depth = _from(story, blocks.parents)
    return Tree(parents=above, below=below, own=own, story=story, distance=distance, branch=branch, depth=depth)


def _story(prose: Sequence[float], parents: Sequence[int], tags: Sequence[str]) -> int:
    """Return the deepest block that holds nearly all prose of the block around it, all the way from the root."""
    fullest = [0] * len(prose)  # the child with most prose, 0 for none
    for block in range(len(prose) - 1, 0, -1):
        if prose[block] >= prose[fullest[parents[block]]] or not fullest[parents[block]]:
            fullest[parents[block]] = block
    story = 0
    while True:
        child = fullest[story]
        if not child or not prose[child] or prose[child] < MIN_SHARE * prose[story] or tags[child] == "p":
            return story
        story = child


def _from(story: int, parents: Sequence[int]) -> tuple[Ints, Ints, Ints]:
    """Return distance, branch and depth of each block, as :class:`Tree` has them."""
    steps_by_block: dict[int, int] = {}
    block, steps = story, 0
    while block >= 0:
        steps_by_block[block] = steps
        block, steps = parents[block], steps + 1
    distance, branch, depth = [0] * len(parents), [0] * len(parents), [0] * len(parents)
    for block, above in enumerate(parents):
        if block in steps_by_block:
            distance[block], branch[block] = steps_by_block[block], block
        else:
            distance[block], depth[block] = distance[above], depth[above] + 1
            branch[block] = block if above in steps_by_block else branch[above]
    return np.array(distance), np.array(branch), np.array(depth)
