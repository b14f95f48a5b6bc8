"""Known dumps are known in every process, after every publication."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import StoreError
from pipeline.store.known import KnownIds, packed
from pipeline.store.tables import Store
from pipeline.text import hash128

IDS = st.lists(st.binary(min_size=16, max_size=16).map(bytes.hex), max_size=30)


@given(known=IDS, asked=IDS)
def test_exactly_the_ids_in_the_file_are_known(
    tmp_path_factory: pytest.TempPathFactory, known: Any, asked: Any
) -> None:
    path = tmp_path_factory.mktemp("ids") / "ids"
    np.sort(packed(known)).tofile(path)

    ids = KnownIds(path)

    assert ids.contains(known + asked).tolist() == [one in known for one in known + asked]
    assert len(ids) == len(known)


def test_ids_of_every_publication_are_known(published: Store, newsroom: Any) -> None:
    paths = [row.source_path for day in (1, 2) for row in newsroom.day_rows(day)["records"]]

    with published.locked("test"):
        known = published.known_dump_ids()

    assert all(hash128(path) in known for path in paths)
    assert hash128("3/kept0.txt") not in known
    assert "no id" not in [one for one in (object(), 7) if one in known]


def test_newer_publications_are_merged_in(published: Store, newsroom: Any) -> None:
    with published.locked("test"):
        assert len(published.known_dump_ids()) == 14
        newsroom.publish_day(published, 3)
        merged = published.known_dump_ids()
        merged_bytes = merged.path.read_bytes()
        merged.path.unlink()
        rebuilt = published.known_dump_ids()

    assert len(rebuilt) == 21
    assert rebuilt.path.read_bytes() == merged_bytes


def test_dumps_that_left_the_records_are_forgotten(published: Store, newsroom: Any) -> None:
    with published.locked("test"):
        published.known_dump_ids()
        newsroom.drop_dump(published, hash128("1/.part"))

        known = published.known_dump_ids()

    assert hash128("1/.part") not in known
    assert len(known) == 13


def test_empty_store_knows_nothing_and_can_be_asked_twice(store: Store) -> None:
    with store.locked("test"):
        assert len(store.known_dump_ids()) == 0
        assert hash128("x") not in store.known_dump_ids()


def test_set_travels_as_its_path(published: Store) -> None:
    with published.locked("test"):
        known = published.known_dump_ids()

    sent = pickle.dumps(known)

    assert len(sent) < 1000
    assert hash128("1/kept0.txt") in pickle.loads(sent)


@pytest.mark.parametrize("wrong", ["", "ab", "g" * 32, "ab " * 16])
def test_what_is_no_id_is_refused(wrong: str) -> None:
    with pytest.raises(StoreError, match="no dump id"):
        packed([hash128("x"), wrong])
