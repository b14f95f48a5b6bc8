"""Statistics of a file bound its rows, as the Delta protocol wants them."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import given
from hypothesis import strategies as st

from pipeline.store.footer import data_file, date_of, delta_statistics, partition_folder


def stats_of(path: Path, table: pa.Table, **options: object) -> dict[str, Any]:
    pq.write_table(table, path, **options)
    found: dict[str, Any] = json.loads(delta_statistics(pq.read_metadata(path)))
    return found


def test_scalar_columns_have_bounds_over_all_row_groups(tmp_path: Path) -> None:
    table = pa.table({"n": [5, None, 7, 1], "run_id": ["b", "a", None, "c"], "l": [[1], [2], [3], [4]]})

    stats = stats_of(tmp_path / "f", table, row_group_size=2)

    assert stats["numRecords"] == 4
    assert stats["minValues"] == {"n": 1, "run_id": "a"}
    assert stats["maxValues"] == {"n": 7, "run_id": "c"}
    assert stats["nullCount"] == {"n": 1, "run_id": 1}


def test_column_of_nulls_has_a_count_and_no_bounds(tmp_path: Path) -> None:
    stats = stats_of(tmp_path / "f", pa.table({"n": pa.nulls(3, pa.int64())}))

    assert stats["nullCount"] == {"n": 3}
    assert stats["minValues"] == {}


def test_row_group_of_nulls_does_not_hide_the_bounds_of_others(tmp_path: Path) -> None:
    stats = stats_of(tmp_path / "f", pa.table({"n": pa.array([None, None, 3, 4], pa.int64())}), row_group_size=2)

    assert stats["minValues"] == {"n": 3}


def test_what_was_printed_has_no_bounds_for_a_log_is_never_rewritten(tmp_path: Path) -> None:
    stats = stats_of(tmp_path / "f", pa.table({"headline": ["Town votes", "B"]}))

    assert stats["minValues"] == {}
    assert stats["nullCount"] == {"headline": 0}


@given(
    moments=st.lists(
        st.datetimes(dt.datetime(1900, 1, 1), dt.datetime(2200, 1, 1), timezones=st.just(dt.UTC)),
        min_size=1,
        max_size=5,
    )
)
def test_times_are_bounded_in_milliseconds(moments: list[dt.datetime]) -> None:
    table = pa.table({"at": pa.array(moments, pa.timestamp("us", tz="UTC"))})
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink)

    stats = json.loads(delta_statistics(pq.read_metadata(pa.BufferReader(sink.getvalue()))))

    low = dt.datetime.fromisoformat(stats["minValues"]["at"])
    high = dt.datetime.fromisoformat(stats["maxValues"]["at"])
    assert low <= min(moments) <= max(moments) <= high
    assert high - max(moments) < dt.timedelta(milliseconds=1)


def test_facts_name_the_place_in_the_table(tmp_path: Path) -> None:
    pq.write_table(pa.table({"n": [1, 2]}), tmp_path / "f")

    found = data_file(tmp_path / "f", "date=2026-03-04/7-0000.parquet")

    assert (found.rows, found.date) == (2, dt.date(2026, 3, 4))
    assert found.size_bytes == (tmp_path / "f").stat().st_size


@given(date=st.dates())
def test_partition_folder_is_read_back(date: dt.date) -> None:
    assert date_of(f"{partition_folder(date)}/x.parquet") == date
