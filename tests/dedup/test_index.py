from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.dedup.facts import DocFacts, Edge, NamedEdges
from pipeline.dedup.fingerprint import Fingerprints, Scheme, fingerprint
from pipeline.dedup.growth import write_removal, write_segment
from pipeline.dedup.index import Index
from pipeline.dedup.normalise import text_hash
from pipeline.errors import IndexMismatchError, StoreError
from pipeline.records import Relation


@pytest.fixture
def write(tmp_path: Path, scheme: Scheme, make_facts: Callable[..., DocFacts]) -> Callable[..., Path]:
    def write_texts(number: int, text_by_id: dict[str, str], edges: tuple[Edge, ...] = (), **more: Any) -> Path:
        path = tmp_path / f"{number:04d}.segment"
        write_segment(
            path,
            docs=[make_facts(doc_id, text) for doc_id, text in text_by_id.items()],
            is_article=[doc_id < "m" for doc_id in text_by_id],
            prints=fingerprint(list(text_by_id.values()), more.pop("scheme", scheme)),
            edges=NamedEdges.of(edges),
            scheme=more.pop("made_with", scheme),
            **more,
        )
        return path

    return write_texts


def test_documents_come_back_by_text(write: Callable[..., Path], tmp_path: Path, scheme: Scheme) -> None:
    write(1, {"z": "one ferry left", "a": "one ferry left", "b": "two ferries left"})
    found = Index.open(tmp_path, scheme).docs_of([text_hash("One ferry left!"), text_hash("no such text")])
    (docs,) = found.values()

    assert [(doc.id, doc.is_article, doc.site, doc.word_count) for doc in docs] == [
        ("a", True, "a.example", 3),
        ("z", False, "z.example", 3),
    ]
    assert docs[0].published_date == dt.date(2026, 3, 4)


def test_missing_date_and_site_stay_missing(
    tmp_path: Path, scheme: Scheme, make_facts: Callable[..., DocFacts]
) -> None:
    doc = make_facts("a", "one ferry", published_date=None, site=None)
    prints = fingerprint(["one ferry"], scheme)
    write_segment(
        tmp_path / "1.segment", docs=[doc], is_article=[True], prints=prints, edges=NamedEdges.of(()), scheme=scheme
    )
    (found,) = Index.open(tmp_path, scheme).docs_of([doc.text_hash])[doc.text_hash]

    assert (found.published_date, found.site) == (None, None)


def test_edges_are_found_from_both_ends(write: Callable[..., Path], tmp_path: Path, scheme: Scheme) -> None:
    a, b = sorted(text_hash(text) for text in ("one ferry left", "two ferries left"))
    edge = Edge(a=a, b=b, relation=Relation.ABRIDGED, jaccard=0.1 + 0.2, containment=0.9)
    write(1, {"a": "one ferry left", "b": "two ferries left"}, (edge,))
    index = Index.open(tmp_path, scheme)

    assert index.edges_of([a]) == index.edges_of([b]) == {edge}
    assert index.edges_of(["00" * 16]) == set()


def test_candidates_of_all_segments_are_met(write: Callable[..., Path], tmp_path: Path, scheme: Scheme) -> None:
    stories = {doc_id: " ".join(f"{doc_id}{n * 7919 % 1009}" for n in range(200)) for doc_id in "abc"}
    for number, (doc_id, text) in enumerate(stories.items()):
        write(number, {doc_id: text})
    prints = fingerprint([stories["c"] + " Ends."], scheme)

    assert Index.open(tmp_path, scheme).candidates(prints, np.arange(1), 64) == {0: [text_hash(stories["c"])]}


def test_removed_document_is_hidden_in_earlier_segments_only(
    write: Callable[..., Path], tmp_path: Path, scheme: Scheme
) -> None:
    old, new = "one ferry left", "one ferry came"
    write(1, {"a": old, "b": old})
    write(2, {"a": new}, removed=["a"])
    index = Index.open(tmp_path, scheme)

    assert [doc.id for doc in index.docs_of([text_hash(old)])[text_hash(old)]] == ["b"]
    assert [doc.id for doc in index.docs_of([text_hash(new)])[text_hash(new)]] == ["a"]


def test_documents_are_taken_out_by_id_and_may_come_again(
    write: Callable[..., Path], tmp_path: Path, scheme: Scheme
) -> None:
    text = "one ferry left"
    write(1, {"a": text, "b": text, "c": text})
    write_removal(tmp_path / "0002.segment", ["a", "b", "never there"], scheme)
    write(3, {"b": text})

    assert [doc.id for doc in Index.open(tmp_path, scheme).docs_of([text_hash(text)])[text_hash(text)]] == ["b", "c"]


@pytest.mark.parametrize(
    ("made_with", "key"),
    [
        ((64, 1, 3, 4), "num_perm"),
        ((128, 2, 3, 4), "seed"),
        ((128, 1, 4, 4), "shingle_words"),
        ((128, 1, 3, 3), "band_rows"),
    ],
)
def test_another_scheme_is_refused(
    write: Callable[..., Path], tmp_path: Path, scheme: Scheme, made_with: tuple[int, int, int, int], key: str
) -> None:
    other = Scheme.from_datasketch(*made_with)
    write(1, {"a": "one ferry left"}, scheme=other, made_with=other)

    with pytest.raises(IndexMismatchError, match="index rebuild") as caught:
        Index.open(tmp_path, scheme)
    assert caught.value.facts["key"] == key


def test_another_layout_is_refused(
    write: Callable[..., Path], tmp_path: Path, scheme: Scheme, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(1, {"a": "one ferry left"})
    monkeypatch.setattr("pipeline.dedup.segment.LAYOUT", "4")

    with pytest.raises(IndexMismatchError, match=r"made with layout '3', not '4'.*index rebuild"):
        Index.open(tmp_path, scheme)


def test_another_normaliser_is_refused(
    write: Callable[..., Path], tmp_path: Path, scheme: Scheme, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(1, {"a": "one ferry left"})
    monkeypatch.setattr("pipeline.dedup.fingerprint.NORMALISER", "form-0")

    with pytest.raises(IndexMismatchError):
        Index.open(tmp_path, scheme)


@pytest.mark.parametrize(
    "damage", [slice(0, 100), slice(0, 0), slice(-100, None)], ids=["cut", "empty", "no beginning"]
)
def test_damaged_segment_says_what_to_do(
    write: Callable[..., Path], tmp_path: Path, scheme: Scheme, damage: slice
) -> None:
    path = write(1, {"a": "one ferry left"})
    path.write_bytes(path.read_bytes()[damage])

    with pytest.raises(StoreError, match="index rebuild"):
        Index.open(tmp_path, scheme)


def test_no_folder_is_an_empty_index(tmp_path: Path, scheme: Scheme) -> None:
    index = Index.open(tmp_path / "missing", scheme)

    assert len(index) == 0


def test_publication_without_texts_is_a_segment_too(write: Callable[..., Path], tmp_path: Path, scheme: Scheme) -> None:
    write(1, {})
    prints = fingerprint(["one ferry left"], scheme)

    assert Index.open(tmp_path, scheme).candidates(prints, np.arange(1), 64) == {}


def test_same_rows_give_the_same_bytes_in_any_order(
    tmp_path: Path, scheme: Scheme, make_facts: Callable[..., DocFacts], make_story: Callable[..., str]
) -> None:
    texts = [make_story(seed) for seed in range(5)]
    docs = [make_facts(f"d{at}", text) for at, text in enumerate(texts)]
    for name, order in (("one", [0, 1, 2, 3, 4]), ("other", [3, 1, 4, 0, 2])):
        prints: Fingerprints = fingerprint([texts[at] for at in order], scheme)
        write_segment(
            tmp_path / name,
            docs=[docs[at] for at in order],
            is_article=[True] * 5,
            prints=prints,
            edges=NamedEdges.of(()),
            scheme=scheme,
        )

    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()


def test_stats_tell_what_each_segment_holds(write: Callable[..., Path], tmp_path: Path, scheme: Scheme) -> None:
    a, b = sorted(text_hash(text) for text in ("one ferry left", "two ferries left"))
    edge = Edge(a=a, b=b, relation=Relation.NEAR, jaccard=0.9, containment=0.9)
    write(1, {"a": "one ferry left", "b": "two ferries left", "c": "one ferry left"}, (edge,))
    path = write(2, {}, removed=["a"])
    one, other = Index.open(tmp_path, scheme).stats()

    assert (one.documents, one.texts, one.edges, one.removed) == (3, 2, 1, 0)
    assert (other.name, other.size_bytes, other.documents, other.removed) == (path.name, path.stat().st_size, 0, 1)
