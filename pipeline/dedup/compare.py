"""What two texts have in common, word for word: the measurements that verification judges by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from pipeline.dedup.kernel import I64, U64
from pipeline.dedup.profile import Profile

Mask: TypeAlias = NDArray[np.bool_]

_LONG_WORD_BYTES = 5
_LEAST_LONG_WORDS = 5
_NONE = np.empty(0, dtype=np.int64)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Overlap:
    """The shingles two texts share. ``hit_a``/``hit_b``: bool a shingle position, whether the other text has it."""

    a: Profile
    b: Profile
    shared: int
    hit_a: Mask
    hit_b: Mask

    @property
    def jaccard(self) -> float:
        """Shared shingles among all of both texts."""
        return self.shared / max(1, len(self.a.shingles) + len(self.b.shingles) - self.shared)

    @property
    def containment(self) -> float:
        """Shared shingles among those of the text that has fewer."""
        return self.shared / max(1, min(len(self.a.shingles), len(self.b.shingles)))

    @property
    def covered_a(self) -> float:
        """Share of a's shingles that b has."""
        return self.shared / max(1, len(self.a.shingles))

    @property
    def covered_b(self) -> float:
        """Share of b's shingles that a has."""
        return self.shared / max(1, len(self.b.shingles))


def overlap(a: Profile, b: Profile) -> Overlap:
    """Return the shingles that ``a`` and ``b`` share, with where they stand in each."""
    at = np.searchsorted(b.shingles, a.shingles)
    at[at == len(b.shingles)] = 0
    found = b.shingles[at] == a.shingles if len(b.shingles) else np.zeros(len(a.shingles), dtype=bool)
    in_b = np.zeros(len(b.shingles), dtype=bool)
    in_b[at[found]] = True
    return Overlap(a=a, b=b, shared=int(found.sum()), hit_a=found[a.shingle_at], hit_b=in_b[b.shingle_at])


def covered_words(hits: Mask, word_count: int) -> Mask:
    """Return for each word whether a shared shingle covers it: bool, shape (word_count,)."""
    size = word_count - len(hits) + 1
    covered = np.zeros(word_count, dtype=bool)
    for k in range(size if len(hits) else 0):
        covered[k : k + len(hits)] |= hits
    return covered


def shared_share(a: U64, b: U64) -> tuple[float, int]:
    """Return the share of the shorter list's distinct values that the other has, and how many the shorter one holds."""
    first, second = np.unique(a), np.unique(b)
    least = min(len(first), len(second))
    return (len(np.intersect1d(first, second, assume_unique=True)) / least if least else 1.0), least


def shared_marks(a: Profile, b: Profile) -> float:
    """Return the share of the letter runs of ``a`` that ``b`` has too, near enough: 0 to 1."""
    own = int(np.bitwise_count(a.letter_marks).sum())
    return int(np.bitwise_count(a.letter_marks & b.letter_marks).sum()) / own if own else 0.0


def entry(hits: Mask, window: int) -> int:
    """Return the word at which the shared text begins: the first position from where half of ``window`` is shared.

    The length of ``hits`` where there is none. A window no longer than the text.
    """
    window = min(window, len(hits))
    if not window:
        return 0
    sums = np.concatenate([[0], np.cumsum(hits)])
    dense = np.flatnonzero(2 * (sums[window:] - sums[:-window]) >= window)
    if not len(dense):
        return len(hits)
    return int(dense[0] + np.argmax(hits[dense[0] :]))


def opening_overlap(text: Profile, other: Profile, size: int) -> float:
    """Return the share of the distinct long words among the first ``size`` of ``text`` that ``other`` has anywhere.

    Long: five bytes or more, since the short ones are in every text. 0 where there are too few to tell.
    """
    ends = text.word_ends[:size]
    lengths = np.diff(ends, prepend=-1) - 1
    long_words = np.unique(text.words[:size][lengths >= _LONG_WORD_BYTES])
    if len(long_words) < _LEAST_LONG_WORDS:
        return 0.0
    return float(np.isin(long_words, other.words).mean())


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Swaps:
    """Places where two texts agree around a few words that differ: int64 arrays, a row a place, ends exclusive."""

    a_start: I64
    a_end: I64
    b_start: I64
    b_end: I64


def swaps(pair: Overlap, longest: int) -> Swaps:
    """Return the places where up to ``longest`` words of a stand for up to ``longest`` others in b.

    Found from a's side: a run of words without a shared shingle, between two shingles whose places in b are as near to
    each other. A passage that moved as a whole is still aligned inside.
    """
    size = pair.a.word_count - len(pair.hit_a) + 1
    covered = covered_words(pair.hit_a, pair.a.word_count)
    edges = np.flatnonzero(np.diff(covered))
    if len(edges) < 2:
        return Swaps(a_start=_NONE, a_end=_NONE, b_start=_NONE, b_end=_NONE)
    starts, ends = edges[:-1] + 1, edges[1:] + 1
    inner = ~covered[starts]
    starts, ends = starts[inner], ends[inner]
    place = np.full(len(pair.b.shingles), -1, dtype=np.int64)
    place[pair.b.shingle_at[::-1]] = np.arange(len(pair.b.shingle_at))[::-1]
    b_starts = _place_in_b(pair, place, starts - size) + size
    b_ends = _place_in_b(pair, place, ends)
    widths_a, widths_b = ends - starts, b_ends - b_starts
    near = (widths_a <= longest) & (widths_b > 0) & (widths_b <= longest)
    return Swaps(a_start=starts[near], a_end=ends[near], b_start=b_starts[near], b_end=b_ends[near])


def _place_in_b(pair: Overlap, place: I64, positions: I64) -> I64:
    values = pair.a.shingles[pair.a.shingle_at[positions]]
    at: I64 = place[np.searchsorted(pair.b.shingles, values)]
    return at
