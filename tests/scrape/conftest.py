"""A loopback server a test, sources that name its hosts, and a clock that does not wait."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from benchmarks.loopback import Server
from pipeline.scrape.memory import Memory
from pipeline.scrape.pace import Clock
from pipeline.scrape.sources import Sources

HOSTS = ("daily.test", "weekly.test", "other.test")


class Hurry:
    """A clock whose sleeps end at once: ``time`` goes on by what was slept."""

    def __init__(self, time: float = 1_800_000_000.0) -> None:
        self.time = time
        self.slept: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds

    @property
    def clock(self) -> Clock:
        return Clock(now=lambda: self.time, sleep=self.sleep)


@pytest.fixture
def hurry() -> Hurry:
    return Hurry()


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        yield running


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Memory]:
    opened = Memory.open(tmp_path / "raw" / ".scrape" / "crawl.sqlite")
    yield opened
    opened.close()


@pytest.fixture
def make_sources() -> Callable[..., Sources]:
    """Return a function that makes sources: one of daily.test, ``fields`` its own, ``crawl`` those of the table."""

    def make(*more: dict[str, Any], crawl: dict[str, Any] | None = None, **fields: Any) -> Sources:
        source = {"name": "daily", "site": "daily.test", "delay_seconds": 0, **fields}
        settings = {
            "contact": "desk@example.org",
            "hosts": dict.fromkeys(HOSTS, "127.0.0.1"),
            "deadline_seconds": 5,
            "backoff_seconds": 0,
            **(crawl or {}),
        }
        return Sources.model_validate({"crawl": settings, "source": [source, *more]})

    return make
