"""The language of a text, from its script and its commonest words; None unless sure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from operator import itemgetter

from pipeline.clean.language_counts import Counts, count
from pipeline.words.lexicon import Lexicon

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


def detect_language(text: str, lexicon: Lexicon) -> str | None:
    """Return the ISO 639-1 code of the language ``text`` is written in, or None where it is short, mixed or unknown.

    Looks at the first 2,000 characters only.
    """
    head = text[:MAX_LOOKED_AT_CHARS]
    counts = count(head, lexicon)
    scripts = counts.letters
    total = sum(scripts.values())
    if total < _MIN_UNSPACED_LETTERS:
        return None
    east = scripts["Han"] + scripts["Kana"]
    if east >= _MIN_SCRIPT_SHARE * total:
        return _east_asian(head, scripts["Kana"] / east, lexicon)
    script, letters = max(scripts.items(), key=itemgetter(1))
    if letters < _MIN_SCRIPT_SHARE * total:
        return None
    if script in {"Hangul", "Thai"}:
        written = _written_in(script, lexicon)
        return next(iter(written)) if len(written) == 1 else None
    return _by_stopwords(counts, script, lexicon) if letters >= _MIN_LETTERS else None


def _east_asian(text: str, kana_share: float, lexicon: Lexicon) -> str | None:
    if kana_share >= _MIN_KANA_SHARE:
        return "ja" if "ja" in lexicon.languages else None
    chinese = lexicon.languages.get("zh")
    if kana_share > _MAX_KANA_SHARE or chinese is None:
        return None
    letters = re.sub(r"[\W\d_]+", "", text)
    common = sum(letters.count(sign) for sign in chinese.stopwords if len(sign) == 1)
    return "zh" if common >= _MIN_HAN_STOPWORDS * len(letters) else None


def _by_stopwords(counts: Counts, script: str, lexicon: Lexicon) -> str | None:
    """Return the language whose stopwords fill the text, if they part it from every other and from its neighbours."""
    written = _written_in(script, lexicon)
    if not written:
        return None
    said = counts.shared.diagonal().tolist()
    hits, best = max([(said[i], code) for code, i in written.items()])
    if hits < max(_MIN_STOPWORDS * counts.words, _MIN_HITS) or counts.kin[written[best]] > _MAX_KIN * counts.words:
        return None
    both = counts.shared[written[best]].tolist()
    for code, i in written.items():
        if code != best and hits - both[i] < _MIN_MARGIN * (said[i] - both[i]) + _MIN_AHEAD:
            return None
    return best


@lru_cache(maxsize=32)
def _written_in(script: str, lexicon: Lexicon) -> Mapping[str, int]:
    """Return the languages of a script by code, each with its place in the lexicon."""
    return {code: i for i, (code, own) in enumerate(lexicon.languages.items()) if own.script == script}
