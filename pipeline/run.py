"""The main job: learn → read → segment → strip → describe → fingerprint → match → cluster → write → report.

:func:`run` is the table of contents. Cleaning and fingerprints run in worker processes, shard by shard; matching looks
at all new articles and everything published before; the tables change by one publication at the end, or not at all.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from pipeline.clean import Cleaner
from pipeline.clean.templates import Counts, bound, merge, templates
from pipeline.dedup.fingerprint import Scheme
from pipeline.dedup.growth import merge_newest, write_segment
from pipeline.dedup.index import Index
from pipeline.dedup.match import Decisions, match
from pipeline.dedup.segment import SUFFIX
from pipeline.engine import Engine, LocalEngine
from pipeline.errors import EngineError, StoreError
from pipeline.gather.articles import NewArticles
from pipeline.gather.books import run_report, run_row, stale_rows
from pipeline.gather.rows import (
    article_rows,
    cluster_rows,
    copies_by_dump,
    duplicate_rows,
    plain_rows,
    record_rows,
    relation_rows,
)
from pipeline.gather.versions import versions
from pipeline.read import check_roots, list_sources
from pipeline.report.counters import Progress, RunReport, StageTime
from pipeline.settings import Settings, today_utc
from pipeline.shards import WORKER_MODULES
from pipeline.shards.clean import SHARD_TABLES, ShardResult, clean_shard
from pipeline.shards.job import Loss, ShardJob
from pipeline.shards.learn import learn_shard, load_counts, save_counts, save_templates
from pipeline.shards.plan import plan_shards, run_shards
from pipeline.shards.prints import PrintJob, fingerprint_shard, kept_scheme
from pipeline.shards.tally import tally_articles
from pipeline.store.manifest import PrivateMove, Publication, TableChange
from pipeline.store.publication import Checkpoint, no_checkpoint
from pipeline.store.reader import Snapshot
from pipeline.store.schema import Stamps
from pipeline.store.tables import Store
from pipeline.store.undo import expire_undo
from pipeline.store.update import move_clusters
from pipeline.text import hash128

Watcher = Callable[[Progress], None]


def run(
    raw: Sequence[str],
    clean: Path,
    settings: Settings,
    as_of: dt.date | None = None,
    progress: Watcher | None = None,
    *,
    engine: Engine | None = None,
    checkpoint: Checkpoint = no_checkpoint,
) -> RunReport:
    """Clean and deduplicate every dump under ``raw`` that is not in the tables of ``clean`` yet; return the books.

    ``as_of`` (default: today, UTC) is the crawl date of dumps that tell none. What an earlier, interrupted run had
    decided is finished first. A second run over the same input adds a row to ``runs`` and nothing else. ``engine``
    (default: worker processes on this machine, as the settings say) is closed at the end. ``checkpoint`` is called
    after each step of merging the index and of publishing, with its name.

    Raises:
        InputError: a root of ``raw`` does not exist.
        LockedError: another run holds ``clean``.
        LawBrokenError: the books do not balance: nothing was published.
        StoreError: the tables cannot be read or written.
        EngineError: a worker dies again and again on no record in particular.
    """
    order = Order(
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
        counts = job.learn(jobs)
        shards = job.clean_shards(jobs, counts)
        articles = job.fingerprint(shards)
        decisions = job.match(articles)
        changes = job.stage(shards, articles, decisions)
        state = job.stage_state(articles, decisions, counts)
        return job.publish(shards, articles, decisions, changes, state)


def nobody(step: Progress) -> None:
    """Watch nothing."""
    del step


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a publication of ``kind`` is asked for: by whom it is watched, where it runs, what is told its steps.

    ``raw`` are the roots of its input, none for one that reads the tables alone; ``engine`` as :func:`run` takes it.
    """

    clean: Path
    settings: Settings
    as_of: dt.date
    kind: str = "run"
    raw: Sequence[str] = ()
    watch: Watcher = nobody
    engine: Engine | None = None
    checkpoint: Checkpoint = no_checkpoint

    def run_id(self, sequence: int) -> str:
        """Return the name of the publication: its number, and what kind it is or, of a run, a digest of its order."""
        digest = hash128(self.settings.digest(), self.as_of.isoformat(), *sorted(self.raw))
        return f"{sequence:08d}-{digest[:8] if self.kind == 'run' else self.kind}"

    def workers(self) -> Engine:
        """Return the engine that the order names, else one of worker processes on this machine."""
        settings = self.settings
        return self.engine or LocalEngine(workers=settings.workers, preload=WORKER_MODULES, limits=settings.limits)


@dataclass(slots=True, kw_only=True)
class Job:
    """One run under its lock: what each stage needs of the one before is handed on by :func:`run`.

    A backfill goes the same way, with stages of its own between.
    """

    order: Order
    store: Store
    snapshot: Snapshot
    sequence: int
    stamps: Stamps
    scratch: Path
    engine: Engine
    timings: dict[str, StageTime] = field(default_factory=dict)
    scheme: Scheme | None = None
    index: Index | None = None
    losses: list[Loss] = field(default_factory=list)

    @classmethod
    @contextlib.contextmanager
    def open(cls, order: Order) -> Iterator[Job]:
        """Give the job of one publication with the lock held, workers ready and a scratch folder."""
        check_roots(order.raw)  # before tables are made for nothing
        settings, store = order.settings, Store.open(order.clean)
        with store.locked(f"broadsheet {order.kind}", order.checkpoint):
            sequence = store.next_sequence()
            run_id = order.run_id(sequence)
            store.layout.scratch.mkdir(parents=True, exist_ok=True)
            # Of its own: a worker of a run that was killed may still be writing where that one had it work.
            scratch = Path(tempfile.mkdtemp(prefix=f"{run_id}-", dir=store.layout.scratch))
            cleaner = Cleaner.load(limits=settings.limits, min_words=settings.clean.min_words)
            try:
                with order.workers() as running:
                    yield cls(
                        order=order,
                        store=store,
                        snapshot=store.snapshot(),
                        sequence=sequence,
                        stamps=Stamps(run_id=run_id, rules_digest=cleaner.digest, ingested_at=dt.datetime.now(dt.UTC)),
                        scratch=scratch,
                        engine=running,
                    )
            finally:
                shutil.rmtree(scratch, ignore_errors=True)

    # ------------------------------------------------------------ plan, learn

    def plan(self) -> list[ShardJob]:
        """List the input and cut it into shards."""
        with self.timed("list"):
            sources = list_sources(self.order.raw)
            template = ShardJob(
                number=0,
                sources=(),
                folder=self.scratch,
                known=self.store.known_dump_ids(),
                stamps=self.stamps,
                as_of=self.order.as_of,
                limits=self.order.settings.limits,
                min_words=self.order.settings.clean.min_words,
                profiles=self.order.settings.sources,
                keep_removals=self.order.settings.removals == "full",
            )
            return plan_shards(sources, self.order.settings, template)

    def learn(self, jobs: Sequence[ShardJob], *, anew: bool = False) -> Counts | None:
        """Count the lines of each site's pages, published ones (not if ``anew``) and new ones; None if switched off."""
        if not self.order.settings.clean.site_templates:
            return None
        with self.timed("learn") as spent:
            parts = [load_counts(path) for path in self.template_files() if not anew]
            apart = [dataclasses.replace(job, folder=self.scratch / "learn" / job.folder.name) for job in jobs]
            for number, (job, result) in enumerate(run_shards(learn_shard, apart, self.engine), start=1):
                spent.cpu += result.cpu_seconds
                self.losses += job.losses
                parts.append(load_counts(result.target))
                self.order.watch(Progress(stage="learn", done=min(number, len(jobs)), total=len(jobs), unit="shards"))
            return bound(merge([Counts.empty(), *parts]), self.order.settings.clean.max_template_lines)

    def template_files(self) -> list[Path]:
        """Return the files of line counts that publications left."""
        return sorted(self.store.layout.templates.glob("*.npz"))

    # ------------------------------------------------------------ read → segment → strip → describe

    def clean_shards(self, jobs: Sequence[ShardJob], counts: Counts | None) -> list[ShardResult]:
        """Clean what is new, shard by shard; return the results in the order of the shards."""
        if counts is not None:
            path = self.scratch / "templates.npz"
            save_templates(path, templates(counts))
            jobs = [dataclasses.replace(job, templates=path) for job in jobs]
        total = sum(len(job.sources) for job in jobs)
        jobs = [dataclasses.replace(job, losses=tuple(self.losses)) for job in jobs]
        results: list[ShardResult] = []
        done = 0
        with self.timed("clean") as spent:
            for job, result in run_shards(clean_shard, jobs, self.engine):
                results.append(result)
                spent.cpu += result.cpu_seconds
                done += len(job.sources)
                self.order.watch(Progress(stage="clean", done=done, total=total, unit="files"))
        return sorted(results, key=lambda result: result.number)

    # ------------------------------------------------------------ fingerprint

    def fingerprint(self, shards: Sequence[ShardResult]) -> NewArticles:
        """Make the fingerprints of all new articles."""
        self.scheme = kept_scheme(self.store.layout.state, self.order.settings.dedup)
        self.index = Index.open(self.store.layout.index, self.scheme)
        self._check_index(self.index)
        files = [shard.files["articles"] for shard in shards if "articles" in shard.files]
        return self.gather(files, self.scheme)

    def gather(self, files: Sequence[Path], scheme: Scheme) -> NewArticles:
        """Return the articles of ``files`` with their fingerprints, which workers make where they are not made yet."""
        with self.timed("fingerprint") as spent:
            jobs = [PrintJob(rows=path, scheme=scheme, target=path.with_suffix(".npz")) for path in files]
            left = [job for job in jobs if not job.target.exists()]
            for number, outcome in enumerate(self.engine.map(fingerprint_shard, left), start=1):
                spent.cpu += outcome.result.cpu_seconds
                self.order.watch(Progress(stage="fingerprint", done=number, total=len(left), unit="shards"))
            return NewArticles(files, [job.target for job in jobs], self.snapshot)

    def _check_index(self, index: Index) -> None:
        """Refuse an index that does not hold what the tables do: copies of what it lacks would not be seen.

        Raises:
            StoreError: it holds less or more.
        """
        published = self.snapshot.count("articles") + self.snapshot.count("duplicates")
        if len(index) != published:
            message = (
                f"the index knows {len(index)} of {published} published articles and duplicates:"
                " run 'broadsheet index rebuild'"
            )
            raise StoreError(message, clean=str(self.store.layout.clean))

    # ------------------------------------------------------------ match → cluster

    def match(self, articles: NewArticles) -> Decisions:
        """Decide which new articles are copies, of what, and which stories are related."""
        with self.timed("match"):
            if self.index is None:
                raise EngineError("matching was asked for before fingerprints were made")
            facts = articles.facts()
            decisions = match(facts, articles.fingerprints, self.index, articles.texts_of, self.order.settings.dedup)
            return versions(decisions, articles, self.snapshot)

    # ------------------------------------------------------------ write

    def stage(
        self, shards: Sequence[ShardResult], articles: NewArticles, decisions: Decisions
    ) -> dict[str, TableChange]:
        """Write every row where no reader looks."""
        with self.timed("write"):
            files = files_by_table(shards)
            facts = articles.facts()
            copies = copies_by_dump(files["articles"], decisions.duplicates)
            moved = {key: value for key, value in decisions.cluster_by_id.items() if not articles.has(key)}
            clusters = move_clusters(self.snapshot, moved, self.stamps.run_id)
            dates = articles.dates_of([link.article_id for link in decisions.links])
            batches = {
                "articles": article_rows(files["articles"], decisions.duplicates),
                "duplicates": duplicate_rows(files["articles"], decisions.duplicates),
                "clusters": _both(cluster_rows(facts, decisions, self.stamps), clusters.batches),
                "relations": relation_rows(dates, decisions, self.stamps),
                "removals": plain_rows(files["removals"]),
                "quarantine": plain_rows(files["quarantine"]),
                "records": record_rows(files["records"], copies),
            }
            changes = {}
            for table, rows in batches.items():
                added = self.store.stage(self.stamps.run_id, table, rows)
                removed = clusters.removed if table == "clusters" else ()
                if added or removed:
                    changes[table] = TableChange(added=added, removed=removed)
            return changes

    def stage_state(self, articles: NewArticles, decisions: Decisions, counts: Counts | None) -> _State:
        """Write what the next run has to know, to be put in place by the publication: index segment and line counts."""
        with self.timed("write state"):
            folder = self.store.layout.staging / self.stamps.run_id
            folder.mkdir(parents=True, exist_ok=True)
            moves: list[PrivateMove] = []
            removed: list[str] = []
            if articles.facts() and self.scheme is not None:
                segment = folder / f"{self.stamps.run_id}{SUFFIX}"
                write_segment(
                    segment,
                    docs=articles.facts(),
                    is_article=[one.id not in decisions.duplicates for one in articles.facts()],
                    prints=articles.fingerprints,
                    edges=decisions.edges,
                    scheme=self.scheme,
                )
                replaced = merge_newest(segment, self.store.layout.index, self.order.checkpoint)
                moves.append(self.move(segment, self.store.layout.index))
                removed += [str(path.relative_to(self.store.layout.state)) for path in replaced]
            if counts is not None and articles.facts():
                file = folder / f"{self.stamps.run_id}.npz"
                save_counts(file, counts)
                moves.append(self.move(file, self.store.layout.templates))
                removed += [str(path.relative_to(self.store.layout.state)) for path in self.template_files()]
            return _State(moves=tuple(moves), removed=tuple(removed))

    def move(self, staged: Path, folder: Path) -> PrivateMove:
        """Return the move of a staged file, flushed now, into a folder of private state."""
        with staged.open("rb") as written:
            os.fsync(written.fileno())
        state = self.store.layout.state
        return PrivateMove(staged=str(staged.relative_to(state)), final=str((folder / staged.name).relative_to(state)))

    def publish(
        self,
        shards: Sequence[ShardResult],
        articles: NewArticles,
        decisions: Decisions,
        changes: Mapping[str, TableChange],
        state: _State,
    ) -> RunReport:
        """Make all of it visible at once, and return the books."""
        counts = tally_articles(articles.facts(), decisions)
        for shard in shards:
            counts.add(shard.tally)
        stale = stale_rows(self.snapshot, self.stamps.rules_digest)

        def report() -> RunReport:
            return run_report(
                self.stamps,
                sequence=self.sequence,
                as_of=self.order.as_of,
                finished_at=dt.datetime.now(dt.UTC),
                shards=shards,
                counts=counts,
                timings=self.timings,
                stale=stale,
                is_published=bool(changes),
                repairs=self.store.repairs,
            )

        row = run_row(report(), settings_digest=self.order.settings.digest(), rules_digest=self.stamps.rules_digest)
        with self.timed("publish"):
            publication = Publication(run=row, changes=changes, private=state.moves, private_removed=state.removed)
            self.store.publish(publication, self.order.checkpoint)
        expire_undo(self.store.layout, dt.datetime.now(dt.UTC) - dt.timedelta(days=self.order.settings.undo_days))
        return report()

    @contextlib.contextmanager
    def timed(self, stage: str) -> Iterator[_Spent]:
        """Time a stage: wall, and CPU of this process with what workers report on top."""
        wall, cpu, spent = time.perf_counter(), time.process_time(), _Spent()
        yield spent
        before = self.timings.get(stage, StageTime(wall_seconds=0.0, cpu_seconds=0.0))
        self.timings[stage] = StageTime(
            wall_seconds=before.wall_seconds + time.perf_counter() - wall,
            cpu_seconds=before.cpu_seconds + time.process_time() - cpu + spent.cpu,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _State:
    """Private files that a publication puts in place, and those it deletes."""

    moves: tuple[PrivateMove, ...]
    removed: tuple[str, ...]


@dataclass(slots=True)
class _Spent:
    """CPU seconds that workers used for a stage."""

    cpu: float = 0.0


def files_by_table(shards: Sequence[ShardResult]) -> dict[str, list[Path]]:
    """Return the files that hold the rows of each table."""
    return {table: [shard.files[table] for shard in shards if table in shard.files] for table in SHARD_TABLES}


def _both(first: Iterator[pa.RecordBatch], second: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    yield from first
    yield from second
