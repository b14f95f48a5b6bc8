"""Every record has its line, over the whole history."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.errors import LawBrokenError
from pipeline.store.outcomes import outcomes
from pipeline.store.tables import Store
from pipeline.store.update import drop_rows
from pipeline.text import hash128


def test_every_record_of_every_day_has_its_line(published: Store) -> None:
    found = [(line["path"], line["outcome"], line["reason"]) for line in outcomes(published.snapshot())]

    day1 = sorted((line for line in found if line[0].startswith("1/")), key=str)
    assert day1 == [
        ("1/.part", "skipped", "temporary name"),
        ("1/copy.txt", "duplicate", "near"),
        *((f"1/kept{number}.txt", "article", None) for number in range(4)),
        ("1/short.txt", "quarantined", "too_short"),
    ]
    assert len(found) == 14


def test_line_has_the_documented_keys_and_is_json(published: Store) -> None:
    line = next(line for line in outcomes(published.snapshot()) if line["path"] == "1/kept0.txt")

    assert list(json.loads(json.dumps(line))) == ["path", "record", "outcome", "reason", "text", "seconds", "rss_mib"]
    assert line["text"] == "The bridge at 1/kept0.txt reopened.\n\nTraffic was light."
    assert (line["seconds"], line["rss_mib"]) == (0.001, 80.0)


def test_glued_page_has_a_line_for_each_of_its_segments(store: Store, newsroom: Any) -> None:
    dump = hash128("wall.html")
    stories = [
        newsroom.story(
            "wall.html", article_id=hash128(dump, str(no)), page_article_no=no, source_record="r1", text=f"Story {no}"
        )
        for no in (3, 1)
    ]
    short = newsroom.quarantined("wall.html", page_article_no=2, source_record="r1")
    record = newsroom.record("wall.html", articles=2, quarantined=1, source_record="r1")
    with store.locked("test"):
        newsroom.publish_rows(store, {"articles": stories, "quarantine": [short], "records": [record]})

    found = [(line["record"], line["outcome"], line["text"]) for line in outcomes(store.snapshot())]

    assert sorted(found, key=str) == [
        ("r1", "article", "Story 1"),
        ("r1", "article", "Story 3"),
        ("r1", "quarantined", None),
    ]


def test_history_longer_than_a_group_comes_whole_and_in_the_same_order(
    published: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = list(outcomes(published.snapshot()))
    monkeypatch.setattr("pipeline.store.outcomes._GROUP_RECORDS", 7)

    cut = list(outcomes(published.snapshot()))

    assert sorted(map(str, cut)) == sorted(map(str, whole))
    assert cut == list(outcomes(published.snapshot()))
    assert [line["path"][0] for line in cut] == ["1"] * 7 + ["2"] * 7


def test_record_without_an_outcome_is_not_passed_over(published: Store, newsroom: Any) -> None:
    lost = newsroom.day_rows(1)["articles"][0]
    snapshot = published.snapshot()
    rewrite = drop_rows(snapshot, "articles", [lost.article_id])
    path = snapshot.layout.table("articles") / rewrite.removed[0].path
    rows = pa.Table.from_batches(list(rewrite.batches)).drop_columns(["date"])
    pq.write_table(rows, path)

    with pytest.raises(LawBrokenError) as caught:
        list(outcomes(snapshot))

    assert caught.value.facts["dump_id"] == lost.dump_id


def test_empty_store_has_no_lines(store: Store) -> None:
    assert list(outcomes(store.snapshot())) == []


@pytest.mark.parametrize("path", ["tab\there.txt", "quote's.txt", "日本.txt"])
def test_odd_paths_come_through(store: Store, newsroom: Any, path: str) -> None:
    record = dataclasses.replace(newsroom.record(path), kind="skipped", articles=0, reason="odd")
    with store.locked("test"):
        newsroom.publish_rows(store, {"records": [record]})

    assert [line["path"] for line in outcomes(store.snapshot())] == [path]
