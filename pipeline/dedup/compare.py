"""What two texts have in common, word for word and letter by letter, in numpy: the reference of the compiled kernel.

One pair at a time; :mod:`pipeline.dedup.measure` goes over many. Every measure is a whole number, so that both kernels
agree exactly.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.dedup import kernel
from pipeline.dedup.apart import CAPITAL, FIRST, Mask, Texts
from pipeline.dedup.kernel import I64, U8, U64

LONG_WORD_BYTES = 5  # shorter words are in every text


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Profile:
    """One text of :class:`Texts`.

    ``is_name``: words with a capital inside a sentence. ``shingles``: uint64, sorted, no repeats. ``shingle_at``:
    int64, the place in them of each shingle of the text.
    """

    words: U64
    is_name: Mask
    letters: U8
    word_ends: I64
    shingles: U64
    shingle_at: I64

    @property
    def word_count(self) -> int:
        """Words of the text; characters in scripts without spaces."""
        return len(self.words)


def profile(texts: Texts, row: int) -> Profile:
    """Return text ``row`` for comparing; a name is a word with a capital inside a sentence."""
    words = slice(*texts.word_offsets[row : row + 2].tolist())
    flags = texts.flags[words]
    grams = texts.grams[slice(*texts.gram_offsets[row : row + 2].tolist())]
    shingles, shingle_at = np.unique(grams, return_inverse=True)
    return Profile(
        words=texts.words[words],
        is_name=flags & (CAPITAL | FIRST) == CAPITAL,
        letters=texts.letters[slice(*texts.letter_offsets[row : row + 2].tolist())],
        word_ends=texts.ends[words].astype(np.int64),
        shingles=shingles,
        shingle_at=shingle_at.astype(np.int64),
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Overlap:
    """The shingles two texts share. ``hit_a``/``hit_b``: bool a shingle position, whether the other text has it."""

    a: Profile
    b: Profile
    shared: int
    hit_a: Mask
    hit_b: Mask


def overlap(a: Profile, b: Profile) -> Overlap:
    """Return the shingles that ``a`` and ``b`` share, with where they stand in each."""
    at = np.searchsorted(b.shingles, a.shingles)
    at[at == len(b.shingles)] = 0
    found = b.shingles[at] == a.shingles if len(b.shingles) else np.zeros(len(a.shingles), dtype=bool)
    in_b = np.zeros(len(b.shingles), dtype=bool)
    in_b[at[found]] = True
    return Overlap(a=a, b=b, shared=int(found.sum()), hit_a=found[a.shingle_at], hit_b=in_b[b.shingle_at])


def covered_words(hits: Mask, word_count: int) -> Mask:
    """Return for each word whether a shared shingle covers it: bool, shape (word_count,)."""
    size = word_count - len(hits) + 1
    covered = np.zeros(word_count, dtype=bool)
    for k in range(size if len(hits) else 0):
        covered[k : k + len(hits)] |= hits
    return covered


def opening_overlap(text: Profile, other: Profile, size: int) -> tuple[int, int]:
    """Return how many distinct long words of the first ``size`` of ``text`` the ``other`` has, and how many there are.

    Long: ``LONG_WORD_BYTES`` or more.
    """
    ends = text.word_ends[:size]
    lengths = np.diff(ends, prepend=-1) - 1
    long_words = np.unique(text.words[:size][lengths >= LONG_WORD_BYTES])
    return int(np.isin(long_words, other.words).sum()), len(long_words)


def names_of_rest(pair: Overlap) -> tuple[int, int, int]:
    """Return the distinct names in what a does not cover of b, those of them that a has, and the names of a."""
    rest = ~covered_words(pair.hit_b, pair.b.word_count)
    names, own = np.unique(pair.b.words[rest & pair.b.is_name]), np.unique(pair.a.words[pair.a.is_name])
    return len(names), int(np.isin(names, own).sum()), len(own)


def letter_marks(letters: U8) -> Mask:
    """Return a bit set of the runs of ``kernel.MARK_BYTES`` bytes in ``letters``: bool, shape (MARK_BITS,)."""
    starts = np.arange(max(0, len(letters) - kernel.MARK_BYTES + 1))
    runs = kernel.gather_blocks(letters, starts, np.full(len(starts), kernel.MARK_BYTES))
    marks = np.zeros(kernel.MARK_BITS, dtype=bool)
    marks[kernel.splitmix64(runs) >> kernel.MARK_SHIFT] = True
    return marks


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterMatch:
    """How many letters of a and b were compared, and how many are ``common``.

    ``words``: those of a with three letters and more; ``foreign``: those of them with under half their letters met.
    """

    letters_a: int
    letters_b: int
    common: int
    words: int
    foreign: int


def match_letters(a: Profile, b: Profile, most: int, least: float = 0.0) -> LetterMatch:
    """Return how well the shorter text ``a`` fits on the beginning of ``b``, by longest common subsequence.

    With less than ``least`` of the letters in common, none are counted and no words.
    """
    first = a.letters[:most]
    second = b.letters[: len(first) * 11 // 10 + 20]
    met = common_letters(first.tobytes(), second.tobytes())
    if 2 * met.sum() / max(1, len(first) + len(second)) < least:
        return LetterMatch(letters_a=len(first), letters_b=len(second), common=0, words=0, foreign=0)
    ends = a.word_ends[a.word_ends < len(first)]
    starts = np.concatenate([[0], ends[:-1] + 1])[: len(ends)]
    sums = np.concatenate([[0], np.cumsum(met)])
    lengths = ends - starts
    counted = lengths >= 3
    foreign = 2 * (sums[ends] - sums[starts]) < lengths
    return LetterMatch(
        letters_a=len(first),
        letters_b=len(second),
        common=int(met.sum()),
        words=int(counted.sum()),
        foreign=int((foreign & counted).sum()),
    )


def common_letters(a: bytes, b: bytes) -> Mask:
    """Return for each byte of ``a`` whether it is in one longest common subsequence with ``b``: bool, shape (len(a),).

    Bit-parallel (Hyyrö 2004, "Bit-parallel LCS-length computation revisited"): one row of the table is one integer, a
    bit a byte of ``a``; a cleared bit marks where the length grows. The rows are kept to walk back along one path.
    """
    full = (1 << len(a)) - 1
    places: dict[int, int] = {}
    for at, byte in enumerate(a):
        places[byte] = places.get(byte, 0) | (1 << at)
    rows: list[int] = []
    state = full
    for byte in b:
        matches = state & places.get(byte, 0)
        state = ((state + matches) | (state - matches)) & full
        rows.append(state)
    return _walk_back(rows, len(a))


def _walk_back(rows: list[int], width: int) -> Mask:
    met = np.zeros(width, dtype=bool)
    row, column = len(rows), width
    while row and column:
        bit = 1 << (column - 1)
        if rows[row - 1] & bit:
            column -= 1
            continue
        row -= 1
        if not row or rows[row - 1] & bit:
            column -= 1
            met[column] = True
    return met
