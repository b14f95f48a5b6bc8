"""Known dumps cleaned again, by date: scout → select → learn → clean → rematch → compare → replace.

What a run does for new dumps, a backfill does for chosen ones: all their rows are made anew, and the members of the
clusters they touch are decided anew, on whatever day they are. The tables change by one publication, so a reader sees
the rows before or the rows after, and what is replaced is kept in undo.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence
from pathlib import Path

from pipeline.change.compare import compare, stories_before, stories_in
from pipeline.change.rematch import rematch
from pipeline.change.replace import Replacement
from pipeline.change.selection import Criteria, Selection, select
from pipeline.clean.templates import Counts, merge, templates
from pipeline.engine import Engine
from pipeline.errors import InputError
from pipeline.gather.rows import plain_rows
from pipeline.read import Source
from pipeline.report.changes import Changes, DayChange
from pipeline.report.counters import Progress
from pipeline.run import Job, Order, Watcher, files_by_table, nobody
from pipeline.settings import Settings, today_utc
from pipeline.shards.clean import ShardResult, clean_shard
from pipeline.shards.job import ShardJob
from pipeline.shards.learn import load_counts, save_templates
from pipeline.shards.plan import path_of, run_shards
from pipeline.shards.wanted import write_wanted
from pipeline.store.publication import Checkpoint, no_checkpoint


def backfill(
    raw: Sequence[str],
    clean: Path,
    settings: Settings,
    criteria: Criteria,
    as_of: dt.date | None = None,
    progress: Watcher | None = None,
    *,
    dry_run: bool = False,
    engine: Engine | None = None,
    checkpoint: Checkpoint = no_checkpoint,
) -> Changes:
    """Clean the chosen dumps under ``raw`` again; return what changed a day, or with ``dry_run`` what would.

    With no dump gone from ``raw``, overwriting all days gives the rows of a fresh run. Doing it twice gives the same
    rows. ``as_of`` (default: today, UTC) is for dumps never read before; others keep that of the run that first read
    them. A dry run does all of the work and publishes nothing.

    Raises:
        InputError: the days are the wrong way round, a root does not exist, or a file changed meanwhile.
        LockedError: a run holds ``clean``.
        LawBrokenError: the books do not balance: nothing was published.
        StoreError: the tables cannot be read or written.
    """
    if criteria.first > criteria.last:
        raise InputError(f"--from {criteria.first} is after --to {criteria.last}: swap them")
    order = Order(
        kind="backfill",
        raw=raw,
        clean=clean,
        settings=settings,
        as_of=as_of or today_utc(),
        watch=progress or nobody,
        engine=engine,
        checkpoint=checkpoint,
    )
    with Job.open(order) as job:
        jobs = job.plan()
        found = _select(job, jobs, criteria)
        if not found.wanted and not found.replaced:
            return _changes(job, found, (), is_published=False)
        again = _wanted_jobs(job, jobs, found)
        before = stories_before(job.snapshot, found.replaced, set(found.replaced.values()))
        counts = job.learn(again, anew=len(found.replaced) == job.snapshot.count("records"))
        shards = job.clean_shards(again, counts)
        _check_whole(shards, found)
        stories = files_by_table(shards)["articles"]
        job.fingerprint(shards)
        decided = rematch(job, stories, before.told)
        days = compare(before, stories_in(stories), decided)
        if dry_run:
            return _changes(job, found, days, is_published=False)
        Replacement(job=job, found=found, before=before, shards=shards, decided=decided, counts=counts).publish()
        return _changes(job, found, days, is_published=True)


def _select(job: Job, jobs: Sequence[ShardJob], criteria: Criteria) -> Selection:
    """Look through all raw files: what is known there, what is new, and of which day."""
    listed = frozenset(path_of(one) for shard in jobs for one in shard.sources if isinstance(one, Source))
    return select(
        job.snapshot,
        _scout(job, jobs),
        listed,
        criteria,
        rules_digest=job.stamps.rules_digest,
        as_of=job.order.as_of,
        scratch=job.scratch,
    )


def _scout(job: Job, jobs: Sequence[ShardJob]) -> list[ShardResult]:
    """Read every file for the ids in it; what no run has read is cleaned, for only that tells its days."""
    path = job.scratch / "published-templates.npz"
    counts = [load_counts(one) for one in job.template_files()]
    save_templates(path, templates(merge([Counts.empty(), *counts])))
    apart = [
        dataclasses.replace(one, folder=job.scratch / "scout" / one.folder.name, templates=path, tells_known=True)
        for one in jobs
    ]
    results: list[ShardResult] = []
    with job.timed("scout") as spent:
        for shard, result in run_shards(clean_shard, apart, job.engine):
            results.append(result)
            spent.cpu += result.cpu_seconds
            job.losses += shard.losses
            job.order.watch(Progress(stage="scout", done=min(len(results), len(jobs)), total=len(jobs), unit="shards"))
    return results


def _wanted_jobs(job: Job, jobs: Sequence[ShardJob], found: Selection) -> list[ShardJob]:
    """Return the jobs that look at the chosen dumps and at nothing else."""
    wanted = write_wanted(job.scratch / "wanted", found.wanted)
    nothing = job.scratch / "nothing"
    nothing.write_bytes(b"")
    cut = [
        dataclasses.replace(
            one,
            sources=tuple(source for source in one.sources if path_of(source) in found.paths),
            known=type(one.known)(nothing),
            wanted=wanted,
        )
        for one in jobs
    ]
    return [one for one in cut if one.sources]


def _check_whole(shards: Sequence[ShardResult], found: Selection) -> None:
    """Refuse to go on when a dump that was there is not there any more: its rows would go and none come.

    Raises:
        InputError: names how many.
    """
    records = sum(batch.num_rows for batch in plain_rows(files_by_table(shards)["records"]))
    if records != len(found.wanted):
        lost = len(found.wanted) - records
        raise InputError(f"{lost} dumps changed under --raw while they were read: nothing was published, run it again")


def _changes(job: Job, found: Selection, days: Sequence[DayChange], *, is_published: bool) -> Changes:
    return Changes(
        run_id=job.stamps.run_id,
        published=is_published,
        cleaned=len(found.wanted),
        other_bytes=found.other_bytes,
        days=tuple(days),
    )
