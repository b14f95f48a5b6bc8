"""Connections to checked addresses: a name is resolved once, the address is checked, and that very address is asked.

Between a check and a connection by name lies a second look-up, whose answer may differ (DNS rebinding); here there is
none. Host header and TLS server name stay the name's, because only the connection is made to the address.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import TypeAlias

import httpcore

from pipeline.errors import FetchError
from pipeline.scrape.address import Network, odd_spelling, refusal
from pipeline.scrape.states import Why

Lookup: TypeAlias = Callable[[str, int], Awaitable[Sequence[str]]]
# Of a name with many addresses these are tried in turn: a dead IPv6 route costs one refused connection.
_MOST_TRIED = 3


async def look_up(host: str, port: int) -> Sequence[str]:
    """Return the addresses that the system's resolver knows of ``host``, in its order.

    Raises:
        OSError: there is none.
    """
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class Gate:
    """Which addresses a host may be asked under; ``known`` hosts (small letters) need no look-up and no check."""

    def __init__(self, known: Mapping[str, str], allow: Sequence[str], lookup: Lookup = look_up) -> None:
        self._known = dict(known)
        self._allowed: tuple[Network, ...] = tuple(ipaddress.ip_network(one) for one in allow)
        self._lookup = lookup

    async def addresses(self, host: str, port: int) -> Sequence[str]:
        """Return the addresses of ``host`` that may be asked, at least one.

        Raises:
            FetchError: it has none at all (for now), or none that may be asked; no connection was made.
        """
        host = host.strip("[]").lower()
        if host in self._known:
            return [self._known[host]]
        if odd_spelling(host):
            raise FetchError(f"{host!r} is an address in an odd spelling", why=Why.ADDRESS)
        try:
            found = await self._lookup(host, port)
        except (OSError, UnicodeError) as exc:
            raise FetchError(f"{host!r} has no address: {exc}", why=Why.NETWORK, is_transient=True) from exc
        refusals = {address: refusal(address, self._allowed) for address in found}
        fit = [address for address, why in refusals.items() if why is None]
        if not fit:
            first = next((why for why in refusals.values() if why), "no address")
            raise FetchError(f"{host!r} may not be asked: {first}", why=Why.ADDRESS)
        return fit


class PinnedBackend(httpcore.AsyncNetworkBackend):
    """A backend that connects to nothing but addresses its gate has let through."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Return a connection to one of the checked addresses of ``host``.

        Raises:
            FetchError: no address of it may be asked.
            httpcore.ConnectError: none answers.
        """
        addresses = list(await self._gate.addresses(host, port))[:_MOST_TRIED]
        for address in addresses[:-1]:
            try:
                return await self._inner.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return await self._inner.connect_tcp(addresses[-1], port, timeout, local_address, socket_options)

    async def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None
    ) -> httpcore.AsyncNetworkStream:
        """Refuse: no web address leads to a socket of this machine.

        Raises:
            FetchError: always.
        """
        del timeout, socket_options
        raise FetchError(f"socket {path!r} may not be asked", why=Why.ADDRESS)

    async def sleep(self, seconds: float) -> None:
        """Wait, as the client asks for between tries."""
        await asyncio.sleep(seconds)
