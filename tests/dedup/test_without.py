"""Claims about an index with documents hidden: it answers as if they had never come."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.dedup.facts import DocFacts, Edge, KnownDoc, NamedEdges
from pipeline.dedup.fingerprint import Scheme, fingerprint
from pipeline.dedup.growth import write_segment
from pipeline.dedup.index import Index
from pipeline.dedup.segment import SUFFIX, Segment, unpack_hashes
from pipeline.dedup.without import IndexWithout
from pipeline.records import Relation


@pytest.fixture
def stored(tmp_path: Path, scheme: Scheme, make_story: Callable[..., str], make_facts: Callable[..., DocFacts]) -> Path:
    texts = [make_story(1), make_story(1), make_story(2), make_story(3)]
    docs = [make_facts(key, text) for key, text in zip("abcd", texts, strict=True)]
    first, second, third = docs[0].text_hash, docs[2].text_hash, docs[3].text_hash
    edges = [
        Edge(a=min(one, other), b=max(one, other), relation=Relation.NEAR, jaccard=0.8, containment=0.9)
        for one, other in ((first, second), (second, third))
    ]
    write_segment(
        tmp_path / f"00000001{SUFFIX}",
        docs=docs,
        is_article=[True] * 4,
        prints=fingerprint(texts, scheme),
        edges=NamedEdges.of(edges),
        scheme=scheme,
    )
    return tmp_path


def test_hidden_documents_are_not_found(stored: Path, scheme: Scheme) -> None:
    texts = {doc.text_hash for docs in _all(stored, scheme).values() for doc in docs}

    index = IndexWithout.hiding(stored, scheme, ids={"a", "d"}, texts=frozenset())

    assert sorted(doc.id for docs in index.docs_of(texts).values() for doc in docs) == ["b", "c"]
    assert len(index.docs_of(texts)) == 2


def test_verdicts_between_texts_that_are_judged_anew_are_forgotten(stored: Path, scheme: Scheme) -> None:
    whole = Index.open(stored, scheme)
    texts = {doc.text_hash: doc.id for docs in _all(stored, scheme).values() for doc in docs}
    judged = {text for text, key in texts.items() if key in "abc"}

    index = IndexWithout.hiding(stored, scheme, ids=frozenset(), texts=judged)

    assert len(whole.edges_of(texts)) == 2
    (left,) = index.edges_of(texts)
    assert "d" in {texts[left.a], texts[left.b]}


def test_taken_out_document_is_not_counted(
    stored: Path, scheme: Scheme, make_facts: Callable[..., DocFacts], make_story: Callable[..., str]
) -> None:
    write_segment(
        stored / f"00000002{SUFFIX}",
        docs=[make_facts("a", make_story(1))],
        is_article=[True],
        prints=fingerprint([make_story(1)], scheme),
        edges=NamedEdges.of([]),
        scheme=scheme,
        removed=["a", "d"],
    )

    assert len(Index.open(stored, scheme)) == 3


def _all(stored: Path, scheme: Scheme) -> dict[str, list[KnownDoc]]:
    (segment,) = (Segment(path) for path in stored.glob(f"*{SUFFIX}"))
    return Index.open(stored, scheme).docs_of(unpack_hashes(segment.hashes))
