"""Bytes to text: which encoding, told by the bytes first and by labels only where the bytes agree.

Order: byte order mark, UTF-16/32 without one, UTF-8 (a few bad bytes do not make it something else), label, detection.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from resiliparse.parse.encoding import map_encoding_to_html5

from pipeline.errors import RecordError
from pipeline.read.detect import guesses, makes_sense, oddness
from pipeline.read.mojibake import unscramble
from pipeline.read.tidy import tidy
from pipeline.records import Reason

# UTF-32 before UTF-16: its little-endian mark begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# WHATWG names that Python would decode more narrowly than browsers do.
_WIDER = {
    "gbk": "gb18030",
    "gb2312": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
    "iso8859-11": "cp874",
    "iso-8859-11": "cp874",
}
# The commonest false labels: servers send them by default.
_WEAK = frozenset({"cp1252", "iso8859-1", "ascii"})
_META = re.compile(rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([a-zA-Z0-9_:.\-]{2,40})", re.IGNORECASE)
_XML_PROLOG = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([a-zA-Z0-9_:.\-]{2,40})", re.IGNORECASE)
# WHATWG looks at the first 1,024 bytes; scripts before the tag are common enough to look further.
_META_BYTES = 8192
_SURROGATE = re.compile(rb"\xed[\xa0-\xbf][\x80-\xbf]")
_IMPOSSIBLE = re.compile(rb"[\xc0\xc1\xf5-\xff][\x80-\xbf\xfe\xff]+|\xe0[\x80-\x9f][\x80-\xbf]")
_TAIL = re.compile(rb"(?:[\xe0-\xef][\x80-\xbf]|[\xf0-\xf4][\x80-\xbf]{1,2})$")
_MULTIBYTE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_REPLACEMENT = "\ufffd".encode()
_C0 = bytes(b for b in range(32) if b not in b"\t\n\v\f\r\x1b")
_SAMPLE = 1 << 16
# Text has next to no control bytes, random bytes 10 %. A dump with a stray NUL a line stays far under this.
_MAX_CONTROLS = 0.02
# Latin text in UTF-16 is half zeros; other scripts have them at blanks, figures and line ends only.
_LATIN_ZEROS = 0.4
# Seven-bit encodings, by what switches to their second set: RFC 1468, 1554 and 1557, and RFC 1843.
_SWITCHED = (
    (re.compile(rb"\x1b\$(?:[@AB]|\([CD])|\x1b\(J"), "iso2022_jp_2"),
    (re.compile(rb"\x1b\$\)C"), "iso2022_kr"),
    (re.compile(rb"~\{(?:[!-w][!-~]){4,}~\}"), "hz"),
)
# Bytes between blocks of NUL that are looked at alone: the head of a program is shorter.
_LEAST_TEXT = 256
# Above this share of oddities a decoding is nonsense. The tests' pages in 14 languages give 0 to 0.02 when right.
_MAX_ODDNESS = 0.06


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """A tidy text, the encoding it was read in, and whether damage had to be repaired."""

    text: str
    encoding: str
    repaired: bool


def decode(data: bytes, labels: Sequence[str | None] = ()) -> Decoded:
    """Return the text of ``data``; ``labels`` are what headers say, surest first.

    Raises:
        RecordError: not_text for binary data; bad_encoding where no encoding gives sound text.
    """
    try:
        text, encoding, repaired = data.decode("utf-8"), "utf-8", False
        sound = "\0" not in text and not text.startswith("\ufeff")
        if text.isascii() and (switched := _switched(data)) is not None:
            text, encoding = switched
    except UnicodeDecodeError:
        sound = False
    if not sound:
        text, encoding, repaired = _decode_unsure(data, labels)
    if encoding == "utf-8":
        text, mended = unscramble(text)
        repaired = repaired or mended
    text, damaged = tidy(text)
    return Decoded(text=text, encoding=encoding, repaired=repaired or damaged)


def tidy_text(text: str) -> Decoded:
    """Return text that came decoded (from JSON, Parquet …) in order."""
    text, mended = unscramble(text)
    text, damaged = tidy(text)
    return Decoded(text=text, encoding="utf-8", repaired=mended or damaged)


def html_label(data: bytes) -> str | None:
    """Return the encoding an HTML page names for itself, as written, or None."""
    head = data[:_META_BYTES]
    found = _META.search(head) or _XML_PROLOG.search(head)
    return found[1].decode("ascii") if found else None


def wide_encoding(data: bytes) -> str | None:
    """Return the UTF-16 or UTF-32 form that a mark or the places of zero bytes tell, or None."""
    for mark, encoding in _MARKS[1:]:
        if data.startswith(mark):
            return encoding
    sample = data[: _SAMPLE - _SAMPLE % 4]
    zeros = sample.count(0)
    if not zeros or len(sample) < 8:
        return None
    lanes = [sample[start::4].count(0) for start in range(4)]
    quarter = len(sample) / 4
    for encoding, order in (("utf-32-le", (0, 1, 2, 3)), ("utf-32-be", (3, 2, 1, 0))):
        if lanes[order[3]] >= 0.99 * quarter and lanes[order[2]] >= 0.9 * quarter and lanes[order[0]] < 0.1 * quarter:
            return encoding if _decodes(sample, encoding) else None
    for encoding, high, low in (("utf-16-le", 1, 0), ("utf-16-be", 0, 1)):
        empty, full = sample[high::2].count(0), sample[low::2].count(0)
        share = empty / (len(sample) / 2)
        # A sign with a zero in its low byte is rare, but for the commonest of all in Chinese: U+4E00, one.
        if (full <= empty // 50 or (full < empty and share <= _LATIN_ZEROS)) and _is_utf16(sample, encoding, share):
            return encoding
    return None


def _switched(data: bytes) -> tuple[str, str] | None:
    """Return ASCII that switches to a second set of signs as the text it stands for, and its encoding, or None."""
    if b"\x1b" not in data and b"~{" not in data:
        return None
    for switch, encoding in _SWITCHED:
        if switch.search(data) is not None and (text := _strictly(data, encoding)) is not None:
            return text, encoding
    return None


def is_binary(data: bytes) -> bool:
    """Whether the first bytes hold so many control bytes that they are no text in any encoding but UTF-16/32.

    NUL bytes before and behind a text do not count: a machine that crashed while it wrote leaves blocks of them.
    """
    sample = data[:_SAMPLE]
    inside = sample.strip(b"\0")
    sample = inside if len(inside) >= _LEAST_TEXT else sample
    return len(sample) - len(sample.translate(None, _C0)) > max(_MAX_CONTROLS * len(sample), 8)


def _decodes(sample: bytes, encoding: str) -> bool:
    try:
        codecs.getincrementaldecoder(encoding)().decode(sample)
    except UnicodeDecodeError:
        return False
    return True


def _is_utf16(sample: bytes, encoding: str, zero_share: float) -> bool:
    """Latin text is half zeros; other scripts have them at blanks and line ends only, and must then be sound."""
    if not _decodes(sample, encoding):
        return False
    if zero_share > _LATIN_ZEROS:
        return True
    without = sample.replace(b"\0", b"")
    if _decodes(without, "utf-8") and not is_binary(without):
        # Sound UTF-8 with some NUL bytes in it.
        return False
    text = codecs.getincrementaldecoder(encoding)().decode(sample)
    return not is_binary(text.encode("utf-8")) and oddness(text) < _MAX_ODDNESS


def _decode_unsure(data: bytes, labels: Sequence[str | None]) -> tuple[str, str, bool]:
    """Return text, encoding and whether bytes had to be replaced, for what is not plain UTF-8."""
    if data.startswith(codecs.BOM_UTF8):
        data = data[3:]
    wide = wide_encoding(data)
    if wide is not None:
        text = data.decode(wide, "replace")
        if text.count("\ufffd") <= len(text) // 100:
            return text.lstrip("\ufeff"), wide, "\ufffd" in text
    if is_binary(data):
        raise RecordError("binary data, no text", reason=Reason.NOT_TEXT)
    mended = _mostly_utf8(data)
    if mended is not None:
        return mended, "utf-8", "\ufffd" in mended
    return _decode_legacy(data, labels)


def _mostly_utf8(data: bytes) -> str | None:
    """Return ``data`` as UTF-8 with U+FFFD for bad bytes, or None where they are too many to be accidents.

    A two-byte sequence comes about by chance in under a tenth of the pairs of any legacy encoding, so text with more
    sound sequences than bad bytes is UTF-8. With none to compare, only what no legacy text holds counts as accident.
    """
    data = _SURROGATE.sub(_REPLACEMENT, data)
    text = data.decode("utf-8", "replace")
    stripped = _TAIL.sub(b"", _IMPOSSIBLE.sub(b"", data))
    bad = stripped.decode("utf-8", "replace").count("\ufffd") - stripped.count(_REPLACEMENT)
    sound = len(_MULTIBYTE.findall(stripped)) - stripped.count(_REPLACEMENT)
    return text if bad == 0 or sound >= bad else None


def _decode_legacy(data: bytes, labels: Sequence[str | None]) -> tuple[str, str, bool]:
    for label in labels:
        encoding = _known_encoding(label)
        if encoding is None or encoding.startswith("utf"):
            continue
        text = _strictly(data, encoding)
        if text is None:
            continue
        if makes_sense(text) if encoding in _WEAK else oddness(text) < _MAX_ODDNESS:
            return text, encoding, False
    tried = [(text, encoding) for encoding in guesses(data) if (text := _strictly(data, encoding)) is not None]
    if tried:
        text, encoding = min(tried, key=lambda pair: round(oddness(pair[0]), 2))
        if oddness(text) < _MAX_ODDNESS:
            return text, encoding, "\ufffd" in text
    raise RecordError("no encoding gives sound text", reason=Reason.BAD_ENCODING)


def _known_encoding(label: str | None) -> str | None:
    """Return the Python codec for a label as browsers understand it, None for unknown ones."""
    mapped = map_encoding_to_html5(label, fallback_utf8=False) if label else None
    return None if mapped is None else _WIDER.get(mapped, mapped)


def _strictly(data: bytes, encoding: str) -> str | None:
    """Return ``data`` decoded, with at most one bad byte in 500 replaced, or None."""
    read = partial(data.decode, encoding)
    try:
        return read("strict")
    except UnicodeDecodeError:
        text = read("replace")
        return text if text.count("\ufffd") <= len(data) // 500 else None
    except LookupError:
        return None
