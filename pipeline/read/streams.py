"""Bytes of a source, unpacked, bounded and watched: what is cut, damaged or a bomb raises instead of ending early.

A :class:`ByteStream` holds what was looked at and not yet taken, never the file. Errors are
:class:`~pipeline.errors.RecordError` with ``reason``, and for packed files ``byte_start`` and ``byte_end`` of the
damaged member and ``good_until``, the unpacked position up to which every member was whole.
"""

from __future__ import annotations

import errno
import io
import os
import stat
from typing import TYPE_CHECKING, Protocol

from fsspec.core import url_to_fs

from pipeline.errors import InputError, RecordError
from pipeline.limits import Limits
from pipeline.read.unpack import Unpacking, packing_of
from pipeline.read.walk import Source
from pipeline.records import Reason

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

CHUNK = 1 << 18
_NO_RESOURCES = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOMEM})


class Feed(Protocol):
    """Anything bytes come from; ``read`` gives about ``size`` bytes, none only at the end."""

    def read(self, size: int, /) -> bytes:
        """Return the next bytes, or none at the end."""


class RawFile(Protocol):
    """An open binary file, of this machine or any fsspec file system."""

    def read(self, size: int = -1, /) -> bytes | None:
        """Return the next bytes, or none at the end."""

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """Go to an offset and return it."""

    def tell(self) -> int:
        """Return the offset of the next byte."""

    def seekable(self) -> bool:
        """Return whether the file can be read from anywhere."""

    def close(self) -> None:
        """Close the file."""


class ByteStream:
    """A source of bytes one can look ahead in.

    ``position`` counts the bytes taken. An error of the feed is raised when the bytes before it are used up, and again
    at every later try.
    """

    __slots__ = ("_buffer", "_ended", "_error", "feed", "position")

    def __init__(self, feed: Feed) -> None:
        self.feed = feed
        self.position = 0
        self._buffer = bytearray()
        self._ended = False
        self._error: RecordError | None = None

    def peek(self, size: int) -> bytes:
        """Return the next ``size`` bytes without taking them; fewer only where the source ends.

        Raises:
            RecordError: the source is cut or damaged before that.
        """
        self._fill(size)
        return bytes(self._buffer[:size])

    def peek_sound(self, size: int) -> tuple[bytes, RecordError | None]:
        """Return the next bytes as :meth:`peek` does, or those before the damage, and the damage."""
        try:
            return self.peek(size), None
        except RecordError as exc:
            return bytes(self._buffer[:size]), exc

    def read(self, size: int = -1) -> bytes:
        """Take and return the next ``size`` bytes (all for -1); fewer only where the source ends."""
        if size < 0:
            while not self._ended:
                self._fill(len(self._buffer) + CHUNK)
            size = len(self._buffer)
        data = self.peek(size)
        self._drop(len(data))
        return data

    def read_whole(self, limit: int) -> bytes:
        """Take and return everything.

        Raises:
            RecordError: too_large above ``limit`` bytes; or the source is cut or damaged.
        """
        self._fill(limit + 1)
        if len(self._buffer) > limit:
            raise RecordError(f"more than {limit:,} bytes in one record", reason=Reason.TOO_LARGE)
        return self.read(limit)

    def read_line(self, limit: int) -> bytes:
        r"""Take and return a line with its ``\n``; the last may lack it; ``limit + 1`` bytes of a longer one."""
        searched = 0
        while (end := self._buffer.find(b"\n", searched)) < 0 and len(self._buffer) <= limit and not self._ended:
            searched = len(self._buffer)
            self._fill(searched + 1)
        size = min(len(self._buffer) if end < 0 else end + 1, limit + 1)
        line = bytes(self._buffer[:size])
        self._drop(size)
        return line

    def skip_line(self) -> None:
        """Take what is left of a line unseen, a chunk at a time."""
        while (part := self.read_line(CHUNK)) and not part.endswith(b"\n"):
            pass

    def skip(self, size: int) -> int:
        """Take ``size`` bytes unseen, a chunk at a time; return how many there were."""
        left = size
        while left > 0 and self._fill(min(left, CHUNK)):
            step = min(left, len(self._buffer))
            self._drop(step)
            left -= step
        return size - left

    def push_back(self, data: bytes) -> None:
        """Put bytes just taken back, to be read again."""
        self._buffer[:0] = data
        self.position -= len(data)

    def origin(self) -> int:
        """Return where the next byte lies in the file: for packed files the start of its member."""
        return self.feed.origin_of(self.position) if isinstance(self.feed, Unpacking) else self.position

    def resync(self, prefix: bytes) -> bool:
        """Go to the next packed member that unpacks to ``prefix``; False if there is none (or nothing is packed)."""
        if not isinstance(self.feed, Unpacking):
            return False
        self._buffer.clear()
        self._ended, self._error = False, None
        found = self.feed.resync(prefix)
        self.position = self.feed.position
        self._ended = not found
        return found

    def _drop(self, size: int) -> None:
        del self._buffer[:size]
        self.position += size

    def _fill(self, size: int) -> bool:
        """Hold at least ``size`` bytes if there are as many; return whether any byte is held."""
        while len(self._buffer) < size and not self._ended:
            if self._error is not None:
                raise self._error
            try:
                data = self.feed.read(max(CHUNK, min(size - len(self._buffer), 4 * CHUNK)))
            except RecordError as exc:
                self._error = exc
                raise
            self._ended = not data
            self._buffer += data
        return bool(self._buffer)


def open_stream(feed: Feed, limits: Limits) -> ByteStream:
    """Return the stream of a source, unpacked where its first bytes (not its name) say it is packed.

    Raises:
        RecordError: unsupported, packed twice.
    """
    plain = ByteStream(feed)
    packing = packing_of(plain.peek(6))
    if packing is None:
        return plain
    stream = ByteStream(Unpacking(_Rewound(plain, feed), packing, limits))
    if packing_of(stream.peek_sound(6)[0]) is not None:
        raise RecordError("packed twice: unpack it once", reason=Reason.UNSUPPORTED)
    return stream


class _Rewound:
    """The packed bytes from their first one on; seeks only where the feed does."""

    def __init__(self, stream: ByteStream, feed: Feed) -> None:
        self._stream = stream
        self._feed = feed

    def read(self, size: int) -> bytes:
        return self._stream.read(size)

    def seek(self, offset: int) -> bool:
        if not isinstance(self._feed, SourceFile) or not self._feed.seekable():
            return False
        self._feed.seek(offset)
        self._stream = ByteStream(self._feed)
        return True


class SourceFile(io.RawIOBase):
    """The open file of a source; its failures are errors of the record, and a change while it is read is noticed."""

    def __init__(self, inner: RawFile, descriptor: int | None = None) -> None:
        super().__init__()
        self._inner = inner
        self._descriptor = descriptor
        self._before = None if descriptor is None else os.fstat(descriptor)

    def readable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return whether the file can be read from anywhere."""
        return self._inner.seekable()

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """Go to an offset and return it."""
        return self._inner.seek(offset, whence)

    def tell(self) -> int:
        """Return the offset of the next byte."""
        return self._inner.tell()

    def close(self) -> None:
        """Close the file."""
        self._inner.close()
        super().close()

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        """Fill ``buffer`` with the next bytes and return how many there were."""
        view = memoryview(buffer).cast("B")
        data = self.read(len(view))
        view[: len(data)] = data
        return len(data)

    def read(self, size: int = -1, /) -> bytes:
        """Return the next bytes.

        Raises:
            RecordError: changed_while_read, seen at the end; unreadable, disk or network gave an error.
        """
        try:
            data = self._inner.read(size)
        except OSError as exc:
            raise RecordError(f"cannot be read: {exc.strerror or exc}", reason=Reason.UNREADABLE) from exc
        if not data and size and self._changed():
            raise RecordError("changed while it was read", reason=Reason.CHANGED_WHILE_READ)
        return data or b""

    def _changed(self) -> bool:
        if self._descriptor is None or self._before is None:
            return False
        after = os.fstat(self._descriptor)
        return (after.st_size, after.st_mtime_ns) != (self._before.st_size, self._before.st_mtime_ns)


def open_source(source: Source) -> SourceFile:
    """Return the open file of a source; the caller closes it.

    Raises:
        RecordError: unreadable or special_file.
        InputError: this machine has no file handle or memory left; the record is not at fault.
    """
    try:
        return _open_local(source.uri) if source.is_local else _open_remote(source.uri)
    except OSError as exc:
        if exc.errno in _NO_RESOURCES:
            message = f"cannot open {source.path!r}: {exc.strerror}: raise the limit (ulimit -n) or use fewer workers"
            raise InputError(message, source=source.uri) from exc
        raise RecordError(f"cannot be opened: {exc.strerror or exc}", reason=Reason.UNREADABLE) from exc


def _open_local(path: str) -> SourceFile:
    """Open without waiting (a pipe would block) and without following a link put there since the walk."""
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
    descriptor = os.open(path, flags | getattr(os, "O_BINARY", 0))
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise RecordError("no regular file any more", reason=Reason.SPECIAL_FILE)
    return SourceFile(io.FileIO(descriptor), descriptor)


def _open_remote(uri: str) -> SourceFile:
    system, path = url_to_fs(uri)
    return SourceFile(system.open(path, "rb"))
