"""A small newsroom: lawful rows of a day, and a store they were published to."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from pipeline.records import (
    Article,
    ClusterRow,
    Duplicate,
    QuarantineRow,
    RecordRow,
    RelationRow,
    Removal,
    RunRow,
)
from pipeline.store.manifest import PrivateMove, Publication, TableChange
from pipeline.store.publication import Checkpoint, no_checkpoint
from pipeline.store.schema import Row, Stamps, rows_to_batch
from pipeline.store.tables import Store
from pipeline.store.update import drop_rows, move_clusters
from pipeline.text import hash128

NOON = dt.datetime(2026, 3, 5, 12, tzinfo=dt.UTC)
FIRST = dt.date(2026, 3, 1)


def run_row(sequence: int, **fields: Any) -> RunRow:
    """Return a row of runs; ``fields`` override."""
    counts = dict.fromkeys(
        ("records", "already_done", "skipped", "articles", "duplicates", "quarantined", "relations"), 0
    )
    defaults: dict[str, Any] = {
        "run_id": f"{sequence:07d}-day",
        "date": NOON.date(),
        "kind": "run",
        "sequence": sequence,
        "started_at": NOON,
        "finished_at": NOON,
        "settings_digest": "s",
        "rules_digest": "r",
        **dict.fromkeys(("counts", "versions", "timings"), "{}"),
        "table_versions": "",
    }
    return RunRow(**{**defaults, **counts, **fields})


def stamps(run_id: str = "0000001-day") -> Stamps:
    """Return stamps with a fixed clock."""
    return Stamps(run_id=run_id, rules_digest="r", ingested_at=NOON)


def story(path: str, **fields: Any) -> Article:
    """Return an article read from ``path``; ``fields`` override."""
    dump_id = hash128(path)
    defaults: dict[str, Any] = {
        **dict.fromkeys(
            ("standfirst", "agency", "section", "url", "site", "published_date", "published_at", "published_precision")
        ),
        **dict.fromkeys(("published_from", "source_record", "source_id")),
        "article_id": hash128(dump_id, "1"),
        "dump_id": dump_id,
        "date": FIRST,
        "headline": f"Bridge at {path} reopens",
        "text": f"The bridge at {path} reopened.\n\nTraffic was light.",
        "authors": ("Ada Quill",),
        "language": "en",
        "source_path": path,
        "page_article_no": 1,
        "page_article_count": 1,
        "first_line": 1,
        "last_line": 5,
        "kept_lines": (3, 5),
        "word_count": 8,
        "text_hash": hash128("text", path),
        "confidence": 0.9,
    }
    return Article(**{**defaults, **fields})


def record(path: str, **fields: Any) -> RecordRow:
    """Return a record row of ``path`` that gave one article; ``fields`` override."""
    defaults: dict[str, Any] = {
        "dump_id": hash128(path),
        "date": FIRST,
        "source_path": path,
        "source_record": None,
        "source_id": None,
        "bytes": 120,
        "line_count": 6,
        "kind": "text",
        "encoding": "utf-8",
        "crawl_date": None,
        "first_as_of": FIRST,
        "articles": 1,
        "duplicates": 0,
        "quarantined": 0,
        "reason": None,
        "removed_by_class": '{"headline": 1}',
        "seconds": 0.001,
        "rss_mib": 80.0,
    }
    return RecordRow(**{**defaults, **fields})


def quarantined(path: str, **fields: Any) -> QuarantineRow:
    """Return a quarantine row for the whole record of ``path``; ``fields`` override."""
    defaults: dict[str, Any] = {
        **dict.fromkeys(("source_record", "page_article_no", "first_line", "last_line", "text")),
        **dict.fromkeys(("byte_start", "byte_end")),
        "dump_id": hash128(path),
        "date": FIRST,
        "source_path": path,
        "stage": "clean",
        "reason": "too_short",
        "message": "3 words of body, expected at least 25",
        "kept_lines": (),
    }
    return QuarantineRow(**{**defaults, **fields})


def removal(path: str, line_no: int, **fields: Any) -> Removal:
    """Return a removal of a whole line; ``fields`` override."""
    defaults: dict[str, Any] = {
        "dump_id": hash128(path),
        "date": FIRST,
        "line_no": line_no,
        "start": 0,
        "end": 5,
        "text": "Share",
        "line_class": "share",
        "rule": "share-words",
        "evidence": "share",
    }
    return Removal(**{**defaults, **fields})


def day_rows(day: int) -> Mapping[str, Sequence[Row]]:
    """Return the lawful rows of one day's dumps: some of every table."""
    date = FIRST + dt.timedelta(days=day)
    kept = [story(f"{day}/kept{number}.txt", date=date) for number in range(4)]
    copy = story(f"{day}/copy.txt", date=date, text=kept[0].text)
    scores = Duplicate(duplicate_of=kept[0].article_id, relation="near", jaccard=0.9, containment=1.0)
    short = quarantined(f"{day}/short.txt", date=date)
    records = [record(one.source_path, date=one.date) for one in kept]
    records.append(record(copy.source_path, date=copy.date, articles=0, duplicates=1))
    records.append(record(short.source_path, date=short.date, articles=0, quarantined=1))
    skipped = {"kind": "skipped", "articles": 0, "reason": "temporary name", "encoding": None}
    records.append(record(f"{day}/.part", date=date, **skipped))
    link = RelationRow(
        article_id=kept[1].article_id,
        date=kept[1].date,
        other_id=kept[2].article_id,
        relation="contains",
        jaccard=0.2,
        containment=0.9,
    )
    clusters = [ClusterRow(article_id=one.article_id, date=one.date, cluster_id=one.article_id) for one in kept]
    clusters.append(ClusterRow(article_id=copy.article_id, date=copy.date, cluster_id=kept[0].article_id))
    return {
        "articles": kept,
        "duplicates": [(copy, scores)],
        "clusters": clusters,
        "relations": [link],
        "removals": [removal(one.source_path, 1, date=one.date) for one in kept],
        "quarantine": [short],
        "records": records,
    }


def publish_day(store: Store, day: int, checkpoint: Checkpoint = no_checkpoint) -> str:
    """Publish the rows of ``day``; from day 2 on, a story of the day before changes cluster. Return the run id."""
    run = run_row(store.next_sequence())
    snapshot = store.snapshot()
    moved: dict[str, str] = {}
    if day > 1:
        before = [row for row in day_rows(day - 1)["articles"] if isinstance(row, Article)]
        moved = {before[3].article_id: before[1].article_id}
    rewrite = move_clusters(snapshot, moved, run.run_id)
    changes = {}
    for table, rows in day_rows(day).items():
        batches = [rows_to_batch(table, rows, stamps(run.run_id))]
        more = rewrite.batches if table == "clusters" else ()
        added = store.stage(run.run_id, table, itertools.chain(batches, more))
        changes[table] = TableChange(added=added, removed=rewrite.removed if table == "clusters" else ())
    segment = store.layout.staging / run.run_id / "segment"
    segment.write_text(f"signatures of day {day}")
    private = (PrivateMove(staged=str(segment.relative_to(store.layout.state)), final=f"index/{day:04d}"),)
    store.publish(Publication(run=run, changes=changes, private=private), checkpoint)
    return run.run_id


def publish_rows(store: Store, rows: Mapping[str, Iterable[Row]], **fields: Any) -> str:
    """Publish just these rows; ``fields`` go into the row of runs. Return the run id."""
    run = run_row(store.next_sequence(), **fields)
    changes = {}
    for table, found in rows.items():
        added = store.stage(run.run_id, table, [rows_to_batch(table, list(found), stamps(run.run_id))])
        changes[table] = TableChange(added=added)
    store.publish(Publication(run=run, changes=changes))
    return run.run_id


def batch(table: str, rows: Iterable[Row], run_id: str) -> pa.RecordBatch:
    """Return rows stamped by ``run_id``."""
    return rows_to_batch(table, list(rows), stamps(run_id))


def drop_dump(store: Store, dump_id: str) -> str:
    """Publish the removal of everything that came from a skipped dump. Return the run id."""
    run = run_row(store.next_sequence(), kind="forget")
    rewrite = drop_rows(store.snapshot(), "records", [dump_id])
    added = store.stage(run.run_id, "records", rewrite.batches)
    store.publish(Publication(run=run, changes={"records": TableChange(added=added, removed=rewrite.removed)}))
    return run.run_id


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """An empty store."""
    return Store.open(tmp_path / "clean")


@pytest.fixture
def published(store: Store) -> Store:
    """A store with two days published."""
    with store.locked("test"):
        publish_day(store, 1)
        publish_day(store, 2)
    return store


class Newsroom:
    """The factories, for tests to ask for by one name."""

    run_row = staticmethod(run_row)
    stamps = staticmethod(stamps)
    story = staticmethod(story)
    record = staticmethod(record)
    quarantined = staticmethod(quarantined)
    removal = staticmethod(removal)
    day_rows = staticmethod(day_rows)
    publish_day = staticmethod(publish_day)
    publish_rows = staticmethod(publish_rows)
    drop_dump = staticmethod(drop_dump)
    batch = staticmethod(batch)
    NOON = NOON
    FIRST = FIRST


@pytest.fixture
def newsroom() -> type[Newsroom]:
    """The factories of rows and publications."""
    return Newsroom
