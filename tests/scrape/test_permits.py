from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from benchmarks.loopback import Reply, Server
from pipeline.scrape.fetch import Fetcher
from pipeline.scrape.memory import Memory
from pipeline.scrape.network import Gate
from pipeline.scrape.pace import Pace
from pipeline.scrape.permits import Permits
from pipeline.scrape.robots import MAX_AGE_SECONDS, Robots
from pipeline.scrape.sources import Sources
from pipeline.scrape.states import Why

HOST = "daily.test"
RULES = b"User-agent: *\nDisallow: /private\n"


@pytest.fixture
def ask(memory: Memory, make_sources: Callable[..., Sources], hurry: Any) -> Callable[..., list[Robots]]:
    """Return a function that asks for the rules of each origin, one after the other."""
    settings = make_sources(pages=("http://daily.test/a",)).crawl

    def asked(*origins: str) -> list[Robots]:
        async def run() -> list[Robots]:
            async with Fetcher(settings, Gate(settings.hosts, ()), "0.1") as fetcher:
                permits = Permits("Broadsheet", fetcher, memory, hurry.clock)
                pace = Pace(delay_seconds=2, at_once=1, most_failures=5, rest_seconds=60, clock=hurry.clock)
                found = [await permits.of(origin, pace) for origin in origins]
                assert all(permits.knows(origin) for origin in origins)
                return found

        return asyncio.run(run())

    return asked


Ask = Callable[..., list[Robots]]


def origin(server: Server, host: str = HOST) -> str:
    return server.url(host, "")


def test_rules_are_asked_for_once_a_session_and_once_a_day(server: Server, ask: Ask, hurry: Any) -> None:
    server.replies[HOST, "/robots.txt"] = Reply(body=RULES, kind="text/plain")

    (rules, again) = ask(origin(server), origin(server))
    ask(origin(server))
    assert len(server.hits) == 1
    hurry.time += MAX_AGE_SECONDS + 1
    ask(origin(server))

    assert len(server.hits) == 2
    assert rules.refusal(f"{origin(server)}/private/a")
    assert rules.refusal(f"{origin(server)}/a") is None
    assert again is rules


@pytest.mark.parametrize(("status", "is_open"), [(404, True), (403, True), (500, False), (429, False)])
def test_status_opens_or_closes_the_host(status: int, is_open: bool, server: Server, ask: Ask) -> None:
    server.replies[HOST, "/robots.txt"] = Reply(status=status, body=RULES)

    assert (ask(origin(server))[0].refusal(f"{origin(server)}/private/a") is None) is is_open


def test_host_whose_rules_are_out_of_reach_is_closed_and_asked_anew_next_time(server: Server, ask: Ask) -> None:
    server.replies[HOST, "/robots.txt"] = Reply(status=503)
    assert ask(origin(server))[0].closed == (Why.ROBOTS_UNREACHABLE, "robots.txt: HTTP 503")

    server.replies[HOST, "/robots.txt"] = Reply(body=RULES)

    assert ask(origin(server))[0].closed is None


def test_host_that_is_not_public_is_closed_for_that_reason(server: Server, ask: Ask) -> None:
    closed = ask(origin(server, "127.0.0.1"))[0].closed

    assert closed is not None
    assert closed[0] is Why.ADDRESS
    assert server.hits == []


def test_five_redirects_are_followed_and_after_that_there_are_no_rules(server: Server, ask: Ask) -> None:
    for number in range(8):
        to = {"Location": f"/r{number + 1}"}
        server.replies[HOST, "/robots.txt" if number == 0 else f"/r{number}"] = Reply(status=301, headers=to)
    server.replies["weekly.test", "/robots.txt"] = Reply(status=302, headers={"Location": "/rules"})
    server.replies["weekly.test", "/rules"] = Reply(body=RULES)

    endless, moved = ask(origin(server), origin(server, "weekly.test"))

    assert endless.refusal(f"{origin(server)}/private/a") is None
    assert server.paths(HOST) == ["/robots.txt", "/r1", "/r2", "/r3", "/r4", "/r5"]
    assert moved.refusal(f"{origin(server, 'weekly.test')}/private/a")


def test_redirect_inside_is_not_followed(server: Server, ask: Ask) -> None:
    to = {"Location": server.url("127.0.0.1", "/secret")}
    server.replies[HOST, "/robots.txt"] = Reply(status=302, headers=to)

    assert ask(origin(server))[0].closed
    assert server.paths("127.0.0.1") == []
