"""Words that the compiled kernel finds by their characters, and what is kept of mappings that never change."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar

import numpy as np

from pipeline.compiled import Library, address

Made = TypeVar("Made")

_MOST = 8  # mappings that are remembered: a process has one or two, tests have more


class _Known(ctypes.Structure):
    """``Known`` of ``kernel.c``."""

    _fields_ = (
        ("words", ctypes.c_char_p),
        ("ends", ctypes.c_void_p),
        ("slots", ctypes.c_void_p),
        ("bits", ctypes.c_void_p),
        ("mask", ctypes.c_int64),
    )


class KnownWords:
    """The words of some mappings in the order of the alphabet, and the table in which the kernel finds them."""

    def __init__(self, library: Library, *mappings: Mapping[str, object]) -> None:
        self.words = sorted(frozenset().union(*mappings))
        slots = np.full(1 << (2 * len(self.words) + 1).bit_length(), -1, np.int32)
        bits = np.zeros(len(slots) // 8 + 1, np.uint32)
        ends = np.cumsum([len(word) for word in self.words], dtype=np.int64)
        codes = codes_of("".join(self.words))
        self.table = _Known(
            words=codes, ends=address(ends), slots=address(slots), bits=address(bits), mask=len(slots) - 1
        )
        self._kept = (codes, ends, slots, bits)  # the table holds no more than where they lie
        library.call("index_words", self.table, len(self.words))


class Remembered(Generic[Made]):
    """What was made of mappings, told by which they are and not by what is in them."""

    def __init__(self, make: Callable[..., Made]) -> None:
        self._make = make
        self._made: dict[tuple[int, ...], tuple[Made, tuple[object, ...]]] = {}

    def of(self, library: Library, *mappings: Mapping[str, Any]) -> Made:
        """Return what is made of ``mappings``, made once; they are kept, so that their numbers stay their own."""
        key = tuple(map(id, mappings))
        found = self._made.get(key)
        if found is None:
            if len(self._made) >= _MOST:
                self._made.clear()
            found = self._made[key] = (self._make(library, *mappings), mappings)
        return found[0]


def codes_of(text: str) -> bytes:
    """Return the code points of ``text`` as the kernel reads them: 32 bits each, the lowest byte first."""
    return text.encode("utf-32-le", "surrogatepass")
