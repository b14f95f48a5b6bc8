"""Duplicates made to follow the clusters: the copy kept by policy becomes the article, all others its duplicates.

A run never moves a published row, so a cluster that later copies joined can hold several articles, and the best copy
may have come last. This says so in the tables, when asked, as a publication of its own. Links stay as they were made.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.change.reindex import new_index, publication_row, texts_of
from pipeline.dedup.apart import Utf8, take_apart
from pipeline.dedup.facts import DocFacts
from pipeline.dedup.kept import best_new, relation_of_copy
from pipeline.dedup.verify import judge
from pipeline.gather.articles import FACTS, facts_of
from pipeline.records import Duplicate, Relation
from pipeline.settings import DedupSettings
from pipeline.store.manifest import Publication, TableChange
from pipeline.store.reader import Snapshot
from pipeline.store.schema import TABLES
from pipeline.store.tables import Store
from pipeline.store.update import Rewrite, rewrite

_PAIRS_AT_ONCE = 4096
Copy: TypeAlias = tuple[DocFacts, DocFacts]  # a document, and the one it is to be a copy of


@dataclass(frozen=True, slots=True, kw_only=True)
class Reclustered:
    """How many rows moved: duplicates that became articles, articles that became duplicates, duplicates of another."""

    promoted: int
    demoted: int
    repointed: int

    @property
    def is_nothing(self) -> bool:
        """Whether all rows are as the clusters say."""
        return not (self.promoted or self.demoted or self.repointed)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """Ids that change table, and what each copy that changes becomes a copy of; ``articles``: all ids kept."""

    promoted: frozenset[str]
    demoted: frozenset[str]
    copies: tuple[Copy, ...]
    articles: frozenset[str]


def recluster(clean: Path, settings: DedupSettings) -> Reclustered:
    """Make ``duplicate_of`` follow ``clusters``; return how many rows moved. Nothing to move is no publication.

    Holds the facts of all documents, and makes the index anew.

    Raises:
        LockedError: a run holds the tables.
        StoreError: the tables cannot be read or written.
    """
    store = Store.open(clean, create=False)
    with store.locked("broadsheet recluster"):
        snapshot, sequence = store.snapshot(), store.next_sequence()
        plan = _plan(snapshot)
        repointed = sum(1 for copy, _ in plan.copies if copy.id not in plan.demoted)
        done = Reclustered(promoted=len(plan.promoted), demoted=len(plan.demoted), repointed=repointed)
        if done.is_nothing:
            return done
        run_id = f"{sequence:08d}-recluster"
        changes = _changes(store, snapshot, plan, _duplicates(snapshot, plan.copies, settings), run_id)
        index = new_index(store, snapshot, settings, run_id, plan.articles)
        run = publication_row(run_id, sequence, "recluster")
        store.publish(
            Publication(run=run, changes=changes, private=index.private, private_removed=index.private_removed)
        )
        return done


def _plan(snapshot: Snapshot) -> _Plan:
    facts: dict[str, DocFacts] = {}
    kept_now: dict[str, str] = {}
    for table in ("articles", "duplicates"):
        extra = ["duplicate_of"] if table == "duplicates" else []
        for batch in snapshot.read(table, [*FACTS, *extra]):
            found = facts_of(batch)
            facts.update((one.id, one) for one in found)
            of = batch.column("duplicate_of").to_pylist() if extra else [one.id for one in found]
            kept_now.update(zip((one.id for one in found), of, strict=True))
    members: dict[str, list[DocFacts]] = defaultdict(list)
    for batch in snapshot.read("clusters", ["article_id", "cluster_id"]):
        for article_id, cluster_id in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            members[cluster_id].append(facts[article_id])
    kept = {one.id: best for group in members.values() for best in [best_new(group)] for one in group}
    moved = [(facts[key], kept[key]) for key in sorted(facts) if kept[key].id != kept_now[key]]
    return _Plan(
        promoted=frozenset(copy.id for copy, best in moved if copy is best),
        demoted=frozenset(copy.id for copy, best in moved if copy is not best and kept_now[copy.id] == copy.id),
        copies=tuple((copy, best) for copy, best in moved if copy is not best),
        articles=frozenset(best.id for best in kept.values()),
    )


def _duplicates(snapshot: Snapshot, copies: Sequence[Copy], settings: DedupSettings) -> dict[str, Duplicate]:
    """Return what each copy is to the one kept, by its id."""
    found: dict[str, Duplicate] = {}
    for at in range(0, len(copies), _PAIRS_AT_ONCE):
        block = copies[at : at + _PAIRS_AT_ONCE]
        ids = sorted({one.id for pair in block for one in pair})
        text_by_id = texts_of(snapshot, ids)
        texts = take_apart(Utf8.of([text_by_id[key] for key in ids]), settings.shingle_words)
        rows = np.searchsorted(np.array(ids), np.array([[copy.id, kept.id] for copy, kept in block]))
        for (copy, kept), verdict in zip(block, judge(texts, rows, settings), strict=True):
            verified = verdict.relation if verdict.may_merge else None
            relation = relation_of_copy(verified or Relation.ABRIDGED, copy.word_count, kept.word_count)
            is_same = copy.text_hash == kept.text_hash
            found[copy.id] = Duplicate(
                duplicate_of=kept.id,
                relation=Relation.EXACT if is_same else relation,
                jaccard=1.0 if is_same else verdict.jaccard,
                containment=1.0 if is_same else verdict.containment,
            )
    return found


def _changes(
    store: Store, snapshot: Snapshot, plan: _Plan, duplicates: Mapping[str, Duplicate], run_id: str
) -> dict[str, TableChange]:
    gone = {"articles": plan.demoted, "duplicates": plan.promoted}
    come = {
        "articles": _rows(snapshot, "duplicates", plan.promoted, {}),
        "duplicates": _rows(snapshot, "articles", plan.demoted, duplicates),
    }
    changes = {}
    for table in ("articles", "duplicates"):
        touched = gone[table] | (duplicates.keys() - plan.demoted if table == "duplicates" else frozenset())

        def changed(batch: pa.RecordBatch, table: str = table) -> pa.RecordBatch:
            stays = pc.invert(pc.is_in(batch.column("article_id"), value_set=_ids(gone[table])))
            rows = batch.filter(stays)
            return rows if table == "articles" else _with_copies(rows, duplicates)

        kept = rewrite(snapshot, table, touched, changed)
        added = store.stage(run_id, table, _both(kept.batches, come[table]))
        changes[table] = TableChange(added=added, removed=kept.removed)
    records = _records(snapshot, plan)
    changes["records"] = TableChange(added=store.stage(run_id, "records", records.batches), removed=records.removed)
    return {table: change for table, change in changes.items() if change.added or change.removed}


def _rows(
    snapshot: Snapshot, table: str, ids: frozenset[str], duplicates: Mapping[str, Duplicate]
) -> Iterator[pa.RecordBatch]:
    """Yield the rows with ``ids`` of one table as rows of the other."""
    schema = TABLES["articles" if table == "duplicates" else "duplicates"].schema
    for batch in snapshot.rows_of_ids(table, ids, TABLES["articles"].schema.names):
        columns = {name: batch.column(name) for name in batch.schema.names}
        if duplicates:
            columns |= _copy_columns(batch.column("article_id").to_pylist(), duplicates)
        yield pa.RecordBatch.from_arrays([columns[name] for name in schema.names], schema=schema)


def _with_copies(batch: pa.RecordBatch, duplicates: Mapping[str, Duplicate]) -> pa.RecordBatch:
    """Return rows of ``duplicates`` with those that become copies of another changed."""
    ids = batch.column("article_id").to_pylist()
    names = [one.name for one in fields(Duplicate)]
    columns = {name: batch.column(name).to_pylist() for name in names}
    now = {key: Duplicate(**{name: columns[name][at] for name in names}) for at, key in enumerate(ids)}
    changed = _copy_columns(ids, {**now, **duplicates})
    return pa.RecordBatch.from_arrays(
        [changed.get(name, batch.column(name)) for name in batch.schema.names], schema=batch.schema
    )


def _copy_columns(ids: Sequence[str], duplicates: Mapping[str, Duplicate]) -> dict[str, pa.Array]:
    schema = TABLES["duplicates"].schema
    return {
        name: pa.array([getattr(duplicates[key], name) for key in ids], schema.field(name).type)
        for name in (one.name for one in fields(Duplicate))
    }


def _records(snapshot: Snapshot, plan: _Plan) -> Rewrite:
    """Return the rewrite of ``records`` in which each dump counts its articles and duplicates as they are now."""
    more: Counter[str] = Counter()
    for table, ids, step in (("duplicates", plan.promoted, 1), ("articles", plan.demoted, -1)):
        for batch in snapshot.rows_of_ids(table, ids, ["dump_id"]):
            for dump_id in batch.column(0).to_pylist():
                more[dump_id] += step

    def changed(batch: pa.RecordBatch) -> pa.RecordBatch:
        steps = pa.array([more[dump_id] for dump_id in batch.column("dump_id").to_pylist()], pa.int64())
        counts = {
            "articles": pc.add(batch.column("articles"), steps),
            "duplicates": pc.subtract(batch.column("duplicates"), steps),
        }
        arrays = [counts.get(name, batch.column(name)) for name in batch.schema.names]
        return pa.RecordBatch.from_arrays(arrays, schema=batch.schema)

    return rewrite(snapshot, "records", [dump_id for dump_id, step in more.items() if step], changed)


def _ids(ids: frozenset[str]) -> pa.Array:
    return pa.array(sorted(ids), pa.string())


def _both(first: Iterator[pa.RecordBatch], second: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    yield from first
    yield from second
