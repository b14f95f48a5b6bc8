"""The compiled kernel of deduplication, if the install could build it: ``kernel.c``.

It gives the same numbers as the numpy code beside it, which stays the reference; :data:`LIBRARY` is chosen once, at
import.
"""

from __future__ import annotations

from pipeline.compiled import kernel_of

FUNCTIONS = (
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
LIBRARY = kernel_of("dedup", FUNCTIONS, numbers=("apart", "meet"))
