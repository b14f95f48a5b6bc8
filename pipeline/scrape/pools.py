"""Open connections, a small pool an origin, the longest unused closed first.

One pool for all looks at every idle connection before each request: with 128 of them that cost three times what all the
rest did.
"""

from __future__ import annotations

import ssl
from collections import Counter, OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpcore

_IDLE_SECONDS = 30.0  # longer than most pauses, shorter than servers wait


class Pools:
    """The pools of at most ``most`` origins; one that is in use is never closed."""

    def __init__(self, context: ssl.SSLContext, backend: httpcore.AsyncNetworkBackend, *, most: int) -> None:
        self._context = context
        self._backend = backend
        self._most = most
        self._pools: OrderedDict[str, httpcore.AsyncConnectionPool] = OrderedDict()
        self._users: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._pools)

    @asynccontextmanager
    async def of(self, origin: str) -> AsyncIterator[httpcore.AsyncConnectionPool]:
        """Give the pool of an origin while the body runs."""
        if origin not in self._pools:
            self._pools[origin] = httpcore.AsyncConnectionPool(
                ssl_context=self._context,
                max_connections=None,  # who asks bounds how many do
                keepalive_expiry=_IDLE_SECONDS,
                network_backend=self._backend,
            )
        self._pools.move_to_end(origin)
        self._users[origin] += 1
        try:
            yield self._pools[origin]
        finally:
            self._users[origin] -= 1
            await self._close_unused()

    async def _close_unused(self) -> None:
        while len(self._pools) > self._most:
            unused = next((origin for origin in self._pools if not self._users[origin]), None)
            if unused is None:
                return
            del self._users[unused]
            await self._pools.pop(unused).aclose()

    async def aclose(self) -> None:
        """Close all connections."""
        while self._pools:
            _, pool = self._pools.popitem()
            await pool.aclose()
