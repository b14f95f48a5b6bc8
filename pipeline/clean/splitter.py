"""The splitter: how likely a new story begins in a gap, from the gap's signs.

Boosted trees say how likely. A logistic regression on the signs that are told first spares most gaps the rest, and
names reasons. ``benchmarks/training`` makes both, ``rules/model/CARD.md`` tells from what.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from operator import mul
from typing import Any

from pipeline.clean.gaps import FIRST_SIGNS, SIGNS, Gap
from pipeline.clean.openers import OPENER_SIGNS, Openers
from pipeline.clean.trees import Tree, total
from pipeline.clean.weights import model_file, read_weights

SPLIT_FILE = "split.json"
CERTAIN = 20.0  # log odds
_ROUNDING = 1e-6  # sums in another order differ by less
_REASONS = 3  # signs that an explanation names
_ANSWERS = 4  # of a tree


@dataclass(frozen=True, slots=True)
class Splitter:
    """The weights of first signs and of openers, in their order, and the trees over all signs.

    ``first`` is the least log odds by the first signs of a gap that the trees are asked about, ``least`` the log odds
    by the trees of a cut; ``bias`` and ``start`` are what the one and the other begin with.
    """

    digest: str
    weights: tuple[float, ...] = field(repr=False)
    openers: tuple[float, ...] = field(repr=False)
    trees: tuple[Tree, ...] = field(repr=False)
    bias: float
    first: float
    start: float
    least: float
    _bounds: Mapping[str, tuple[float, float]] = field(init=False, repr=False, compare=False)
    _at_most: float = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Tell once of each first sign its weight and the most that it adds, and what all can add up to."""
        bounds = {
            name: (weight, max(weight, 0.0, -weight if name.startswith("fewer") else 0.0))
            for name, weight in zip(FIRST_SIGNS, self.weights, strict=True)
        }
        object.__setattr__(self, "_bounds", bounds)
        object.__setattr__(self, "_at_most", self.bias + sum(adds for _, adds in bounds.values()))

    @classmethod
    def load(cls) -> Splitter:
        """Return the splitter that comes with Broadsheet.

        Raises:
            RulebookError: the file is damaged, or made for other signs.
        """
        return _load()

    def score(self, gap: Gap) -> float:
        """Return the log odds that a new story begins in a gap; those of certainty where a whole header says so."""
        return CERTAIN if gap.is_headed else self.start + total(self.trees, gap.signs)

    def may_cut(self, told: Mapping[str, float], most: Mapping[str, float]) -> bool:
        """Return whether the trees are to be asked about a gap, whatever the first signs are that are not ``told``.

        ``most`` tells of some of those how great they can be; the others lie between 0 and 1, but for those of "fewer",
        which may be less than 0.
        """
        score, bounds = self._at_most, self._bounds
        for name, value in told.items():
            weight, adds = bounds[name]
            score += weight * value - adds
        for name, value in most.items():
            weight, adds = bounds[name]
            if name not in told and weight > 0:
                score += weight * value - adds
        return score >= self.first - _ROUNDING

    def opener(self, page: Openers, above: int, below: int) -> int:
        """Return the line, below ``above`` and up to ``below``, that a story would begin with; the first of equals."""
        lines = range(above + 1, below + 1)
        if len(lines) == 1:
            return lines[0]
        scored = [weigh(self.openers, page.signs(i, above + 1, below)) for i in lines]
        return lines[scored.index(max(scored))]

    def why(self, gap: Gap) -> str:
        """Return how likely a new story begins in a gap, and the signs that speak most for it."""
        if gap.is_headed:
            return "segment.header: headline said twice, dated, below blank lines"
        weighed = sorted(
            ((weight * sign, name) for weight, sign, name in zip(self.weights, gap.signs, FIRST_SIGNS, strict=False)),
            key=lambda pair: -pair[0],
        )
        seen = [name for value, name in weighed[:_REASONS] if value > 0]
        likely = 1 / (1 + math.exp(-self.score(gap)))
        return f"{likely:.2f} likely a new story: {', '.join(seen) or 'other words than above'}"


def weigh(weights: Sequence[float], signs: Sequence[float]) -> float:
    """Return the sum of ``signs``, each by its weight."""
    return float(sum(map(mul, weights, signs)))


@cache
def _load() -> Splitter:
    return read_splitter(model_file(SPLIT_FILE))


def read_splitter(text: str) -> Splitter:
    """Return the splitter of a weights file.

    Raises:
        RulebookError: it is no such file, or made for other signs.
    """
    return read_weights(text, SPLIT_FILE, _splitter)


def _splitter(told: Mapping[str, Any], digest: str) -> Splitter:
    weights, openers = told["gap"], told["opener"]
    if (list(weights), list(openers), told["signs"]) != (list(FIRST_SIGNS), list(OPENER_SIGNS), list(SIGNS)):
        raise ValueError("made for other signs")
    return Splitter(
        digest,
        weights=tuple(map(float, weights.values())),
        openers=tuple(map(float, openers.values())),
        trees=tuple(_tree(row) for row in told["trees"]),
        bias=float(told["bias"]),
        first=float(told["first"]),
        start=float(told["start"]),
        least=float(told["least"]),
    )


def _tree(row: Sequence[float]) -> Tree:
    first, bar, low, low_bar, high, high_bar, *adds = row
    if len(adds) != _ANSWERS or not all(0 <= sign < len(SIGNS) for sign in (first, low, high)):
        raise ValueError("a tree of other questions")
    return Tree(int(first), bar, int(low), low_bar, int(high), high_bar, (adds[0], adds[1], adds[2], adds[3]))
