"""Words that lean: how much those of a line, and of the names of elements around it, speak for its being taken out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, compress, repeat

import numpy as np
from numpy.typing import NDArray

from pipeline.clean.html_fields import bucket
from pipeline.clean.html_tree import Tree

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

_NOTHING = (-9.0, 9.0, 0.0)  # highest, lowest and sum of no leans


@dataclass(frozen=True, slots=True, kw_only=True)
class Voices:
    """The words that are asked for their lean: those of each line, and those of each block's name.

    ``places`` are the blocks of the lines, ``parents`` the block around each; ``is_below`` says of which blocks the
    names count as standing between a line and the story's block.
    """

    words: Sequence[Sequence[str]]
    names: Sequence[tuple[str, ...]]
    places: Ints
    parents: Ints
    is_below: Sequence[bool]

    def path(self, place: int) -> Iterator[str]:
        """Yield the words of all names between the block and the story's, its own first."""
        while self.is_below[place]:
            yield from self.names[place]
            place = int(self.parents[place])


@dataclass(frozen=True, slots=True, kw_only=True)
class Leans:
    """How much words lean to what is taken out, in bits: words of lines, and of names in three places."""

    words: Mapping[str, float]
    own: Mapping[str, float]
    around: Mapping[str, float]
    path: Mapping[str, float]


def voices_of(words: Sequence[Sequence[str]], places: Ints, names: Sequence[tuple[str, ...]], tree: Tree) -> Voices:
    """Return the words to be asked: those of each line and, in ``names``, of each block.

    ``places`` are the blocks of the lines.
    """
    return Voices(
        words=words,
        names=names,
        places=places,
        parents=tree.parents,
        is_below=(tree.depth > 0).tolist(),
    )


def lean_parts(voices: Voices, leans: Leans, sizes: Ints) -> Iterator[tuple[str, Ints]]:
    """Yield the parts that tell what the words of each line and of the names around it lean to."""
    rows = np.repeat(np.arange(len(voices.words)), [*map(len, voices.words)])
    asked = map(leans.words.get, chain.from_iterable(voices.words), repeat(0.0))
    found = np.fromiter(asked, np.float64, len(rows))
    mean = np.bincount(rows, found, len(sizes)) / np.maximum(sizes, 1)
    yield "lean of words", bucket("lean of words", mean)
    yield "words of tools", bucket("words of tools", np.bincount(rows[found > 0], minlength=len(sizes)))
    for whose, table in (
        ("its names", _by_name(voices, voices.places, leans.own)),
        ("names around", _by_name(voices, voices.parents[voices.places], leans.around)),
        ("names up to the text", _by_path(voices, leans.path)[voices.places]),
    ):
        for column, most in enumerate(("highest", "lowest", "whole")):
            name = f"{most} lean of {whose}"
            yield name, bucket(name, table[:, column])


def _by_name(voices: Voices, places: Ints, leans: Mapping[str, float]) -> Floats:
    """Return highest, lowest and summed lean of the words of each block's name: float64, shape (places, 3)."""
    asked = [voices.names[place] for place in places.tolist()]
    known = {words: _three(words, leans) for words in {*asked}}
    return np.array([known[words] for words in asked])


def _by_path(voices: Voices, leans: Mapping[str, float]) -> Floats:
    """Return the same, a row a block, for all names between the block and the story's, its own among them."""
    known = {words: _three(words, leans) for words in {*compress(voices.names, voices.is_below)}}
    rows = [_NOTHING] * len(voices.names)
    for block, (words, parent, is_below) in enumerate(
        zip(voices.names, voices.parents.tolist(), voices.is_below, strict=True)
    ):
        if is_below:
            high, low, whole = known[words]
            above = rows[parent]
            rows[block] = (max(high, above[0]), min(low, above[1]), whole + above[2])
    return np.array(rows)


def _three(words: Sequence[str], leans: Mapping[str, float]) -> tuple[float, float, float]:
    known = [*filter(None, map(leans.get, words))]  # a word that leans nowhere is not in the table
    return (max(known), min(known), sum(known)) if known else _NOTHING
