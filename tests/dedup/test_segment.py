"""Claims about one file of the index: documents, pairs and removals come back as they were told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.dedup.facts import Edge
from pipeline.dedup.normalise import text_hash
from pipeline.dedup.segment import Segment, pack_hashes, pack_ids, unpack_hashes, unpack_ids
from pipeline.records import Relation

HEX = ["00" * 16, "ab" * 15 + "00", "ff" * 16]


@pytest.fixture
def segment(tmp_path: Path, write_docs: Callable[..., Path]) -> Callable[..., Segment]:
    def make(text_by_id: dict[str, str], edges: tuple[Edge, ...] = (), **fields: Any) -> Segment:
        return Segment(write_docs(tmp_path / "1.segment", text_by_id, edges, **fields))

    return make


@pytest.mark.parametrize(
    "fields",
    [
        {"published_date": None, "site": None, "agency": None},
        {"published_date": dt.date(1890, 5, 6), "agency": "AFP"},
        {"published_date": dt.date(2026, 3, 5), "word_count": 300_000},
    ],
    ids=["nothing known", "long ago", "tomorrow"],
)
def test_document_is_remembered_as_it_was(segment: Callable[..., Segment], fields: dict[str, Any]) -> None:
    (doc,) = segment({"a": "one ferry left"}, **fields).docs_of([text_hash("one ferry left")])

    assert {name: getattr(doc, name) for name in fields} == fields
    assert (doc.id, doc.date, doc.is_article) == ("a", dt.date(2026, 3, 4), True)


@pytest.mark.parametrize("ids", [HEX, ["a", "z", "longer than sixteen letters"]], ids=["hex", "other"])
def test_ids_of_any_form_come_back(segment: Callable[..., Segment], ids: list[str]) -> None:
    found = segment(dict.fromkeys(ids, "one ferry left")).docs_of([text_hash("one ferry left")])

    assert sorted(doc.id for doc in found) == sorted(ids)


def test_every_edge_of_many_is_found_from_both_ends(segment: Callable[..., Segment]) -> None:
    texts = [f"text {n}" for n in range(40)]
    hashes = sorted(map(text_hash, texts))
    edges = {
        Edge(a=hashes[one], b=hashes[other], relation=Relation.NEAR, jaccard=one / 40, containment=1.0)
        for one in range(40)
        for other in range(one + 1, 40, 7)
    }
    found = segment({str(n): text for n, text in enumerate(texts)}, tuple(edges))

    for text in hashes:
        assert set(found.edges_of([text])) == {edge for edge in edges if text in (edge.a, edge.b)}


@pytest.mark.parametrize(
    ("gone", "rows"), [([], [True, True]), (["a", "never there"], [False, True]), (["00" * 16], [True, True])]
)
def test_documents_without_some_ids(segment: Callable[..., Segment], gone: list[str], rows: list[bool]) -> None:
    assert segment({"a": "one ferry left", "b": "one ferry left"}).is_without(gone).tolist() == rows


def test_packed_hashes_keep_their_order_and_come_back() -> None:
    packed = pack_hashes(HEX)

    assert np.sort(packed).tobytes() == packed.tobytes()
    assert unpack_hashes(packed) == HEX
    assert unpack_hashes(pack_hashes([])) == []


@pytest.mark.parametrize("ids", [HEX, [], ["a"], [*HEX, "a"]], ids=["hex", "none", "other", "both"])
def test_packed_ids_come_back(ids: list[str]) -> None:
    packed, is_hex = pack_ids(ids)

    assert unpack_ids(packed, is_hex=is_hex) == ids
