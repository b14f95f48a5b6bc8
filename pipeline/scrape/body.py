"""Bodies unpacked while they arrive, within bounds: what is too large or a bomb ends the request, not the memory."""

from __future__ import annotations

import zlib

from pipeline.errors import FetchError
from pipeline.scrape.states import Why

GZIP_MAGIC = b"\x1f\x8b"
# A ratio says little about a few bytes: a short page of blanks packs by a thousand.
_RATIO_GRACE_BYTES = 1 << 20


class Body:
    """A body as it arrives (:attr:`raw`) and as its author wrote it (:attr:`content`), each within ``limit`` bytes.

    Codings are those that are asked for: gzip, deflate, none. One that says gzip and is not is taken as it is, as
    browsers do. Holds both forms; of a body without coding they are one.
    """

    def __init__(self, coding: str, *, limit: int, max_ratio: int) -> None:
        """Begin a body with a Content-Encoding.

        Raises:
            FetchError: the coding was not asked for.
        """
        coding = coding.strip().lower()
        if coding not in ("", "identity", "gzip", "x-gzip", "deflate"):
            raise FetchError(f"coding {coding[:40]!r} was not asked for", why=Why.TYPE)
        self._limit = limit
        self._max_ratio = max_ratio
        self._raw = bytearray()
        self._content = bytearray()
        self._coding = "" if coding == "identity" else coding
        self._unpacker = None if not self._coding else zlib.decompressobj(zlib.MAX_WBITS | 32)
        self._is_inside = False  # a packed member has begun and not ended
        self._is_over = False

    @property
    def raw(self) -> bytes:
        """The bytes as they came."""
        return bytes(self._raw)

    @property
    def content(self) -> bytes:
        """The bytes unpacked."""
        return bytes(self._raw if self._unpacker is None else self._content)

    def feed(self, data: bytes) -> None:
        """Take the next bytes.

        Raises:
            FetchError: too large, a bomb, or not packed as its header says.
        """
        is_first = not self._raw
        self._raw += data
        if len(self._raw) > self._limit:
            raise FetchError(f"body of more than {self._limit:,} bytes", why=Why.TOO_LARGE)
        if is_first and self._coding == "deflate" and data[:1] and data[0] & 0x0F != 8:
            self._unpacker = zlib.decompressobj(-zlib.MAX_WBITS)  # without the header that RFC 9110 asks for
        elif is_first and self._coding.endswith("gzip") and not GZIP_MAGIC.startswith(data[:2]):
            self._unpacker = None
        while self._unpacker is not None and data and not self._is_over:
            data = self._unpack(self._unpacker, data)

    def _unpack(self, unpacker: zlib._Decompress, data: bytes) -> bytes:
        """Unpack what fits into the limit; return what belongs to the next gzip member."""
        if not self._is_inside and self._content and data[:1] != GZIP_MAGIC[:1]:
            self._is_over = True  # zeros behind a member are padding, and what else is no member is none of ours
            return b""
        room = self._limit - len(self._content)
        try:
            self._content += unpacker.decompress(data, room + 1)
        except zlib.error as exc:
            raise FetchError(f"body is not packed as its header says: {exc}", why=Why.UNREADABLE) from exc
        size = len(self._content)
        if size > self._limit:
            raise FetchError(f"unpacks to more than {self._limit:,} bytes", why=Why.BOMB)
        if size > _RATIO_GRACE_BYTES and size > self._max_ratio * len(self._raw):
            raise FetchError(f"unpacks to more than {self._max_ratio} times its size", why=Why.BOMB)
        self._is_inside = not unpacker.eof
        if self._is_inside:
            return b""
        self._unpacker = zlib.decompressobj(zlib.MAX_WBITS | 32)
        return unpacker.unused_data

    def finish(self) -> None:
        """Say that no more bytes come.

        Raises:
            FetchError: a packed body ends inside its packing; may be whole when asked for again.
        """
        if self._is_inside:
            raise FetchError("packed body is cut short", why=Why.NETWORK, is_transient=True)


def unpack(data: bytes, *, limit: int, max_ratio: int) -> bytes:
    """Return a gzip file unpacked, as sitemaps are published; anything else as it is.

    Raises:
        FetchError: too large, a bomb, damaged or cut.
    """
    body = Body("gzip" if data.startswith(GZIP_MAGIC) else "", limit=limit, max_ratio=max_ratio)
    body.feed(data)
    body.finish()
    return body.content
