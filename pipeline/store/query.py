"""SQL over the tables at the newest consistent snapshot, by DuckDB."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.errors import InputError
from pipeline.store.reader import Snapshot
from pipeline.store.schema import PARTITION, TABLES, Column, Table
from pipeline.text import squash

# DuckDB's own default fills a batch with 131,072 rows: half a gigabyte of articles.
_BATCH_ROWS: Final = 2048

# Below its message DuckDB draws the query with an arrow under the place; an error of ours is one line.
_ARROW: Final = re.compile(r"\n\s*LINE \d+:.*", re.DOTALL)

_DUCKDB_TYPES: Final = {
    "string": "VARCHAR",
    "list<string>": "VARCHAR[]",
    "list<int64>": "BIGINT[]",
    "int64": "BIGINT",
    "float64": "DOUBLE",
    "bool": "BOOLEAN",
    "date32": "DATE",
    "timestamp": "TIMESTAMPTZ",
}


VIEWS: Final[Mapping[str, str]] = {
    "syndication": """
WITH stories AS (
    SELECT article_id, headline, agency, site, url, source_path, published_date, published_at, date, 'kept' AS relation
    FROM articles
    UNION ALL
    SELECT article_id, headline, agency, site, url, source_path, published_date, published_at, date, relation
    FROM duplicates
),
placed AS (
    SELECT cluster_id, s.*, least(published_date, s.date) AS seen,
           coalesce(site, CASE WHEN contains(source_path, '/') THEN split_part(source_path, '/', 1)
                               ELSE '(top folder)' END) AS outlet
    FROM stories s JOIN clusters USING (article_id)
)
SELECT cluster_id, count(*) OVER story AS copies, count(DISTINCT outlet) OVER story AS outlets,
       outlet AS printed_by, seen AS first_seen,
       date_diff('day', min(seen) OVER story, seen) AS delay_days,
       relation, article_id, headline, agency, url, source_path, published_at
FROM placed WINDOW story AS (PARTITION BY cluster_id)
QUALIFY copies > 1
""",
}
"""Views beside the tables. ``syndication``: each copy of a story that was printed more than once, who printed it, when
it was first seen there (published, else crawled) and how many days after the first of all."""


def connect(
    snapshot: Snapshot, *, temporary: Path | None = None, memory: str | None = None
) -> duckdb.DuckDBPyConnection:
    """Return a DuckDB connection in memory with a view of each table as ``snapshot`` has it, and those of ``VIEWS``.

    Nothing under the clean folder is written: what does not fit in ``memory`` (as "512MB") goes to ``temporary``.
    Extensions are not fetched from the network; times are shown in UTC.
    """
    files = {name: [snapshot.locate(name, file.path) for file in snapshot.files(name)] for name in TABLES}
    connection = connect_files(files, temporary=temporary, memory=memory)
    for name, sql in VIEWS.items():
        connection.execute(f"CREATE VIEW {name} AS {sql}")
    return connection


def connect_files(
    files: Mapping[str, Sequence[Path]], *, temporary: Path | None = None, memory: str | None = None
) -> duckdb.DuckDBPyConnection:
    """Return a DuckDB connection with a view of each table in ``files`` over exactly these data files."""
    settings: dict[str, str | bool | int | float | list[str]] = {"autoinstall_known_extensions": "false"}
    if temporary is not None:
        settings["temp_directory"] = str(temporary)
    if memory is not None:
        settings["memory_limit"] = memory
    connection = duckdb.connect(":memory:", config=settings)
    connection.execute("SET TimeZone = 'UTC'")
    set_views(connection, files)
    return connection


def set_views(connection: duckdb.DuckDBPyConnection, files: Mapping[str, Sequence[Path]]) -> None:
    """Make, or make anew, a view of each table in ``files`` over exactly these data files."""
    for name, paths in files.items():
        connection.execute(f"CREATE OR REPLACE VIEW {name} AS {_select(TABLES[name], paths)}")


@dataclass(frozen=True, slots=True)
class Answer:
    """Rows of a query: the names of its columns, and its batches, computed as they are asked for, once.

    ``schema`` is that of the batches, which there need not be any of.
    """

    columns: tuple[str, ...]
    batches: Iterator[pa.RecordBatch]
    schema: pa.Schema = field(default_factory=lambda: pa.schema([]))


def query(snapshot: Snapshot, sql: str) -> Answer:
    """Return the rows of a user's SQL over the tables as ``snapshot`` has them.

    Raises:
        InputError: DuckDB refuses it, at once or while the rows are read; the message is DuckDB's.
    """
    connection = connect(snapshot)
    try:
        relation = connection.sql(sql)
        if relation is None:
            raise InputError("the query gives no rows: ask with SELECT", source=sql)
        schema = relation.limit(0).to_arrow_reader(1).schema
    except duckdb.Error as exc:
        raise _refused(exc, sql) from exc
    return Answer(tuple(relation.columns), _batches(relation, connection, sql), schema)


def _batches(
    relation: duckdb.DuckDBPyRelation, connection: duckdb.DuckDBPyConnection, sql: str
) -> Iterator[pa.RecordBatch]:
    try:
        yield from relation.to_arrow_reader(_BATCH_ROWS)
    except (duckdb.Error, pa.ArrowException, OSError) as exc:
        raise _refused(exc, sql) from exc
    finally:
        connection.close()


def _refused(exc: Exception, sql: str) -> InputError:
    return InputError(f"the query failed: {squash(_ARROW.sub('', str(exc)))}", source=sql)


def _select(table: Table, paths: Sequence[Path]) -> str:
    if not paths:
        nothing = ", ".join(_column(one, set()) for one in table.columns)
        return f"SELECT {nothing} WHERE false"
    stored = _stored(paths)
    columns = ", ".join(_column(one, stored) for one in table.columns)
    listed = ", ".join(_quoted(path) for path in paths)
    # Every publication has a file of runs, whatever version wrote it; files of other tables are all of one version.
    by_name = ", union_by_name=true" if table.name == "runs" else ""
    read = f"read_parquet([{listed}], hive_partitioning=true, hive_types={{'{PARTITION}': DATE}}{by_name})"
    return f"SELECT {columns} FROM {read}"  # noqa: S608 - names are our own, paths are quoted


def _stored(paths: Sequence[Path]) -> set[str]:
    """Return the columns that the files have: those of the newest, whose name begins with the number of its run."""
    return {PARTITION, *pq.read_schema(max(paths, key=lambda path: path.name)).names}


def _column(column: Column, stored: set[str]) -> str:
    if column.name in stored:
        return f'"{column.name}"'
    return f'NULL::{_DUCKDB_TYPES[column.arrow_name]} AS "{column.name}"'


def _quoted(path: Path) -> str:
    # DuckDB takes every path for a glob.
    plain = re.sub(r"[*?\[]", lambda found: f"[{found[0]}]", str(path))
    return "'" + plain.replace("'", "''") + "'"
