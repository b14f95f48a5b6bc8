"""Claims about the splitter's weights: what they add up to, what they say, and which file is refused."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.clean import Cleaner
from pipeline.clean.gaps import FIRST_SIGNS, SIGNS, Gap
from pipeline.clean.openers import OPENER_SIGNS
from pipeline.clean.splitter import CERTAIN, Splitter, read_splitter, weigh
from pipeline.errors import RulebookError


def weights_file(**changes: object) -> str:
    told = {
        "least": 0.5,
        "first": -2.0,
        "bias": -1.0,
        "start": -1.0,
        "gap": {name: float(n == 0) * 3 - float(n == 1) for n, name in enumerate(FIRST_SIGNS)},
        "signs": SIGNS,
        "trees": [[0, 0.5, 1, 0.2, 1, 0.8, 0.0, -0.5, 3.0, 2.0]],
        "opener": dict.fromkeys(OPENER_SIGNS, 0.0),
    }
    return json.dumps(told | changes)


def gap(*signs: float, is_headed: bool = False) -> Gap:
    values = signs + (0.0,) * (len(SIGNS) - len(signs))
    return Gap(above=0, below=2, opener=1, is_headed=is_headed, words_above=90, words_below=90, signs=values)


def test_the_splitter_that_comes_along_can_be_read() -> None:
    assert len(Splitter.load().weights) == len(FIRST_SIGNS)


def test_the_score_is_the_start_and_what_the_trees_add() -> None:
    splitter = read_splitter(weights_file())

    assert splitter.score(gap(1.0, 0.5)) == pytest.approx(-1.0 + 3.0)
    assert splitter.score(gap(0.0, 0.5)) == pytest.approx(-1.0 - 0.5)
    assert splitter.score(gap(is_headed=True)) == CERTAIN


@given(
    st.lists(st.floats(0, 1), min_size=len(FIRST_SIGNS), max_size=len(FIRST_SIGNS)),
    st.sets(st.sampled_from(FIRST_SIGNS)),
)
def test_a_gap_whose_first_signs_say_enough_is_refused_by_none_of_them(values: list[float], known: set[str]) -> None:
    splitter = Splitter.load()
    told = dict(zip(FIRST_SIGNS, values, strict=True))
    told |= {name: 2 * value - 1 for name, value in told.items() if name.startswith("fewer")}
    splitter = replace(splitter, first=splitter.bias + weigh(splitter.weights, tuple(told.values())))

    assert splitter.may_cut({name: told[name] for name in known}, {})
    assert splitter.may_cut({name: told[name] for name in known}, told)
    assert not replace(splitter, first=splitter.first + 0.01).may_cut(told, {})


def test_a_cut_names_the_signs_that_speak_for_it() -> None:
    assert read_splitter(weights_file()).why(gap(1.0, 1.0)) == f"0.73 likely a new story: {SIGNS[0]}"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("{", id="no-json"),
        pytest.param("{}", id="nothing-in-it"),
        pytest.param(weights_file(gap={"a sign unheard of": 1.0}), id="other-signs"),
        pytest.param(weights_file(opener={}), id="no-openers"),
        pytest.param(weights_file(least="much"), id="no-number"),
        pytest.param(weights_file(signs=[]), id="trees-over-other-signs"),
        pytest.param(weights_file(trees=[[0, 0.5, 1, 0.2, 1, 0.8, 0.0]]), id="a-tree-of-one-leaf"),
        pytest.param(weights_file(trees=[[900, 0.5, 1, 0.2, 1, 0.8, 0.0, 0.0, 0.0, 0.0]]), id="a-sign-out-of-the-row"),
    ],
)
def test_a_file_made_for_something_else_is_refused(text: str) -> None:
    with pytest.raises(RulebookError, match="make train"):
        read_splitter(text)


def test_rows_cut_with_other_weights_are_told_apart(cleaner: Cleaner) -> None:
    assert replace(cleaner, splitter=read_splitter(weights_file())).digest != cleaner.digest
