"""Scores of clusters, on documents made up here."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from benchmarks.quality import duplicates
from benchmarks.quality.figures import Sheet
from benchmarks.quality.predict import Prediction

# Story s: a, its copy b and its shortened copy c; story t: d, a look-alike of a.
ROWS = [{"id": key, "story": story, "cluster": story} for key, story in zip("abcd", "ssst", strict=True)]
PAIRS = [("a", "b", "1", "exact"), ("a", "c", "1", "brief"), ("a", "d", "0", "NEG_form")]
RIGHT = {"a": "1", "b": "1", "c": "1", "d": "2"}
SHORT_LOST = {"a": "1", "b": "1", "c": "3", "d": "2"}
ALL_MERGED = dict.fromkeys("abcd", "1")


def sheet(page_text: dict[str, str], make_prediction: Callable[..., Prediction]) -> Sheet:
    predictions = {key: make_prediction(key, "x") for key in "abcd"}
    return duplicates.sheet(ROWS, PAIRS, {"page text": page_text, "body": RIGHT}, predictions)


@pytest.mark.parametrize(
    ("found", "precision", "recall", "f1"),
    [(RIGHT, 1.0, 1.0, 1.0), (SHORT_LOST, 1.0, 1 / 3, 0.5), (ALL_MERGED, 0.5, 1.0, 2 / 3)],
    ids=["right", "one copy lost", "all in one"],
)
def test_pairs_of_a_cluster_are_counted_once(found: dict[str, str], precision: float, recall: float, f1: float) -> None:
    figures = duplicates.partition_figures(ROWS, found)

    assert [figures[name].value for name in ("pair P", "pair R", "pair F1")] == pytest.approx([precision, recall, f1])


def test_recall_is_given_by_edit_and_as_a_mean(make_prediction: Callable[..., Prediction]) -> None:
    figures = sheet(SHORT_LOST, make_prediction).figures

    assert figures["dedup/page text/recall: exact"].value == 1.0
    assert figures["dedup/page text/recall: brief"].value == 0.0
    assert figures["dedup/page text/recall: mean of kinds"].value == 0.5


def test_a_merged_look_alike_is_not_apart(make_prediction: Callable[..., Prediction]) -> None:
    figures = sheet(ALL_MERGED, make_prediction).figures

    assert figures["dedup/page text/apart: NEG_form"].value == 0.0
    assert figures["dedup/body/apart: NEG_form"].value == 1.0


def test_the_gap_is_what_cleaning_costs(make_prediction: Callable[..., Prediction]) -> None:
    partition = sheet(SHORT_LOST, make_prediction).tables[0]

    assert dict(zip(partition.header, partition.rows[-1], strict=True))["pair F1"] == "-0.5000"


def test_every_wrong_pair_is_listed(make_prediction: Callable[..., Prediction]) -> None:
    errors = sheet(ALL_MERGED, make_prediction).errors

    assert errors == ({"form": "page text", "a": "a", "b": "d", "kind": "NEG_form", "merged": True},)


def test_kinds_have_no_floor_of_their_own_but_their_mean_has(make_prediction: Callable[..., Prediction]) -> None:
    pinned = sheet(RIGHT, make_prediction).pinned

    assert "dedup/body/recall: mean of kinds" in pinned
    assert "dedup/body/recall: exact" not in pinned
