from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from typing import Any

from pipeline.scrape.pace import Clock, Pace


def paced(hurry: Any, **fields: Any) -> Pace:
    given = {"delay_seconds": 2.0, "at_once": 1, "most_failures": 3, "rest_seconds": 60.0, **fields}
    return Pace(**given, clock=hurry.clock)


async def turns(pace: Pace, hurry: Any, count: int, takes: float = 0.0) -> list[float]:
    began = []
    for _ in range(count):
        async with pace.turn():
            began.append(hurry.time)
            hurry.time += takes
    return began


def gaps(times: list[float]) -> list[float]:
    return [later - earlier for earlier, later in itertools.pairwise(times)]


def test_pause_runs_from_the_end_of_a_request(hurry: Any) -> None:
    assert gaps(asyncio.run(turns(paced(hurry), hurry, 4, takes=5))) == [7, 7, 7]


def test_pause_is_kept_by_requests_that_wait_together(hurry: Any) -> None:
    async def crowd(pace: Pace) -> list[float]:
        found = await asyncio.gather(*(turns(pace, hurry, 1) for _ in range(4)))
        return [time for one in found for time in one]

    times = sorted(asyncio.run(crowd(paced(hurry))))

    assert gaps(times) == [2, 2, 2]


def test_without_a_pause_several_may_ask_at_once_and_no_more(hurry: Any) -> None:
    at_once = [0, 0]

    async def one(pace: Pace) -> None:
        async with pace.turn():
            at_once[0] += 1
            at_once[1] = max(at_once)
            await asyncio.sleep(0)
            at_once[0] -= 1

    async def crowd(pace: Pace) -> None:
        await asyncio.gather(*(one(pace) for _ in range(20)))

    asyncio.run(crowd(paced(hurry, delay_seconds=0.0, at_once=4)))

    assert at_once == [0, 4]


def test_host_that_asks_for_a_pause_gets_it(hurry: Any) -> None:
    pace = paced(hurry, delay_seconds=0.0)
    pace.wait(30)

    asyncio.run(turns(pace, hurry, 1))

    assert hurry.slept == [30]


def after_failures(pace: Pace, count: int) -> Pace:
    for _ in range(count):
        pace.failed()
    return pace


def test_failures_in_a_row_rest_the_host_and_one_more_gives_it_up(hurry: Any) -> None:
    pace = after_failures(paced(hurry, delay_seconds=0.0), 3)
    asyncio.run(turns(pace, hurry, 1))

    assert hurry.slept == [60]
    assert not pace.is_given_up
    assert after_failures(pace, 1).is_given_up


def test_failures_under_way_when_the_rest_begins_do_not_give_the_host_up(hurry: Any) -> None:
    assert not after_failures(paced(hurry, delay_seconds=0.0, at_once=8), 8).is_given_up


def test_answer_between_failures_starts_the_count_anew(hurry: Any) -> None:
    pace = after_failures(paced(hurry), 2)
    pace.succeeded()

    assert not after_failures(pace, 2).is_given_up
    asyncio.run(turns(pace, hurry, 1))
    assert hurry.slept == []


def test_clock_is_the_systems_unless_told() -> None:
    now: Callable[[], float] = Clock().now

    assert now() > 1_700_000_000
