"""What became of every input record: one line an outcome, over the whole history."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, TypedDict

import duckdb
import pyarrow as pa

from pipeline.errors import LawBrokenError, StoreError
from pipeline.store.query import connect_files, set_views
from pipeline.store.reader import Snapshot, TableFile

_MEMORY: Final = "512MB"
_ROWS: Final = 1000
_TABLES: Final = ("records", "articles", "duplicates", "quarantine")

# Records joined at a time: their paths are what DuckDB holds while the texts stream past. Sorting by path was tried:
# with texts among the columns DuckDB 2.0 runs out of any memory limit, so the order is that of the tables.
_GROUP_RECORDS: Final = 200_000

_LOST_SQL: Final = """
SELECT dump_id, source_path, source_record FROM records
WHERE kind <> 'skipped' AND dump_id NOT IN (
    SELECT dump_id FROM articles UNION ALL SELECT dump_id FROM duplicates UNION ALL SELECT dump_id FROM quarantine)
ORDER BY dump_id LIMIT 1
"""

_TOLD: Final = "SELECT r.source_path, r.source_record, {outcome}, {reason}, {text}, r.seconds, r.rss_mib FROM"
_SQL: Final = (
    _TOLD.format(outcome="'article'", reason="NULL", text="o.text") + " articles o JOIN records r USING (dump_id)",
    _TOLD.format(outcome="'duplicate'", reason="o.relation", text="o.text")
    + " duplicates o JOIN records r USING (dump_id)",
    _TOLD.format(outcome="'quarantined'", reason="o.reason", text="o.text")
    + " quarantine o JOIN records r USING (dump_id)",
    _TOLD.format(outcome="'skipped'", reason="r.reason", text="NULL") + " records r WHERE r.kind = 'skipped'",
)


class Outcome(TypedDict):
    """A line of ``broadsheet outcomes --jsonl``.

    ``outcome`` is article, duplicate, quarantined or skipped; ``reason`` why it was quarantined or skipped, or what a
    duplicate is to the kept copy; ``seconds`` and ``rss_mib`` are the record's, the same on each of its lines.
    """

    path: str
    record: str | None
    outcome: str
    reason: str | None
    text: str | None
    seconds: float | None
    rss_mib: float | None


def outcomes(snapshot: Snapshot) -> Iterator[Outcome]:
    """Yield every outcome of every record, by crawl date; a record with several articles has a line for each.

    Inside some dates come the articles, then the duplicates, the quarantined and the skipped, each in the order of its
    table: the same for the same snapshot. Memory does not grow with the history: DuckDB holds the paths of 200,000
    records (or of one date), and a thousand texts are in flight.

    Raises:
        LawBrokenError: a record has no outcome at all; names its dump.
        StoreError: a data file cannot be read.
    """
    with tempfile.TemporaryDirectory(prefix="broadsheet-") as folder:
        connection = connect_files({}, temporary=Path(folder), memory=_MEMORY)
        try:
            connection.execute("SET threads = 1")
            # As written, the right side of a join is what is held: never the side with the texts.
            connection.execute("SET disabled_optimizers = 'join_order,build_side_probe_side'")
            for files in _groups(snapshot):
                set_views(connection, files)
                _refuse_lost(connection)
                for sql in _SQL:
                    for batch in connection.sql(sql).to_arrow_reader(_ROWS):
                        yield from map(_outcome, _rows(batch))
        except (duckdb.Error, pa.ArrowException, OSError) as exc:
            raise StoreError(f"outcomes could not be read: {exc}") from exc
        finally:
            connection.close()


def _groups(snapshot: Snapshot) -> Iterator[dict[str, list[Path]]]:
    """Cut the tables into runs of dates; all rows of a dump have its crawl date, so they are in one run."""
    by_date: defaultdict[dt.date, list[tuple[str, TableFile]]] = defaultdict(list)
    for table in _TABLES:
        for file in snapshot.files(table):
            by_date[file.date].append((table, file))
    group: dict[str, list[Path]] = {table: [] for table in _TABLES}
    records = 0
    for date in sorted(by_date):
        more = sum(file.rows for table, file in by_date[date] if table == "records")
        if records and records + more > _GROUP_RECORDS:
            yield group
            group, records = {table: [] for table in _TABLES}, 0
        records += more
        for table, file in by_date[date]:
            group[table].append(snapshot.locate(table, file.path))
    if records:
        yield group


def _refuse_lost(connection: duckdb.DuckDBPyConnection) -> None:
    lost = connection.execute(_LOST_SQL).fetchone()
    if lost is not None:
        dump_id, path, record = lost
        message = f"record {record!r} of {path!r} has no article, duplicate or quarantine row: its dump is {dump_id!r}"
        raise LawBrokenError(message, dump_id=dump_id)


def _outcome(row: tuple[Any, ...]) -> Outcome:
    path, record, outcome, reason, text, seconds, rss_mib = row
    return Outcome(
        path=path, record=record, outcome=outcome, reason=reason, text=text, seconds=seconds, rss_mib=rss_mib
    )


def _rows(batch: pa.RecordBatch) -> Iterator[tuple[Any, ...]]:
    return zip(*(column.to_pylist() for column in batch.columns), strict=True)
