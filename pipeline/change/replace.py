"""Published rows replaced: those of dumps that were cleaned again, and those that decisions on them changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from pipeline.change.compare import Before
from pipeline.change.reindex import scheme_of
from pipeline.change.rematch import Rematch
from pipeline.change.selection import Selection
from pipeline.change.settle import Settlement, stepped
from pipeline.clean.templates import Counts
from pipeline.dedup.growth import merge_newest, write_segment
from pipeline.dedup.segment import SUFFIX
from pipeline.gather.books import run_report, run_row, stale_rows
from pipeline.gather.rows import copies_by_dump, plain_rows, record_rows
from pipeline.run import Job, files_by_table
from pipeline.shards.clean import ShardResult
from pipeline.shards.learn import save_counts
from pipeline.shards.tally import tally_articles
from pipeline.store.manifest import PrivateMove, Publication, TableChange


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
            as_of=job.order.as_of,
            finished_at=dt.datetime.now(dt.UTC),
            shards=self.shards,
            counts=counts,
            timings=job.timings,
            stale=stale_rows(job.snapshot, job.stamps.rules_digest),
            is_published=True,
        )
        digests = {"settings_digest": job.order.settings.digest(), "rules_digest": job.stamps.rules_digest}
        row = run_row(report, kind="backfill", **digests)
        publication = Publication(run=row, changes=changes, private=private, private_removed=private_removed)
        job.store.publish(publication, job.order.checkpoint)

    def _stage(self) -> dict[str, TableChange]:
        files, replaced = files_by_table(self.shards), self.found.replaced.keys()
        settled = Settlement(job=self.job, decided=self.decided, gone=self.before.told.keys())
        copies = copies_by_dump(files["articles"], self.decided.decisions.duplicates)
        steps = settled.steps()
        moved = (stepped(batch, steps) for batch in self.job.snapshot.rows_of_ids("records", steps, None))
        records = chain(record_rows(files["records"], copies), moved)
        return settled.stage(
            {
                **settled.stories(files["articles"]),
                "removals": (settled.without("removals", replaced), plain_rows(files["removals"])),
                "quarantine": (settled.without("quarantine", replaced), plain_rows(files["quarantine"])),
                "records": (settled.without("records", replaced | steps.keys()), records),
            }
        )

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
            scheme=scheme_of(job.order.settings.dedup),
            removed=hidden,
        )
        if not decided.is_all:
            earlier += merge_newest(segment, layout.index, job.order.checkpoint)
        moves = [job.move(segment, layout.index)]
        if self.counts is not None:
            file = folder / f"{run_id}.npz"
            save_counts(file, self.counts)
            moves.append(job.move(file, layout.templates))
            earlier += job.template_files()
        return tuple(moves), tuple(str(path.relative_to(layout.state)) for path in earlier)
