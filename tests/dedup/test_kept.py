from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from pipeline.dedup.facts import KnownDoc
from pipeline.dedup.kept import best_known, best_new, relation_of_copy
from pipeline.records import Relation

DAY = dt.date(2026, 3, 4)


def at(hour: int) -> dt.datetime:
    return dt.datetime(2026, 3, 4, hour, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("worse", "better"),
    [
        ({"published_date": None}, {"published_date": DAY}),
        ({"published_date": DAY}, {"published_date": dt.date(2026, 3, 3)}),
        ({"published_date": DAY}, {"published_date": DAY, "published_at": at(9)}),
        ({"published_at": at(12)}, {"published_at": at(9)}),
        ({"agency": None}, {"agency": "AFP"}),
        ({"word_count": 90}, {"word_count": 91}),
        ({"source_path": "b.txt"}, {"source_path": "a.txt"}),
        ({"source_record": "2"}, {"source_record": "1"}),
        ({"page_article_no": 2}, {"page_article_no": 1}),
    ],
    ids=["dated", "earlier day", "known hour", "earlier hour", "agency", "longer", "path", "record", "number"],
)
def test_policy_prefers(worse: dict[str, Any], better: dict[str, Any], make_facts: Callable[..., Any]) -> None:
    same = {"source_path": "s.txt"}
    first, second = make_facts("a", "x", **(same | worse)), make_facts("b", "x", **(same | better))

    assert best_new([first, second]) is second
    assert best_new([second, first]) is second


def known(doc_id: str, text_hash: str, day: dt.date | None) -> KnownDoc:
    return KnownDoc(
        id=doc_id,
        date=DAY,
        published_date=day,
        agency=None,
        site=None,
        text_hash=text_hash,
        word_count=9,
        is_article=True,
    )


def test_published_article_that_matches_is_preferred() -> None:
    early, near = known("a", "aa", dt.date(2026, 1, 1)), known("b", "bb", DAY)

    assert best_known([early, near], frozenset({"bb"})) is near
    assert best_known([near, early], frozenset()) is early


@pytest.mark.parametrize(
    ("verified", "copy", "kept", "relation"),
    [
        (Relation.ABRIDGED, 90, 300, Relation.ABRIDGED),
        (Relation.ABRIDGED, 300, 90, Relation.EXTENDED),
        (Relation.NEAR, 300, 290, Relation.NEAR),
        (Relation.SCANNED, 300, 90, Relation.SCANNED),
    ],
)
def test_relation_is_seen_from_the_copy(verified: Relation, copy: int, kept: int, relation: Relation) -> None:
    assert relation_of_copy(verified, copy, kept) is relation
