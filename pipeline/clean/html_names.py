"""What class and id of an element say of the lines in it: kinds of page furniture and text, told by the words in them.

The words are data, in ``rules/model/names.toml``. Sites name the same things alike in many languages; what a name
means for a line is for the model to weigh.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise

from pipeline.clean.weights import model_file

_FILE = "names.toml"
_MAX_CHARS = 300  # of a name; utility classes of some kits run to thousands and say nothing
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


@dataclass(frozen=True, slots=True)
class Said:
    """The words of a name in lower case, each once, and the kinds they stand for, as bits."""

    bits: int
    words: tuple[str, ...]


@cache
def names_text() -> str:
    """Return the file of kinds and words, as it stands."""
    return model_file(_FILE)


@cache
def kinds() -> tuple[str, ...]:
    """Return the kinds in the order of their bits."""
    return tuple(tomllib.loads(names_text()))


@cache
def bits_by_word() -> Mapping[str, int]:
    """Return the kinds that each word, or two words together, stand for, as bits."""
    found: dict[str, int] = {}
    for place, words in enumerate(tomllib.loads(names_text()).values()):
        for word in words.split():
            found[word] = found.get(word, 0) | 1 << place
    return found


@lru_cache(maxsize=1 << 14)
def said_by(name: str) -> Said:
    """Return what a name says: class and id as written.

    >>> said_by("storyBody text-md").words
    ('story', 'body', 'text', 'md')
    """
    words = [word.lower() for word in _WORD.findall(name[:_MAX_CHARS])]
    known = bits_by_word()
    bits = 0
    for word in words:
        bits |= known.get(word, 0)
    for first, second in pairwise(words):
        bits |= known.get(first + second, 0)
    return Said(bits, tuple(dict.fromkeys(words)))
