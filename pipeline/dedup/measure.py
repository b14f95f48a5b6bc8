"""Many pairs of texts measured in one pass: by the compiled kernel, or in numpy with the same result.

``pairs``: int64, shape (n, 2), rows of :class:`~pipeline.dedup.apart.Texts`; measures are int64, a row a pair.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import astuple
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from pipeline.dedup import compiled
from pipeline.dedup.apart import Texts, TextsPointer
from pipeline.dedup.bulk import (
    LONGEST_SWAP,
    Kinds,
    exchanged,
    pairs_at_once,
    shared_shingles,
    shared_words,
    shingle_numbers,
    sums,
)
from pipeline.dedup.compare import (
    LONG_WORD_BYTES,
    Profile,
    letter_marks,
    match_letters,
    names_of_rest,
    opening_overlap,
    overlap,
    profile,
)
from pipeline.dedup.kernel import I64

_ByNumpy: TypeAlias = Callable[[Texts, I64], I64]

ENTRY_WINDOW = 16  # shingles, half of them shared, that count as where the shared text begins
OPENING_WORDS = 60  # of a text
SPELLING = 0.7  # letters in common from which two words are one word spelled otherwise
MARKED_LETTERS = 6000  # about a thousand words: more would fill the bit set
MOST_LETTERS = 3000  # compared at most: about five hundred words, enough to tell a scan from another story


def shorter_first(texts: Texts, pairs: I64) -> I64:
    """Return ``pairs`` with the shorter text first; of two equally long, the first by its letters."""
    words, letters = texts.word_counts, np.diff(texts.letter_offsets)
    one, other = pairs[:, 0], pairs[:, 1]
    turned = words[one] > words[other]
    tied = words[one] == words[other]
    turned |= tied & (letters[one] > letters[other])
    for at in np.flatnonzero(tied & (letters[one] == letters[other])).tolist():
        turned[at] = _letters(texts, int(one[at])) > _letters(texts, int(other[at]))
    return np.where(turned[:, None], pairs[:, ::-1], pairs)


def overlaps(texts: Texts, pairs: I64) -> I64:
    """Return what the pairs share and where they differ inside, nine measures each.

    Shared shingles, those of a, those of b; the entry in a and in b; the covered words of a and of b; names and figures
    that stand for others.
    """
    return _measured("overlaps", 9, texts, pairs, _overlaps, ENTRY_WINDOW, LONGEST_SWAP, SPELLING)


def kept_words(texts: Texts, pairs: I64) -> I64:
    """Return the names in both texts and in the one with fewer, and the figures likewise."""
    return _measured("kept_words", 4, texts, pairs, _kept_words)


def matters(texts: Texts, pairs: I64) -> I64:
    """Return what the pairs are about where they begin and where they part, seven measures each.

    Long words of b's opening that a has, and all of them; of a's opening that b has, and all of them; names in what a
    does not cover of b, those of them that a has, and all names of a.
    """
    return _measured("matters", 7, texts, pairs, _one_by_one(_matter), OPENING_WORDS, LONG_WORD_BYTES)


def marks(texts: Texts, pairs: I64) -> I64:
    """Return the letter runs of a, and those of them that b has too, both near enough."""
    return _measured("marks", 2, texts, pairs, _one_by_one(_marks), MARKED_LETTERS)


def scans(texts: Texts, pairs: I64, least: float = 0.0) -> I64:
    """Return letters of a and b compared, letters in common, words of three letters and more, foreign ones.

    The last three are 0 where the two have less than ``least`` of their letters in common: those are soon told.
    """
    by_numpy = _one_by_one(lambda a, b: astuple(match_letters(a, b, MOST_LETTERS, least)))
    return _measured("scans", 5, texts, pairs, by_numpy, MOST_LETTERS, least)


def _measured(name: str, width: int, texts: Texts, pairs: I64, by_numpy: _ByNumpy, *constants: float) -> I64:
    found: NDArray[np.int64] = np.zeros((len(pairs), width), dtype=np.int64)
    if not len(pairs):
        return found
    library = compiled.LIBRARY
    if library is None:
        return by_numpy(texts, pairs)
    order = np.argsort(pairs[:, 1], kind="stable")  # pairs with one longer text follow each other: it is laid out once
    measured = np.empty_like(found)
    library.call(name, TextsPointer.of(texts), pairs[order], len(pairs), *constants, measured)
    found[order] = measured
    return found


def _overlaps(texts: Texts, pairs: I64) -> I64:
    kinds, numbers, parts = Kinds.of(texts), shingle_numbers(texts), []
    for part in pairs_at_once(texts, pairs):
        shared = shared_shingles(texts, numbers, pairs[part])
        sides = shared.short, shared.long
        distinct = (side.distinct for side in sides)
        entries = (side.entries(ENTRY_WINDOW) for side in sides)
        covered = (sums(side.covered, side.word_offsets) for side in sides)
        swapped = exchanged(texts, kinds, shared, SPELLING)
        parts.append(np.stack([shared.count, *distinct, *entries, *covered, *swapped], axis=1))
    return np.concatenate(parts)


def _kept_words(texts: Texts, pairs: I64) -> I64:
    kinds = Kinds.of(texts)
    return np.column_stack([*shared_words(texts, pairs, kinds.name), *shared_words(texts, pairs, kinds.figure)])


def _one_by_one(by_pair: Callable[[Profile, Profile], tuple[int, ...]]) -> _ByNumpy:
    """Return the measure of many pairs that asks ``by_pair`` for each: good for few of them."""

    def measure(texts: Texts, pairs: I64) -> I64:
        profiles = {row: profile(texts, row) for row in np.unique(pairs).tolist()}
        return np.array([by_pair(profiles[a], profiles[b]) for a, b in pairs.tolist()], dtype=np.int64)

    return measure


def _matter(a: Profile, b: Profile) -> tuple[int, ...]:
    openings = opening_overlap(b, a, OPENING_WORDS), opening_overlap(a, b, OPENING_WORDS)
    return (*openings[0], *openings[1], *names_of_rest(overlap(a, b)))


def _marks(a: Profile, b: Profile) -> tuple[int, ...]:
    own, other = letter_marks(a.letters[:MARKED_LETTERS]), letter_marks(b.letters[:MARKED_LETTERS])
    return int(own.sum()), int((own & other).sum())


def _letters(texts: Texts, row: int) -> bytes:
    return texts.letters[texts.letter_offsets[row] : texts.letter_offsets[row + 1]].tobytes()
