from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.dedup.book import Book
from pipeline.dedup.facts import DocFacts, NamedEdges
from pipeline.dedup.fingerprint import Scheme, fingerprint
from pipeline.dedup.growth import write_segment
from pipeline.dedup.index import Index
from pipeline.dedup.normalise import text_hash


@pytest.fixture
def make_book(scheme: Scheme, make_facts: Callable[..., DocFacts]) -> Callable[..., Book]:
    def make(text_by_id: dict[str, str], index: Index | None = None) -> Book:
        docs = [make_facts(doc_id, text) for doc_id, text in text_by_id.items()]
        return Book(docs, fingerprint(list(text_by_id.values()), scheme), index or Index.empty(scheme))

    return make


def test_equal_texts_are_one(make_book: Callable[..., Book]) -> None:
    book = make_book({"b": "One ferry.", "a": "one ferry", "c": "two ferries"})

    assert book.new_count == 2
    assert [doc.id for doc in book.docs(book.hashes.index(text_hash("one ferry")))] == ["a", "b"]


def test_equal_texts_are_no_candidates(make_book: Callable[..., Book]) -> None:
    assert make_book({"a": "one ferry left", "b": "one ferry left"}).candidates(64).tolist() == []


def test_texts_without_words_are_set_apart(make_book: Callable[..., Book]) -> None:
    book = make_book({"a": "—", "b": "", "c": "word"})

    assert [doc.id for doc in book.wordless] == ["a", "b"]
    assert book.new_count == 1


def test_candidates_reach_the_index(
    make_book: Callable[..., Book],
    make_story: Callable[..., str],
    make_facts: Callable[..., DocFacts],
    scheme: Scheme,
    tmp_path: Path,
) -> None:
    old, new, copy = make_story(1), make_story(1) + " Updated.", make_story(1) + " Corrected."
    write_segment(
        tmp_path / "1.segment",
        docs=[make_facts("old", old)],
        is_article=[True],
        prints=fingerprint([old], scheme),
        edges=NamedEdges.of(()),
        scheme=scheme,
    )
    book = make_book({"new": new, "copy": copy}, Index.open(tmp_path, scheme))
    hashes = [text_hash(text) for text in (old, new, copy)]

    assert book.candidates(64).tolist() == [[0, 1], [0, 2], [1, 2]]
    assert sorted(book.hashes) == sorted(hashes)
    assert [doc.id for doc in book.known(2)] == ["old"]
