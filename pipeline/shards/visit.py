"""The way of a worker through its shard: every item of every source in order, each noted before it is looked at."""

from __future__ import annotations

from collections.abc import Container, Iterator
from itertools import islice

from pipeline.errors import RecordError
from pipeline.read import Outcome, Source, read_source
from pipeline.read.identity import date_in_path, unread_id
from pipeline.records import Unreadable
from pipeline.shards.bookmark import Bookmark
from pipeline.shards.job import Loss, ShardJob


class Visit:
    """The items of a shard's sources, in order, each noted in ``mark`` before it is looked at.

    Dumps in ``seen`` come as Known, those of the job's losses as Unreadable.
    """

    def __init__(self, job: ShardJob, seen: Container[str], mark: Bookmark) -> None:
        self._job = job
        self._seen = seen
        self._mark = mark
        self._lost = {loss.dump_id: loss for loss in job.losses if loss.dump_id is not None}
        self._cut = {loss.path: loss for loss in job.losses if loss.dump_id is None}

    def __iter__(self) -> Iterator[Outcome]:
        for number, source in enumerate(self._job.sources):
            self._mark.open_source(number)
            if not isinstance(source, Source):
                yield source
                continue
            items = read_source(source, self._job.limits, self._seen, self._job.profiles, self._begin)
            cut = self._cut.get(source.path)
            for item in items if cut is None else islice(items, cut.passed):
                yield item
                self._mark.pass_record()
            if cut is not None:
                yield _rest(source, cut)

    def _begin(self, dump_id: str) -> None:
        self._mark.begin(dump_id)
        if (loss := self._lost.get(dump_id)) is not None:
            raise RecordError(loss.message, reason=loss.reason)


def _rest(source: Source, cut: Loss) -> Unreadable:
    """Return what stands for the records of a source behind which no worker has come."""
    return Unreadable(
        dump_id=unread_id(source.path, cut.reason, f"after {cut.passed}"),
        source_path=source.path,
        source_record=None if not cut.passed else f"after {cut.passed}",
        reason=cut.reason,
        message=cut.message,
        size_bytes=0 if cut.passed else source.size_bytes,
        crawl_date=date_in_path(source.path),
    )
