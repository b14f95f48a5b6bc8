"""Reads raw roots into dumps: paths and URIs in, decoded records out, every input with exactly one kind of outcome."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping, Sequence

from pipeline.errors import RecordError
from pipeline.limits import Limits
from pipeline.read import archive, html, jsonl, plain, table, warc
from pipeline.read.identity import Numbering, date_in_path, profile_of
from pipeline.read.reading import Known, Outcome, Reading
from pipeline.read.sniff import HEAD_BYTES, Format, sniff
from pipeline.read.streams import ByteStream, Feed, open_source, open_stream
from pipeline.read.walk import Listed, Source, check_roots, list_sources
from pipeline.settings import SourceSettings

__all__ = ["READERS", "Known", "Listed", "Outcome", "Source", "check_roots", "list_sources", "read_source"]

READERS: Mapping[Format, Callable[[ByteStream, Reading], Iterator[Outcome]]] = {
    Format.TEXT: plain.read,
    Format.HTML: html.read,
    Format.JSONL: jsonl.read_lines,
    Format.JSON: jsonl.read_document,
    Format.CSV: table.read_csv,
    Format.PARQUET: table.read_parquet,
    Format.WARC: warc.read,
    Format.ZIP: archive.read_zip,
    Format.TAR: archive.read_tar,
}


def read_source(
    source: Source,
    limits: Limits,
    known: Container[str] = frozenset(),
    settings: Sequence[SourceSettings] = (),
    begin: Callable[[str], None] | None = None,
) -> Iterator[Outcome]:
    """Yield every record of a source, in the order of the file: a dump, an unreadable, a skipped or a known one.

    Holds one record (within ``limits.max_record_bytes``) and some 70 bytes for each record read. ``known`` are the ids
    of dumps read by earlier runs: those come as :class:`Known`, not decoded. ``begin`` is called with the id of each
    other one before it is decoded; a RecordError it raises is the record's. A bad record never stops the others.

    Raises:
        InputError: this machine has no file handle or memory left.
    """
    reading = Reading(
        path=source.path,
        name=source.path,
        limits=limits,
        known=known,
        profile=profile_of(source.path, settings),
        numbering=Numbering(source.path),
        descend=_read_feed,
        begin=begin or _unwatched,
        crawl_date=date_in_path(source.path),
        size_bytes=source.size_bytes,
    )
    try:
        file = open_source(source)
    except RecordError as exc:
        yield reading.failed(exc, size_bytes=source.size_bytes)
        return
    with file:
        yield from _read_feed(file, reading)


def _unwatched(dump_id: str) -> None:
    del dump_id


def _read_feed(feed: Feed, reading: Reading) -> Iterator[Outcome]:
    """Yield the records of a file or of an archive's member, by what its first bytes say it is."""
    empty = True
    try:
        stream = open_stream(feed, reading.limits)
        head, damage = stream.peek_sound(HEAD_BYTES)
        form = sniff(head, reading.name)
        if damage is not None and not head and form is not Format.WARC:
            raise damage
        for outcome in READERS[form](stream, reading):
            empty = False
            yield outcome
    except RecordError as exc:
        yield reading.failed(exc, size_bytes=reading.size_bytes)
    else:
        if empty:
            yield reading.skipped(None, f"{form} without a record")
