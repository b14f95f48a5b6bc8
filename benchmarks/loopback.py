"""A web server on loopback for trying the scraper: many hosts by name on one port, and a log of every request.

It answers from a table of replies, or as a function says; it ends with its ``with`` block, and by itself after its
life is over. As a program it serves ``--hosts`` hosts, addresses of loopback, with ``--pages`` pages each and prints
its port.
"""

from __future__ import annotations

import argparse
import asyncio
import socket
import threading
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

LIFE_SECONDS = 300.0
_REASONS = {200: "OK", 301: "Moved Permanently", 302: "Found", 304: "Not Modified", 404: "Not Found"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A request as it came. ``at``: seconds since the epoch; ``status``: what was answered, 0 if by hand."""

    at: float
    host: str
    path: str
    headers: Mapping[str, str]
    status: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer. With an ``etag`` a request that knows it gets 304."""

    body: bytes = b""
    status: int = 200
    kind: str = "text/html; charset=utf-8"
    etag: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


ByHand = Callable[[asyncio.StreamWriter], Awaitable[None]]
Answering = Reply | ByHand


class Server:
    """The server: ``replies`` by (host, path), which may change while it runs, and the ``hits`` it had."""

    def __init__(
        self,
        replies: Mapping[tuple[str, str], Answering] | None = None,
        *,
        life: float = LIFE_SECONDS,
        addresses: Sequence[str] = ("127.0.0.1",),
    ) -> None:
        self.replies: dict[tuple[str, str], Answering] = dict(replies or {})
        self.hits: list[Hit] = []
        self.port = 0
        self.on_hit: Callable[[Hit], None] | None = None  # called before each answer
        self._life = life
        self._addresses = addresses
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._ready = threading.Event()
        self._connections: set[asyncio.Task[None]] = set()
        self._thread = threading.Thread(target=self._run, name="loopback", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait(10)
        return self

    def __exit__(self, *about: object) -> None:
        if self._loop is not None and self._stop is not None:
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    def url(self, host: str, path: str = "/") -> str:
        """Return an address on this server."""
        return f"http://{host}:{self.port}{path}"

    def paths(self, host: str) -> list[str]:
        """Return the paths that were asked of a host, in order."""
        return [hit.path for hit in self.hits if hit.host == host]

    def _run(self) -> None:
        asyncio.run(self.serve())

    async def serve(self) -> None:
        """Serve until told to stop or the life is over."""
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        first = _listener(self._addresses[0], 0)
        port = first.getsockname()[1]
        listeners = [first, *(_listener(address, port) for address in self._addresses[1:])]
        servers = [await asyncio.start_server(self._connection, sock=one, limit=1 << 16) for one in listeners]
        self.port = port
        self._ready.set()
        try:
            async with asyncio.timeout(self._life):
                await self._stop.wait()
        except TimeoutError:
            pass
        await asyncio.sleep(0.02)  # what was just accepted becomes a connection: a server that is closed refuses it
        for server in servers:
            server.close()
        for task in self._connections:
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)
        await asyncio.sleep(0)  # sockets are closed by callbacks of the loop

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._connections.add(task)
            task.add_done_callback(self._connections.discard)
        try:
            while await self._request(reader, writer):
                pass
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.CancelledError):
            pass
        finally:
            writer.transport.abort()

    async def _request(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head.split("\r\n")
        path = first.split(" ")[1]
        pairs = (line.partition(":") for line in lines if line)
        headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
        host = headers.get("host", "").partition(":")[0]
        reply = self.replies.get((host, path), Reply(status=404, body=b"no such page"))
        if not isinstance(reply, Reply):
            self._note(Hit(at=time.time(), host=host, path=path, headers=headers, status=0))
            await reply(writer)
            return False
        is_known = reply.etag is not None and headers.get("if-none-match") == reply.etag
        status = 304 if is_known else reply.status
        self._note(Hit(at=time.time(), host=host, path=path, headers=headers, status=status))
        writer.write(_bytes(reply, status))
        await writer.drain()
        return True

    def _note(self, hit: Hit) -> None:
        self.hits.append(hit)
        if self.on_hit is not None:
            self.on_hit(hit)


def _bytes(reply: Reply, status: int) -> bytes:
    body = b"" if status == 304 else reply.body
    lines = [f"HTTP/1.1 {status} {_REASONS.get(status, 'Other')}", f"Content-Type: {reply.kind}"]
    lines += [f"ETag: {reply.etag}"] if reply.etag else []
    lines += [f"Content-Length: {len(body)}"] if status != 304 else []
    lines += [f"{name}: {value}" for name, value in reply.headers.items()]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def _listener(address: str, port: int) -> socket.socket:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((address, port))
    listener.listen(256)
    return listener


def story(host: str, number: int) -> bytes:
    """Return a page of some 3 kB that differs from all others."""
    title = f"Story {number} of {host}"
    text = "".join(
        f"<p>Paragraph {one} of story {number}: the council of {host} met for the {number + one}th time and put off"
        f" what was {number * 7 + one} weeks old, a clerk said. Nobody objected, and {one + 2} left early.</p>\n"
        for one in range(12)
    )
    body = f"<article><h1>{title}</h1>{text}</article>"
    return f"<!DOCTYPE html><html><head><title>{title}</title></head><body>{body}</body></html>".encode()


def sitemap(urls: list[str]) -> bytes:
    """Return a sitemap of ``urls``."""
    entries = "".join(f"<url><loc>{url}</loc></url>" for url in urls)
    return (
        f'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</urlset>'.encode()
    )


async def _serve(hosts: int, pages: int, life: float) -> None:
    addresses = [f"127.0.0.{number}" for number in range(1, hosts + 1)]
    server = Server(life=life, addresses=addresses)
    serving = asyncio.create_task(server.serve())
    while not server.port:
        await asyncio.sleep(0.01)
    for host in addresses:
        urls = [server.url(host, f"/news/{number}.html") for number in range(pages)]
        server.replies[host, "/sitemap.xml"] = Reply(body=sitemap(urls), kind="application/xml")
        for number in range(pages):
            server.replies[host, f"/news/{number}.html"] = Reply(body=story(host, number), etag=f'"{number}"')
    print(server.port, flush=True)
    await serving


def main() -> None:
    """Serve from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hosts", type=int, default=1)
    parser.add_argument("--pages", type=int, default=500)
    parser.add_argument("--life", type=float, default=LIFE_SECONDS)
    given = parser.parse_args()
    asyncio.run(_serve(given.hosts, given.pages, given.life))


if __name__ == "__main__":
    main()
