"""What the characters of a page are, looked up for all of them at once: a regular expression a line costs ten times it.

A class of characters is a bit; :func:`classes` gives the bits of each character of a text as an array.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from pipeline.clean import known_words
from pipeline.clean.compiled import LIBRARY
from pipeline.compiled import Library
from pipeline.text import UNSPACED, fold
from pipeline.words.lexicon import MARKS, fold_word

Codes = NDArray[np.uint32]
Bits = NDArray[np.uint16]

WORD, ALPHA, UPPER, DIGIT, SPACE, COMMA, QUOTE, MONEY = (1 << place for place in range(8))
STOP, EAST_STOP, CLOSER, JOINER, SINGLE, LETTER, SMALL, FIGURE = (1 << place for place in range(8, 16))
_SIGNS = {
    SPACE: " \n",
    COMMA: ",،，、",
    QUOTE: '"“”„«»「『‘',
    MONEY: "$€£¥₹%",
    STOP: ".!?。！？؟",
    EAST_STOP: "。！？",
    CLOSER: '”"',
    JOINER: "'’.,-",
}
_BLANK, _LINE_END = 32, 10
_RANGE = re.compile("(.)(?:-(.))?")  # of a class of characters
_UNSPACED = re.compile(f"[{UNSPACED}]")
_FEW = 400  # characters; below, the arrays cost more than they save
_TABLED = 0x3000  # code points below it are lowered by a table: letters of all scripts with cases, dashes and quotes
_CASED = 0x20000
_JAMO = range(0x1100, 0x1200)  # they join to syllables


def codes_of(text: str) -> Codes:
    """Return the code points of ``text``: uint32, shape (characters)."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


def classes(codes: Codes) -> Bits:
    """Return the classes of each code point as bits: uint16, the shape of ``codes``."""
    return class_table().take(codes)


@cache
def class_table() -> Bits:
    """Return the bits of every code point, as Python's own ``str`` methods and ``re`` tell them."""
    signs = np.arange(0x110000, dtype=np.uint32).view("U1")
    table = np.zeros(len(signs), np.uint16)
    tests = ((WORD, np.strings.isalnum), (ALPHA, np.strings.isalpha), (DIGIT, np.strings.isdecimal))
    cases = ((UPPER, np.strings.isupper), (SMALL, np.strings.islower), (FIGURE, np.strings.isdigit))
    for bit, holds in (*tests, *cases):
        table[holds(signs)] |= bit
    table[np.strings.istitle(signs) & ~np.strings.isupper(signs)] |= SMALL  # the titlecase of two letters in one: ǅ
    for bit, members in _SIGNS.items():
        table[[ord(sign) for sign in members]] |= bit
    for first, last in zip(UNSPACED[::3], UNSPACED[2::3], strict=True):
        table[ord(first) : ord(last) + 1] |= SINGLE
    table[(table & (WORD | DIGIT)) == WORD] |= LETTER
    for first, last in _RANGE.findall(MARKS):
        table[ord(first) : ord(last or first) + 1] |= LETTER
    return table


@cache
def small_signs() -> Codes:
    """Return what case folding and NFKC make of each code point below 0x3000, as ``kernel.c`` reads it: uint32.

    A second sign stands 16 bits above the first; three points are a blank. 0 is for those that are lowered otherwise
    beside others, or to more than two signs: texts that have one are lowered by Python.
    """
    return np.array([_small(chr(code)) for code in range(_TABLED)], np.uint32)


@cache
def small_letters() -> NDArray[np.uint64]:
    """Return what ``str.casefold`` makes of each code point below 0x20000, as ``kernel.c`` reads it: uint64.

    That are three letters at most, each 21 bits above the one before; above, nothing has a case.
    """
    table = np.arange(_CASED, dtype=np.uint64)
    for code in np.flatnonzero(class_table()[:_CASED] & (UPPER | SMALL)).tolist():
        table[code] = sum(ord(letter) << 21 * place for place, letter in enumerate(chr(code).casefold()))
    return table


def _small(sign: str) -> int:
    lowered = _lower(sign)
    if len(lowered) > 2 and not any(map(str.isalnum, lowered)):
        lowered = " "
    if unicodedata.category(sign)[0] == "M" or ord(sign) in _JAMO or len(lowered) > 2 or max(lowered) > "\uffff":
        return 0
    return sum(ord(own) << 16 * place for place, own in enumerate(lowered))


def fold_all(texts: Sequence[str]) -> list[str]:
    """Return what :func:`pipeline.text.fold` gives of each of ``texts``, none of which holds a line end.

    >>> fold_all(["“Naïve” — plans,  ready!", "A.", "b", "", "1 2"])
    ['naïve plans ready', 'a', 'b', '', '1 2']
    """
    return [folded for folded, _ in fold_and_measure(texts)]


def fold_and_measure(texts: Sequence[str]) -> list[tuple[str, int]]:
    """Return each of ``texts`` folded, as :func:`fold_all` does, and what :func:`measure` says of that.

    >>> fold_and_measure(["“Naïve” — plans,  ready!", "東京都", ""])
    [('naïve plans ready', 3), ('東京都', 1), ('', 0)]
    """
    if sum(map(len, texts)) < _FEW:
        return [(folded, measure(folded)) for folded in map(fold, texts)]
    if LIBRARY is not None:
        return _compiled(LIBRARY, texts)
    return [(folded, measure(folded)) for folded in _folded("\n".join(map(_lower, texts)))]


def measure(folded: str) -> int:
    """Return the length of a folded text in words; two characters of a script without spaces count as one word."""
    if folded.isascii() or not _UNSPACED.search(folded):
        return folded.count(" ") + 1 if folded else 0
    unspaced = len(_UNSPACED.findall(folded))
    return unspaced // 2 + len(_UNSPACED.sub(" ", folded).split())


def _compiled(library: Library, texts: Sequence[str]) -> list[tuple[str, int]]:
    found = _compiled_folded(library, small_signs(), "\n".join(texts), len(texts))
    return found or _compiled_folded(library, None, "\n".join(map(_lower, texts)), len(texts))


def _compiled_folded(library: Library, small: Codes | None, text: str, lines: int) -> list[tuple[str, int]]:
    """Return each line folded and measured; none where there is a sign that ``small`` does not tell of.

    Without ``small`` the text is in small letters.
    """
    found, sizes = np.empty(2 * len(text), np.uint32), np.empty(lines, np.int64)
    count = library.call("fold", class_table(), small, known_words.codes_of(text), len(text), found, sizes)
    if count < 0:
        return []
    folded = found[:count].tobytes().decode("utf-32-le", "surrogatepass").split("\n")
    return list(zip(folded, sizes.tolist(), strict=True))


def _folded(lowered: str) -> list[str]:
    """Return the words of each line of a text in small letters, a blank between each."""
    codes = codes_of(lowered)
    words = np.where(classes(codes) & WORD, codes, _BLANK)
    words[codes == _LINE_END] = _LINE_END
    held = words != _BLANK
    held[1:] |= held[:-1]
    folded = words[held].tobytes().decode("utf-32-le", "surrogatepass")
    return [line.strip(" ") for line in folded.split("\n")]


def _lower(text: str) -> str:
    return text.lower() if text.isascii() else unicodedata.normalize("NFKC", text).casefold()


def count_words(text: str) -> int:
    """Return how many words :func:`pipeline.text.words` finds in ``text``.

    >>> count_words("It's 3.5 km — 東京")
    5
    """
    return _counted(LIBRARY, text)


def _counted(library: Library | None, text: str) -> int:
    if library is not None:
        return library.call("count_words", class_table(), known_words.codes_of(text), len(text))
    bits = classes(codes_of(f"\n{text}\n"))
    single = (bits & SINGLE) != 0
    spaced = ((bits & WORD) != 0) & ~single
    begins = spaced[1:] & ~spaced[:-1]
    joins = ((bits[1:-1] & JOINER) != 0) & spaced[:-2] & spaced[2:]
    return int(np.count_nonzero(begins) - np.count_nonzero(joins) + np.count_nonzero(single))


def folded_words(text: str) -> list[str]:
    """Return the words of ``text`` without figures and signs, folded, vowel signs and accents inside them.

    >>> folded_words("Ağaç’ta 3 kuş")
    ['ağaç', 'ta', 'kuş']
    """
    codes = codes_of(fold_word(text))
    letters = np.where(classes(codes) & LETTER, codes, _BLANK)
    return letters.tobytes().decode("utf-32-le", "surrogatepass").split()


@cache
def places(bits: int) -> tuple[int, ...]:
    """Return the places of the bits that are set, the lowest first.

    >>> places(0b1011)
    (0, 1, 3)
    """
    return tuple(place for place in range(bits.bit_length()) if bits >> place & 1)
