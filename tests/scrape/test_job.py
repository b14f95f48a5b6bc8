"""Claims about whole scrapes: what was asked of a site, what is archived of it, and that a kill changes neither."""

from __future__ import annotations

import gzip
import itertools
import json
import multiprocessing
import random
import signal
import threading
from collections import Counter
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator as FastIterator
from warcio.archiveiterator import ArchiveIterator
from warcio.checker import Checker

from benchmarks.loopback import Hit, Reply, Server, sitemap, story
from pipeline.errors import LockedError
from pipeline.run import run
from pipeline.scrape.job import memory_path, scrape
from pipeline.scrape.memory import Memory
from pipeline.scrape.sources import Sources
from pipeline.scrape.states import Kind, State
from pipeline.scrape.status import counts
from pipeline.settings import Settings
from pipeline.store.lock import run_lock
from pipeline.store.query import query
from pipeline.store.tables import Store

HOST, OTHER = "daily.test", "weekly.test"
PAGES = 500
Made = Callable[..., Sources]


def publish(server: Server, count: int, host: str = HOST) -> list[str]:
    """Put stories on a host and return their addresses."""
    for number in range(count):
        server.replies[host, f"/news/{number}.html"] = Reply(body=story(host, number), etag=f'"{number}"')
    return [server.url(host, f"/news/{number}.html") for number in range(count)]


def site(server: Server) -> None:
    """Build a site with all that sites have: an index of packed sitemaps, a feed, a section, and much that is wrong."""
    urls = publish(server, PAGES)
    index = "".join(f"<sitemap><loc>{server.url(HOST, f'/map{part}.xml.gz')}</loc></sitemap>" for part in range(5))
    server.replies[HOST, "/index.xml"] = Reply(body=f"<sitemapindex>{index}</sitemapindex>".encode(), etag='"i"')
    for part in range(5):
        server.replies[HOST, f"/map{part}.xml.gz"] = Reply(
            body=gzip.compress(sitemap(urls[part::6])), etag=f'"m{part}"'
        )
    items = "".join(f"<item><link>{url}</link></item>" for url in urls[5::6])
    server.replies[HOST, "/feed"] = Reply(body=f"<rss><channel>{items}</channel></rss>".encode(), etag='"f"')
    wrong = "/moved /gone /private/a /drafts/b /loop /picture /broken /bomb /inside /long/0".split()  # noqa: SIM905
    links = "".join(f'<a href="{path}">x</a>' for path in wrong)
    server.replies[HOST, "/world"] = Reply(body=f"<html>{links}<a href='http://evil.test/'>x</a></html>".encode())
    server.replies[HOST, "/robots.txt"] = Reply(body=b"User-agent: *\nDisallow: /private\nDisallow: /drafts\n")
    server.replies[HOST, "/moved"] = Reply(status=301, headers={"Location": "/news/0.html"})
    server.replies[HOST, "/loop"] = Reply(status=302, headers={"Location": "/loop"})
    server.replies[HOST, "/inside"] = Reply(status=302, headers={"Location": server.url("127.0.0.1", "/secret")})
    server.replies[HOST, "/picture"] = Reply(body=b"\xff\xd8", kind="image/jpeg")
    server.replies[HOST, "/broken"] = Reply(status=500)
    bomb = gzip.compress(b" " * (4 << 20))
    server.replies[HOST, "/bomb"] = Reply(body=bomb, headers={"Content-Encoding": "gzip"})
    for number in range(8):
        server.replies[HOST, f"/long/{number}"] = Reply(status=302, headers={"Location": f"/long/{number + 1}"})


@pytest.fixture
def whole(server: Server, make_sources: Made) -> Sources:
    site(server)
    return make_sources(
        feeds=(server.url(HOST, "/feed"),),
        sitemaps=(server.url(HOST, "/index.xml"),),
        sections=(server.url(HOST, "/world"),),
        hosts=("127.0.0.1",),
        per_host=8,
        recheck_hours=0,
        recheck_days=30,
    )


def archived(raw: Path, kind: str = "response") -> Counter[tuple[str, str]]:
    """Return (path of the address, payload digest) of all records of a kind, with how often each is there."""
    found: Counter[tuple[str, str]] = Counter()
    for path in sorted(raw.rglob("*.warc.gz")):
        with path.open("rb") as file:
            for record in ArchiveIterator(file):
                if record.rec_type == kind and not str(record.http_headers.get_statuscode()).startswith("3"):
                    fields = record.rec_headers
                    url = fields.get_header("WARC-Target-URI")
                    found["/" + url.split("/", 3)[3], fields.get_header("WARC-Payload-Digest")] += 1
    return found


def reasons(raw: Path) -> dict[str, tuple[str, str]]:
    memory = Memory.open(memory_path(raw), create=False)
    found = {row["url"].split("/", 3)[3]: (row["state"], row["why"]) for row in memory.db.execute("SELECT * FROM urls")}
    memory.close()
    return found


def test_every_page_is_archived_once_and_nothing_forbidden_is_asked_for(
    tmp_path: Path, server: Server, whole: Sources
) -> None:
    report = scrape(whole, tmp_path)

    pages = archived(tmp_path)
    assert set(pages.values()) == {1}
    assert {path for path, _ in pages} == {f"/news/{number}.html" for number in range(PAGES)}
    assert report.pages(State.FETCHED) == PAGES
    asked = server.paths(HOST)
    assert [path for path in asked if path.startswith(("/private", "/drafts"))] == []
    assert asked[0] == "/robots.txt"
    assert {hit.host for hit in server.hits} == {HOST}
    assert [path for path, times in Counter(asked).items() if times > 1 and path not in ("/loop", "/broken")] == []


def test_every_url_has_a_state_and_a_reason(tmp_path: Path, server: Server, whole: Sources) -> None:
    scrape(whole, tmp_path)

    found = reasons(tmp_path)
    assert {path: found[path] for path in found if not path.startswith("news/")} == {
        "feed": ("fetched", "ok"),
        "index.xml": ("fetched", "ok"),
        **{f"map{part}.xml.gz": ("fetched", "ok") for part in range(5)},
        "world": ("fetched", "ok"),
        "moved": ("redirected", "redirect"),
        "gone": ("failed", "http"),
        "private/a": ("refused", "robots"),
        "drafts/b": ("refused", "robots"),
        "loop": ("failed", "redirects"),
        "picture": ("refused", "type"),
        "broken": ("failed", "http"),
        "bomb": ("refused", "bomb"),
        "inside": ("redirected", "redirect"),
        "secret": ("refused", "address"),
        "": ("refused", "outside"),
        **{f"long/{number}": ("redirected", "redirect") for number in range(5)},
        "long/5": ("failed", "redirects"),
    }


def test_second_scrape_fetches_what_changed_and_nothing_else(tmp_path: Path, server: Server, whole: Sources) -> None:
    scrape(whole, tmp_path)
    server.hits.clear()
    server.replies[HOST, "/news/7.html"] = Reply(body=story(HOST, 7).replace(b"put off", b"decided"), etag='"7b"')

    second = scrape(whole, tmp_path)

    sent_whole = [hit.path for hit in server.hits if hit.status == 200]
    assert sorted(sent_whole) == ["/news/7.html", "/world"]  # the section page has no validators
    assert second.pages(State.FETCHED) == 1
    assert second.pages(State.UNCHANGED) == PAGES - 1
    assert len(archived(tmp_path)) == PAGES + 1
    assert archived(tmp_path, "revisit").total() == 0  # their status is 304, which archived() leaves out


def test_archive_is_sound_to_three_readers(tmp_path: Path, server: Server, make_sources: Made) -> None:
    pages = tuple(publish(server, 12))
    scrape(make_sources(pages=pages), tmp_path / "raw")
    (path,) = (tmp_path / "raw").rglob("*.warc.gz")

    class Inputs:
        inputs, verbose = (str(path),), False

    checked = Checker(Inputs())
    checked.process_all()
    with path.open("rb") as file:
        fast = [one.headers["WARC-Target-URI"] for one in FastIterator(file) if one.headers["WARC-Type"] == "response"]
    report = run([str(tmp_path / "raw")], tmp_path / "clean", Settings.load(None, workers=1))

    assert checked.exit_value == 0
    assert sorted(fast) == sorted(pages)
    assert report.quarantined == 0
    snapshot = Store.open(tmp_path / "clean", create=False).snapshot()
    asked = "SELECT url FROM articles UNION ALL SELECT url FROM duplicates"
    urls = [url for batch in query(snapshot, asked).batches for url in batch.column("url").to_pylist()]
    assert sorted(urls) == sorted(pages)


def test_changed_page_becomes_a_new_version_of_its_article(tmp_path: Path, server: Server, make_sources: Made) -> None:
    sources = make_sources(pages=tuple(publish(server, 1)), recheck_hours=0)
    scrape(sources, tmp_path / "raw")
    more = (
        b"<p>By the evening the clerk had taken it all back, and three councillors asked for the minutes.</p></article>"
    )
    changed = story(HOST, 0).replace(b"</article>", more)
    server.replies[HOST, "/news/0.html"] = Reply(body=changed, etag='"0b"')
    scrape(sources, tmp_path / "raw")

    report = run([str(tmp_path / "raw")], tmp_path / "clean", Settings.load(None, workers=1))

    assert (report.articles, report.duplicates) == (2, 0)
    asked = (
        "SELECT r.relation FROM relations r JOIN articles a USING (article_id) WHERE a.text LIKE '%taken it all back%'"
    )
    found = query(Store.open(tmp_path / "clean", create=False).snapshot(), asked).batches
    assert [relation for batch in found for relation in batch.column("relation").to_pylist()] == ["update"]


def test_pause_between_requests_is_kept_on_the_wire(tmp_path: Path, server: Server, make_sources: Made) -> None:
    pages = tuple(publish(server, 5))
    server.replies[HOST, "/robots.txt"] = Reply(body=b"User-agent: *\nCrawl-delay: 0.3\n")

    scrape(make_sources(pages=pages, delay_seconds=0.1, per_host=4), tmp_path)

    times = [hit.at for hit in server.hits]
    gaps = [later - earlier for earlier, later in itertools.pairwise(times[1:])]
    assert len(gaps) == 4
    assert min(gaps) >= 0.3


def test_hosts_are_paced_each_by_itself(tmp_path: Path, server: Server, make_sources: Made) -> None:
    weekly = {"name": "weekly", "site": OTHER, "delay_seconds": 0.2, "pages": tuple(publish(server, 4, OTHER))}

    report = scrape(make_sources(weekly, pages=tuple(publish(server, 4)), delay_seconds=0.2), tmp_path)

    assert report.pages(State.FETCHED) == 8
    assert report.seconds < 8 * 0.2 + 1.5
    assert set(server.paths(OTHER)) == {"/robots.txt", *(f"/news/{number}.html" for number in range(4))}


def test_second_scrape_of_one_folder_at_once_is_refused(tmp_path: Path, make_sources: Made) -> None:
    with run_lock(tmp_path / ".scrape" / "lock", "scrape"), pytest.raises(LockedError):
        scrape(make_sources(pages=("http://daily.test/a",)), tmp_path)


# ---------------------------------------------------------------- killed

START = multiprocessing.get_context("forkserver")
KILLS = 10
KILLED_PAGES = 100


class Killer:
    """Kills a process at a random moment of a random request: before its answer, or a few milliseconds behind it."""

    def __init__(self, server: Server, seed: int) -> None:
        self._server = server
        self._random = random.Random(seed)
        self._process: BaseProcess | None = None
        self._after = 0
        server.on_hit = self._note

    def aim(self, process: BaseProcess) -> None:
        self._process, self._after = process, self._random.randint(1, 9)

    def _note(self, hit: Hit) -> None:
        del hit
        self._after -= 1
        if self._after == 0 and self._process is not None:
            if self._random.random() < 0.5:
                self._process.kill()
            else:
                threading.Timer(self._random.random() * 0.03, self._process.kill).start()


def test_scrape_killed_at_ten_random_moments_ends_with_the_same_records(
    tmp_path: Path, server: Server, make_sources: Made
) -> None:
    urls = publish(server, KILLED_PAGES)
    server.replies[HOST, "/map.xml"] = Reply(body=sitemap(urls), kind="application/xml")
    sources = make_sources(sitemaps=(server.url(HOST, "/map.xml"),))
    scrape(sources, tmp_path / "undisturbed")
    server.hits.clear()
    killer = Killer(server, seed=7)
    ended: list[int | None] = []
    while not ended or ended[-1] != 0:
        process = START.Process(target=scrape, args=(sources, tmp_path / "raw"))
        process.start()
        if len(ended) < KILLS:
            killer.aim(process)
        process.join(60)
        ended.append(process.exitcode)

    killed = ended.count(-signal.SIGKILL)
    assert killed == KILLS
    assert archived(tmp_path / "raw") == archived(tmp_path / "undisturbed")
    asked = Counter(server.paths(HOST))
    assert sum(times - 1 for times in asked.values()) <= killed  # each kill costs the one request under way
    memory = Memory.open(memory_path(tmp_path / "raw"), create=False)
    assert {one.state for one in counts(memory) if one.kind is Kind.PAGE} == {State.FETCHED}
    memory.close()


def test_status_can_be_asked_while_a_scrape_runs(tmp_path: Path, server: Server, make_sources: Made) -> None:
    told: list[str] = []

    def look(url: str, state: str) -> None:
        memory = Memory.open(memory_path(tmp_path), create=False)
        told.append(json.dumps([one.count for one in counts(memory)]))
        memory.close()

    scrape(make_sources(pages=tuple(publish(server, 3))), tmp_path, look)

    assert len(told) == 3
