"""Many pairs of texts measured in one pass: by the compiled kernel, or pair by pair in numpy with the same result.

``pairs``: int64, shape (n, 2), rows of :class:`~pipeline.dedup.apart.Texts`; measures are int64, a row a pair.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import astuple

import numpy as np
from numpy.typing import NDArray

from pipeline.dedup import compiled
from pipeline.dedup.apart import Texts, TextsPointer
from pipeline.dedup.compare import (
    LONG_WORD_BYTES,
    LONGEST_SWAP,
    Profile,
    covered_words,
    entry,
    exchanged,
    letter_marks,
    match_letters,
    names_of_rest,
    opening_overlap,
    overlap,
    profile,
    shared_values,
)
from pipeline.dedup.kernel import I64

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
    """Return shared shingles, those of a, those of b, the entry in a and in b, and the covered words of a and of b."""
    return _measured("overlaps", 7, texts, pairs, _overlap, ENTRY_WINDOW)


def exchanges(texts: Texts, pairs: I64) -> I64:
    """Return what stands for what else in the pairs, six measures each.

    Names and figures exchanged; names in both and in the text with fewer; figures likewise.
    """
    return _measured("exchanges", 6, texts, pairs, _exchange, LONGEST_SWAP, SPELLING)


def matters(texts: Texts, pairs: I64) -> I64:
    """Return what the pairs are about where they begin and where they part, seven measures each.

    Long words of b's opening that a has, and all of them; of a's opening that b has, and all of them; names in what a
    does not cover of b, those of them that a has, and all names of a.
    """
    return _measured("matters", 7, texts, pairs, _matter, OPENING_WORDS, LONG_WORD_BYTES)


def marks(texts: Texts, pairs: I64) -> I64:
    """Return the letter runs of a, and those of them that b has too, both near enough."""
    return _measured("marks", 2, texts, pairs, _marks, MARKED_LETTERS)


def scans(texts: Texts, pairs: I64, least: float = 0.0) -> I64:
    """Return letters of a and b compared, letters in common, words of three letters and more, foreign ones.

    The last three are 0 where the two have less than ``least`` of their letters in common: those are soon told.
    """
    return _measured(
        "scans", 5, texts, pairs, lambda _, a, b: astuple(match_letters(a, b, MOST_LETTERS, least)), MOST_LETTERS, least
    )


def _measured(
    name: str,
    width: int,
    texts: Texts,
    pairs: I64,
    by_numpy: Callable[[bool, Profile, Profile], tuple[int, ...]],
    *constants: float,
) -> I64:
    found: NDArray[np.int64] = np.zeros((len(pairs), width), dtype=np.int64)
    if not len(pairs):
        return found
    library, cased = compiled.LIBRARY, texts.cased
    if library is not None:
        order = np.argsort(
            pairs[:, 1], kind="stable"
        )  # pairs with one longer text follow each other: it is laid out once
        measured = np.empty_like(found)
        library.call(name, TextsPointer.of(texts), pairs[order], len(pairs), *constants, measured)
        found[order] = measured
        return found
    profiles: dict[int, Profile] = {}
    for at, (a, b) in enumerate(pairs.tolist()):
        for row in (a, b):
            if row not in profiles:
                profiles[row] = profile(texts, row)
        found[at] = by_numpy(bool(cased[a] and cased[b]), profiles[a], profiles[b])
    return found


def _overlap(_: bool, a: Profile, b: Profile) -> tuple[int, ...]:
    pair = overlap(a, b)
    entries = entry(pair.hit_a, ENTRY_WINDOW), entry(pair.hit_b, ENTRY_WINDOW)
    sides = (pair.hit_a, a), (pair.hit_b, b)
    covered = (int(covered_words(hits, text.word_count).sum()) for hits, text in sides)
    return (pair.shared, len(a.shingles), len(b.shingles), *entries, *covered)


def _exchange(is_cased: bool, a: Profile, b: Profile) -> tuple[int, ...]:
    return (
        *exchanged(overlap(a, b), is_cased=is_cased, spelling=SPELLING),
        *shared_values(a.words[a.is_name], b.words[b.is_name]),
        *shared_values(a.words[a.is_figure], b.words[b.is_figure]),
    )


def _matter(_: bool, a: Profile, b: Profile) -> tuple[int, ...]:
    openings = opening_overlap(b, a, OPENING_WORDS), opening_overlap(a, b, OPENING_WORDS)
    return (*openings[0], *openings[1], *names_of_rest(overlap(a, b)))


def _marks(_: bool, a: Profile, b: Profile) -> tuple[int, ...]:
    own, other = letter_marks(a.letters[:MARKED_LETTERS]), letter_marks(b.letters[:MARKED_LETTERS])
    return int(own.sum()), int((own & other).sum())


def _letters(texts: Texts, row: int) -> bytes:
    return texts.letters[texts.letter_offsets[row] : texts.letter_offsets[row + 1]].tobytes()
