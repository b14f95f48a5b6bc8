"""Pairs of texts worth reading: a wide net, since every pair is verified afterwards.

Every key of every text (:mod:`pipeline.dedup.fingerprint`) is a posting. Two texts that share two keys at least, and a
tenth of those of the one that has fewer, are candidates. Each text is read with the ``max_bucket`` others it shares
most keys with; of a key that more texts have, only the first few are looked at. So the cost of a text is bounded
however many there are, and a large family of copies still hangs together.

Rows are distinct texts in the order of their hash, so what a cap lets through depends on content, never on the order of
input. The postings of a run and those of an index on disk are the same arrays, looked up by the same code.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from pipeline.compiled import Library
from pipeline.dedup import compiled
from pipeline.dedup.fingerprint import KEYS, Fingerprints
from pipeline.dedup.kernel import I64, U8, U32, U64

Pairs: TypeAlias = NDArray[np.int64]  # shape (n, 2)

KEY_BITS = 32
_LEAST_SHARED = 2  # keys in common
_LEAST_SHARE = (
    0.1  # of the keys of the text with fewer: three where both have all. At .115 heavily edited pairs were lost
)
_FEW = 8  # texts that stand for all that have a key which more than max_bucket have: what link_most asks half of
_ROWS_AT_ONCE = 1 << 12  # looked up together
_KEYS_AT_ONCE = 1 << 20  # sorted together: 8 MiB, and some ten times that on the way
_MOST_PARTS = 256


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Postings:
    """Which of n texts have a key, exactly, in little more than four bytes a posting.

    With ``bits`` = log2 n, rounded up, the upper ``bits`` of a key name a bucket: the ``entries`` from
    ``directory[bucket]`` to ``directory[bucket + 1]`` (uint32, shape (2^bits + 1,)). An entry is the rest of the key
    and, in its lower ``bits``, the row of the text: uint32, sorted in each bucket. ``sizes``: uint8, shape (n,), the
    keys of each text.
    """

    directory: U32
    entries: U32
    sizes: U8

    @property
    def bits(self) -> int:
        """Upper bits of a key that name its bucket, and lower bits of an entry that name the row."""
        return len(self.directory).bit_length() - 1

    def packed(self, low: int, high: int) -> U64:
        """Return the postings of buckets ``low`` to ``high`` (exclusive): key in the upper half, row in the lower."""
        bits = np.uint64(self.bits)
        bounds = self.directory[low : high + 1].astype(np.int64)
        entries = self.entries[bounds[0] : bounds[-1]].astype(np.uint64)
        buckets = np.repeat(np.arange(low, high, dtype=np.uint64), np.diff(bounds))
        keys = buckets << np.uint64(KEY_BITS) - bits | entries >> bits
        return keys << np.uint64(32) | entries & ((np.uint64(1) << bits) - np.uint64(1))


def bits_for(rows: int) -> int:
    """Return the bits that name one of so many rows, at least one."""
    return max(1, (rows - 1).bit_length())


def packed_in_bits(packed: U64, bits: int, low: int, high: int) -> tuple[U32, I64]:
    """Return sorted postings as entries, and how many lie before each of buckets ``low`` to ``high`` (inclusive)."""
    keys = packed >> np.uint64(32)
    entries = (keys << np.uint64(bits) | packed & np.uint64(0xFFFFFFFF)).astype(np.uint32)
    firsts = np.arange(low, high, dtype=np.uint64) << np.uint64(KEY_BITS - bits)
    return entries, np.append(np.searchsorted(keys, firsts), len(keys))


def parts_of(buckets: int, keys: int) -> list[tuple[int, int]]:
    """Return the ranges of buckets whose keys are sorted together, so that memory is bounded."""
    count = min(buckets, _MOST_PARTS, 1 << (keys // _KEYS_AT_ONCE).bit_length())
    step = buckets // count
    return [(low, low + step) for low in range(0, buckets, step)]


def build_postings(prints: Fingerprints, order: I64) -> Postings:
    """Return the postings of the texts ``prints[order]``: row i is text ``order[i]``; holds little more than them."""
    library, bits = compiled.LIBRARY, bits_for(len(order))
    if library is None:
        directory, entries = _posted_by_numpy(prints, order, bits)
    else:
        starts, ends = prints.offsets[order], prints.offsets[order + 1]
        directory = np.empty((1 << bits) + 1, dtype=np.uint32)
        entries = np.empty(int((ends - starts).sum()), dtype=np.uint32)
        library.call("post", prints.keys, starts, ends, len(order), bits, directory, entries)
    return Postings(directory=directory, entries=entries, sizes=np.diff(prints.offsets)[order].astype(np.uint8))


def _posted_by_numpy(prints: Fingerprints, order: I64, bits: int) -> tuple[U32, U32]:
    rows = np.full(len(prints), len(order), dtype=np.uint32)
    rows[order] = np.arange(len(order), dtype=np.uint32)
    owners = np.repeat(rows, np.diff(prints.offsets))
    entries = np.empty(np.count_nonzero(owners < len(order)), dtype=np.uint32)
    directory = np.zeros((1 << bits) + 1, dtype=np.uint32)
    filled = 0
    for low, high in parts_of(1 << bits, len(entries)):
        chosen = prints.keys >> np.uint32(KEY_BITS - bits)
        at = np.flatnonzero((chosen >= low) & (chosen < high) & (owners < len(order)))
        packed = prints.keys[at].astype(np.uint64) << np.uint64(32) | owners[at]
        packed.sort()
        part, firsts = packed_in_bits(packed, bits, low, high)
        entries[filled : filled + len(part)] = part
        directory[low : high + 1] = filled + firsts
        filled += len(part)
    return directory, entries


def pairs_within(prints: Fingerprints, order: I64, postings: Postings, max_bucket: int) -> Pairs:
    """Return the candidate pairs of ``prints[order]``, whose own ``postings`` they are: rows, smaller first, sorted."""
    return _sorted(_met(prints, order, postings, max_bucket, inside=True)[:, ::-1])


def pairs_between(prints: Fingerprints, order: I64, postings: Postings, max_bucket: int) -> Pairs:
    """Return the candidate pairs of a text of ``prints[order]`` with one of ``postings``: rows of each, sorted."""
    return _sorted(_met(prints, order, postings, max_bucket, inside=False))


def _met(prints: Fingerprints, order: I64, postings: Postings, most: int, *, inside: bool) -> Pairs:
    library = compiled.LIBRARY
    parts = [np.empty((0, 2), dtype=np.int64)]
    for first in range(0, len(order) if len(postings.sizes) else 0, _ROWS_AT_ONCE):
        texts = order[first : first + _ROWS_AT_ONCE]
        starts, ends = prints.offsets[texts], prints.offsets[texts + 1]
        below = first if inside else -1
        if library is None:
            counts, others = _by_numpy(prints.keys, starts, ends, postings, most, below)
        else:
            counts, others = _compiled(prints.keys, starts, ends, postings, most, below, library)
        parts.append(np.stack([np.repeat(np.arange(first, first + len(texts)), counts), others], axis=1))
    return np.concatenate(parts)


def _by_numpy(keys: U32, starts: I64, ends: I64, postings: Postings, most: int, below: int) -> tuple[I64, I64]:
    sizes, count = ends - starts, len(starts)
    rows = np.repeat(np.arange(count), sizes)
    low, high = _reach(postings, keys[ranges(starts, sizes)])
    high = np.where(high - low > most, np.minimum(high, low + _FEW), high)
    wide = high - low
    others = (postings.entries[ranges(low, wide)] & _mask(postings)).astype(np.int64)
    rows = np.repeat(rows, wide)
    if below >= 0:
        is_before = others < rows + below
        rows, others = rows[is_before], others[is_before]
    codes, shared = np.unique(rows << KEY_BITS | others, return_counts=True)
    rows, others = codes >> KEY_BITS, codes & ((1 << KEY_BITS) - 1)
    least = np.minimum(sizes[rows], postings.sizes[others])
    enough = (shared >= _LEAST_SHARED) & (shared >= _LEAST_SHARE * least)
    rows, others, shared = rows[enough], others[enough], shared[enough]
    strongest = np.lexsort((others, -shared, rows))
    rank = np.arange(len(rows)) - np.searchsorted(rows, rows[strongest])
    kept = strongest[rank < most]
    return np.bincount(rows[kept], minlength=count), others[kept]


def _reach(postings: Postings, keys: U32) -> tuple[I64, I64]:
    """Return where the entries of each key begin and end: a binary search in each bucket, all at a time."""
    buckets = keys >> np.uint32(KEY_BITS - postings.bits)
    first, end = postings.directory[buckets].astype(np.int64), postings.directory[buckets + np.uint32(1)]
    value = keys << np.uint32(postings.bits)
    low = _search(postings.entries, first, end.astype(np.int64), value)
    return low, _search(postings.entries, low, end.astype(np.int64), value | _mask(postings), right=1)


def _search(entries: U32, low: I64, high: I64, values: U32, *, right: int = 0) -> I64:
    low, high = low.copy(), high.copy()
    while len(open_ := np.flatnonzero(low < high)):
        middle = (low[open_] + high[open_]) // 2
        found = entries[middle]
        before = found <= values[open_] if right else found < values[open_]
        low[open_[before]] = middle[before] + 1
        high[open_[~before]] = middle[~before]
    return low


def _compiled(
    keys: U32, starts: I64, ends: I64, postings: Postings, most: int, below: int, library: Library
) -> tuple[I64, I64]:
    counts = np.empty(len(starts), dtype=np.int64)
    others = np.empty(len(starts) * most, dtype=np.uint32)
    looked = (postings.directory, postings.entries, postings.bits, postings.sizes)
    limits = (most, _FEW, _LEAST_SHARED, _LEAST_SHARE, KEYS)
    found = library.call("meet", keys, starts, ends, len(starts), below, *looked, *limits, others, counts)
    return counts, others[:found].astype(np.int64)


def _mask(postings: Postings) -> np.uint32:
    return np.uint32((1 << postings.bits) - 1)


def ranges(starts: I64, counts: I64) -> I64:
    """Return starts[i], starts[i] + 1, … of each i, counts[i] of them, one after the other.

    >>> ranges(np.array([7, 3]), np.array([2, 3])).tolist()
    [7, 8, 3, 4, 5]
    """
    ends = np.cumsum(counts)
    found: I64 = np.arange(ends[-1] if len(ends) else 0) + np.repeat(starts - ends + counts, counts)
    return found


def _sorted(pairs: Pairs) -> Pairs:
    return pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]
