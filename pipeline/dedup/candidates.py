"""Pairs of texts worth reading: a wide net, since every pair is verified afterwards.

Two sorted structures find them, both arrays of packed numbers (hash in the high bits, row in the low ones), so that
looking a batch up in an index is a binary search in a mapped file:

* bands: ``band_rows`` neighbouring signature values make a key; two texts that share one are candidates. With two rows
  and 64 bands a pair of Jaccard J is met with 1 − (1 − J²)^64: .93 at .2, .47 at .1.
* postings: sampled shingles. Two texts that share at least two, and a fair part of the smaller sample, are candidates.
  They find the short brief in the long story, and the scan, whose signatures have little in common.

Rows are distinct texts in the order of their hash, so what a cap lets through depends on content, never on the order of
input. In a bucket of more than ``max_bucket`` texts, or a shingle shared by more than that, everyone is compared with
the first of them only: a large family of copies still hangs together, and a common phrase costs little.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from pipeline.dedup.fingerprint import Fingerprints
from pipeline.dedup.kernel import I64, U32, U64, splitmix64

Pairs: TypeAlias = NDArray[np.int64]  # shape (n, 2)

ROW_BITS = 24  # 16.7 million distinct texts a run of the index; 40 bits of hash are left
MOST_ROWS = 1 << ROW_BITS
_ROW_MASK = np.uint64(MOST_ROWS - 1)
_SHIFT = np.uint64(ROW_BITS)
_LEAST_SHARED = 2  # sampled shingles in common
_LEAST_SHARE = 0.06  # of the smaller sample; scans of the labelled sets kept .10 and more of their shingles
_LEAST_VALUES = 4  # signature values in common out of 128: two rows of a band alone say nothing (Jaccard .016)
_FEW = 8  # texts that stand for all in a shingle of more than max_bucket


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Runs:
    """The look-up structures of n distinct texts.

    ``bands``: uint64, shape (band count, n), each row sorted. ``postings``: uint64, shape (sampled shingles,), sorted.
    ``sample_sizes``: int64, shape (n,). ``signatures``: uint32, shape (n, num_perm). Texts without words are in none.
    """

    bands: U64
    postings: U64
    sample_sizes: I64
    signatures: U32


def build_runs(prints: Fingerprints, band_rows: int) -> Runs:
    """Return the look-up structures of ``prints``, of which row i is text i (at most ``MOST_ROWS``)."""
    rows = np.flatnonzero(prints.word_counts > 0).astype(np.uint64)
    band_count = prints.signatures.shape[1] // band_rows
    bands = np.empty((band_count, len(rows)), dtype=np.uint64)
    for band in range(band_count):
        values = prints.signatures[rows, band * band_rows : (band + 1) * band_rows]
        bands[band] = np.sort(_packed(_band_key(values), rows))
    sizes = np.diff(prints.offsets)
    owners = np.repeat(np.arange(len(prints), dtype=np.uint64), sizes)
    return Runs(
        bands=bands,
        postings=np.sort(_packed(prints.sampled, owners)),
        sample_sizes=sizes,
        signatures=prints.signatures,
    )


def pairs_within(runs: Runs, max_bucket: int) -> Pairs:
    """Return the candidate pairs among the texts of ``runs``: int64, shape (n, 2), first < second, sorted, unique."""
    found = _candidates(runs, runs, max_bucket)
    found = np.sort(found[found[:, 0] != found[:, 1]], axis=1)
    return _unique(found)


def pairs_between(left: Runs, right: Runs, max_bucket: int) -> Pairs:
    """Return the candidate pairs of a text of ``left`` with one of ``right``: int64, shape (n, 2), sorted, unique."""
    return _unique(_candidates(left, right, max_bucket))


def _candidates(left: Runs, right: Runs, max_bucket: int) -> Pairs:
    by_band = _unique(np.concatenate([_NO_PAIRS, *_band_pairs(left, right, max_bucket)]))
    agreeing = _agreeing_values(left, right, by_band)
    by_band = by_band[agreeing * 128 >= _LEAST_VALUES * left.signatures.shape[1]]
    return np.concatenate([by_band, _posting_pairs(left, right, max_bucket)])


def _band_pairs(left: Runs, right: Runs, max_bucket: int) -> Iterator[Pairs]:
    for mine, theirs in zip(left.bands, right.bands, strict=True):
        yield _join(mine, theirs, max_bucket, max_bucket)


def _posting_pairs(left: Runs, right: Runs, max_bucket: int) -> Pairs:
    met = _join(left.postings, right.postings, max_bucket, _FEW)
    codes, counts = np.unique(met[:, 0] << ROW_BITS | met[:, 1], return_counts=True)
    pairs = np.stack([codes >> ROW_BITS, codes & (MOST_ROWS - 1)], axis=1)
    least = np.minimum(left.sample_sizes[pairs[:, 0]], right.sample_sizes[pairs[:, 1]])
    kept: Pairs = pairs[(counts >= _LEAST_SHARED) & (counts >= _LEAST_SHARE * least) & _not_self(left, right, pairs)]
    return kept


def _not_self(left: Runs, right: Runs, pairs: Pairs) -> NDArray[np.bool_]:
    differ: NDArray[np.bool_] = pairs[:, 0] != pairs[:, 1]
    return differ if left is right else np.ones(len(pairs), dtype=bool)


def _join(mine: U64, theirs: U64, most: int, few: int) -> Pairs:
    """Return (my row, their row) wherever the hashes agree; of more than ``most`` of theirs, only the first ``few``."""
    keys = mine >> _SHIFT
    low = np.searchsorted(theirs, keys << _SHIFT)
    high = np.searchsorted(theirs, (keys << _SHIFT) | _ROW_MASK, side="right")
    counts = high - low
    counts[counts > most] = few
    total = int(counts.sum())
    at = np.arange(total) + np.repeat(low - (np.cumsum(counts) - counts), counts)
    pairs = np.empty((total, 2), dtype=np.int64)
    pairs[:, 0] = np.repeat(mine & _ROW_MASK, counts)
    pairs[:, 1] = theirs[at] & _ROW_MASK
    return pairs


def _agreeing_values(left: Runs, right: Runs, pairs: Pairs) -> I64:
    """Return for each pair the number of signature values they share: int64."""
    counts = np.empty(len(pairs), dtype=np.int64)
    for at in range(0, len(pairs), _BLOCK):
        block = pairs[at : at + _BLOCK]
        counts[at : at + _BLOCK] = (left.signatures[block[:, 0]] == right.signatures[block[:, 1]]).sum(axis=1)
    return counts


def _band_key(values: U32) -> U64:
    key = np.zeros(len(values), dtype=np.uint64)
    for column in values.T:
        key = splitmix64((key << np.uint64(32) | key >> np.uint64(32)) ^ column.astype(np.uint64))
    return key


def _packed(hashes: U64, rows: U64) -> U64:
    packed: U64 = (hashes & ~_ROW_MASK) | rows
    return packed


def _unique(pairs: Pairs) -> Pairs:
    codes = np.sort(pairs[:, 0] << ROW_BITS | pairs[:, 1])
    codes = codes[np.diff(codes, prepend=-1) != 0]
    return np.stack([codes >> ROW_BITS, codes & (MOST_ROWS - 1)], axis=1)


_NO_PAIRS = np.empty((0, 2), dtype=np.int64)
_BLOCK = 1 << 14  # pairs whose signatures are compared at a time: 16 MiB of them
