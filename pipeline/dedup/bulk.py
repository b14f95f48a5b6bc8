"""Shingles and exchanged words of many pairs compared at a time, in numpy: the reference of the compiled kernel.

The positions of all pairs lie one after the other, and one sort brings what two texts share side by side: an array for
each pair costs more than the comparing. A *side* is one of the two texts of all pairs, the shorter ones or the longer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

import numpy as np

from pipeline.dedup.apart import CAPITAL, FIGURE, FIRST, Mask, Texts
from pipeline.dedup.candidates import ranges
from pipeline.dedup.kernel import I64, U64

LONGEST_SWAP = 6  # words that can stand for others: the longest name or figure with its unit
MOST_SWAPS = 1000  # looked at: no form is longer
MOST_SPELLED = 64  # bytes of a swap: a longer "word" is data
_SHINGLES_AT_ONCE = 1 << 16  # some 10 MB on the way; twice as many leave the cache


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Side:
    """One side of n pairs: ``rows`` of the texts, ``offsets`` (n + 1) of their shingle positions in ``hits``.

    ``hits``: bool a position, whether the other text has the shingle. ``distinct``: shingles of each text.
    ``covered``: bool a word, whether a shared shingle covers it, those of pair i from ``word_offsets[i]`` on.
    """

    rows: I64
    offsets: I64
    hits: Mask
    distinct: I64
    covered: Mask
    word_offsets: I64

    @property
    def sizes(self) -> I64:
        """Words in a shingle of each text: fewer than asked for where the text has fewer."""
        return np.diff(self.word_offsets) - np.diff(self.offsets) + 1

    def entries(self, window: int) -> I64:
        """Return the word at which the shared text begins: the first place from where half of ``window`` is shared.

        The number of shingles where there is none. A window no longer than the text.
        """
        low, counts = self.offsets[:-1], np.diff(self.offsets)
        width = np.repeat(np.minimum(window, counts), counts)
        sums = np.concatenate([[0], np.cumsum(self.hits)])
        at = np.arange(len(self.hits))
        fits = at + width <= np.repeat(self.offsets[1:], counts)
        dense = np.flatnonzero(fits & (2 * (sums[np.minimum(at + width, len(at))] - sums[at]) >= width))
        first = _next(dense, low, self.offsets[1:])
        begins = _next(np.flatnonzero(self.hits), first, self.offsets[1:])
        return begins - low


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shared:
    """What the pairs share. ``count``: distinct shingles that both have.

    ``first``: the first place in the longer text of each shingle of the shorter one that it has.
    """

    short: Side
    long: Side
    count: I64
    first: I64


def pairs_at_once(texts: Texts, pairs: I64) -> Iterator[slice]:
    """Yield parts of ``pairs`` whose shingles are few enough to be compared together."""
    sizes = np.cumsum(np.diff(texts.gram_offsets)[pairs].sum(axis=1))
    low = 0
    while low < len(pairs):
        before = sizes[low - 1] if low else 0
        high = max(low + 1, int(np.searchsorted(sizes, before + _SHINGLES_AT_ONCE, side="right")))
        yield slice(low, high)
        low = high


def shingle_numbers(texts: Texts) -> U64:
    """Return for each shingle of ``texts`` a number, the same for equal ones, below how many there are: uint64."""
    return np.unique(texts.grams, return_inverse=True)[1].astype(np.uint64)


def shared_shingles(texts: Texts, numbers: U64, pairs: I64) -> Shared:
    """Return the shingles that each of ``pairs`` shares, with where they stand in both texts."""
    counts, starts = np.diff(texts.gram_offsets)[pairs], texts.gram_offsets[pairs]
    place_bits = np.uint64(int(counts.max(initial=1)).bit_length())
    id_bits = np.uint64(len(numbers).bit_length())
    codes = [
        np.repeat(np.arange(len(pairs), dtype=np.uint64), counts[:, side]) << (id_bits + np.uint64(1) + place_bits)
        | numbers[ranges(starts[:, side], counts[:, side])] << (place_bits + np.uint64(1))
        | np.uint64(side) << place_bits
        | ranges(np.zeros(len(pairs), dtype=np.int64), counts[:, side]).astype(np.uint64)
        for side in (0, 1)
    ]
    packed = np.concatenate(codes)
    packed.sort()
    return _matched(texts, pairs, counts, packed, place_bits, id_bits)


def _matched(texts: Texts, pairs: I64, counts: I64, packed: U64, place_bits: np.uint64, id_bits: np.uint64) -> Shared:
    """Return what sorted codes of pair, shingle, side and place say."""
    one = np.uint64(1)
    place = (packed & ((one << place_bits) - one)).view(np.int64)
    side = (packed >> place_bits & one).view(np.int64)
    shingle = packed >> (place_bits + one)
    opens = np.flatnonzero(np.concatenate([[True], shingle[1:] != shingle[:-1]])) if len(packed) else np.empty(0, int)
    lengths = np.diff(np.append(opens, len(packed)))
    pair = (shingle[opens] >> id_bits).astype(np.int64)
    of_long = np.add.reduceat(side, opens) if len(opens) else lengths
    is_both = (of_long > 0) & (of_long < lengths)
    shares = np.repeat(is_both, lengths)
    # In each group the places of the shorter text come first, then those of the longer one.
    behind = np.minimum(opens + lengths - of_long, max(0, len(packed) - 1))
    groups = np.repeat(np.arange(len(opens)), lengths)
    n = len(pairs)
    sides = []
    first = np.zeros(int(counts[:, 0].sum()), dtype=np.int64)
    for number, has in ((0, of_long < lengths), (1, of_long > 0)):
        offsets = np.concatenate([[0], np.cumsum(counts[:, number])]).astype(np.int64)
        hits = np.zeros(offsets[-1], dtype=bool)
        own = np.flatnonzero((side == number) & shares)
        at = offsets[pair[groups[own]]] + place[own]
        hits[at] = True
        if number == 0:
            first[at] = place[behind[groups[own]]]
        distinct = np.bincount(pair[has], minlength=n)
        sides.append(_side(texts, pairs[:, number], offsets, hits, distinct))
    return Shared(short=sides[0], long=sides[1], count=np.bincount(pair[is_both], minlength=n), first=first)


def _side(texts: Texts, rows: I64, offsets: I64, hits: Mask, distinct: I64) -> Side:
    word_counts = texts.word_counts[rows]
    word_offsets = np.concatenate([[0], np.cumsum(word_counts)]).astype(np.int64)
    sizes = word_counts - np.diff(offsets) + 1
    covered = np.zeros(word_offsets[-1], dtype=bool)
    at = np.flatnonzero(hits)
    pair = np.searchsorted(offsets, at, side="right") - 1
    words = word_offsets[pair] + at - offsets[pair]
    for k in range(int(sizes.max(initial=0))):
        covered[words[sizes[pair] > k] + k] = True
    return Side(rows=rows, offsets=offsets, hits=hits, distinct=distinct, covered=covered, word_offsets=word_offsets)


def sums(values: Mask, offsets: I64) -> I64:
    """Return how many of the values of each row are true."""
    total = np.concatenate([[0], np.cumsum(values)])
    found: I64 = total[offsets[1:]] - total[offsets[:-1]]
    return found


def swaps(shared: Shared, longest: int) -> I64:
    """Return the places where up to ``longest`` words of the shorter text stand for up to ``longest`` others.

    int64, shape (places, 5): the pair, then the words in the shorter text and those in the longer one, ends exclusive.
    Found from the side of the shorter text: a run of words without a shared shingle, between two shingles whose places
    in the longer one are as near to each other. A passage that moved as a whole is still aligned inside.
    """
    side = shared.short
    turns = np.flatnonzero(side.covered[1:] != side.covered[:-1]) + 1
    turns = turns[~np.isin(turns, side.word_offsets)]  # there another text begins
    ends = turns[side.covered[turns]]
    starts = turns[~side.covered[turns]]
    pair = np.searchsorted(side.word_offsets, starts, side="right") - 1
    closes = _next(ends, starts, side.word_offsets[pair + 1])
    inner = closes < side.word_offsets[pair + 1]
    pair, starts, closes = pair[inner], starts[inner] - side.word_offsets[pair[inner]], closes[inner]
    closes -= side.word_offsets[pair]
    sizes, low = side.sizes[pair], side.offsets[pair]
    b_starts, b_ends = shared.first[low + starts - sizes] + sizes, shared.first[low + closes]
    near = np.flatnonzero((closes - starts <= longest) & (b_ends > b_starts) & (b_ends - b_starts <= longest))
    near = near[np.arange(len(near)) - np.searchsorted(pair[near], pair[near]) < MOST_SWAPS]
    return np.stack([pair, starts, closes, b_starts, b_ends], axis=1)[near]


def heading_swaps(texts: Texts, shared: Shared, longest: int) -> I64:
    """Return, as :func:`swaps` does, the words that stand for each other before all that is shared, one place a pair.

    A heading of up to ``longest`` words, less those that both begin with, and behind it a sentence begins: a star sign,
    a town, a day. What goes over into the sentence, as a dateline does, is none.
    """
    side = shared.short
    hit = _next(np.flatnonzero(side.hits), side.offsets[:-1], side.offsets[1:])
    found = []
    for pair in np.flatnonzero(hit < side.offsets[1:]).tolist():
        a_end, b_end = int(hit[pair] - side.offsets[pair]), int(shared.first[hit[pair]])
        low_a, low_b = (int(texts.word_offsets[one.rows[pair]]) for one in (side, shared.long))
        least = min(a_end, b_end)
        same = texts.words[low_a : low_a + least] == texts.words[low_b : low_b + least]
        start = int(np.argmin(np.append(same, False)))
        if start < least and all(
            _opens(texts, int(one.rows[pair]), end, start + longest)
            for one, end in ((side, a_end), (shared.long, b_end))
        ):
            found.append((pair, start, a_end, start, b_end))
    return np.array(found, dtype=np.int64).reshape(-1, 5)


def _opens(texts: Texts, row: int, low: int, high: int) -> bool:
    """Return whether a sentence begins at one of the words ``low`` to ``high`` of a text."""
    first, end = texts.word_offsets[row : row + 2].tolist()
    return bool((texts.flags[first + low : min(end, first + high + 1)] & FIRST).any())


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Kinds:
    """Words by kind, bool a word: ``figure``, ``name`` (with a capital inside a sentence), ``capital`` (anywhere)."""

    figure: Mask
    name: Mask
    capital: Mask

    @classmethod
    def of(cls, texts: Texts) -> Self:
        """Return the kinds of all words of ``texts``."""
        is_capital = (texts.flags & CAPITAL) > 0
        is_name = is_capital & ((texts.flags & FIRST) == 0)
        return cls(figure=(texts.flags & FIGURE) > 0, name=is_name, capital=is_capital)


def exchanged(texts: Texts, kinds: Kinds, shared: Shared, spelling: float) -> tuple[I64, I64]:
    """Return how many names and how many figures stand for others in each pair: what is filled into a form.

    Where a script has no capitals any word counts as a name. Two words with a share of ``spelling`` of their letters in
    common are one word spelled in two ways.
    """
    rows = np.stack([shared.short.rows, shared.long.rows], axis=1)
    names, figures = np.zeros((2, len(rows)), dtype=np.int64)
    # The first word of a text has a capital whatever it is; in a heading it is what the text is about.
    for places, kind in (
        (heading_swaps(texts, shared, LONGEST_SWAP), kinds.capital),
        (swaps(shared, LONGEST_SWAP), kinds.name),
    ):
        pair = places[:, 0]
        spans = texts.word_offsets[rows[pair]][:, :, None] + places[:, 1:].reshape(-1, 2, 2)
        is_figure = _any(kinds.figure, spans)
        is_cased = texts.cased[rows[pair]].all(axis=1)
        np.add.at(figures, pair[is_figure], 1)
        for at in np.flatnonzero(~is_figure & (~is_cased | _any(kind, spans))).tolist():
            one, other = (_spelled(texts, int(row), *span) for row, span in zip(rows[pair[at]], spans[at], strict=True))
            names[pair[at]] += 2 * common_count(one, other) / (len(one) + len(other)) < spelling
    return names, figures


def _any(kind: Mask, spans: I64) -> Mask:
    """Return whether both spans of each place, at most LONGEST_SWAP words, hold one; spans: int64, shape (n, 2, 2)."""
    low, high = spans[:, :, 0], spans[:, :, 1]
    found = np.zeros(low.shape, dtype=bool)
    for k in range(LONGEST_SWAP):
        found |= (low + k < high) & kind[np.minimum(low + k, high - 1)]
    return found[:, 0] & found[:, 1]


def _spelled(texts: Texts, row: int, low: int, high: int) -> bytes:
    begin = texts.letter_offsets[row] + (texts.ends[low - 1] + 1 if low > texts.word_offsets[row] else 0)
    end = texts.letter_offsets[row] + texts.ends[high - 1]
    return texts.letters[begin : min(end, begin + MOST_SPELLED)].tobytes()


def common_count(a: bytes, b: bytes) -> int:
    """Return the length of the longest common subsequence of two short strings: Hyyrö's, as in ``compare``."""
    full = (1 << len(a)) - 1
    places: dict[int, int] = {}
    for at, byte in enumerate(a):
        places[byte] = places.get(byte, 0) | (1 << at)
    state = full
    for byte in b:
        matches = state & places.get(byte, 0)
        state = ((state + matches) | (state - matches)) & full
    return len(a) - state.bit_count()


def shared_words(texts: Texts, pairs: I64, kind: Mask) -> tuple[I64, I64]:
    """Return for each pair the distinct words of a kind (bool a word) in both texts, and in the one with fewer."""
    chosen = np.flatnonzero(kind)
    bounds = np.searchsorted(chosen, texts.word_offsets)
    values, ids = np.unique(texts.words[chosen], return_inverse=True)
    counts = np.diff(bounds)[pairs]
    width = max(1, len(values))
    one, other = (
        _distinct(
            np.repeat(np.arange(len(pairs)), counts[:, side]) * width
            + ids[ranges(bounds[pairs[:, side]], counts[:, side])]
        )
        for side in (0, 1)
    )
    both = np.intersect1d(one, other, assume_unique=True)
    shared, own, others = (np.bincount(codes // width, minlength=len(pairs)) for codes in (both, one, other))
    return shared, np.minimum(own, others)


def _distinct(values: I64) -> I64:
    """Return the values sorted and each once: a sort of whole numbers is far quicker than ``np.unique``."""
    values = np.sort(values)
    return values[np.concatenate([[True], values[1:] != values[:-1]])] if len(values) else values


def _next(sorted_places: I64, low: I64, otherwise: I64) -> I64:
    """Return the first of ``sorted_places`` from each of ``low`` on, ``otherwise`` where that is not below it."""
    padded = np.append(sorted_places, np.iinfo(np.int64).max)
    found: I64 = np.minimum(padded[np.searchsorted(sorted_places, low)], otherwise)
    return found
