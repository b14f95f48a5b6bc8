"""What the HTML line model sees of each line of a page: its element, where that stands, its words, its neighbours.

All lines of a page are looked at together. What is told, and under which names, is in ``html_fields``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.clean.html_fields import PARTS, TAGS, bucket, crossed
from pipeline.clean.html_flags import context_flags, name_flags, said_inside, text_flags
from pipeline.clean.html_names import kinds, said_by
from pipeline.clean.html_tree import CHARS, LINES, LINKED, PROSE, Tree, enclosing, read_tree
from pipeline.clean.html_voices import Leans, Voices, lean_parts, voices_of
from pipeline.clean.lines import Line
from pipeline.clean.looks import copies_of
from pipeline.clean.render import BIT, Blocks, Rendered
from pipeline.clean.windows import shift

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

NO_PROSE = sum(BIT[name] for name in ("aside", "nav", "footer", "figcaption", "figure", "button", "dialog", "hidden"))
BOXED = sum(BIT[name] for name in ("aside", "nav", "footer", "figcaption", "hidden"))
_SIDE_KINDS = ("comment", "related", "popular", "newsletter", "legal", "modal", "hidden")
# How much prose weighs in the search for the story's block: where names speak of comments or other stories, in list
# items, and above the headline. Without it a page of comments is taken for the story; F .947 -> .954 on 141 pages.
SIDE_WEIGHT, ITEM_WEIGHT, ABOVE_WEIGHT = 0.3, 0.4, 0.3
_MAX_WORDS = 100  # of one line in that search
MIN_SHARE = 0.2  # of the page's prose in lines alike, for one to be the text
_MAX_UP = 1  # steps up from the story's block, for one to be the text
_LINE_KIND = {name: number for number, name in enumerate(PARTS["kind"])}
_TAG_NUMBER = {tag: number for number, tag in enumerate(TAGS)}
_MIN_TOLD = 25  # characters of a line that is looked for inside a description
_STORY_MASS = (0.3, 0.6, 0.85)  # share of the markup's story that lines of the page say
_MIN_MASS = 6  # words of a line that counts for it


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the page's markup says of its story, folded: headline, descriptions, the story's text; None for nothing."""

    headline: str | None = None
    descriptions: tuple[str, ...] = ()
    story: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What is seen of a page's lines: the parts but leans, the flags (bool, lines by flags), and the words to be asked.

    ``sizes`` are the lines' lengths in words, ``gaps`` says which lines have another parent than the line above.
    """

    parts: Mapping[str, Ints]
    flags: Bools
    voices: Voices
    sizes: Ints
    gaps: Bools


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lines:
    """Measures of the lines that several parts are made of, an entry a line; ``rows`` are their indices in the page.

    ``every`` are block, linked characters and characters of all lines of the page. Blocks are those around the lines
    that are looked at; another line's is the nearest of them.
    """

    every: tuple[Ints, Ints, Ints]
    rows: Ints
    size: Ints
    stop: Bools
    places: Ints
    parent: Ints
    inside: Ints
    linked: Floats
    prose: Bools
    headline: int | None


def see(rendered: Rendered, lines: Sequence[Line], told: Told) -> Seen:
    """Return what is seen of ``lines``, some or all of a page's, measured; linear in the page."""
    words = [line.words for line in lines]
    blocks, nearest = enclosing(rendered.blocks, (rendered.places[line.no - 1] for line in lines))
    said = [said_by(name) for name in blocks.names]
    measured = _measure(rendered, lines, blocks, nearest, told)
    bits = np.array([one.bits for one in said], np.int64)
    above = _gathered(blocks.parents, bits.tolist())
    weights = _weights(measured, (bits | above)[measured.places])
    tree = _tree(blocks, measured, weights)
    return Seen(
        parts=dict(_parts(rendered, lines, measured, tree, weights, told)),
        flags=np.concatenate(
            (
                context_flags(measured.inside, blocks.inside[tree.story]),
                name_flags(measured.places, bits, above, tree),
                text_flags(lines),
                said_inside(lines, words, measured.prose),
            ),
            axis=1,
        ),
        voices=voices_of(words, measured.places, [one.words for one in said], tree),
        sizes=measured.size,
        gaps=np.concatenate(([False], measured.parent[1:] != measured.parent[:-1])),
    )


def value_places(seen: Seen, leans: Leans) -> Ints:
    """Return the places in ``NAMES`` of each line's values: int64, shape (lines, fields)."""
    return crossed({**seen.parts, **dict(lean_parts(seen.voices, leans, seen.sizes))})


def _tree(blocks: Blocks, measured: _Lines, weights: Floats) -> Tree:
    """Return the facts of blocks; lines that are not looked at count for all but prose."""
    places, linked, chars = measured.every
    prose = np.zeros(len(places))
    prose[measured.rows] = weights
    return read_tree(blocks, places, np.stack((prose, linked, chars, np.ones(len(places))), axis=1))


def _gathered(parents: Sequence[int], bits: Sequence[int]) -> Ints:
    """Return the bits of all blocks around each block, its own left out."""
    gathered = [0] * len(parents)
    for block in range(1, len(parents)):
        parent = parents[block]
        gathered[block] = gathered[parent] | bits[parent]
    return np.array(gathered, np.int64)


def _measure(rendered: Rendered, lines: Sequence[Line], blocks: Blocks, nearest: Sequence[int], told: Told) -> _Lines:
    every = (
        np.array([nearest[place] for place in rendered.places]),
        np.array(rendered.linked),
        np.maximum(rendered.chars, 1),
    )
    rows = np.array([line.no - 1 for line in lines])
    places = every[0][rows]
    parents = np.maximum(np.array(blocks.parents), 0)
    inside = np.array(blocks.inside)[places]
    size = np.array([line.size for line in lines])
    stop = np.array([line.ends_stop for line in lines])
    linked = every[1][rows] / every[2][rows]
    reads_on = ((size >= 12) & stop) | (size >= 30)
    return _Lines(
        every=every,
        rows=rows,
        size=size,
        stop=stop,
        places=places,
        parent=parents[places],
        inside=inside,
        linked=linked,
        prose=reads_on & (linked < 0.5) & ((inside & NO_PROSE) == 0),
        headline=headline_of(rendered, lines, told.headline),
    )


def headline_of(rendered: Rendered, lines: Sequence[Line], title: str | None) -> int | None:
    """Return the line that says the page's title, best a heading; where none does, the first ``h1``."""
    says = [i for i, line in enumerate(lines) if title and line.folded == title]
    headings = (i for i in says if rendered.is_inside(lines[i].no - 1, "heading"))
    first = next(headings, says[0] if says else None)
    if first is not None:
        return first
    return next((i for i, line in enumerate(lines) if rendered.tag(line.no - 1) == "h1"), None)


def side_kinds() -> int:
    """Return the bits of the kinds of names that speak of comments, other stories and the like."""
    return sum(1 << kinds().index(kind) for kind in _SIDE_KINDS)


def _weights(measured: _Lines, named: Ints) -> Floats:
    """Return how much each line weighs in the search for the story's block; ``named`` are the kinds of all names."""
    weights = np.where(measured.prose, np.minimum(measured.size, _MAX_WORDS), 0).astype(np.float64)
    weights[(named & side_kinds()) != 0] *= SIDE_WEIGHT
    weights[(measured.inside & BIT["item"]) != 0] *= ITEM_WEIGHT
    if measured.headline is not None:
        weights[: measured.headline] *= ABOVE_WEIGHT
    return weights


def _parts(
    rendered: Rendered, lines: Sequence[Line], measured: _Lines, tree: Tree, weights: Floats, told: Told
) -> Iterator[tuple[str, Ints]]:
    yield from _own(rendered, measured)
    yield from _standing(measured, tree)
    likes = _likes(rendered)
    like = likes[measured.rows]
    share: Floats = np.bincount(like, weights)[like] / _total(weights)
    yield "prose of its like", bucket("prose of its like", share)
    yield from _alike(measured, likes, like)
    text = measured.prose & (share >= MIN_SHARE) & (tree.distance[measured.places] <= _MAX_UP)
    if not text.any():
        text = measured.prose
    zone, kind = _zone(text), _kinds(measured)
    yield "zone", zone
    yield "kind", kind
    yield from _around(measured, kind, like)
    yield from _from_text(text, weights)
    yield from _from_headline(measured.headline, zone)
    yield from told_parts(lines, told)
    yield "said again", np.array(copies_of(lines))


def _total(weights: Floats) -> float:
    """Return the sum, 1 at least, added up line by line as in any language; numpy's sum rounds by pairs of halves."""
    return max(1.0, float(np.cumsum(weights)[-1]))


def _own(rendered: Rendered, measured: _Lines) -> Iterator[tuple[str, Ints]]:
    yield "tag", np.array([_TAG_NUMBER.get(rendered.tag(row), 0) for row in measured.rows.tolist()])
    yield "stop", measured.stop.astype(np.int64)
    yield "coarse", bucket("coarse", measured.size)
    yield "size", bucket("size", measured.size)
    yield "linked", bucket("linked", measured.linked)
    rows = measured.rows
    yield "bold", bucket("bold", np.array(rendered.bold)[rows] / measured.every[2][rows])
    yield "links", bucket("links", np.array(rendered.links)[rows])
    skipped = np.diff(rows, prepend=-1) - 1
    yield "furniture above", bucket("furniture above", skipped)
    yield "furniture below", bucket("furniture below", np.append(skipped[1:], len(rendered.lines) - 1 - rows[-1]))


def _standing(measured: _Lines, tree: Tree) -> Iterator[tuple[str, Ints]]:
    """Yield how far each line is from the story's block, and what hangs below the blocks around it."""
    below = tree.below
    total = max(1.0, below[0, PROSE])
    yield "up", np.minimum(tree.distance[measured.places], 6)
    yield "down", np.minimum(tree.depth[measured.places], 5)
    yield "prose beside it", bucket("prose beside it", tree.own[measured.parent] / total)
    for where, block in (
        ("of the branch", tree.branch[measured.places]),
        ("around", measured.parent),
        ("further around", tree.parents[measured.parent]),
    ):
        yield f"prose {where}", bucket(f"prose {where}", below[block, PROSE] / total)
        links = below[block, LINKED] / np.maximum(below[block, CHARS], 1)
        yield f"links {where}", bucket(f"links {where}", links)
        yield f"lines {where}", bucket(f"lines {where}", below[block, LINES])


def _likes(rendered: Rendered) -> Ints:
    """Return a number for each line of the page; blocks of one element and name, in parents alike, share it."""
    blocks = rendered.blocks
    tags, names, parents = blocks.tags, blocks.names, blocks.parents
    numbers: dict[tuple[str, str, str, str], int] = {}
    likes = []
    for own in rendered.places:
        up = parents[own] if own else own
        likes.append(numbers.setdefault((tags[own], names[own], tags[up], names[up]), len(numbers)))
    return np.array(likes)


def _alike(measured: _Lines, every: Ints, like: Ints) -> Iterator[tuple[str, Ints]]:
    _, linked, chars = measured.every
    links = np.bincount(every, linked)[like] / np.bincount(every, chars)[like]
    yield "links of its like", bucket("links of its like", links)
    yield "lines like it", bucket("lines like it", np.bincount(every)[like])


def _zone(text: Bools) -> Ints:
    rows, hits = np.arange(len(text)), np.flatnonzero(text)
    if not len(hits):
        return np.zeros(len(text), np.int64)
    zone: Ints = (rows >= hits[0]).astype(np.int64) + (rows > hits[-1])
    return zone


def _kinds(measured: _Lines) -> Ints:
    """Return what each line is at a glance: what is set last wins."""
    kinds = np.where(measured.size >= 4, _LINE_KIND["longer line"], _LINE_KIND["few words"])
    kinds[measured.stop & (measured.size >= 3)] = _LINE_KIND["sentence"]
    kinds[(measured.inside & BIT["item"]) != 0] = _LINE_KIND["list item"]
    kinds[measured.linked > 0.8] = _LINE_KIND["linked line"]
    kinds[(measured.inside & BIT["heading"]) != 0] = _LINE_KIND["heading"]
    kinds[measured.prose] = _LINE_KIND["paragraph"]
    kinds[(measured.inside & BOXED) != 0] = _LINE_KIND["boxed"]
    return kinds


def _around(measured: _Lines, kind: Ints, like: Ints) -> Iterator[tuple[str, Ints]]:
    yield "kind above", shift(kind, -1)
    yield "kind below", shift(kind, 1)
    yield "kind two above", shift(kind, -2)
    yield "kind two below", shift(kind, 2)
    for name, values in (("same parent", measured.parent), ("same block", measured.places), ("same like", like)):
        as_above = np.concatenate(([0], (values[1:] == values[:-1]).astype(np.int64)))
        yield name, as_above * 2 + shift(as_above, 1)


def _from_text(text: Bools, weights: Floats) -> Iterator[tuple[str, Ints]]:
    count = len(text)
    rows, hits = np.arange(count), np.flatnonzero(text)
    far = count + 99
    first, last = (hits[0], hits[-1]) if len(hits) else (far + count, far + count)
    yield "from the text", bucket("from the text", np.maximum(first - rows, 0) + np.maximum(rows - last, 0))
    above = rows - np.maximum.accumulate(np.where(text, rows, -far))
    below = np.minimum.accumulate(np.where(text, rows, far + count)[::-1])[::-1] - rows
    yield "paragraph above", bucket("paragraph above", np.concatenate(([far], above[:-1])))
    yield "paragraph below", bucket("paragraph below", np.concatenate((below[1:], [far])))
    yield "from the top", bucket("from the top", rows)
    yield "from the end", bucket("from the end", rows[::-1])
    done = (np.cumsum(weights) - weights) / _total(weights)
    yield "text above", bucket("text above", done)
    yield "paragraphs", bucket("paragraphs", np.full(count, text.sum()))


def _from_headline(headline: int | None, zone: Ints) -> Iterator[tuple[str, Ints]]:
    rows = np.arange(len(zone))
    if headline is None:
        yield "headline", np.zeros_like(zone)
        yield "from the headline", np.zeros_like(zone)
        return
    steps = bucket("from the text", rows - headline - 1)
    yield "headline", np.where(rows < headline, 1, np.where(rows == headline, 2, 3 + steps))
    yield "from the headline", np.where(rows <= headline, 1, 2 + zone)


def told_parts(lines: Sequence[Line], told: Told) -> Iterator[tuple[str, Ints]]:
    """Yield what a line shares with what the markup says of the story."""
    whole = frozenset(told.descriptions)
    yield (
        "description",
        np.array([2 if line.folded in whole else _is_part(line.folded, whole) for line in lines], np.int64),
    )
    if not told.story:
        yield "story of the markup", np.zeros(len(lines), np.int64)
        return
    story = f" {told.story} "
    has = np.array([f" {line.folded} " in story for line in lines]).astype(np.int64)
    said = sum(len(line.folded) for line, is_in in zip(lines, has, strict=True) if is_in and line.size >= _MIN_MASS)
    mass = sum(said / len(story) >= bound for bound in _STORY_MASS)
    yield "story of the markup", 1 + has * (len(_STORY_MASS) + 1) + mass


def _is_part(folded: str, texts: Collection[str]) -> bool:
    return len(folded) >= _MIN_TOLD and any(
        folded in text or (len(text) >= _MIN_TOLD and text in folded) for text in texts
    )
