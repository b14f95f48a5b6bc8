"""Pairs of texts worth reading: a wide net, since every pair is verified afterwards.

Two sorted structures find them, both arrays of packed numbers (hash in the high bits, row in the low ones), so that
looking a batch up in an index is a binary search in a mapped file:

* bands: ``band_rows`` neighbouring signature values make a key; two texts that share one are candidates. With three
  rows and 42 bands a pair of Jaccard J is met with 1 − (1 − J³)^42: .995 at .5, .68 at .3. Two rows met more, but two
  unrelated texts also in one of a few thousand pairs, so that the work grew with the square of the texts.
* postings: sampled letter runs. Two texts that share at least two, and a fair part of the smaller sample, are
  candidates. They find the short brief in the long story, and the scan, whose signatures have little in common.

Rows are distinct texts in the order of their hash, so what a cap lets through depends on content, never on the order of
input. In a bucket of more than ``max_bucket`` texts everyone is compared with the first few only: a large family of
copies still hangs together, and a common phrase costs little. Of all it meets, a text is read with the ``max_bucket``
it meets most often. So its cost is bounded however many texts there are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from pipeline.dedup import compiled
from pipeline.dedup.compiled import Library
from pipeline.dedup.fingerprint import Fingerprints
from pipeline.dedup.kernel import I64, U32, U64, splitmix64

Pairs: TypeAlias = NDArray[np.int64]  # shape (n, 2)
Places: TypeAlias = tuple[I64, U32, U32]

ROW_BITS = 24  # 16.7 million distinct texts a run of the index; 40 bits of hash are left
MOST_ROWS = 1 << ROW_BITS
_ROW_MASK = np.uint64(MOST_ROWS - 1)
_SHIFT = np.uint64(ROW_BITS)
_LEAST_SHARED = 2  # sampled runs in common
_LEAST_SHARE = 0.12  # of the smaller sample; at .16 heavily edited copies were lost, at .08 came 2 to 8 times the pairs
_FEW = 4  # texts that stand for all in a bucket of more than max_bucket; over all bands they are dozens
_POSTING_WEIGHT = 16  # bands that a pair met in its postings counts for
_AT_ONCE = 1 << 20  # postings packed together
_NOBODY = np.uint64((1 << 64) - 1)  # a posting of a row that is no text: after all others
_ROWS_AT_ONCE = 1 << 12  # whose postings are counted together by numpy
_MOST_PAIRS = 1 << 22  # met in bands before repeats are dropped: 64 MiB


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Runs:
    """The look-up structures of n distinct texts.

    ``bands``: uint64, shape (band count, n), each row sorted. ``postings``: uint64, shape (sampled runs,), sorted.
    ``sample_sizes``: int64, shape (n,). Texts without words are in none.
    """

    bands: U64
    postings: U64
    sample_sizes: I64


def build_runs(prints: Fingerprints, band_rows: int, order: I64 | None = None) -> Runs:
    """Return the look-up structures of ``prints``; text i (of at most ``MOST_ROWS``) is row ``order[i]``, or row i."""
    order = np.arange(len(prints)) if order is None else order
    worded = np.flatnonzero(prints.word_counts[order] > 0)
    band_count = prints.signatures.shape[1] // band_rows
    bands = np.empty((band_count, len(worded)), dtype=np.uint64)
    for band in range(band_count):
        values = prints.signatures[order[worded], band * band_rows : (band + 1) * band_rows]
        bands[band] = _packed(_band_key(values), worded.astype(np.uint64))
        bands[band].sort()
    return Runs(bands=bands, postings=_postings(prints, order), sample_sizes=np.diff(prints.offsets)[order])


def _postings(prints: Fingerprints, order: I64) -> U64:
    """Return the packed sampled runs of the texts, sorted; holds little more than these."""
    texts = np.full(len(prints), MOST_ROWS, dtype=np.uint64)
    texts[order] = np.arange(len(order), dtype=np.uint64)
    postings = np.repeat(texts, np.diff(prints.offsets))
    for at in range(0, len(postings), _AT_ONCE):
        part = slice(at, at + _AT_ONCE)
        owned = postings[part] < MOST_ROWS
        postings[part] |= prints.sampled[part] & ~_ROW_MASK
        postings[part][~owned] = _NOBODY
    postings.sort()
    return postings[: np.searchsorted(postings, _NOBODY)]


def pairs_within(runs: Runs, max_bucket: int) -> Pairs:
    """Return the candidate pairs among the texts of ``runs``: int64, shape (n, 2), first < second, sorted, unique."""
    found = _strongest(_within_bands(runs, max_bucket), _posting_pairs(runs, runs, max_bucket), max_bucket)
    return _unique(found[:, ::-1])


def pairs_between(left: Runs, right: Runs, max_bucket: int) -> Pairs:
    """Return the candidate pairs of a text of ``left`` with one of ``right``: int64, shape (n, 2), sorted, unique."""
    met = (_join(mine, theirs, max_bucket) for mine, theirs in zip(left.bands, right.bands, strict=True))
    return _unique(_strongest(met, _posting_pairs(left, right, max_bucket), max_bucket))


def _strongest(by_band: Iterator[Pairs], by_postings: Pairs, most: int) -> Pairs:
    """Return for each first text the ``most`` others it met in most bands; having met in postings counts as many.

    Without it forms, which meet in ever other bands, would each be compared with hundreds of their like. Holds little
    more than what is left in the end.
    """
    found, weights = _codes(by_postings), np.full(len(by_postings), _POSTING_WEIGHT)
    waiting: list[I64] = []
    size = 0
    for part in by_band:
        waiting.append(_codes(part))
        size += len(part)
        if size >= max(_MOST_PAIRS, len(found)):
            found, weights = _summed([found, *waiting], weights)
            waiting, size = [], 0
    found, weights = _summed([found, *waiting], weights)
    order = np.lexsort((found, -weights, found >> ROW_BITS))
    firsts = found[order] >> ROW_BITS
    rank = np.arange(len(order)) - np.searchsorted(firsts, firsts)
    return _pairs(found[order[rank < most]])


def _summed(parts: list[I64], weights: I64) -> tuple[I64, I64]:
    """Return the distinct codes of ``parts``, sorted, and their weights: those given for the first part, 1 else."""
    codes = np.concatenate(parts)
    given = np.concatenate([weights, np.ones(len(codes) - len(weights), dtype=np.int64)])
    order = np.argsort(codes, kind="stable")
    starts = np.flatnonzero(np.diff(codes[order], prepend=-1))
    sums = np.add.reduceat(given[order], starts) if len(starts) else given[:0]
    return codes[order][starts], sums


# ------------------------------------------------------------------------------------------ bands


def _within_bands(runs: Runs, most: int) -> Iterator[Pairs]:
    """Yield for each band (higher row, lower row) of all that share a key."""
    for band in runs.bands:
        lows, highs = _buckets(band)
        rows = band & _ROW_MASK
        at = np.repeat(lows, highs - lows) + _counted(highs - lows)
        low = np.repeat(lows, highs - lows)
        size = np.repeat(highs - lows, highs - lows)
        reach = np.where(size > most, np.minimum(at, low + _FEW), at)
        yield _spread(rows, at, low, reach, rows)


def _join(mine: U64, theirs: U64, most: int) -> Pairs:
    """Return (my row, their row) wherever the hashes agree; of more than ``most`` of theirs, only the first few."""
    low, high = _reach(mine, theirs)
    high = _capped(low, high, most)
    return _spread(mine & _ROW_MASK, np.arange(len(mine)), low, high, theirs & _ROW_MASK)


def _buckets(keys: U64) -> tuple[I64, I64]:
    """Return where the runs of equal hashes with two and more members begin and end in the sorted ``keys``."""
    hashes = keys >> _SHIFT
    starts = np.flatnonzero(np.concatenate([[True], hashes[1:] != hashes[:-1]])) if len(keys) else np.empty(0, np.int64)
    ends = np.append(starts[1:], len(keys))[: len(starts)]
    several = ends - starts > 1
    return starts[several], ends[several]


def _reach(mine: U64, theirs: U64) -> tuple[I64, I64]:
    """Return for each of my keys where those of theirs with its hash begin and end."""
    keys = mine & ~_ROW_MASK
    low = np.searchsorted(theirs, keys)
    high = np.searchsorted(theirs, keys | _ROW_MASK, side="right")
    return low, high


def _spread(rows: U64, at: I64, low: I64, high: I64, others: U64) -> Pairs:
    """Return (rows[at[i]], others[k]) for every k from low[i] to high[i]."""
    counts = high - low
    pairs = np.empty((int(counts.sum()), 2), dtype=np.int64)
    pairs[:, 0] = np.repeat(rows[at], counts)
    pairs[:, 1] = others[np.repeat(low, counts) + _counted(counts)]
    return pairs


def _capped(low: I64, high: I64, most: int) -> I64:
    """Return where each bucket ends for a look-up: after its first few where it has more than ``most`` members."""
    ends: I64 = np.where(high - low > most, np.minimum(high, low + _FEW), high)
    return ends


def _counted(counts: I64) -> I64:
    """Return 0, 1, … counts[i] - 1 for each i, one after the other."""
    ends = np.cumsum(counts)
    counted: I64 = np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - counts, counts)
    return counted


# ------------------------------------------------------------------------------------------ postings


def _posting_pairs(left: Runs, right: Runs, most: int) -> Pairs:
    """Return (row of left, row of right) of those who share enough sampled runs; with itself: the higher first."""
    library = compiled.LIBRARY
    if library is None:
        return _counted_by_numpy(left, right, _posting_places(left, right), most)
    places = _compiled_places(left, library) if left is right else _posting_places(left, right)
    return _counted_compiled(left, right, places, most, library)


def _posting_places(left: Runs, right: Runs) -> Places:
    """Return where the postings of right that meet one of left lie: offsets a row of left, first and end a posting."""
    if left is right:
        lows, highs = _buckets(left.postings)
        sizes = highs - lows
        met = np.repeat(lows, sizes) + _counted(sizes)
        low, high = np.repeat(lows, sizes), np.repeat(highs, sizes)
    else:
        low, high = _reach(left.postings, right.postings)
        met = np.flatnonzero(high > low)
        low, high = low[met], high[met]
    rows = (left.postings[met] & _ROW_MASK).astype(np.int64)
    order = np.argsort(rows, kind="stable")
    offsets = np.searchsorted(rows[order], np.arange(len(left.sample_sizes) + 1))
    return offsets, low[order].astype(np.uint32), high[order].astype(np.uint32)


def _compiled_places(runs: Runs, library: Library) -> Places:
    rows = len(runs.sample_sizes)
    offsets = np.empty(rows + 1, dtype=np.int64)
    postings = (runs.postings, len(runs.postings), MOST_ROWS - 1, rows, offsets)
    count = library.call("posting_places", *postings, None, None)
    first, end = np.empty(count, dtype=np.uint32), np.empty(count, dtype=np.uint32)
    library.call("posting_places", *postings, first, end)
    return offsets, first, end


def _counted_by_numpy(left: Runs, right: Runs, places: Places, most: int) -> Pairs:
    offsets, lows, highs = places
    parts = [np.empty((0, 2), dtype=np.int64)]
    for start in range(0, len(offsets) - 1, _ROWS_AT_ONCE):
        bounds = offsets[start : start + _ROWS_AT_ONCE + 1]
        part = slice(int(bounds[0]), int(bounds[-1]))
        rows = np.repeat(np.arange(start, start + len(bounds) - 1), np.diff(bounds))
        low, high = lows[part].astype(np.int64), highs[part].astype(np.int64)
        high = _capped(low, high, most)
        met = _spread(rows.astype(np.uint64), np.arange(len(rows)), low, high, right.postings & _ROW_MASK)
        if left is right:
            met = met[met[:, 1] < met[:, 0]]
        codes, counts = np.unique(_codes(met), return_counts=True)
        pairs = _pairs(codes)
        least = np.minimum(left.sample_sizes[pairs[:, 0]], right.sample_sizes[pairs[:, 1]])
        parts.append(pairs[(counts >= _LEAST_SHARED) & (counts >= _LEAST_SHARE * least)])
    return np.concatenate(parts)


def _counted_compiled(left: Runs, right: Runs, places: Places, most: int, library: Library) -> Pairs:
    room = 1 << 16
    while True:
        pairs = np.empty((room, 2), dtype=np.int64)
        found = library.call(
            "posting_pairs",
            places[0],
            len(left.sample_sizes),
            *places[1:],
            right.postings,
            left.sample_sizes,
            right.sample_sizes,
            most,
            _FEW,
            int(left is right),
            _LEAST_SHARED,
            _LEAST_SHARE,
            MOST_ROWS - 1,
            pairs,
            room,
        )
        if found <= room:
            return pairs[:found]
        room = found


def _band_key(values: U32) -> U64:
    key = np.zeros(len(values), dtype=np.uint64)
    for column in values.T:
        key = splitmix64((key << np.uint64(32) | key >> np.uint64(32)) ^ column.astype(np.uint64))
    return key


def _packed(hashes: U64, rows: U64) -> U64:
    packed: U64 = (hashes & ~_ROW_MASK) | rows
    return packed


def _unique(pairs: Pairs) -> Pairs:
    codes = np.sort(_codes(pairs))
    return _pairs(codes[np.diff(codes, prepend=-1) != 0])


def _codes(pairs: Pairs) -> I64:
    codes: I64 = pairs[:, 0] << ROW_BITS | pairs[:, 1]
    return codes


def _pairs(codes: I64) -> Pairs:
    return np.stack([codes >> ROW_BITS, codes & (MOST_ROWS - 1)], axis=1)
