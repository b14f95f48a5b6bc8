"""Published rows replaced: those of dumps that were cleaned again, and those that decisions on them changed."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.books import run_report, run_row, stale_rows
from pipeline.clean.templates import Counts
from pipeline.compare import Before
from pipeline.dedup.index import SUFFIX, write_segment
from pipeline.learn import save_counts
from pipeline.reindex import scheme_of
from pipeline.rematch import Rematch, write_standing
from pipeline.rows import (
    article_rows,
    cluster_rows,
    copies_by_dump,
    duplicate_rows,
    plain_rows,
    record_rows,
    relation_rows,
)
from pipeline.run import Job, files_by_table
from pipeline.selection import Selection
from pipeline.shard import ShardResult
from pipeline.store.manifest import PrivateMove, Publication, TableChange
from pipeline.store.update import Rewrite, drop_rows
from pipeline.tally import tally_articles

_ENDS = ("article_id", "other_id")  # of a relation


@dataclass(frozen=True, slots=True, kw_only=True)
class Replacement:
    """The last stage of a backfill: from what was found and decided to one publication.

    ``before``: the published stories of the dumps that go. Rows of other dumps change only where a decision did.
    """

    job: Job
    found: Selection
    before: Before
    shards: Sequence[ShardResult]
    decided: Rematch
    counts: Counts | None

    def publish(self) -> None:
        """Stage all rows and make them visible at once."""
        job = self.job
        with job.timed("write"):
            changes = self._stage()
            private, private_removed = self._stage_state()
        fresh = [one for one in self.decided.articles.facts() if one.id not in self.decided.standing]
        counts = tally_articles(fresh, self.decided.decisions)
        for shard in self.shards:
            counts.add(shard.tally)
        report = run_report(
            job.stamps,
            sequence=job.sequence,
            as_of=job.as_of,
            finished_at=dt.datetime.now(dt.UTC),
            shards=self.shards,
            counts=counts,
            timings=job.timings,
            stale=stale_rows(job.snapshot, job.stamps.rules_digest),
            is_published=True,
        )
        digests = {"settings_digest": job.settings.digest(), "rules_digest": job.stamps.rules_digest}
        row = run_row(report, kind="backfill", **digests)
        publication = Publication(run=row, changes=changes, private=private, private_removed=private_removed)
        job.store.publish(publication, job.checkpoint)

    def _stage(self) -> dict[str, TableChange]:
        job, decisions = self.job, self.decided.decisions
        files, gone = files_by_table(self.shards), self.before.told.keys()
        moved, shifted = self._moved(), self._shifted()
        stories = [*files["articles"], *self._write_moved(moved)]
        steps = self._steps(moved)
        linked = self.decided.articles.dates_of([link.article_id for link in decisions.links])
        facts = [
            one for one in self.decided.articles.facts() if one.id in shifted or one.id not in self.decided.standing
        ]
        dropped = {
            "articles": self._without("articles", gone | moved),
            "duplicates": self._without("duplicates", gone | moved),
            "clusters": self._without("clusters", gone | shifted),
            "relations": self._without("relations", gone | self.decided.standing.keys(), _ENDS),
            "removals": self._without("removals", self.found.replaced.keys()),
            "quarantine": self._without("quarantine", self.found.replaced.keys()),
            "records": self._without("records", self.found.replaced.keys() | steps.keys()),
        }
        copies = copies_by_dump(files["articles"], decisions.duplicates)
        added = {
            "articles": article_rows(stories, decisions.duplicates),
            "duplicates": duplicate_rows(stories, decisions.duplicates),
            "clusters": cluster_rows(facts, decisions, job.stamps),
            "relations": relation_rows(linked, decisions, job.stamps),
            "removals": plain_rows(files["removals"]),
            "quarantine": plain_rows(files["quarantine"]),
            "records": chain(record_rows(files["records"], copies), self._stepped(steps)),
        }
        return {table: change for table in added if (change := self._change(table, dropped[table], added[table]))}

    def _change(self, table: str, dropped: Rewrite, added: Iterator[pa.RecordBatch]) -> TableChange | None:
        files = self.job.store.stage(self.job.stamps.run_id, table, chain(dropped.batches, added))
        return TableChange(added=files, removed=dropped.removed) if files or dropped.removed else None

    def _without(self, table: str, ids: Set[str], columns: Sequence[str] = ()) -> Rewrite:
        return drop_rows(self.job.snapshot, table, ids, columns=columns)

    def _moved(self) -> set[str]:
        """Return the standing stories that become something else to others."""
        now = self.decided.decisions.duplicates
        return {key for key, was in self.decided.standing.items() if was.copy != now.get(key)}

    def _shifted(self) -> set[str]:
        """Return the standing stories that change cluster."""
        now = self.decided.decisions.cluster_by_id
        return {key for key, was in self.decided.standing.items() if was.cluster_id != now.get(key, key)}

    def _write_moved(self, moved: Set[str]) -> list[Path]:
        target = self.job.scratch / "moved.arrow"
        return [target] if moved and write_standing(self.job.snapshot, moved, target) else []

    def _steps(self, moved: Set[str]) -> dict[str, int]:
        """Return for each dump how many articles more, or fewer, it has by the standing stories that moved."""
        now, standing = self.decided.decisions.duplicates, self.decided.standing
        steps: Counter[str] = Counter()
        for table in ("articles", "duplicates"):
            for batch in self.job.snapshot.rows_of_ids(table, moved, ["article_id", "dump_id"]):
                for key, dump_id in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                    steps[dump_id] += (key not in now) - (standing[key].copy is None)
        return {dump_id: step for dump_id, step in steps.items() if step}

    def _stepped(self, steps: Mapping[str, int]) -> Iterator[pa.RecordBatch]:
        """Yield the rows of ``records`` of those dumps with their articles and duplicates as they are now."""
        for batch in self.job.snapshot.rows_of_ids("records", steps, None):
            more = pa.array([steps[dump_id] for dump_id in batch.column("dump_id").to_pylist()], pa.int64())
            counts = {
                "articles": pc.add(batch.column("articles"), more),
                "duplicates": pc.subtract(batch.column("duplicates"), more),
            }
            arrays = [counts.get(name, batch.column(name)) for name in batch.schema.names]
            yield pa.RecordBatch.from_arrays(arrays, schema=batch.schema)

    def _stage_state(self) -> tuple[tuple[PrivateMove, ...], tuple[str, ...]]:
        """Write index segment and line counts; return what moves into place and what goes."""
        job, decided = self.job, self.decided
        layout, run_id = job.store.layout, job.stamps.run_id
        folder = layout.staging / run_id
        folder.mkdir(parents=True, exist_ok=True)
        earlier = sorted(layout.index.glob(f"*{SUFFIX}")) if decided.is_all else []
        hidden = [] if decided.is_all else [*self.before.told, *decided.standing]
        segment = folder / f"{run_id}{SUFFIX}"
        facts = decided.articles.facts()
        write_segment(
            segment,
            docs=facts,
            is_article=[one.id not in decided.decisions.duplicates for one in facts],
            prints=decided.articles.fingerprints,
            edges=decided.decisions.edges,
            scheme=scheme_of(job.settings.dedup),
            removed=hidden,
        )
        moves = [job.move(segment, layout.index)]
        if self.counts is not None:
            file = folder / f"{run_id}.npz"
            save_counts(file, self.counts)
            moves.append(job.move(file, layout.templates))
            earlier += job.template_files()
        return tuple(moves), tuple(str(path.relative_to(layout.state)) for path in earlier)
