"""Pure string helpers shared by all stages."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from urllib.parse import urlsplit

_NOT_WORD = re.compile(r"[\W_]+")
_LINE_END = re.compile("\r\n|[\n\r\v\f\x85\u2028\u2029]")
_SEPARATORS = "\x1c\x1d\x1e"  # line ends to str.splitlines, and to nobody else
# Scripts written without spaces between words: there a character is the unit that is counted and compared.
UNSPACED = "\u0e00-\u0e7f\u0e80-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_WORD = re.compile(rf"[{UNSPACED}]|[^\W_{UNSPACED}]+(?:['’.,-][^\W_{UNSPACED}]+)*")


def split_lines(text: str) -> list[str]:
    r"""Return the lines of a page; every Unicode line end counts, in any mix, and is not part of the line.

    >>> split_lines("a\r\nb\u2028c\n")
    ['a', 'b', 'c']
    """
    if not any(sign in text for sign in _SEPARATORS):
        return text.splitlines()
    lines = _LINE_END.split(text)
    if lines and not lines[-1]:
        lines.pop()
    return lines


def squash(text: str) -> str:
    r"""Return ``text`` with every run of white space as one blank, none at the ends.

    >>> squash("  a\u00a0 b\n")
    'a b'
    """
    # White space but the blank is not printable; most lines are squashed already.
    return text.strip(" ") if "  " not in text and text.isprintable() else " ".join(text.split())


def fold(text: str) -> str:
    """Return the words of ``text`` alone: NFKC, case folded, all else one blank. What says the same folds alike.

    >>> fold("“Naïve” — plans,  ready!")
    'naïve plans ready'
    """
    return _NOT_WORD.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip()


def words(text: str) -> list[str]:
    """Return the words of ``text`` in order; a character each in scripts without spaces.

    >>> words("It's 3.5 km — 東京")
    ["It's", '3.5', 'km', '東', '京']
    """
    return _WORD.findall(text)


def hash128(*parts: str | bytes) -> str:
    """Return blake2b-128 of the parts in hex; each is length-prefixed, so no two lists of parts run together.

    >>> hash128("a", "bc") == hash128("ab", "c")
    False
    """
    digest = hashlib.blake2b(digest_size=16)
    for part in parts:
        data = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        digest.update(len(data).to_bytes(8, "little"))
        digest.update(data)
    return digest.hexdigest()


def host_of(url: str | None) -> str | None:
    """Return the host of an address without ``www.``: the site where nothing else names one. None for no address.

    >>> host_of("https://www.daily.example/a")
    'daily.example'
    """
    try:
        host = urlsplit(url).hostname if url else None
    except ValueError:
        return None
    return host.removeprefix("www.") if host else None
