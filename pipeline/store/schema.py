"""Arrow schemas of the eight tables, derived from the columns declared in :mod:`pipeline.records`.

A column's type, nullability and meaning are written once, on the record; this module turns them into the schema that is
written, the schema that is read and ``docs/columns.md``. The partition column ``date`` is in the table's schema but not
in its files: pandas and pyarrow refuse a folder that says ``date`` twice with two types.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import types
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias, TypeVar, get_args, get_type_hints

import pyarrow as pa

from pipeline.errors import StoreError
from pipeline.records import (
    Article,
    ClusterRow,
    Duplicate,
    QuarantineRow,
    RecordRow,
    RelationRow,
    Removal,
    RunRow,
)
from pipeline.store.values import values_markdown

Record = TypeVar("Record")

SCHEMA_VERSION: Final = 1
"""Version of all schemas together. A column is only ever appended, nullable, and that raises this number."""

PARTITION: Final = "date"

Row: TypeAlias = (
    Article | tuple[Article, Duplicate] | ClusterRow | RelationRow | Removal | QuarantineRow | RecordRow | RunRow
)

ARROW_TYPES: Final[Mapping[str, pa.DataType]] = types.MappingProxyType(
    {
        "string": pa.string(),
        "list<string>": pa.list_(pa.string()),
        "list<int64>": pa.list_(pa.int64()),
        "int64": pa.int64(),
        "float64": pa.float64(),
        "bool": pa.bool_(),
        "date32": pa.date32(),
        "timestamp": pa.timestamp("us", tz="UTC"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamps:
    """What is the same for all rows of a publication: filled in when records become Arrow."""

    run_id: str
    rules_digest: str
    ingested_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One output column: where its value comes from, its type and what it means."""

    name: str
    arrow: pa.DataType
    arrow_name: str
    nullable: bool
    meaning: str
    partition: bool
    stamp: bool
    part: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One of the eight tables: its columns and how its files are sorted.

    ``key`` is the id that rows are looked up by; ``sort_by`` the order of rows inside a file.
    """

    name: str
    meaning: str
    key: str
    sort_by: tuple[str, ...]
    columns: tuple[Column, ...]

    @property
    def schema(self) -> pa.Schema:
        """The table's schema, ``date`` included."""
        return pa.schema([_arrow_field(column) for column in self.columns])

    @property
    def file_schema(self) -> pa.Schema:
        """The schema of a data file: ``date`` is in its path only."""
        return pa.schema([_arrow_field(column) for column in self.columns if not column.partition])


def _arrow_field(column: Column) -> pa.Field:
    return pa.field(column.name, column.arrow, nullable=column.nullable)


def _columns(*records: type) -> Iterator[Column]:
    for part, record in enumerate(records):
        hints = get_type_hints(record)
        for declared in dataclasses.fields(record):
            facts = declared.metadata
            yield Column(
                name=declared.name,
                arrow=ARROW_TYPES[facts["arrow"]],
                arrow_name=facts["arrow"],
                # A stamp is None only until it is filled in.
                nullable=type(None) in get_args(hints[declared.name]) and not facts["stamp"],
                meaning=facts["meaning"],
                partition=facts["partition"],
                stamp=facts["stamp"],
                part=part,
            )


def _table(name: str, meaning: str, sort_by: str, *records: type, key: str) -> Table:
    columns = tuple(_columns(*records))
    return Table(name=name, meaning=meaning, key=key, sort_by=tuple(sort_by.split()), columns=columns)


_BY_DAY = "published_date article_id"
_ALL = (
    _table("articles", "a story's kept copy; append-only in scheduled runs", _BY_DAY, Article, key="article_id"),
    _table("duplicates", "a copy kept out in favour of an article", _BY_DAY, Article, Duplicate, key="article_id"),
    _table("clusters", "the cluster of an article or duplicate", "article_id", ClusterRow, key="article_id"),
    _table(
        "relations",
        "a link between two stories that is no merge",
        "article_id other_id relation",
        RelationRow,
        key="article_id",
    ),
    _table("removals", "a line, or part of one, taken out", "dump_id line_no start end", Removal, key="dump_id"),
    _table(
        "quarantine",
        "a segment or record without an article",
        "dump_id page_article_no first_line reason",
        QuarantineRow,
        key="dump_id",
    ),
    _table("records", "an input record and what became of it", "dump_id", RecordRow, key="dump_id"),
    _table("runs", "a publication and the consistent snapshot it made", "run_id", RunRow, key="run_id"),
)

TABLES: Final[Mapping[str, Table]] = types.MappingProxyType({table.name: table for table in _ALL})
"""The eight tables in the order they are committed: ``runs``, which names the snapshot, is last."""


def rows_to_batch(table: str, rows: Sequence[Row], stamps: Stamps) -> pa.RecordBatch:
    """Return ``rows`` as one batch in the schema of ``table`` (``date`` included), stamp columns filled.

    A row of ``duplicates`` is a pair ``(Article, Duplicate)``. Holds the batch only; order is kept.

    Raises:
        StoreError: a value does not fit its column, as a lone surrogate in a text; names table and column.
    """
    spec = TABLES[table]
    parts: list[Sequence[Any]] = [rows]
    if table == "duplicates":
        parts = [[row[0] for row in rows], [row[1] for row in rows]]  # type: ignore[index]
    arrays = [_array(table, column, parts[column.part], stamps) for column in spec.columns]
    return pa.RecordBatch.from_arrays(arrays, schema=spec.schema)


def _array(table: str, column: Column, records: Sequence[Any], stamps: Stamps) -> pa.Array:
    name = column.name
    try:
        if column.stamp:
            return pa.repeat(pa.scalar(getattr(stamps, name), column.arrow), len(records))
        return pa.array([getattr(record, name) for record in records], column.arrow)
    except (pa.ArrowException, UnicodeEncodeError, TypeError) as exc:
        message = f"a value of column {name!r} does not fit table {table!r} ({column.arrow_name}): {exc}"
        raise StoreError(message, table=table, column=name) from exc


def as_record(kind: type[Record], row: Mapping[str, Any]) -> Record:
    """Return a row that was read back (column → value) as the record it was written from, stamps included.

    Columns that ``kind`` does not declare are left out.
    """
    declared = dataclasses.fields(kind)  # type: ignore[arg-type]
    values = {one.name: row[one.name] for one in declared}
    values = {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
    record = kind(**{one.name: values[one.name] for one in declared if one.init})
    for one in declared:
        if not one.init:
            # A stamp is no argument, so that no stage can set it; it is set past the frozen class here.
            object.__setattr__(record, one.name, values[one.name])
    return record


def columns_markdown() -> str:
    """Return ``docs/columns.md``: every table and column with type and meaning, and the values of closed lists."""
    lines = [
        "# Columns",
        "",
        "Generated from `pipeline/records.py` by `broadsheet columns`; a test compares it with this file.",
        f"Schema version {SCHEMA_VERSION}. `date` is the partition: it lives in the path (`date=YYYY-MM-DD/`) alone.",
        "Times are UTC, in microseconds; line numbers count from 1, blank lines included.",
        "",
    ]
    for table in TABLES.values():
        lines += [f"## {table.name}", "", f"One row is {table.meaning}. Key: `{table.key}`.", ""]
        lines += ["| column | type | null | meaning |", "|---|---|---|---|"]
        lines += [_markdown_row(column) for column in table.columns]
        lines.append("")
    return "\n".join([*lines, *values_markdown()])


def _markdown_row(column: Column) -> str:
    kind = f"{column.arrow_name} (partition)" if column.partition else column.arrow_name
    meaning = column.meaning.replace("|", "\\|")
    return f"| {column.name} | {kind} | {'yes' if column.nullable else 'no'} | {meaning} |"
