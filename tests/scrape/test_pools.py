from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable

import httpcore
import pytest

from benchmarks.loopback import Reply, Server
from pipeline.scrape.network import Gate, PinnedBackend
from pipeline.scrape.pools import Pools

HOSTS = ("daily.test", "weekly.test", "other.test")


@pytest.fixture
def make_pools() -> Callable[[int], Pools]:
    def make(most: int) -> Pools:
        gate = Gate(dict.fromkeys(HOSTS, "127.0.0.1"), ())
        return Pools(ssl.create_default_context(), PinnedBackend(gate), most=most)

    return make


Make = Callable[[int], Pools]


def connections(pool: httpcore.AsyncConnectionPool) -> int:
    return len(pool.connections)


def test_origin_finds_its_connection_again(server: Server, make_pools: Make) -> None:
    server.replies["daily.test", "/"] = Reply(body=b"ok")

    async def ask() -> int:
        pools = make_pools(8)
        for _ in range(3):
            async with pools.of("http://daily.test") as pool:
                await pool.request("GET", server.url("daily.test"))
        open_now = connections(pool)
        await pools.aclose()
        return open_now

    assert asyncio.run(ask()) == 1


def test_longest_unused_origin_is_closed_first(server: Server, make_pools: Make) -> None:
    async def ask() -> tuple[int, bool]:
        pools = make_pools(2)
        async with pools.of("http://daily.test") as first:
            await first.request("GET", server.url("daily.test"))
        for host in ("weekly.test", "other.test"):
            async with pools.of(f"http://{host}"):
                pass
        async with pools.of("http://daily.test") as again:
            is_new = again is not first
        count = len(pools)
        await pools.aclose()
        return count, is_new and connections(first) == 0

    assert asyncio.run(ask()) == (2, True)


def test_origin_in_use_is_not_closed(make_pools: Make) -> None:
    async def ask() -> tuple[int, int]:
        pools = make_pools(1)
        async with pools.of("http://daily.test"), pools.of("http://weekly.test"), pools.of("http://other.test"):
            during = len(pools)
        after = len(pools)
        await pools.aclose()
        return during, after

    assert asyncio.run(ask()) == (3, 1)
