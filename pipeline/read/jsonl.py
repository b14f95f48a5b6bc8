"""JSON pages: one object a line (JSONL), one array of objects, or one object. A bad record costs that record."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from pipeline.errors import RecordError
from pipeline.limits import Limits
from pipeline.read.decode import decode, wide_encoding
from pipeline.read.fields import page_of_fields
from pipeline.read.reading import Outcome, Page, Reading
from pipeline.read.streams import ByteStream
from pipeline.records import Reason

_BOM = b"\xef\xbb\xbf"
# Brackets outside strings; an unclosed string runs to the end, so a broken record is scanned once all the same.
_TOKEN = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*(?:"|$)|[\[{]|[\]}]', re.DOTALL)
_SPACE = b" \t\r\n"


def read_lines(stream: ByteStream, reading: Reading) -> Iterator[Outcome]:
    """Yield a record for each line that is not blank; only LF and CRLF end a line. Holds one line.

    Raises:
        RecordError: the file is cut or damaged.
    """
    _refuse_wide(stream)
    limit = reading.limits.max_record_bytes
    number = 0
    while True:
        start = stream.position
        line = stream.read_line(limit)
        if not line:
            return
        number += 1
        if len(line) > limit and not line.endswith(b"\n"):
            yield _too_long(stream, reading, number, start)
            continue
        line = line.removeprefix(_BOM) if number == 1 else line
        line = line.strip(_SPACE)
        if line:
            yield _settle(reading, line, str(number), start, stream.position)


def read_document(stream: ByteStream, reading: Reading) -> Iterator[Outcome]:
    """Yield a record for each item of an array, or one for a single object. Holds one item.

    Raises:
        RecordError: the file is cut or damaged; unsupported, it is neither array nor object.
    """
    _refuse_wide(stream)
    if stream.peek(3) == _BOM:
        stream.skip(3)
    _skip_space(stream)
    first = stream.peek(1)
    if first == b"{":
        raw = stream.read_whole(reading.limits.max_record_bytes).strip(_SPACE)
        yield _settle(reading, raw, None, 0, stream.position)
    elif first == b"[":
        stream.skip(1)
        yield from _items(stream, reading)
    else:
        raise RecordError("JSON that is neither an array nor an object", reason=Reason.UNSUPPORTED)


def _refuse_wide(stream: ByteStream) -> None:
    if wide_encoding(stream.peek(4096)) is not None:
        raise RecordError("JSON must be UTF-8 (RFC 8259, section 8.1)", reason=Reason.UNSUPPORTED)


def _too_long(stream: ByteStream, reading: Reading, number: int, start: int) -> Outcome:
    limit = reading.limits.max_record_bytes
    stream.skip_line()
    error = RecordError(f"line {number} has more than {limit:,} bytes", reason=Reason.TOO_LARGE)
    size = stream.position - start
    return reading.failed(error, str(number), size_bytes=size, byte_start=start, byte_end=stream.position)


def _settle(reading: Reading, raw: bytes, record: str | None, start: int, end: int) -> Outcome:
    return reading.settle(raw, record, lambda: parse_page(raw, reading.limits), byte_start=start, byte_end=end)


def parse_page(raw: bytes, limits: Limits) -> Page:
    """Return the page of one JSON object.

    Raises:
        RecordError: bad_record for what is no object, too deep or has no text; bad_encoding; too_large.
    """
    _check_depth(raw, limits.max_json_depth)
    decoded = None
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        decoded = decode(raw)
        text = decoded.text
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as exc:
        raise RecordError(f"no JSON: {exc}", reason=Reason.BAD_RECORD) from exc
    if not isinstance(value, dict):
        raise RecordError(f"{type(value).__name__}; expected a JSON object", reason=Reason.BAD_RECORD)
    if decoded is None:
        return page_of_fields(value, limits)
    return page_of_fields(value, limits, encoding=decoded.encoding, repaired=decoded.repaired)


def _check_depth(raw: bytes, deepest: int) -> None:
    if raw.count(b"[") + raw.count(b"{") <= deepest:
        return
    depth = 0
    for token in _TOKEN.finditer(raw):
        depth += _step(token[0])
        if depth > deepest:
            raise RecordError(f"nested more than {deepest} deep", reason=Reason.BAD_RECORD)


def _step(token: bytes) -> int:
    return 1 if token in b"[{" else -1 if token in b"]}" else 0


def _items(stream: ByteStream, reading: Reading) -> Iterator[Outcome]:
    number = 0
    while True:
        _skip_space(stream, b",")
        start = stream.position
        if stream.peek(1) in (b"]", b""):
            break
        number += 1
        raw = _take_item(stream, reading.limits.max_record_bytes)
        yield _settle(reading, raw.strip(_SPACE), str(number), start, stream.position)
    if not stream.peek(1):
        error = RecordError("JSON array ends without its bracket", reason=Reason.TRUNCATED)
        yield reading.failed(error, str(number + 1), byte_start=start, byte_end=stream.position)


def _take_item(stream: ByteStream, limit: int) -> bytes:
    """Take one item of an array: up to the comma or bracket at its own depth.

    Raises:
        RecordError: truncated or too_large; what follows the item cannot be found then.
    """
    size = 1024
    while True:
        held = stream.peek(size)
        depth = 0
        for token in _ITEM_TOKEN.finditer(held):
            if token[0].startswith(b'"') and token.end() == len(held):
                break
            depth += _step(token[0])
            # What closes without having opened is taken along, or it would stand here for ever.
            if depth < 0 and token[0] == b"}":
                return stream.read(token.end())
            if depth < 0 or (depth == 0 and token[0] == b","):
                return stream.read(token.start())
        if len(held) < size:
            raise RecordError("JSON array ends inside an item", reason=Reason.TRUNCATED)
        if size > limit:
            raise RecordError(f"an item of more than {limit:,} bytes", reason=Reason.TOO_LARGE)
        size *= 4


_ITEM_TOKEN = re.compile(_TOKEN.pattern + rb"|,", re.DOTALL)


def _skip_space(stream: ByteStream, also: bytes = b"") -> None:
    while (next_byte := stream.peek(1)) and next_byte in _SPACE + also:
        stream.skip(1)
