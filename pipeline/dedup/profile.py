"""What verification needs to know of one text, worked out once a text however many pairs it is in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.dedup import kernel
from pipeline.dedup.kernel import I64, U8, U64
from pipeline.dedup.normalise import plain_form

MARKED_LETTERS = 6000  # about a thousand words: more would fill the bit set
_SENTENCE_END = np.zeros(256, dtype=bool)
_SENTENCE_END[list(b'.!?:;"\n\r')] = True
_DIGIT = np.zeros(256, dtype=bool)
_DIGIT[list(b"0123456789")] = True


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Profile:
    """One text taken apart for comparing, all arrays in the text's order unless said otherwise.

    ``words``: uint64 hash a word. ``is_figure``: bool a word, it holds a digit. ``is_name``: bool a word, it begins
    with a capital inside a sentence. ``is_cased``: the text's script has capitals and uses them. ``shingles``: uint64,
    sorted, no repeats. ``shingle_at``: int64 a shingle position, its place in ``shingles``. ``letters``: uint8, the
    bytes of all words with one blank between. ``word_ends``: int64 a word, one past its last byte in ``letters``.
    ``letter_marks``: uint64, a bit set of the letter runs at the text's beginning.
    """

    words: U64
    is_figure: NDArray[np.bool_]
    is_name: NDArray[np.bool_]
    is_cased: bool
    shingles: U64
    shingle_at: I64
    letters: U8
    word_ends: I64
    letter_marks: U64

    @property
    def word_count(self) -> int:
        """Words of the text; characters in scripts without spaces."""
        return len(self.words)

    def spelling(self, start: int, end: int) -> bytes:
        """Return words ``start`` to ``end`` (exclusive) as they are spelled, with blanks between."""
        first = int(self.word_ends[start - 1]) + 1 if start else 0
        return self.letters[first : int(self.word_ends[end - 1])].tobytes()


def profile(text: str, shingle_words: int) -> Profile:
    """Return ``text`` taken apart, in shingles of ``shingle_words`` words."""
    plain = plain_form(text)
    form = _buffer(plain.casefold())
    starts, ends = kernel.word_spans(form)
    words = kernel.word_hashes(form, starts, ends)
    shingles, shingle_at = np.unique(kernel.ngrams(words, shingle_words), return_inverse=True)
    is_capital, is_first = _capitals(_buffer(plain), form, starts, ends)
    letters, word_ends = _letters(form, starts, ends)
    return Profile(
        words=words,
        is_figure=_figures(form, starts, ends),
        is_name=is_capital & ~is_first,
        is_cased=bool(is_capital.sum() * 50 > len(words)),
        shingles=shingles,
        shingle_at=shingle_at.astype(np.int64),
        letters=letters,
        word_ends=word_ends,
        letter_marks=kernel.letter_marks(letters[:MARKED_LETTERS]),
    )


def _buffer(text: str) -> U8:
    return np.frombuffer(text.encode("utf-8", "replace") + b"\n", dtype=np.uint8)


def _figures(form: U8, starts: I64, ends: I64) -> NDArray[np.bool_]:
    digits = np.concatenate([[0], np.cumsum(_DIGIT[form])])
    holds: NDArray[np.bool_] = digits[ends] > digits[starts]
    return holds


def _capitals(plain: U8, form: U8, starts: I64, ends: I64) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return for each word whether a capital is near its beginning, and whether it is the first of a sentence."""
    lowered = np.frombuffer(plain.tobytes().lower(), dtype=np.uint8)
    plain_starts, plain_ends = kernel.word_spans(lowered)
    if len(plain_starts) != len(starts):  # case folding parted or joined a word: no capital can be told
        return np.zeros(len(starts), dtype=bool), np.zeros(len(starts), dtype=bool)
    head = kernel.gather_blocks(form, starts, np.minimum(ends - starts, 4))
    plain_head = kernel.gather_blocks(plain, plain_starts, np.minimum(plain_ends - plain_starts, 4))
    stops = np.concatenate([[0], np.cumsum(_SENTENCE_END[plain])])
    before = np.concatenate([[0], plain_ends[:-1]])[: len(plain_starts)]
    is_first = stops[plain_starts] > stops[before]
    is_first[:1] = True
    return head != plain_head, is_first


def _letters(form: U8, starts: I64, ends: I64) -> tuple[U8, I64]:
    lengths = ends - starts
    word_ends = np.cumsum(lengths + 1) - 1
    source = np.arange(int(lengths.sum()) + len(lengths)) - np.repeat(word_ends - lengths - starts, lengths + 1)
    letters = form[source]
    letters[word_ends] = ord(" ")
    return letters, word_ends.astype(np.int64)
