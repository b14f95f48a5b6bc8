from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.dedup.book import Book
from pipeline.dedup.edges import Edges
from pipeline.dedup.facts import DocFacts, Edge, NamedEdges
from pipeline.dedup.fingerprint import Scheme, fingerprint
from pipeline.dedup.growth import write_segment
from pipeline.dedup.index import Index
from pipeline.dedup.normalise import text_hash
from pipeline.dedup.stories import Stories
from pipeline.records import Relation
from pipeline.settings import DedupSettings

TEXTS = {doc_id: f"text of document {doc_id}" for doc_id in "abcde"}


def edge(one: str, other: str) -> Edge:
    a, b = sorted((text_hash(TEXTS[one]), text_hash(TEXTS[other])))
    return Edge(a=a, b=b, relation=Relation.NEAR, jaccard=0.9, containment=0.9)


@pytest.fixture
def touch(scheme: Scheme, make_facts: Callable[..., DocFacts], tmp_path: Path) -> Callable[..., Stories]:
    def touch_stories(old: str, old_edges: list[Edge], new: str, new_edges: set[Edge], removed: str = "") -> Stories:
        def docs(ids: str) -> list[DocFacts]:
            return [make_facts(doc_id, TEXTS[doc_id]) for doc_id in ids]

        for number, (ids, edges, gone) in enumerate([(old, old_edges, ""), ("", [], removed)]):
            write_segment(
                tmp_path / f"{number}.segment",
                docs=docs(ids),
                is_article=[True] * len(ids),
                prints=fingerprint([TEXTS[doc_id] for doc_id in ids], scheme),
                edges=NamedEdges.of(edges),
                scheme=scheme,
                removed=gone,
            )
        index = Index.open(tmp_path, scheme)
        book = Book(docs(new), fingerprint([TEXTS[doc_id] for doc_id in new], scheme), index)
        book.look_up(end for one in new_edges for end in (one.a, one.b))
        return Stories(book, Edges.known(new_edges, book), (), index, DedupSettings())

    return touch_stories


def test_new_document_alone_is_its_own_cluster(touch: Callable[..., Stories]) -> None:
    assert touch("ab", [edge("a", "b")], "c", set()).changed_ids() == {"c": "c"}


def test_cluster_id_is_the_smallest_member(touch: Callable[..., Stories]) -> None:
    assert touch("bc", [edge("b", "c")], "d", {edge("c", "d")}).changed_ids() == {"d": "b"}


def test_published_members_follow_a_smaller_id(touch: Callable[..., Stories]) -> None:
    assert touch("bc", [edge("b", "c")], "a", {edge("a", "c")}).changed_ids() == {"a": "a", "b": "a", "c": "a"}


def test_new_document_joins_two_published_clusters(touch: Callable[..., Stories]) -> None:
    stories = touch("ab", [], "c", {edge("a", "c"), edge("b", "c")})

    assert stories.changed_ids() == {"b": "a", "c": "a"}


def test_edges_the_index_has_are_not_new(touch: Callable[..., Stories]) -> None:
    stories = touch("ab", [edge("a", "b")], "c", {edge("a", "b"), edge("b", "c")})

    assert stories.new_edges.named(stories.book) == NamedEdges.of([edge("b", "c")])


def test_removed_document_holds_no_cluster_together(touch: Callable[..., Stories]) -> None:
    stories = touch("ab", [edge("a", "b")], "c", {edge("a", "c")}, removed="a")

    assert stories.changed_ids() == {"c": "c"}
