"""How input is cut into shards, and a shard that killed its worker into smaller ones."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence

from pipeline.engine import Engine
from pipeline.errors import EngineError
from pipeline.read import Listed, Source
from pipeline.read.identity import unread_id
from pipeline.records import Reason, Unreadable
from pipeline.settings import Settings
from pipeline.shard import ShardJob, ShardResult


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
    task: Callable[[ShardJob], ShardResult], jobs: Sequence[ShardJob], engine: Engine
) -> Iterator[tuple[ShardJob, ShardResult]]:
    """Yield each job with its result, in no order; a shard whose worker dies comes back in pieces, none of it twice.

    A dead worker names its shard, not its record: the shard is halved until one source is left, which is then lost.

    Raises:
        EngineError: a worker dies where there is nothing to read.
    """
    waiting, numbered = list(jobs), len(jobs)
    while waiting:
        pieces: list[ShardJob] = []
        for outcome in engine.map(task, waiting):
            if outcome.result is not None:
                yield outcome.job, outcome.result
                continue
            pieces += split_shard(outcome.job, outcome.failure or "worker died", numbered + len(pieces))
        waiting, numbered = pieces, numbered + len(pieces)


def split_shard(job: ShardJob, failure: str, next_number: int) -> list[ShardJob]:
    """Return the halves of a shard whose worker died; for a single path, a shard that reports it as lost.

    Raises:
        EngineError: no source of the shard is a file, so no file has killed the worker.
    """
    if not any(isinstance(source, Source) for source in job.sources):
        message = f"{failure} with nothing to read: free memory, or run again with fewer --workers"
        raise EngineError(message, shard=job.number)
    middle = _middle(job.sources)
    if middle:
        return [_job(job, next_number, job.sources[:middle]), _job(job, next_number + 1, job.sources[middle:])]
    path = path_of(job.sources[0])
    lost = Unreadable(
        dump_id=unread_id(path, Reason.CRASH),
        source_path=path,
        source_record=None,
        reason=Reason.CRASH,
        message=f"{failure} while cleaning it",
        size_bytes=job.size_bytes,
    )
    return [_job(job, next_number, (lost,))]


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
