"""Fingerprints of texts: datasketch's signatures and a sample of shingles, without datasketch at run time.

A shingle is an n-gram of words. ``signatures`` answer "how alike" (MinHash, Broder 1997); ``sampled`` shingles answer
"is the one inside the other", where a short brief in a long story has hardly any signature value in common.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Self

import numpy as np

from pipeline.dedup import kernel
from pipeline.dedup.kernel import I64, U8, U32, U64
from pipeline.dedup.normalise import NORMALISER, comparison_form

SAMPLE_RATE = 4  # one shingle in so many is kept for the inverted index
SAMPLE_LEAST = 32  # but at least so many a text: one in eight leaves a brief of 40 words with too few to share two
_CHUNK_CHARS = 1 << 21  # texts are joined up to this length, so that memory does not grow with their number


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
    def from_datasketch(cls, num_perm: int, seed: int, shingle_words: int, band_rows: int = 2) -> Self:
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
            "sample": f"1/{SAMPLE_RATE} least {SAMPLE_LEAST}",
        }


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fingerprints:
    """The fingerprints of n texts, row by row.

    ``signatures``: uint32, shape (n, num_perm). ``sampled``: uint64, the rows' sampled shingle hashes, each row sorted
    and without repeats, row i being ``sampled[offsets[i]:offsets[i + 1]]``. ``word_counts``: int64, shape (n,); a row
    of 0 words has an empty sample and matches nothing.
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

    def take(self, rows: I64) -> Fingerprints:
        """Return the fingerprints of ``rows``, in that order."""
        lengths = np.diff(self.offsets)[rows]
        offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        source = np.arange(offsets[-1]) + np.repeat(self.offsets[:-1][rows] - offsets[:-1], lengths)
        return Fingerprints(
            signatures=self.signatures[rows],
            sampled=self.sampled[source],
            offsets=offsets,
            word_counts=self.word_counts[rows],
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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Words:
    """The words of one text: ``starts`` and ``ends`` (int64) in ``buffer`` (uint8), and their ``hashes`` (uint64)."""

    buffer: U8
    starts: I64
    ends: I64
    hashes: U64


def fingerprint(texts: Sequence[str] | Any, scheme: Scheme) -> Fingerprints:  # noqa: ANN401 - pyarrow ships no types
    """Return the fingerprints of ``texts`` (strings or a ``pyarrow.StringArray``), in their order.

    The signatures equal ``datasketch.MinHash(num_perm, seed, scheme="affine32")`` fed with the 32-bit shingle hashes
    (:func:`shingle_hashes32`). Working memory does not depend on the number of texts.
    """
    strings: Sequence[str] = texts if isinstance(texts, (list, tuple)) else [str(text) for text in texts]
    signatures = np.empty((len(strings), scheme.num_perm), dtype=np.uint32)
    samples: list[U64] = []
    counts = np.empty(len(strings), dtype=np.int64)
    for row, words in enumerate(iter_words(strings)):
        grams = kernel.ngrams(words.hashes, scheme.shingle_words)
        signatures[row] = kernel.signature(grams, scheme.multipliers, scheme.increments)
        samples.append(_sample(grams))
        counts[row] = len(words.hashes)
    return Fingerprints(
        signatures=signatures,
        sampled=np.concatenate([np.empty(0, dtype=np.uint64), *samples]),
        offsets=np.concatenate([[0], np.cumsum([len(sample) for sample in samples])]).astype(np.int64),
        word_counts=counts,
    )


def shingle_hashes32(text: str, scheme: Scheme) -> U32:
    """Return the 32-bit shingle hashes of ``text`` in order: uint32; fed to datasketch they give our signature."""
    (words,) = iter_words([text])
    return kernel.hash32(kernel.ngrams(words.hashes, scheme.shingle_words))


def iter_words(texts: Sequence[str]) -> Iterator[Words]:
    """Yield the hashed words of each text, in order; holds about ``_CHUNK_CHARS`` characters of them at a time."""
    chunk: list[bytes] = []
    size = 0
    for text in texts:
        form = comparison_form(text).encode("utf-8", "replace")
        chunk.append(form)
        size += len(form)
        if size >= _CHUNK_CHARS:
            yield from _words_of_chunk(chunk)
            chunk, size = [], 0
    yield from _words_of_chunk(chunk)


def _words_of_chunk(forms: list[bytes]) -> Iterator[Words]:
    if not forms:
        return
    buffer = np.frombuffer(b"\n".join(forms) + b"\n", dtype=np.uint8)
    starts, ends = kernel.word_spans(buffer)
    hashes = kernel.word_hashes(buffer, starts, ends)
    closes = np.cumsum([len(form) + 1 for form in forms])
    bounds = np.concatenate([[0], np.searchsorted(starts, closes)])
    for low, high in pairwise(bounds):
        yield Words(buffer=buffer, starts=starts[low:high], ends=ends[low:high], hashes=hashes[low:high])


def _sample(grams: U64) -> U64:
    """Return the shingles below a fixed bound, or the lowest few where that leaves too few: sorted, no repeats."""
    ordered = np.sort(grams)
    unique: U64 = ordered[np.diff(ordered, prepend=~ordered[:1]) != 0]
    below = int(np.searchsorted(unique, np.uint64((1 << 64) // SAMPLE_RATE)))
    return unique[: max(below, SAMPLE_LEAST)]
