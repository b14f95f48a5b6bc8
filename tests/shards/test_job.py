"""Claims about jobs: what one job leaves to another, neither reads twice."""

from __future__ import annotations

import dataclasses
import pickle
from collections.abc import Callable

from pipeline.records import Reason
from pipeline.shards.job import Loss, Seen, ShardJob, place_of

BAD, GOOD = "bad0" * 8, "600d" * 8


def test_dump_set_apart_is_seen_by_the_others_and_not_by_the_job_that_has_it(make_job: Callable[..., ShardJob]) -> None:
    others, alone = make_job(apart=frozenset({BAD})), make_job(only=BAD)

    assert (BAD in Seen(others), GOOD in Seen(others)) == (True, False)
    assert (BAD in Seen(alone), GOOD in Seen(alone)) == (False, True)


def test_what_another_job_has_is_not_counted_as_done(make_job: Callable[..., ShardJob]) -> None:
    seen = Seen(make_job(apart=frozenset({BAD})))
    seen.add(GOOD)

    assert GOOD in seen
    assert (seen.is_done(GOOD), seen.is_done(BAD)) == (True, False)


def test_only_ids_are_seen(make_job: Callable[..., ShardJob]) -> None:
    assert 7 not in Seen(make_job(only=BAD))


def test_job_travels_with_all_it_knows(make_job: Callable[..., ShardJob]) -> None:
    loss = Loss(path="a", dump_id=None, passed=3, reason=Reason.CRASH, message="lost")
    job = make_job(apart=frozenset({"x"}), losses=(loss,), tries=2)

    again = pickle.loads(pickle.dumps(job))

    assert dataclasses.replace(again, known=job.known) == job
    assert again.size_bytes == 0
    assert place_of(again) is None
