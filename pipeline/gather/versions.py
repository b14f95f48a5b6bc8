"""New versions of a page: a copy that has the kept article's own address and another text is no copy but an update.

Matching knows texts and sites, not addresses. What it calls a near copy of an article is, under one address, that
article as it was changed: both stay articles, of one cluster, with a relation ``update``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import pyarrow as pa

from pipeline.dedup.match import Decisions, Link
from pipeline.gather.articles import NewArticles
from pipeline.records import Duplicate, Relation
from pipeline.store.reader import Snapshot

COLUMNS = ("article_id", "url", "date", "source_path", "source_record", "page_article_no")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Version:
    """Where and when a text was found."""

    article_id: str
    url: str | None
    date: dt.date
    source_path: str
    source_record: str | None
    page_article_no: int

    def follows(self, other: _Version) -> bool:
        """Return whether this is ``other``'s page, found at another time."""
        is_same_dump = (self.source_path, self.source_record) == (other.source_path, other.source_record)
        has_its_place = self.url is not None and self.url == other.url
        return has_its_place and self.page_article_no == other.page_article_no and not is_same_dump

    @property
    def moment(self) -> tuple[dt.date, str, str]:
        """When it was found; within a day by the names of its file and record."""
        return self.date, self.source_path, self.source_record or ""


def versions(decisions: Decisions, articles: NewArticles, snapshot: Snapshot) -> Decisions:
    """Return ``decisions`` with new versions taken from the duplicates and linked as updates of what they follow.

    An exact copy stays a duplicate, and so does the new version of a page that was itself kept out as a copy. Asks the
    tables for the kept articles that new copies were matched with, no others.
    """
    changed = {key: copy for key, copy in decisions.duplicates.items() if copy.relation != Relation.EXACT}
    found = _found({*changed, *(copy.duplicate_of for copy in changed.values())}, articles, snapshot)
    updates = {
        key: _link(found[key], found[copy.duplicate_of], copy)
        for key, copy in changed.items()
        if found[key].follows(found[copy.duplicate_of])
    }
    if not updates:
        return decisions
    kept = {key: copy for key, copy in decisions.duplicates.items() if key not in updates}
    return replace(decisions, duplicates=kept, links=(*decisions.links, *(updates[key] for key in sorted(updates))))


def _link(new: _Version, kept: _Version, scores: Duplicate) -> Link:
    """Return the update; a version that came late but was found before what was kept is the one that was updated."""
    earlier, later = sorted((new, kept), key=lambda one: one.moment)
    return Link(
        article_id=later.article_id,
        other_id=earlier.article_id,
        relation=Relation.UPDATE,
        jaccard=scores.jaccard,
        containment=scores.containment,
    )


def _found(ids: set[str], articles: NewArticles, snapshot: Snapshot) -> Mapping[str, _Version]:
    """Return what is known of articles by id, new or published."""
    new = {one.article_id: one for batch in articles.rows(COLUMNS) for one in _versions(batch, ids)}
    published = sorted(ids - new.keys())
    rows = snapshot.rows_of_ids("articles", published, list(COLUMNS)) if published else ()
    return new | {one.article_id: one for batch in rows for one in _versions(batch, ids)}


def _versions(batch: pa.RecordBatch, ids: set[str]) -> Iterator[_Version]:
    for row in batch.select(list(COLUMNS)).to_pylist():
        if row["article_id"] in ids:
            yield _Version(**row)
