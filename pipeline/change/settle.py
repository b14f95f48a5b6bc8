"""What decisions change of published rows: stories that become copies or articles, their clusters, links, records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.change.rematch import Rematch, write_standing
from pipeline.gather.rows import article_rows, cluster_rows, duplicate_rows, relation_rows
from pipeline.run import Job
from pipeline.store.manifest import TableChange
from pipeline.store.update import Rewrite, drop_rows

_ENDS = ("article_id", "other_id")  # of a relation
Restaged: TypeAlias = tuple[Rewrite, Iterator[pa.RecordBatch]]  # rows that stay of touched files, rows that come


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """The decisions of a rematch and the published stories that go with it, as changes of tables."""

    job: Job
    decided: Rematch
    gone: Set[str]

    def moved(self) -> set[str]:
        """Return the standing stories that become something else to others."""
        now = self.decided.decisions.duplicates
        return {key for key, was in self.decided.standing.items() if was.copy != now.get(key)}

    def stories(self, files: Sequence[Path]) -> dict[str, Restaged]:
        """Return what becomes of the four tables of stories, with those of ``files`` (as shards leave them) added."""
        job, decisions = self.job, self.decided.decisions
        moved, shifted = self.moved(), self._shifted()
        rows = [*files, *self._write_moved(moved)]
        linked = self.decided.articles.dates_of([link.article_id for link in decisions.links])
        facts = [
            one for one in self.decided.articles.facts() if one.id in shifted or one.id not in self.decided.standing
        ]
        touched = self.gone | self.decided.standing.keys()
        return {
            "articles": (self.without("articles", self.gone | moved), article_rows(rows, decisions.duplicates)),
            "duplicates": (self.without("duplicates", self.gone | moved), duplicate_rows(rows, decisions.duplicates)),
            "clusters": (self.without("clusters", self.gone | shifted), cluster_rows(facts, decisions, job.stamps)),
            "relations": (self.without("relations", touched, _ENDS), relation_rows(linked, decisions, job.stamps)),
        }

    def steps(self) -> dict[str, int]:
        """Return for each dump how many articles more, or fewer, it has by the standing stories that moved."""
        now, standing, moved = self.decided.decisions.duplicates, self.decided.standing, self.moved()
        steps: Counter[str] = Counter()
        for table in ("articles", "duplicates"):
            for batch in self.job.snapshot.rows_of_ids(table, moved, ["article_id", "dump_id"]):
                for key, dump_id in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                    steps[dump_id] += (key not in now) - (standing[key].copy is None)
        return {dump_id: step for dump_id, step in steps.items() if step}

    def without(self, table: str, ids: Set[str], columns: Sequence[str] = ()) -> Rewrite:
        """Return the rewrite of ``table`` without the rows of ``ids``."""
        return drop_rows(self.job.snapshot, table, ids, columns=columns)

    def stage(self, restaged: Mapping[str, Restaged]) -> dict[str, TableChange]:
        """Write the rows of each table where no reader looks; return the changes, for a publication."""
        changes = {}
        for table, (stays, comes) in restaged.items():
            files = self.job.store.stage(self.job.stamps.run_id, table, chain(stays.batches, comes))
            if files or stays.removed:
                changes[table] = TableChange(added=files, removed=stays.removed)
        return changes

    def _shifted(self) -> set[str]:
        """Return the standing stories that change cluster."""
        now = self.decided.decisions.cluster_by_id
        return {key for key, was in self.decided.standing.items() if was.cluster_id != now.get(key, key)}

    def _write_moved(self, moved: Set[str]) -> list[Path]:
        target = self.job.scratch / "moved.arrow"
        return [target] if moved and write_standing(self.job.snapshot, moved, target) else []


def stepped(batch: pa.RecordBatch, steps: Mapping[str, int]) -> pa.RecordBatch:
    """Return rows of ``records`` with as many articles more, and duplicates fewer, as ``steps`` says of each dump."""
    more = pa.array([steps.get(dump_id, 0) for dump_id in batch.column("dump_id").to_pylist()], pa.int64())
    counts = {
        "articles": pc.add(batch.column("articles"), more),
        "duplicates": pc.subtract(batch.column("duplicates"), more),
    }
    arrays = [counts.get(name, batch.column(name)) for name in batch.schema.names]
    return pa.RecordBatch.from_arrays(arrays, schema=batch.schema)
