"""Factories: a test names only the fields it is about. And a newsroom's dozen pages, with the tables they become."""

from __future__ import annotations

import datetime as dt
import gzip
import html
import json
import multiprocessing
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from pipeline.records import Article, Dump
from pipeline.report.counters import RunReport
from pipeline.text import hash128, words

# The server that workers are forked from starts with the first test that needs one, whichever that is; with this it
# has the modules of a run loaded, as it has in a run, and a run takes half a second in place of two and a half.
multiprocessing.set_forkserver_preload(["pipeline.run", "pipeline.scrape.job", "pipeline.clean.loaded"])

settings.register_profile("untimed", deadline=None)  # a busy machine is no fault of the code
settings.load_profile("untimed")

HERE = Path(__file__).parent
# In the order of their length, longest first, so that no process is left with the last of them alone.
LONG = ("flows", "test_partition.py", "test_run.py", "store", "test_backfill.py", "test_restore.py", "test_samples.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest first."""

    def turn(item: pytest.Item) -> int:
        first = item.path.relative_to(HERE).parts[0]
        return LONG.index(first) if first in LONG else len(LONG)

    items.sort(key=turn)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Return who gives tests to processes: a file goes to one, all flows to one, for they share a server.

    Groups (``--dist loadgroup``) would say the same, but pytest-xdist 3.8 writes them where pytest 9 does not look.
    """
    from xdist.scheduler import LoadFileScheduling

    class ByFile(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return "flows" if nodeid.startswith("tests/flows/") else str(super()._split_scope(nodeid))

    return ByFile(config, log)


def dump(text: str = "A headline\n\nA paragraph of the story.\n", **fields: Any) -> Dump:
    """Return a text dump; ``fields`` override."""
    path = fields.pop("source_path", "a.txt")
    defaults: dict[str, Any] = {
        "dump_id": hash128(path, text),
        "source_path": path,
        "source_record": None,
        "kind": "text",
        "text": text,
        "size_bytes": len(text.encode()),
        "encoding": "utf-8",
    }
    return Dump(**{**defaults, **fields})


def article(text: str = "A paragraph of the story.", **fields: Any) -> Article:
    """Return an article; ``fields`` override."""
    path = fields.pop("source_path", "a.txt")
    dump_id = fields.pop("dump_id", hash128(path, text))
    number = fields.get("page_article_no", 1)
    defaults: dict[str, Any] = {
        "article_id": hash128(dump_id, str(number)),
        "dump_id": dump_id,
        "date": dt.date(2026, 3, 4),
        "headline": "A headline",
        "standfirst": None,
        "text": text,
        "authors": (),
        "agency": None,
        "section": None,
        "language": "en",
        "url": None,
        "site": None,
        "published_date": None,
        "published_at": None,
        "published_precision": None,
        "published_from": None,
        "source_path": path,
        "source_record": None,
        "source_id": None,
        "page_article_no": number,
        "page_article_count": 1,
        "first_line": 1,
        "last_line": 3,
        "kept_lines": (3,),
        "word_count": len(words(text)),
        "text_hash": hash128(text),
        "confidence": 1.0,
    }
    return Article(**{**defaults, **fields})


@pytest.fixture
def make_dump() -> Callable[..., Dump]:
    return dump


@pytest.fixture
def make_article() -> Callable[..., Article]:
    return article


ORCHARD = (
    "The old orchard behind the mill in Tarrow will be dug up in autumn to make room for a reservoir, the town council"
    " decided on Tuesday after a debate of six hours.",
    "The reservoir is to hold the winter rain for the farms downstream, which have lost two harvests in five years to"
    " drought, the council's engineer Ilse Varga told the meeting.",
    '"Nobody at this table likes to fell an apple tree," Varga said. "But a field without water feeds no one."',
    "Some forty of the trees are older than the railway, and the growers' society has asked for cuttings of each before"
    " the first machine arrives.",
    "Work is to begin in October and to take fourteen months, at a cost of 3.2 million crowns, a third of it paid by the"
    " province.",
)
FERRY = (
    "The night ferry between Oxmouth and the island of Skarn will sail again from May, two winters after a storm broke"
    " the pier, the harbour master announced on Friday.",
    "The new pier stands on steel piles driven nine metres deeper than the old ones, and divers spent most of last summer"
    " clearing wreckage from the sea bed around it.",
    '"People here have rowed to their dentist," harbour master Jonas Tell said at the quay. "That is over now."',
    "Two crossings a night are planned, at ten and at two, and islanders will travel for half the fare until the end of"
    " the year.",
    "The shipping line said the vessel, built in 1998, had been given new engines and would carry sixty cars and two"
    " hundred passengers.",
)
ARCHIVE = (
    "Thieves who broke into the city archive of Velm in January took nothing but a box of seed catalogues, police said"
    " on Thursday, closing a case that had puzzled the town for weeks.",
    "The catalogues, printed between 1880 and 1911, describe vegetables that no longer grow anywhere, and collectors pay"
    " high prices for them, according to the archivist Petra Lund.",
    "Officers found the box in a garden shed eleven kilometres away, wrapped in a blanket and quite dry, after a neighbour"
    " heard two men quarrel over beans.",
    '"They had begun to copy the pictures by hand," Lund said. "They are rather good."',
    "The two brothers, aged 61 and 67, have offered to repair the window they came in by, and the city has not yet said"
    " whether it will press charges.",
)
MARKET = (
    "Wheat rose for a third day on the exchange of Port Almar on Wednesday as rain kept harvesters out of the southern"
    " fields, traders said.",
    "The May contract closed at 241.50 crowns a tonne, 4.25 more than on Tuesday, with some nineteen thousand lots changing"
    " hands before the bell.",
    "Brokers at Hale and Sons said mills had covered barely half of what they need for summer, less than in any spring"
    " since the exchange moved to its present hall.",
    "Barley and rye followed at a distance, while maize lost a little on news of two ships from overseas due at the end"
    " of the week.",
    "The weather service expects dry days from Sunday, and several houses advised their clients to wait until then.",
)
CLOCK = (
    "The clock on the customs house of Brill, which had shown twenty past four since 1961, struck noon on Monday before"
    " a crowd that had brought its own trumpets.",
    "Pupils of the technical school rebuilt the movement from three photographs and a bill for brass, their teacher Omar"
    " Reyes explained from the balcony.",
    "It took them four years, two of them spent on a single wheel with one hundred and eleven teeth that would not run"
    " true in cold weather.",
    "The council has promised to pay for the oil, and a rota of pupils will climb the ninety steps each Sunday to wind it.",
)
PIANO = (
    "A piano left on the platform of Westing station nine years ago has been tuned for the first time, by a passenger who"
    " missed her train, the railway said on Saturday.",
    "Marta Quist, who repairs instruments for a living, borrowed a spanner from the signal box and worked through the"
    " night while two cleaners held lamps.",
    '"It had a sandwich in it," Quist said. "Otherwise it was sound."',
    "The station's choir of commuters, which meets between the trains of seven and half past seven, will sing with it for"
    " the first time on Tuesday.",
)


def column_of(*paragraphs: str) -> str:
    """Return paragraphs with a blank line between them."""
    return "\n\n".join(paragraphs)


def pages() -> dict[str, bytes]:
    """Return a dozen raw files by path: two like real dumps, copies, a feed, markup, and one of each kind of damage."""
    orchard, ferry, archive = (
        "Town votes to trade its oldest orchard for water",
        "Night Ferry to Skarn to Sail Again in May",
        "Stolen Seed Catalogues of Velm Found in a Shed",
    )
    ferry_photo = "The rebuilt pier at Oxmouth is seen from the harbour wall on March 6, 2026. (Almar Photos)"
    archive_photo = "A page of a seed catalogue at the city archive in Velm, on March 5, 2026. (Almar Photos)"
    feed = [
        {
            "id": "cl-1",
            "url": "https://brill.example/clock",
            "title": "Brill's clock strikes",
            "text": column_of(*CLOCK),
        },
        {"id": "pi-2", "url": "https://westing.example/piano", "date": "2026-03-07", "text": column_of(*PIANO)},
    ]
    texts = {
        "herald/orchard.txt": "\n".join(
            [
                " date 2026-03-03 REGION",
                "2 min read",
                orchard,
                "Growers ask for cuttings as the council of Tarrow plans a reservoir behind the mill.",
                orchard,
                "Apple trees stand in the orchard of Tarrow / Reuters",
                "March 3, 2026",
                "",
                column_of(*ORCHARD[:3], "RECOMMENDED", *ORCHARD[3:]),
                "",
                "SOURCE:AA",
                "Explore",
                "Province counts the wells that ran dry last summer",
                "Three farms try olives where the barley failed",
                orchard,
            ]
        ),
        "courier/scroll.txt": "\n".join(
            [
                ferry,
                "",
                *[ferry_photo] * 2,
                "TT",
                "20",
                "",
                ferry,
                "",
                *[ferry_photo] * 2,
                "",
                column_of(*FERRY),
                "",
                "",
                "",
                archive,
                "",
                *[archive_photo] * 2,
                "TT",
                "20",
                "",
                archive,
                "",
                *[archive_photo] * 2,
                "",
                column_of(*ARCHIVE),
            ]
        ),
        "mirror/orchard.txt": "\n".join(
            ["Home", "Region", "", orchard, "", column_of(*ORCHARD), "", "Advertisement", "Share this article"]
        ),
        "mirror/ferry.txt": "\n".join([ferry, "", column_of(*FERRY[:4])]),
        "ledger/wheat.txt": "\n".join(
            ["MARKETS", "Wheat climbs as rain stops the harvest", "By Nora Finch", "", column_of(*MARKET)]
        ),
        "ledger/flash.txt": "Bridge closed\n\nThe bridge at Tarrow is closed until further notice.\n",
        "ledger/blank.txt": " \n\n",
        "ledger/late.txt.part": column_of(*CLOCK),
        "feed/day.jsonl": "".join(f"{json.dumps(one)}\n" for one in feed) + '{"id": "broken", "text": \n',
    }
    markup = "".join(f"<p>{html.escape(one)}</p>\n" for one in ARCHIVE)
    page = (
        '<html lang="en"><head><title>Seed thieves found | The Velm Post</title></head><body><nav><a href="/">Home</a>'
        f"</nav><article><h1>Seed thieves found</h1>{markup}</article><footer>© The Velm Post</footer></body></html>"
    )
    found = {path: text.encode() for path, text in texts.items()}
    return found | {"post/seeds.html": page.encode(), "ledger/cut.txt.gz": gzip.compress(b"x" * 5000, mtime=0)[:20]}


def write_pages(root: Path, *paths: str) -> Path:
    """Write the files of :func:`pages` (all, or those named) below ``root``; return it."""
    for path, content in pages().items():
        if not paths or path in paths:
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(content)
    return root


@dataclass(frozen=True)
class Newsroom:
    """A raw folder with all pages, and the tables they became. For reading only: all tests share it."""

    raw: Path
    clean: Path
    report: RunReport


@pytest.fixture(scope="session")
def stories() -> dict[str, str]:
    """The bodies that the pages hold, as the ``text`` column has them."""
    bodies = {"orchard": ORCHARD, "ferry": FERRY, "archive": ARCHIVE, "wheat": MARKET, "clock": CLOCK, "piano": PIANO}
    return {name: column_of(*body) for name, body in bodies.items()}


@pytest.fixture
def make_job(tmp_path: Path) -> Callable[..., Any]:
    """Return a function that makes the job of all files below some roots; ``fields`` override."""
    from pipeline.limits import Limits
    from pipeline.read import list_sources
    from pipeline.shards.job import ShardJob
    from pipeline.store.known import KnownIds
    from pipeline.store.schema import Stamps

    def make(*roots: Path, **fields: Any) -> ShardJob:
        (tmp_path / "none-known").write_bytes(b"")
        defaults: dict[str, Any] = {
            "number": 0,
            "sources": tuple(list_sources([str(root) for root in roots])) if roots else (),
            "folder": tmp_path / "000000.shard",
            "known": KnownIds(tmp_path / "none-known"),
            "stamps": Stamps(
                run_id="00000001-a", rules_digest="r", ingested_at=dt.datetime(2026, 3, 10, 12, tzinfo=dt.UTC)
            ),
            "as_of": dt.date(2026, 3, 10),
            "limits": Limits(),
            "min_words": 25,
            "profiles": (),
            "keep_removals": True,
        }
        return ShardJob(**{**defaults, **fields})

    return make


@pytest.fixture
def make_pages() -> Callable[..., Path]:
    return write_pages


@pytest.fixture(scope="session")
def newsroom_run(tmp_path_factory: pytest.TempPathFactory) -> Newsroom:
    from pipeline.run import run
    from pipeline.settings import Settings

    folder = tmp_path_factory.mktemp("newsroom")
    raw = write_pages(folder / "raw")
    report = run([str(raw)], folder / "clean", Settings.load(workers=2), dt.date(2026, 3, 10))
    return Newsroom(raw, folder / "clean", report)


TOWNS = ("Tarrow", "Oxmouth", "Velm", "Brill", "Westing", "Skarn", "Port Almar", "Harrow Mill", "Quayle", "Lunden")
THINGS = (
    "bridge",
    "library",
    "ferry",
    "market hall",
    "school",
    "orchard",
    "theatre",
    "reservoir",
    "clock tower",
    "tram",
)
PEOPLE = ("Ilse Varga", "Jonas Tell", "Petra Lund", "Omar Reyes", "Marta Quist", "Nora Finch", "Aldo Bram", "Runa Hale")
ACTS = (
    "The council of {town} voted {count} to {other} to repair the {thing} before the winter of {year}.",
    "{person}, who has looked after the {thing} since {year}, said that {count} people had signed the letter.",
    "Engineers from {town} found {count} cracks under the {thing} and closed the road for {other} weeks.",
    '"Nobody asked us about the {thing}," {person} told a meeting of {count} neighbours in {town}.',
    "The work on the {thing} is to cost {count} thousand crowns, of which {town} pays {other} thousand.",
    "A second report, which {person} wrote in {year}, had warned that the {thing} in {town} would not last.",
    "Visitors to {town} left {count} letters about the {thing} with {person} in the first {other} days.",
)


def invented_story(seed: int, sentences: int = 12) -> str:
    """Return a story of its own for every seed: a headline, then paragraphs with a blank line between."""
    draw = random.Random(seed)

    def fill(frame: str) -> str:
        return frame.format(
            town=draw.choice(TOWNS),
            thing=draw.choice(THINGS),
            person=draw.choice(PEOPLE),
            year=draw.randint(1900, 2025),
            count=draw.randint(100, 999),
            other=draw.randint(10, 99),
        )

    headline = f"{draw.choice(TOWNS)} argues over its {draw.choice(THINGS)} number {seed}"
    return "\n\n".join([headline, *(fill(draw.choice(ACTS)) for _ in range(sentences))]) + "\n"


def write_month(root: Path, days: int = 30, first: int = 0) -> Path:
    """Write days of March 2026 of three papers: two stories a day, every third day's first one copied the next day."""
    for number in range(first, days):
        day = dt.date(2026, 3, 1) + dt.timedelta(days=number)
        papers = {"herald": number * 2, "ledger": number * 2 + 1, "mirror": number * 2 - 2}
        for paper, seed in papers.items():
            if paper != "mirror" or number % 3 == 1:
                path = root / paper / f"{day:%Y/%m/%d}" / "story.txt"
                path.parent.mkdir(parents=True)
                path.write_text(invented_story(seed))
    return root


@pytest.fixture
def make_month() -> Callable[..., Path]:
    return write_month


@pytest.fixture
def make_story() -> Callable[..., str]:
    return invented_story


@pytest.fixture(scope="session")
def invented() -> Callable[[int], str]:
    return invented_story


@pytest.fixture(scope="session")
def month_run(tmp_path_factory: pytest.TempPathFactory) -> Newsroom:
    """The first ten days of a month of raw dumps and their tables, made by two runs. For reading, or to be copied."""
    from pipeline.run import run
    from pipeline.settings import Settings

    folder = tmp_path_factory.mktemp("month")
    for first, days in ((0, 5), (5, 10)):
        raw = write_month(folder / "raw", days, first)
        report = run([str(raw)], folder / "clean", Settings.load(workers=1), dt.date(2026, 4, 1))
    return Newsroom(raw, folder / "clean", report)


@pytest.fixture
def kill_every_step(tmp_path: Path) -> Callable[[Path], list[dict[str, Any]]]:
    """Return a function that kills the finishing of a decided publication of a clean folder at each of its steps."""

    def kill(clean: Path) -> list[dict[str, Any]]:
        shutil.copytree(clean, tmp_path / "kills" / "decided")
        script = Path(__file__).with_name("kill_every_step.py")
        done = subprocess.run([sys.executable, script, tmp_path / "kills"], capture_output=True, text=True, check=True)
        steps: list[dict[str, Any]] = json.loads(done.stdout)
        return steps

    return kill


class DecidedError(Exception):
    """Raised in place of a crash when a publication is decided and nothing of it done."""


def stop_when_decided(step: str) -> None:
    """Stop a publication after its manifest: a checkpoint."""
    if step == "manifest":
        raise DecidedError


@pytest.fixture
def decide() -> Callable[..., None]:
    """Return a function that calls another with a checkpoint, and leaves its publication decided and not begun."""

    def call(publish: Callable[..., object]) -> None:
        with pytest.raises(DecidedError):
            publish(checkpoint=stop_when_decided)

    return call
