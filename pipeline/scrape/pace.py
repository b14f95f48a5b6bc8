"""How fast one host is asked: the pause between requests, how many at once, and when it is left alone."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """The time in seconds since the epoch, and how to wait."""

    now: Callable[[], float] = time.time
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep


class Pace:
    """The pace of one origin.

    The pause runs from the end of a request to the start of the next, so that a slow host is not asked faster than it
    can answer. After ``most_failures`` in a row the host is left alone for ``rest_seconds``; then one request decides
    whether it is given up for the run.
    """

    def __init__(
        self, *, delay_seconds: float, at_once: int, most_failures: int, rest_seconds: float, clock: Clock
    ) -> None:
        self.delay_seconds = delay_seconds
        self.is_given_up = False
        self._at_once = at_once
        self._most_failures = most_failures
        self._rest_seconds = rest_seconds
        self._clock = clock
        self._ready_at = 0.0
        self._failures = 0
        self._rests_until = 0.0
        self._lanes = asyncio.Semaphore(at_once)
        self._single = asyncio.Lock()

    @property
    def lanes(self) -> int:
        """How many requests may run at once: one, where there is a pause between them."""
        return 1 if self.delay_seconds > 0 else self._at_once

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for this host's turn; the body is one request."""
        gate = self._single if self.lanes == 1 or self._failures >= self._most_failures else self._lanes
        async with gate:
            while (wait := self._ready_at - self._clock.now()) > 0:
                await self._clock.sleep(wait)
            try:
                yield
            finally:
                self._ready_at = max(self._ready_at, self._clock.now() + self.delay_seconds)

    def wait(self, seconds: float) -> None:
        """Ask nothing of the host for so long: it said so (Retry-After)."""
        self._ready_at = max(self._ready_at, self._clock.now() + seconds)

    def succeeded(self) -> None:
        """Count an answer that shows the host well."""
        self._failures = 0

    def failed(self) -> None:
        """Count a request that shows the host unwell."""
        if self._clock.now() < self._rests_until:
            return  # it was under way when the rest began
        self._failures += 1
        if self._failures == self._most_failures:
            self._rests_until = self._clock.now() + self._rest_seconds
            self.wait(self._rest_seconds)
        elif self._failures > self._most_failures:
            self.is_given_up = True
