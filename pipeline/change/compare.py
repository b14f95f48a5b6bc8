"""Stories before and after: which rows of a backfill's dumps are new, gone, other, or decided otherwise."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.change.rematch import Rematch, Standing, copies_of
from pipeline.records import Duplicate
from pipeline.report.changes import COUNTS, DayChange, day_changes
from pipeline.shards.prints import read_rows
from pipeline.store.digest import VOLATILE
from pipeline.store.reader import Snapshot
from pipeline.store.schema import TABLES


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A story as its own columns tell it: crawl date and a digest of all that no other story decides."""

    date: dt.date
    digest: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """The published stories of some dumps, by id: their own columns, and what they were to others."""

    told: Mapping[str, Told]
    standing: Mapping[str, Standing]


def stories_before(snapshot: Snapshot, dumps: Collection[str], dates: Collection[dt.date]) -> Before:
    """Return the published stories of ``dumps``, whose crawl dates are ``dates``. Holds 200 bytes a story."""
    told: dict[str, Told] = {}
    copies: dict[str, Duplicate] = {}
    wanted = pc.field("dump_id").isin(pa.array(sorted(dumps), pa.string()))
    for table in ("articles", "duplicates"):
        for batch in snapshot.read(table, filter=wanted, dates=dates) if dumps else ():
            told |= dict(_told(batch))
            if table == "duplicates":
                copies |= dict(copies_of(batch))
    clusters = {
        key: cluster
        for batch in snapshot.rows_of_ids("clusters", told, ["article_id", "cluster_id"])
        for key, cluster in zip(*(column.to_pylist() for column in batch.columns), strict=True)
    }
    return Before(
        told=told,
        standing={key: Standing(copy=copies.get(key), cluster_id=clusters[key]) for key in told},
    )


def stories_in(files: Sequence[Path]) -> dict[str, Told]:
    """Return the stories of shards' files by id."""
    return {key: told for path in files for batch in read_rows(path) for key, told in _told(batch)}


def _told(batch: pa.RecordBatch) -> Iterator[tuple[str, Told]]:
    names = [name for name in TABLES["articles"].schema.names if name not in VOLATILE]
    for row in batch.select(names).to_pylist():
        spelt = json.dumps(list(row.values()), ensure_ascii=False, default=str).encode()
        yield row["article_id"], Told(date=row["date"], digest=hashlib.blake2b(spelt, digest_size=16).digest())


def compare(before: Before, now: Mapping[str, Told], found: Rematch) -> tuple[DayChange, ...]:
    """Return what changes a day: the rows of the dumps cleaned again, and the decisions on stories they touch."""
    counts: dict[str, Counter[dt.date]] = {name: Counter() for name in COUNTS}
    counts["added"].update(told.date for key, told in now.items() if key not in before.told)
    counts["removed"].update(told.date for key, told in before.told.items() if key not in now)
    both = [key for key in now if key in before.told]
    counts["changed"].update(now[key].date for key in both if now[key].digest != before.told[key].digest)
    dates = {one.id: one.date for one in found.articles.facts()}
    stood = {**{key: before.standing[key] for key in both}, **found.standing}
    for key, was in stood.items():
        for name in _moves(was, found.decisions.duplicates.get(key), found.decisions.cluster_by_id.get(key, key)):
            counts[name][dates[key]] += 1
    return day_changes(counts)


def _moves(was: Standing, copy: Duplicate | None, cluster_id: str) -> Iterator[str]:
    if was.copy is not None and copy is None:
        yield "promoted"
    if was.copy is None and copy is not None:
        yield "demoted"
    is_of_another = was.copy is not None and copy is not None and was.copy.duplicate_of != copy.duplicate_of
    if was.cluster_id != cluster_id or is_of_another:
        yield "reclustered"
