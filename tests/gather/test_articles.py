"""Claims about a run's new articles: facts in the order of the shards, texts and dates by id, new or published."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from pipeline.dedup.facts import DocFacts
from pipeline.dedup.fingerprint import Scheme
from pipeline.gather.articles import NewArticles, rows_in
from pipeline.records import Article
from pipeline.shards.prints import PrintJob, fingerprint_shard
from pipeline.store.reader import Snapshot
from pipeline.store.schema import TABLES, Stamps, rows_to_batch
from pipeline.store.tables import Store

STAMPS = Stamps(run_id="00000002-a", rules_digest="r", ingested_at=dt.datetime(2026, 3, 10, 12, tzinfo=dt.UTC))


@pytest.fixture(scope="module")
def snapshot(newsroom_run: Any) -> Snapshot:
    return Store.open(newsroom_run.clean, create=False).snapshot()


@pytest.fixture
def gather(tmp_path: Path, snapshot: Snapshot) -> Callable[..., NewArticles]:
    """Return a function that gathers shards, each a list of batches of articles."""
    scheme = Scheme.from_datasketch(32, 1, 3)

    def make(*shards: list[list[Article]]) -> NewArticles:
        files, prints = [], []
        for number, batches in enumerate(shards):
            path = tmp_path / f"{number}.arrow"
            with pa.ipc.new_file(str(path), TABLES["articles"].schema) as sink:
                for rows in batches:
                    sink.write_batch(rows_to_batch("articles", rows, STAMPS))
            files.append(path)
            prints.append(fingerprint_shard(PrintJob(rows=path, scheme=scheme, target=path.with_suffix(".npz"))).target)
        return NewArticles(files, prints, snapshot)

    return make


def published(snapshot: Snapshot, table: str) -> dict[str, Any]:
    """Return a row of a table."""
    return next(row for batch in snapshot.read(table) for row in batch.to_pylist())


def test_facts_stand_in_the_order_of_shards_and_batches_as_the_prints_do(
    gather: Callable[..., NewArticles], make_article: Callable[..., Article]
) -> None:
    one, two, three = (make_article(f"Story {i} of the day.", source_path=f"{i}.txt") for i in (3, 1, 2))

    articles = gather([[one], [two]], [[three]])

    assert [fact.id for fact in articles.facts()] == [one.article_id, two.article_id, three.article_id]
    assert articles.fingerprints.word_counts.tolist() == [5, 5, 5]


def test_facts_are_the_articles_own(gather: Callable[..., NewArticles], make_article: Callable[..., Article]) -> None:
    story = make_article(
        "Words.",
        site="a.example",
        agency="AFP",
        published_date=dt.date(2026, 3, 3),
        published_at=dt.datetime(2026, 3, 3, 4, 5, tzinfo=dt.UTC),
        page_article_no=2,
    )

    (fact,) = gather([[story]]).facts()

    for field in dataclasses.fields(DocFacts):
        assert getattr(fact, field.name) == getattr(story, "article_id" if field.name == "id" else field.name)


def test_texts_come_from_new_articles_published_ones_and_published_duplicates(
    gather: Callable[..., NewArticles], make_article: Callable[..., Article], snapshot: Snapshot
) -> None:
    story, kept, copy = make_article("New."), published(snapshot, "articles"), published(snapshot, "duplicates")
    articles = gather([[story]])

    texts = articles.texts_of([copy["article_id"], story.article_id, kept["article_id"]])

    assert texts == {
        story.article_id: "New.",
        kept["article_id"]: kept["text"],
        copy["article_id"]: copy["text"],
    }


def test_dates_come_from_new_and_published_articles(
    gather: Callable[..., NewArticles], make_article: Callable[..., Article], snapshot: Snapshot
) -> None:
    story, kept = make_article("New.", date=dt.date(2026, 2, 1)), published(snapshot, "articles")
    articles = gather([[story]])

    dates = articles.dates_of([kept["article_id"], story.article_id])

    assert dates == {story.article_id: dt.date(2026, 2, 1), kept["article_id"]: kept["date"]}


def test_an_article_is_new_only_in_the_run_that_read_it(
    gather: Callable[..., NewArticles], make_article: Callable[..., Article], snapshot: Snapshot
) -> None:
    story = make_article("New.")
    articles = gather([[story]])

    assert articles.has(story.article_id)
    assert not articles.has(published(snapshot, "articles")["article_id"])


def test_run_without_articles_has_no_facts_texts_or_dates(gather: Callable[..., NewArticles]) -> None:
    articles = gather()

    assert (articles.facts(), articles.texts_of([]), articles.dates_of([])) == ([], {}, {})


@pytest.mark.parametrize(("inside", "wanted"), [(True, ["b"]), (False, ["a", "c"])])
def test_rows_are_parted_by_id(inside: bool, wanted: list[str]) -> None:
    batch = pa.record_batch({"article_id": ["a", "b", "c"]})

    found = rows_in(batch, pa.array(["b", "x"], pa.string()), inside=inside)

    assert found.column(0).to_pylist() == wanted
