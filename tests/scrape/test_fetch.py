from __future__ import annotations

import asyncio
import datetime as dt
import gzip
import ipaddress
import ssl
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from benchmarks.loopback import Reply, Server
from pipeline.errors import FetchError
from pipeline.scrape.fetch import Answer, Fetcher, parse
from pipeline.scrape.network import Gate
from pipeline.scrape.sources import Sources
from pipeline.scrape.states import Why

HOST = "daily.test"
Made = Callable[..., Sources]


def fetched(sources: Sources, *urls: str, limit: int = 1 << 20, **asking: Any) -> list[Answer]:
    async def ask() -> list[Answer]:
        gate = Gate(sources.crawl.hosts, sources.crawl.allow)
        async with Fetcher(sources.crawl, gate, "0.1") as fetcher:
            return [await fetcher.get(url, limit=limit, **asking) for url in urls]

    return asyncio.run(ask())


def refused(sources: Sources, url: str, **asking: Any) -> tuple[Why, bool]:
    with pytest.raises(FetchError) as failed:
        fetched(sources, url, **asking)
    return failed.value.facts["why"], bool(failed.value.facts.get("is_transient"))  # type: ignore[return-value]


@pytest.fixture
def sources(make_sources: Made) -> Sources:
    return make_sources(pages=["http://daily.test/a"], crawl={"deadline_seconds": 1, "read_seconds": 0.5})


def by_hand(*parts: bytes, forever: bytes = b"", silent: bool = False) -> Callable[..., Awaitable[None]]:
    """Return an answer that is written part by part, then for ever or not at all, until the client has gone."""

    async def write(writer: asyncio.StreamWriter) -> None:
        for part in parts:
            writer.write(part)
            await writer.drain()
        while forever:
            writer.write(forever)
            await writer.drain()
            await asyncio.sleep(0.1 if len(forever) == 1 else 0)
        while silent:
            await asyncio.sleep(1)

    return write


def test_answer_is_what_the_server_sent(server: Server, sources: Sources) -> None:
    server.replies[HOST, "/a?b=%20c"] = Reply(body=b"<p>hello", etag='"7"', headers={"X-Odd": "Yes"})

    (answer,) = fetched(sources, server.url(HOST, "/a?b= c#part"))

    assert (answer.status, answer.reason, answer.raw, answer.content) == (200, "OK", b"<p>hello", b"<p>hello")
    assert answer.header("etag") == '"7"'
    assert (b"X-Odd", b"Yes") in answer.headers
    assert (answer.media_type, answer.address) == ("text/html", "127.0.0.1")
    assert answer.started_at.tzinfo is dt.UTC


def test_request_says_who_asks_and_asks_for_what_can_be_bounded(server: Server, sources: Sources) -> None:
    server.replies[HOST, "/a"] = Reply()

    fetched(sources, server.url(HOST, "/a"), asking=[("If-None-Match", '"7"')])

    sent = server.hits[0].headers
    assert sent["user-agent"] == "Broadsheet/0.1 (+desk@example.org)"
    assert sent["accept-encoding"] == "gzip, deflate"
    assert sent["host"] == f"daily.test:{server.port}"
    assert sent["if-none-match"] == '"7"'
    assert "cookie" not in sent


def test_proxies_of_the_environment_are_not_asked(
    server: Server, sources: Sources, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    server.replies[HOST, "/a"] = Reply(body=b"direct")

    assert fetched(sources, server.url(HOST, "/a"))[0].content == b"direct"


def test_packed_body_is_kept_packed_and_unpacked(server: Server, sources: Sources) -> None:
    packed = gzip.compress(b"<p>hello")
    server.replies[HOST, "/a"] = Reply(body=packed, headers={"Content-Encoding": "gzip"})

    (answer,) = fetched(sources, server.url(HOST, "/a"))

    assert (answer.raw, answer.content) == (packed, b"<p>hello")


def test_connection_is_used_again(server: Server, sources: Sources) -> None:
    server.replies[HOST, "/a"] = Reply()

    assert len(fetched(sources, *[server.url(HOST, "/a")] * 3)) == 3


HEAD = b"HTTP/1.1 200 OK\r\n"
TYPED = HEAD + b"Content-Type: text/html\r\n"


@pytest.mark.parametrize(
    ("reply", "why", "is_transient"),
    [
        (by_hand(silent=True), Why.TIMEOUT, True),
        (by_hand(HEAD + b"X: ", forever=b"a"), Why.TIMEOUT, True),
        (by_hand(TYPED + b"Content-Length: 100000\r\n\r\n<html>", forever=b"a"), Why.TIMEOUT, True),
        (by_hand(TYPED + b"Transfer-Encoding: chunked\r\n\r\n", forever=b"1000\r\n" + b"x" * 4096 + b"\r\n"), Why.TOO_LARGE, False),
        (by_hand(TYPED + b"Content-Length: 2000000\r\n\r\n"), Why.TOO_LARGE, False),
        (by_hand(TYPED + b"Content-Length: 5000\r\n\r\n<html>"), Why.NETWORK, True),
        (by_hand(TYPED + b"Content-Length: -1\r\n\r\n<html>"), Why.NETWORK, True),
        (by_hand(HEAD + b"".join(b"X-%d: %s\r\n" % (one, b"a" * 4000) for one in range(200)) + b"\r\n"), Why.NETWORK, True),
        (by_hand(HEAD + b"X: " + b"a" * (4 << 20) + b"\r\n\r\n"), Why.NETWORK, True),
        (by_hand(b"SSH-2.0-OpenSSH_9\r\n"), Why.NETWORK, True),
        (by_hand(), Why.NETWORK, True),
        (Reply(body=gzip.compress(b" " * (4 << 20)), headers={"Content-Encoding": "gzip"}), Why.BOMB, False),
        (Reply(headers={"Content-Encoding": "gzip, gzip"}), Why.TYPE, False),
        (Reply(headers={"Content-Encoding": "br"}), Why.TYPE, False),
    ],
    ids=[
        "silent", "slow header", "slow body", "endless", "told too large", "short", "negative length", "many headers",
        "long header", "no HTTP", "hangs up", "bomb", "double gzip", "brotli",
    ],
)  # fmt: skip
def test_hostile_answer_ends_within_bounds(
    reply: Any, why: Why, is_transient: bool, server: Server, sources: Sources
) -> None:
    server.replies[HOST, "/a"] = reply

    assert refused(sources, server.url(HOST, "/a")) == (why, is_transient)


def test_body_of_another_kind_is_not_read(server: Server, sources: Sources) -> None:
    server.replies[HOST, "/a"] = Reply(body=b"\xff\xd8", kind="image/jpeg")

    why, _ = refused(sources, server.url(HOST, "/a"), accepts=lambda kind: kind == "text/html")

    assert why is Why.TYPE


def test_error_page_is_an_answer_whatever_its_kind(server: Server, sources: Sources) -> None:
    server.replies[HOST, "/a"] = Reply(status=503, body=b"{}", kind="application/json")

    (answer,) = fetched(sources, server.url(HOST, "/a"), accepts=lambda kind: kind == "text/html")

    assert answer.status == 503


def test_closed_port_is_a_failure_that_may_pass(sources: Sources) -> None:
    assert refused(sources, "http://daily.test:9/") == (Why.NETWORK, True)


@pytest.mark.parametrize(
    "url",
    ["ftp://daily.test/a", "file:///etc/passwd", "gopher://daily.test/", "http://me:pw@daily.test/", "http:///a",
     "http://daily.test:0/", "http://daily.test:99999/", "http://daily.test/\x00", "http://[::1", "no address"],
)  # fmt: skip
def test_what_is_no_web_address_is_refused(url: str) -> None:
    with pytest.raises(FetchError) as failed:
        parse(url)

    assert failed.value.facts["why"] is Why.BAD_ADDRESS


def test_inside_is_not_asked(server: Server, sources: Sources) -> None:
    assert refused(sources, server.url("127.0.0.1", "/secret")) == (Why.ADDRESS, False)
    assert refused(sources, server.url("2130706433", "/secret")) == (Why.ADDRESS, False)
    assert refused(sources, server.url("[::ffff:127.0.0.1]", "/secret")) == (Why.ADDRESS, False)
    assert server.hits == []


def certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """Write a certificate for ``name`` that signs itself; return its file and its key's."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    paths = folder / "cert.pem", folder / "key.pem"
    paths[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    form = serialization.PrivateFormat.PKCS8
    paths[1].write_bytes(key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))
    return paths


def test_name_in_tls_stays_the_hosts_though_the_address_is_asked(tmp_path: Path, make_sources: Made) -> None:
    cert, key = certificate(tmp_path, HOST)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    named: list[str | None] = []
    context.sni_callback = lambda _socket, name, _context: named.append(name)
    sources = make_sources(pages=["https://daily.test/"], crawl={"ca_file": cert})

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
        await writer.drain()
        writer.close()

    async def ask() -> tuple[bytes, Why]:
        listening = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
        port = listening.sockets[0].getsockname()[1]
        async with listening, Fetcher(sources.crawl, Gate(sources.crawl.hosts, ()), "0.1") as fetcher:
            answer = await fetcher.get(f"https://{HOST}:{port}/", limit=100)
            with pytest.raises(FetchError) as failed:  # the same address under a name the certificate is not for
                await fetcher.get(f"https://weekly.test:{port}/", limit=100)
        await asyncio.sleep(0.05)  # the server's half of the failed handshake is closed by its loop
        return answer.content, failed.value.facts["why"]  # type: ignore[return-value]

    assert asyncio.run(ask()) == (b"ok", Why.NETWORK)
    assert named[0] == HOST
    assert ipaddress.ip_address("127.0.0.1").is_loopback
