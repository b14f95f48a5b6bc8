"""Fingerprints of texts: datasketch's signatures and a sample of letter runs, without datasketch at run time.

``signatures`` answer "how alike" (MinHash over n-grams of words, Broder 1997). ``sampled`` runs of twelve letters
answer "is the one inside the other", where a short brief in a long story has hardly any signature value in common.
Letters and not words, because a scan with one letter in twelve wrong keeps a third of its runs and a tenth of its
shingles: so unrelated texts, which share phrases, can be told from it without being read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Self

import numpy as np

from pipeline.dedup import compiled, kernel
from pipeline.dedup.apart import Texts, Utf8, iter_apart, take_apart
from pipeline.dedup.compiled import Library
from pipeline.dedup.kernel import I64, U32, U64
from pipeline.dedup.normalise import NORMALISER

OPENING = 768  # letters from the beginning on: what cuts and briefs keep, so that part is sampled densely
OPENING_RATE = 12  # one run of the opening in so many is kept for the inverted index
SAMPLE_RATE = 96  # and one in so many behind it
SAMPLE_LEAST = 32  # but at least so many a text: a brief of 40 words would have too few to share two
_OPENING_BOUND = np.uint64((1 << 64) // OPENING_RATE)
_BOUND = np.uint64((1 << 64) // SAMPLE_RATE)


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
    def from_datasketch(cls, num_perm: int, seed: int, shingle_words: int, band_rows: int = 3) -> Self:
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
            "sample": f"runs of {kernel.RUN_BYTES} {OPENING}:1/{OPENING_RATE} 1/{SAMPLE_RATE} least {SAMPLE_LEAST}",
        }


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fingerprints:
    """The fingerprints of n texts, row by row.

    ``signatures``: uint32, shape (n, num_perm). ``sampled``: uint64, the rows' sampled letter runs, hashed, each row
    sorted and without repeats, row i being ``sampled[offsets[i]:offsets[i + 1]]``. ``word_counts``: int64, shape (n,);
    a row of 0 words has an empty sample and matches nothing.
    """

    signatures: U32
    sampled: U64
    offsets: I64
    word_counts: I64

    def __len__(self) -> int:
        return len(self.word_counts)

    @classmethod
    def empty(cls, num_perm: int) -> Self:
        """Return the fingerprints of no text at all."""
        none = np.empty(0, dtype=np.uint64)
        return cls(
            signatures=np.empty((0, num_perm), dtype=np.uint32),
            sampled=none,
            offsets=np.zeros(1, dtype=np.int64),
            word_counts=np.empty(0, dtype=np.int64),
        )

    @classmethod
    def concat(cls, parts: Sequence[Fingerprints]) -> Fingerprints:
        """Return the rows of ``parts`` (at least one) one after the other."""
        lengths = np.concatenate([np.diff(part.offsets) for part in parts])
        return cls(
            signatures=np.concatenate([part.signatures for part in parts]),
            sampled=np.concatenate([part.sampled for part in parts]),
            offsets=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
            word_counts=np.concatenate([part.word_counts for part in parts]),
        )


def fingerprint(texts: Sequence[str] | Any, scheme: Scheme) -> Fingerprints:  # noqa: ANN401 - pyarrow ships no types
    """Return the fingerprints of ``texts`` (strings or a ``pyarrow.StringArray``), in their order.

    The signatures equal ``datasketch.MinHash(num_perm, seed, scheme="affine32")`` fed with the 32-bit shingle hashes
    (:func:`shingle_hashes32`). Working memory does not depend on the number of texts.
    """
    parts = [prints_of(part, scheme) for part in iter_apart(Utf8.of(texts), scheme.shingle_words)]
    return Fingerprints.concat([Fingerprints.empty(scheme.num_perm), *parts])


def prints_of(texts: Texts, scheme: Scheme) -> Fingerprints:
    """Return the fingerprints of texts already taken apart."""
    library = compiled.LIBRARY
    signatures = np.empty((len(texts), scheme.num_perm), dtype=np.uint32)
    if library is None:
        for row, (low, high) in enumerate(pairwise(texts.gram_offsets.tolist())):
            signatures[row] = kernel.signature(texts.grams[low:high], scheme.multipliers, scheme.increments)
        sampled, offsets = _samples(texts)
    else:
        longest = int(np.diff(texts.gram_offsets).max(initial=0))
        permutations = (scheme.multipliers, scheme.increments, scheme.num_perm)
        grams = (texts.grams, texts.gram_offsets, len(texts))
        library.call("signatures", *grams, *permutations, np.empty(longest, dtype=np.uint32), signatures)
        sampled, offsets = _compiled_samples(texts, library)
    return Fingerprints(signatures=signatures, sampled=sampled, offsets=offsets, word_counts=texts.word_counts)


def shingle_hashes32(text: str, scheme: Scheme) -> U32:
    """Return the 32-bit shingle hashes of ``text`` in order: uint32; fed to datasketch they give our signature."""
    return kernel.hash32(take_apart(Utf8.of([text]), scheme.shingle_words).grams)


def _samples(texts: Texts) -> tuple[U64, I64]:
    """Return the runs below a bound, or the lowest few where that leaves too few: each row sorted, no repeats."""
    samples = []
    for low, high in pairwise(texts.letter_offsets.tolist()):
        runs = kernel.letter_runs(texts.letters[low:high])
        bounds = np.full(len(runs), _BOUND)
        bounds[:OPENING] = _OPENING_BOUND
        found = np.unique(runs[runs < bounds])
        samples.append(found if len(found) >= SAMPLE_LEAST else np.unique(runs)[:SAMPLE_LEAST])
    offsets = np.concatenate([[0], np.cumsum([len(sample) for sample in samples])]).astype(np.int64)
    return np.concatenate([np.empty(0, dtype=np.uint64), *samples]), offsets


def _compiled_samples(texts: Texts, library: Library) -> tuple[U64, I64]:
    longest = int(np.diff(texts.letter_offsets).max(initial=0))
    room = len(texts.letters) // SAMPLE_RATE + len(texts) * (OPENING // OPENING_RATE + SAMPLE_LEAST) + longest + 1
    offsets = np.empty(len(texts) + 1, dtype=np.int64)
    while True:
        sampled = np.empty(room, dtype=np.uint64)
        places = (sampled, room, offsets)
        bounds = (OPENING, _OPENING_BOUND, _BOUND, SAMPLE_LEAST)
        if library.call("samples", texts.letters, texts.letter_offsets, len(texts), *bounds, *places) == len(texts):
            return sampled[: offsets[-1]].copy(), offsets
        room *= 2
