"""The comparison form of every character met so far, as a table the compiled kernel reads."""

from __future__ import annotations

import threading
import unicodedata
from collections.abc import Iterable

import numpy as np

from pipeline.dedup.kernel import U8, U32
from pipeline.dedup.normalise import may_combine, plain_and_folded

_COMBINES = 1 << 31
_COMMON = (
    *range(0x80, 0x300),  # Latin
    *range(0x370, 0x483),  # Greek, Cyrillic
    *range(0x2000, 0x2070),  # dashes, quotes, blanks
    0x20AC,
    0x2122,
    0xFFFD,
)


class Forms:
    """``table``: uint32 a code point, the place of its form in ``pool``, 0 where it was not met yet.

    A form lies in ``pool`` as its number of bytes, the plain form, the comparison form. The highest bit of a place
    tells that the character may combine with another, so that its text must be in NFC first.
    """

    def __init__(self) -> None:
        self.table: U32 = np.zeros(0x200000, dtype=np.uint32)  # what four bytes of UTF-8 can say; the system maps pages
        self.pool: U8 = np.zeros(1 << 16, dtype=np.uint8)
        self._used = 1
        self._lock = threading.Lock()
        self.learn(map(chr, _COMMON))

    def learn(self, characters: Iterable[str]) -> None:
        """Enter ``characters``; those already there stay."""
        with self._lock:
            for character in characters:
                if not self.table[ord(character)]:
                    self._enter(character)

    def normalised(self, text: str) -> str:
        """Return ``text`` in NFC, all of its characters entered."""
        normal = unicodedata.normalize("NFC", text)
        self.learn(set(normal))
        return normal

    def _enter(self, character: str) -> None:
        plain, folded = plain_and_folded(character)
        entry = np.frombuffer(bytes([len(plain)]) + plain + folded, dtype=np.uint8)
        end = self._used + len(entry)
        if end > len(self.pool):
            # A larger copy: a kernel that runs meanwhile in another thread goes on reading the old one.
            self.pool = np.concatenate([self.pool, np.zeros_like(self.pool)])
        self.pool[self._used : end] = entry
        self.table[ord(character)] = self._used | (_COMBINES if may_combine(character) else 0)
        self._used = end
