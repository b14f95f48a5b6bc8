"""How input is cut into shards, and a shard that killed its worker into smaller ones."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from pipeline.read import Listed, Source
from pipeline.read.identity import unread_id
from pipeline.records import Reason, Unreadable
from pipeline.settings import Settings
from pipeline.shard import ShardJob


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


def split_shard(job: ShardJob, failure: str, next_number: int) -> list[ShardJob]:
    """Return the halves of a shard whose worker died; for a single source, a shard that reports it as lost."""
    if len(job.sources) > 1:
        middle = len(job.sources) // 2
        return [_job(job, next_number, job.sources[:middle]), _job(job, next_number + 1, job.sources[middle:])]
    (source,) = job.sources
    lost = Unreadable(
        dump_id=unread_id(path_of(source), Reason.CRASH),
        source_path=path_of(source),
        source_record=None,
        reason=Reason.CRASH,
        message=f"{failure} while cleaning it",
        size_bytes=source.size_bytes if isinstance(source, Source) else 0,
    )
    return [_job(job, next_number, (lost,))]


def _job(template: ShardJob, number: int, sources: Sequence[Listed]) -> ShardJob:
    root = template.folder if template.folder.suffix != ".shard" else template.folder.parent
    return dataclasses.replace(template, number=number, sources=tuple(sources), folder=root / f"{number:06d}.shard")


def path_of(source: Listed) -> str:
    """Return the path of a listed input, relative to its root."""
    return source.path if isinstance(source, Source) else source.source_path
