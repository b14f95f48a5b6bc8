"""Claims about pairs in columns: each once, found again, named by their texts."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from pipeline.dedup.apart import Utf8, take_apart
from pipeline.dedup.book import Book
from pipeline.dedup.edges import Edges, measured
from pipeline.dedup.facts import DocFacts, Edge
from pipeline.dedup.fingerprint import Scheme, fingerprint
from pipeline.dedup.index import Index
from pipeline.dedup.verify import RELATIONS, judge, judge_pair
from pipeline.records import Relation
from pipeline.settings import DedupSettings

NEAR = RELATIONS.index(Relation.NEAR)


def edges(*pairs: tuple[int, int]) -> Edges:
    """Return edges whose score tells their pair."""
    scores = np.array([(a + b) / 100 for a, b in pairs])
    return Edges.of(
        np.array(pairs, dtype=np.int64).reshape(-1, 2), np.full(len(pairs), NEAR, dtype=np.int8), scores, scores
    )


def test_pairs_are_sorted_smaller_first_and_each_once() -> None:
    assert edges((4, 1), (2, 3), (1, 4)).pairs.tolist() == [[1, 4], [2, 3]]


def test_pairs_are_found_with_their_scores() -> None:
    found = edges((4, 1), (2, 3), (0, 9))
    rows = found.find(np.array([[2, 3], [1, 2], [1, 4]]))

    assert rows.tolist() == [2, -1, 1]
    assert found.take(rows[rows >= 0]).jaccard.tolist() == [0.05, 0.05]
    assert edges().find(np.array([[1, 2]])).tolist() == [-1]


def test_union_has_both_and_without_the_rest() -> None:
    one, other = edges((1, 2), (3, 4)), edges((3, 4), (0, 5))

    assert one.union(other).pairs.tolist() == [[0, 5], [1, 2], [3, 4]]
    assert one.without(other).pairs.tolist() == [[1, 2]]


def test_scores_are_put_where_they_belong() -> None:
    found = edges((0, 1), (0, 2), (0, 3))
    found.put(np.array([0, 2]), edges((8, 9), (9, 10)))

    assert found.jaccard.tolist() == [0.17, 0.02, 0.19]


def test_pair_that_may_not_merge_has_scores_and_no_relation() -> None:
    settings = DedupSettings()
    text = "The ferry left the quay at noon with sixty cars and their owners on board."
    verdicts = [judge_pair(text, other, settings) for other in (text.upper(), "Another thing happened elsewhere.")]
    texts = take_apart(Utf8.of([text, text.upper(), "Another thing happened elsewhere."]), settings.shingle_words)
    pairs = np.array([[0, 1], [0, 2]])
    found = measured(pairs, judge(texts, pairs, settings))

    assert found.relation.tolist() == [NEAR, 0]
    assert found.jaccard.tolist() == [verdict.jaccard for verdict in verdicts]


@pytest.mark.parametrize("known", [True, False])
def test_edges_of_texts_that_nobody_has_are_left_out(
    known: bool, scheme: Scheme, make_facts: Callable[..., DocFacts]
) -> None:
    docs = [make_facts("a", "one ferry left"), make_facts("b", "two ferries left")]
    book = Book(docs, fingerprint(["one ferry left", "two ferries left"], scheme), Index.empty(scheme))
    a, b = book.hashes if known else (book.hashes[0], "ff" * 16)
    edge = Edge(a=a, b=b, relation=Relation.NEAR, jaccard=0.9, containment=0.95)

    found = Edges.known([edge], book).named(book)

    assert list(zip(found.a, found.b, found.jaccard, strict=True)) == ([(a, b, 0.9)] if known else [])
