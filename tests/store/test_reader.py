"""Reading a snapshot gives its rows, whatever happens to the tables meanwhile."""

from __future__ import annotations

import datetime as dt
import pickle
from typing import Any

import pyarrow.compute as pc
import pytest

from pipeline.errors import StoreError
from pipeline.store.reader import BATCH_ROWS
from pipeline.store.schema import TABLES
from pipeline.store.tables import Store


def rows_of(batches: Any) -> list[dict[str, Any]]:
    return [row for batch in batches for row in batch.to_pylist()]


@pytest.mark.parametrize("table", [table for table in TABLES if table not in {"runs", "clusters"}])
def test_published_rows_read_back_as_they_were(published: Store, newsroom: Any, table: str) -> None:
    wanted = []
    for day in (1, 2):
        wanted += newsroom.batch(table, newsroom.day_rows(day)[table], f"{day:07d}-day").to_pylist()

    found = rows_of(published.snapshot().read(table))

    assert sorted(map(repr, found)) == sorted(map(repr, wanted))


def test_columns_filter_and_dates_narrow_what_is_read(published: Store) -> None:
    snapshot = published.snapshot()

    found = rows_of(
        snapshot.read("records", ["date", "kind"], pc.field("kind") == "skipped", dates={dt.date(2026, 3, 2)})
    )

    assert found == [{"date": dt.date(2026, 3, 2), "kind": "skipped"}]


def test_batches_have_the_declared_schema(published: Store) -> None:
    batches = list(published.snapshot().read("articles"))

    assert all(batch.schema.equals(TABLES["articles"].schema) for batch in batches)
    assert all(batch.num_rows <= BATCH_ROWS for batch in batches)


def test_rows_of_ids_gives_only_those(published: Store, newsroom: Any) -> None:
    one, other = newsroom.day_rows(1)["articles"][2], newsroom.day_rows(2)["articles"][0]

    found = rows_of(published.snapshot().rows_of_ids("articles", [one.article_id, other.article_id, "f" * 32]))

    assert sorted(row["article_id"] for row in found) == sorted([one.article_id, other.article_id])
    assert {row["date"] for row in found} == {one.date, other.date}
    assert list(found[0]) == TABLES["articles"].schema.names


def test_rows_of_ids_stays_inside_the_dates(published: Store, newsroom: Any) -> None:
    one = newsroom.day_rows(1)["articles"][2]
    snapshot = published.snapshot()

    assert rows_of(snapshot.rows_of_ids("articles", [one.article_id], ["text"], dates=[one.date])) == [
        {"text": one.text}
    ]
    assert not rows_of(snapshot.rows_of_ids("articles", [one.article_id], ["text"], dates=[newsroom.FIRST]))
    assert not rows_of(snapshot.rows_of_ids("articles", []))


def test_snapshot_travels_to_another_process(published: Store) -> None:
    snapshot = published.snapshot()

    assert pickle.loads(pickle.dumps(snapshot)) == snapshot


def test_damaged_file_is_reported_by_name(published: Store) -> None:
    path = next(published.layout.table("articles").glob("date=*/*.parquet"))
    path.write_bytes(path.read_bytes()[:-20])

    with pytest.raises(StoreError, match=path.name):
        list(published.snapshot().read("articles"))


def test_missing_file_says_what_to_do(published: Store) -> None:
    next(published.layout.table("articles").glob("date=*/*.parquet")).unlink()

    with pytest.raises(StoreError, match="read again"):
        list(published.snapshot().read("articles"))


def test_counts_come_from_the_log(published: Store) -> None:
    assert {name: published.snapshot().count(name) for name in TABLES} == {
        "articles": 8,
        "duplicates": 2,
        "clusters": 10,
        "relations": 2,
        "removals": 8,
        "quarantine": 2,
        "records": 14,
        "runs": 2,
    }
