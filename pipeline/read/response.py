"""An HTTP response as archived: status, type, charset and body, with the body's transfer and content coding undone."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass

from pipeline.errors import RecordError
from pipeline.limits import Limits
from pipeline.read.unpack import packing_of, unpack_bytes
from pipeline.records import Reason

_HEADER_END = re.compile(rb"\r?\n\r?\n")
_STATUS = re.compile(r"HTTP/\d(?:\.\d)?\s+(\d{3})", re.ASCII)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([a-z0-9_:.\-]{2,40})", re.IGNORECASE)
_CHUNK = re.compile(rb"\s*([0-9a-fA-F]{1,8})[^\r\n]{0,200}\r?\n")
# Servers send these where they do not know better; the bytes decide then.
_UNTYPED = frozenset({"", "application/octet-stream", "binary/octet-stream", "unknown/unknown"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """An archived response; ``raw_body`` still has its codings."""

    status: int
    media_type: str
    charset: str | None
    fields: dict[str, str]
    raw_body: bytes

    @property
    def not_a_page(self) -> str | None:
        """Why this is no page, by status and type, or None."""
        if not 200 <= self.status < 300:
            return f"HTTP status {self.status}"
        if self.media_type in _UNTYPED or self.media_type in ("text/html", "text/plain", "application/xhtml+xml"):
            return None
        return f"{self.media_type[:60]}, no page"

    def body(self, limits: Limits) -> bytes:
        """Return the body as the page's author wrote it.

        Raises:
            RecordError: truncated, corrupt, bomb, too_large; unsupported, its content coding is not read.
        """
        body = self.raw_body
        if "chunked" in self.fields.get("transfer-encoding", "").lower() and _CHUNK.match(body):
            body = _unchunk(body)
        elif "content-encoding" not in self.fields:
            self._check_length(body)
        coding = self.fields.get("content-encoding", "").lower()
        if packing_of(body[:6]) is not None:
            return unpack_bytes(body, limits)
        if coding == "deflate":
            return _inflate(body, limits)
        if coding == "br" and b"<" not in body[:1024]:
            raise RecordError("body packed with Brotli", reason=Reason.UNSUPPORTED)
        return body

    def _check_length(self, body: bytes) -> None:
        told = self.fields.get("content-length", "")
        if told.isascii() and told.isdigit() and len(told) < 16 and len(body) < int(told):
            raise RecordError(f"{len(body):,} bytes of {int(told):,}: cut while fetched", reason=Reason.TRUNCATED)


def parse_response(block: bytes) -> Response:
    """Return the response in a WARC block.

    Raises:
        RecordError: bad_record, it does not begin as HTTP does or its header has no end.
    """
    end = _HEADER_END.search(block)
    lines = block[: end.start() if end else 0].decode("latin-1").splitlines()
    status = _STATUS.match(lines[0]) if lines else None
    if end is None or status is None:
        raise RecordError("block is no HTTP response", reason=Reason.BAD_RECORD)
    fields: dict[str, str] = {}
    for line in lines[1:]:
        name, _, value = line.partition(":")
        fields.setdefault(name.strip().lower(), value.strip())
    content_type = fields.get("content-type", "")
    return Response(
        status=int(status[1]),
        media_type=content_type.partition(";")[0].strip().lower(),
        charset=charset_of(content_type),
        fields=fields,
        raw_body=block[end.end() :],
    )


def charset_of(content_type: str | None) -> str | None:
    """Return the charset a Content-Type names, as written, or None."""
    found = _CHARSET.search(content_type or "")
    return found[1] if found else None


def _unchunk(body: bytes) -> bytes:
    """Return a chunked body joined (RFC 9112, section 7.1).

    Raises:
        RecordError: truncated, it ends before its last chunk; corrupt, a chunk's length is wrong.
    """
    parts: list[bytes] = []
    at = 0
    while (head := _CHUNK.match(body, at)) is not None:
        size = int(head[1], 16)
        if size == 0:
            return b"".join(parts)
        at = head.end() + size
        if at > len(body):
            raise RecordError("chunked body ends inside a chunk", reason=Reason.TRUNCATED)
        parts.append(body[head.end() : at])
    if at >= len(body.rstrip()):
        raise RecordError("chunked body ends without its last chunk", reason=Reason.TRUNCATED)
    raise RecordError("chunked body with a wrong length", reason=Reason.CORRUPT)


def _inflate(body: bytes, limits: Limits) -> bytes:
    """Return a ``deflate`` body: zlib as the standard says, or raw as some servers send it."""
    for window in (zlib.MAX_WBITS, -zlib.MAX_WBITS):
        inflater = zlib.decompressobj(window)
        try:
            out = inflater.decompress(body, limits.max_record_bytes + 1)
        except zlib.error:
            continue
        if len(out) > limits.max_record_bytes:
            raise RecordError(f"unpacks to more than {limits.max_record_bytes:,} bytes", reason=Reason.TOO_LARGE)
        if not inflater.eof:
            raise RecordError("deflated body ends early", reason=Reason.TRUNCATED)
        return out
    raise RecordError("body is not deflated as its header says", reason=Reason.CORRUPT)
