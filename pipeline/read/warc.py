"""WARC and WET archives: every page response and every conversion record is a dump.

Records are framed here and not by a library because the common readers end in silence, or with an error, at the first
damage. After damage reading goes on at the next gzip member or the next line that begins a record; each loss is a
line of its own.
ISO 28500:2017 is the format.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from pipeline.errors import RecordError
from pipeline.limits import Limits
from pipeline.read.html import html_page
from pipeline.read.identity import clean_url
from pipeline.read.plain import text_page
from pipeline.read.reading import Outcome, Page, Reading
from pipeline.read.response import Response, charset_of, parse_response
from pipeline.read.sniff import HEAD_BYTES, Format, sniff
from pipeline.read.streams import CHUNK, ByteStream
from pipeline.read.unpack import Unpacking
from pipeline.records import Reason

_VERSION = b"WARC/"
_SEPARATORS = (b"\r\n\r\n", b"\n\n")
# Looked at for the header's end: nearly all are short, but addresses of 70,000 letters have been met.
_HEADER_BYTES = (4096, 1 << 18)
_TAIL_BYTES = 16
_HEADER_END = re.compile(rb"\r?\n\r?\n")
_RECORD_START = re.compile(rb"(?:^|\n)(?=WARC/\d\.\d+\r?\n)")
_NUMBER = re.compile(r"\d{1,19}", re.ASCII)
_DAMAGE = (Reason.TRUNCATED, Reason.CORRUPT)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Record:
    """One record as framed: its named fields (small letters), its block, its name."""

    fields: dict[str, str]
    block: bytes
    name: str


class _LostError(Exception):
    """The next record cannot be framed; ``owned`` bytes are surely its own, ``scan`` whether more may be."""

    def __init__(self, reason: Reason, message: str, owned: int, *, scan: bool = True) -> None:
        super().__init__(message)
        self.error = RecordError(message, reason=reason)
        self.owned = owned
        self.scan = scan


def read(stream: ByteStream, reading: Reading) -> Iterator[Outcome]:
    """Yield the outcome of every record in order. Holds one record, within ``max_record_bytes``."""
    start = stream.origin()
    going = True
    while going:
        try:
            if not _skip_blank(stream):
                return
            start = stream.origin()
            outcome = _one(stream, reading, start)
        except RecordError as exc:
            outcome = reading.failed(exc, f"@{start}")
            going = exc.facts.get("reason") in _DAMAGE and stream.resync(_VERSION)
        yield outcome


def _one(stream: ByteStream, reading: Reading, start: int) -> Outcome:
    """Take the next record, or what is left of it, and return its outcome."""
    try:
        record = _next_record(stream, reading)
    except _LostError as lost:
        return _pass_over(stream, reading, lost, start)
    return _outcome(record, reading)


def _skip_blank(stream: ByteStream) -> bool:
    """Take line ends between records; False at the end of the file."""
    while (head := stream.peek(1)) and head in b"\r\n":
        stream.skip(1)
    return bool(head)


def _next_record(stream: ByteStream, reading: Reading) -> _Record:
    """Take the next record.

    Raises:
        _LostError: it cannot be framed; nothing was taken.
        RecordError: the packing around it is damaged.
    """
    head = _header(stream)
    fields = _fields(head)
    size = _length(fields, len(head))
    if size > reading.limits.max_record_bytes:
        raise _too_large(stream, reading, len(head), size)
    block = _block(stream, len(head), size)
    name = fields.get("warc-record-id", "").strip("<> ")[:200] or f"@{stream.origin()}"
    stream.skip(len(head) + size)
    return _Record(fields=fields, block=block, name=name)


def _header(stream: ByteStream) -> bytes:
    """Return the header with the blank line that ends it."""
    head = b""
    for size in _HEADER_BYTES:
        head, damage = stream.peek_sound(size)
        if damage is not None and _HEADER_END.search(head) is None:
            raise damage
        if not head.startswith(_VERSION):
            raise _LostError(Reason.CORRUPT, "no WARC record begins here", 1)
        if (end := _HEADER_END.search(head)) is not None:
            return head[: end.end()]
    reason = Reason.TOO_LARGE if len(head) == _HEADER_BYTES[-1] else Reason.TRUNCATED
    raise _LostError(reason, "WARC header without an end", len(_VERSION))


def _fields(head: bytes) -> dict[str, str]:
    fields: dict[str, str] = {}
    for line in head.decode("utf-8", "replace").split("\n")[1:]:
        name, _, value = line.partition(":")
        fields.setdefault(name.strip().lower(), value.strip())
    return fields


def _length(fields: dict[str, str], header_bytes: int) -> int:
    value = fields.get("content-length")
    if value is None or _NUMBER.fullmatch(value) is None:
        shown = None if value is None else value[:40]
        raise _LostError(Reason.BAD_RECORD, f"Content-Length is {shown!r}; expected a number", header_bytes)
    return int(value)


def _too_large(stream: ByteStream, reading: Reading, header_bytes: int, size: int) -> _LostError:
    """A length that the file can hold is believed; another one says nothing about where the next record begins."""
    packed = isinstance(stream.feed, Unpacking)
    room = reading.limits.max_file_unpacked_bytes if packed else reading.size_bytes - stream.position - header_bytes
    if size > room:
        return _LostError(Reason.CORRUPT, f"Content-Length {size} is more than the file holds", header_bytes)
    message = f"record of {size:,} bytes; at most {reading.limits.max_record_bytes:,}"
    return _LostError(Reason.TOO_LARGE, message, header_bytes + size, scan=False)


def _block(stream: ByteStream, header_bytes: int, size: int) -> bytes:
    """Return the block, once what follows shows that its length is right and its packing whole."""
    end = header_bytes + size
    held, damage = stream.peek_sound(end + _TAIL_BYTES)
    if damage is not None:
        good_until = damage.facts.get("good_until")
        if len(held) < end or not isinstance(good_until, int) or good_until < stream.position + end:
            raise damage
    tail = held[end:].lstrip(b"\r\n")
    if len(held) >= end and (not tail or tail.startswith(_VERSION) or held.startswith(_SEPARATORS, end)):
        return held[header_bytes:end]
    following = _RECORD_START.search(held, header_bytes)
    if following is not None:
        raise _LostError(Reason.CORRUPT, "Content-Length runs into the next record", following.end())
    if len(held) < end:
        raise _LostError(Reason.TRUNCATED, f"file ends {end - len(held):,} bytes before the record does", len(held))
    raise _LostError(Reason.CORRUPT, "no record follows where Content-Length says", end)


def _pass_over(stream: ByteStream, reading: Reading, lost: _LostError, start: int) -> Outcome:
    """Take a record that cannot be framed, up to the next one; return its line."""
    begin = stream.position
    damage: RecordError | None = None
    try:
        stream.skip(lost.owned)
        while lost.scan and (held := stream.peek(CHUNK)):
            following = _RECORD_START.search(held)
            stream.skip(following.end() if following else max(len(held) - _TAIL_BYTES, 1))
            if following:
                break
    except RecordError as exc:
        # Met again, and reported, when the next record is asked for.
        damage = exc
    end = stream.origin() if damage is None else None
    return reading.failed(lost.error, f"@{start}", size_bytes=stream.position - begin, byte_start=start, byte_end=end)


def _outcome(record: _Record, reading: Reading) -> Outcome:
    kind = record.fields.get("warc-type", "").lower()
    if kind not in ("response", "conversion"):
        return reading.skipped(record.name, f"WARC {kind[:40] or 'untyped'} record")
    if "warc-truncated" in record.fields:
        error = RecordError("cut by the crawler that wrote it (WARC-Truncated)", reason=Reason.TRUNCATED)
        return reading.failed(error, record.name, size_bytes=len(record.block))
    if kind == "conversion":
        label = charset_of(record.fields.get("content-type"))
        return reading.settle(
            record.block, record.name, lambda: _told(text_page(record.block, reading.limits, label), record)
        )
    try:
        response = parse_response(record.block)
    except RecordError as exc:
        return reading.failed(exc, record.name, size_bytes=len(record.block))
    if response.not_a_page is not None:
        return reading.skipped(record.name, response.not_a_page)
    return reading.settle(record.block, record.name, lambda: _told(_page(response, reading.limits), record))


def _page(response: Response, limits: Limits) -> Page:
    body = response.body(limits)
    form = sniff(body[:HEAD_BYTES], ".html" if response.media_type.endswith(("html", "html+xml")) else "")
    if form is Format.HTML:
        return html_page(body, response.charset)
    if form is Format.TEXT:
        return text_page(body, limits, response.charset)
    raise RecordError(f"{form} called {response.media_type}", reason=Reason.UNSUPPORTED)


def _told(page: Page, record: _Record) -> Page:
    """Return the page with what the WARC header tells of it."""
    return replace(page, url=clean_url(record.fields.get("warc-target-uri", "").strip("<> ")), crawl_date=_day(record))


def _day(record: _Record) -> dt.date | None:
    try:
        return dt.date.fromisoformat(record.fields.get("warc-date", "")[:10])
    except ValueError:
        return None
