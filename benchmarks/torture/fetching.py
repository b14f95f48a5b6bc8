"""The hostile server through the scraper: what it was asked for, how long each path took, and how much memory it cost.

Usage: python -m benchmarks.torture.fetching DIR, where DIR holds ``make_hostile.py`` (command ``serve``). The server's
robots.txt asks for five seconds between requests, so this takes some minutes. Ends with 1 if a forbidden path was asked
for, a path took longer than its deadline, or the scraper more than 512 MiB.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

HOST = "hostile.test"
DEADLINE_SECONDS = 8.0
MOST_MIB = 512
FORBIDDEN = ("/secret", "/private/a", "/latest/meta-data/")
PAGES = """
/ok /loop /chain/0 /to_private /to_localhost /to_decimal /to_octal /to_mapped /to_file /to_gopher /to_crlf /slow_header
/slow_body /silent /endless /gzip_bomb /double_gzip /short_length /long_length /negative_length /headers /header_line
/png_as_html /html_as_png /no_type /trap/x /429 /500 /private/a
"""
SPELLINGS = (
    "127.0.0.1",
    "localhost",
    "2130706433",
    "0177.0.0.1",
    "127.1",
    "0x7f.1",
    "0",
    "[::ffff:127.0.0.1]",
    "[::1]",
)
"""Loopback as it may be written; named outright, since a redirect to another host is not followed anyhow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """What a scrape of the server left: ``hits`` of the server, by path state and seconds, peak memory in MiB."""

    hits: Mapping[str, int]
    states: Mapping[str, str]
    took: Mapping[str, float]
    seconds: float
    peak_mib: float

    @property
    def bad(self) -> list[str]:
        """What did not hold, a line each."""
        asked = [f"{path} was asked for" for path in self.hits if path.startswith(FORBIDDEN)]
        unsettled = [f"{path}: {state}" for path, state in self.states.items() if state.startswith("queued")]
        slow = [f"{path} took {took:.1f} s" for path, took in self.took.items() if took > DEADLINE_SECONDS + 1]
        fat = [f"{self.peak_mib:.0f} MiB"] if self.peak_mib > MOST_MIB else []
        return [*asked, *unsettled, *slow, *fat]


def sources_of(port: int) -> str:
    """Return the sources file: every path as a page, one try each, all redirect targets let in by their hosts."""
    pages = [f"http://{HOST}:{port}{path}" for path in PAGES.split()]
    pages += [f"http://{host}:{port}/secret" for host in SPELLINGS]
    others = ["127.0.0.1", "localhost", "2130706433", "0177.0.0.1", "169.254.169.254"]
    return f"""
[crawl]
contact = "trial@example.org"
deadline_seconds = {DEADLINE_SECONDS}
read_seconds = 5
tries = 1
max_retry_after_seconds = 10
breaker_failures = 1000
hosts = {{ "{HOST}" = "127.0.0.1" }}
[[source]]
name = "hostile"
site = "{HOST}"
hosts = {json.dumps(others)}
pages = {json.dumps(pages)}
feeds = ["http://{HOST}:{port}/feed_bomb"]
sitemaps = ["http://{HOST}:{port}/sitemap_loop"]
sections = ["http://{HOST}:{port}/trap/y"]
delay_seconds = 0
"""


def try_served(script: Path, folder: Path) -> Served:
    """Scrape the hostile server and return what that left."""
    serve = [sys.executable, str(script), "serve", "--life", "900"]
    with subprocess.Popen(serve, stdout=subprocess.PIPE, text=True) as server:
        try:
            port = int(server.stdout.readline()) if server.stdout else 0
            return _scraped(port, folder)
        finally:
            server.kill()


def _scraped(port: int, folder: Path) -> Served:
    (folder / "sources.toml").write_text(sources_of(port), encoding="utf-8")
    broadsheet = [sys.executable, "-m", "pipeline", "scrape"]
    scrape = [*broadsheet, str(folder / "sources.toml"), "--raw", str(folder / "raw"), "--json"]
    began = time.monotonic()
    subprocess.run(scrape, check=True, stdout=subprocess.DEVNULL)
    seconds = time.monotonic() - began
    peak_mib = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    status = [*broadsheet, "--raw", str(folder / "raw"), "--status", "--urls"]
    said = subprocess.run(status, check=True, capture_output=True, text=True).stdout
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/hits", timeout=30) as answer:
        hits = json.load(answer)
    urls = {one["url"].removeprefix(f"http://{HOST}:{port}"): one for one in map(json.loads, said.splitlines())}
    return Served(
        hits=hits,
        states={path: f"{one['state']}: {one['why']} {one['detail']}" for path, one in urls.items()},
        took={path: one["seconds"] for path, one in urls.items() if one["seconds"] is not None},
        seconds=seconds,
        peak_mib=peak_mib,
    )


def main() -> int:
    """Print what every path came to; return 1 where something did not hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="broadsheet-fetching-") as folder:
        served = try_served(given.folder / "make_hostile.py", Path(folder))
    for path, state in served.states.items():
        print(f"{path[:60]:60} {served.took.get(path, 0):5.1f} s  {state[:120]}")
    print(f"slowest {max(served.took.values()):.1f} s")
    print(f"{sum(served.hits.values())} requests, {served.seconds:.0f} s, {served.peak_mib:.0f} MiB")
    print("\n".join(served.bad) or "holds")
    return int(bool(served.bad))


if __name__ == "__main__":
    raise SystemExit(main())
