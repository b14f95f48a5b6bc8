"""Matching of dumps that are cleaned again: they, and every member of a cluster they touch, are decided anew.

Documents that are not touched stay as they are and are looked up in the index, like what a run finds published. A
cluster that is joined is touched too, so matching goes on until no further one is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.change.reindex import scheme_of
from pipeline.dedup.fingerprint import Scheme
from pipeline.dedup.index import Index
from pipeline.dedup.match import Decisions, match
from pipeline.dedup.without import IndexWithout
from pipeline.gather.articles import NewArticles
from pipeline.gather.versions import versions
from pipeline.records import Duplicate
from pipeline.run import Job
from pipeline.store.reader import Snapshot
from pipeline.store.schema import TABLES, as_record


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A published story that is decided anew though its dump is not cleaned again: what it was before."""

    copy: Duplicate | None
    cluster_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rematch:
    """What was decided on ``articles``: new stories and those in ``standing``. ``is_all``: no other is published."""

    articles: NewArticles
    decisions: Decisions
    standing: Mapping[str, Standing]
    is_all: bool


def rematch(job: Job, files: Sequence[Path], gone: Collection[str]) -> Rematch:
    """Return the decisions on the stories of ``files``, with the published stories ``gone`` as if they were not there.

    Holds facts and fingerprints of all stories that are decided anew.
    """
    snapshot, standing, scheme = job.snapshot, dict[str, Standing](), scheme_of(job.order.settings.dedup)
    taken = [*files]
    touched = _clusters_of(snapshot, gone)
    published = snapshot.count("articles") + snapshot.count("duplicates")
    while True:
        more = _members(snapshot, touched) - standing.keys() - set(gone)
        if more:
            taken.append(job.scratch / f"standing-{len(standing)}.arrow")
            standing |= write_standing(snapshot, more, taken[-1])
        articles = job.gather(taken, scheme)
        is_all = len(gone) + len(standing) == published
        with job.timed("match"):
            index = Index.empty(scheme) if is_all else _index(job, scheme, articles, {*gone, *standing})
            found = match(articles.facts(), articles.fingerprints, index, articles.texts_of, job.order.settings.dedup)
            decisions = versions(found, articles, snapshot)
        touched = _joined(snapshot, articles, decisions)
        if not _members(snapshot, touched) - standing.keys() - set(gone):
            return Rematch(articles=articles, decisions=decisions, standing=standing, is_all=is_all)


def _index(job: Job, scheme: Scheme, articles: NewArticles, hidden: Collection[str]) -> Index:
    texts = frozenset(one.text_hash for one in articles.facts())
    return IndexWithout.hiding(job.store.layout.index, scheme, ids=hidden, texts=texts)


def _joined(snapshot: Snapshot, articles: NewArticles, decisions: Decisions) -> set[str]:
    """Return the published clusters that the decided stories are in now, or whose other members they moved."""
    moved = [article_id for article_id in decisions.cluster_by_id if not articles.has(article_id)]
    landed = {cluster for article_id, cluster in decisions.cluster_by_id.items() if articles.has(article_id)}
    return landed | _clusters_of(snapshot, moved)


def _clusters_of(snapshot: Snapshot, ids: Collection[str]) -> set[str]:
    batches = snapshot.rows_of_ids("clusters", ids, ["cluster_id"]) if ids else ()
    return {cluster for batch in batches for cluster in batch.column(0).to_pylist()}


def _members(snapshot: Snapshot, clusters: Collection[str]) -> set[str]:
    wanted = pc.field("cluster_id").isin(pa.array(sorted(clusters), pa.string()))
    batches = snapshot.read("clusters", ["article_id"], wanted) if clusters else ()
    return {article_id for batch in batches for article_id in batch.column(0).to_pylist()}


def write_standing(snapshot: Snapshot, ids: Collection[str], target: Path) -> dict[str, Standing]:
    """Write the published stories ``ids`` to ``target`` as a shard's articles; return what each is now."""
    names = TABLES["articles"].schema.names
    cluster_by_id = {
        key: cluster
        for batch in snapshot.rows_of_ids("clusters", ids, ["article_id", "cluster_id"])
        for key, cluster in zip(*(column.to_pylist() for column in batch.columns), strict=True)
    }
    found: dict[str, Standing] = {}
    with pa.ipc.new_file(str(target), TABLES["articles"].schema) as sink:
        for batch in snapshot.rows_of_ids("articles", ids, names):
            sink.write_batch(batch)
            found |= {
                key: Standing(copy=None, cluster_id=cluster_by_id[key])
                for key in batch.column("article_id").to_pylist()
            }
        for batch in snapshot.rows_of_ids("duplicates", ids, TABLES["duplicates"].schema.names):
            sink.write_batch(batch.select(names))
            found |= {key: Standing(copy=copy, cluster_id=cluster_by_id[key]) for key, copy in copies_of(batch)}
    return found


def copies_of(batch: pa.RecordBatch) -> Iterator[tuple[str, Duplicate]]:
    """Yield the id of each row of ``duplicates`` and what it is to its article."""
    columns = ["article_id", *(one.name for one in fields(Duplicate))]
    for row in batch.select(columns).to_pylist():
        yield row["article_id"], as_record(Duplicate, row)
