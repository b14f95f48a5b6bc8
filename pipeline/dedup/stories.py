"""The clusters a batch touches, as they are with it and as they were before."""

from __future__ import annotations

from pipeline.dedup.book import Book
from pipeline.dedup.cluster import clusters
from pipeline.dedup.facts import DocFacts, Edge
from pipeline.dedup.index import Index
from pipeline.settings import DedupSettings


class Stories:
    """The touched clusters of texts: those of new ones, of ends of new ``edges``, and of the ``linked`` ones.

    ``edges``: every live edge in their connected components. ``new_edges``: those that the index lacks.
    """

    def __init__(self, book: Book, edges: set[Edge], linked: set[str], index: Index, settings: DedupSettings) -> None:
        self._book = book
        self.edges, texts = _component(book, edges, linked, index)
        self.new_edges = edges - index.edges_of(texts)
        self.cluster_by_text = _grouped(texts, self.edges, settings)
        old_texts = {text for text in texts if book.known(text)}
        self._before = _grouped(old_texts, _live(self.edges - self.new_edges, old_texts), settings)

    def members(self, text: str) -> tuple[str, ...]:
        """Return the texts of the cluster of ``text``."""
        return self.cluster_by_text[text]

    def changed_ids(self) -> dict[str, str]:
        """Return the cluster id of every new document, and of every published one whose id is another now."""
        ids = {doc.id: doc.id for doc in self._book.wordless}
        for members in set(self.cluster_by_text.values()):
            docs = [doc for text in members for doc in self._book.docs(text)]
            cluster_id = min(doc.id for doc in docs)
            for doc in docs:
                if isinstance(doc, DocFacts) or self._id_before(doc.text_hash) != cluster_id:
                    ids[doc.id] = cluster_id
        return dict(sorted(ids.items()))

    def _id_before(self, text: str) -> str:
        return min(doc.id for member in self._before[text] for doc in self._book.known(member))


def _component(book: Book, edges: set[Edge], linked: set[str], index: Index) -> tuple[set[Edge], set[str]]:
    """Return every live edge of the components that new and linked texts and ``edges`` are in, and all their texts."""
    found, texts = set(edges), {*book.new_texts, *linked}
    frontier = {text for edge in edges for text in (edge.a, edge.b)} | texts
    while frontier:
        texts |= frontier
        more = index.edges_of(frontier)
        found |= more
        frontier = {text for edge in more for text in (edge.a, edge.b)} - texts
    book.look_up(texts)
    texts = {text for text in texts if book.docs(text)}
    return _live(found, texts), texts


def _live(edges: set[Edge], texts: set[str]) -> set[Edge]:
    return {edge for edge in edges if edge.a in texts and edge.b in texts}


def _grouped(texts: set[str], edges: set[Edge], settings: DedupSettings) -> dict[str, tuple[str, ...]]:
    by_text: dict[str, tuple[str, ...]] = {text: (text,) for text in texts}
    for members in clusters(edges, share=settings.link_share, most=settings.link_most):
        by_text.update(dict.fromkeys(members, members))
    return by_text
