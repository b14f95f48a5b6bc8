"""Facts of a data file read from its Parquet footer: rows, size and the statistics the Delta log wants.

Reading them back from the file, not from the rows that went in, means that a file restored years later gets the same
log entry as the day it was written.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pyarrow.parquet as pq

from pipeline.store.schema import PARTITION

# The log tells bounds of these strings alone. A headline among its bounds would stay there when the story is taken
# down, since a log is never rewritten; and no file is skipped by its texts.
_BOUNDED_STRINGS: Final = frozenset(
    {"article_id", "dump_id", "cluster_id", "other_id", "duplicate_of", "run_id", "kind", "relation"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DataFile:
    """One Parquet file of a table. ``path`` is relative to the table's root; ``stats`` is Delta's JSON."""

    path: str
    size_bytes: int
    rows: int
    stats: str

    @property
    def date(self) -> dt.date:
        """The partition, from the path."""
        return date_of(self.path)


def partition_folder(date: dt.date) -> str:
    """Return the folder of a partition.

    >>> partition_folder(dt.date(2026, 3, 4))
    'date=2026-03-04'
    """
    return f"{PARTITION}={date.isoformat()}"


def date_of(path: str) -> dt.date:
    """Return the partition that a path relative to the table's root lies in.

    >>> date_of("date=2026-03-04/7-0000.parquet")
    datetime.date(2026, 3, 4)
    """
    return dt.date.fromisoformat(path.partition("/")[0].removeprefix(f"{PARTITION}="))


def data_file(location: Path, path: str) -> DataFile:
    """Return the facts of the file at ``location`` that is, or will be, ``path`` in its table."""
    with pq.ParquetFile(location) as parquet:
        meta = parquet.metadata
        stats = delta_statistics(meta)
    return DataFile(path=path, size_bytes=location.stat().st_size, rows=meta.num_rows, stats=stats)


def delta_statistics(meta: pq.FileMetaData) -> str:
    """Return per-file statistics as the Delta protocol spells them ("Per-file Statistics"): a JSON object.

    Scalar columns only. A column is left out of ``minValues`` and ``maxValues`` where a row group does not know them.
    """
    least: dict[str, Any] = {}
    most: dict[str, Any] = {}
    nulls: dict[str, int] = {}
    for name, groups in _scalar_columns(meta):
        if any(group is None or not group.has_null_count for group in groups):
            continue
        nulls[name] = sum(group.null_count for group in groups)
        known = [group for group in groups if group.has_min_max]
        # An all-null row group has no bounds and needs none.
        if not known or any(not group.has_min_max and group.num_values for group in groups):
            continue
        low, high = min(group.min for group in known), max(group.max for group in known)
        if isinstance(low, str) and name not in _BOUNDED_STRINGS:
            continue
        least[name], most[name] = _spelt(low, up=False), _spelt(high, up=True)
    spelt = {"numRecords": meta.num_rows, "minValues": least, "maxValues": most, "nullCount": nulls}
    return json.dumps(spelt, ensure_ascii=False, sort_keys=True)


def _scalar_columns(meta: pq.FileMetaData) -> Iterator[tuple[str, list[Any]]]:
    for position in range(meta.num_columns):
        column = meta.schema.column(position)
        if column.max_repetition_level == 0:
            groups = [meta.row_group(group).column(position).statistics for group in range(meta.num_row_groups)]
            yield column.path, groups


def _spelt(value: object, *, up: bool) -> object:
    if isinstance(value, dt.datetime):
        # The log keeps milliseconds; a maximum is rounded up so that no row lies above it.
        if up:
            value += dt.timedelta(microseconds=-value.microsecond % 1000)
        utc = value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)
        return utc.strftime("%Y-%m-%dT%H:%M:%S.") + f"{utc.microsecond // 1000:03d}Z"
    return value.isoformat() if isinstance(value, dt.date) else value
