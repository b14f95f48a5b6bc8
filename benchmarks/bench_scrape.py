"""Throughput of the scraper against hosts on loopback without delay, beside other downloaders, all in one run.

Usage: python -m benchmarks.bench_scrape [--peers PYTHON] [--pages N] [--rounds N]. PYTHON has the peers installed (make
bench-scrape makes it). Ours is the whole way: robots.txt, memory of the crawl, WARC. User and system CPU of the
downloading process count; wall time is printed beside, and the server has a core of its own if there is one.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
PEERS = ("scrapy", "trafilatura", "aiohttp", "httpx", "httpcore")


@dataclass(frozen=True, slots=True, kw_only=True)
class Took:
    """One download: pages that came, CPU and wall seconds."""

    pages: int
    cpu_seconds: float
    wall_seconds: float


def measured(command: Sequence[str], pages_of: str) -> Took | None:
    """Return what a command took; None where it cannot be run. Its output is JSON with the pages under ``pages_of``."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
    wall, after = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        print(done.stderr.strip().splitlines()[-1:] or done.returncode, file=sys.stderr)
        return None
    said = json.loads(done.stdout)
    pages = (
        said[pages_of]
        if pages_of == "pages"
        else sum(one["count"] for one in said["counts"] if one["kind"] == "page" and one["state"] == "fetched")
    )
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Took(pages=pages, cpu_seconds=cpu, wall_seconds=wall)


def ours(folder: Path, urls_by_host: dict[str, list[str]]) -> Took | None:
    """Scrape all addresses with Broadsheet."""
    blocks = []
    for host, urls in urls_by_host.items():
        (folder / f"{host}.txt").write_text("\n".join(urls), encoding="utf-8")
        blocks.append(
            f'[[source]]\nname = "h{host}"\nsite = "{host}"\nlists = ["{host}.txt"]\ndelay_seconds = 0\nper_host = 8\n'
        )
    crawl = '[crawl]\ncontact = "bench@example.org"\nallow = ["127.0.0.0/8"]\n'
    sources = folder / "sources.toml"
    sources.write_text(crawl + "".join(blocks), encoding="utf-8")
    command = [sys.executable, "-m", "pipeline", "scrape", str(sources), "--raw", str(folder / "raw"), "--json"]
    return measured(command, "counts")


def theirs(python: str, name: str, folder: Path, urls_by_host: dict[str, list[str]]) -> Took | None:
    """Fetch all addresses with a peer."""
    file = folder / "urls.txt"
    file.write_text("\n".join(url for urls in urls_by_host.values() for url in urls), encoding="utf-8")
    return measured([python, str(HERE / "scrape_peers.py"), name, str(folder), str(file)], "pages")


def compare(hosts: int, pages: int, rounds: int, peers: str | None) -> dict[str, list[Took]]:
    """Return what each took, round by round, on ``hosts`` hosts with ``pages`` pages altogether."""
    serve = [sys.executable, "-m", "benchmarks.loopback", "--hosts", str(hosts), "--pages", str(pages // hosts)]
    took: dict[str, list[Took]] = {}
    with subprocess.Popen([*serve, "--life", "1200"], stdout=subprocess.PIPE, text=True) as server:
        try:
            port = server.stdout.readline().strip() if server.stdout else ""
            urls = {
                host: [f"http://{host}:{port}/news/{number}.html" for number in range(pages // hosts)]
                for host in (f"127.0.0.{number}" for number in range(1, hosts + 1))
            }
            for name in ("broadsheet", *(PEERS if peers else ())) * rounds:
                with tempfile.TemporaryDirectory(prefix="broadsheet-bench-") as folder:
                    at = Path(folder)
                    found = ours(at, urls) if name == "broadsheet" else theirs(str(peers), name, at, urls)
                if found is not None:
                    took.setdefault(name, []).append(found)
        finally:
            server.kill()
    return took


def main() -> None:
    """Print a table for one host and one for fifty."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peers")
    parser.add_argument("--pages", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    for hosts in (1, 50):
        print(f"{hosts} host{'s' if hosts > 1 else ''}, {given.pages} pages of 3 kB, median of {given.rounds}")
        for name, rounds in compare(hosts, given.pages, given.rounds, given.peers).items():
            cpu = statistics.median(one.cpu_seconds for one in rounds)
            wall = statistics.median(one.wall_seconds for one in rounds)
            pages = rounds[0].pages
            each = f"{1e3 * cpu / max(1, pages):6.2f} ms CPU a page"
            print(f"  {name:12} {pages:6} pages  {each}  {pages / wall:7.0f} pages/s")


if __name__ == "__main__":
    main()
