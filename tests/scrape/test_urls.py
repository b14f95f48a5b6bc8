from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import FetchError
from pipeline.scrape.sources import Source
from pipeline.scrape.urls import joined, key_of, origin_of, outside, unwanted


def source(**fields: object) -> Source:
    return Source.model_validate({"name": "d", "site": "daily.example", "pages": ("http://daily.example/x",), **fields})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://daily.example", "http://daily.example/"),
        ("http://Daily.Example:80/a", "http://daily.example/a"),
        ("https://daily.example:443/a#part", "https://daily.example/a"),
        ("http://daily.example/a?utm_source=x&utm_medium=y", "http://daily.example/a"),
        ("http://daily.example/a?b=2&a=1", "http://daily.example/a?a=1&b=2"),
        ("http://daily.example/x/../a", "http://daily.example/a"),
        ("http://daily.example/ä", "http://daily.example/%C3%A4"),
    ],
)
def test_spellings_of_one_page_have_one_key(one: str, other: str) -> None:
    assert key_of(one) == key_of(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://daily.example/a", "https://daily.example/a"),
        ("http://daily.example/a", "http://daily.example/a/"),
        ("http://daily.example/a", "http://daily.example/A"),
        ("http://daily.example/?cid=1", "http://daily.example/?cid=2"),  # some number their articles so
        ("http://daily.example/?source=1", "http://daily.example/?source=2"),
        ("http://daily.example:8080/", "http://daily.example/"),
    ],
)
def test_pages_that_may_differ_have_two_keys(one: str, other: str) -> None:
    assert key_of(one) != key_of(other)


@given(st.text("abc/?&=.%#~+:;@(),é ", max_size=30))
def test_key_is_its_own_key(rest: str) -> None:
    try:
        key = key_of(f"http://daily.example/{rest}")
    except FetchError:
        return

    assert key_of(key) == key


def test_origin_is_scheme_host_and_port() -> None:
    assert origin_of("https://Daily.example:443/a") == "https://daily.example"
    assert origin_of("http://daily.example:8080/a") == "http://daily.example:8080"
    assert origin_of("http://[2606:4700::1]/a") == "http://[2606:4700::1]"


def test_link_is_joined_to_its_page() -> None:
    assert joined("http://daily.example/a/b", "../c?d=1#e") == "http://daily.example/c?d=1"
    assert joined("http://daily.example/a/b", "//other.example/c") == "http://other.example/c"
    assert joined("http://daily.example/a", " http://daily.example/\nb ") == "http://daily.example/b"


@pytest.mark.parametrize(
    "link", ["javascript:x()", "mailto:a@b.example", "file:///etc/passwd", "http://[::1", "x" * 3000]
)
def test_link_to_no_web_page_is_refused(link: str) -> None:
    with pytest.raises(FetchError):
        joined("http://daily.example/a", link)


@pytest.mark.parametrize(
    ("url", "is_outside"),
    [
        ("http://daily.example/a", False),
        ("https://www.daily.example/a", False),
        ("http://notdaily.example/a", True),
        ("http://daily.example.evil.test/a", True),
        ("http://daily.example:8080/a", False),
        ("http://cdn.test/a", True),
    ],
)
def test_site_is_its_host_and_its_subdomains(url: str, is_outside: bool) -> None:
    assert outside(source(), url) is is_outside


def test_further_hosts_may_be_named_with_their_port() -> None:
    one = source(hosts=("amp.test", "cdn.test:8080"))

    assert not outside(one, "http://amp.test:81/a")
    assert not outside(one, "http://cdn.test:8080/a")
    assert outside(one, "http://cdn.test/a")


def test_front_page_is_no_article_and_patterns_choose_the_rest() -> None:
    one = source(include=("/2026/*",), exclude=("*/video/*", "*print=1*"))

    assert unwanted(one, "http://daily.example/")
    assert not unwanted(one, "http://daily.example/2026/a")
    assert unwanted(one, "http://daily.example/2025/a")
    assert unwanted(one, "http://daily.example/2026/video/a")
    assert unwanted(one, "http://daily.example/2026/a?print=1")
    assert not unwanted(source(), "http://daily.example/?p=7")
