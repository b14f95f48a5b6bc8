"""What is counted of a text to tell its language: letters by script, and words that are common in each language.

The compiled kernel counts where there is one; the Python code beside it is the reference.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.clean import signs
from pipeline.clean.compiled import LIBRARY
from pipeline.clean.known_words import KnownWords, Remembered, codes_of
from pipeline.compiled import Library
from pipeline.words.lexicon import Lexicon

Ints = NDArray[np.int64]

# First code point of a block and its script; empty where no language here is written in it.
_BLOCKS = (
    *((0x0041, "Latin"), (0x0370, "Greek"), (0x0400, "Cyrillic"), (0x0530, ""), (0x0590, "Hebrew"), (0x0600, "Arabic")),
    *((0x0700, ""), (0x0750, "Arabic"), (0x0780, ""), (0x0900, "Devanagari"), (0x0980, "Bengali"), (0x0A00, "")),
    *((0x0E00, "Thai"), (0x0E80, ""), (0x1100, "Hangul"), (0x1200, ""), (0x1E00, "Latin"), (0x1F00, "Greek")),
    *((0x2000, ""), (0x3040, "Kana"), (0x3100, ""), (0x3130, "Hangul"), (0x3190, ""), (0x3400, "Han"), (0xA000, "")),
    *((0xAC00, "Hangul"), (0xD7B0, ""), (0xF900, "Han"), (0xFB00, ""), (0xFB50, "Arabic"), (0xFE00, "")),
    *((0xFE70, "Arabic"), (0xFF00, ""), (0xFF66, "Kana"), (0xFFA0, "")),
)


class Counts(NamedTuple):
    """Letters by script, most scripts left out that have none; words; and what these say of the lexicon's languages.

    ``shared`` counts the words common in each two languages, and on its diagonal those of each one: int64, shape
    (languages, languages). ``kin`` counts the words of neighbours that would pass for each language: int64, shape
    (languages).
    """

    letters: Counter[str]
    words: int
    shared: Ints
    kin: Ints


def count(text: str, lexicon: Lexicon) -> Counts:
    """Return what is counted of ``text``, the languages in the order of the lexicon."""
    if LIBRARY is not None:
        return _compiled(LIBRARY, text, lexicon)
    stopwords, kin = _bits_of(lexicon)
    words, languages = signs.folded_words(text), len(lexicon.languages)
    shared = _shared(filter(None, map(stopwords.get, words)), languages)
    of_kin = _shared(filter(None, map(kin.get, words)), languages)
    return Counts(_by_script(_letters(text)), len(words), shared, of_kin.diagonal())


def _letters(text: str) -> Sequence[int]:
    """Return how many letters each block has."""
    codes = signs.codes_of(text)
    letters = codes[(signs.classes(codes) & signs.ALPHA) != 0]
    counted: list[int] = np.bincount(_block_of().take(letters), minlength=len(_BLOCKS)).tolist()
    return counted


def _by_script(letters: Iterable[int]) -> Counter[str]:
    counted: Counter[str] = Counter()
    for place, count in enumerate(letters):
        if count:
            counted[_BLOCKS[place][1]] += count
    return counted


def _shared(found: Iterable[int], languages: int) -> Ints:
    """Return how many words each two languages have of those ``found``, told by their languages as bits."""
    counted = np.zeros((languages, languages), np.int64)
    for bits, times in Counter(found).items():
        own = signs.places(bits)
        counted[np.ix_(own, own)] += times
    return counted


@cache
def _block_of() -> NDArray[np.uint8]:
    """Return the place in the blocks of every code point."""
    starts = [0, *(start for start, _ in _BLOCKS[1:]), 0x110000]
    return np.repeat(np.arange(len(_BLOCKS), dtype=np.uint8), np.diff(starts))


@lru_cache(maxsize=4)
def _bits_of(lexicon: Lexicon) -> tuple[Mapping[str, int], Mapping[str, int]]:
    """Return the languages in which each stopword is common, and those it is a neighbour's word for, as bits."""
    stopwords: dict[str, int] = {}
    kin: dict[str, int] = {}
    for place, language in enumerate(lexicon.languages.values()):
        for found, words in ((stopwords, language.stopwords), (kin, language.kin)):
            for word in words:
                found[word] = found.get(word, 0) | 1 << place
    return stopwords, kin


class _Tables:
    """The words of all languages as the kernel finds them, and the languages of each as bits."""

    def __init__(self, library: Library, stopwords: Mapping[str, int], kin: Mapping[str, int]) -> None:
        self.known = KnownWords(library, stopwords, kin)
        self.stopwords, self.kin = (
            np.array([own.get(word, 0) for word in self.known.words], np.uint64) for own in (stopwords, kin)
        )


_TABLES = Remembered(_Tables)


def _compiled(library: Library, text: str, lexicon: Lexicon) -> Counts:
    tables, languages = _TABLES.of(library, *_bits_of(lexicon)), len(lexicon.languages)
    letters = np.zeros(len(_BLOCKS), np.int64)
    shared, kin = np.zeros((languages, languages), np.int64), np.zeros(languages, np.int64)
    words = library.call(
        *("count_languages", signs.class_table(), _block_of(), signs.small_letters(), codes_of(text), len(text)),
        *(tables.known.table, tables.stopwords, tables.kin, languages, letters, shared, kin),
    )
    return Counts(_by_script(letters.tolist()), words, shared, kin)
