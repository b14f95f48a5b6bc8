"""zip and tar: every member is read as a file would be, in memory; nothing is ever unpacked to disk.

No name from inside an archive is used as a path and no link in one is followed.
"""

from __future__ import annotations

import io
import lzma
import re
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Generator, Iterator
from typing import IO

from pipeline.errors import RecordError
from pipeline.limits import MIB, Limits
from pipeline.read.reading import Outcome, Reading
from pipeline.read.streams import CHUNK, ByteStream, SourceFile
from pipeline.read.walk import readable_path, skip_reason
from pipeline.records import Reason

# An archive in an archive is met (a zip of daily tars); deeper ones only in attacks.
MAX_DEPTH = 2
# Headers of a tar member: long names and extended headers, which tarfile takes into memory whole.
_MAX_TAR_HEADER_BYTES = 4 * MIB
_UNSAFE = re.compile(r"^[/\\]|^[A-Za-z]:|(?:^|[/\\])\.\.(?:[/\\]|$)")
_DAMAGE = (
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    ValueError,
    struct.error,
)
_DOCUMENTS = frozenset({"[Content_Types].xml", "mimetype", "META-INF/MANIFEST.MF"})


class _Meter:
    """Counts what all members of one archive unpack to, against the size of the archive."""

    def __init__(self, limits: Limits, packed_bytes: int) -> None:
        self.limits = limits
        self.packed_bytes = packed_bytes
        self.unpacked_bytes = 0
        self.spent: RecordError | None = None

    def count(self, size: int) -> None:
        """Add what was unpacked.

        Raises:
            RecordError: bomb.
        """
        self.unpacked_bytes += size
        limits = self.limits
        if self.unpacked_bytes > limits.max_file_unpacked_bytes:
            message = f"unpacks to more than {limits.max_file_unpacked_bytes:,} bytes"
        elif self.unpacked_bytes > max(limits.ratio_grace_bytes, limits.max_unpack_ratio * self.packed_bytes):
            message = f"unpacks to more than {limits.max_unpack_ratio:,} times its size"
        else:
            return
        self.spent = RecordError(message, reason=Reason.BOMB)
        raise self.spent


class _Member:
    """The bytes of one member as a feed: counted, and with the library's errors as errors of the record."""

    def __init__(self, file: IO[bytes], meter: _Meter, packed_bytes: int) -> None:
        self._file = file
        self._meter = meter
        self._own = _Meter(meter.limits, packed_bytes)
        self.failed = False

    def read(self, size: int) -> bytes:
        self.failed = True
        try:
            data = self._file.read(size)
        except _DAMAGE as exc:
            reason = Reason.TRUNCATED if isinstance(exc, EOFError | tarfile.ReadError) else Reason.CORRUPT
            raise RecordError(f"member is damaged: {exc}", reason=reason) from exc
        self._own.count(len(data))
        self._meter.count(len(data))
        self.failed = False
        return data


def read_zip(stream: ByteStream, reading: Reading) -> Iterator[Outcome]:
    """Yield the records of every member. Holds the archive's directory and what the member's reader holds.

    Raises:
        RecordError: truncated, no directory at the end; corrupt; bomb; unsupported, a document that is a zip.
    """
    _check_depth(reading)
    file = _seekable(stream, reading)
    _check_directory(file, reading.limits)
    try:
        archive = zipfile.ZipFile(file)
    except _DAMAGE as exc:
        raise RecordError(f"zip directory is damaged: {exc}", reason=Reason.CORRUPT) from exc
    with archive:
        infos = archive.infolist()
        if infos and infos[0].filename in _DOCUMENTS:
            raise RecordError("an office document, book or program (zip inside)", reason=Reason.UNSUPPORTED)
        meter = _Meter(reading.limits, max(reading.size_bytes, 1))
        for info in infos:
            if meter.spent is not None:
                raise meter.spent
            if not info.is_dir():
                yield from _zip_member(archive, info, meter, reading)


def _zip_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, meter: _Meter, reading: Reading) -> Iterator[Outcome]:
    refused = _refused(info.filename, reading)
    if refused is not None:
        yield refused
        return
    name = readable_path(info.filename)
    try:
        if info.flag_bits & 1:
            raise RecordError("member is encrypted", reason=Reason.UNSUPPORTED)
        with archive.open(info) as file:
            feed = _Member(file, meter, max(info.compress_size, 1))
            yield from reading.descend(feed, reading.inside(name, info.file_size))
    except RecordError as exc:
        yield reading.failed(exc, name)
    except (NotImplementedError, RuntimeError) as exc:
        yield reading.failed(RecordError(f"member cannot be unpacked: {exc}", reason=Reason.UNSUPPORTED), name)
    except _DAMAGE as exc:
        yield reading.failed(RecordError(f"member is damaged: {exc}", reason=Reason.CORRUPT), name)


def _check_directory(file: io.IOBase, limits: Limits) -> None:
    """Refuse a directory too large to be held, before it is read (APPNOTE 6.3.10, sections 4.3.12 to 4.3.16)."""
    size = file.seek(0, io.SEEK_END)
    file.seek(max(size - (1 << 16) - 22, 0))
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < 22:
        raise RecordError("zip archive without its directory: cut", reason=Reason.TRUNCATED)
    entries, directory_bytes = struct.unpack_from("<HI", tail, at + 10)
    wide = tail.rfind(b"PK\x06\x06", 0, at)
    if 0 <= wide <= len(tail) - 56:
        entries, directory_bytes = struct.unpack_from("<QQ", tail, wide + 32)
    # An entry takes 46 bytes and its name.
    if max(entries, directory_bytes // 64) > limits.max_archive_members:
        raise RecordError(f"more than {limits.max_archive_members:,} members", reason=Reason.BOMB)


class _TarFeed:
    """The bytes of a tar for tarfile; bounds what it takes for one header, and remembers how the file ended."""

    def __init__(self, stream: ByteStream) -> None:
        self._stream = stream
        self.header_left = _MAX_TAR_HEADER_BYTES
        self.last = b""

    def read(self, size: int) -> bytes:
        if size > self.header_left:
            raise RecordError("tar header of absurd size", reason=Reason.BOMB)
        sound, damage = self._stream.peek_sound(size)
        if damage is not None and not sound:
            raise damage
        data = self._stream.read(len(sound))
        self.header_left -= len(data)
        self.last = (self.last + data)[-512:] if data else self.last
        return data


def read_tar(stream: ByteStream, reading: Reading) -> Iterator[Outcome]:
    """Yield the records of every member, in order. Holds what the member's reader holds."""
    _check_depth(reading)
    feed = _TarFeed(stream)
    meter = _Meter(reading.limits, max(reading.size_bytes, 1))
    count = 0
    try:
        with tarfile.open(fileobj=feed, mode="r|", bufsize=tarfile.RECORDSIZE) as archive:  # type: ignore[call-overload]
            while (info := _next_tar_member(archive, feed)) is not None:
                count += 1
                if count > reading.limits.max_archive_members:
                    message = f"more than {reading.limits.max_archive_members:,} members"
                    raise RecordError(message, reason=Reason.BOMB)
                if not (yield from _tar_member(archive, info, feed, meter, reading)):
                    return
    except RecordError as exc:
        yield reading.failed(exc, f"member {count + 1}")
    except _DAMAGE as exc:
        error = RecordError(f"tar archive is damaged: {exc}", reason=Reason.TRUNCATED)
        yield reading.failed(error, f"member {count + 1}")
    else:
        if feed.last.strip(b"\0"):
            error = RecordError("tar archive without its end mark: cut", reason=Reason.TRUNCATED)
            yield reading.failed(error, f"member {count + 1}")


def _next_tar_member(archive: tarfile.TarFile, feed: _TarFeed) -> tarfile.TarInfo | None:
    feed.header_left = _MAX_TAR_HEADER_BYTES
    info = archive.next()
    # tarfile keeps every member it has seen; a stream never goes back to them.
    archive.members.clear()  # type: ignore[attr-defined]  # typeshed leaves it out
    return info


def _tar_member(
    archive: tarfile.TarFile, info: tarfile.TarInfo, feed: _TarFeed, meter: _Meter, reading: Reading
) -> Generator[Outcome, None, bool]:
    """Yield the records of a member; return whether the next one can be looked for."""
    feed.header_left = reading.limits.max_file_unpacked_bytes
    if info.isdir():
        return True
    refused = _refused(info.name, reading) or _special(info, reading)
    file = archive.extractfile(info) if refused is None else None
    if file is None:
        if refused is not None:
            yield refused
        return True
    member = _Member(file, meter, max(info.size, 1))
    yield from reading.descend(member, reading.inside(readable_path(info.name), info.size))
    # What the reader left must be taken here, in chunks: tarfile would count it as part of the next header.
    while not member.failed and member.read(CHUNK):
        pass
    return not member.failed


def _special(info: tarfile.TarInfo, reading: Reading) -> Outcome | None:
    name = readable_path(info.name)
    if info.issym() or info.islnk():
        return reading.skipped(name, f"{Reason.SYMLINK_OUTSIDE}: link in an archive, not followed")
    return None if info.isreg() else reading.skipped(name, f"{Reason.SPECIAL_FILE}: no regular file")


def _refused(name: str, reading: Reading) -> Outcome | None:
    """Return the line of a member that is not read for its name, or None."""
    readable = readable_path(name)
    if _UNSAFE.search(name):
        error = RecordError(f"member name {readable[:200]!r} leads out of the archive", reason=Reason.UNSAFE_PATH)
        return reading.failed(error, readable)
    why = next((why for part in name.split("/") if (why := skip_reason(part)) is not None), None)
    return None if why is None else reading.skipped(readable, why)


def _check_depth(reading: Reading) -> None:
    if reading.depth >= MAX_DEPTH:
        raise RecordError(f"archives nested more than {MAX_DEPTH} deep", reason=Reason.TOO_DEEP)


def _seekable(stream: ByteStream, reading: Reading) -> io.IOBase:
    """Return the file itself where it can be read from anywhere, else its bytes."""
    if isinstance(stream.feed, SourceFile) and stream.feed.seekable():
        stream.feed.seek(0)
        return io.BufferedReader(stream.feed)
    return io.BytesIO(stream.read_whole(reading.limits.max_record_bytes))
