"""Claims about what a request names: the page as an address has it, the site, the story, and nothing beside."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.change.takedown import Request, find
from pipeline.settings import SourceSettings
from pipeline.store.reader import Snapshot
from pipeline.store.tables import Store


@pytest.fixture
def snapshot(newsroom_run: Any) -> Snapshot:
    return Store.open(newsroom_run.clean, create=False).snapshot()


def story(snapshot: Snapshot, table: str, path: str) -> dict[str, Any]:
    rows = [row for batch in snapshot.read(table) for row in batch.to_pylist()]
    return next(row for row in rows if row["source_path"] == path)


@pytest.mark.parametrize("url", ["https://brill.example/clock", "https://brill.example/clock#top"])
def test_address_names_the_page_with_or_without_a_fragment(snapshot: Snapshot, url: str) -> None:
    found = find(snapshot, Request(url=url), ())

    row = next(
        row for batch in snapshot.read("articles") for row in batch.to_pylist() if row["site"] == "brill.example"
    )
    assert (found.stories, found.dumps, found.lines) == ({row["article_id"]}, {row["dump_id"]}, {})


def test_story_of_a_page_with_others_is_named_with_its_lines(snapshot: Snapshot) -> None:
    row = story(snapshot, "articles", "courier/scroll.txt")

    found = find(snapshot, Request(article_id=row["article_id"]), ())

    assert (found.stories, found.dumps) == ({row["article_id"]}, set())
    assert found.lines == {row["dump_id"]: [(row["first_line"], row["last_line"])]}


def test_copies_are_those_of_the_cluster(snapshot: Snapshot) -> None:
    copy, kept = story(snapshot, "duplicates", "mirror/orchard.txt"), story(snapshot, "articles", "herald/orchard.txt")

    alone = find(snapshot, Request(article_id=copy["article_id"]), ())
    both = find(snapshot, Request(article_id=copy["article_id"], copies=True), ())

    assert alone.stories == {copy["article_id"]}
    assert both.stories == {copy["article_id"], kept["article_id"]}


def test_site_that_settings_give_to_a_path_has_also_what_gave_no_story(snapshot: Snapshot) -> None:
    profile = SourceSettings(pattern="ledger/**", site="ledger.example")

    found = find(snapshot, Request(site="ledger.example"), (profile,))

    rows = [row for batch in snapshot.read("records") for row in batch.to_pylist()]
    assert found.dumps == {row["dump_id"] for row in rows if row["source_path"].startswith("ledger/")}
    assert found.stories == {story(snapshot, "articles", "ledger/wheat.txt")["article_id"]}
