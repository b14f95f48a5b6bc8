"""The rows of a run, from the shards' files and the decisions to batches in the schemas of the tables."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from pathlib import Path

import pyarrow as pa

from pipeline.dedup.facts import DocFacts
from pipeline.dedup.match import Decisions
from pipeline.gather.articles import rows_in
from pipeline.records import ClusterRow, Duplicate, RelationRow
from pipeline.shards.prints import read_rows
from pipeline.store.schema import TABLES, Stamps, rows_to_batch

_MOST_ROWS = 8192  # rows of a batch made here


def article_rows(files: Sequence[Path], duplicates: Mapping[str, Duplicate]) -> Iterator[pa.RecordBatch]:
    """Yield the rows of ``articles``: those of the shards that are no duplicates."""
    ids = pa.array(list(duplicates), pa.string())
    for path in files:
        for batch in read_rows(path):
            yield rows_in(batch, ids, inside=False)


def duplicate_rows(files: Sequence[Path], duplicates: Mapping[str, Duplicate]) -> Iterator[pa.RecordBatch]:
    """Yield the rows of ``duplicates``: the shards' rows with what each is a copy of."""
    ids = pa.array(list(duplicates), pa.string())
    schema = TABLES["duplicates"].schema
    for path in files:
        for batch in read_rows(path):
            rows = rows_in(batch, ids, inside=True)
            of = [duplicates[article_id] for article_id in rows.column("article_id").to_pylist()]
            extra = {
                one.name: pa.array([getattr(found, one.name) for found in of], schema.field(one.name).type)
                for one in fields(Duplicate)
            }
            arrays = [extra[name] if name in extra else rows.column(name) for name in schema.names]
            yield pa.RecordBatch.from_arrays(arrays, schema=schema)


def record_rows(files: Sequence[Path], copies_by_dump: Counter[str]) -> Iterator[pa.RecordBatch]:
    """Yield the rows of ``records``, with the articles of each that turned out to be duplicates counted as such."""
    for path in files:
        for batch in read_rows(path):
            copies = [copies_by_dump[dump_id] for dump_id in batch.column("dump_id").to_pylist()]
            found = batch.column("articles").to_pylist()
            changed = {
                "articles": pa.array([all_ - copy for all_, copy in zip(found, copies, strict=True)], pa.int64()),
                "duplicates": pa.array(copies, pa.int64()),
            }
            arrays = [changed.get(name, batch.column(name)) for name in batch.schema.names]
            yield pa.RecordBatch.from_arrays(arrays, schema=batch.schema)


def copies_by_dump(files: Sequence[Path], duplicates: Mapping[str, Duplicate]) -> Counter[str]:
    """Return for each dump how many of its articles are duplicates."""
    ids = pa.array(list(duplicates), pa.string())
    counts: Counter[str] = Counter()
    for path in files:
        for batch in read_rows(path):
            counts.update(
                rows_in(batch.select(["article_id", "dump_id"]), ids, inside=True).column("dump_id").to_pylist()
            )
    return counts


def plain_rows(files: Sequence[Path]) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a table that matching does not touch."""
    for path in files:
        yield from read_rows(path)


def cluster_rows(facts: Sequence[DocFacts], decisions: Decisions, stamps: Stamps) -> Iterator[pa.RecordBatch]:
    """Yield the new rows of ``clusters``, one for each new article and duplicate."""
    rows = [
        ClusterRow(article_id=one.id, date=one.date, cluster_id=decisions.cluster_by_id.get(one.id, one.id))
        for one in facts
    ]
    yield from _batches("clusters", rows, stamps)


def relation_rows(dates: Mapping[str, dt.date], decisions: Decisions, stamps: Stamps) -> Iterator[pa.RecordBatch]:
    """Yield the rows of ``relations``; ``dates`` has the crawl date of each holding story."""
    rows = [
        RelationRow(
            article_id=link.article_id,
            date=dates[link.article_id],
            other_id=link.other_id,
            relation=link.relation,
            jaccard=link.jaccard,
            containment=link.containment,
        )
        for link in decisions.links
    ]
    yield from _batches("relations", rows, stamps)


def _batches(
    table: str, rows: Sequence[ClusterRow] | Sequence[RelationRow], stamps: Stamps
) -> Iterator[pa.RecordBatch]:
    for start in range(0, len(rows), _MOST_ROWS):
        yield rows_to_batch(table, rows[start : start + _MOST_ROWS], stamps)
