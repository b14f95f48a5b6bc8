"""The clusters a batch touches, as they are with it and as they were before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from pipeline.dedup.book import Book
from pipeline.dedup.cluster import clusters
from pipeline.dedup.facts import Edge, NamedEdges
from pipeline.dedup.index import Index
from pipeline.dedup.kernel import I64
from pipeline.dedup.reading import Reading
from pipeline.dedup.segment import pack_hashes
from pipeline.dedup.verify import F64, RELATIONS, Codes, Verdict
from pipeline.settings import DedupSettings


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Edges:
    """Verified pairs of texts by their numbers in the book, smaller first, sorted: ``pairs`` int64, shape (n, 2)."""

    pairs: I64
    relation: Codes
    jaccard: F64
    containment: F64

    @classmethod
    def joined(cls, reading: Reading) -> Self:
        """Return the pairs of ``reading`` that are one story."""
        rows = np.flatnonzero(reading.joined)
        found = reading.verdicts
        return cls.of(reading.pairs[rows], found.relation[rows], found.jaccard[rows], found.containment[rows])

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

    def verdict(self, row: int) -> Verdict:
        """Return the scores of one edge, as a verdict that merges."""
        return Verdict(
            jaccard=float(self.jaccard[row]),
            containment=float(self.containment[row]),
            relation=RELATIONS[self.relation[row]],
            across_sites=True,
        )

    def named(self, book: Book) -> NamedEdges:
        """Return the edges by the hashes of their texts."""
        ends = [[book.hashes[text] for text in column] for column in self.pairs.T.tolist()]
        return NamedEdges(
            a=tuple(map(min, *ends)) if len(self.pairs) else (),
            b=tuple(map(max, *ends)) if len(self.pairs) else (),
            relation=tuple(str(RELATIONS[code]) for code in self.relation.tolist()),
            jaccard=tuple(self.jaccard.tolist()),
            containment=tuple(self.containment.tolist()),
        )


def _codes(pairs: I64) -> I64:
    codes: I64 = pairs[:, 0] << 32 | pairs[:, 1]
    return codes


class Stories:
    """The clusters of texts that a batch touches: those of new ones, of ends of new edges, and of ``linked`` ones.

    ``edges``: every live edge in their connected components. ``new_edges``: those that the index lacks.
    """

    def __init__(self, book: Book, edges: Edges, linked: Iterable[int], index: Index, settings: DedupSettings) -> None:
        self.book = book
        old, touched = _component(book, np.union1d(np.unique(edges.pairs), np.fromiter(linked, np.int64)), index)
        self.edges = edges.union(old)
        self.new_edges = edges.without(old)
        self._order = np.empty(len(book), dtype=np.int64)  # texts by their hashes, whatever their numbers
        self._order[np.argsort(pack_hashes(book.hashes), kind="stable")] = np.arange(len(book))
        self._label = self._grouped(self.edges, settings)
        standing = np.flatnonzero(book.is_published()[old.pairs].all(axis=1))
        self._before = self._grouped(old.take(standing), settings)
        is_alone = np.bincount(self._label, minlength=len(book))[self._label] == 1
        self._lone = np.flatnonzero(is_alone & book.is_lone())
        self._touched = np.setdiff1d(touched, self._lone, assume_unique=True)
        self._members = _members(self._label)
        self._members_before = _members(self._before)
        self._near: dict[int, set[str]] | None = None

    def members(self, text: int) -> Sequence[int]:
        """Return the texts of the cluster of ``text``, itself among them, by number."""
        return self._members.get(int(self._label[text]), (text,))

    def are_one(self, one: int, other: int) -> bool:
        """Return whether two texts are in one cluster."""
        return bool(self._label[one] == self._label[other])

    def near(self, text: int) -> frozenset[str]:
        """Return the hashes of ``text`` and of those it has an edge with."""
        if self._near is None:
            self._near = defaultdict(set)
            for one, other in self.edges.pairs.tolist():
                self._near[one].add(self.book.hashes[other])
                self._near[other].add(self.book.hashes[one])
        return frozenset({self.book.hashes[text], *self._near.get(text, ())})

    def clusters(self) -> list[Sequence[int]]:
        """Return the touched clusters that are more than one new document, each once."""
        _, firsts = np.unique(self._label[self._touched], return_index=True)
        return [self.members(text) for text in self._touched[firsts].tolist()]

    def changed_ids(self) -> dict[str, str]:
        """Return the cluster id of every new document, and of every published one whose id is another now."""
        book = self.book
        ids = {doc.id: doc.id for doc in book.wordless}
        ids.update((doc.id, doc.id) for text in self._lone.tolist() for doc in book.new(text))
        for members in self.clusters():
            cluster_id = min(map(book.first_id, members))
            for text in members:
                for doc in book.new(text):
                    ids[doc.id] = cluster_id
                if book.known(text) and self._id_before(text) != cluster_id:
                    ids.update((doc.id, cluster_id) for doc in book.known(text))
        return ids

    def _id_before(self, text: int) -> str:
        members = self._members_before.get(int(self._before[text]), (text,))
        return min(self.book.known(member)[0].id for member in members)

    def _grouped(self, edges: Edges, settings: DedupSettings) -> I64:
        return clusters(edges.pairs, edges.jaccard, self._order, share=settings.link_share, most=settings.link_most)


def _component(book: Book, starts: I64, index: Index) -> tuple[Edges, I64]:
    """Return every live edge of the index in the components of new texts and ``starts``, and all their texts."""
    texts = np.union1d(np.arange(book.new_count), starts)
    frontier, found = texts, set[Edge]()
    while len(frontier):
        more = index.edges_of(book.hashes[text] for text in frontier.tolist()) - found
        found |= more
        ends = {end for edge in more for end in (edge.a, edge.b)}
        book.look_up(ends)
        met = [number for end in ends if (number := book.number(end)) is not None]
        frontier = np.setdiff1d(np.array(met, dtype=np.int64), texts)
        texts = np.union1d(texts, frontier)
    return Edges.known(found, book), texts


def _members(label: I64) -> dict[int, list[int]]:
    """Return the members of every cluster of two and more texts by its label."""
    found: dict[int, list[int]] = defaultdict(list)
    for text in np.flatnonzero(np.bincount(label, minlength=len(label))[label] > 1).tolist():
        found[int(label[text])].append(text)
    return found
