"""Claims about the line model: it reasons like a chain, says why, and refuses a file that is not made for it."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from pipeline.clean import Cleaner
from pipeline.clean.features import NAMES
from pipeline.clean.model import CLASSES, KEPT, LineModel, read_model
from pipeline.errors import RulebookError

COUNT = len(CLASSES)


def weights_file(**changes: object) -> str:
    told = {
        "classes": [kind.value for kind in CLASSES],
        "features": {NAMES[0]: [100] + [0] * (COUNT - 1), NAMES[1]: [0, 50] + [0] * (COUNT - 2)},
        "moves": np.arange(2 * COUNT * COUNT).reshape(2, COUNT, COUNT).__mod__(37).tolist(),
        "begins": list(range(COUNT)),
        "headline": {"in a list": -200},
        "unsure_rules": ["note.house"],
        "words": {"abonnieren": 2.5},
    }
    return json.dumps(told | changes)


def test_the_model_that_comes_along_can_be_read() -> None:
    assert LineModel.load().leans
    assert LineModel.load().weights.shape == (len(NAMES) + 1, COUNT)


def test_posteriors_are_those_of_summing_over_every_labelling() -> None:
    model = read_model(weights_file())
    active = np.array([[0, -1], [1, 0], [-1, -1]])
    gaps = [False, True, False]
    scores = [np.exp(sum((model.weights[i] for i in row), np.zeros(COUNT)).astype(float)) for row in active]

    summed = np.zeros((3, COUNT))
    for path in product(range(COUNT), repeat=3):
        weight = model.begins[path[0]] * scores[0][path[0]]
        for i in (1, 2):
            weight *= model.moves[int(gaps[i])][path[i - 1], path[i]] * scores[i][path[i]]
        for i in range(3):
            summed[i, path[i]] += weight

    found = model.posteriors(active, gaps, [False] * 3)
    np.testing.assert_allclose(found, summed / summed.sum(axis=1, keepdims=True), rtol=1e-6)


def test_a_line_that_a_rule_took_out_is_never_kept() -> None:
    found = read_model(weights_file()).posteriors(np.array([[0], [0]]), [False, False], [False, True])

    assert found[1, KEPT].sum() < 1e-9
    np.testing.assert_allclose(found.sum(axis=1), 1.0)


def test_a_reason_is_a_feature_that_speaks_for_the_class() -> None:
    model = read_model(weights_file())
    active = np.array([[0, 1], [-1, -1]])

    found = model.reasons(active, np.array([0, 0]), np.array([1, 1]))

    assert found == [NAMES[0], "its neighbours"]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("{", id="no-json"),
        pytest.param("{}", id="nothing-in-it"),
        pytest.param(weights_file(classes=["body"]), id="other-classes"),
        pytest.param(weights_file(features={"a thing unheard of": [0] * COUNT}), id="other-features"),
        pytest.param(weights_file(headline={"a thing unheard of": 1}), id="other-headline-features"),
        pytest.param(weights_file(moves=[[0]]), id="other-shape"),
    ],
)
def test_a_file_made_for_something_else_is_refused(text: str) -> None:
    with pytest.raises(RulebookError, match="make train"):
        read_model(text)


def test_other_weights_are_another_model() -> None:
    assert read_model(weights_file()).digest != read_model(weights_file(words={})).digest


def test_rows_cleaned_with_other_weights_are_told_apart(cleaner: Cleaner) -> None:
    assert replace(cleaner, model=read_model(weights_file())).digest != cleaner.digest
