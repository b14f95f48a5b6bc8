"""What matching is told about documents and what it keeps of pairs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from pipeline.records import Relation


@dataclass(frozen=True, slots=True, kw_only=True)
class DocFacts:
    """One new article-to-be. ``date``: crawl date. ``text_hash``: hex, equal for equal normalised text."""

    id: str
    date: dt.date
    published_date: dt.date | None
    published_at: dt.datetime | None
    headline: str | None
    agency: str | None
    site: str | None
    source_path: str
    source_record: str | None
    page_article_no: int
    text_hash: str
    word_count: int
    language: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownDoc:
    """One published article or duplicate, as the index remembers it."""

    id: str
    date: dt.date
    published_date: dt.date | None
    agency: str | None
    site: str | None
    text_hash: str
    word_count: int
    is_article: bool


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Edge:
    """Two texts verified to be one story: their text hashes (``a`` < ``b``), scores, and near, abridged or scanned.

    Between texts and not documents: a thousand equal copies need no edge, and an edge outlives a copy that is removed.
    """

    a: str
    b: str
    relation: Relation
    jaccard: float
    containment: float


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedEdges:
    """Many edges, a column a field of :class:`Edge`: a large run finds more of them than it should make objects."""

    a: tuple[str, ...]
    b: tuple[str, ...]
    relation: tuple[str, ...]
    jaccard: tuple[float, ...]
    containment: tuple[float, ...]

    def __len__(self) -> int:
        return len(self.a)

    @classmethod
    def of(cls, edges: Iterable[Edge]) -> Self:
        """Return ``edges``, those given twice once."""
        rows = [(edge.a, edge.b, edge.relation.value, edge.jaccard, edge.containment) for edge in sorted(set(edges))]
        columns = tuple(zip(*rows, strict=True)) if rows else ((), (), (), (), ())
        return cls(a=columns[0], b=columns[1], relation=columns[2], jaccard=columns[3], containment=columns[4])
