"""The robots.txt of each origin: asked for before anything else there, at most once a day."""

from __future__ import annotations

import asyncio
from collections import defaultdict

from pipeline.errors import FetchError
from pipeline.scrape.fetch import Answer, Fetcher
from pipeline.scrape.memory import Memory
from pipeline.scrape.pace import Clock, Pace
from pipeline.scrape.robots import MAX_AGE_SECONDS, MAX_BYTES, Refusal, Robots, rules_of_status, text_of
from pipeline.scrape.states import Why
from pipeline.scrape.urls import joined

_MOST_REDIRECTS = 5  # RFC 9309, section 2.3.1.2
_MOST_READ_BYTES = 20 * MAX_BYTES  # files of 10 MB have been met: they are read whole, and their first 512 KiB believed


class Permits:
    """What each origin allows. One that could not be had is asked for again by the next scrape, not by this one."""

    def __init__(self, agent: str, fetcher: Fetcher, memory: Memory, clock: Clock) -> None:
        self._agent = agent
        self._fetcher = fetcher
        self._memory = memory
        self._clock = clock
        self._known: dict[str, Robots] = {}
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    def knows(self, origin: str) -> bool:
        """Return whether the rules of ``origin`` are at hand."""
        return origin in self._known

    async def of(self, origin: str, pace: Pace) -> Robots:
        """Return the rules of ``origin``, asked for in its turn if they are not known."""
        async with self._locks[origin]:
            if origin not in self._known:
                kept = self._memory.robots(origin, self._clock.now() - MAX_AGE_SECONDS)
                self._known[origin] = (
                    Robots.of(kept, self._agent) if kept is not None else await self._ask(origin, pace)
                )
        return self._known[origin]

    async def _ask(self, origin: str, pace: Pace) -> Robots:
        async with pace.turn():
            text, closed = await self._read(f"{origin}/robots.txt")
        if closed is None:
            self._memory.keep_robots(origin, text, self._clock.now())
        return Robots.of(text, self._agent, closed)

    async def _read(self, url: str) -> tuple[str, Refusal | None]:
        """Return the text of a robots.txt, and why nothing may be asked if it cannot be had."""
        try:
            for _ in range(_MOST_REDIRECTS + 1):
                answer = await self._fetcher.get(url, limit=_MOST_READ_BYTES)
                location = answer.header("location") if 300 <= answer.status < 400 else None
                if location is None:
                    return _text(answer)
                url = joined(url, location)
        except FetchError as exc:
            why = Why.ADDRESS if exc.facts["why"] is Why.ADDRESS else Why.ROBOTS_UNREACHABLE
            return "", (why, f"robots.txt: {exc.message}")
        return "", None  # RFC 9309: after five redirects a crawler may take it that there is none


def _text(answer: Answer) -> tuple[str, Refusal | None]:
    is_file, closed = rules_of_status(answer.status)
    return (text_of(answer.content) if is_file else ""), closed
