from __future__ import annotations

import pytest

from pipeline.errors import RecordError
from pipeline.limits import Limits
from pipeline.read.fields import page_of_fields
from pipeline.records import Reason


def test_takes_every_field() -> None:
    page = page_of_fields(
        {
            "id": 17,
            "url": "https://a:b@news.example/x",
            "site": "news.example",
            "title": " A title\u200b ",
            "date": "2026-03-04",
            "author": "Ann Ody",
            "html": "<p>x</p>",
            "unknown": [1],
        },
        Limits(),
    )

    assert (page.kind, page.text, page.source_id, page.url) == ("html", "<p>x</p>", "17", "https://news.example/x")
    assert (page.site, page.title, page.date, page.author) == ("news.example", "A title", "2026-03-04", "Ann Ody")


@pytest.mark.parametrize("name", ["id", "url", "site", "title", "date", "author"])
@pytest.mark.parametrize(
    "value", [["x"], {"a": 1}, True, 1.5, "x" * 5000], ids=["list", "dict", "bool", "float", "huge"]
)
def test_a_wrong_side_field_costs_that_field(name: str, value: object) -> None:
    page = page_of_fields({"text": "The story", name: value}, Limits())

    assert page.text == "The story"
    assert (page.source_id, page.url, page.site, page.title, page.date, page.author) == (None,) * 6


@pytest.mark.parametrize(
    "fields", [{}, {"text": ["a"]}, {"text": 5}, {"text": None}, {"html": {"a": 1}}, {"title": "alone"}], ids=str
)
def test_a_record_without_a_text_is_bad(fields: dict[str, object]) -> None:
    with pytest.raises(RecordError) as caught:
        page_of_fields(fields, Limits())
    assert caught.value.facts["reason"] is Reason.BAD_RECORD


@pytest.mark.parametrize(
    ("fields", "kind", "text"),
    [
        ({"text": "a", "html": "<p>b</p>"}, "text", "a"),
        ({"text": " ", "html": "<p>b</p>"}, "html", "<p>b</p>"),
        ({"text": 5, "html": "<p>b</p>"}, "html", "<p>b</p>"),
        ({"text": "", "html": None}, "text", ""),
        ({"text": "", "html": ""}, "text", ""),
    ],
)
def test_text_goes_before_html_unless_it_is_empty(fields: dict[str, object], kind: str, text: str) -> None:
    page = page_of_fields(fields, Limits())

    assert (page.kind, page.text) == (kind, text)


def test_damage_in_the_text_is_repaired_and_flagged() -> None:
    page = page_of_fields({"text": "A \ud83d lone half"}, Limits())

    assert (page.text, page.repaired) == ("A  lone half", True)
