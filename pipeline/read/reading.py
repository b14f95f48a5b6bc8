"""What is known while one source is read, and the one place where a record gets its outcome."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass, replace

from pipeline.errors import RecordError
from pipeline.limits import Limits
from pipeline.read.identity import Numbering, Profile, date_in_path, unread_id
from pipeline.read.streams import Feed
from pipeline.records import Dump, Reason, Skipped, Unreadable
from pipeline.text import host_of


@dataclass(frozen=True, slots=True)
class Known:
    """A record that an earlier run has read: not decoded again."""

    dump_id: str


Outcome = Dump | Unreadable | Skipped | Known


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What a record holds, decoded and tidied, before it gets its id and what path and settings say."""

    kind: str
    text: str
    encoding: str
    repaired: bool = False
    crawl_date: dt.date | None = None
    source_id: str | None = None
    url: str | None = None
    site: str | None = None
    title: str | None = None
    author: str | None = None
    date: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One source, or one member of an archive, while it is read.

    ``name`` tells the form where the bytes do not; ``member`` is the way into archives, ``depth`` how many lie around.
    ``descend`` reads a member as if it were a file; ``begin`` is told the id of each record before it is decoded.
    """

    path: str
    name: str
    limits: Limits
    known: Container[str]
    profile: Profile
    numbering: Numbering
    descend: Callable[[Feed, Reading], Iterator[Outcome]]
    begin: Callable[[str], None]
    crawl_date: dt.date | None
    size_bytes: int
    member: str | None = None
    depth: int = 0

    def inside(self, member: str, size_bytes: int) -> Reading:
        """Return the reading of a member of this archive."""
        return replace(
            self,
            name=member,
            member=self.record(member),
            depth=self.depth + 1,
            crawl_date=date_in_path(member) or self.crawl_date,
            size_bytes=size_bytes,
        )

    def record(self, record: str | None) -> str | None:
        """Return the full name of a record: the members around it and itself, joined by ``!``."""
        if record is None or self.member is None:
            return record if self.member is None else self.member
        return f"{self.member}!{record}"

    def settle(
        self,
        raw: bytes,
        record: str | None,
        build: Callable[[], Page],
        *,
        byte_start: int | None = None,
        byte_end: int | None = None,
    ) -> Dump | Unreadable | Known:
        """Return the outcome of a record whose bytes are ``raw``: known, or what ``build`` makes of it, or an error."""
        dump_id = self.numbering.dump_id(raw)
        if dump_id in self.known:
            return Known(dump_id)
        try:
            self.begin(dump_id)
            page = build()
        except RecordError as exc:
            return Unreadable(
                dump_id=dump_id,
                source_path=self.path,
                source_record=self.record(record),
                reason=_reason(exc),
                message=exc.message,
                size_bytes=len(raw),
                byte_start=byte_start,
                byte_end=byte_end,
                crawl_date=self.crawl_date,
            )
        return self._dump(page, dump_id, record, len(raw))

    def _dump(self, page: Page, dump_id: str, record: str | None, size_bytes: int) -> Dump:
        return Dump(
            dump_id=dump_id,
            source_path=self.path,
            source_record=self.record(record),
            kind=page.kind,
            text=page.text,
            size_bytes=size_bytes,
            encoding=page.encoding,
            repaired=page.repaired,
            crawl_date=page.crawl_date or self.crawl_date,
            source_id=page.source_id,
            url=page.url,
            site=page.site or self.profile.site or host_of(page.url),
            title=page.title,
            author=page.author,
            date=page.date,
            language=self.profile.language,
            time_zone=self.profile.time_zone,
        )

    def failed(
        self,
        error: RecordError,
        record: str | None = None,
        *,
        size_bytes: int = 0,
        byte_start: int | None = None,
        byte_end: int | None = None,
    ) -> Unreadable | Known:
        """Return the outcome of what could not be read, under an id made from its place and the reason."""
        reason, name = _reason(error), self.record(record)
        start = _place(error, "byte_start") if byte_start is None else byte_start
        end = _place(error, "byte_end") if byte_end is None else byte_end
        dump_id = unread_id(self.path, reason, name, start)
        if dump_id in self.known:
            return Known(dump_id)
        return Unreadable(
            dump_id=dump_id,
            source_path=self.path,
            source_record=name,
            reason=reason,
            message=error.message,
            size_bytes=size_bytes,
            byte_start=start,
            byte_end=end,
            crawl_date=self.crawl_date,
        )

    def skipped(self, record: str | None, reason: str) -> Skipped:
        """Return the line of something that is no page."""
        return Skipped(source_path=self.path, source_record=self.record(record), reason=reason)


def _reason(error: RecordError) -> Reason:
    reason = error.facts.get("reason")
    return reason if isinstance(reason, Reason) else Reason.BAD_RECORD


def _place(error: RecordError, name: str) -> int | None:
    value = error.facts.get(name)
    return value if isinstance(value, int) else None
