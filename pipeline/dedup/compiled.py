"""The compiled kernel, if the install could build it: ``kernel.c`` loaded through ctypes.

It gives the same numbers as the numpy code beside it, which stays the reference; :data:`LIBRARY` is chosen once, at
import. ``BROADSHEET_KERNEL=numpy`` leaves it aside, to compare the two.
"""

from __future__ import annotations

import ctypes
import os
from pathlib import Path
from typing import Any

import numpy as np

_FILE = Path(__file__).with_name("_kernel.so")
_FUNCTIONS = (
    "scan",
    "apart",
    "grams",
    "signatures",
    "sample_keys",
    "post",
    "meet",
    "overlaps",
    "kept_words",
    "matters",
    "marks",
    "scans",
)


class Library:
    """The functions of the compiled kernel; arrays are handed over as they lie in memory, whole numbers as 64 bits."""

    def __init__(self, path: Path) -> None:
        loaded = ctypes.CDLL(str(path))
        self._functions = {name: getattr(loaded, name) for name in _FUNCTIONS}
        for name, function in self._functions.items():
            function.restype = ctypes.c_int64 if name in {"apart", "meet"} else None

    def call(self, name: str, *values: Any) -> int:  # noqa: ANN401 - arrays, numbers and structures
        """Return what the function gives back (0 for none); arrays must be contiguous and of the type it reads."""
        return int(self._functions[name](*map(_argument, values)) or 0)


def _argument(value: Any) -> Any:  # noqa: ANN401 - as in call
    if isinstance(value, np.ndarray):
        if not value.flags.c_contiguous:
            raise TypeError("an array for the compiled kernel must be contiguous")
        return ctypes.c_void_p(value.ctypes.data)
    if value is None:
        return ctypes.c_void_p(None)
    if isinstance(value, np.uint64):
        return ctypes.c_uint64(int(value))
    if isinstance(value, float):
        return ctypes.c_double(value)
    if isinstance(value, ctypes.Structure):
        return ctypes.byref(value)
    return ctypes.c_int64(value)


def load(path: Path = _FILE) -> Library | None:
    """Return the compiled kernel at ``path``, None where there is none or this machine cannot load it."""
    try:
        return Library(path)
    except (OSError, AttributeError):  # not built; built for another machine; built from an older source
        return None


def describe() -> str:
    """Return which kernel is at work."""
    return "numpy" if LIBRARY is None else "compiled"


LIBRARY = None if os.environ.get("BROADSHEET_KERNEL") == "numpy" else load()
