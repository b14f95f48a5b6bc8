"""Staged files hold the rows, sorted, cut and checked, whatever order they came in."""

from __future__ import annotations

import datetime as dt
import itertools
import random
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from pipeline.errors import StoreError
from pipeline.store.footer import DataFile
from pipeline.store.layout import Layout
from pipeline.store.schema import TABLES, rows_to_batch
from pipeline.store.staging import stage
from pipeline.store.tables import Store

RUN = "0000001-day"


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return Layout(tmp_path)


def read(layout: Layout, file: DataFile, table: str = "articles") -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pq.ParquetFile(layout.staged(RUN, table) / file.path).read().to_pylist()
    return rows


def stories(newsroom: Any, count: int) -> list[Any]:
    days = [None, dt.date(2026, 2, 3), dt.date(2026, 2, 1)]
    return [
        newsroom.story(f"{number}.txt", date=dt.date(2026, 3, 1 + number % 2), published_date=days[number % 3])
        for number in range(count)
    ]


def test_each_date_has_its_folder_and_the_date_is_in_no_file(layout: Layout, newsroom: Any) -> None:
    files = stage(layout, RUN, "articles", [rows_to_batch("articles", stories(newsroom, 5), newsroom.stamps())])

    assert [file.path for file in files] == [f"date=2026-03-0{day}/{RUN}-0000.parquet" for day in (1, 2)]
    assert [file.rows for file in files] == [3, 2]
    assert "date" not in read(layout, files[0])[0]


def test_rows_are_sorted_by_day_then_id_with_unknown_days_last(layout: Layout, newsroom: Any) -> None:
    files = stage(layout, RUN, "articles", [rows_to_batch("articles", stories(newsroom, 30), newsroom.stamps())])

    keys = [(row["published_date"] or dt.date.max, row["article_id"]) for row in read(layout, files[0])]
    assert keys == sorted(keys)


def test_same_rows_make_the_same_bytes_in_any_order_and_batches(layout: Layout, newsroom: Any) -> None:
    rows = stories(newsroom, 120)
    whole = [rows_to_batch("articles", rows, newsroom.stamps())]
    random.Random(3).shuffle(rows)
    pieces = [rows_to_batch("articles", rows[start : start + 7], newsroom.stamps()) for start in range(0, 120, 7)]

    found = []
    for batches in (whole, pieces):
        files = stage(layout, RUN, "articles", batches, file_bytes=8000, group_bytes=3000)
        found.append([(file, (layout.staged(RUN, "articles") / file.path).read_bytes()) for file in files])

    assert len(found[0]) > 6
    assert found[0] == found[1]


def test_big_date_is_cut_by_id_ranges_and_loses_nothing(layout: Layout, newsroom: Any) -> None:
    rows = stories(newsroom, 100)

    files = stage(
        layout, RUN, "articles", [rows_to_batch("articles", rows, newsroom.stamps())], file_bytes=6000, group_bytes=2000
    )

    by_file = [sorted(row["article_id"] for row in read(layout, file)) for file in files if file.date.day == 1]
    assert len(by_file) > 2
    assert all(before[-1] < after[0] for before, after in itertools.pairwise(by_file))
    assert sum(file.rows for file in files) == 100


def test_row_groups_are_bounded_by_bytes(layout: Layout, newsroom: Any) -> None:
    rows = [newsroom.story(f"{number}.txt", text="word " * 200) for number in range(20)]
    rows.append(newsroom.story("long.txt", text="word " * 5000))

    files = stage(layout, RUN, "articles", [rows_to_batch("articles", rows, newsroom.stamps())], group_bytes=6000)

    meta = pq.read_metadata(layout.staged(RUN, "articles") / files[0].path)
    assert max(meta.row_group(group).num_rows for group in range(meta.num_row_groups)) <= 5
    assert meta.num_row_groups > 4


def test_flipped_bit_is_noticed(layout: Layout, newsroom: Any) -> None:
    rows = [newsroom.story(f"{number}.txt", text=f"{number} " * 400) for number in range(50)]
    files = stage(layout, RUN, "articles", [rows_to_batch("articles", rows, newsroom.stamps())])
    path = layout.staged(RUN, "articles") / files[0].path
    column = pq.read_metadata(path).row_group(0).column(TABLES["articles"].file_schema.get_field_index("text"))
    damaged = bytearray(path.read_bytes())
    damaged[column.data_page_offset + column.total_compressed_size // 2] ^= 1
    path.write_bytes(damaged)

    with pytest.raises(OSError, match=r"(?i)crc|checksum"):
        pq.ParquetFile(path, page_checksum_verification=True).read()


def test_staging_again_replaces_what_an_earlier_try_left(layout: Layout, newsroom: Any) -> None:
    stage(layout, RUN, "articles", [rows_to_batch("articles", stories(newsroom, 6), newsroom.stamps())])

    stage(layout, RUN, "articles", [rows_to_batch("articles", [newsroom.story("x.txt")], newsroom.stamps())])

    assert len(list(layout.staged(RUN, "articles").rglob("*.parquet"))) == 1
    assert not list(layout.scratch.glob("*"))


def test_no_rows_make_no_files(layout: Layout, newsroom: Any) -> None:
    assert stage(layout, RUN, "articles", [rows_to_batch("articles", [], newsroom.stamps())]) == ()


def test_rows_of_another_table_are_refused(layout: Layout, newsroom: Any) -> None:
    batch = rows_to_batch("records", [newsroom.record("a.txt")], newsroom.stamps())

    with pytest.raises(StoreError, match="another schema"):
        stage(layout, RUN, "articles", [batch])


def test_disk_that_refuses_is_reported_with_the_table(layout: Layout, newsroom: Any) -> None:
    layout.state.mkdir()
    layout.staging.write_text("a file where the folder should be")

    with pytest.raises(StoreError, match="'articles' could not be staged"):
        stage(layout, RUN, "articles", [rows_to_batch("articles", stories(newsroom, 1), newsroom.stamps())])


def test_single_stories_are_found_by_a_bloom_filter(store: Store, newsroom: Any) -> None:
    with store.locked("test"):
        newsroom.publish_day(store, 1)
    path = next(store.layout.table("articles").glob("date=*/*.parquet"))
    (key,) = duckdb.sql(f"SELECT article_id FROM read_parquet('{path}') LIMIT 1").fetchall()[0]

    def excluded(article_id: str) -> set[bool]:
        probe = f"SELECT bloom_filter_excludes FROM parquet_bloom_probe('{path}', 'article_id', '{article_id}')"
        return {found for (found,) in duckdb.sql(probe).fetchall()}

    assert (excluded(key), excluded("0" * 32)) == ({False}, {True})
