"""WARC 1.1 files (ISO 28500:2017): an exchange is a few records, a record a gzip member, a file put in place whole.

A file is written in a hidden folder and moved to its day's when it is done, so a run of the pipeline never sees half a
one. After a kill it is cut behind the last record that the memory of the crawl knows, and put in place.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import io
import os
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import BinaryIO, Final, TypeAlias

from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from pipeline.scrape.fetch import Answer, Headers
from pipeline.scrape.frontier import Archived, Target
from pipeline.scrape.memory import Memory
from pipeline.store.durable import flush, make_folder, refusals, rename

STATE_FOLDER: Final = ".scrape"
"""Where memory, lock and unfinished files lie below the raw folder; hidden, so that no reader looks inside."""

_Fill: TypeAlias = Callable[[WARCWriter], None]
_SAME_BYTES = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
_NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
# The body is kept with its chunks joined, and an unpacked length of it would be wrong: both are kept under other names,
# as Common Crawl does.
_REWRITTEN = {b"transfer-encoding": "X-Crawler-Transfer-Encoding", b"content-length": "X-Crawler-Content-Length"}


def payload_digest(raw: bytes) -> str:
    """Return the digest of a payload as WARC files have it: SHA-1, base 32."""
    return f"sha1:{base64.b32encode(hashlib.sha1(raw, usedforsecurity=False).digest()).decode()}"


def warc_date(moment: dt.datetime) -> str:
    """Return a moment as WARC-Date."""
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class Archive:
    """The files of one scrape below ``raw``. Holds one exchange while it is written."""

    def __init__(self, raw: Path, memory: Memory, *, most_bytes: int, agent: str) -> None:
        self._raw = raw
        self._folder = raw / STATE_FOLDER / "open"
        self._memory = memory
        self._most_bytes = most_bytes
        self._agent = agent
        self._file: BinaryIO | None = None
        self._name = ""
        self._day: dt.date | None = None
        self._size = 0
        self._serial = 0
        self.placed: list[str] = []

    # ------------------------------------------------------------ writing

    def keep(self, target: Target, answer: Answer) -> Archived:
        """Write an answer with its request and where it was found; return where they lie.

        Raises:
            StoreError: the disk refuses.
        """
        return self._write(answer, lambda out: _exchange(out, target, answer))

    def keep_revisit(self, target: Target, answer: Answer) -> Archived:
        """Write that the content is that of an earlier record, which ``target`` remembers.

        Raises:
            StoreError: the disk refuses.
        """
        return self._write(answer, lambda out: _revisit(out, target, answer))

    def _write(self, answer: Answer, fill: _Fill) -> Archived:
        day = answer.started_at.date()
        with refusals("archive of the crawl"):
            if self._file is not None and (self._size >= self._most_bytes or day != self._day):
                self._file.close()
                self._file = None
                self._place(self._name, self._size)
            if self._file is None:
                self._begin(answer.started_at)
            buffer = io.BytesIO()
            fill(WARCWriter(buffer, gzip=True, warc_version="1.1"))
            self._append(buffer.getvalue())
        return Archived(warc=self._name, end=self._size)

    def _append(self, data: bytes) -> None:
        if self._file is not None:
            self._file.write(data)
            self._file.flush()
            self._size += len(data)

    def _begin(self, moment: dt.datetime) -> None:
        self._day = moment.date()
        stamp = moment.strftime("%Y%m%dT%H%M%SZ")
        while True:
            self._serial += 1
            self._name = f"scrape/date={self._day.isoformat()}/scrape-{stamp}-{self._serial:05d}.warc.gz"
            if not self._memory.has_warc(self._name) and not (self._raw / self._name).exists():
                break
        make_folder(self._folder)
        self._file = self._part(self._name).open("wb")
        self._size = 0
        buffer = io.BytesIO()
        writer = WARCWriter(buffer, gzip=True, warc_version="1.1")
        about = {
            "software": self._agent,
            "format": "WARC File Format 1.1",
            "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
            "robots": "obey",
        }
        writer.write_record(writer.create_warcinfo_record(self._name.rpartition("/")[2], about))
        self._append(buffer.getvalue())

    def _part(self, name: str) -> Path:
        return self._folder / f"{name.rpartition('/')[2]}.part"

    def finish(self) -> None:
        """Put the file that is being written in place, without what the memory does not know of.

        Raises:
            StoreError: the disk refuses.
        """
        if self._file is not None:
            self._file.close()
            self._file = None
        self.recover()

    def _place(self, name: str, size: int) -> None:
        with refusals("archive of the crawl"):
            flush(self._part(name))
            rename(self._part(name), self._raw / name)
        self._memory.keep_warc(name, size, is_closed=True)
        self.placed.append(name)

    # ------------------------------------------------------------ after a kill

    def recover(self) -> None:
        """Put in place what a killed scrape left, cut behind its last whole exchange.

        Raises:
            StoreError: the disk refuses.
        """
        with refusals("archive of the crawl"):
            known = {self._part(one.name): one for one in self._memory.open_warcs()}
            for part, warc in known.items():
                if (self._raw / warc.name).exists():  # killed between the move and the note of it
                    self._memory.keep_warc(warc.name, warc.size, is_closed=True)
                    continue
                size = self._cut(part, warc.size)
                if size < warc.size:
                    self._memory.lost(warc.name, size)
                if size:
                    self._place(warc.name, size)
                else:
                    self._memory.keep_warc(warc.name, 0, is_closed=True)
            for stray in self._folder.glob("*.part"):  # nothing in it was ever settled
                stray.unlink()

    def _cut(self, part: Path, size: int) -> int:
        """Cut a file to ``size`` bytes, or if it is shorter behind its last whole record; return its length then."""
        if not part.is_file():
            return 0
        with part.open("r+b") as file:
            there = file.seek(0, os.SEEK_END)
            keep = size if there >= size else whole_bytes(file)
            file.truncate(keep)
        return keep


def whole_bytes(file: BinaryIO) -> int:
    """Return where the last whole gzip member of a file ends. Holds 1 MiB."""
    file.seek(0)
    whole = position = 0
    member = zlib.decompressobj(zlib.MAX_WBITS | 16)
    while data := file.read(1 << 16):
        while data:
            before = len(data)
            try:
                member.decompress(data, 1 << 20)
            except zlib.error:
                return whole
            if member.eof:
                data = member.unused_data
                position += before - len(data)
                whole = position
                member = zlib.decompressobj(zlib.MAX_WBITS | 16)
            else:
                data = member.unconsumed_tail
                position += before - len(data)
    return whole


def _exchange(out: WARCWriter, target: Target, answer: Answer) -> None:
    payload = io.BytesIO(answer.raw)
    response = out.create_warc_record(
        answer.url,
        "response",
        payload=payload,
        length=len(answer.raw),
        http_headers=_http(f"{answer.status} {answer.reason}".strip(), _rewritten(answer)),
        warc_headers_dict=_fields(answer),
    )
    request = out.create_warc_record(
        answer.url,
        "request",
        http_headers=StatusAndHeaders(
            f"GET {answer.target.decode('ascii', 'replace')} HTTP/1.1", _text(answer.asked), is_http_request=True
        ),
    )
    out.write_request_response_pair(request, response)
    response_id = response.rec_headers.get_header("WARC-Record-ID")
    out.write_record(_metadata(out, target, answer, response_id))


def _metadata(out: WARCWriter, target: Target, answer: Answer, concurrent_to: str) -> ArcWarcRecord:
    told = {
        "via": target.found_in,
        "source": target.source,
        "redirects": target.hops,
        "fetchTimeMs": round(answer.seconds * 1e3),
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in told.items() if value != "").encode()
    return out.create_warc_record(
        answer.url,
        "metadata",
        payload=io.BytesIO(lines),
        length=len(lines),
        warc_content_type="application/warc-fields",
        warc_headers_dict={"WARC-Date": warc_date(answer.started_at), "WARC-Concurrent-To": concurrent_to},
    )


def _revisit(out: WARCWriter, target: Target, answer: Answer) -> None:
    fields = _fields(answer) | {
        "WARC-Profile": _NOT_MODIFIED if answer.status == 304 else _SAME_BYTES,
        "WARC-Refers-To-Target-URI": target.url,
        "WARC-Refers-To-Date": target.record or "",
    }
    if answer.status != 304 and target.payload:
        fields["WARC-Payload-Digest"] = target.payload
    record = out.create_warc_record(
        answer.url,
        "revisit",
        http_headers=_http(f"{answer.status} {answer.reason}".strip(), _text(answer.headers)),
        warc_headers_dict=fields,
    )
    out.write_record(record)


def _fields(answer: Answer) -> dict[str, str]:
    fields = {"WARC-Date": warc_date(answer.started_at)}
    return fields | ({"WARC-IP-Address": answer.address} if answer.address else {})


def _http(status_line: str, headers: Sequence[tuple[str, str]]) -> StatusAndHeaders:
    return StatusAndHeaders(status_line, list(headers), protocol="HTTP/1.1")


def _rewritten(answer: Answer) -> list[tuple[str, str]]:
    """Return the headers, those of the transfer renamed where they no longer fit the body as it is kept."""
    is_joined = any(name.lower() == b"transfer-encoding" for name, _ in answer.headers)
    if not is_joined:
        return _text(answer.headers)
    kept = [(_REWRITTEN.get(name.lower(), name.decode("latin-1")), value) for name, value in answer.headers]
    return [*((name, value.decode("latin-1")) for name, value in kept), ("Content-Length", str(len(answer.raw)))]


def _text(headers: Headers) -> list[tuple[str, str]]:
    return [(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers]
