"""Claims about a run's rows: each article in one table, each record's counts moved with its copies, dates of holders."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from pipeline.dedup.facts import DocFacts
from pipeline.dedup.match import Decisions, Link
from pipeline.gather.rows import (
    article_rows,
    cluster_rows,
    copies_by_dump,
    duplicate_rows,
    plain_rows,
    record_rows,
    relation_rows,
)
from pipeline.records import Article, Duplicate, RecordRow, Relation
from pipeline.store.schema import TABLES, Row, Stamps, rows_to_batch

DAY = dt.date(2026, 3, 4)
STAMPS = Stamps(run_id="00000001-a", rules_digest="r", ingested_at=dt.datetime(2026, 3, 10, 12, tzinfo=dt.UTC))


def write(path: Path, table: str, *batches: Sequence[Row]) -> Path:
    with pa.ipc.new_file(str(path), TABLES[table].schema) as sink:
        for rows in batches:
            sink.write_batch(rows_to_batch(table, rows, STAMPS))
    return path


def rows(batches: Iterable[pa.RecordBatch], table: str) -> list[dict[str, Any]]:
    """Return the rows of batches, each in the table's schema."""
    found = []
    for batch in batches:
        assert batch.schema == TABLES[table].schema
        found += batch.to_pylist()
    return found


def copy_of(kept: Article) -> Duplicate:
    return Duplicate(duplicate_of=kept.article_id, relation=Relation.NEAR, jaccard=0.9, containment=1.0)


def decisions(**fields: Any) -> Decisions:
    return Decisions(**{"duplicates": {}, "links": (), "cluster_by_id": {}, "edges": (), **fields})


@pytest.fixture
def stories(make_article: Callable[..., Article]) -> list[Article]:
    """Three stories of two dumps: the first two of one page."""
    page = [make_article(f"Story {i}.", dump_id="d" * 32, page_article_no=i, source_path="a.txt") for i in (1, 2)]
    return [*page, make_article("Story 3.", source_path="b.txt")]


def test_an_article_is_in_articles_or_in_duplicates_and_not_in_both(tmp_path: Path, stories: list[Article]) -> None:
    files = [
        write(tmp_path / "0", "articles", stories[:1], stories[1:2]),
        write(tmp_path / "1", "articles", stories[2:]),
    ]
    copies = {stories[1].article_id: copy_of(stories[2])}

    kept = rows(article_rows(files, copies), "articles")
    out = rows(duplicate_rows(files, copies), "duplicates")

    assert [row["article_id"] for row in kept] == [stories[0].article_id, stories[2].article_id]
    assert [(row["article_id"], row["duplicate_of"], row["relation"], row["jaccard"], row["text"]) for row in out] == [
        (stories[1].article_id, stories[2].article_id, "near", 0.9, "Story 2.")
    ]


def test_without_copies_every_article_stays(tmp_path: Path, stories: list[Article]) -> None:
    files = [write(tmp_path / "0", "articles", stories)]

    assert len(rows(article_rows(files, {}), "articles")) == 3
    assert rows(duplicate_rows(files, {}), "duplicates") == []


def test_copies_are_counted_by_their_dump(tmp_path: Path, stories: list[Article]) -> None:
    files = [write(tmp_path / "0", "articles", stories)]
    copies = {story.article_id: copy_of(stories[2]) for story in stories[:2]}

    assert copies_by_dump(files, copies) == {"d" * 32: 2}


def test_record_tells_its_copies_apart_from_its_articles(tmp_path: Path) -> None:
    record = RecordRow(
        dump_id="d" * 32,
        date=DAY,
        source_path="a.txt",
        source_record=None,
        source_id=None,
        bytes=10,
        line_count=3,
        kind="text",
        encoding="utf-8",
        crawl_date=None,
        first_as_of=DAY,
        articles=3,
        duplicates=0,
        quarantined=1,
        reason=None,
        removed_by_class="{}",
        seconds=0.5,
        rss_mib=1.0,
    )
    files = [write(tmp_path / "0", "records", [record])]

    (row,) = rows(record_rows(files, Counter({"d" * 32: 2})), "records")

    assert (row["articles"], row["duplicates"], row["quarantined"], row["bytes"]) == (1, 2, 1, 10)


def test_tables_that_matching_does_not_touch_pass_as_they_are(tmp_path: Path, stories: list[Article]) -> None:
    files = [write(tmp_path / "0", "articles", stories[:2]), write(tmp_path / "1", "articles", stories[2:])]

    assert [row["text"] for row in rows(plain_rows(files), "articles")] == ["Story 1.", "Story 2.", "Story 3."]


def facts(article: Article) -> DocFacts:
    names = [name for name in DocFacts.__slots__ if name != "id"]
    return DocFacts(id=article.article_id, **{name: getattr(article, name) for name in names})


def test_every_new_article_and_copy_has_a_cluster_its_own_where_it_is_alone(stories: list[Article]) -> None:
    alone, kept, copy = stories
    decided = decisions(cluster_by_id={kept.article_id: "c" * 32, copy.article_id: "c" * 32})

    found = rows(cluster_rows([facts(one) for one in stories], decided, STAMPS), "clusters")

    assert [(row["article_id"], row["cluster_id"]) for row in found] == [
        (alone.article_id, alone.article_id),
        (kept.article_id, "c" * 32),
        (copy.article_id, "c" * 32),
    ]
    assert {row["run_id"] for row in found} == {STAMPS.run_id}


def test_more_rows_than_a_batch_holds_come_in_several(stories: list[Article]) -> None:
    many = [facts(stories[0])] * 10_000

    batches = list(cluster_rows(many, decisions(), STAMPS))

    assert [batch.num_rows for batch in batches] == [8192, 1808]


def test_link_lies_on_the_day_of_the_story_that_holds_it() -> None:
    link = Link(article_id="a" * 32, other_id="b" * 32, relation=Relation.UPDATE, jaccard=0.4, containment=0.8)

    (row,) = rows(relation_rows({"a" * 32: DAY}, decisions(links=(link,)), STAMPS), "relations")

    assert (row["article_id"], row["other_id"], row["relation"], row["date"]) == ("a" * 32, "b" * 32, "update", DAY)
    assert (row["jaccard"], row["containment"]) == (0.4, 0.8)


def test_nothing_decided_is_no_batch() -> None:
    assert list(relation_rows({}, decisions(), STAMPS)) == []
    assert list(cluster_rows([], decisions(), STAMPS)) == []
