"""A query's rows on the terminal, as CSV or JSON lines, or as a Parquet file."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, BinaryIO

from pipeline.report.escape import printable
from pipeline.store.query import Answer

if TYPE_CHECKING:
    from rich.console import RenderableType

MOST_ROWS = 200  # rows of a table on the terminal; CSV and JSON have no end
_MOST_CHARS = 500  # of a cell on the terminal


def as_table(answer: Answer) -> RenderableType:
    """Return the first rows as a table for the terminal, with a note where there are more."""
    from rich.console import Group
    from rich.markup import escape
    from rich.table import Table
    from rich.text import Text

    # Rich takes brackets in a string for its own marks, and pages have brackets.
    titles = (escape(printable(name)) for name in answer.columns)
    table = Table(*titles, header_style="bold", box=None, pad_edge=False)
    for number, row in enumerate(_rows(answer)):
        if number == MOST_ROWS:
            return Group(table, Text(f"the first {MOST_ROWS} rows; --format csv or json gives all", style="dim"))
        table.add_row(*(Text(printable(_cell(value)[:_MOST_CHARS])) for value in row))
    return table


def as_lines(answer: Answer, form: str) -> Iterator[str]:
    """Yield the rows as lines of ``csv`` (with a header) or ``json`` (an object a line); holds one batch."""
    if form == "csv":
        yield _csv_line(answer.columns)
    for row in _rows(answer):
        if form == "csv":
            yield _csv_line([_cell(value) for value in row])
        else:
            yield json.dumps(dict(zip(answer.columns, row, strict=True)), ensure_ascii=False, default=str)


def write_parquet(answer: Answer, sink: BinaryIO) -> int:
    """Write the rows as one Parquet file (zstd) to ``sink``; return how many. Holds one batch and a row group."""
    import pyarrow.parquet as pq

    count = 0
    with pq.ParquetWriter(sink, answer.schema, compression="zstd") as writer:
        for batch in answer.batches:
            writer.write_batch(batch)
            count += batch.num_rows
    return count


def _rows(answer: Answer) -> Iterator[tuple[object, ...]]:
    for batch in answer.batches:
        columns = [column.to_pylist() for column in batch.columns]
        yield from zip(*columns, strict=True)


def _cell(value: object) -> str:
    if value is None:
        return ""
    return json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, (list, dict)) else str(value)


def _csv_line(cells: Sequence[str]) -> str:
    sink = io.StringIO()
    # Before Python 3.13 only the characters of the line end are quoted beside comma and quote: texts have paragraphs.
    csv.writer(sink, lineterminator="\r\n").writerow(cells)
    return sink.getvalue().removesuffix("\r\n")
