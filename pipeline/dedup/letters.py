"""Two texts compared letter by letter: what is left to go by when a bad scan has broken most words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.dedup.compare import Mask
from pipeline.dedup.profile import Profile

MOST_LETTERS = 3000  # compared at most: about five hundred words, enough to tell a scan from another story


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterMatch:
    """``similarity``: 2·LCS / (letters of both). ``foreign``: share of words with under half their letters met."""

    similarity: float
    foreign: float


def match_letters(a: Profile, b: Profile) -> LetterMatch:
    """Return how well the shorter text ``a`` fits on the beginning of ``b``, by longest common subsequence."""
    first = a.letters[:MOST_LETTERS]
    second = b.letters[: int(len(first) * 1.1) + 20]
    met = common_letters(first.tobytes(), second.tobytes())
    ends = a.word_ends[a.word_ends < len(first)]
    starts = np.concatenate([[0], ends[:-1] + 1])[: len(ends)]
    sums = np.concatenate([[0], np.cumsum(met)])
    lengths = ends - starts
    foreign = 2 * (sums[ends] - sums[starts]) < lengths
    return LetterMatch(
        similarity=2 * int(met.sum()) / max(1, len(first) + len(second)),
        foreign=float(foreign[lengths >= 3].mean()) if (lengths >= 3).any() else 0.0,
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
