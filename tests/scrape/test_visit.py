from __future__ import annotations

import asyncio
import email.utils
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from benchmarks.loopback import Reply, Server
from pipeline.scrape.archive import Archive
from pipeline.scrape.discover import Link
from pipeline.scrape.fetch import Fetcher
from pipeline.scrape.frontier import Target
from pipeline.scrape.memory import Memory
from pipeline.scrape.network import Gate
from pipeline.scrape.sources import Sources
from pipeline.scrape.states import Kind, State, Why
from pipeline.scrape.visit import MAX_REDIRECTS, Visit, Visitor

HOST = "daily.test"
NOW = 1_800_000_000.0
RSS = b"<rss><channel><item><link>/a</link></item></channel></rss>"


@pytest.fixture
def visit(tmp_path: Path, server: Server, memory: Memory, make_sources: Callable[..., Sources]) -> Callable[..., Visit]:
    """Return a function that visits a path of daily.test, ``fields`` what is remembered of it."""

    def visited(path: str = "/a", crawl: dict[str, Any] | None = None, **fields: Any) -> Visit:
        settings = make_sources(pages=("http://daily.test/a",), crawl={"backoff_seconds": 5, **(crawl or {})}).crawl
        url = server.url(HOST, path)
        given: dict[str, Any] = {
            "id": 1, "key": url, "url": url, "origin": server.url(HOST, ""), "source": "daily", "kind": Kind.PAGE,
            "found_in": "http://daily.test/feed", "depth": 0, "hops": 0, "tries": 0, "etag": None, "last_modified": None, "digest": None, "payload": None,
            "record": None,
        }  # fmt: skip

        async def run() -> Visit:
            async with Fetcher(settings, Gate(settings.hosts, ()), "0.1") as fetcher:
                archive = Archive(tmp_path / "raw", memory, most_bytes=1 << 30, agent="Broadsheet/0.1")
                done = await Visitor(settings, fetcher, archive).visit(Target(**{**given, **fields}), NOW)
                archive.finish()
                return done

        return asyncio.run(run())

    return visited


Go = Callable[..., Visit]


def test_page_is_fetched_archived_and_its_validators_remembered(server: Server, visit: Go) -> None:
    modified = "Wed, 04 Mar 2026 10:00:00 GMT"
    server.replies[HOST, "/a"] = Reply(body=b"<p>a", etag='"7"', headers={"Last-Modified": modified})

    settled = visit().settled

    assert (settled.state, settled.why, settled.status) == (State.FETCHED, Why.OK, 200)
    assert (settled.etag, settled.last_modified) == ('"7"', modified)
    assert settled.archived is not None
    assert settled.digest
    assert settled.record


def test_known_page_is_asked_whether_it_changed(server: Server, visit: Go) -> None:
    server.replies[HOST, "/a"] = Reply(body=b"<p>a", etag='"7"')

    settled = visit(etag='"7"', last_modified="Wed, 04 Mar 2026 10:00:00 GMT", digest="d", record="2026").settled

    assert server.hits[0].headers["if-modified-since"] == "Wed, 04 Mar 2026 10:00:00 GMT"
    assert (settled.state, settled.why, settled.status) == (State.UNCHANGED, Why.NOT_MODIFIED, 304)
    assert settled.archived is not None


def test_page_of_the_same_bytes_is_unchanged_without_validators(server: Server, visit: Go) -> None:
    server.replies[HOST, "/a"] = Reply(body=b"<p>a")
    digest = visit().settled.digest

    settled = visit(digest=digest, record="2026").settled

    assert (settled.state, settled.why) == (State.UNCHANGED, Why.SAME_BYTES)


def test_feed_leads_on_and_is_not_archived(server: Server, visit: Go) -> None:
    server.replies[HOST, "/feed"] = Reply(body=RSS, kind="application/rss+xml")

    settled = visit("/feed", kind=Kind.FEED).settled

    assert settled.links == [Link(url=server.url(HOST, "/a"), kind=Kind.PAGE)]
    assert settled.archived is None


def test_feed_that_is_none_failed(server: Server, visit: Go) -> None:
    server.replies[HOST, "/feed"] = Reply(body=b"<html>gone")

    settled = visit("/feed", kind=Kind.FEED).settled

    assert (settled.state, settled.why) == (State.FAILED, Why.UNREADABLE)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirect_names_where_the_answer_stands(status: int, server: Server, visit: Go) -> None:
    server.replies[HOST, "/a"] = Reply(status=status, headers={"Location": "/b"})

    settled = visit().settled

    assert (settled.state, settled.redirect) == (State.REDIRECTED, server.url(HOST, "/b"))
    assert settled.archived is not None


def test_redirect_to_another_spelling_of_itself_is_the_same_page(server: Server, visit: Go) -> None:
    server.replies[HOST, "/a"] = Reply(status=302, headers={"Location": "/a?utm_source=us"})

    settled = visit().settled

    assert (settled.state, settled.moved_to) == (State.QUEUED, server.url(HOST, "/a?utm_source=us"))


def test_redirect_too_many_is_a_failure(server: Server, visit: Go) -> None:
    server.replies[HOST, "/a"] = Reply(status=302, headers={"Location": "/b"})

    assert visit(hops=MAX_REDIRECTS - 1).settled.state is State.REDIRECTED
    assert visit(hops=MAX_REDIRECTS).settled.why is Why.REDIRECTS


@pytest.mark.parametrize("location", ["file:///etc/passwd", "gopher://127.0.0.1:6379/_FLUSHALL", "http://[::1"])
def test_redirect_out_of_the_web_is_refused(location: str, server: Server, visit: Go) -> None:
    server.replies[HOST, "/a"] = Reply(status=302, headers={"Location": location})

    settled = visit().settled

    assert (settled.state, settled.why, settled.is_asked) == (State.REFUSED, Why.BAD_ADDRESS, True)


@pytest.mark.parametrize("status", [401, 403, 404, 410, 204, 206])
def test_status_that_says_no_is_not_tried_again(status: int, server: Server, visit: Go) -> None:
    server.replies[HOST, "/a"] = Reply(status=status)

    done = visit()

    assert (done.settled.state, done.settled.why, done.settled.detail) == (State.FAILED, Why.HTTP, f"HTTP {status}")
    assert done.is_well


def test_failure_for_now_is_tried_again_later_and_later(server: Server, visit: Go) -> None:
    server.replies[HOST, "/a"] = Reply(status=503)

    first, second, last = (visit(tries=tries) for tries in range(3))

    assert (first.settled.state, first.settled.due_at) == (State.QUEUED, NOW + 5)
    assert (second.settled.tries, second.settled.due_at) == (2, NOW + 10)
    assert (last.settled.state, last.settled.status) == (State.FAILED, 503)
    assert not first.is_well


def test_pause_the_server_asks_for_is_kept(server: Server, visit: Go) -> None:
    server.replies[HOST, "/a"] = Reply(status=429, headers={"Retry-After": "120"})
    server.replies[HOST, "/b"] = Reply(
        status=503, headers={"Retry-After": email.utils.formatdate(NOW + 90, usegmt=True)}
    )
    server.replies[HOST, "/c"] = Reply(status=503, headers={"Retry-After": "soon"})

    by_seconds, by_date, by_nothing = visit("/a"), visit("/b"), visit("/c")

    assert (by_seconds.wait_seconds, by_seconds.settled.due_at) == (120, NOW + 120)
    assert (by_date.wait_seconds, by_date.settled.due_at) == (90, NOW + 90)
    assert (by_nothing.wait_seconds, by_nothing.settled.due_at) == (0, NOW + 5)


def test_pause_beyond_all_patience_ends_the_tries_and_is_capped(server: Server, visit: Go) -> None:
    server.replies[HOST, "/a"] = Reply(status=429, headers={"Retry-After": "999999999"})

    done = visit()

    assert done.settled.state is State.FAILED
    assert done.wait_seconds == 300
    assert "999,999,999 s" in done.settled.detail


def test_picture_called_page_is_left_to_the_reader_and_page_called_picture_is_refused(
    server: Server, visit: Go
) -> None:
    server.replies[HOST, "/a"] = Reply(body=b"\x89PNG")
    server.replies[HOST, "/b"] = Reply(body=b"<p>b", kind="image/png")

    assert visit("/a").settled.state is State.FETCHED
    assert (visit("/b").settled.state, visit("/b").settled.why) == (State.REFUSED, Why.TYPE)


def test_host_without_answer_is_unwell_and_tried_again(server: Server, visit: Go) -> None:
    async def hang_up(writer: asyncio.StreamWriter) -> None:
        writer.close()

    server.replies[HOST, "/a"] = hang_up

    done = visit()

    assert (done.settled.state, done.settled.why) == (State.QUEUED, Why.RETRY)
    assert not done.is_well


def test_page_too_large_is_refused_and_shows_nothing_of_the_host(server: Server, visit: Go) -> None:
    server.replies[HOST, "/a"] = Reply(body=b"x" * 2000)

    done = visit(crawl={"max_page_bytes": 1000})

    assert (done.settled.state, done.settled.why) == (State.REFUSED, Why.TOO_LARGE)
    assert done.is_well
