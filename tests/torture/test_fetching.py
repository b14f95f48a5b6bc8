"""Claims about the trial with a hostile server: what it would call bad, and that its sources can be scraped."""

from __future__ import annotations

from pathlib import Path

from benchmarks.torture.fetching import HOST, PAGES, SPELLINGS, Served, sources_of
from pipeline.scrape.sources import load


def test_sources_name_every_path_and_every_spelling_of_loopback(tmp_path: Path) -> None:
    path = tmp_path / "sources.toml"
    path.write_text(sources_of(8080), encoding="utf-8")

    sources = load(path)

    pages = sources.source[0].pages
    assert len(pages) == len(PAGES.split()) + len(SPELLINGS)
    assert f"http://{HOST}:8080/slow_body" in pages
    assert sources.crawl.hosts == {HOST: "127.0.0.1"}


def test_forbidden_path_open_end_and_memory_are_bad() -> None:
    well = Served(hits={"/ok": 1}, states={"/ok": "fetched: ok"}, took={"/ok": 0.1}, seconds=1, peak_mib=90)
    ill = Served(hits={"/secret": 1}, states={"/a": "queued: new"}, took={"/b": 30.0}, seconds=1, peak_mib=900)

    assert well.bad == []
    assert ill.bad == ["/secret was asked for", "/a: queued: new", "/b took 30.0 s", "900 MiB"]
