from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from pipeline.dedup import reading as room
from pipeline.dedup.book import Book
from pipeline.dedup.facts import DocFacts
from pipeline.dedup.fingerprint import Scheme, fingerprint
from pipeline.dedup.index import Index
from pipeline.dedup.reading import Reader, Reading
from pipeline.records import Relation
from pipeline.settings import DedupSettings


@pytest.fixture
def read(scheme: Scheme, make_facts: Callable[..., DocFacts]) -> Callable[..., Any]:
    def read_texts(docs: dict[str, tuple[str, dict[str, Any]]]) -> tuple[Reading, Book, list[list[str]]]:
        facts = [make_facts(doc_id, text, **fields) for doc_id, (text, fields) in docs.items()]
        book = Book(facts, fingerprint([text for text, _ in docs.values()], scheme), Index.empty(scheme))
        asked: list[list[str]] = []

        def texts_of(ids: Sequence[str]) -> dict[str, str]:
            asked.append(list(ids))
            return {doc_id: docs[doc_id][0] for doc_id in ids}

        reader = Reader(book, texts_of, DedupSettings())
        return reader.read(book.candidates(64)), book, asked

    return read_texts


def follow_up(make_story: Callable[..., str]) -> tuple[str, str]:
    paragraphs = make_story(1, sentences=24).split("\n\n")
    later = [paragraphs[0], *make_story(8, sentences=8).split("\n\n"), *paragraphs[1:8]]
    return "\n\n".join(paragraphs), "\n\n".join(later)


@pytest.mark.parametrize(
    ("fields", "merges"),
    [
        ({"site": "b.example"}, True),
        ({"site": "a.example"}, False),
        ({"published_date": dt.date(2026, 3, 30)}, False),
        ({"published_date": None}, True),
    ],
    ids=["other site", "same site", "weeks later", "no date"],
)
def test_place_and_time_decide_on_a_follow_up(
    read: Callable[..., Any], make_story: Callable[..., str], fields: dict[str, Any], merges: bool
) -> None:
    earlier, later = follow_up(make_story)
    reading, book, _ = read({"a": (earlier, {"site": "a.example"}), "b": (later, fields)})

    assert reading.joined.tolist() == [merges]
    assert [relation for _, _, relation, _ in reading.related(book)] == ([] if merges else [Relation.UPDATE])


def test_one_copy_that_merges_joins_the_texts(read: Callable[..., Any], make_story: Callable[..., str]) -> None:
    earlier, later = follow_up(make_story)
    reading, _, _ = read(
        {
            "a": (earlier, {"site": "a.example"}),
            "b": (later, {"site": "a.example"}),
            "c": (later, {"site": "c.example"}),
        }
    )

    assert reading.joined.tolist() == [True]


def test_stories_of_one_agency_that_share_a_part_are_linked(
    read: Callable[..., Any], make_story: Callable[..., str]
) -> None:
    shared = make_story(3, sentences=12)
    texts = [f"{make_story(seed, sentences=12)}\n\n{shared}" for seed in (4, 5)]
    reading, book, _ = read({doc_id: (text, {"agency": "AFP"}) for doc_id, text in zip("ab", texts, strict=True)})

    assert [relation for _, _, relation, _ in reading.related(book)] == [Relation.SAME_WIRE]


def test_each_text_is_fetched_once(read: Callable[..., Any], make_story: Callable[..., str]) -> None:
    _, _, asked = read({str(n): (make_story(1) + f" Edition {n}.", {}) for n in range(6)})

    assert sorted(doc_id for ids in asked for doc_id in ids) == [str(n) for n in range(6)]


def test_few_texts_at_once_give_the_same_edges(
    read: Callable[..., Any], make_story: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    docs = {f"{seed}{n}": (make_story(seed) + f" Edition {n}.", {}) for seed in range(4) for n in range(4)}
    whole, _, _ = read(docs)
    monkeypatch.setattr(room, "_PAIRS_AT_ONCE", 3)
    parts, _, asked = read(docs)

    assert parts.joined.tolist() == whole.joined.tolist()
    assert whole.joined.sum() == 24
    assert len(asked) > 2


def test_pair_outside_the_candidates_can_be_read(
    scheme: Scheme, make_facts: Callable[..., DocFacts], make_story: Callable[..., str]
) -> None:
    text_by_id = {"a": make_story(1), "b": make_story(2)}
    facts = [make_facts(doc_id, text) for doc_id, text in text_by_id.items()]
    book = Book(facts, fingerprint(list(text_by_id.values()), scheme), Index.empty(scheme))
    reader = Reader(book, lambda ids: {doc_id: text_by_id[doc_id] for doc_id in ids}, DedupSettings())

    assert reader.verdicts(np.array([[0, 1]]))[0].relation is None
