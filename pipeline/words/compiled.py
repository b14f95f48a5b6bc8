"""The compiled kernel of the rules, if the install could build it: ``kernel.c``.

It finds what the Python beside it finds, which stays the reference; :data:`LIBRARY` is chosen once, at import.
"""

from __future__ import annotations

from pipeline.compiled import kernel_of

FUNCTIONS = ("index_needles", "find_needles")
NUMBERS = ("find_needles",)
LIBRARY = kernel_of("words", FUNCTIONS, numbers=NUMBERS)
