"""SQL sees the newest consistent snapshot."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import InputError
from pipeline.store.query import connect, query
from pipeline.store.schema import TABLES
from pipeline.store.tables import Store


def rows(store: Store, sql: str) -> list[dict[str, Any]]:
    return [row for batch in query(store.snapshot(), sql).batches for row in batch.to_pylist()]


def test_all_tables_can_be_joined(published: Store) -> None:
    found = rows(
        published,
        "SELECT d.date, count(*) AS n FROM duplicates d JOIN articles a ON a.article_id = d.duplicate_of"
        " JOIN records r ON r.dump_id = d.dump_id GROUP BY ALL ORDER BY ALL",
    )

    assert found == [{"date": dt.date(2026, 3, day), "n": 1} for day in (2, 3)]


@pytest.mark.parametrize("table", TABLES)
def test_view_has_the_columns_and_types_of_the_table_even_when_empty(
    published: Store, tmp_path: Path, table: str
) -> None:
    empty = Store.open(tmp_path / "empty")

    full = connect(published.snapshot()).sql(f"FROM {table}")

    assert list(full.columns) == TABLES[table].schema.names
    assert connect(empty.snapshot()).sql(f"FROM {table}").types == full.types


def test_times_are_utc(published: Store) -> None:
    assert rows(published, "SELECT max(started_at)::VARCHAR AS t FROM runs") == [{"t": "2026-03-05 12:00:00+00"}]


def test_half_done_publication_is_not_seen(published: Store, newsroom: Any) -> None:
    counts = []
    with published.locked("test"):
        newsroom.publish_day(
            published,
            3,
            lambda step: counts.append((step, rows(published, "SELECT count(*) AS n FROM articles")[0]["n"])),
        )

    steps = [step for step, _ in counts]
    done = steps.index("committed runs")
    assert [n for _, n in counts] == [8] * done + [12] * (len(steps) - done)


def test_connection_keeps_its_snapshot(published: Store, newsroom: Any) -> None:
    connection = connect(published.snapshot())
    with published.locked("test"):
        newsroom.publish_day(published, 3)

    assert connection.execute("SELECT count(*) FROM articles").fetchone() == (8,)


def test_mistake_in_the_query_is_the_users(published: Store) -> None:
    with pytest.raises(InputError, match="articels") as caught:
        query(published.snapshot(), "SELECT * FROM articels")

    assert caught.value.exit_code == 2


def test_mistake_that_shows_in_the_rows_is_the_users_too(published: Store) -> None:
    answer = query(published.snapshot(), "SELECT headline::INTEGER AS n FROM articles")

    with pytest.raises(InputError, match="query failed"):
        list(answer.batches)


def test_answer_names_its_columns(published: Store) -> None:
    assert query(published.snapshot(), "SELECT 1 AS one, 2 AS two").columns == ("one", "two")


def test_syndication_tells_outlets_and_delay_of_stories_printed_more_than_once(newsroom_run: Any) -> None:
    snapshot = Store.open(newsroom_run.clean, create=False).snapshot()
    sql = (
        "SELECT printed_by, first_seen, delay_days, relation, outlets FROM syndication WHERE headline LIKE '%orchard%'"
    )

    rows = [tuple(row.values()) for batch in query(snapshot, f"{sql} ORDER BY 3").batches for row in batch.to_pylist()]

    assert rows == [
        ("herald", dt.date(2026, 3, 3), 0, "kept", 2),
        ("mirror", dt.date(2026, 3, 10), 7, "exact", 2),
    ]
