"""The deduplication index made anew from the tables: after a change of its scheme, a loss, or damage."""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from pipeline.dedup.facts import DocFacts
from pipeline.dedup.fingerprint import Fingerprints, Scheme, fingerprint
from pipeline.dedup.growth import write_segment
from pipeline.dedup.index import Index
from pipeline.dedup.match import match
from pipeline.dedup.segment import SUFFIX, SegmentStats
from pipeline.gather.articles import FACTS, facts_of
from pipeline.records import RunRow
from pipeline.settings import DedupSettings, today_utc
from pipeline.store.manifest import PrivateMove, Publication
from pipeline.store.reader import Snapshot
from pipeline.store.tables import Store


def rebuild_index(clean: Path, settings: DedupSettings) -> int:
    """Make the index of all published articles and duplicates anew, as a publication; return how many it holds.

    The tables stay as they are: no decision is taken again, only what later runs compare with is made. Holds facts and
    fingerprints of all texts, some 1.2 kB each, and a few thousand texts at a time.

    Raises:
        LockedError: a run holds the tables.
        StoreError: the tables cannot be read or written.
    """
    store = Store.open(clean, create=False)
    with store.locked("broadsheet index rebuild"):
        snapshot, sequence = store.snapshot(), store.next_sequence()
        run_id = f"{sequence:08d}-reindex"
        made = new_index(store, snapshot, settings, run_id)
        run = publication_row(run_id, sequence, "reindex")
        store.publish(Publication(run=run, changes={}, private=made.private, private_removed=made.private_removed))
        return made.documents


@dataclass(frozen=True, slots=True, kw_only=True)
class NewIndex:
    """An index of ``documents`` made anew and staged: what its publication puts into place and takes away."""

    documents: int
    private: tuple[PrivateMove, ...]
    private_removed: tuple[str, ...]


def new_index(
    store: Store, snapshot: Snapshot, settings: DedupSettings, run_id: str, articles: Collection[str] | None = None
) -> NewIndex:
    """Stage an index of all published texts; ``articles``: ids of the kept ones, where they will not be as they are."""
    scheme = scheme_of(settings)
    facts, is_article, prints = _all_texts(snapshot, scheme)
    if articles is not None:
        is_article = [one.id in articles for one in facts]
    decisions = match(facts, prints, Index.empty(scheme), lambda ids: texts_of(snapshot, ids), settings)
    state = store.layout.state
    staged = store.layout.staging / run_id / f"{run_id}{SUFFIX}"
    staged.parent.mkdir(parents=True, exist_ok=True)
    write_segment(staged, docs=facts, is_article=is_article, prints=prints, edges=decisions.edges, scheme=scheme)
    with staged.open("rb") as written:
        os.fsync(written.fileno())
    final = store.layout.index / staged.name
    return NewIndex(
        documents=len(facts),
        private=(PrivateMove(staged=str(staged.relative_to(state)), final=str(final.relative_to(state))),),
        private_removed=tuple(str(path.relative_to(state)) for path in sorted(store.layout.index.glob(f"*{SUFFIX}"))),
    )


def index_stats(clean: Path, settings: DedupSettings) -> list[SegmentStats]:
    """Return what the files of the index hold, oldest first.

    Raises:
        IndexMismatchError: a file was made with other settings.
        StoreError: there are no tables, or a file cannot be read.
    """
    return Index.open(Store.open(clean, create=False).layout.index, scheme_of(settings)).stats()


def scheme_of(settings: DedupSettings) -> Scheme:
    """Return the scheme that the settings ask for."""
    return Scheme.from_datasketch(settings.num_perm, settings.seed, settings.shingle_words, settings.band_rows)


def _all_texts(snapshot: Snapshot, scheme: Scheme) -> tuple[list[DocFacts], list[bool], Fingerprints]:
    facts: list[DocFacts] = []
    is_article: list[bool] = []
    parts = [Fingerprints.empty()]
    for table, batch in _batches(snapshot):
        found = facts_of(batch)
        facts += found
        is_article += [table == "articles"] * len(found)
        parts.append(fingerprint(batch.column("text"), scheme))
    return facts, is_article, Fingerprints.concat(parts)


def _batches(snapshot: Snapshot) -> Iterator[tuple[str, pa.RecordBatch]]:
    for table in ("articles", "duplicates"):
        for batch in snapshot.read(table, [*FACTS, "text"]):
            yield table, batch


def texts_of(snapshot: Snapshot, ids: Sequence[str]) -> Mapping[str, str]:
    """Return the texts of published articles and duplicates by id."""
    found: dict[str, str] = {}
    for table in ("articles", "duplicates"):
        for batch in snapshot.rows_of_ids(table, ids, ["article_id", "text"]):
            found.update(zip(batch.column(0).to_pylist(), batch.column(1).to_pylist(), strict=True))
    return found


def publication_row(run_id: str, sequence: int, kind: str) -> RunRow:
    """Return the row of ``runs`` of a publication that reads no dump."""
    now = dt.datetime.now(dt.UTC)
    nothing = dict.fromkeys(
        ("records", "already_done", "skipped", "articles", "duplicates", "quarantined", "relations"), 0
    )
    return RunRow(
        run_id=run_id,
        date=today_utc(),
        kind=kind,
        sequence=sequence,
        started_at=now,
        finished_at=now,
        counts=json.dumps({}),
        settings_digest="",
        rules_digest="",
        versions=json.dumps({}),
        timings=json.dumps({}),
        table_versions="{}",
        **nothing,
    )
