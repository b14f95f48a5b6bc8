from __future__ import annotations

import time

import pytest

from pipeline.scrape.robots import MAX_BYTES, Robots, rules_of_status, text_of
from pipeline.scrape.states import Why

RULES = """
User-agent: *
Disallow: /

User-agent: broadsheet
Disallow: /private
Allow: /private/open
Disallow: /*.pdf$
Crawl-delay: 7

Sitemap: https://daily.example/sitemap.xml
"""


def test_rules_for_our_name_count_and_no_others() -> None:
    robots = Robots.of(RULES, "Broadsheet")

    assert robots.refusal("https://daily.example/a") is None
    assert robots.refusal("https://daily.example/private/a") == (Why.ROBOTS, "disallowed by robots.txt")
    assert robots.refusal("https://daily.example/private/open") is None
    assert robots.refusal("https://daily.example/a.pdf")
    assert Robots.of(RULES, "Other").refusal("https://daily.example/a")


def test_delay_and_sitemaps_are_read() -> None:
    robots = Robots.of(RULES, "Broadsheet")

    assert robots.delay_seconds == 7
    assert robots.sitemaps == ("https://daily.example/sitemap.xml",)
    assert Robots.of("User-agent: *\nRequest-rate: 1/10\n", "Broadsheet").delay_seconds == 10
    assert Robots.of("", "Broadsheet").delay_seconds == 0


def test_file_that_could_not_be_had_forbids_everything() -> None:
    closed = (Why.ROBOTS_UNREACHABLE, "robots.txt: HTTP 503")

    assert Robots.of("", "Broadsheet", closed).refusal("https://daily.example/a") == closed


@pytest.mark.parametrize(("status", "is_open"), [(200, True), (401, True), (403, True), (404, True), (410, True),
                                                 (429, False), (500, False), (503, False), (304, False)])  # fmt: skip
def test_status_tells_whether_all_or_nothing_is_allowed(status: int, is_open: bool) -> None:
    _, closed = rules_of_status(status)

    assert (closed is None) is is_open


def test_file_is_read_to_its_half_mebibyte_and_no_rule_is_cut() -> None:
    line = b"Disallow: /private/section\n"
    content = b"User-agent: *\n" + line * 100_000

    text = text_of(content)

    assert len(text) <= MAX_BYTES
    assert set(text.splitlines()[1:]) == {line.decode().strip()}


def test_byte_order_mark_does_not_hide_the_first_rule() -> None:
    assert Robots.of(text_of(b"\xef\xbb\xbfUser-agent: *\nDisallow: /a\n"), "Broadsheet").refusal("http://x.example/a")


def test_hostile_rules_cost_no_time() -> None:
    text = "User-agent: *\n" + f"Disallow: /{'*a' * 1000}$\n" * 20 + "Disallow: /p/aaaaaaaa*b$\n" * 15_000
    began = time.process_time()

    Robots.of(text_of(text.encode()), "Broadsheet").refusal(f"http://x.example/{'a' * 1900}b")

    assert time.process_time() - began < 2
