"""The language of a text, from its script and its commonest words; None unless sure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

from pipeline.clean import signs
from pipeline.words.lexicon import Language, Lexicon

MAX_LOOKED_AT_CHARS = 2_000
_MIN_LETTERS = 60  # two lines of a caption; under it a text is often a list of names
_MIN_UNSPACED_LETTERS = 20
_MIN_SCRIPT_SHARE = 0.7  # a page with less of one script is mixed
# A Japanese sentence has a third to a half kana; a Chinese one none, but for a brand name.
_MIN_KANA_SHARE, _MAX_KANA_SHARE = 0.15, 0.03
_MIN_HAN_STOPWORDS = 0.06
# Prose of the labelled pages has a stopword share of 0.13 (Turkish, Zulu) to 0.45; two languages that share words
# are told apart by those they do not share, and Danish still shows half as many words of Norwegian as of its own.
_MIN_STOPWORDS, _MIN_HITS, _MIN_MARGIN, _MIN_AHEAD = 0.12, 5, 1.5, 2
_MAX_KIN = 0.02  # more words of a neighbour without a file (Catalan, Slovak, Bulgarian) and the text may be in it
# First code point of a block and its script; empty where no language here is written in it.
_BLOCKS = (
    *((0x0041, "Latin"), (0x0370, "Greek"), (0x0400, "Cyrillic"), (0x0530, ""), (0x0590, "Hebrew"), (0x0600, "Arabic")),
    *((0x0700, ""), (0x0750, "Arabic"), (0x0780, ""), (0x0900, "Devanagari"), (0x0980, "Bengali"), (0x0A00, "")),
    *((0x0E00, "Thai"), (0x0E80, ""), (0x1100, "Hangul"), (0x1200, ""), (0x1E00, "Latin"), (0x1F00, "Greek")),
    *((0x2000, ""), (0x3040, "Kana"), (0x3100, ""), (0x3130, "Hangul"), (0x3190, ""), (0x3400, "Han"), (0xA000, "")),
    *((0xAC00, "Hangul"), (0xD7B0, ""), (0xF900, "Han"), (0xFB00, ""), (0xFB50, "Arabic"), (0xFE00, "")),
    *((0xFE70, "Arabic"), (0xFF00, ""), (0xFF66, "Kana"), (0xFFA0, "")),
)


def detect_language(text: str, lexicon: Lexicon) -> str | None:
    """Return the ISO 639-1 code of the language ``text`` is written in, or None where it is short, mixed or unknown.

    Looks at the first 2,000 characters only.
    """
    head = text[:MAX_LOOKED_AT_CHARS]
    scripts = _letters_by_script(head)
    total = sum(scripts.values())
    if total < _MIN_UNSPACED_LETTERS:
        return None
    east = scripts["Han"] + scripts["Kana"]
    if east >= _MIN_SCRIPT_SHARE * total:
        return _east_asian(head, scripts["Kana"] / east, lexicon)
    script, letters = scripts.most_common(1)[0]
    if letters < _MIN_SCRIPT_SHARE * total:
        return None
    if script in {"Hangul", "Thai"}:
        languages, _ = _written_in(script, lexicon)
        return languages[0].code if len(languages) == 1 else None
    return _by_stopwords(head, script, lexicon) if letters >= _MIN_LETTERS else None


def _letters_by_script(text: str) -> Counter[str]:
    codes = signs.codes_of(text)
    letters = codes[(signs.classes(codes) & signs.ALPHA) != 0]
    counted: Counter[str] = Counter()
    for (_, script), count in zip(_BLOCKS, np.bincount(_block_of().take(letters)).tolist(), strict=False):
        if count:
            counted[script] += count
    return counted


@cache
def _block_of() -> NDArray[np.uint8]:
    """Return the place in :data:`_BLOCKS` of every code point."""
    starts = [0, *(start for start, _ in _BLOCKS[1:]), 0x110000]
    return np.repeat(np.arange(len(_BLOCKS), dtype=np.uint8), np.diff(starts))


def _east_asian(text: str, kana_share: float, lexicon: Lexicon) -> str | None:
    if kana_share >= _MIN_KANA_SHARE:
        return "ja" if "ja" in lexicon.languages else None
    chinese = lexicon.languages.get("zh")
    if kana_share > _MAX_KANA_SHARE or chinese is None:
        return None
    letters = re.sub(r"[\W\d_]+", "", text)
    common = sum(letters.count(sign) for sign in chinese.stopwords if len(sign) == 1)
    return "zh" if common >= _MIN_HAN_STOPWORDS * len(letters) else None


def _by_stopwords(text: str, script: str, lexicon: Lexicon) -> str | None:
    """Return the language whose stopwords fill the text, if they part it from every other and from its neighbours."""
    languages, stopwords = _written_in(script, lexicon)
    if not languages:
        return None
    words = signs.folded_words(text)
    total = len(words)
    found = Counter(filter(None, map(stopwords.get, words)))
    hits = _counted(found, len(languages))
    best = max(range(len(languages)), key=lambda i: (hits[i], languages[i].code))
    if hits[best] < max(_MIN_STOPWORDS * total, _MIN_HITS):
        return None
    if sum(map(languages[best].kin.__contains__, words)) > _MAX_KIN * total:
        return None
    shared = _counted({bits: count for bits, count in found.items() if bits >> best & 1}, len(languages))
    is_near = any(
        hits[best] - both < _MIN_MARGIN * (own - both) + _MIN_AHEAD
        for i, (own, both) in enumerate(zip(hits, shared, strict=True))
        if i != best
    )
    return None if is_near else languages[best].code


def _counted(found: Mapping[int, int], count: int) -> list[int]:
    """Return how many words each of ``count`` languages has of those ``found``, told by their languages as bits."""
    counted = [0] * count
    for bits, times in found.items():
        for place in signs.places(bits):
            counted[place] += times
    return counted


@lru_cache(maxsize=32)
def _written_in(script: str, lexicon: Lexicon) -> tuple[tuple[Language, ...], dict[str, int]]:
    """Return the languages of a script, and which of them each stopword is common in, as bits."""
    languages = tuple(language for language in lexicon.languages.values() if language.script == script)
    stopwords: dict[str, int] = {}
    for i, language in enumerate(languages):
        for word in language.stopwords:
            stopwords[word] = stopwords.get(word, 0) | 1 << i
    return languages, stopwords
