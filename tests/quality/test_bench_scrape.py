"""Claims about the benchmark of the scraper: every downloader is given the same pages, and ours gets them all."""

from __future__ import annotations

from benchmarks.bench_scrape import compare


def test_every_page_is_fetched_of_every_host() -> None:
    took = compare(2, 20, rounds=1, peers=None)

    assert [(name, one.pages) for name, rounds in took.items() for one in rounds] == [("broadsheet", 20)]
    assert took["broadsheet"][0].cpu_seconds > 0
