"""One request and its answer, within bounds of time and size. Follows nothing, tries once, knows no robots.txt."""

from __future__ import annotations

import asyncio
import datetime as dt
import ssl
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Self, TypeAlias

import httpcore
import httpx

from pipeline.errors import FetchError
from pipeline.scrape.body import Body
from pipeline.scrape.network import Gate, PinnedBackend
from pipeline.scrape.pools import Pools
from pipeline.scrape.sources import CrawlSettings
from pipeline.scrape.states import Why

Headers: TypeAlias = tuple[tuple[bytes, bytes], ...]
WHOLE = (200, 203)
"""Statuses of an answer that is the thing asked for."""

_KEPT_A_REQUEST = 2  # hosts whose connections stay open, for each request that may run at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer: ``raw`` is the body as sent (its chunks joined), ``content`` the body unpacked.

    ``headers`` and ``asked`` (the request's) are in the order and letters they were sent in; ``address`` was asked.
    """

    url: str
    status: int
    reason: str
    headers: Headers
    raw: bytes
    content: bytes
    address: str
    target: bytes
    asked: Headers
    started_at: dt.datetime
    seconds: float

    def header(self, name: str) -> str | None:
        """Return the value of the first header of that name (small letters), or None."""
        wanted = name.encode()
        return next((value.decode("latin-1") for key, value in self.headers if key.lower() == wanted), None)

    @property
    def media_type(self) -> str:
        """What the server calls the body, small letters, without parameters; empty where it says nothing."""
        return (self.header("content-type") or "").partition(";")[0].strip().lower()


Accepts: TypeAlias = Callable[[str], bool]


class Fetcher:
    """Asks checked addresses alone (:class:`~pipeline.scrape.network.Gate`); no proxies, no cookies, HTTP/1.1."""

    def __init__(self, settings: CrawlSettings, gate: Gate, version: str) -> None:
        self._settings = settings
        self.agent = f"{settings.agent}/{version} (+{settings.contact})"
        self._pools = Pools(_trust(settings), PinnedBackend(gate), most=_KEPT_A_REQUEST * settings.connections)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *about: object) -> None:
        await self._pools.aclose()

    async def get(
        self, url: str, *, limit: int, asking: Sequence[tuple[str, str]] = (), accepts: Accepts | None = None
    ) -> Answer:
        """Return the answer to a GET of ``url``, whatever its status.

        Args:
            url: Address as it goes out; a fragment is left off.
            limit: Most bytes of the body, packed and unpacked.
            asking: Further request headers.
            accepts: Whether the body of a media type is taken, else a whole answer (status 200) is refused unread. None
                takes any.

        Raises:
            FetchError: no answer to keep; says why, and whether asking again may help.
        """
        target = parse(url)
        asked = self._headers(target, asking)
        try:
            async with asyncio.timeout(self._settings.deadline_seconds):
                return await self._exchange(url, target, asked, limit, accepts or _anything)
        except TimeoutError as exc:
            message = f"no whole answer in {self._settings.deadline_seconds:g} s"
            raise FetchError(message, why=Why.TIMEOUT, is_transient=True) from exc
        except httpcore.TimeoutException as exc:
            message = f"silent for {self._settings.read_seconds:g} s"
            raise FetchError(message, why=Why.TIMEOUT, is_transient=True) from exc
        except (httpcore.NetworkError, httpcore.ProtocolError, ssl.SSLError, OSError) as exc:
            raise FetchError(_said(exc), why=Why.NETWORK, is_transient=True) from exc

    def _headers(self, url: httpx.URL, asking: Iterable[tuple[str, str]]) -> Headers:
        named = [
            ("Host", url.netloc.decode("ascii")),
            ("User-Agent", self.agent),
            ("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"),
            ("Accept-Encoding", "gzip, deflate"),  # what is unpacked within bounds, and what the reader unpacks
            *asking,
        ]
        return tuple((name.encode(), value.encode("latin-1", "replace")) for name, value in named)

    async def _exchange(self, url: str, target: httpx.URL, asked: Headers, limit: int, accepts: Accepts) -> Answer:
        started_at, clock = dt.datetime.now(dt.UTC), time.monotonic()
        quiet = self._settings.read_seconds
        address = httpcore.URL(scheme=target.raw_scheme, host=target.raw_host, port=target.port, target=target.raw_path)
        timeouts = {"timeout": {"connect": quiet, "read": quiet, "write": quiet}}
        origin = f"{target.scheme}://{target.netloc.decode('ascii')}"
        async with (
            self._pools.of(origin) as pool,
            pool.stream("GET", address, headers=list(asked), extensions=timeouts) as response,
        ):
            headers: Headers = tuple((bytes(name), bytes(value)) for name, value in response.headers)
            head = Answer(
                url=url,
                status=response.status,
                reason=response.extensions.get("reason_phrase", b"").decode("latin-1"),
                headers=headers,
                raw=b"",
                content=b"",
                address=_address(response),
                target=target.raw_path,
                asked=asked,
                started_at=started_at,
                seconds=0.0,
            )
            body = await self._body(head, response, limit, accepts)
        return replace(head, raw=body.raw, content=body.content, seconds=time.monotonic() - clock)

    async def _body(self, head: Answer, response: httpcore.Response, limit: int, accepts: Accepts) -> Body:
        if head.status in WHOLE:
            if not accepts(head.media_type):
                raise FetchError(f"{head.media_type[:60]!r} is not what was asked for", why=Why.TYPE)
            told = head.header("content-length") or ""
            if told.isascii() and told.isdigit() and len(told) < 19 and int(told) > limit:
                raise FetchError(f"body of {int(told):,} bytes, more than {limit:,}", why=Why.TOO_LARGE)
        coding = ", ".join(
            value.decode("latin-1") for name, value in head.headers if name.lower() == b"content-encoding"
        )
        body = Body(coding, limit=limit, max_ratio=self._settings.max_unpack_ratio)
        async for data in response.aiter_stream():
            body.feed(data)
        body.finish()
        return body


@lru_cache(maxsize=4096)  # a page's address is taken apart ten times on its way
def parse(url: str) -> httpx.URL:
    """Return a web address taken apart, its host in ASCII and its path percent-encoded.

    Raises:
        FetchError: it is none, not http or https, or has a user name in it.
    """
    try:
        parsed = httpx.URL(url)
        port = parsed.port
    except (httpx.InvalidURL, UnicodeError, ValueError) as exc:
        raise FetchError(f"{url[:200]!r} is no address: {exc}", why=Why.BAD_ADDRESS) from exc
    if parsed.scheme not in ("http", "https") or not parsed.host or (port is not None and not 0 < port < 65536):
        raise FetchError(f"{url[:200]!r} is no http or https address", why=Why.BAD_ADDRESS)
    if parsed.userinfo:
        raise FetchError("an address with a user name in it", why=Why.BAD_ADDRESS)
    return parsed


def _anything(media_type: str) -> bool:
    del media_type
    return True


def _trust(settings: CrawlSettings) -> ssl.SSLContext:
    if settings.ca_file is not None:
        return ssl.create_default_context(cafile=str(settings.ca_file))
    return httpx.create_ssl_context(trust_env=False)


def _address(response: httpcore.Response) -> str:
    stream = response.extensions.get("network_stream")
    found = stream.get_extra_info("server_addr") if stream is not None else None
    return str(found[0]) if found else ""


def _said(exc: Exception) -> str:
    return f"{type(exc).__name__}: {exc}" if str(exc) else type(exc).__name__
