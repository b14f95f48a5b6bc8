"""The new articles of a run, as matching asks for them: facts and fingerprints row by row, texts by id on demand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.dedup.facts import DocFacts
from pipeline.dedup.fingerprint import Fingerprints
from pipeline.shards.prints import load_prints, read_rows
from pipeline.store.reader import Snapshot

FACTS = (
    "article_id",
    "date",
    "published_date",
    "published_at",
    "headline",
    "agency",
    "site",
    "source_path",
    "source_record",
    "page_article_no",
    "text_hash",
    "word_count",
    "language",
)


class NewArticles:
    """The articles of all shards, in the order of their shards. Texts stay in the mapped files."""

    def __init__(self, shards: Sequence[Path], prints: Sequence[Path], snapshot: Snapshot) -> None:
        self._batches: list[pa.RecordBatch] = [batch for path in shards for batch in read_rows(path)]
        self._texts = [batch.column("text") for batch in self._batches]
        self._place = {
            article_id: (number, row)
            for number, batch in enumerate(self._batches)
            for row, article_id in enumerate(batch.column("article_id").to_pylist())
        }
        self._snapshot = snapshot
        self._facts: list[DocFacts] | None = None
        self.fingerprints: Fingerprints = load_prints(prints)

    def facts(self) -> list[DocFacts]:
        """Return what matching is told of each article, row by row as the fingerprints go."""
        if self._facts is None:
            self._facts = [fact for batch in self._batches for fact in facts_of(batch)]
        return self._facts

    def rows(self, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """Yield some columns of every article, in the order of the facts."""
        for batch in self._batches:
            yield batch.select(list(columns))

    def has(self, article_id: str) -> bool:
        """Return whether the article is new in this run."""
        return article_id in self._place

    def dates_of(self, ids: Sequence[str]) -> dict[str, dt.date]:
        """Return the crawl dates of articles, new or published, by id."""
        wanted = set(ids)
        dates = {one.id: one.date for one in self.facts() if one.id in wanted}
        published = sorted(wanted - dates.keys())
        if published:
            for batch in self._snapshot.rows_of_ids("articles", published, ["article_id", "date"]):
                dates.update(zip(batch.column(0).to_pylist(), batch.column(1).to_pylist(), strict=True))
        return dates

    def texts_of(self, ids: Sequence[str]) -> Mapping[str, str]:
        """Return the texts of articles and duplicates, new or published, by id."""
        found: dict[str, str] = {}
        published: list[str] = []
        for article_id in ids:
            if article_id in self._place:
                number, row = self._place[article_id]
                found[article_id] = self._texts[number][row].as_py()
            else:
                published.append(article_id)
        for table in ("articles", "duplicates"):
            left = [article_id for article_id in published if article_id not in found]
            if left:
                for batch in self._snapshot.rows_of_ids(table, left, ["article_id", "text"]):
                    found.update(zip(batch.column(0).to_pylist(), batch.column(1).to_pylist(), strict=True))
        return found


def facts_of(batch: pa.RecordBatch) -> list[DocFacts]:
    """Return what matching is told of the articles of ``batch``, which has the columns ``FACTS`` at least."""
    return [
        DocFacts(**{"id" if name == "article_id" else name: value for name, value in row.items()})
        for row in batch.select(FACTS).to_pylist()
    ]


def rows_in(batch: pa.RecordBatch, ids: pa.Array, *, inside: bool) -> pa.RecordBatch:
    """Return the rows whose ``article_id`` is (or, with ``inside`` False, is not) one of ``ids``."""
    mask = pc.is_in(batch.column("article_id"), value_set=ids)
    return batch.filter(mask if inside else pc.invert(mask))
