from __future__ import annotations

from typing import Any

from pipeline.scrape.memory import Memory
from pipeline.scrape.states import Kind, State
from pipeline.scrape.status import Count, ScrapeReport, counts, reasons, summary_rows, urls


def put(memory: Memory, key: str, **fields: Any) -> None:
    given = {
        "key": key, "url": key, "origin": "", "source": "daily", "kind": "page", "rank": 3, "is_seed": 0,
        "state": "fetched", "why": "ok", "found_in": "", "found_at": 0, "session": 1, **fields,
    }  # fmt: skip
    names = ", ".join(given)
    memory.db.execute(f"INSERT INTO urls ({names}) VALUES ({', '.join('?' * len(given))})", list(given.values()))


def some(memory: Memory) -> None:
    put(memory, "http://daily.test/a", asked_at=1_800_000_000.0, session=2)
    put(memory, "http://daily.test/b")
    put(memory, "http://daily.test/c", state="failed", why="http", detail="HTTP 404", status=404)
    put(memory, "http://daily.test/feed", kind="feed", state="failed", why="timeout")
    put(memory, "http://weekly.test/a", source="weekly", state="queued", why="put off", detail="the run ended")


def test_urls_are_counted_by_source_and_reason(memory: Memory) -> None:
    some(memory)

    found = counts(memory)

    assert [(one.source, one.kind, one.state, one.why, one.count) for one in found] == [
        ("daily", Kind.FEED, State.FAILED, "timeout", 1),
        ("daily", Kind.PAGE, State.FAILED, "http", 1),
        ("daily", Kind.PAGE, State.FETCHED, "ok", 2),
        ("weekly", Kind.PAGE, State.QUEUED, "put off", 1),
    ]
    assert sum(one.count for one in counts(memory, session=2)) == 1


def test_summary_is_a_row_a_source_and_says_why_not(memory: Memory) -> None:
    some(memory)

    daily, weekly = summary_rows(counts(memory))

    assert (daily["source"], daily["fetched"], daily["failed"]) == ("daily", 2, 1)
    assert daily["why not"] == "1 feed failed: timeout; 1 page failed: http (HTTP 404)"
    assert weekly["why not"] == "1 page queued: put off (the run ended)"


def test_reasons_of_a_source_without_trouble_are_none() -> None:
    well = Count(source="d", kind=Kind.PAGE, state=State.FETCHED, why="ok", count=7, detail="")

    assert reasons([well]) == ""


def test_every_url_is_told_with_its_times(memory: Memory) -> None:
    some(memory)

    found = list(urls(memory))

    assert [one["url"] for one in found if one["state"] == "failed"] == [
        "http://daily.test/c",
        "http://daily.test/feed",
    ]
    assert found[0]["asked_at"] == "2027-01-15T08:00:00+00:00"
    assert found[1]["asked_at"] is None


def test_report_counts_pages_by_state(memory: Memory) -> None:
    some(memory)

    report = ScrapeReport(session=1, went_on=False, seconds=1.0, counts=counts(memory), warcs=())

    assert (report.pages(State.FETCHED), report.pages(State.FAILED), report.pages(State.REFUSED)) == (2, 1, 0)
