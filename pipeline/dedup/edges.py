"""Pairs of texts with their scores, many in columns: without an object a pair, of which a large run has millions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

import numpy as np

from pipeline.dedup.book import Book
from pipeline.dedup.facts import Edge, NamedEdges
from pipeline.dedup.kernel import I64
from pipeline.dedup.verify import F64, RELATIONS, Codes, Verdicts


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Edges:
    """Verified pairs of texts by their numbers in the book, smaller first, sorted: ``pairs`` int64, shape (n, 2)."""

    pairs: I64
    relation: Codes
    jaccard: F64
    containment: F64

    @classmethod
    def of(cls, pairs: I64, relation: Codes, jaccard: F64, containment: F64) -> Self:
        """Return the edges of these columns, in any order and with repeats."""
        pairs = np.sort(pairs, axis=1)
        codes, rows = np.unique(_codes(pairs), return_index=True)
        del codes
        return cls(pairs=pairs[rows], relation=relation[rows], jaccard=jaccard[rows], containment=containment[rows])

    @classmethod
    def known(cls, edges: Iterable[Edge], book: Book) -> Self:
        """Return those of ``edges`` whose texts documents at hand have."""
        ends = [(edge, book.number(edge.a), book.number(edge.b)) for edge in sorted(edges)]
        live = [(edge, one, other) for edge, one, other in ends if one is not None and other is not None]
        return cls.of(
            np.array([(one, other) for _, one, other in live], dtype=np.int64).reshape(-1, 2),
            np.array([RELATIONS.index(edge.relation) for edge, _, _ in live], dtype=np.int8),
            np.array([edge.jaccard for edge, _, _ in live], dtype=np.float64),
            np.array([edge.containment for edge, _, _ in live], dtype=np.float64),
        )

    def take(self, rows: I64) -> Edges:
        """Return the edges at ``rows``."""
        return Edges(
            pairs=self.pairs[rows],
            relation=self.relation[rows],
            jaccard=self.jaccard[rows],
            containment=self.containment[rows],
        )

    def union(self, other: Edges) -> Edges:
        """Return the edges of both, those in both once."""
        return Edges.of(
            np.concatenate([self.pairs, other.pairs]),
            np.concatenate([self.relation, other.relation]),
            np.concatenate([self.jaccard, other.jaccard]),
            np.concatenate([self.containment, other.containment]),
        )

    def without(self, other: Edges) -> Edges:
        """Return the edges that ``other`` lacks."""
        return self.take(np.flatnonzero(~np.isin(_codes(self.pairs), _codes(other.pairs))))

    def find(self, pairs: I64) -> I64:
        """Return the row of each of ``pairs`` (smaller first), −1 where it is no edge."""
        own, wanted = _codes(self.pairs), _codes(pairs)
        at = np.minimum(np.searchsorted(own, wanted), max(0, len(own) - 1))
        found: I64 = np.where(own[at] == wanted, at, -1) if len(own) else np.full(len(wanted), -1)
        return found

    def put(self, rows: I64, other: Edges) -> None:
        """Write the scores of ``other`` to ``rows`` of these, which nobody else holds."""
        self.relation[rows] = other.relation
        self.jaccard[rows] = other.jaccard
        self.containment[rows] = other.containment

    def named(self, book: Book) -> NamedEdges:
        """Return the edges by the hashes of their texts."""
        one, other = (tuple(book.hashes[text] for text in column) for column in self.pairs.T.tolist())
        if self.pairs.max(initial=0) >= book.new_count:  # the texts of a batch are numbered by hash, others are not
            one, other = tuple(map(min, one, other)), tuple(map(max, one, other))
        names = tuple(map(str, RELATIONS))
        return NamedEdges(
            a=one,
            b=other,
            relation=tuple(names[code] for code in self.relation.tolist()),
            jaccard=tuple(self.jaccard.tolist()),
            containment=tuple(self.containment.tolist()),
        )


def measured(pairs: I64, verdicts: Verdicts) -> Edges:
    """Return pairs that were judged (smaller first, in any order), with their relation where they may merge."""
    relation = np.where(verdicts.may_merge, verdicts.relation, 0).astype(np.int8)
    return Edges.of(pairs, relation, verdicts.jaccard, verdicts.containment)


def named_in(pairs: I64, count: int) -> I64:
    """Return the texts of ``pairs``, numbers below ``count``, each once and sorted.

    >>> named_in(np.array([[3, 1], [1, 4]]), 5).tolist()
    [1, 3, 4]
    """
    is_named = np.zeros(count, dtype=bool)  # np.unique takes ten times as long for a hundred thousand pairs
    is_named[pairs] = True
    return np.flatnonzero(is_named)


def _codes(pairs: I64) -> I64:
    codes: I64 = pairs[:, 0] << 32 | pairs[:, 1]
    return codes
