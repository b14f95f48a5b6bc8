from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

from pipeline.errors import RecordError
from pipeline.limits import Limits
from pipeline.read.identity import Numbering, Profile
from pipeline.read.reading import Known, Outcome, Page, Reading
from pipeline.read.streams import Feed
from pipeline.records import Dump, Reason, Unreadable


def no_members(feed: Feed, reading: Reading) -> Iterator[Outcome]:
    del feed, reading
    return iter(())


def unwatched(dump_id: str) -> None:
    del dump_id


def reading_of(
    path: str = "a.zip",
    known: frozenset[str] = frozenset(),
    profile: Profile | None = None,
    begin: Callable[[str], None] | None = None,
) -> Reading:
    return Reading(
        path=path,
        name=path,
        limits=Limits(),
        known=known,
        profile=profile or Profile(),
        numbering=Numbering(path),
        descend=no_members,
        begin=begin or unwatched,
        crawl_date=dt.date(2026, 3, 4),
        size_bytes=9,
    )


def page(**fields: str) -> Page:
    return Page(kind="text", text="A story", encoding="utf-8", **fields)  # type: ignore[arg-type]


def test_a_record_is_announced_before_it_is_decoded_and_may_be_refused_then() -> None:
    told: list[str] = []

    def refuse(dump_id: str) -> None:
        told.append(dump_id)
        raise RecordError("ended its worker", reason=Reason.CRASH)

    def never() -> Page:
        raise AssertionError("decoded")

    outcome = reading_of(begin=refuse).settle(b"raw", "1", never)

    assert isinstance(outcome, Unreadable)
    assert (told, outcome.reason) == ([outcome.dump_id], Reason.CRASH)


def test_a_known_record_is_not_decoded() -> None:
    dump_id = Numbering("a.zip").dump_id(b"raw")

    def never() -> Page:
        raise RecordError("decoded all the same", reason=Reason.CRASH)

    assert reading_of(known=frozenset({dump_id})).settle(b"raw", None, never) == Known(dump_id)


def test_what_could_not_be_read_is_known_the_next_time() -> None:
    error = RecordError("cut", reason=Reason.TRUNCATED)
    first = reading_of().failed(error)
    assert isinstance(first, Unreadable)

    assert reading_of(known=frozenset({first.dump_id})).failed(error) == Known(first.dump_id)


def test_an_error_while_decoding_keeps_the_id_of_the_bytes() -> None:
    def fails() -> Page:
        raise RecordError("no", reason=Reason.BAD_ENCODING)

    outcome = reading_of().settle(b"raw", "3", fails, byte_start=7, byte_end=10)

    assert isinstance(outcome, Unreadable)
    assert outcome.dump_id == Numbering("a.zip").dump_id(b"raw")
    assert (outcome.reason, outcome.source_record, outcome.byte_start, outcome.size_bytes) == (
        "bad_encoding",
        "3",
        7,
        3,
    )


def test_site_is_the_records_own_then_the_settings_then_the_host() -> None:
    profile = Profile(site="set.example", language="tr", time_zone="Europe/Istanbul")
    url = "https://www.host.example/a"

    def site(told: Profile, **fields: str) -> str | None:
        dump = reading_of(profile=told).settle(b"raw", None, lambda: page(**fields))
        assert isinstance(dump, Dump)
        return dump.site

    assert site(profile, url=url, site="own.example") == "own.example"
    assert site(profile, url=url) == "set.example"
    assert site(Profile(), url=url) == "host.example"
    assert site(Profile()) is None


def test_records_are_named_by_the_way_into_the_archive() -> None:
    inner = reading_of().inside("days.tar", 5).inside("2026-05-06/pages.jsonl", 5)

    assert inner.record("12") == "days.tar!2026-05-06/pages.jsonl!12"
    assert inner.record(None) == "days.tar!2026-05-06/pages.jsonl"
    assert inner.crawl_date == dt.date(2026, 5, 6)
    assert inner.depth == 2
