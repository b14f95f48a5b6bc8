from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from pipeline.scrape.discover import Link
from pipeline.scrape.frontier import MAX_SITEMAP_DEPTH, Archived, Frontier, Settled, Target
from pipeline.scrape.memory import Memory
from pipeline.scrape.sources import Sources
from pipeline.scrape.states import Kind, State, Why

NOW = 1_800_000_000.0
DAY = 86_400.0
ORIGIN = "http://daily.test"
FEED = f"{ORIGIN}/feed"
FETCHED = Settled(state=State.FETCHED, why=Why.OK, digest="d", etag='"1"', record="2027-01-15T08:00:00Z")

Made = Callable[..., Sources]


@pytest.fixture
def start(memory: Memory, make_sources: Made) -> Callable[..., Frontier]:
    """Return a function that begins a session at a time, over a feed, or over what else ``fields`` name."""

    def begin(now: float = NOW, **fields: Any) -> Frontier:
        frontier = Frontier(memory, make_sources(**({"feeds": (FEED,)} | fields)).source)
        frontier.begin(now)
        return frontier

    return begin


Start = Callable[..., Frontier]


def take(frontier: Frontier, now: float = NOW, origin: str = ORIGIN) -> Target:
    target = frontier.next(origin, (), now)
    assert target is not None
    return target


def find(frontier: Frontier, *links: Link, now: float = NOW) -> set[str]:
    """Let the feed lead to ``links``."""
    fetched = Settled(state=State.FETCHED, why=Why.OK, digest="f", links=links)
    return frontier.settle(take(frontier, now), fetched, now)


def page(path: str, modified: float | None = None) -> Link:
    told = dt.datetime.fromtimestamp(modified, dt.UTC) if modified else None
    return Link(url=f"{ORIGIN}{path}" if path.startswith("/") else path, kind=Kind.PAGE, modified=told)


def stands(memory: Memory) -> dict[str, tuple[str, str]]:
    return {row["key"]: (row["state"], row["why"]) for row in memory.db.execute("SELECT * FROM urls ORDER BY id")}


def paths(frontier: Frontier, now: float = NOW) -> list[str]:
    """Take all that is due, each fetched, and return their paths."""
    found = []
    while (target := frontier.next(ORIGIN, (), now)) is not None:
        found.append(target.url.removeprefix(ORIGIN))
        frontier.settle(target, FETCHED, now)
    return found


def test_what_leads_to_pages_is_asked_before_pages(start: Start) -> None:
    frontier = start(pages=(f"{ORIGIN}/a",), sitemaps=(f"{ORIGIN}/map",), sections=(f"{ORIGIN}/world",))

    assert paths(frontier) == ["/feed", "/map", "/world", "/a"]


def test_link_found_twice_is_asked_once(start: Start) -> None:
    frontier = start()

    assert find(frontier, page("/a"), page("/a?utm_source=feed"), page("/a#end")) == {ORIGIN}
    assert paths(frontier) == ["/a"]


def test_link_out_of_bounds_is_remembered_with_its_reason(start: Start, memory: Memory) -> None:
    frontier = start(exclude=("/video/*",), max_age_days=7)

    found = find(
        frontier,
        page("http://other.test/a"),
        page("/video/a"),
        page("/"),
        page("/old", NOW - 8 * DAY),
        page("/new", NOW - DAY),
        page("javascript:share()"),
    )

    assert found == {ORIGIN}
    assert stands(memory) == {
        FEED: ("fetched", "ok"),
        "http://other.test/a": ("refused", "outside"),
        f"{ORIGIN}/video/a": ("refused", "excluded"),
        f"{ORIGIN}/": ("refused", "excluded"),
        f"{ORIGIN}/old": ("refused", "too old"),
        f"{ORIGIN}/new": ("queued", "new"),
    }


def test_bounds_that_were_widened_let_in_what_is_found_again(start: Start, memory: Memory) -> None:
    first = start(exclude=("/video/*",))
    find(first, page("/video/a"))
    first.end(NOW)

    second = start(NOW + DAY)
    find(second, page("/video/a"), now=NOW + DAY)

    assert paths(second, NOW + DAY) == ["/video/a"]


def test_sitemaps_below_too_many_others_are_refused(start: Start, memory: Memory) -> None:
    frontier = start(feeds=(), sitemaps=(f"{ORIGIN}/0",))
    for depth in range(MAX_SITEMAP_DEPTH + 1):
        below = Link(url=f"{ORIGIN}/{depth + 1}", kind=Kind.SITEMAP)
        frontier.settle(take(frontier), Settled(state=State.FETCHED, why=Why.OK, links=(below,)), NOW)

    assert frontier.next(ORIGIN, (), NOW) is None
    assert list(stands(memory).values())[-1] == ("refused", "too deep")


def test_busy_target_is_not_given_twice(start: Start) -> None:
    frontier = start()
    first = take(frontier)

    assert frontier.next(ORIGIN, {first.id}, NOW) is None
    assert frontier.next_due(ORIGIN, {first.id}) is None


def test_retry_waits_for_its_time(start: Start) -> None:
    frontier = start()
    again = Settled(state=State.QUEUED, why=Why.RETRY, tries=1, due_at=NOW + 30)
    frontier.settle(take(frontier), again, NOW)

    assert frontier.next(ORIGIN, (), NOW) is None
    assert frontier.next_due(ORIGIN, ()) == NOW + 30
    assert take(frontier, NOW + 30).tries == 1


def test_redirect_queues_its_end_and_a_page_moved_within_its_key_stays_one(start: Start, memory: Memory) -> None:
    frontier = start(feeds=(), pages=(f"{ORIGIN}/a", f"{ORIGIN}/b"))
    away = Settled(state=State.REDIRECTED, why=Why.REDIRECT, redirect="/c")
    frontier.settle(take(frontier), away, NOW)
    frontier.settle(take(frontier), Settled(state=State.QUEUED, why=Why.NEW, moved_to=f"{ORIGIN}/b?utm_id=1"), NOW)

    assert take(frontier).url == f"{ORIGIN}/b?utm_id=1"
    assert take(frontier).hops == 1
    assert paths(frontier) == ["/b?utm_id=1", "/c"]
    assert len(stands(memory)) == 3


def test_killed_session_is_gone_on_with(start: Start, memory: Memory, make_sources: Made) -> None:
    find(start(), page("/a"), page("/b"))

    again = Frontier(memory, make_sources(feeds=(FEED,)).source)

    assert again.begin(NOW + 60)
    assert paths(again, NOW + 60) == ["/a", "/b"]  # and the feed is not asked again


def test_killed_session_of_yesterday_is_not(start: Start, memory: Memory, make_sources: Made) -> None:
    find(start(), page("/a"))

    again = Frontier(memory, make_sources(feeds=(FEED,)).source)

    assert not again.begin(NOW + DAY)
    assert paths(again, NOW + DAY) == ["/feed", "/a"]


def test_next_session_asks_feeds_again_and_pages_as_the_policy_says(start: Start) -> None:
    first = start(recheck_hours=12, recheck_days=2)
    find(first, page("/a"))
    paths(first)
    first.end(NOW)

    soon = start(NOW + DAY / 4, recheck_hours=12, recheck_days=2)
    assert paths(soon, NOW + DAY / 4) == ["/feed"]
    soon.end(NOW + DAY / 4)
    later = start(NOW + DAY, recheck_hours=12, recheck_days=2)
    assert paths(later, NOW + DAY) == ["/feed", "/a"]
    later.end(NOW + DAY)
    assert paths(start(NOW + 3 * DAY, recheck_hours=12, recheck_days=2), NOW + 3 * DAY) == ["/feed"]


def test_page_told_to_have_changed_is_asked_again_whatever_the_policy(start: Start) -> None:
    first = start(recheck_days=0)
    find(first, page("/a", NOW - DAY), page("/b", NOW - DAY))
    paths(first)
    first.end(NOW)

    second = start(NOW + DAY, recheck_days=0)
    find(second, page("/a", NOW + DAY / 2), page("/b", NOW - DAY), now=NOW + DAY)
    target = take(second, NOW + DAY)

    assert (target.url, target.etag, target.digest) == (f"{ORIGIN}/a", '"1"', "d")
    assert paths(second, NOW + DAY) == ["/a"]


@pytest.mark.parametrize(
    ("settled", "is_asked_again"),
    [
        (Settled(state=State.FAILED, why=Why.TIMEOUT), True),
        (Settled(state=State.FAILED, why=Why.HTTP, status=503), True),
        (Settled(state=State.FAILED, why=Why.HTTP, status=404), False),
        (Settled(state=State.REFUSED, why=Why.ROBOTS_UNREACHABLE, is_asked=False), True),
        (Settled(state=State.REFUSED, why=Why.TYPE), False),
        (Settled(state=State.REFUSED, why=Why.ADDRESS, is_asked=False), False),
        (Settled(state=State.QUEUED, why=Why.RETRY, due_at=NOW + 5), True),
    ],
    ids=["timeout", "503", "404", "robots", "type", "address", "unfinished"],
)
def test_failure_that_may_pass_is_tried_by_the_next_session(
    settled: Settled, is_asked_again: bool, start: Start
) -> None:
    first = start(feeds=(), pages=(f"{ORIGIN}/a",))
    first.settle(take(first), settled, NOW)
    first.end(NOW)

    second = start(NOW + DAY, feeds=(), pages=(f"{ORIGIN}/a",))

    assert (second.next(ORIGIN, (), NOW + DAY) is not None) is is_asked_again


def test_page_that_failed_in_five_sessions_is_let_be(start: Start) -> None:
    asked = 0
    for day in range(8):
        frontier = start(NOW + day * DAY, feeds=(), pages=(f"{ORIGIN}/a",))
        target = frontier.next(ORIGIN, (), NOW + day * DAY)
        if target is not None:
            asked += 1
            frontier.settle(target, Settled(state=State.FAILED, why=Why.TIMEOUT), NOW + day * DAY)
        frontier.end(NOW + day * DAY)

    assert asked == 5


def test_source_is_asked_for_no_more_pages_than_it_may_be(start: Start, memory: Memory) -> None:
    frontier = start(feeds=(), pages=tuple(f"{ORIGIN}/{n}" for n in range(5)), max_pages=2)

    assert paths(frontier) == ["/0", "/1"]
    assert frontier.next_due(ORIGIN, ()) is None
    frontier.put_off_spent("the run ended")
    row = memory.db.execute("SELECT why, detail FROM urls WHERE state = 'queued'").fetchone()
    assert tuple(row) == ("put off", "max_pages of 2 reached")


def test_limit_of_a_killed_session_counts_what_it_had_asked(start: Start) -> None:
    pages = tuple(f"{ORIGIN}/{n}" for n in range(5))
    first = start(feeds=(), pages=pages, max_pages=3)
    first.settle(take(first), FETCHED, NOW)

    assert paths(start(NOW + 1, feeds=(), pages=pages, max_pages=3), NOW + 1) == ["/1", "/2"]


def test_origin_left_alone_waits_with_the_reason(start: Start, memory: Memory) -> None:
    frontier = start()
    frontier.put_off(ORIGIN, "it did not answer")

    assert frontier.waiting() == [ORIGIN]
    assert stands(memory) == {FEED: ("queued", "put off")}


def test_source_taken_out_of_the_file_is_not_asked(start: Start) -> None:
    start()

    other = start(NOW + DAY, name="weekly", site="weekly.test", feeds=("http://weekly.test/feed",))

    assert other.waiting() == ["http://weekly.test"]


def test_archive_and_state_are_remembered_together(start: Start, memory: Memory) -> None:
    frontier = start(feeds=(), pages=(f"{ORIGIN}/a",))
    settled = Settled(state=State.FETCHED, why=Why.OK, archived=Archived(warc="w.gz", end=700))

    frontier.settle(take(frontier), settled, NOW)

    assert [(one.name, one.size) for one in memory.open_warcs()] == [("w.gz", 700)]


def test_sitemaps_of_robots_txt_are_queued(start: Start) -> None:
    frontier = start(feeds=(), robots_sitemaps=True)

    assert frontier.add_sitemaps(
        next(iter(frontier._sources.values())), ["/map.xml", "http://evil.test/map.xml"], f"{ORIGIN}/", NOW
    ) == {ORIGIN}
    assert paths(frontier) == ["/map.xml"]
