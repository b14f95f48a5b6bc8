"""Guesses at an encoding nobody named, and how odd a decoding looks.

Two detectors that fail at different pages: Resiliparse's (uchardet) is right on Turkish, charset-normalizer on Korean.
Which of their guesses is right is decided by what wrong letters do: signs inside words, cases and scripts mixed in one.
"""

from __future__ import annotations

import re
import unicodedata

from charset_normalizer import from_bytes
from resiliparse.parse.encoding import detect_encoding

_SAMPLE_BYTES = 1 << 15
_SAMPLE_CHARS = 20_000
_MARKUP = re.compile(rb"<(?:script|style)\b.*?</(?:script|style)>|<[^>]{0,2000}>", re.IGNORECASE | re.DOTALL)
_ASCII_RUN = re.compile(rb"[\x00-\x7f]{64,}")
_WORD = re.compile(r"[^\W\d_]+")
_SIGN_IN_WORD = re.compile(
    r"[^\W\d_](?=[\u00a1-\u00bf\u00d7\u00f7\u2013-\u203a\u20ac\u2122\u0192\u02c6\u02dc])"
    r"[\u00a1-\u00a9\u00ab-\u00b6\u00b8\u00b9\u00bb-\u00bf\u00d7\u00f7\u201a\u201e-\u2022\u2026-\u203a\u20ac\u2122\u0192\u02c6\u02dc]+[^\W\d_]"
    # Greek capital alpha with accent lies elsewhere in ISO 8859-7 than in Windows-1253.
    r"|(?<![^\W\d_])[\u00b6\u2019](?=[\u03ac-\u03ce]{2})"
)
_NEVER = re.compile("[\x80-\x84\x86-\x9f\ufffd\ue000-\uf8ff\u2500-\u259f]")
_HALF_KATAKANA = re.compile("[\uff61-\uff9f]")
# Letters of the languages that ISO 8859-1 was made for, without those that stand in for other alphabets' letters.
_WESTERN = frozenset("àáâãäåæçèéêëìíîïñòóôõöøùúûüßœÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜŒŸÿªº")
_ICELANDIC, _TURKISH_AS_ICELANDIC = frozenset("áíúæÁÍÚÆ"), frozenset("ðþýÐÞÝ")
_ASCII = bytes(range(128))
# With fewer bytes beyond ASCII the detectors guess at random; Windows-1252 is by far the commonest.
_SCANT = 12
# The same alphabet on other places: the detectors often name the one for the other.
_SIBLINGS = {
    "iso8859-7": "cp1253",
    "iso8859-2": "cp1250",
    "iso8859-8": "cp1255",
    "iso8859-6": "cp1256",
    "iso8859-5": "cp1251",
}
_WIDER = {
    "euc_kr": "cp949",
    "uhc": "cp949",
    "shift_jis": "cp932",
    "gbk": "gb18030",
    "gb2312": "gb18030",
    "big5": "big5hkscs",
}


def guesses(data: bytes) -> list[str]:
    """Return the encodings (Python names) that the detectors hold possible, surest first."""
    sample = telling(data)
    found = ["cp1252"] if len(sample.translate(None, _ASCII)) < _SCANT else []
    found.append(_name(detect_encoding(sample, html5_compatible=True)))
    matches = from_bytes(sample, steps=5, chunk_size=512, preemptive_behaviour=False, enable_fallback=False)
    found += [_name(match.encoding) for match in list(matches)[:4]]
    found = [sibling for name in found for sibling in (name, _SIBLINGS.get(name, name))]
    return [name for name in dict.fromkeys(found) if name and not name.startswith("utf")]


def telling(data: bytes) -> bytes:
    """Return the part of ``data`` that tells its encoding: markup and long ASCII runs out, 32 KiB at most."""
    text = _MARKUP.sub(b" ", data) if b"<" in data[:4096] else data
    return _ASCII_RUN.sub(lambda run: run[0][:32] + b" " + run[0][-32:], text[: 16 * _SAMPLE_BYTES])[:_SAMPLE_BYTES]


def oddness(text: str) -> float:
    """Return the share of oddities among the words with letters beyond ASCII, 0 to about 1.

    An oddity is a sign inside a word, a word that changes case or script, a control, private or unassigned character.
    """
    sample = _telling_text(text)
    words = [word for word in _WORD.findall(sample) if not word.isascii()]
    odd = sum(map(_is_odd, words)) + len(_SIGN_IN_WORD.findall(sample)) + len(_NEVER.findall(sample))
    odd += len(_HALF_KATAKANA.findall(sample)) // 2
    odd += sum(unicodedata.category(char) == "Cn" for char in set(sample)) * 5
    return odd / max(len(words), 1)


def makes_sense(text: str) -> bool:
    """Whether text read as Windows-1252 has the letters of a language written in it, in such words and numbers."""
    sample = _telling_text(text)
    letters = [char for char in sample if char.isalpha()]
    beyond = [char for char in letters if not char.isascii()]
    if not beyond:
        return oddness(sample) < 0.06
    sensible = _WESTERN | _TURKISH_AS_ICELANDIC if _ICELANDIC.intersection(beyond) else _WESTERN
    usual = sum(char in sensible for char in beyond) / len(beyond)
    return usual > 0.95 and len(beyond) < 0.3 * len(letters) and oddness(sample) < 0.06


def _telling_text(text: str) -> str:
    return re.sub(r"<[^>]{0,2000}>", " ", text[: 8 * _SAMPLE_CHARS])[:_SAMPLE_CHARS]


def _is_odd(word: str) -> bool:
    if len({_script(char) for char in word} - {""}) > 1:
        return True
    return word.lower() != word.upper() and not (word.islower() or word.isupper() or word[1:].islower())


def _script(char: str) -> str:
    """Return the script of a letter where mixing it in a word is a sign of wrong letters, else an empty string."""
    code = ord(char)
    if code < 0x250 or 0x1E00 <= code < 0x1F00:
        return "latin" if char not in "ªºµ" else ""
    for end, name in _SCRIPTS:
        if code < end:
            return name
    return ""


_SCRIPTS = (
    (0x370, ""),
    (0x400, "greek"),
    (0x530, "cyrillic"),
    (0x590, ""),
    (0x600, "hebrew"),
    (0x780, "arabic"),
    (0x1F00, ""),
    (0x2000, "greek"),
)


def _name(encoding: str | None) -> str:
    if encoding is None:
        return ""
    name = encoding.lower()
    return _WIDER.get(name, _WIDER.get(name.replace("-", "_"), name))
