"""Texts taken apart into words, shingles and letters: what fingerprints and verification both start from.

The arrays of all texts lie one after the other, so that neither numpy nor the compiled kernel makes an object a word.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Self, TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline.compiled import Library
from pipeline.dedup import compiled, kernel
from pipeline.dedup.forms import Forms
from pipeline.dedup.kernel import I64, U8, U64
from pipeline.dedup.normalise import plain_form

I32: TypeAlias = NDArray[np.int32]
Mask: TypeAlias = NDArray[np.bool_]

FIGURE, CAPITAL, FIRST = 1, 2, 4
_CHUNK_BYTES = 1 << 19  # texts are taken apart so many bytes at a time, so that memory does not grow with their number
_HEAD_BYTES = 4  # of a word, in which a capital counts
_CASED_SHARE = 50  # one capital in so many words shows that the script has capitals and the text uses them
_SENTENCE_END = np.zeros(256, dtype=bool)
_SENTENCE_END[list(b'.!?:;"\n\r')] = True
_IS_DIGIT = np.zeros(256, dtype=bool)
_IS_DIGIT[list(b"0123456789")] = True


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Utf8:
    """Texts in UTF-8: text i is ``data[offsets[i]:offsets[i + 1]]`` (uint8; int64)."""

    data: U8
    offsets: I64

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @classmethod
    def of(cls, texts: Sequence[str] | Any) -> Self:  # noqa: ANN401 - pyarrow ships no types
        """Return strings in UTF-8, or a ``pyarrow.StringArray`` as it lies in memory."""
        if isinstance(texts, pa.Array):
            width = np.int64 if pa.types.is_large_string(texts.type) else np.int32
            _, bounds, data = texts.buffers()
            offsets = np.frombuffer(bounds, dtype=width)[texts.offset : texts.offset + len(texts) + 1]
            return cls(data=_bytes(data), offsets=offsets.astype(np.int64))
        encoded = [text.encode("utf-8", "replace") for text in texts]
        return cls(data=_bytes(b"".join(encoded)), offsets=_offsets([len(text) for text in encoded]))

    def text(self, row: int) -> str:
        """Return text ``row`` as a string."""
        return self.data[self.offsets[row] : self.offsets[row + 1]].tobytes().decode("utf-8", "replace")

    def chunks(self) -> Iterator[Self]:
        """Yield the texts in parts of about half a megabyte, which share this memory."""
        low = 0
        while low < len(self):
            bound = self.offsets[low] + _CHUNK_BYTES
            high = max(low + 1, int(np.searchsorted(self.offsets, bound, side="right")) - 1)
            yield type(self)(data=self.data, offsets=self.offsets[low : high + 1])
            low = high


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Texts:
    """n texts taken apart. Row i of an array is what lies between ``…_offsets[i]`` and ``…_offsets[i + 1]`` (int64).

    ``letters``: uint8, the bytes of all words in comparison form, a blank behind each. ``ends``: int32 a word, one past
    its last byte in the row's letters. ``words``: uint64 hash a word. ``flags``: uint8 a word: FIGURE, it holds a
    digit; CAPITAL, it begins with one; FIRST, it opens a sentence. ``grams``: uint64, the shingles in order. ``cased``:
    bool a text, its script has capitals and it uses them.
    """

    letters: U8
    letter_offsets: I64
    words: U64
    ends: I32
    flags: U8
    word_offsets: I64
    grams: U64
    gram_offsets: I64
    cased: Mask

    def __len__(self) -> int:
        return len(self.word_offsets) - 1

    @property
    def word_counts(self) -> I64:
        """Words of each text; characters in scripts without spaces."""
        return np.diff(self.word_offsets)

    def offsets(self) -> tuple[I64, I64, I64]:
        """Return where the rows of letters, words and shingles begin and end."""
        return self.letter_offsets, self.word_offsets, self.gram_offsets


def take_apart(texts: Utf8, shingle_words: int) -> Texts:
    """Return ``texts`` taken apart, in shingles of ``shingle_words`` words."""
    library = compiled.LIBRARY
    return _by_numpy(texts, shingle_words) if library is None else _compiled(texts, shingle_words, library)


def iter_apart(texts: Utf8, shingle_words: int) -> Iterator[Texts]:
    """Return ``texts`` taken apart, half a megabyte of them at a time."""
    return (take_apart(chunk, shingle_words) for chunk in texts.chunks())


# ------------------------------------------------------------------------------------------ the reference


def _by_numpy(texts: Utf8, size: int) -> Texts:
    plains = [plain_form(texts.text(row)) for row in range(len(texts))]
    encoded = [plain.encode() for plain in plains]
    plain = _bytes(b"\n".join([*encoded, b""]))
    form = _bytes("\n".join([*plains, ""]).casefold().encode())
    starts, ends = kernel.word_spans(form)
    hashes = kernel.word_hashes(form, starts, ends)
    closes = np.cumsum([len(text) + 1 for text in encoded])
    word_offsets = np.concatenate([[0], np.searchsorted(starts, closes)]).astype(np.int64)
    letters, letter_ends = _letters(form, starts, ends)
    letter_offsets = np.concatenate([[0], letter_ends + 1])[word_offsets].astype(np.int64)
    grams, gram_offsets = _grams(hashes, word_offsets, size)
    flags = _flags(plain, form, starts, ends, word_offsets)
    return Texts(
        letters=letters,
        letter_offsets=letter_offsets,
        words=hashes,
        ends=(letter_ends - np.repeat(letter_offsets[:-1], np.diff(word_offsets))).astype(np.int32),
        flags=flags,
        word_offsets=word_offsets,
        grams=grams,
        gram_offsets=gram_offsets,
        cased=_cased(flags, word_offsets),
    )


def _letters(form: U8, starts: I64, ends: I64) -> tuple[U8, I64]:
    lengths = ends - starts
    word_ends = np.cumsum(lengths + 1) - 1
    source = np.arange(int(lengths.sum()) + len(lengths)) - np.repeat(word_ends - lengths - starts, lengths + 1)
    letters = form[source]
    letters[word_ends] = ord(" ")
    return letters, word_ends.astype(np.int64)


def _flags(plain: U8, form: U8, starts: I64, ends: I64, word_offsets: I64) -> U8:
    flags = np.zeros(len(starts), dtype=np.uint8)
    if not len(starts):
        return flags
    for flag, places, bounds in (
        (FIGURE, np.flatnonzero(_IS_DIGIT[form]), ends),
        (CAPITAL, np.flatnonzero(plain != form), np.minimum(ends, starts + _HEAD_BYTES)),
    ):
        word = np.searchsorted(starts, places, side="right") - 1
        flags[word[(word >= 0) & (places < bounds[word])]] |= flag
    stops = np.flatnonzero(_SENTENCE_END[plain])
    word = np.searchsorted(starts, stops, side="right")
    is_between = (word < len(starts)) & ((word == 0) | (stops >= ends[word - 1]))
    flags[word[is_between]] |= FIRST
    opens = word_offsets[:-1]
    flags[opens[opens < word_offsets[1:]]] |= FIRST
    return flags


def _cased(flags: U8, word_offsets: I64) -> Mask:
    capitals = np.flatnonzero((flags & CAPITAL) != 0)
    counts = np.diff(np.searchsorted(capitals, word_offsets))
    found: Mask = counts * _CASED_SHARE > np.diff(word_offsets)
    return found


def _grams(hashes: U64, word_offsets: I64, size: int) -> tuple[U64, I64]:
    counts = np.diff(word_offsets)
    made = np.where(counts > size, counts - size + 1, np.minimum(counts, 1))
    offsets = np.concatenate([[0], np.cumsum(made)]).astype(np.int64)
    rows = np.repeat(np.arange(len(counts)), made)
    firsts = np.arange(offsets[-1]) - np.repeat(offsets[:-1] - word_offsets[:-1], made)
    widths = np.minimum(counts, size)[rows]
    grams = hashes[firsts]
    for k in range(1, size):
        inside = np.flatnonzero(widths > k)
        grams[inside] = grams[inside] * kernel.GRAM + hashes[firsts[inside] + k]
    return kernel.splitmix64(grams), offsets


# ------------------------------------------------------------------------------------------ the compiled kernel


@cache
def _forms() -> Forms:
    return Forms()


def _compiled(texts: Utf8, size: int, library: Library) -> Texts:
    texts, forms = _with_known_forms(texts, library)
    n = len(texts)
    room = int(texts.offsets[-1] - texts.offsets[0]) + 16 * n + 64
    while True:
        letters, words = np.empty(room + 8, dtype=np.uint8), np.empty(room // 2 + 1, dtype=np.uint64)
        ends, flags = np.empty(room // 2 + 1, dtype=np.int32), np.empty(room // 2 + 1, dtype=np.uint8)
        letter_offsets, word_offsets = np.empty(n + 1, dtype=np.int64), np.empty(n + 1, dtype=np.int64)
        places = (letters, room, letter_offsets, words, ends, flags, word_offsets)
        if library.call("apart", texts.data, texts.offsets, n, forms.table, forms.pool, *places) == n:
            break
        room *= 4  # one character can become eleven times its bytes
    total = int(word_offsets[-1])
    grams, gram_offsets = np.empty(total, dtype=np.uint64), np.empty(n + 1, dtype=np.int64)
    library.call("grams", words, word_offsets, n, size, grams, gram_offsets)
    return Texts(
        letters=letters[: letter_offsets[-1]],
        letter_offsets=letter_offsets,
        words=words[:total],
        ends=ends[:total],
        flags=flags[:total],
        word_offsets=word_offsets,
        grams=grams[: gram_offsets[-1]],
        gram_offsets=gram_offsets,
        cased=_cased(flags[:total], word_offsets),
    )


def _with_known_forms(texts: Utf8, library: Library) -> tuple[Utf8, Forms]:
    """Return the texts in NFC and a table with the forms of all their characters."""
    forms = _forms()
    status = np.empty(len(texts), dtype=np.uint8)
    library.call("scan", texts.data, texts.offsets, len(texts), forms.table, status)
    rows = np.flatnonzero(status).tolist()
    changed: dict[int, bytes] = {}
    for row in rows:
        text = texts.text(row)
        normal = forms.normalised(text)
        if normal != text:
            changed[row] = normal.encode()
    if not changed:
        return texts, forms
    spans = zip(texts.offsets[:-1].tolist(), texts.offsets[1:].tolist(), strict=True)
    parts = [
        changed[row] if row in changed else texts.data[low:high].tobytes() for row, (low, high) in enumerate(spans)
    ]
    return Utf8(data=_bytes(b"".join(parts)), offsets=_offsets([len(part) for part in parts])), forms


_POINTED = ("words", "grams", "word_offsets", "gram_offsets", "letter_offsets", "ends", "flags", "letters", "cased")


class TextsPointer(ctypes.Structure):
    """:class:`Texts` as the compiled kernel takes it; the arrays must outlive it."""

    _fields_ = tuple((name, ctypes.c_void_p) for name in _POINTED)

    @classmethod
    def of(cls, texts: Texts) -> TextsPointer:
        """Return where the arrays of ``texts`` are."""
        return cls(*(getattr(texts, name).ctypes.data for name in _POINTED))


def _bytes(data: Any) -> U8:  # noqa: ANN401 - bytes or an Arrow buffer; None: no byte at all
    return np.frombuffer(data, dtype=np.uint8) if data is not None and len(data) else np.empty(0, dtype=np.uint8)


def _offsets(sizes: Sequence[int] | I64) -> I64:
    return np.concatenate([[0], np.cumsum(np.asarray(sizes, dtype=np.int64))]).astype(np.int64)
