"""The compiled kernel of cleaning, if the install could build it: ``kernel.c``.

It gives the same numbers as the Python beside it, which stays the reference; :data:`LIBRARY` is chosen once, at import.
"""

from __future__ import annotations

from pipeline.compiled import kernel_of

FUNCTIONS = (
    *("fold", "count_words", "index_words", "features", "sums", "chain", "strongest", "cosines", "candidates"),
    *("close_page", "overlaps", "find_seams", "count_languages", "glance_at"),
    *("tree_room", "render_tree", "html_features"),
)
NUMBERS = ("fold", "count_words", "count_languages", "features", "candidates", "tree_room", "html_features")
LIBRARY = kernel_of("clean", FUNCTIONS, numbers=NUMBERS)
