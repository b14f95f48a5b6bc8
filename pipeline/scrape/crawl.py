"""The crawl itself: every origin gets its lanes, each lane takes one URL after the other, all under one bound."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeAlias

from pipeline.scrape.frontier import Frontier, Settled, Target
from pipeline.scrape.pace import Clock, Pace
from pipeline.scrape.permits import Permits
from pipeline.scrape.robots import Robots
from pipeline.scrape.sources import Source, Sources
from pipeline.scrape.states import State
from pipeline.scrape.urls import outside
from pipeline.scrape.visit import Visitor

Watch: TypeAlias = Callable[[str, str], None]
"""Called with URL and state whenever a URL is settled."""


class Crawl:
    """One session, until nothing is due any more or its time is over. Holds no URL but those under way."""

    def __init__(
        self, sources: Sources, frontier: Frontier, permits: Permits, visitor: Visitor, clock: Clock, watch: Watch
    ) -> None:
        self._settings = sources.crawl
        self._sources: Mapping[str, Source] = {source.name: source for source in sources.source}
        self._frontier = frontier
        self._permits = permits
        self._visitor = visitor
        self._clock = clock
        self._watch = watch
        self._paces: dict[str, Pace] = {}
        self._lanes: Counter[str] = Counter()
        self._busy: set[int] = set()
        self._left_alone: set[str] = set()
        self._connections = asyncio.Semaphore(self._settings.connections)
        minutes = self._settings.max_minutes
        self._ends_at = clock.now() + minutes * 60 if minutes is not None else None
        self._group: asyncio.TaskGroup | None = None

    async def run(self) -> None:
        """Ask for all that is queued and what it leads to.

        Raises:
            StoreError: memory or archive cannot be written.
        """
        try:
            async with asyncio.TaskGroup() as group:
                self._group = group
                for origin in self._frontier.waiting():
                    self._wake(origin)
        except BaseExceptionGroup as several:
            raise several.exceptions[0] from several
        self._frontier.put_off_spent("the run ended")

    def _wake(self, origin: str) -> None:
        """Give an origin the lanes it may have."""
        if origin in self._left_alone or self._group is None:
            return
        pace = self._paces.get(origin) or self._paces.setdefault(origin, self._pace(origin))
        for _ in range(self._lanes[origin], pace.lanes if self._permits.knows(origin) else 1):
            self._lanes[origin] += 1
            self._group.create_task(self._lane(origin, pace))

    def _pace(self, origin: str) -> Pace:
        """Return the pace of an origin: the slowest that a source of it asks for, or any if it is no source's site."""
        every = list(self._sources.values())
        sources = [source for source in every if not outside(source, f"{origin}/")] or every
        return Pace(
            delay_seconds=max(source.delay_seconds for source in sources),
            at_once=min(source.per_host for source in sources),
            most_failures=self._settings.breaker_failures,
            rest_seconds=self._settings.breaker_seconds,
            clock=self._clock,
        )

    async def _lane(self, origin: str, pace: Pace) -> None:
        try:
            robots = await self._admitted(origin, pace)
            while robots is not None and not self._is_over() and not pace.is_given_up:
                now = self._clock.now()
                target = self._frontier.next(origin, self._busy, now)
                if target is not None:
                    await self._turn(target, pace, robots)
                    continue
                due_at = self._frontier.next_due(origin, self._busy)
                if due_at is None:
                    break
                await self._clock.sleep(max(0.0, min(due_at, self._ends_at or due_at) - now))
            if pace.is_given_up:
                self._leave_alone(origin, f"{self._settings.breaker_failures} requests in a row failed, and one later")
        finally:
            self._lanes[origin] -= 1

    async def _admitted(self, origin: str, pace: Pace) -> Robots | None:
        """Return the rules of an origin, its pace set by them and its other lanes opened; None if it is left alone."""
        is_known = self._permits.knows(origin)
        robots = await self._permits.of(origin, pace)
        if is_known:
            return robots
        pace.delay_seconds = max(pace.delay_seconds, robots.delay_seconds)
        most = self._settings.max_crawl_delay_seconds
        if robots.delay_seconds > most:
            said = (
                f"robots.txt asks for {robots.delay_seconds:g} s between requests, max_crawl_delay_seconds is {most:g}"
            )
            self._leave_alone(origin, said)
            return None
        for source in self._sources.values():
            if source.robots_sitemaps and not outside(source, f"{origin}/"):
                for one in self._frontier.add_sitemaps(source, robots.sitemaps, f"{origin}/", self._clock.now()):
                    self._wake(one)
        self._wake(origin)
        return robots

    async def _turn(self, target: Target, pace: Pace, robots: Robots) -> None:
        self._busy.add(target.id)
        try:
            refused = robots.refusal(target.url)
            if refused is not None:
                why, detail = refused
                self._settle(target, Settled(state=State.REFUSED, why=why, detail=detail, is_asked=False))
                await asyncio.sleep(0)
                return
            async with pace.turn(), self._connections:
                if self._is_over() or pace.is_given_up:
                    return
                began = self._clock.now()
                visit = await self._visitor.visit(target, began)
                # No await from here on: what was archived is remembered before any other lane archives.
                if visit.is_well:
                    pace.succeeded()
                else:
                    pace.failed()
                pace.wait(visit.wait_seconds)
                self._settle(target, replace(visit.settled, seconds=self._clock.now() - began))
        finally:
            self._busy.discard(target.id)

    def _settle(self, target: Target, settled: Settled) -> None:
        for origin in self._frontier.settle(target, settled, self._clock.now()):
            self._wake(origin)
        self._watch(target.url, settled.state)

    def _leave_alone(self, origin: str, detail: str) -> None:
        self._left_alone.add(origin)
        self._frontier.put_off(origin, detail)

    def _is_over(self) -> bool:
        return self._ends_at is not None and self._clock.now() >= self._ends_at
