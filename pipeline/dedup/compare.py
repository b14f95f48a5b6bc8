"""What two texts have in common, word for word and letter by letter, in numpy: the reference of the compiled kernel.

One pair at a time; :mod:`pipeline.dedup.measure` goes over many. Every measure is a whole number, so that both kernels
agree exactly.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.dedup import kernel
from pipeline.dedup.apart import CAPITAL, FIGURE, FIRST, Mask, Texts
from pipeline.dedup.kernel import I64, U8, U64

LONGEST_SWAP = 6  # words that can stand for others: the longest name or figure with its unit
MOST_SWAPS = 1000  # looked at: no form is longer
MOST_SPELLED = 64  # bytes of a swap: a longer "word" is data
LONG_WORD_BYTES = 5  # shorter words are in every text
_NONE = np.empty(0, dtype=np.int64)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Profile:
    """One text of :class:`Texts`.

    ``is_name``: with a capital inside a sentence; ``is_capital``: with one anywhere; ``is_first``: opens a sentence.
    ``shingles``: uint64, sorted, no repeats. ``shingle_at``: int64, the place in them of each shingle of the text.
    """

    words: U64
    is_figure: Mask
    is_name: Mask
    is_capital: Mask
    is_first: Mask
    letters: U8
    word_ends: I64
    shingles: U64
    shingle_at: I64

    @property
    def word_count(self) -> int:
        """Words of the text; characters in scripts without spaces."""
        return len(self.words)

    def spelling(self, start: int, end: int) -> bytes:
        """Return words ``start`` to ``end`` (exclusive) as they are spelled, with blanks between."""
        first = int(self.word_ends[start - 1]) + 1 if start else 0
        return self.letters[first : int(self.word_ends[end - 1])].tobytes()


def profile(texts: Texts, row: int) -> Profile:
    """Return text ``row`` for comparing; a name is a word with a capital inside a sentence."""
    words = slice(*texts.word_offsets[row : row + 2].tolist())
    flags = texts.flags[words]
    grams = texts.grams[slice(*texts.gram_offsets[row : row + 2].tolist())]
    shingles, shingle_at = np.unique(grams, return_inverse=True)
    return Profile(
        words=texts.words[words],
        is_figure=flags & FIGURE > 0,
        is_name=flags & (CAPITAL | FIRST) == CAPITAL,
        is_capital=flags & CAPITAL > 0,
        is_first=flags & FIRST > 0,
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


def shared_values(a: U64, b: U64) -> tuple[int, int]:
    """Return how many distinct values both lists have, and how many the list with fewer has."""
    first, second = np.unique(a), np.unique(b)
    return len(np.intersect1d(first, second, assume_unique=True)), min(len(first), len(second))


def entry(hits: Mask, window: int) -> int:
    """Return the word at which the shared text begins: the first position from where half of ``window`` is shared.

    The length of ``hits`` where there is none. A window no longer than the text.
    """
    window = min(window, len(hits))
    if not window:
        return 0
    sums = np.concatenate([[0], np.cumsum(hits)])
    dense = np.flatnonzero(2 * (sums[window:] - sums[:-window]) >= window)
    if not len(dense):
        return len(hits)
    return int(dense[0] + np.argmax(hits[dense[0] :]))


def opening_overlap(text: Profile, other: Profile, size: int) -> tuple[int, int]:
    """Return how many distinct long words of the first ``size`` of ``text`` the ``other`` has, and how many there are.

    Long: ``LONG_WORD_BYTES`` or more.
    """
    ends = text.word_ends[:size]
    lengths = np.diff(ends, prepend=-1) - 1
    long_words = np.unique(text.words[:size][lengths >= LONG_WORD_BYTES])
    return int(np.isin(long_words, other.words).sum()), len(long_words)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Swaps:
    """Places where two texts agree around a few words that differ: int64 arrays, a row a place, ends exclusive."""

    a_start: I64
    a_end: I64
    b_start: I64
    b_end: I64


def swaps(pair: Overlap, longest: int) -> Swaps:
    """Return the places where up to ``longest`` words of a stand for up to ``longest`` others in b.

    Found from a's side: a run of words without a shared shingle, between two shingles whose places in b are as near to
    each other. A passage that moved as a whole is still aligned inside.
    """
    size = pair.a.word_count - len(pair.hit_a) + 1
    covered = covered_words(pair.hit_a, pair.a.word_count)
    edges = np.flatnonzero(np.diff(covered))
    if len(edges) < 2:
        return Swaps(a_start=_NONE, a_end=_NONE, b_start=_NONE, b_end=_NONE)
    starts, ends = edges[:-1] + 1, edges[1:] + 1
    inner = ~covered[starts]
    starts, ends = starts[inner], ends[inner]
    place = np.full(len(pair.b.shingles), -1, dtype=np.int64)
    place[pair.b.shingle_at[::-1]] = np.arange(len(pair.b.shingle_at))[::-1]
    b_starts = _place_in_b(pair, place, starts - size) + size
    b_ends = _place_in_b(pair, place, ends)
    widths_a, widths_b = ends - starts, b_ends - b_starts
    near = np.flatnonzero((widths_a <= longest) & (widths_b > 0) & (widths_b <= longest))[:MOST_SWAPS]
    return Swaps(a_start=starts[near], a_end=ends[near], b_start=b_starts[near], b_end=b_ends[near])


def _place_in_b(pair: Overlap, place: I64, positions: I64) -> I64:
    values = pair.a.shingles[pair.a.shingle_at[positions]]
    at: I64 = place[np.searchsorted(pair.b.shingles, values)]
    return at


def heading_swap(pair: Overlap, longest: int) -> tuple[int, int, int, int] | None:
    """Return the words of a and of b that stand for each other before all that is shared: two starts and ends.

    A heading of up to ``longest`` words, less those that both begin with, and behind it a sentence begins: a star sign,
    a town, a day. What goes over into the sentence, as a dateline does, is none.
    """
    hits = np.flatnonzero(pair.hit_a)
    if not len(hits):
        return None
    a_end = int(hits[0])
    shingle = np.searchsorted(pair.b.shingles, pair.a.shingles[pair.a.shingle_at[a_end]])
    b_end = int(np.argmax(pair.b.shingle_at == shingle))
    least = min(a_end, b_end)
    start = int(np.argmin(np.append(pair.a.words[:least] == pair.b.words[:least], False)))
    closes = start + longest + 1
    is_heading = pair.a.is_first[a_end:closes].any() and pair.b.is_first[b_end:closes].any()
    if not is_heading or start == least:
        return None
    return start, a_end, start, b_end


def exchanged(pair: Overlap, *, is_cased: bool, spelling: float) -> tuple[int, int]:
    """Return how many names and how many figures stand for others: what is filled into a form.

    Where a script has no capitals any word counts as a name. Two words with a share of ``spelling`` of their letters in
    common are one word spelled in two ways.
    """
    a, b = pair.a, pair.b
    heading, inner = heading_swap(pair, LONGEST_SWAP), swaps(pair, LONGEST_SWAP)
    # The first word of a text has a capital whatever it is; in a heading it is what the text is about.
    places = [] if heading is None else [(*heading, a.is_capital, b.is_capital)]
    columns = zip(inner.a_start, inner.a_end, inner.b_start, inner.b_end, strict=True)
    places += [(*place, a.is_name, b.is_name) for place in columns]
    names = figures = 0
    for a0, a1, b0, b1, own, others in places:
        if a.is_figure[a0:a1].any() and b.is_figure[b0:b1].any():
            figures += 1
        elif is_cased and not (own[a0:a1].any() and others[b0:b1].any()):
            continue
        elif _likeness(a.spelling(a0, a1)[:MOST_SPELLED], b.spelling(b0, b1)[:MOST_SPELLED]) < spelling:
            names += 1
    return names, figures


def _likeness(a: bytes, b: bytes) -> float:
    return 2 * int(common_letters(a, b).sum()) / (len(a) + len(b))


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
