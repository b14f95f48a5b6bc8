"""The arithmetic of fingerprints in numpy: words, hashes, n-grams and signatures from one UTF-8 buffer.

This is the reference: a compiled kernel must give the same numbers. Input is always the comparison form
(:mod:`pipeline.dedup.normalise`) of many texts in one buffer, each closed by a line feed. No Python object is made a
word or n-gram.

* Word bytes: ``a-z 0-9``, any byte from 0x80, and ``.`` or ``,`` between two digits. All else parts words.
* Word hash: 64 bits from blocks of eight bytes, little-endian, zero-padded, at most ``MAX_BLOCKS`` of them, with the
  length: ``h = n·K; h = (h ^ block)·M; h ^= h >> 32``, closed by the splitmix64 finaliser. Blocks rather than a
  polynomial over bytes, because a C kernel needs one multiplication per eight bytes and numpy two gathers a word.
* N-gram hash: ``h = h·P + word`` over the words, splitmix64. A text of fewer words is one n-gram of all it has.
* Signature: datasketch's ``affine32``: ``min over n-grams of a·fmix32(h >> 32) + b mod 2^32``.

Finalisers: splitmix64 (Steele, Lea, Flood 2014, figure 19), fmix32 (MurmurHash3). Their arithmetic wraps on purpose.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

U8: TypeAlias = NDArray[np.uint8]
U32: TypeAlias = NDArray[np.uint32]
U64: TypeAlias = NDArray[np.uint64]
I64: TypeAlias = NDArray[np.int64]

SHINGLER = "words-blocks8-1"  # stored with every index: raise the number whenever a hash can change
RUN_BYTES = 12  # letters in a sampled run: about two words; ten and sixteen found as much, with other false alarms
MARK_BYTES = 5  # letters in a run: what a scan with one letter in twelve wrong still has two thirds of
MARK_BITS = 1 << 15  # a twentieth of them set by a text of 300 words, a sixth by one of 1,000
MAX_BLOCKS = 8  # longer "words" are data, not language: told apart by 64 bytes and their length

_BLOCK = np.uint64(0x9E3779B97F4A7C15)
_LENGTH = np.uint64(0xD6E8FEB86659FD93)
GRAM = np.uint64(0xA0761D6478BD642F)
_MASKS = np.array([(1 << (8 * n)) - 1 for n in range(9)], dtype=np.uint64)
MARK_SHIFT = np.uint64(64 - 15)
_BLOCK_OF_NGRAMS = 4096  # n-grams permuted at a time: 128 values of each are 2 MiB, which stays in cache

_WORD_BYTE = np.zeros(256, dtype=bool)
_WORD_BYTE[0x80:] = True
_WORD_BYTE[list(b"abcdefghijklmnopqrstuvwxyz0123456789")] = True
_DIGIT = np.zeros(256, dtype=bool)
_DIGIT[list(b"0123456789")] = True
_POINT = np.zeros(256, dtype=bool)
_POINT[list(b".,")] = True


def splitmix64(values: U64) -> U64:
    """Return the splitmix64 finaliser of each value: uint64, same shape."""
    mixed = values ^ (values >> np.uint64(30))
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(27)
    mixed *= np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(31)
    return mixed


def fmix32(values: U32) -> U32:
    """Return MurmurHash3's 32-bit finaliser of each value: uint32, same shape."""
    mixed = values ^ (values >> np.uint32(16))
    mixed *= np.uint32(0x85EBCA6B)
    mixed ^= mixed >> np.uint32(13)
    mixed *= np.uint32(0xC2B2AE35)
    mixed ^= mixed >> np.uint32(16)
    return mixed


def word_spans(buffer: U8) -> tuple[I64, I64]:
    """Return first byte and one past the last byte of every word: two int64 arrays, in order."""
    is_word = _WORD_BYTE[buffer]
    points = np.flatnonzero(_POINT[buffer])
    points = points[(points > 0) & (points < len(buffer) - 1)]
    inner = points[_DIGIT[buffer[points - 1]] & _DIGIT[buffer[points + 1]]]
    is_word[inner] = True
    edges = np.flatnonzero(np.diff(is_word, prepend=False, append=False))
    return edges[0::2], edges[1::2]


def gather_blocks(buffer: U8, starts: I64, lengths: I64) -> U64:
    """Return the bytes at each start as one little-endian number: uint64; ``lengths`` (0 to 8) bytes, zero-padded."""
    padded = np.concatenate([buffer, np.zeros(8, dtype=np.uint8)])
    view = np.ndarray(shape=(len(buffer) + 1,), dtype="<u8", buffer=padded.data, strides=(1,))
    blocks: U64 = view[starts].astype(np.uint64, copy=False) & _MASKS[lengths]
    return blocks


def word_hashes(buffer: U8, starts: I64, ends: I64) -> U64:
    """Return the hash of every word: uint64, one a word."""
    lengths = ends - starts
    hashes: U64 = lengths.astype(np.uint64) * _LENGTH
    for block in range(MAX_BLOCKS):
        left = lengths - 8 * block
        rows = np.flatnonzero(left > 0)
        if not len(rows):
            break
        part = gather_blocks(buffer, starts[rows] + 8 * block, np.minimum(left[rows], 8))
        mixed = (hashes[rows] ^ part) * _BLOCK
        hashes[rows] = mixed ^ (mixed >> np.uint64(32))
    return splitmix64(hashes)


def ngrams(hashes: U64, size: int) -> U64:
    """Return the n-gram hashes of one text's word hashes, in order: uint64, shape (max(1, words - size + 1),).

    A text of fewer words than ``size`` gives one n-gram of all its words; a text without words gives none.
    """
    size = min(size, len(hashes))
    if size == 0:
        return np.empty(0, dtype=np.uint64)
    count = len(hashes) - size + 1
    grams = hashes[:count].copy()
    for k in range(1, size):
        grams *= GRAM
        grams += hashes[k : k + count]
    return splitmix64(grams)


def letter_runs(letters: U8, starts: I64, sizes: I64) -> U64:
    """Return the hashes of the runs of ``RUN_BYTES`` bytes in ``letters`` that begin at ``starts``, in order: uint64.

    Of each only ``sizes`` bytes count, the rest are taken for zero.
    """
    head = gather_blocks(letters, starts, np.minimum(sizes, 8))
    tail = gather_blocks(letters, np.minimum(starts + 8, len(letters)), np.maximum(sizes - 8, 0))
    return splitmix64(head ^ tail * _BLOCK)


def passages(grams: U64, offsets: I64, size: int) -> tuple[U64, I64]:
    """Return the hashes of two shingles of ``size`` words after each other, and where those of each row lie.

    ``grams``: the shingles of texts in order, row i from ``offsets[i]`` to ``offsets[i + 1]``. A row that has no two
    such shingles has one passage, its first shingle.
    """
    counts = np.diff(offsets)
    made = np.where(counts > size, counts - size, np.minimum(counts, 1))
    bounds = np.concatenate([[0], np.cumsum(made)]).astype(np.int64)
    rows = np.repeat(np.arange(len(counts)), made)
    firsts = np.arange(bounds[-1]) + (offsets[:-1] - bounds[:-1])[rows]
    found = grams[firsts]
    longer = np.flatnonzero((counts > size)[rows])
    found[longer] = found[longer] * GRAM + grams[firsts[longer] + size]
    return splitmix64(found), bounds


def hash32(grams: U64) -> U32:
    """Return the 32 bits of each n-gram hash that datasketch's scheme is fed with: the upper half, uint32."""
    return (grams >> np.uint64(32)).astype(np.uint32)


def signature(grams: U64, multipliers: U32, increments: U32) -> U32:
    """Return the ``affine32`` signature of one text's n-grams: uint32, shape (num_perm,); all ones for no n-gram."""
    lowest = np.full(len(multipliers), 0xFFFFFFFF, dtype=np.uint32)
    mixed = fmix32(hash32(grams))
    for at in range(0, len(mixed), _BLOCK_OF_NGRAMS):
        permuted = np.multiply.outer(multipliers, mixed[at : at + _BLOCK_OF_NGRAMS])
        permuted += increments[:, None]
        np.minimum(lowest, permuted.min(axis=1), out=lowest)
    return lowest
