"""What stands above a place of a page and what stands below it have in common, by the words of its paragraphs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

from pipeline.clean.cosines import REACH, Words, cosines

FAR = 12  # paragraphs on either side that say what a text is about
SUBJECTS = 8  # words that most paragraphs of a text hold
MANY = 40  # words of a text that say for certain what it is about
SHARED = 0.25  # share of them that two parts of one story have in common
UNKNOWN = 0.4  # share of the subjects found again where a text is too short to have any


class Halves(NamedTuple):
    """Shares of what the text above a place is about that go on below it, and of that below that was said above.

    ``apart`` is 1 where neither of two long texts says what the other says; less if they are short.
    """

    goes_on: float
    was_said: float
    apart: float


@dataclass(frozen=True, slots=True)
class Overlaps:
    """The cosine at the place below each paragraph, and the halves of the page at some of these places."""

    cosines: Sequence[float]
    halves: Mapping[int, Halves]


def overlaps_of(bags: Sequence[Words], places: Sequence[int]) -> Overlaps:
    """Return what bags, one a paragraph, have in common across the places below the paragraphs ``places``."""
    return Overlaps(cosines(bags), {k: _halves(bags, k) for k in places})


def _halves(bags: Sequence[Words], k: int) -> Halves:
    above, below = bags[max(0, k + 1 - FAR) : k + 1], bags[k + 1 : k + 1 + FAR]
    over = frozenset[str]().union(*above)
    under = frozenset[str]().union(*below)
    return Halves(
        goes_on=_found_again(above, frozenset[str]().union(*below[:REACH])),
        was_said=_found_again(below, frozenset[str]().union(*above[-REACH:])),
        apart=_apart(over, under),
    )


def _found_again(bags: Sequence[Words], found: Words) -> float:
    counts = Counter(chain.from_iterable(bags))
    repeated = [(-count, word) for word, count in counts.items() if count > 1]
    subjects = [word for _, word in sorted(repeated)[:SUBJECTS]]
    return sum(word in found for word in subjects) / len(subjects) if subjects else UNKNOWN


def _apart(above: Words, below: Words) -> float:
    fewer = min(len(above), len(below))
    shared = len(above & below) / fewer if fewer else 1.0
    return min(1.0, fewer / MANY) * max(0.0, 1 - shared / SHARED)
