from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipeline.scrape import states
from pipeline.scrape.states import State, Why

PAGE = Path(__file__).parents[2] / "docs" / "scrape.md"


def test_words_are_told_apart_by_more_than_case() -> None:
    words = [str(one).lower() for kind in (State, Why) for one in kind]

    assert len(set(words)) == len(words)


@pytest.mark.parametrize("state", State)
def test_every_state_is_told_of(state: State) -> None:
    assert re.search(rf"^\| `{state}` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize("why", Why)
def test_every_reason_is_told_of(why: Why) -> None:
    assert re.search(rf"`{why}`", PAGE.read_text(encoding="utf-8"))


def test_every_reason_says_which_state_it_is_of() -> None:
    lines = Path(states.__file__).read_text(encoding="utf-8").splitlines()
    said = [
        line.partition("# ")[2].split(":")[0].split(" ")[0].strip()
        for line in lines
        if re.match(r"    [A-Z_]+ = ", line)
    ]

    assert set(said[len(State) + 4 :]) <= set(State)
