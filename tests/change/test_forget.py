"""Claims about takedowns: not a word is left in any file, and nothing that was not asked for goes."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from pipeline.change.backfill import backfill
from pipeline.change.forget import forget
from pipeline.change.restore import restore
from pipeline.change.selection import Criteria
from pipeline.change.takedown import Request
from pipeline.errors import InputError, StoreError
from pipeline.run import run
from pipeline.settings import Settings
from pipeline.store.digest import digests
from pipeline.store.law import check_snapshot
from pipeline.store.tables import Store

DAY = dt.date(2026, 4, 1)
SETTINGS = Settings.load(workers=1)
MARCH = Criteria(first=dt.date(2026, 3, 1), last=dt.date(2026, 3, 30), by="raw", mode="overwrite")


def page(story: str, tag: str) -> str:
    """Return a raw page of ``story`` with furniture that bears a tag of its own."""
    headline, _, body = story.partition("\n\n")
    return f"{headline} {tag}\n\n{body}\nRECOMMENDED\nMore news for readers of {tag}\n"


def texts_below(clean: Path) -> Iterator[str]:
    """Yield all that can be read in any file below ``clean``: Parquet as its values, everything else as its bytes."""
    for path in sorted(clean.rglob("*")):
        if path.suffix == ".parquet":
            with pq.ParquetFile(path) as parquet:
                yield "\n".join(str(value) for row in parquet.read().to_pylist() for value in row.values())
        elif path.is_file():
            yield path.read_bytes().decode("utf-8", "replace")


def left_of(clean: Path, *words: str) -> set[str]:
    """Return those of ``words`` that any file has."""
    return {word for text in texts_below(clean) for word in words if word in text}


def sentences(story: str) -> list[str]:
    """Return the paragraphs of a story, as they stand in the text column."""
    return [one for one in story.strip().split("\n\n")[1:] if one]


class Tables:
    """Pages of two sites and their tables, with an earlier reading of one in undo."""

    def __init__(self, root: Path, story: Callable[[int], str]) -> None:
        self.raw, self.clean, self.story = root / "raw", root / "clean", story
        self.raw.mkdir()
        self.write(alpha=[1, 2, 3], beta=[1, 5])
        self.run()

    def write(self, **seeds: list[int]) -> None:
        """Write a feed for each site, a story a line."""
        for site, numbers in seeds.items():
            lines = [
                {"url": f"https://{site}.example/{number}", "text": page(self.story(number), f"{site.upper()}{number}")}
                for number in numbers
            ]
            (self.raw / f"{site}-2026-03-01.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))

    def run(self) -> None:
        run([str(self.raw)], self.clean, SETTINGS, DAY)

    def forget(self, **asked: Any) -> Any:
        told = forget(self.clean, SETTINGS, Request(**asked))
        check_snapshot(Store.open(self.clean).snapshot())
        return told

    def urls(self, table: str = "articles") -> list[str]:
        rows = [row for batch in Store.open(self.clean).snapshot().read(table) for row in batch.to_pylist()]
        return sorted(row["url"].removeprefix("https://").replace(".example", "") for row in rows)


@pytest.fixture
def tables(tmp_path: Path, make_story: Callable[[int], str]) -> Tables:
    return Tables(tmp_path, make_story)


def test_no_file_has_a_word_of_a_forgotten_page_not_even_an_earlier_reading_of_it(tables: Tables) -> None:
    feed = tables.raw / "alpha-2026-03-01.jsonl"
    feed.write_text(feed.read_text().replace("ALPHA2", "ALTERED2"))
    backfill([str(tables.raw)], tables.clean, SETTINGS, MARCH, DAY)
    words = [*sentences(tables.story(2)), "ALPHA2", "ALTERED2", "alpha.example/2"]
    assert left_of(tables.clean, *words) == set(words)

    told = tables.forget(url="https://alpha.example/2")

    assert left_of(tables.clean, *words) == set()
    assert (told.stories, told.dumps, told.undo_files > 0) == (1, 1, True)
    kept = [*sentences(tables.story(3)), "ALPHA3", *sentences(tables.story(5)), "BETA5"]
    assert left_of(tables.clean, *kept) == set(kept)


def test_forgotten_page_comes_back_by_no_run_and_no_backfill(tables: Tables) -> None:
    tables.forget(url="https://alpha.example/2")
    before = {
        table: digest for table, digest in digests(Store.open(tables.clean).snapshot()).items() if table != "runs"
    }

    tables.run()
    backfill([str(tables.raw)], tables.clean, SETTINGS, MARCH, DAY)

    after = digests(Store.open(tables.clean).snapshot())
    assert {table: after[table] for table in before} == before
    assert tables.urls() == ["alpha/1", "alpha/3", "beta/5"]


def test_forgotten_site_leaves_the_copies_of_others_and_promotes_them(tables: Tables) -> None:
    assert tables.urls("duplicates") == ["beta/1"]

    told = tables.forget(site="alpha.example")

    assert (tables.urls(), tables.urls("duplicates")) == (["beta/1", "beta/5"], [])
    assert (told.stories, told.dumps, told.promoted) == (3, 3, 1)
    own = [*sentences(tables.story(2)), *sentences(tables.story(3)), "ALPHA1", "ALPHA2", "alpha.example"]
    assert left_of(tables.clean, *own) == set()


def test_copies_go_too_when_asked_for(tables: Tables) -> None:
    rows = [row for batch in Store.open(tables.clean).snapshot().read("duplicates") for row in batch.to_pylist()]

    tables.forget(article_id=rows[0]["article_id"], copies=True)

    assert (tables.urls(), tables.urls("duplicates")) == (["alpha/2", "alpha/3", "beta/5"], [])
    words = [*sentences(tables.story(1)), "ALPHA1", "BETA1"]
    assert left_of(tables.clean, *words) == set()


def test_story_of_a_page_with_others_goes_alone(tmp_path: Path, make_pages: Any, stories: dict[str, str]) -> None:
    raw = make_pages(tmp_path / "raw", "courier/scroll.txt")
    run([str(raw)], tmp_path / "clean", SETTINGS, DAY)
    snapshot = Store.open(tmp_path / "clean").snapshot()
    (gone,) = [
        row["article_id"]
        for batch in snapshot.read("articles")
        for row in batch.to_pylist()
        if row["text"] == stories["archive"]
    ]

    told = forget(tmp_path / "clean", SETTINGS, Request(article_id=gone))

    snapshot = Store.open(tmp_path / "clean").snapshot()
    check_snapshot(snapshot)
    (row,) = [row for batch in snapshot.read("records") for row in batch.to_pylist()]
    assert (row["articles"], row["reason"], told.dumps) == (1, "forgotten", 0)
    words = [*stories["archive"].split("\n\n"), "Stolen Seed Catalogues"]
    assert left_of(tmp_path / "clean", *words) == set()
    assert left_of(tmp_path / "clean", "Night Ferry to Skarn") == {"Night Ferry to Skarn"}


def test_dry_run_tells_how_much_and_changes_nothing(tables: Tables) -> None:
    before = digests(Store.open(tables.clean).snapshot())

    told = forget(tables.clean, SETTINGS, Request(site="alpha.example"), dry_run=True)

    assert (told.stories, told.published) == (3, False)
    assert digests(Store.open(tables.clean).snapshot()) == before


def test_takedown_killed_half_way_leaves_no_word_once_it_is_ended(tables: Tables, decide: Any) -> None:
    words = [*sentences(tables.story(2)), "ALPHA2"]
    request = Request(url="https://alpha.example/2")
    decide(lambda checkpoint: forget(tables.clean, SETTINGS, request, checkpoint=checkpoint))

    with Store.open(tables.clean).locked("test"):
        pass

    assert left_of(tables.clean, *words) == set()
    check_snapshot(Store.open(tables.clean).snapshot())


def test_takedown_cannot_be_taken_back(tables: Tables) -> None:
    told = tables.forget(url="https://alpha.example/2")

    with pytest.raises(StoreError, match="undo has expired"):
        restore(tables.clean, told.run_id, SETTINGS.dedup)


def test_what_the_tables_do_not_hold_is_refused_in_one_line(tables: Tables) -> None:
    with pytest.raises(InputError, match=r"hold nothing of 'gamma\.example'"):
        tables.forget(site="gamma.example")
    with pytest.raises(InputError, match="name one thing"):
        tables.forget(site="alpha.example", url="https://alpha.example/2")
