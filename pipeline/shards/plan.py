"""How input is cut into shards, and how a record that ends its worker is parted from the others."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from pipeline.engine import Engine, Failure
from pipeline.errors import EngineError
from pipeline.read import Listed, Source
from pipeline.settings import Settings
from pipeline.shards.bookmark import Place
from pipeline.shards.job import Loss, ShardJob, place_of

Result = TypeVar("Result")

MAX_TRIES = 4  # workers that one path may end between two records: alone, once more, without what follows, to be sure


def plan_shards(sources: Sequence[Listed], settings: Settings, template: ShardJob) -> list[ShardJob]:
    """Return jobs of at most ``shard_files`` files and ``shard_bytes`` bytes each, in the order of ``sources``.

    The cut depends on the listing and the settings alone, never on the number of workers. A file larger than
    ``shard_bytes`` is a shard of its own.
    """
    groups: list[list[Listed]] = []
    size = 0
    for source in sources:
        own = source.size_bytes if isinstance(source, Source) else 0
        # A path that two roots have stays in one shard, where equal bytes are seen to be one dump.
        is_twin = bool(groups) and path_of(groups[-1][-1]) == path_of(source)
        is_full = not groups or len(groups[-1]) >= settings.shard_files or size + own > settings.shard_bytes
        if is_full and not is_twin:
            groups.append([])
            size = 0
        groups[-1].append(source)
        size += own
    return [_job(template, number, group) for number, group in enumerate(groups)]


def run_shards(
    task: Callable[[ShardJob], Result], jobs: Sequence[ShardJob], engine: Engine
) -> Iterator[tuple[ShardJob, Result]]:
    """Yield each job with its result, in no order; a shard whose worker ends comes back in pieces, none of it twice.

    Raises:
        EngineError: workers end where no record is at fault.
    """
    waiting, numbered = list(jobs), len(jobs)
    while waiting:
        pieces: list[ShardJob] = []
        for outcome in engine.map(task, waiting, place_of):
            if outcome.failure is None:
                yield outcome.job, outcome.result
                continue
            pieces += take_apart(outcome.job, outcome.failure, numbered + len(pieces))
        waiting, numbered = pieces, numbered + len(pieces)


def take_apart(job: ShardJob, failure: Failure, next_number: int) -> list[ShardJob]:
    """Return the jobs that take the place of one whose worker ended.

    Where the worker noted the record it was at, that one is looked at once more, alone, and all others without it; when
    it ends its worker again it is lost. Where it noted nothing the shard is halved.

    Raises:
        EngineError: no source of the shard is a file, or what is lost is set aside already: no record is at fault.
    """
    if not any(isinstance(source, Source) for source in job.sources):
        message = f"{failure.message} with nothing to read: free memory, or run again with fewer --workers"
        raise EngineError(message, shard=job.number)
    place = place_of(job)
    if place is None:
        middle = _middle(job.sources)
        if middle:
            parts = [job.sources[:middle], job.sources[middle:]]
            return [_job(job, next_number + i, part) for i, part in enumerate(parts)]
        place = Place(notes=0, source=0, passed=0, dump_id=None)
    before, caught, after = _around(job.sources, place.source)
    rest = [_job(job, 0, part) for part in (before, after) if part]
    alone = _job(job, 0, caught)
    pieces = [*_once_more(alone, place, failure, is_alone=not rest), *rest]
    return [_job(piece, next_number + i, piece.sources) for i, piece in enumerate(pieces)]


def _once_more(job: ShardJob, place: Place, failure: Failure, *, is_alone: bool) -> list[ShardJob]:
    """Return the jobs for the one path that a worker ended at: the record alone and the others, or without it."""
    path = path_of(job.sources[0])
    if job.tries > MAX_TRIES or any(loss.dump_id == place.dump_id for loss in job.losses if loss.dump_id is not None):
        message = f"{failure.message} at {path!r}, which was set aside: free memory, or run again with fewer --workers"
        raise EngineError(message, shard=job.number)
    loss = Loss(
        path=path,
        dump_id=place.dump_id,
        passed=place.passed,
        reason=failure.reason,
        message=f"{failure.message} at this record, and again when it was looked at alone",
    )
    if place.dump_id is None:
        if is_alone and job.tries:
            return [dataclasses.replace(job, losses=(*job.losses, loss), tries=job.tries + 1)]
        return [dataclasses.replace(job, tries=job.tries + 1)]
    if job.only == place.dump_id:
        return [dataclasses.replace(job, losses=(*job.losses, loss))]
    others = dataclasses.replace(job, apart=job.apart | {place.dump_id}, tries=0)
    return [others, dataclasses.replace(job, apart=frozenset(), only=place.dump_id, tries=0)]


def _around(sources: Sequence[Listed], at: int) -> tuple[Sequence[Listed], Sequence[Listed], Sequence[Listed]]:
    """Cut a shard into what lies before the path of source ``at``, that path under all its roots, and what follows."""
    path = path_of(sources[at])
    own = [i for i, source in enumerate(sources) if path_of(source) == path]
    return sources[: own[0]], sources[own[0] : own[-1] + 1], sources[own[-1] + 1 :]


def _middle(sources: Sequence[Listed]) -> int:
    """Return where to cut nearest the middle without parting one path that two roots have; 0 if nowhere."""
    cuts = [i for i in range(1, len(sources)) if path_of(sources[i - 1]) != path_of(sources[i])]
    return min(cuts, key=lambda i: (abs(2 * i - len(sources)), i), default=0)


def _job(template: ShardJob, number: int, sources: Sequence[Listed]) -> ShardJob:
    root = template.folder if template.folder.suffix != ".shard" else template.folder.parent
    return dataclasses.replace(template, number=number, sources=tuple(sources), folder=root / f"{number:06d}.shard")


def path_of(source: Listed) -> str:
    """Return the path of a listed input, relative to its root."""
    return source.path if isinstance(source, Source) else source.source_path
