"""gzip, Zstandard, bzip2 and xz as one bounded feed of bytes, with the end of every member checked."""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import zstandard

from pipeline.errors import RecordError
from pipeline.limits import MIB, Limits
from pipeline.records import Reason

# The zstd command refuses windows above 128 MiB by default too; xz -9 takes 65 MiB.
MAX_WINDOW_BYTES = 128 * MIB
_PACKED_CHUNK = 1 << 16
# A run-length block of 4 bytes gives up to 128 KiB (RFC 8878, section 3.1.1.2.2) and zstandard has no output limit, so
# a slice of 128 bytes gives 4 MiB at most.
_ZSTD_SLICE = 128
_CANDIDATE_BYTES = 160 << 10
_DAMAGE = (zlib.error, lzma.LZMAError, zstandard.ZstdError, OSError, EOFError, ValueError)


class Packed(Protocol):
    """The packed bytes; ``seek`` returns False where one cannot go back."""

    def read(self, size: int, /) -> bytes:
        """Return the next packed bytes, or none at the end."""

    def seek(self, offset: int, /) -> bool:
        """Go to an offset and return True, or return False and stay."""


class Decoder(Protocol):
    """Unpacks one member; the standard library's bz2 and lzma objects are such."""

    @property
    def eof(self) -> bool:
        """Whether the member's end was reached and its checksum right."""

    @property
    def needs_input(self) -> bool:
        """Whether nothing more comes without more input."""

    @property
    def unused_data(self) -> bytes:
        """What follows the member's end."""

    def decompress(self, data: bytes, max_length: int) -> bytes:
        """Return about ``max_length`` unpacked bytes at most."""


class _Gzip:
    """One gzip member."""

    def __init__(self) -> None:
        self._inner = zlib.decompressobj(31)
        self._full = False

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    @property
    def needs_input(self) -> bool:
        # zlib may hold output back when all input is taken, so a full answer means: ask again.
        return not self._inner.unconsumed_tail and not self._full

    def decompress(self, data: bytes, max_length: int) -> bytes:
        out = self._inner.decompress(self._inner.unconsumed_tail + data, max_length)
        self._full = len(out) == max_length
        return out


class _Zstd:
    """One Zstandard frame, fed in slices because the library bounds its window but not its output."""

    def __init__(self) -> None:
        self._inner = zstandard.ZstdDecompressor(max_window_size=MAX_WINDOW_BYTES).decompressobj(write_size=1 << 16)
        self._waiting = b""
        self._at = 0

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data + self._waiting[self._at :]

    @property
    def needs_input(self) -> bool:
        return self._at >= len(self._waiting)

    def decompress(self, data: bytes, max_length: int) -> bytes:
        self._waiting = self._waiting[self._at :] + data if data else self._waiting
        self._at = 0 if data else self._at
        out: list[bytes] = []
        size = 0
        while size < max_length and not self.needs_input and not self._inner.eof:
            part = self._inner.decompress(self._waiting[self._at : self._at + _ZSTD_SLICE])
            self._at += _ZSTD_SLICE
            size += len(part)
            out.append(part)
        return b"".join(out)


@dataclass(frozen=True, slots=True)
class Packing:
    """A packing: its name, the bytes every member begins with, how one member is unpacked."""

    name: str
    magic: bytes
    decoder: Callable[[], Decoder]


PACKINGS = (
    Packing("gzip", b"\x1f\x8b\x08", _Gzip),
    Packing("zstd", b"\x28\xb5\x2f\xfd", _Zstd),
    Packing("bzip2", b"BZh", bz2.BZ2Decompressor),
    Packing("xz", b"\xfd7zXZ\x00", lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=MAX_WINDOW_BYTES)),
)
SUFFIXES = (".gz", ".zst", ".bz2", ".xz")
# Skippable frames (RFC 8878, section 3.1.2) carry seek tables; pzstd and seekable zstd write them.
_SKIPPABLE = tuple(bytes((n, 0x2A, 0x4D, 0x18)) for n in range(0x50, 0x60))


def packing_of(head: bytes) -> Packing | None:
    """Return the packing whose magic bytes ``head`` begins with, or None."""
    if head.startswith(b"BZh") and not head[3:4].isdigit():
        return None
    if head[:4] in _SKIPPABLE:
        return next(packing for packing in PACKINGS if packing.name == "zstd")
    return next((packing for packing in PACKINGS if head.startswith(packing.magic)), None)


class Unpacking:
    """The unpacked bytes of a packed file: every member in turn, each with its end checked, under the limits.

    Holds one chunk of packed and about one of unpacked bytes.
    """

    def __init__(self, packed: Packed, packing: Packing, limits: Limits) -> None:
        self.position = 0
        self._packed = packed
        self._packing = packing
        self._limits = limits
        self._read_bytes = 0
        self._waiting = b""
        self._decoder: Decoder | None = None
        # (unpacked position, packed offset) of members begun, so that a position can be told as a place in the file.
        self._members: deque[tuple[int, int]] = deque()

    def read(self, size: int) -> bytes:
        """Return about ``size`` more bytes, none at the end.

        Raises:
            RecordError: truncated, corrupt (also: something else after the last member) or bomb.
        """
        out = b""
        while not out and (self._decoder is not None or self._begin()):
            out = self._step(size)
        self.position += len(out)
        self._check_size()
        return out

    def origin_of(self, position: int) -> int:
        """Return the packed offset of the member that holds an unpacked position; positions may only grow."""
        while len(self._members) > 1 and self._members[1][0] <= position:
            self._members.popleft()
        return self._members[0][1] if self._members else 0

    def resync(self, prefix: bytes) -> bool:
        """Go behind a damaged member to the next one that unpacks to ``prefix``; False if none is left."""
        start = self._members[-1][1] if self._members else 0
        if self._packed.seek(start + 1):
            self._read_bytes, self._waiting = start + 1, b""
        self._decoder = None
        while self._take(_CANDIDATE_BYTES):
            at = self._waiting.find(self._packing.magic)
            while at >= 0:
                if len(self._waiting) - at < _CANDIDATE_BYTES:
                    self._waiting = self._waiting[at:]
                    self._take(_CANDIDATE_BYTES)
                    at = 0
                if self._opens_with(self._waiting[at : at + _CANDIDATE_BYTES], prefix):
                    self._waiting = self._waiting[at:]
                    return True
                at = self._waiting.find(self._packing.magic, at + 1)
            self._waiting = self._waiting[-len(self._packing.magic) + 1 :]
            if len(self._waiting) < len(self._packing.magic) and not self._more():
                return False
        return False

    def _opens_with(self, data: bytes, prefix: bytes) -> bool:
        try:
            return self._packing.decoder().decompress(data, len(prefix)).startswith(prefix)
        except _DAMAGE:
            return False

    def _begin(self) -> bool:
        """Start the next member; False at the end of the file."""
        self._take(8)
        while self._packing.name == "zstd" and self._waiting[:4] in _SKIPPABLE:
            self._pass_over(8 + int.from_bytes(self._waiting[4:8], "little"))
            self._take(8)
        offset = self._read_bytes - len(self._waiting)
        if not self._waiting.startswith(self._packing.magic):
            if self._only_padding():
                return False
            self._members.append((self.position, offset))
            message = f"something that is not {self._packing.name} follows the last whole member"
            raise self._damage(Reason.CORRUPT, message)
        self._members.append((self.position, offset))
        self._decoder = self._packing.decoder()
        return True

    def _step(self, size: int) -> bytes:
        decoder = self._decoder
        if decoder is None:
            return b""
        if decoder.needs_input and not self._waiting and not self._more():
            raise self._damage(Reason.TRUNCATED, f"{self._packing.name} file ends inside a member")
        data, self._waiting = (self._waiting, b"") if decoder.needs_input else (b"", self._waiting)
        try:
            out = decoder.decompress(data, size)
        except _DAMAGE as exc:
            too_wide = "memory" in str(exc).lower()
            reason = Reason.BOMB if too_wide else Reason.CORRUPT
            raise self._damage(reason, f"{self._packing.name} member is damaged: {exc}") from exc
        if decoder.eof:
            self._waiting = decoder.unused_data + self._waiting
            self._decoder = None
        return out

    def _only_padding(self) -> bool:
        """Whether nothing but zero bytes is left: tapes and xz pad with them."""
        while not self._waiting.strip(b"\0"):
            self._waiting = b""
            if not self._more():
                return True
        return False

    def _pass_over(self, size: int) -> None:
        while size > len(self._waiting):
            size -= len(self._waiting)
            self._waiting = b""
            if not self._more():
                raise self._damage(Reason.TRUNCATED, "zstd file ends inside a skippable frame")
        self._waiting = self._waiting[size:]

    def _take(self, size: int) -> bool:
        while len(self._waiting) < size and self._more():
            pass
        return bool(self._waiting)

    def _more(self) -> bool:
        data = self._packed.read(_PACKED_CHUNK)
        self._read_bytes += len(data)
        self._waiting += data
        return bool(data)

    def _check_size(self) -> None:
        limits, size = self._limits, self.position
        if size > limits.max_file_unpacked_bytes:
            raise self._damage(Reason.BOMB, f"unpacks to more than {limits.max_file_unpacked_bytes:,} bytes")
        used = self._read_bytes - len(self._waiting)
        if size > limits.ratio_grace_bytes and size > limits.max_unpack_ratio * max(used, 1):
            raise self._damage(Reason.BOMB, f"unpacks to more than {limits.max_unpack_ratio:,} times its size")

    def _damage(self, reason: Reason, message: str) -> RecordError:
        unpacked, packed = self._members[-1] if self._members else (0, 0)
        return RecordError(message, reason=reason, byte_start=packed, byte_end=self._read_bytes, good_until=unpacked)


def unpack_bytes(data: bytes, limits: Limits) -> bytes:
    """Return packed bytes unpacked, at most ``limits.max_record_bytes``.

    Raises:
        RecordError: truncated, corrupt, bomb or too_large.
    """
    packing = packing_of(data[:6])
    if packing is None:
        return data
    feed = Unpacking(_Memory(data), packing, limits)
    out = bytearray()
    while part := feed.read(_PACKED_CHUNK):
        out += part
        if len(out) > limits.max_record_bytes:
            raise RecordError(f"unpacks to more than {limits.max_record_bytes:,} bytes", reason=Reason.TOO_LARGE)
    return bytes(out)


class _Memory:
    """Packed bytes that are in memory already."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def read(self, size: int) -> bytes:
        part = self._data[self._at : self._at + size]
        self._at += len(part)
        return part

    def seek(self, offset: int) -> bool:
        self._at = offset
        return True
