"""Fingerprints of texts: a few keys each, by which look-alikes are found, and datasketch's signatures.

A text has at most ``KEYS`` keys of 32 bits, so that an index of fifty million texts fits beside them on one disk:

* the lowest hashes of runs of twelve letters that begin a word (a MinHash of the bottom kind: Broder 1997). A scan with
  one letter in twelve wrong keeps a third of its runs and a tenth of its shingles;
* the lowest hashes of passages of twice ``shingle_words`` words: rarer than runs, so they tell the copies of a story
  where there are millions of texts and every run is common;
* bands of the signature (``affine32``, as datasketch makes it): what is alike all over, whatever its beginning.

Runs and passages of the opening are made lower than those behind it, and so come first: what cuts and briefs keep is
the beginning, and a brief in a long story has hardly anything else in common with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Self

import numpy as np

from pipeline.compiled import Library
from pipeline.dedup import compiled, kernel
from pipeline.dedup.apart import Texts, TextsPointer, Utf8, iter_apart, take_apart
from pipeline.dedup.kernel import I64, U32, U64
from pipeline.dedup.normalise import NORMALISER

RUNS, PASSAGES, BANDS = 22, 4, 2  # keys of each kind that a text has at most
KEYS = RUNS + PASSAGES + BANDS
ZONES = np.array([34, 170, 600, np.iinfo(np.int64).max])  # words: 200 and 1,000 letters, a story of some length
SHIFTS = np.array([6, 4, 2, 0])  # bits that a hash is made lower in each zone: each gives four times the next one's


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scheme:
    """The permutations of a signature and the shingles it is made of; picklable, so that workers never load datasketch.

    ``band_rows`` values of a signature make a key of the index. ``multipliers`` and ``increments``: uint32, shape
    (num_perm,): the ``a`` and ``b`` of ``a·h + b mod 2^32``.
    """

    num_perm: int
    seed: int
    shingle_words: int
    band_rows: int
    multipliers: U32
    increments: U32

    @classmethod
    def from_datasketch(cls, num_perm: int, seed: int, shingle_words: int, band_rows: int = 4) -> Self:
        """Return the scheme with the permutations ``datasketch.MinHash(num_perm, seed)`` itself draws."""
        from datasketch import MinHash  # here, since its import takes 1.2 s and nothing else needs it

        drawn = MinHash(num_perm=num_perm, seed=seed, scheme="affine32").permutations
        return cls(
            num_perm=num_perm,
            seed=seed,
            shingle_words=shingle_words,
            band_rows=band_rows,
            multipliers=np.ascontiguousarray(drawn[0], dtype=np.uint32),
            increments=np.ascontiguousarray(drawn[1], dtype=np.uint32),
        )

    def identity(self) -> dict[str, str]:
        """Return what makes two schemes' fingerprints comparable, as strings: all of it must be equal."""
        return {
            "scheme": "affine32",
            "num_perm": str(self.num_perm),
            "seed": str(self.seed),
            "shingle_words": str(self.shingle_words),
            "band_rows": str(self.band_rows),
            "shingler": kernel.SHINGLER,
            "normaliser": NORMALISER,
            "keys": f"{RUNS} runs of {kernel.RUN_BYTES}, {PASSAGES} passages, {BANDS} bands; {ZONES[:3]} by {SHIFTS}",
        }


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fingerprints:
    """The fingerprints of n texts, row by row.

    ``keys``: uint32, each row sorted and without repeats, row i being ``keys[offsets[i]:offsets[i + 1]]`` (int64), at
    most ``KEYS``. ``word_counts``: int64, shape (n,); a row of 0 words has no key and matches nothing.
    """

    keys: U32
    offsets: I64
    word_counts: I64

    def __len__(self) -> int:
        return len(self.word_counts)

    @classmethod
    def empty(cls) -> Self:
        """Return the fingerprints of no text at all."""
        none = np.empty(0, dtype=np.int64)
        return cls(keys=np.empty(0, dtype=np.uint32), offsets=np.zeros(1, dtype=np.int64), word_counts=none)

    @classmethod
    def concat(cls, parts: Sequence[Fingerprints]) -> Fingerprints:
        """Return the rows of ``parts`` (at least one) one after the other."""
        lengths = np.concatenate([np.diff(part.offsets) for part in parts])
        return cls(
            keys=np.concatenate([part.keys for part in parts]),
            offsets=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
            word_counts=np.concatenate([part.word_counts for part in parts]),
        )


def fingerprint(texts: Sequence[str] | Any, scheme: Scheme) -> Fingerprints:  # noqa: ANN401 - pyarrow ships no types
    """Return the fingerprints of ``texts`` (strings or a ``pyarrow.StringArray``), in their order.

    Working memory does not depend on the number of texts.
    """
    parts = [prints_of(part, scheme) for part in iter_apart(Utf8.of(texts), scheme.shingle_words)]
    return Fingerprints.concat([Fingerprints.empty(), *parts])


def prints_of(texts: Texts, scheme: Scheme) -> Fingerprints:
    """Return the fingerprints of texts already taken apart."""
    bands = _bands(texts, scheme)
    library = compiled.LIBRARY
    make = _keys_by_numpy(texts, bands, scheme) if library is None else _compiled_keys(texts, bands, scheme, library)
    keys, offsets = make
    return Fingerprints(keys=keys, offsets=offsets, word_counts=texts.word_counts)


def signatures(texts: Sequence[str] | Any, scheme: Scheme) -> U32:  # noqa: ANN401 - as fingerprint
    """Return the signatures of ``texts``: uint32, shape (n, num_perm), for indexes of one's own.

    They equal ``datasketch.MinHash(num_perm, seed, scheme="affine32")`` fed with the 32-bit shingle hashes
    (:func:`shingle_hashes32`).
    """
    none = np.empty((0, scheme.num_perm), dtype=np.uint32)
    chunks = iter_apart(Utf8.of(texts), scheme.shingle_words)
    return np.concatenate([none, *(signatures_of(part, scheme, scheme.num_perm) for part in chunks)])


def signatures_of(texts: Texts, scheme: Scheme, count: int) -> U32:
    """Return the first ``count`` values of the signatures of texts already taken apart: uint32, shape (n, count)."""
    found = np.empty((len(texts), count), dtype=np.uint32)
    multipliers, increments = scheme.multipliers[:count], scheme.increments[:count]
    library = compiled.LIBRARY
    if library is None:
        for row, (low, high) in enumerate(pairwise(texts.gram_offsets.tolist())):
            found[row] = kernel.signature(texts.grams[low:high], multipliers, increments)
        return found
    longest = int(np.diff(texts.gram_offsets).max(initial=0))
    grams = (texts.grams, texts.gram_offsets, len(texts))
    library.call("signatures", *grams, multipliers, increments, count, np.empty(longest, dtype=np.uint32), found)
    return found


def shingle_hashes32(text: str, scheme: Scheme) -> U32:
    """Return the 32-bit shingle hashes of ``text`` in order: uint32; fed to datasketch they give our signature."""
    return kernel.hash32(take_apart(Utf8.of([text]), scheme.shingle_words).grams)


def _bands(texts: Texts, scheme: Scheme) -> U32:
    """Return a key for each band of each text: uint32, shape (n, bands)."""
    count = min(BANDS, scheme.num_perm // scheme.band_rows)
    values = signatures_of(texts, scheme, count * scheme.band_rows).astype(np.uint64)
    bands = np.empty((len(texts), count), dtype=np.uint32)
    for band in range(count):
        mixed = np.full(len(texts), band, dtype=np.uint64)
        for column in values[:, band * scheme.band_rows : (band + 1) * scheme.band_rows].T:
            mixed = kernel.splitmix64((mixed << np.uint64(32) | mixed >> np.uint64(32)) ^ column)
        bands[:, band] = mixed.astype(np.uint32)
    return bands


def _keys_by_numpy(texts: Texts, bands: U32, scheme: Scheme) -> tuple[U32, I64]:
    runs = _runs(texts)
    passages = kernel.passages(texts.grams, texts.gram_offsets, scheme.shingle_words)
    worded = np.flatnonzero(texts.word_counts > 0)
    parts = [_lowest(*runs, RUNS), _lowest(*passages, PASSAGES)]
    parts += [(worded, band[worded]) for band in bands.T]
    rows, keys = (np.concatenate(column) for column in zip(*parts, strict=True))
    codes = np.unique(rows.astype(np.uint64) << np.uint64(32) | keys)
    offsets = np.searchsorted(codes >> np.uint64(32), np.arange(len(texts) + 1, dtype=np.uint64))
    return codes.astype(np.uint32), offsets.astype(np.int64)


def _runs(texts: Texts) -> tuple[U64, I64]:
    """Return the hashes of the letter runs at words, and where those of each text lie."""
    rows = np.repeat(np.arange(len(texts)), texts.word_counts)
    starts = np.concatenate([[0], texts.ends[:-1].astype(np.int64) + 1])[: len(rows)]
    opens = texts.word_offsets[:-1]
    starts[opens[opens < texts.word_offsets[1:]]] = 0
    is_whole = starts + kernel.RUN_BYTES <= np.diff(texts.letter_offsets)[rows]
    # Letters that are fewer than a run are one, zero-padded.
    is_short = (starts == 0) & ~is_whole
    chosen = np.flatnonzero(is_whole | is_short)
    offsets = np.searchsorted(rows[chosen], np.arange(len(texts) + 1)).astype(np.int64)
    sizes = np.where(is_whole, kernel.RUN_BYTES, np.diff(texts.letter_offsets)[rows])[chosen]
    return kernel.letter_runs(texts.letters, (starts + texts.letter_offsets[rows])[chosen], sizes), offsets


def _lowest(hashes: U64, offsets: I64, most: int) -> tuple[I64, U32]:
    """Return rows and lower halves of the lowest distinct hashes of each row, those of the opening made lower."""
    counts = np.diff(offsets)
    rows = np.repeat(np.arange(len(counts)), counts)
    shifts = SHIFTS[np.searchsorted(ZONES, np.arange(len(hashes)) - offsets[rows], side="right")]
    values = hashes >> shifts.astype(np.uint64)
    # Half as many again as are kept lie below this bound, and ten; a row left with too few is looked at whole.
    zones = np.diff(np.minimum(counts[:, None], ZONES), axis=1, prepend=0)
    bound = (1.5 * most + 10) / (zones @ (1 << SHIFTS) + 1)
    low = np.flatnonzero(values * 2.0**-64 <= bound[rows])
    low = low[_rank(rows, values, hashes, low) < most]
    few = np.flatnonzero((np.bincount(rows[low], minlength=len(counts)) < most) & (bound < 1))
    if len(few):
        again = np.flatnonzero(np.isin(rows, few))
        again = again[_rank(rows, values, hashes, again) < most]
        low = np.concatenate([low[~np.isin(rows[low], few)], again])
    return rows[low], hashes[low].astype(np.uint32)


def _rank(rows: I64, values: U64, hashes: U64, chosen: I64) -> I64:
    """Return how many distinct hashes of its row are lower than each of ``chosen``; too many for a repeated one."""
    order = np.lexsort((hashes[chosen], values[chosen], rows[chosen]))
    # The lowest of equal hashes counts, the others do not: a stable sort by hash alone keeps it first.
    by_hash = order[np.lexsort((hashes[chosen][order], rows[chosen][order]))]
    repeats = np.zeros(len(chosen), dtype=bool)
    repeats[by_hash[1:]] = (np.diff(hashes[chosen][by_hash]) == 0) & (np.diff(rows[chosen][by_hash]) == 0)
    distinct = order[~repeats[order]]
    rank = np.full(len(chosen), np.iinfo(np.int64).max)
    owners = rows[chosen][distinct]
    rank[distinct] = np.arange(len(distinct)) - np.searchsorted(owners, owners)
    return rank


def _compiled_keys(texts: Texts, bands: U32, scheme: Scheme, library: Library) -> tuple[U32, I64]:
    longest = int(np.diff(texts.word_offsets).max(initial=0))
    keys, offsets = np.empty(len(texts) * KEYS, dtype=np.uint32), np.empty(len(texts) + 1, dtype=np.int64)
    places = (len(texts), longest, scheme.shingle_words, bands, bands.shape[1], RUNS, PASSAGES, ZONES, SHIFTS)
    library.call("sample_keys", TextsPointer.of(texts), *places, keys, offsets)
    return keys[: offsets[-1]].copy(), offsets
