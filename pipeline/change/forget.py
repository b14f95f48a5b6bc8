"""A takedown: what was printed goes from tables, index, templates and undo, and no run or backfill brings it back.

What stays is the record: its ids and path, with ``forgotten`` for a reason, so that the same bytes are known and not
read again. A page that is crawled again with other bytes is a new dump: to keep a site out, leave its files out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipeline.change.reindex import new_index, publication_row
from pipeline.change.rematch import Rematch, rematch
from pipeline.change.settle import Settlement, stepped
from pipeline.change.takedown import Request, Takedown, find
from pipeline.clean.templates import without_site
from pipeline.records import FORGOTTEN
from pipeline.run import Job, Order
from pipeline.settings import Settings, today_utc
from pipeline.shards.learn import load_counts, save_counts
from pipeline.store.manifest import PrivateMove, Publication
from pipeline.store.planned import planned
from pipeline.store.publication import Checkpoint, no_checkpoint
from pipeline.store.schema import TABLES
from pipeline.store.undo import undo_files_of
from pipeline.store.update import Rewrite, rewrite


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """What went: stories, whole dumps, files of undo; and how many duplicates became articles in their place."""

    run_id: str
    published: bool
    stories: int
    dumps: int
    promoted: int
    undo_files: int


def forget(
    clean: Path,
    settings: Settings,
    request: Request,
    *,
    dry_run: bool = False,
    checkpoint: Checkpoint = no_checkpoint,
) -> Forgotten:
    """Take down what ``request`` names, for good; return how much it was. It cannot be restored.

    Publications of which undo kept a part of it cannot be taken back any more either. Other pages stay as they are,
    though a line of theirs may name the story: a link to it, a copy of its headline.

    Raises:
        InputError: the request names nothing, or nothing that the tables hold.
        LockedError: a run holds ``clean``.
        StoreError: the tables cannot be read or written.
    """
    order = Order(kind="forget", clean=clean, settings=settings, as_of=today_utc(), checkpoint=checkpoint)
    with Job.open(order) as job:
        found = find(job.snapshot, request, settings.sources)
        decided = rematch(job, [], found.stories)
        settled = Settlement(job=job, decided=decided, gone=found.stories)
        paths = _paths(job, found)
        undo = undo_files_of(job.store.layout, {*found.dumps, *found.lines}, paths)
        told = Forgotten(
            run_id=job.stamps.run_id,
            published=not dry_run,
            stories=len(found.stories),
            dumps=len(found.dumps),
            promoted=_promoted(decided),
            undo_files=len(undo),
        )
        if not dry_run:
            _publish(job, settled, found, request, undo)
        return told


def _publish(job: Job, settled: Settlement, found: Takedown, request: Request, undo: list[Path]) -> None:
    layout, run_id = job.store.layout, job.stamps.run_id
    nothing: Iterator[pa.RecordBatch] = iter(())
    changes = settled.stage(
        {
            **settled.stories([]),
            "removals": (_without_lines(job, found), nothing),
            "quarantine": (settled.without("quarantine", found.dumps), nothing),
            "records": (_records(settled, found), nothing),
        }
    )
    index = new_index(job.store, planned(job.snapshot, changes), job.order.settings.dedup, run_id)
    moves, templates = _templates(job, request)
    # What this publication itself retires holds all of it: deleted in the same publication, so that no crash leaves it.
    retired = [layout.undone(run_id, table) / gone.path for table, change in changes.items() for gone in change.removed]
    gone = [str(path.relative_to(layout.state)) for path in (*retired, *undo, *templates)]
    publication = Publication(
        run=publication_row(run_id, job.sequence, "forget"),
        changes=changes,
        private=(*index.private, *moves),
        private_removed=(*index.private_removed, *gone),
    )
    job.store.publish(publication, job.order.checkpoint)


def _promoted(decided: Rematch) -> int:
    now = decided.decisions.duplicates
    return sum(1 for key, was in decided.standing.items() if was.copy is not None and key not in now)


def _paths(job: Job, found: Takedown) -> set[str]:
    """Return the files that the dumps were read from: undo may keep earlier readings of them."""
    batches = job.snapshot.rows_of_ids("records", found.dumps, ["source_path"])
    return {path for batch in batches for path in batch[0].to_pylist()}


def _without_lines(job: Job, found: Takedown) -> Rewrite:
    """Return the rewrite of ``removals`` without the dumps that go, and without the lines of single stories."""

    def keeps(row: dict[str, Any]) -> bool:
        spans = found.lines.get(row["dump_id"], ())
        return row["dump_id"] not in found.dumps and not any(a <= row["line_no"] <= b for a, b in spans)

    def change(batch: pa.RecordBatch) -> pa.RecordBatch:
        rows = batch.select(["dump_id", "line_no"]).to_pylist()
        return batch.filter(pa.array([keeps(row) for row in rows], pa.bool_()))

    return rewrite(job.snapshot, "removals", {*found.dumps, *found.lines}, change)


def _records(settled: Settlement, found: Takedown) -> Rewrite:
    """Return the rewrite of ``records`` that counts what is left of each dump."""
    gone = _gone_by_dump(settled, found)
    steps = settled.steps()

    def forgotten(row: dict[str, Any]) -> dict[str, Any]:
        if row["dump_id"] in found.dumps:
            nothing = {"articles": 0, "duplicates": 0, "quarantined": 0, "source_id": None, "removed_by_class": None}
            return {**row, **nothing, "kind": "skipped", "reason": FORGOTTEN}
        if row["dump_id"] in found.lines:
            articles, duplicates = gone[row["dump_id"]]
            counts = {"articles": row["articles"] - articles, "duplicates": row["duplicates"] - duplicates}
            return {**row, **counts, "reason": FORGOTTEN}
        return row

    def change(batch: pa.RecordBatch) -> pa.RecordBatch:
        rows = [forgotten(row) for row in stepped(batch, steps).to_pylist()]
        return pa.RecordBatch.from_pylist(rows, schema=TABLES["records"].schema)

    return rewrite(settled.job.snapshot, "records", {*found.dumps, *found.lines, *steps}, change)


def _gone_by_dump(settled: Settlement, found: Takedown) -> dict[str, tuple[int, int]]:
    """Return for each dump that keeps other stories how many articles and duplicates of it go."""
    counts = dict.fromkeys(found.lines, (0, 0))
    for table, step in (("articles", (1, 0)), ("duplicates", (0, 1))):
        for batch in settled.job.snapshot.rows_of_ids(table, found.stories, ["dump_id"]):
            for dump_id in batch[0].to_pylist():
                if dump_id in counts:
                    before = counts[dump_id]
                    counts[dump_id] = (before[0] + step[0], before[1] + step[1])
    return counts


def _templates(job: Job, request: Request) -> tuple[list[PrivateMove], list[Path]]:
    """Return the line counts without a site that goes, staged, and the files they replace; they hold hashes alone."""
    files = job.template_files()
    if not request.site or not files:
        return [], []
    folder = job.store.layout.staging / job.stamps.run_id
    moves = []
    for path in files:
        target = folder / f"{job.stamps.run_id}-{path.name}"
        save_counts(target, without_site(load_counts(path), request.site))
        moves.append(job.move(target, job.store.layout.templates))
    return moves, files
