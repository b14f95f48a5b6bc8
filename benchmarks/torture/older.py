"""Tables as a version before the first would have left them, made of present ones."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from deltalake import DeltaTable, write_deltalake

from pipeline.store.tables import Store

NEW = "removed_by_class"
"""The column of ``records`` that the made-up version did not know."""


def make_older(clean: Path) -> None:
    """Leave the tables of one run with ``records`` as an older version wrote it: without a column, and so marked."""
    (known,) = [pa.Table.from_batches(Store.open(clean).snapshot().read("records"))]
    records, older = clean / "records", known.drop_columns([NEW])
    version = DeltaTable(records).version()
    shutil.rmtree(records)
    write_deltalake(records, older.slice(0, 0), partition_by=["date"])
    DeltaTable(records).alter.set_table_properties({"broadsheet.schemaVersion": "0"}, raise_if_not_exists=False)
    while DeltaTable(records).version() < version - 1:
        write_deltalake(records, older.slice(0, 0), mode="append")
    write_deltalake(records, older, mode="append")
    _point_runs_at(clean, DeltaTable(records).version())


def _point_runs_at(clean: Path, records_version: int) -> None:
    """Let the row of ``runs`` name the version that the made-up records have."""
    (path,) = (clean / "runs").glob("date=*/*.parquet")
    table = pq.read_table(path, partitioning=None)
    versions = json.loads(table["table_versions"][0].as_py()) | {"records": records_version}
    place = table.schema.get_field_index("table_versions")
    pq.write_table(table.set_column(place, table.schema.field(place), [[json.dumps(versions)]]), path)
