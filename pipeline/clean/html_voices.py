"""Words that lean: how much those of a line, and of the names of elements around it, speak for its being taken out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.clean.html_fields import bucket
from pipeline.clean.html_tree import Tree
from pipeline.clean.lines import Line

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


def voices_of(lines: Sequence[Line], places: Ints, names: Sequence[tuple[str, ...]], tree: Tree) -> Voices:
    """Return the words to be asked; ``names`` has those of each block, ``places`` the blocks of the lines."""
    return Voices(
        words=[line.folded.split() for line in lines],
        names=names,
        places=places,
        parents=tree.parents,
        is_below=(tree.depth > 0).tolist(),
    )


def lean_parts(voices: Voices, leans: Leans, sizes: Ints) -> Iterator[tuple[str, Ints]]:
    """Yield the parts that tell what the words of each line and of the names around it lean to."""
    of_words = [_known(words, leans.words) for words in voices.words]
    mean = np.array([sum(own) for own in of_words]) / np.maximum(sizes, 1)
    yield "lean of words", bucket("lean of words", mean)
    yield "words of tools", bucket("words of tools", np.array([sum(lean > 0 for lean in own) for own in of_words]))
    numbers: dict[tuple[str, ...], int] = {}
    by_block = np.array([numbers.setdefault(words, len(numbers)) for words in voices.names])
    around = voices.parents[voices.places]
    for whose, table in (
        ("its names", _by_name(numbers, leans.own)[by_block[voices.places]]),
        ("names around", _by_name(numbers, leans.around)[by_block[around]]),
        ("names up to the text", _by_path(voices, _by_name(numbers, leans.path), by_block)[voices.places]),
    ):
        for column, most in enumerate(("highest", "lowest", "whole")):
            name = f"{most} lean of {whose}"
            yield name, bucket(name, table[:, column])


def _by_name(names: Iterable[tuple[str, ...]], leans: Mapping[str, float]) -> Floats:
    """Return highest, lowest and summed lean of the words of each name: float64, shape (names, 3)."""
    return np.array([_three(_known(words, leans)) for words in names])


def _by_path(voices: Voices, table: Floats, by_block: Ints) -> Floats:
    """Return the same, a row a block, for all names between the block and the story's, its own among them."""
    own, parents = table.tolist(), voices.parents.tolist()
    rows: list[Sequence[float]] = [_NOTHING] * len(parents)
    for block, (number, is_below) in enumerate(zip(by_block.tolist(), voices.is_below, strict=True)):
        if is_below:
            high, low, whole = rows[parents[block]]
            name = own[number]
            rows[block] = (max(name[0], high), min(name[1], low), name[2] + whole)
    return np.array(rows)


def _known(words: Sequence[str], leans: Mapping[str, float]) -> list[float]:
    return list(filter(None, map(leans.get, words)))  # a word that leans nowhere is not in the table


def _three(leans: Sequence[float]) -> tuple[float, float, float]:
    return (max(leans), min(leans), sum(leans)) if leans else _NOTHING
