"""Equal digests mean equal rows, whatever their order, files and clocks."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from pipeline.store.digest import VOLATILE, digests, table_digest
from pipeline.store.schema import TABLES
from pipeline.store.tables import Store


def published(folder: Path, newsroom: Any, *batches: list[Any], **fields: Any) -> Store:
    store = Store.open(folder)
    with store.locked("test"):
        for rows in batches:
            records = [newsroom.record(row.source_path) for row in rows]
            newsroom.publish_rows(store, {"articles": rows, "records": records}, **fields)
    return store


def test_same_rows_in_other_order_and_publications_have_the_same_digest(tmp_path: Path, newsroom: Any) -> None:
    rows = [newsroom.story(f"{number}.txt") for number in range(6)]
    later = newsroom.NOON + dt.timedelta(days=1)

    once = published(tmp_path / "once", newsroom, rows)
    twice = published(tmp_path / "twice", newsroom, rows[:1:-1], rows[:2], started_at=later)

    for table in ("articles", "records"):
        assert table_digest(once.snapshot(), table) == table_digest(twice.snapshot(), table)
    assert digests(once.snapshot())["runs"] != digests(twice.snapshot())["runs"]


@pytest.mark.parametrize("fields", [{"headline": None}, {"kept_lines": (3,)}, {"confidence": 0.8}])
def test_any_other_value_has_another_digest(tmp_path: Path, newsroom: Any, fields: dict[str, Any]) -> None:
    one = published(tmp_path / "one", newsroom, [newsroom.story("a.txt")])
    other = published(tmp_path / "other", newsroom, [newsroom.story("a.txt", **fields)])

    assert table_digest(one.snapshot(), "articles") != table_digest(other.snapshot(), "articles")


def test_row_that_is_there_twice_counts_twice(store: Store, newsroom: Any) -> None:
    row = newsroom.removal("a.txt", 1)
    found = []
    with store.locked("test"):
        for _ in range(2):
            newsroom.publish_rows(store, {"removals": [row, row]})
            found.append(table_digest(store.snapshot(), "removals"))

    assert [digest.partition(":")[0] for digest in found] == ["2", "4"]
    assert len({digest.partition(":")[2] for digest in found}) == 2


def test_columns_left_out_exist() -> None:
    assert {name for table in TABLES.values() for name in table.schema.names} >= VOLATILE
