"""The clusters a batch touches, as they are with it and as they were before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np

from pipeline.dedup.book import Book
from pipeline.dedup.cluster import clusters
from pipeline.dedup.edges import Edges, named_in
from pipeline.dedup.facts import Edge
from pipeline.dedup.index import Index
from pipeline.dedup.kernel import I64
from pipeline.dedup.segment import pack_hashes
from pipeline.settings import DedupSettings


class Stories:
    """The clusters of texts that a batch touches: those of new ones, of ends of new edges, and of ``linked`` ones.

    ``edges``: every live edge in their connected components. ``new_edges``: those that the index lacks.
    """

    def __init__(self, book: Book, edges: Edges, linked: Iterable[int], index: Index, settings: DedupSettings) -> None:
        self.book = book
        old, touched = _component(
            book, np.union1d(named_in(edges.pairs, len(book)), np.fromiter(linked, np.int64)), index
        )
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
        lone = list(map(book.first_id, self._lone.tolist()))
        ids.update(zip(lone, lone, strict=True))
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
    texts = np.concatenate([np.arange(book.new_count), starts[starts >= book.new_count]])
    frontier, found = texts, set[Edge]()
    while len(frontier):
        more = index.edges_of(book.hashes[text] for text in frontier.tolist()) - found
        found |= more
        ends = {end for edge in more for end in (edge.a, edge.b)}
        book.look_up(ends)
        met = [number for end in ends if (number := book.number(end)) is not None]
        frontier = np.unique(np.array(met, dtype=np.int64))
        frontier = frontier[~np.isin(frontier, texts)]
        texts = np.concatenate([texts, frontier])
    return Edges.known(found, book), texts


def _members(label: I64) -> dict[int, list[int]]:
    """Return the members of every cluster of two and more texts by its label."""
    found: dict[int, list[int]] = defaultdict(list)
    for text in np.flatnonzero(np.bincount(label, minlength=len(label))[label] > 1).tolist():
        found[int(label[text])].append(text)
    return found
