"""Compiled kernels, where the install could build them: C loaded through ctypes.

A kernel gives the same numbers as the Python beside it, which stays the reference. ``BROADSHEET_KERNEL=numpy`` leaves
all of them aside, to compare the two.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

# What a function of a kernel is handed: arrays, bytes, numbers, structures; None for an array that is left out.
Argument: TypeAlias = np.ndarray[Any, Any] | bytes | np.uint64 | float | int | ctypes.Structure | None

_ROOMS = Path(__file__).parent
# Asked for each argument of each call; found sooner so than through the module.
_byref, _from_buffer, _whole = ctypes.byref, ctypes.c_char.from_buffer, ctypes.c_int64


class Library:
    """The functions of a compiled kernel; arrays are handed over as they lie in memory, whole numbers as 64 bits."""

    def __init__(self, path: Path, functions: Mapping[str, bool]) -> None:
        loaded = ctypes.CDLL(str(path))
        self._functions = {name: getattr(loaded, name) for name in functions}
        for name, gives_number in functions.items():
            self._functions[name].restype = ctypes.c_int64 if gives_number else None

    def call(self, name: str, *values: Argument) -> int:
        """Return what the function gives back (0 for none); arrays must be contiguous and of the type it reads."""
        return int(self._functions[name](*map(_argument, values)) or 0)


def _argument(value: Argument) -> object:
    if isinstance(value, np.ndarray):
        try:
            # Half the time of its address.
            return _byref(_from_buffer(value))  # type: ignore[arg-type]  # numpy does not tell that an array lends its memory
        except (TypeError, ValueError):  # not to be written to, empty, or not contiguous
            return ctypes.c_void_p(address(value))
    if type(value) is int:
        return _whole(value)
    if value is None or isinstance(value, bytes):
        return value
    if isinstance(value, np.uint64):
        return ctypes.c_uint64(int(value))
    if isinstance(value, float):
        return ctypes.c_double(value)
    if isinstance(value, ctypes.Structure):
        return ctypes.byref(value)
    return ctypes.c_int64(value)


def address(array: np.ndarray[Any, Any]) -> int:
    """Return where the numbers of ``array`` lie; they must stay in use for as long as the kernel reads them.

    Raises:
        TypeError: they do not lie one behind another.
    """
    if not array.flags.c_contiguous:
        raise TypeError("an array for the compiled kernel must be contiguous")
    if array.size and array.flags.writeable:
        return ctypes.addressof(_from_buffer(array.data))  # a third of the time that ``array.ctypes`` takes
    return array.ctypes.data


def load(path: Path, functions: Iterable[str], numbers: Iterable[str] = ()) -> Library | None:
    """Return the kernel at ``path``, None where there is none or this machine cannot load it.

    ``numbers`` are those of its ``functions`` that give a number back.
    """
    gives_number = frozenset(numbers)
    try:
        return Library(path, {name: name in gives_number for name in functions})
    except (OSError, AttributeError):  # not built; built for another machine; built from an older source
        return None


def kernel_of(room: str, functions: Iterable[str], numbers: Iterable[str] = ()) -> Library | None:
    """Return the kernel that lies in a room of the pipeline; None also where the environment leaves it aside."""
    if os.environ.get("BROADSHEET_KERNEL") == "numpy":
        return None
    return load(_ROOMS / room / "_kernel.so", functions, numbers)


def describe(library: Library | None) -> str:
    """Return whether a kernel is at work, or the Python beside it."""
    return "numpy" if library is None else "compiled"
