"""Claims about what the speed of deduplication is measured on, and that it measures something."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from benchmarks.dedup_corpus import HOSTILE, write_corpus
from benchmarks.dedup_index import BATCH, look_up, new_batch, write_random
from benchmarks.dedup_once import measure
from benchmarks.dedup_peers import grams
from pipeline.dedup.fingerprint import Scheme


def texts(path: Path) -> list[str]:
    with pa.memory_map(str(path)) as source:
        return [str(text) for text in pa.ipc.open_file(source).read_all().column("text").to_pylist()]


@pytest.fixture(scope="module")
def news(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("corpus") / "news.arrow"
    write_corpus(path, 300)
    return path


def test_corpus_is_the_same_for_one_seed(news: Path, tmp_path: Path) -> None:
    write_corpus(tmp_path / "again.arrow", 300)
    write_corpus(tmp_path / "other.arrow", 300, seed=8)

    assert texts(news) == texts(tmp_path / "again.arrow") != texts(tmp_path / "other.arrow")


def test_planted_copies_are_found(news: Path) -> None:
    found = measure(news)

    assert found["documents"] == 300
    assert isinstance(found["scores"], dict)
    assert found["scores"]["pairs"]["P"] == 1.0
    assert found["scores"]["pairs"]["R"] > 0.97


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_corpus_has_its_documents(kind: str, tmp_path: Path) -> None:
    write_corpus(tmp_path / "hostile.arrow", 50, kind=kind)

    assert len(texts(tmp_path / "hostile.arrow")) == 50
    assert (len(set(texts(tmp_path / "hostile.arrow"))) == 1) is (kind == "equal")


def test_copies_of_indexed_texts_are_found_in_an_index_of_random_keys(tmp_path: Path) -> None:
    scheme, texts = Scheme.from_datasketch(128, 1, 3), 20_000
    write_random(tmp_path / "0000.segment", texts, scheme, 0)
    prints = new_batch([texts], np.random.default_rng(5))
    spent, waited, found = look_up(tmp_path, scheme, prints, [f"{number:032x}" for number in range(BATCH)])

    assert found >= BATCH // 4
    assert spent > 0
    assert waited > 0


def test_peers_are_given_word_grams() -> None:
    assert grams("One ferry left the quay, late.") == ["one ferry left the quay", "ferry left the quay late"]
