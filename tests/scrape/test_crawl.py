from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from benchmarks.loopback import Reply, Server, sitemap, story
from pipeline.scrape.archive import Archive
from pipeline.scrape.crawl import Crawl
from pipeline.scrape.fetch import Fetcher
from pipeline.scrape.frontier import Frontier
from pipeline.scrape.memory import Memory
from pipeline.scrape.network import Gate
from pipeline.scrape.permits import Permits
from pipeline.scrape.sources import Sources
from pipeline.scrape.visit import Visitor

HOST = "daily.test"


@pytest.fixture
def crawl(tmp_path: Path, memory: Memory, hurry: Any) -> Callable[[Sources], Counter[str]]:
    """Return a function that runs a session whose clock does not wait, and counts the states its URLs came to."""

    def run(sources: Sources) -> Counter[str]:
        seen: Counter[str] = Counter()

        def note(url: str, state: str) -> None:
            seen[state] += 1

        async def session() -> None:
            settings = sources.crawl
            async with Fetcher(settings, Gate(settings.hosts, ()), "0.1") as fetcher:
                frontier = Frontier(memory, sources.source)
                frontier.begin(hurry.time)
                archive = Archive(tmp_path / "raw", memory, most_bytes=1 << 30, agent="Broadsheet/0.1")
                permits = Permits(settings.agent, fetcher, memory, hurry.clock)
                visitor = Visitor(settings, fetcher, archive)
                await Crawl(sources, frontier, permits, visitor, hurry.clock, note).run()
                frontier.end(hurry.time)
                archive.finish()

        asyncio.run(session())
        return seen

    return run


Go = Callable[[Sources], Counter[str]]
Made = Callable[..., Sources]


def publish(server: Server, count: int, host: str = HOST) -> tuple[str, ...]:
    paths = [f"/news/{number}" for number in range(count)]
    for number, path in enumerate(paths):
        server.replies[host, path] = Reply(body=story(host, number), etag=f'"{number}"')
    return tuple(server.url(host, path) for path in paths)


def why(memory: Memory) -> set[tuple[str, str, str]]:
    return {tuple(row) for row in memory.db.execute("SELECT state, why, detail FROM urls WHERE kind = 'page'")}  # type: ignore[misc]


def test_robots_txt_is_asked_first_and_what_it_forbids_is_not(server: Server, crawl: Go, make_sources: Made) -> None:
    pages = publish(server, 4)
    server.replies[HOST, "/robots.txt"] = Reply(body=b"User-agent: *\nDisallow: /news/2")

    seen = crawl(make_sources(pages=pages))

    assert seen == {"fetched": 3, "refused": 1}
    assert server.paths(HOST) == ["/robots.txt", "/news/0", "/news/1", "/news/3"]


def test_longer_delay_of_settings_and_robots_txt_is_kept(
    server: Server, crawl: Go, make_sources: Made, hurry: Any
) -> None:
    server.replies[HOST, "/robots.txt"] = Reply(body=b"User-agent: *\nCrawl-delay: 7")

    crawl(make_sources(pages=publish(server, 3), delay_seconds=2, per_host=8))

    assert [round(slept) for slept in hurry.slept] == [2, 7, 7]


def test_host_that_asks_for_more_patience_than_there_is_is_left_out(
    server: Server, crawl: Go, make_sources: Made, memory: Memory
) -> None:
    server.replies[HOST, "/robots.txt"] = Reply(body=b"User-agent: *\nCrawl-delay: 86400")

    crawl(make_sources(pages=publish(server, 3)))

    assert server.paths(HOST) == ["/robots.txt"]
    ((state, reason, detail),) = why(memory)
    assert (state, reason) == ("queued", "put off")
    assert "asks for 86400 s between requests" in detail


def test_sitemaps_of_robots_txt_are_read_where_the_source_says_so(
    server: Server, crawl: Go, make_sources: Made
) -> None:
    pages = publish(server, 3)
    server.replies[HOST, "/map.xml"] = Reply(body=sitemap(list(pages)), kind="application/xml")
    server.replies[HOST, "/robots.txt"] = Reply(body=f"Sitemap: {server.url(HOST, '/map.xml')}".encode())

    seen = crawl(make_sources(pages=pages[:1], robots_sitemaps=True))

    assert seen == {"fetched": 4}


def test_host_that_fails_again_and_again_is_rested_then_left_alone(
    server: Server, crawl: Go, make_sources: Made, memory: Memory, hurry: Any
) -> None:
    pages = publish(server, 20)
    for number in range(20):
        server.replies[HOST, f"/news/{number}"] = Reply(status=500)

    crawl(make_sources(pages=pages, crawl={"breaker_failures": 4, "breaker_seconds": 60, "tries": 1}))

    assert len(server.paths(HOST)) == 1 + 5
    assert 60 in hurry.slept
    assert ("queued", "put off", "4 requests in a row failed, and one later") in why(memory)


def test_hosts_do_not_wait_for_each_other(server: Server, crawl: Go, make_sources: Made) -> None:
    weekly = {"name": "weekly", "site": "weekly.test", "delay_seconds": 0, "pages": publish(server, 5, "weekly.test")}

    async def silent(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(30)

    server.replies[HOST, "/news/0"] = silent

    pages = (server.url(HOST, "/news/0"),)
    seen = crawl(make_sources(weekly, pages=pages, crawl={"deadline_seconds": 0.5, "tries": 1}))

    assert seen == {"fetched": 5, "failed": 1}


def test_requests_that_ran_out_of_time_leave_no_connection_taken(server: Server, crawl: Go, make_sources: Made) -> None:
    async def silent(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(30)

    pages = publish(server, 12)
    for path in [f"/news/{number}" for number in range(6)]:
        server.replies[HOST, path] = silent

    settings = {"connections": 2, "deadline_seconds": 0.2, "tries": 1, "breaker_failures": 100}
    seen = crawl(make_sources(pages=pages, per_host=4, crawl=settings))

    assert seen == {"failed": 6, "fetched": 6}


def test_time_that_is_over_leaves_the_rest_queued(
    server: Server, crawl: Go, make_sources: Made, memory: Memory
) -> None:
    sources = make_sources(pages=publish(server, 10), delay_seconds=20, crawl={"max_minutes": 1})

    seen = crawl(sources)

    assert 1 <= seen["fetched"] <= 4
    assert ("queued", "put off", "the run ended") in why(memory)


def test_retry_waits_and_succeeds(server: Server, crawl: Go, make_sources: Made, hurry: Any) -> None:
    pages = publish(server, 1)
    well = server.replies[HOST, "/news/0"]
    server.replies[HOST, "/news/0"] = Reply(status=503, headers={"Retry-After": "30"})

    def mend(hit: Any) -> None:
        if server.paths(HOST).count("/news/0") > 1:
            server.replies[HOST, "/news/0"] = well

    server.on_hit = mend
    seen = crawl(make_sources(pages=pages))

    assert seen == {"queued": 2, "fetched": 1}
    assert sum(hurry.slept) >= 60
