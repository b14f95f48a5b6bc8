"""Only files that hold a touched row are written anew."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from pipeline.store.digest import table_digest
from pipeline.store.manifest import Publication, TableChange
from pipeline.store.tables import Store
from pipeline.store.update import Rewrite, compact, drop_rows, move_clusters
from pipeline.text import hash128


def rows_of(rewrite: Rewrite) -> dict[str, dict[str, Any]]:
    rows = [row for batch in rewrite.batches for row in batch.to_pylist()]
    return {row["article_id"]: row for row in rows}


def test_moved_article_gets_its_cluster_and_the_run_that_moved_it(published: Store, newsroom: Any) -> None:
    first, second = newsroom.day_rows(2)["articles"][:2]

    rewrite = move_clusters(published.snapshot(), {second.article_id: first.article_id}, "0000003-day")

    rows = rows_of(rewrite)
    assert [removed.path for removed in rewrite.removed] == ["date=2026-03-03/0000002-day-0000.parquet"]
    assert rows[second.article_id]["cluster_id"] == first.article_id
    assert rows[second.article_id]["run_id"] == "0000003-day"
    assert rows[first.article_id]["run_id"] == "0000002-day"
    assert len(rows) == 5


def test_file_whose_rows_already_say_so_stays(published: Store, newsroom: Any) -> None:
    alone = newsroom.day_rows(2)["articles"][1].article_id

    rewrite = move_clusters(published.snapshot(), {alone: alone, "f" * 32: alone}, "0000003-day")

    assert rewrite.removed == ()
    assert rows_of(rewrite) == {}


def test_files_of_other_dates_are_not_looked_at(published: Store, newsroom: Any) -> None:
    first, second = newsroom.day_rows(2)["articles"][:2]

    rewrite = move_clusters(
        published.snapshot(), {second.article_id: first.article_id}, "0000003-day", dates=[newsroom.FIRST]
    )

    assert rewrite.removed == ()


def test_dropped_rows_are_gone_and_the_rest_of_their_file_stays(published: Store, newsroom: Any) -> None:
    gone = newsroom.day_rows(1)["articles"][0]

    rewrite = drop_rows(published.snapshot(), "articles", [gone.dump_id], columns=["dump_id"])

    kept = rows_of(rewrite)
    assert len(rewrite.removed) == 1
    assert len(kept) == 3
    assert gone.article_id not in kept


def test_file_that_loses_all_its_rows_is_removed_without_a_successor(published: Store) -> None:
    rewrite = drop_rows(published.snapshot(), "quarantine", [hash128("1/short.txt")])

    assert len(rewrite.removed) == 1
    assert not list(rewrite.batches)


def test_compaction_merges_small_files_and_keeps_every_row(published: Store, newsroom: Any) -> None:
    with published.locked("test"):
        newsroom.publish_rows(
            published,
            {
                "articles": [newsroom.story("late.txt", date=newsroom.day_rows(1)["articles"][0].date)],
                "records": [newsroom.record("late.txt")],
            },
        )
        before = table_digest(published.snapshot(), "articles")
        rewrite = compact(published.snapshot(), "articles", min_bytes=1 << 20)
        run = newsroom.run_row(4, kind="compact")
        added = published.stage(run.run_id, "articles", rewrite.batches)
        published.publish(Publication(run=run, changes={"articles": TableChange(added=added, removed=rewrite.removed)}))

    assert (len(rewrite.removed), len(added)) == (2, 1)
    assert len(published.snapshot().files("articles")) == 2
    assert table_digest(published.snapshot(), "articles") == before


def test_rewritten_batches_keep_the_schema(published: Store, newsroom: Any) -> None:
    first, second = newsroom.day_rows(2)["articles"][:2]
    rewrite = move_clusters(published.snapshot(), {second.article_id: first.article_id}, "0000003-day")

    assert all(isinstance(batch, pa.RecordBatch) for batch in rewrite.batches)
