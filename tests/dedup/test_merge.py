"""Claims about merging at the edges; what merged files answer is claimed in test_growth."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.dedup import merge
from pipeline.dedup.merge import merge_segments
from pipeline.dedup.normalise import text_hash
from pipeline.dedup.segment import Segment


@pytest.fixture
def write(tmp_path: Path, write_docs: Callable[..., Path]) -> Callable[..., Segment]:
    def write_texts(text_by_id: dict[str, str], removed: str = "") -> Segment:
        return Segment(write_docs(tmp_path / f"{len(list(tmp_path.iterdir()))}", text_by_id, removed=removed))

    return write_texts


def merged(path: Path, *segments: Segment, is_oldest: bool = True) -> Segment:
    merge_segments(path, segments, is_oldest=is_oldest)
    return Segment(path)


@pytest.mark.parametrize("at_once", [1 << 16, 1], ids=["at once", "in ranges"])
def test_segments_of_nothing_are_a_segment_of_nothing(
    write: Callable[..., Segment], tmp_path: Path, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(merge, "_TEXTS_AT_ONCE", at_once)
    found = merged(tmp_path / "merged", write({}), write({"a": "one ferry left"}), write({}, removed="a"))

    assert (len(found), len(found.hashes), found.removed()) == (0, 0, [])
    assert found.postings().entries.tolist() == []


def test_removals_are_passed_on_where_older_segments_may_hold_them(
    write: Callable[..., Segment], tmp_path: Path
) -> None:
    found = merged(tmp_path / "merged", write({}, removed="b"), write({"c": "one"}, removed="ab"), is_oldest=False)

    assert found.removed() == ["a", "b"]


def test_text_whose_first_document_was_removed_is_kept_for_the_next(
    write: Callable[..., Segment], tmp_path: Path
) -> None:
    found = merged(tmp_path / "merged", write({"a": "one ferry"}), write({"b": "one ferry"}, removed="a"))

    assert (len(found), len(found.hashes)) == (1, 1)
    assert found.postings().sizes.tolist() == write({"b": "one ferry"}).postings().sizes.tolist()


def test_ids_of_both_forms_live_in_one_segment(write: Callable[..., Segment], tmp_path: Path) -> None:
    texts = {"ab" * 16: "one ferry", "a": "two ferries"}
    one, other = (write({doc_id: text}) for doc_id, text in texts.items())
    found = merged(tmp_path / "merged", one, other)

    assert sorted(doc.id for doc in found.docs_of(list(map(text_hash, texts.values())))) == sorted(texts)
