"""The main job: scrape sources into a raw folder."""

from __future__ import annotations

import asyncio
import time
from importlib.metadata import version
from pathlib import Path

from pipeline.scrape.archive import STATE_FOLDER, Archive
from pipeline.scrape.crawl import Crawl, Watch
from pipeline.scrape.fetch import Fetcher
from pipeline.scrape.frontier import Frontier
from pipeline.scrape.memory import Memory
from pipeline.scrape.network import Gate
from pipeline.scrape.pace import Clock
from pipeline.scrape.permits import Permits
from pipeline.scrape.sources import Sources
from pipeline.scrape.status import ScrapeReport, counts
from pipeline.scrape.visit import Visitor
from pipeline.store.lock import run_lock


def scrape(sources: Sources, raw: Path, watch: Watch | None = None, clock: Clock | None = None) -> ScrapeReport:
    """Fetch what is due of all sources into WARC files below ``raw`` and return what became of it.

    Killed at any moment it loses the requests that were under way; the next call goes on where it was.

    Raises:
        LockedError: another scrape writes to ``raw``.
        StoreError: memory or archive cannot be read or written.
    """
    state = raw / STATE_FOLDER
    with run_lock(state / "lock", "scrape"):
        memory = Memory.open(memory_path(raw))
        try:
            return asyncio.run(_session(sources, raw, memory, watch or _nobody, clock or Clock()))
        finally:
            memory.close()


def memory_path(raw: Path) -> Path:
    """Return where the memory of the crawls into ``raw`` lies."""
    return raw / STATE_FOLDER / "crawl.sqlite"


async def _session(sources: Sources, raw: Path, memory: Memory, watch: Watch, clock: Clock) -> ScrapeReport:
    began = time.monotonic()
    settings = sources.crawl
    gate = Gate(settings.hosts, settings.allow)
    async with Fetcher(settings, gate, version("broadsheet")) as fetcher:
        archive = Archive(raw, memory, most_bytes=settings.warc_bytes, agent=fetcher.agent)
        archive.recover()
        frontier = Frontier(memory, sources.source)
        went_on = frontier.begin(clock.now())
        permits = Permits(settings.agent, fetcher, memory, clock)
        visitor = Visitor(settings, fetcher, archive)
        try:
            await Crawl(sources, frontier, permits, visitor, clock, watch).run()
            frontier.end(clock.now())
        finally:
            archive.finish()
    return ScrapeReport(
        session=frontier.session,
        went_on=went_on,
        seconds=time.monotonic() - began,
        counts=counts(memory, frontier.session),
        warcs=archive.placed,
    )


def _nobody(url: str, state: str) -> None:
    del url, state
