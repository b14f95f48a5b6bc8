r"""Characters put in order: valid Unicode, NFC, nothing invisible that carries no meaning. Line ends stay as they came.

Out go NUL and control characters (whole terminal sequences), lone surrogates, noncharacters, bidirectional controls
that can show a text in another order than it is stored (https://trojansource.codes), and the default-ignorable
characters of Unicode's DerivedCoreProperties.txt. What carries meaning stays: ZWNJ, ZWJ, variation selectors, the tags
of flag emoji, LRM, RLM and ALM; so do tab and the line ends VT, FF and NEL.
"""

from __future__ import annotations

import re
import unicodedata

# Unicode Standard Annex 15, section 13: no natural text has more than 30 marks on a letter; sorting them is quadratic.
MAX_MARKS = 30

_DAMAGE = "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
_IGNORABLE = "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufff8"
_DAMAGE_BEYOND = "".join(chr((plane << 16) + last) for plane in range(1, 17) for last in (0xFFFE, 0xFFFF))
_IGNORABLE_BEYOND = (
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e001f\U000e0080-\U000e00ff\U000e01f0-\U000e0fff"
)
_TERMINAL = re.compile("(?:\x1b\\[|\x9b)[0-?]*[ -/]*[@-~]|\x1b\\][^\x07\x1b\r\n]{0,1000}(?:\x07|\x1b\\\\)")
_DAMAGED = re.compile(f"[{_DAMAGE}{_DAMAGE_BEYOND}]+")
_INVISIBLE = re.compile(f"[{_IGNORABLE}{_IGNORABLE_BEYOND}]+")
# A class within the first 65,536 characters is a table look-up, 2.5 ns a character; one beyond is a list, 45 ns.
_ANY = re.compile(f"[{_DAMAGE}{_IGNORABLE}]")
_BEYOND = re.compile("[\U00010000-\U0010ffff]")
_ANY_BEYOND = re.compile(f"[{_DAMAGE_BEYOND}{_IGNORABLE_BEYOND}\U000e0020-\U000e007f]")
# Tags (E0020-E007F) belong to a flag emoji that begins with a black flag; elsewhere they hide text.
_LOOSE_TAGS = re.compile("(?<![\U0001f3f4\U000e0020-\U000e007f])[\U000e0020-\U000e007f]+")
_C0 = bytes(b for b in (*range(9), *range(14, 32), 127))


def tidy(text: str) -> tuple[str, bool]:
    r"""Return ``text`` as valid NFC Unicode without controls and invisible characters, and whether damage was met.

    Damage is what no sound text holds (NUL, controls, surrogates, noncharacters, over 30 marks on a letter); a
    zero-width space or a decomposed letter is none.

    >>> tidy("nai\u0308ve\u200b \x00text")
    ('naïve text', True)
    """
    if text.isascii():
        # Deleting bytes is some ten times faster than a character class, and most news is ASCII but for its quotes.
        return (text, False) if len(text.encode("ascii").translate(None, _C0)) == len(text) else _strip(text)
    damaged = False
    if _ANY.search(text) is not None or (_BEYOND.search(text) is not None and _ANY_BEYOND.search(text) is not None):
        text, damaged = _strip(text)
    if not unicodedata.is_normalized("NFC", text):
        bounded = _bound_marks(text)
        damaged = damaged or len(bounded) != len(text)
        text = unicodedata.normalize("NFC", bounded)
    return text, damaged


def _strip(text: str) -> tuple[str, bool]:
    whole = _DAMAGED.sub("", _TERMINAL.sub("", text))
    return _LOOSE_TAGS.sub("", _INVISIBLE.sub("", whole)), len(whole) != len(text)


def _bound_marks(text: str) -> str:
    kept: list[str] = []
    marks = 0
    for char in text:
        marks = marks + 1 if unicodedata.combining(char) else 0
        if marks <= MAX_MARKS:
            kept.append(char)
    return "".join(kept)
