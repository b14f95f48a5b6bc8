"""Claims about the titles that a page's markup tells, and headlines held against them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from benchmarks.quality.predict import Prediction, page_dump
from benchmarks.quality.titles import ReadTitles, headline_table, headlines
from pipeline.text import fold

HTML = (
    '<meta property="og:title" content="Bridge shut | Herald"><h1>Bridge to <i>close</i> for a year</h1><h1>More</h1>'
)


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        pytest.param(["Home", "Bridge to close for a year", "Read on"], {1}, id="heading"),
        pytest.param(["Bridge shut | Herald", "Read on"], {0}, id="told-to-networks"),
        pytest.param(["Home", "Read on"], set(), id="not-shown"),
        pytest.param(["Bridge to close for a year"] * 7, set(), id="everywhere"),
    ],
)
def test_headlines_are_known_from_the_markup(lines: list[str], found: set[int]) -> None:
    assert ReadTitles()(HTML).lines([fold(line) for line in lines]) == found


def test_headlines_are_counted_where_the_page_says_its_title(make_prediction: Callable[..., Prediction]) -> None:
    texts = {
        "a": "Home\nBridge to close for a year\nBody.",
        "b": "Bridge to close for a year\nBody.",
        "c": "Home\nBody.",
    }
    dumps = [page_dump(f"main content:{key}", text) for key, text in texts.items()]
    told = {"a": "Bridge to close for a year!", "b": "Body.", "c": "Home"}
    made = {
        dump.source_path: make_prediction(dump.source_path, "Body.", headline=told[dump.source_path[-1]])
        for dump in dumps
    }
    pages = {key: {"source": "zyte", "site": f"{key}.example"} for key in texts}

    found = list(headlines(dumps, pages, dict.fromkeys(texts, ReadTitles()(HTML)), made))
    table, figures = headline_table(found)

    assert [(one.page, one.is_right) for one in found] == [("a", True), ("b", False)]
    assert table.rows[0][:4] == ("zyte", "main content", 2, 2)
    assert figures["extraction/zyte/main content/headline"].value == 0.5
