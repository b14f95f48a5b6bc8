"""Text in its comparison form: what two copies of a story still share after typesetting, accents and case are gone.

The form is for comparing only and is never shown. Decisions, each so that a copy stays a copy:

* NFC first (a letter and its mark are one character whatever the source did), then a character at a time: NFKD, marks
  dropped, NFKC. Compatibility forms go (full-width digits, ligatures), accents go (an agency's wire often has none).
* Only *accents and vowel points* are dropped (canonical combining class 10–36 and 200 up: Latin, Greek, Cyrillic,
  Hebrew, Arabic). Vowel signs of Indic scripts, Thai tone marks and the kana voicing marks are letters to their
  readers and stay: without them different words would fall together.
* Format characters (zero-width, soft hyphen, direction marks) and apostrophes vanish, so that ``o<ZWSP>f`` is ``of``
  and ``don’t`` is ``dont``. Dashes and all other signs part words, like blanks.
* Characters of scripts without spaces stand alone: there a character is a word.
* Case folded last, character by character and never to another number of bytes: what would be (``ß``) is folded at
  once, so that plain and comparison form lie byte on byte and show where a capital was. Dotless ``ı`` becomes ``i``,
  as capital ``I`` does, or Turkish headlines would match nothing.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from pipeline.text import UNSPACED, hash128

NORMALISER = "form-1"  # stored with every index: raise the number whenever a form can change

_NON_ASCII = re.compile(r"[^\x00-\x7f]+")
_UNSPACED = re.compile(f"[{UNSPACED}]")
_APOSTROPHES = frozenset("'`´ʹʻʼʽˈ‘’‚‛′＇")
# Signs that keep their meaning in ASCII: a quote or stop tells where a sentence begins, a stop between digits a number.
_SIGNS = (
    dict.fromkeys("“”„‟«»‹›「」『』〝〞〟", '"') | dict.fromkeys("‐‑‒–—―−", "-") | dict.fromkeys("。。।॥۔؟！？", ". ")
)
_SIGNS |= {"٫": ".", "٬": ",", "、": ", ", "،": ", "}


def plain_form(text: str) -> str:
    """Return ``text`` without marks, format characters and apostrophes, other signs as ASCII or blanks, **case kept**.

    >>> plain_form("Señor Müller’s “ﬁrst” plan — １２")
    'Senor Mullers "first" plan - 12'
    """
    if not text.isascii():
        if not unicodedata.is_normalized("NFC", text):
            text = unicodedata.normalize("NFC", text)
        text = _NON_ASCII.sub(_plain_run, text)
    return text.replace("'", "").replace("`", "")


def plain_and_folded(character: str) -> tuple[bytes, bytes]:
    """Return the plain form and the comparison form of one character in UTF-8, both of one length.

    >>> plain_and_folded("É")
    (b'E', b'e')
    """
    plain = plain_form(character)
    return plain.encode(), plain.casefold().encode()


def may_combine(character: str) -> bool:
    """Return whether the form of ``character`` can depend on those around it: marks, and the parts of Hangul.

    >>> [may_combine(one) for one in "é\u0301한"]
    [False, True, False]
    """
    if unicodedata.category(character)[0] == "M" or not unicodedata.is_normalized("NFC", character):
        return True
    return character in _LATER_PARTS


def comparison_form(text: str) -> str:
    """Return the form in which two texts are compared: :func:`plain_form`, case folded.

    >>> comparison_form("İSTANBUL'DA") == comparison_form("istanbul’da")
    True
    """
    return plain_form(text).casefold()


def text_hash(text: str) -> str:
    r"""Return blake2b-128 (hex) of the words of ``text`` in comparison form: equal for equal words in any layout.

    >>> text_hash("Plans — ready!") == text_hash("plans,\n\nready")
    True
    """
    return hash128(" ".join(_FORM_WORD.findall(comparison_form(text))))


# A word as the kernel sees it: ASCII letters and digits, anything beyond ASCII, a stop or comma between two digits.
_FORM_WORD = re.compile(r"(?:[a-z0-9]|[^\x00-\x7f]|(?<=[0-9])[.,](?=[0-9]))+")


# Vowels and finals of Hangul, and of Kirat Rai: letters that a composition can take in although they are no marks.
_LATER_PARTS = frozenset(map(chr, (*range(0x1161, 0x1200), *range(0xD7B0, 0xD800), 0x16D63, 0x16D67, 0x16D68)))


def _plain_run(match: re.Match[str]) -> str:
    return "".join(map(_plain_character, match.group()))


@lru_cache(maxsize=1 << 16)
def _plain_character(character: str) -> str:
    if character in _SIGNS:
        return _SIGNS[character]
    if character in _APOSTROPHES:
        return ""
    if character == "ı":
        return "i"
    parts = (part for part in unicodedata.normalize("NFKD", character) if not _is_dropped(part))
    composed = unicodedata.normalize("NFKC", "".join(parts))
    plain = "".join(map(_word_character, composed))
    folded = plain.casefold()
    return plain if len(plain.encode()) == len(folded.encode()) else folded


def _is_dropped(character: str) -> bool:
    weight = unicodedata.combining(character)
    return 10 <= weight <= 36 or weight >= 200 or unicodedata.category(character) == "Cf" or character in _APOSTROPHES


def _word_character(character: str) -> str:
    if character.isascii():
        return character
    if _UNSPACED.match(character):
        return f" {character} "
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    return character if unicodedata.category(character)[0] in "LMN" else " "
