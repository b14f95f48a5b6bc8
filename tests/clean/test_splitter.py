"""Claims about the splitter's weights: what they add up to, what they say, and which file is refused."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.clean import Cleaner
from pipeline.clean.gaps import SIGNS, Gap
from pipeline.clean.openers import OPENER_SIGNS
from pipeline.clean.splitter import CERTAIN, Splitter, read_splitter
from pipeline.errors import RulebookError


def weights_file(**changes: object) -> str:
    told = {
        "least": 0.5,
        "bias": -1.0,
        "gap": {name: float(n == 0) * 3 - float(n == 1) for n, name in enumerate(SIGNS)},
        "opener": dict.fromkeys(OPENER_SIGNS, 0.0),
    }
    return json.dumps(told | changes)


def gap(*signs: float, is_headed: bool = False) -> Gap:
    values = signs + (0.0,) * (len(SIGNS) - len(signs))
    return Gap(above=0, below=2, opener=1, is_headed=is_headed, words_above=90, words_below=90, signs=values)


def test_the_splitter_that_comes_along_can_be_read() -> None:
    assert len(Splitter.load().weights) == len(SIGNS)


def test_the_score_is_the_bias_and_what_the_signs_weigh() -> None:
    splitter = read_splitter(weights_file())

    assert splitter.score(gap(1.0, 0.5)) == pytest.approx(-1.0 + 3.0 - 0.5)
    assert splitter.score(gap(is_headed=True)) == CERTAIN


@given(st.lists(st.floats(0, 1), min_size=len(SIGNS), max_size=len(SIGNS)), st.sets(st.sampled_from(SIGNS)))
def test_a_gap_that_scores_enough_is_refused_by_none_of_its_signs(values: list[float], known: set[str]) -> None:
    splitter = Splitter.load()
    told = dict(zip(SIGNS, values, strict=True))
    told |= {name: 2 * value - 1 for name, value in told.items() if name.startswith("fewer")}
    score = splitter.score(gap(*told.values()))

    assert splitter.may_cut(score, {name: told[name] for name in known}, {})
    assert splitter.may_cut(score, {name: told[name] for name in known}, told)
    assert not splitter.may_cut(score + 0.01, told, {})


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
    ],
)
def test_a_file_made_for_something_else_is_refused(text: str) -> None:
    with pytest.raises(RulebookError, match="make train"):
        read_splitter(text)


def test_rows_cut_with_other_weights_are_told_apart(cleaner: Cleaner) -> None:
    assert replace(cleaner, splitter=read_splitter(weights_file())).digest != cleaner.digest
