"""Other downloaders over the pages of the loopback server, run by the Python they are installed in.

Usage: python scrape_peers.py NAME FOLDER URLS, NAME one of trafilatura, scrapy, aiohttp, httpx, httpcore. Asks for each
address in the file URLS once, robots.txt first where the peer can, and keeps what comes in FOLDER; prints the number of
pages.
Knows nothing of Broadsheet, whose environment is another one.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

AT_ONCE_A_HOST, AT_ONCE = 8, 32


def addresses(file: str) -> list[str]:
    """Return the addresses in a file, one a line."""
    return Path(file).read_text(encoding="utf-8").split()


def by_trafilatura(folder: Path, urls: list[str]) -> int:
    """Fetch with trafilatura's own downloader: threads, no robots.txt, no archive; pages are kept as files."""
    from trafilatura.downloads import add_to_compressed_dict, buffered_downloads, load_download_buffer
    from trafilatura.settings import DEFAULT_CONFIG

    DEFAULT_CONFIG["DEFAULT"]["SSRF_PROTECTION"] = "off"
    store = add_to_compressed_dict(urls)
    kept = 0
    while not store.done:
        batch, store = load_download_buffer(store, sleep_time=0)
        for _, page in buffered_downloads(batch, AT_ONCE):
            if page:
                (folder / f"{kept}.html").write_text(str(page), encoding="utf-8")
                kept += 1
    return kept


def by_scrapy(folder: Path, urls: list[str]) -> int:
    """Crawl with Scrapy as a news crawler is set up: robots.txt, retries, HTTP cache and job folder on disk."""
    import scrapy
    from scrapy.crawler import CrawlerProcess

    kept: list[str] = []

    class Spider(scrapy.Spider):
        name = "bench"

        async def start(self):  # type: ignore[no-untyped-def] # noqa: ANN202
            for url in urls:
                yield scrapy.Request(url)

        def parse(self, response):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202
            kept.append(response.url)

    process = CrawlerProcess(
        {
            "ROBOTSTXT_OBEY": True,
            "CONCURRENT_REQUESTS": AT_ONCE,
            "CONCURRENT_REQUESTS_PER_DOMAIN": AT_ONCE_A_HOST,
            "DOWNLOAD_DELAY": 0,
            "HTTPCACHE_ENABLED": True,
            "HTTPCACHE_DIR": str(folder / "cache"),
            "JOBDIR": str(folder / "job"),
            "LOG_LEVEL": "ERROR",
            "TELNETCONSOLE_ENABLED": False,
        }
    )
    process.crawl(Spider)
    process.start()
    return len(kept)


async def _many(urls: list[str], one) -> int:  # type: ignore[no-untyped-def] # noqa: ANN001
    gate = asyncio.Semaphore(AT_ONCE)

    async def turn(url: str) -> int:
        async with gate:
            return len(await one(url)) > 0

    return sum(await asyncio.gather(*(turn(url) for url in urls)))


def by_aiohttp(folder: Path, urls: list[str]) -> int:
    """Fetch with aiohttp alone: no robots.txt, nothing kept. What a client costs by itself."""
    import aiohttp

    del folder

    async def run() -> int:
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=AT_ONCE)) as session:

            async def one(url: str) -> bytes:
                async with session.get(url) as response:
                    return await response.read()

            return await _many(urls, one)

    return asyncio.run(run())


def by_httpx(folder: Path, urls: list[str]) -> int:
    """Fetch with httpx alone, the same way."""
    import httpx

    del folder

    async def run() -> int:
        async with httpx.AsyncClient(limits=httpx.Limits(max_connections=AT_ONCE), trust_env=False) as client:

            async def one(url: str) -> bytes:
                return (await client.get(url)).content

            return await _many(urls, one)

    return asyncio.run(run())


def by_httpcore(folder: Path, urls: list[str]) -> int:
    """Fetch with httpcore alone, the same way."""
    import httpcore

    del folder

    async def run() -> int:
        async with httpcore.AsyncConnectionPool(max_connections=AT_ONCE) as pool:

            async def one(url: str) -> bytes:
                return (await pool.request("GET", url)).content

            return await _many(urls, one)

    return asyncio.run(run())


PEERS = {
    "trafilatura": by_trafilatura,
    "scrapy": by_scrapy,
    "aiohttp": by_aiohttp,
    "httpx": by_httpx,
    "httpcore": by_httpcore,
}


def main() -> None:
    """Fetch, and print how many pages came."""
    name, folder, file = sys.argv[1:]
    print(json.dumps({"pages": PEERS[name](Path(folder), addresses(file))}))


if __name__ == "__main__":
    main()
