"""Documents through cleaner and matcher."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.quality.clusters import Cluster, Corpus, cleaned_corpus

TEXT = (
    "The harbour board voted on Tuesday to close the old swing bridge for nine weeks. Lorries will take the northern "
    "road while engineers replace the bearings, the board said, and buses run every quarter of an hour."
)


def test_copies_share_a_cluster_and_a_document_without_text_stands_alone() -> None:
    rows = tuple({"id": key, "title": "Bridge closes", "date": "2026-03-04", "site": key} for key in "abcd")

    found = Cluster()(Corpus(rows, {"a": TEXT, "b": TEXT, "c": "", "d": ""}))

    assert found["a"] == found["b"]
    assert len({found["a"], found["c"], found["d"]}) == 3


def test_the_headline_is_the_cleaners(keep_all: Callable[[], Any]) -> None:
    rows = [{"id": "a", "text": TEXT, "title": "As the feed has it", "site": "One", "date": "2026-03-04"}]

    corpus, predictions = cleaned_corpus(rows, workers=1, make_cleaner=keep_all)

    assert corpus.rows[0]["title"] == "Bridge opens"
    assert corpus.texts == {"a": TEXT} == {key: made.text for key, made in predictions.items()}
