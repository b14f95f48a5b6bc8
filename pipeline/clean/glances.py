"""What one look at all lines of a page tells of each: whether it may be a date line, whether a byline.

The compiled kernel takes that look where there is one; the Python code beside it is the reference.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np

from pipeline.clean.byline_words import BylineWords, byline_words
from pipeline.clean.compiled import LIBRARY
from pipeline.clean.dates import KNOWN, may_be_date_line
from pipeline.clean.known_words import KnownWords, codes_of
from pipeline.clean.lines import Line
from pipeline.compiled import Library
from pipeline.words.lexicon import Lexicon, runs_together

MAY_BE_DATE, MAY_BE_OPENED, MAY_BE_SIGNED = 1, 2, 4  # a byline: by a word that opens it, by others
_IS_UNTOLD = 8  # figures of other scripts are left to Python, and whether a line that may be signed is a sentence
_OF_DATES, _OPENING, _KEY, _EVIDENCE, _UNIT = 1, 2, 4, 8, 16


def glance_at(lines: Sequence[Line], lexicon: Lexicon, library: Library | None = LIBRARY) -> Sequence[int]:
    """Return for each line ``MAY_BE_DATE`` and ``MAY_BE_OPENED`` or ``MAY_BE_SIGNED``, added up; most are neither.

    Of words run together nothing is told: they may be a date and opened. So may a line that neither a letter nor a
    figure of ASCII begins, if it may be signed: what folding makes of its first sign may not be what is printed.

    >>> from pipeline.clean.lines import read_lines
    >>> list(glance_at(read_lines(["The ferry sank", "2 March", "By Ann Lee"]), Lexicon.load()))
    [0, 1, 2]
    """
    words = byline_words(lexicon, None)
    if library is None:
        return [_told(line, lexicon, words) for line in lines]
    asked, vocabulary = np.empty(len(lines), np.uint8), _vocabulary(lexicon, library)
    library.call(
        "glance_at",
        vocabulary.known.table,
        vocabulary.kinds,
        len(lines),
        codes_of("\n".join([*(line.bare for line in lines), ""])),
        codes_of("\n".join([*(line.folded for line in lines), ""])),
        asked,
    )
    found: list[int] = asked.tolist()
    for i, told in enumerate(found):
        if told >= _IS_UNTOLD:
            found[i] = _told(lines[i], lexicon, words)
        elif told >= MAY_BE_SIGNED:
            found[i] = told - MAY_BE_SIGNED + _signed(lines[i].bare, words)
    return found


def _told(line: Line, lexicon: Lexicon, words: BylineWords) -> int:
    if runs_together(line.bare):
        return MAY_BE_DATE | MAY_BE_OPENED
    said = line.words
    told = MAY_BE_DATE if may_be_date_line(said, lexicon) else 0
    if words.may_be_opened(line.bare, said):
        return told | MAY_BE_OPENED
    return told + _signed(line.bare, words) if words.may_be_signed(said) else told


def _signed(text: str, words: BylineWords) -> int:
    """Return how a line that may be signed by its words may be a byline."""
    if words.is_sentence(text):
        return 0
    return MAY_BE_SIGNED if text[0].isascii() and text[0].isalnum() else MAY_BE_OPENED


class _Vocabulary:
    """Words, and what each may be, as the kernel reads them."""

    def __init__(self, library: Library, kinds_by_word: Mapping[str, int]) -> None:
        self.known = KnownWords(library, kinds_by_word)
        self.kinds = np.array([kinds_by_word[word] for word in self.known.words], np.uint8)


@lru_cache(maxsize=8)
def _vocabulary(lexicon: Lexicon, library: Library) -> _Vocabulary:
    words = byline_words(lexicon, None)
    found: dict[str, int] = {}
    for kind, group in (
        (_OF_DATES, lexicon.words | KNOWN),
        (_OPENING, words.folded_openings),
        (_KEY, words.folded_keys),
        (_EVIDENCE, words.folded_evidence),
        (_UNIT, words.folded_units),
    ):
        for word in group:
            found[word] = found.get(word, 0) | kind
    return _Vocabulary(library, found)
