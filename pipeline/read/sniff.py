"""What a file is, from its first bytes; its name counts only where the bytes leave it open."""

from __future__ import annotations

import json
import re
from enum import StrEnum

from pipeline.errors import RecordError
from pipeline.read.decode import is_binary, wide_encoding
from pipeline.read.unpack import SUFFIXES
from pipeline.records import Reason

HEAD_BYTES = 1 << 16


class Format(StrEnum):
    """A kind of input; READERS has one reader for each."""

    TEXT = "text"
    HTML = "html"
    JSONL = "jsonl"
    JSON = "json"
    CSV = "csv"
    PARQUET = "parquet"
    WARC = "warc"
    ZIP = "zip"
    TAR = "tar"


# First bytes of what is surely no text, by its usual name. https://en.wikipedia.org/wiki/List_of_file_signatures
_BINARY = (
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"\x89PNG\r\n\x1a\n", "a PNG picture"),
    (b"GIF87a", "a GIF picture"),
    (b"GIF89a", "a GIF picture"),
    (b"RIFF", "a RIFF file (picture, sound or film)"),
    (b"%PDF-", "a PDF document"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document"),
    (b"{\\rtf", "an RTF document"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"SQLite format 3\x00", "a database"),
    (b"ARROW1\x00\x00", "an Arrow file"),
    (b"Obj\x01", "an Avro file"),
    (b"OggS", "sound or film"),
    (b"ID3", "sound"),
    (b"wOFF", "a font"),
    (b"wOF2", "a font"),
)
_BY_SUFFIX = {
    ".htm": Format.HTML,
    ".html": Format.HTML,
    ".xhtml": Format.HTML,
    ".shtml": Format.HTML,
    ".jsonl": Format.JSONL,
    ".ndjson": Format.JSONL,
    ".json": Format.JSON,
    ".csv": Format.CSV,
    ".tsv": Format.CSV,
}
# What a page can begin with (WHATWG MIME Sniffing, section 7.1), and an XML prolog or comment before it.
_TAGS = (
    "!doctype html|html|head|script|iframe|h1|div|font|table|a|style|title|b|body|br|p|meta|link|article|main|section"
    "|span|noscript"
)
_HTML = re.compile(rf"\s*(?:<\?xml[^>]*>\s*|<!--(?:[^-]|-(?!->))*-->\s*)*<(?:{_TAGS})[\s>/]", re.IGNORECASE)
_XML = re.compile(r"\s*<\?xml\b|\s*<(?:rss|feed|nitf|newsItem)[\s>]", re.IGNORECASE)
_HTML_INSIDE = re.compile(r"<html[\s>]|<!doctype html", re.IGNORECASE)
_ANY_TAG = re.compile(r"<[a-zA-Z!/]")
_TAR_CHECKSUM = slice(148, 156)


def sniff(head: bytes, name: str) -> Format:
    """Return what a file is from its first bytes (unpacked, up to 64 KiB) and its name.

    Raises:
        RecordError: not_text, the bytes are no text; unsupported, a form that is not read (XML other than XHTML).
    """
    if not head and suffix_of(name) in (".warc", ".wet"):
        return Format.WARC
    container = _container(head)
    if container is not None:
        return container
    wide = wide_encoding(head)
    _refuse_binary(head, wide)
    text = head.decode(wide or "utf-8", "replace").lstrip("\ufeff\0")
    named = _BY_SUFFIX.get(suffix_of(name))
    if _HTML.match(text):
        return Format.HTML
    if _XML.match(text):
        if _HTML_INSIDE.search(text):
            return Format.HTML
        raise RecordError("XML that is no web page", reason=Reason.UNSUPPORTED)
    if named is Format.HTML:
        return Format.HTML if _ANY_TAG.search(text) else Format.TEXT
    if named in (Format.JSONL, Format.CSV):
        return named
    return _json_form(text, named) or Format.TEXT


def suffix_of(name: str) -> str:
    """Return the suffix that tells the form, in small letters, without that of a packing.

    >>> suffix_of("a/PAGES.JSONL.gz")
    '.jsonl'
    """
    low = name.lower()
    for packing in SUFFIXES:
        low = low.removesuffix(packing)
    base = low.rpartition("/")[2]
    return "." + base.rpartition(".")[2] if "." in base else ""


def _container(head: bytes) -> Format | None:
    if head.startswith(b"WARC/"):
        return Format.WARC
    if head.startswith(b"PAR1"):
        return Format.PARQUET
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return Format.ZIP
    return Format.TAR if _is_tar(head) else None


def _is_tar(head: bytes) -> bool:
    """Whether the first block is a tar header: its checksum counts its own place as blanks (POSIX ustar)."""
    if len(head) < 512:
        return False
    try:
        stored = int(head[_TAR_CHECKSUM].strip(b" \0") or b"x", 8)
    except ValueError:
        return False
    return stored == sum(head[:148]) + 8 * 32 + sum(head[156:512])


def _refuse_binary(head: bytes, wide: str | None) -> None:
    for magic, what in _BINARY:
        if head.startswith(magic):
            raise RecordError(f"{what}, no text", reason=Reason.NOT_TEXT)
    if head[4:8] == b"ftyp":
        raise RecordError("a film, no text", reason=Reason.NOT_TEXT)
    if wide is None and is_binary(head):
        raise RecordError("binary data, no text", reason=Reason.NOT_TEXT)


def _json_form(text: str, named: Format | None) -> Format | None:
    """Return JSON or JSONL where the text shows it; a ``.json`` file often holds one object a line."""
    start = text.lstrip()[:1]
    if start == "{":
        first, _, rest = text.lstrip().partition("\n")
        if _is_page(first):
            return Format.JSONL if rest.strip() or named is None else Format.JSON
    if named is Format.JSON or (start == "[" and re.match(r"\s*\[\s*\{\s*\"", text)):
        return Format.JSON
    return None


def _is_page(line: str) -> bool:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return False
    return isinstance(value, dict) and ("text" in value or "html" in value)
