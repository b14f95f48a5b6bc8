"""Tables of pages: CSV with a header, and Parquet. The columns are the fields of a page; a bad row costs that row."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator

from pipeline.errors import RecordError
from pipeline.read.decode import decode, wide_encoding
from pipeline.read.fields import SIDE_FIELDS, TEXT_FIELDS, page_of_fields
from pipeline.read.reading import Outcome, Page, Reading
from pipeline.read.streams import ByteStream, SourceFile
from pipeline.records import Reason

_DELIMITERS = (",", ";", "\t", "|")
_BATCH_ROWS = 32
_FIELDS = frozenset((*SIDE_FIELDS, *TEXT_FIELDS))


class _Lines:
    """The lines of the record being read, as text for csv and as bytes for its identity."""

    def __init__(self, stream: ByteStream, limit: int) -> None:
        self.taken: list[bytes] = []
        self.size_bytes = 0
        self.too_large = False
        self._stream = stream
        self._limit = limit

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._stream.read_line(self._limit)
        if not line:
            raise StopIteration
        self.taken.append(line)
        self.size_bytes += len(line)
        if self.size_bytes > self._limit:
            self.too_large = True
            raise RecordError(f"a row of more than {self._limit:,} bytes", reason=Reason.TOO_LARGE)
        # Latin-1 keeps every byte as one character, so a row's fields can be decoded each by itself.
        return line.decode("latin-1")


def read_csv(stream: ByteStream, reading: Reading) -> Iterator[Outcome]:
    """Yield a record for each row. A quote that never closes costs its line, not the rest. Holds one row.

    Raises:
        RecordError: unsupported, there is no header with text or html; the file is cut or damaged.
    """
    if wide_encoding(stream.peek(4096)) is not None:
        raise RecordError("CSV in UTF-16 or UTF-32: save it as UTF-8", reason=Reason.UNSUPPORTED)
    limit = reading.limits.max_record_bytes
    csv.field_size_limit(max(csv.field_size_limit(), limit))
    header, delimiter = _header(stream)
    number = 1
    while True:
        start = stream.position
        lines = _Lines(stream, limit)
        row, error = _next_row(lines, delimiter)
        if not lines.taken:
            return
        if error is not None and len(lines.taken) > 1:
            stream.push_back(b"".join(lines.taken[1:]))
            del lines.taken[1:]
        elif lines.too_large and not lines.taken[0].endswith(b"\n"):
            stream.skip_line()
        number += len(lines.taken)
        raw = b"".join(lines.taken)
        if raw.strip():
            record = str(number - len(lines.taken) + 1)
            yield _settle_row(reading, raw, header, row, error, record, start, stream.position)


def _header(stream: ByteStream) -> tuple[list[str], str]:
    line = stream.read_line(1 << 16).decode("utf-8-sig", "replace")
    for delimiter in _DELIMITERS:
        names = _names(line, delimiter)
        if len(names) > 1 and not set(names).isdisjoint(TEXT_FIELDS) and len(names) == len(set(names)):
            return names, delimiter
    raise RecordError("the first line names no column 'text' or 'html'", reason=Reason.UNSUPPORTED)


def _names(line: str, delimiter: str) -> list[str]:
    try:
        return [name.strip().lower() for name in next(csv.reader([line], delimiter=delimiter), [])]
    except csv.Error:  # a carriage return inside a name, and the like
        return []


def _next_row(lines: _Lines, delimiter: str) -> tuple[list[str], RecordError | None]:
    try:
        return next(csv.reader(lines, delimiter=delimiter, strict=True), []), None
    except csv.Error as exc:
        return [], RecordError(f"no CSV row: {exc}", reason=Reason.BAD_RECORD)
    except RecordError as exc:
        if not lines.too_large:
            raise
        return [], exc


def _settle_row(
    reading: Reading,
    raw: bytes,
    header: list[str],
    row: list[str],
    error: RecordError | None,
    record: str,
    start: int,
    end: int,
) -> Outcome:
    def build() -> Page:
        if error is not None:
            raise error
        if len(row) != len(header):
            message = f"{len(row)} fields, the header names {len(header)}"
            raise RecordError(message, reason=Reason.BAD_RECORD)
        if "\0" in "".join(row):
            raise RecordError("NUL byte in the row", reason=Reason.BAD_RECORD)
        whole = decode(raw)
        texts = {
            name: value.encode("latin-1").decode(whole.encoding, "replace")
            for name, value in zip(header, row, strict=True)
        }
        fields = {name: value for name, value in texts.items() if name in _FIELDS and (value or name in TEXT_FIELDS)}
        return page_of_fields(fields, reading.limits, encoding=whole.encoding, repaired=whole.repaired)

    return reading.settle(raw, record, build, byte_start=start, byte_end=end)


def read_parquet(stream: ByteStream, reading: Reading) -> Iterator[Outcome]:
    """Yield a record for each row, a few rows at a time. A damaged row group costs its rows.

    Raises:
        RecordError: corrupt, no Parquet or its footer is damaged; unsupported, no column text or html.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(
            _seekable(stream, reading), pre_buffer=False, buffer_size=1 << 20, page_checksum_verification=True
        )
        columns = _columns(file.schema_arrow.names)
        groups = file.num_row_groups
    except (pa.ArrowException, OSError, ValueError) as exc:
        raise RecordError(f"no sound Parquet file: {exc}", reason=Reason.CORRUPT) from exc
    number = 0
    for group in range(groups):
        rows = file.metadata.row_group(group).num_rows
        done = 0
        try:
            for batch in file.iter_batches(batch_size=_BATCH_ROWS, row_groups=[group], columns=list(columns.values())):
                for row in batch.to_pylist():
                    done += 1
                    yield _settle_fields(
                        reading, {name: row[column] for name, column in columns.items()}, number + done
                    )
        except (pa.ArrowException, OSError, ValueError) as exc:
            message = f"rows {number + done + 1} to {number + rows} are damaged: {exc}"
            yield reading.failed(RecordError(message, reason=Reason.CORRUPT), str(number + done + 1))
        number += rows


def _columns(names: list[str]) -> dict[str, str]:
    columns = {name.lower(): name for name in names if name.lower() in _FIELDS}
    if set(columns).isdisjoint(TEXT_FIELDS):
        raise RecordError("no column 'text' or 'html'", reason=Reason.UNSUPPORTED)
    return columns


def _seekable(stream: ByteStream, reading: Reading) -> io.IOBase:
    """Return the file itself where it can be read from anywhere, else its bytes."""
    if isinstance(stream.feed, SourceFile) and stream.feed.seekable():
        stream.feed.seek(0)
        return stream.feed
    return io.BytesIO(stream.read_whole(reading.limits.max_record_bytes))


def _settle_fields(reading: Reading, fields: dict[str, object], number: int) -> Outcome:
    # A row has no bytes of its own: its fields as canonical JSON stand for them.
    raw = json.dumps(fields, sort_keys=True, default=str).encode()
    return reading.settle(raw, str(number), lambda: page_of_fields(fields, reading.limits))
