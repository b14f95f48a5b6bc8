"""The labelled pages through a cleaner."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from benchmarks.quality.predict import fan_out, page_dump, predict


def test_every_page_has_its_prediction(keep_all: Callable[[], Any]) -> None:
    made = predict([page_dump("a", "One."), page_dump("b", "Two.")], workers=1, make_cleaner=keep_all)

    assert {key: prediction.text for key, prediction in made.items()} == {"a": "One.", "b": "Two."}


def test_two_processes_give_what_one_gives_in_the_same_order() -> None:
    items = [{"n": number} for number in range(23)]

    assert fan_out(operator.itemgetter, ("n",), items, workers=2) == list(range(23))


def test_a_page_knows_only_what_it_is_told() -> None:
    made = page_dump("html:a", "<p>é</p>", "html", url="https://a.example/1")

    assert (made.kind, made.url, made.site, made.size_bytes) == ("html", "https://a.example/1", None, 9)
