"""An HTML file: one dump, in the encoding its bytes show or its meta tag names."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.read.decode import decode, html_label
from pipeline.read.reading import Outcome, Page, Reading
from pipeline.read.streams import ByteStream


def read(stream: ByteStream, reading: Reading) -> Iterator[Outcome]:
    """Yield the file as one HTML dump; holds it whole, within ``max_record_bytes``.

    Raises:
        RecordError: the file is too large, cut or damaged.
    """
    raw = stream.read_whole(reading.limits.max_record_bytes)
    yield reading.settle(raw, None, lambda: html_page(raw))


def html_page(raw: bytes, label: str | None = None) -> Page:
    """Return a page's markup decoded; ``label`` is what an HTTP header says, which goes before the page's own word.

    Raises:
        RecordError: not_text or bad_encoding.
    """
    decoded = decode(raw, [label, html_label(raw)])
    return Page(kind="html", text=decoded.text, encoding=decoded.encoding, repaired=decoded.repaired)
