"""A text file: one dump."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.errors import RecordError
from pipeline.limits import Limits
from pipeline.read.decode import decode
from pipeline.read.reading import Outcome, Page, Reading
from pipeline.read.streams import ByteStream
from pipeline.records import Reason
from pipeline.text import split_lines


def read(stream: ByteStream, reading: Reading) -> Iterator[Outcome]:
    """Yield the file as one text dump; holds it whole, within ``max_record_bytes``.

    Raises:
        RecordError: the file is too large, cut or damaged.
    """
    raw = stream.read_whole(reading.limits.max_record_bytes)
    yield reading.settle(raw, None, lambda: text_page(raw, reading.limits))


def text_page(raw: bytes, limits: Limits, label: str | None = None) -> Page:
    """Return a text dump decoded.

    Raises:
        RecordError: not_text, bad_encoding, or too_large for its lines.
    """
    decoded = decode(raw, [label])
    check_lines(decoded.text, limits)
    return Page(kind="text", text=decoded.text, encoding=decoded.encoding, repaired=decoded.repaired)


def check_lines(text: str, limits: Limits) -> None:
    """Refuse a text with too many or too long lines, as its characters alone decide.

    Raises:
        RecordError: too_large.
    """
    if len(text) <= min(limits.max_lines, limits.max_line_chars):
        return
    lines = split_lines(text)
    if len(lines) > limits.max_lines:
        raise RecordError(f"{len(lines):,} lines; at most {limits.max_lines:,}", reason=Reason.TOO_LARGE)
    longest = max(map(len, lines), default=0)
    if longest > limits.max_line_chars:
        message = f"a line of {longest:,} characters; at most {limits.max_line_chars:,}"
        raise RecordError(message, reason=Reason.TOO_LARGE)
