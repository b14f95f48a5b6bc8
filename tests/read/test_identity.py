from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.read.identity import Numbering, clean_url, date_in_path, profile_of, unread_id
from pipeline.settings import SourceSettings
from pipeline.text import host_of


def test_id_follows_path_and_bytes_and_nothing_else() -> None:
    first, second = Numbering("a.txt"), Numbering("a.txt")

    assert first.dump_id(b"page") == second.dump_id(b"page")
    assert first.dump_id(b"other") != second.dump_id(b"page")
    assert Numbering("b.txt").dump_id(b"page") != Numbering("a.txt").dump_id(b"page")


def test_equal_records_of_one_file_get_ids_of_their_own() -> None:
    numbering = Numbering("a.jsonl")

    assert len({numbering.dump_id(b"same") for _ in range(3)}) == 3


@given(st.lists(st.binary(max_size=3), max_size=12), st.randoms())
def test_order_of_records_does_not_change_the_set_of_ids(records: list[bytes], random: st.randoms) -> None:  # type: ignore[valid-type]
    shuffled = list(records)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one, two = Numbering("a"), Numbering("a")

    assert {one.dump_id(raw) for raw in records} == {two.dump_id(raw) for raw in shuffled}


def test_unread_ids_tell_place_and_reason_apart() -> None:
    ids = {
        unread_id("a", "corrupt"),
        unread_id("a", "truncated"),
        unread_id("b", "corrupt"),
        unread_id("a", "corrupt", None, 7),
    }

    assert len(ids) == 4


@pytest.mark.parametrize(
    ("path", "date"),
    [
        ("trt/2026/03/04/a.txt", dt.date(2026, 3, 4)),
        ("trt/2026-03-04/a.txt", dt.date(2026, 3, 4)),
        ("date=2026-03-04/a-2026-01-01.txt", dt.date(2026, 3, 4)),
        ("2026/03/04/slug-20250101.html", dt.date(2026, 3, 4)),
        ("trt_20260304.txt", dt.date(2026, 3, 4)),
        ("CC-NEWS-20260304101112-00001.warc.gz", dt.date(2026, 3, 4)),
        ("2026-03-04/2026-03-05.txt", dt.date(2026, 3, 5)),
        ("2026-02-30/a.txt", None),
        ("2026/13/01/a.txt", None),
        ("id-1202603040.txt", None),
        ("a/b.txt", None),
    ],
)
def test_crawl_date_is_read_from_dated_paths(path: str, date: dt.date | None) -> None:
    assert date_in_path(path) == date


@pytest.mark.parametrize(
    ("pattern", "path", "matches"),
    [
        ("trt/**", "trt/2026/a.txt", True),
        ("trt/*", "trt/2026/a.txt", False),
        ("**/*.html", "a.html", True),
        ("**/*.html", "x/y/a.html", True),
        ("*.txt", "a.html", False),
        ("a?.txt", "ab.txt", True),
        ("a[1].txt", "a[1].txt", True),
    ],
)
def test_patterns_stay_in_a_folder_unless_doubled(pattern: str, path: str, matches: bool) -> None:
    profile = profile_of(path, (SourceSettings(pattern=pattern, site="s.example"),))

    assert (profile.site == "s.example") is matches


def test_first_matching_pattern_that_has_a_value_gives_it() -> None:
    settings = (
        SourceSettings(pattern="trt/world/**", language="en"),
        SourceSettings(pattern="trt/**", site="trt.example", language="tr", time_zone="Europe/Istanbul"),
    )

    profile = profile_of("trt/world/a.txt", settings)

    assert (profile.site, profile.language, profile.time_zone) == ("trt.example", "en", "Europe/Istanbul")


@pytest.mark.parametrize(
    ("url", "clean"),
    [
        ("https://news.example/a?b=1#c", "https://news.example/a?b=1#c"),
        ("  http://news.example/ ", "http://news.example/"),
        ("https://user:pass@news.example:8080/", "https://news.example:8080/"),
        ("ftp://news.example/a", None),
        ("javascript:alert(1)", None),
        ("http://", None),
        ("http://[::1", None),
        ("http://a.example:99999/", None),
        ("http://a.example/a b", None),
        ("http://a.example/\r\nSet-Cookie: x", None),
        ("http://a.example/" + "x" * 70_000, None),
        (None, None),
    ],
)
def test_only_sound_web_addresses_are_stored_and_no_passwords(url: str | None, clean: str | None) -> None:
    assert clean_url(url) == clean


def test_site_is_the_host_without_www() -> None:
    assert host_of("https://www.News.example/a") == "news.example"
    assert host_of(None) is None
