"""The HTML line model tells stories from the rest of a page, and a file it was not made for is refused."""

from __future__ import annotations

import json

import numpy as np
import pytest

from pipeline.clean.html_features import Told
from pipeline.clean.html_fields import NAMES
from pipeline.clean.html_model import CLASSES, DROPPED, KEPT, HtmlModel, read_html_model
from pipeline.clean.lines import Line, read_lines
from pipeline.clean.render import Rendered, render
from pipeline.errors import RulebookError
from pipeline.limits import Limits

BODY = (
    "The ferry to the outer islands will not sail before Thursday, the harbour office said on Monday evening.",
    "Waves of four metres are expected off the northern point, and the pier has been closed since Sunday noon.",
    "Some forty passengers spent the night in the gymnasium of the village school, where soup was served.",
    "The council pays for a bus over the bridge as long as the storm lasts, a spokeswoman told reporters.",
)
PAGE = (
    "<div class=topbar>Wednesday edition</div><main><h1>Ferry stays in harbour</h1><div class=article-body>"
    + "".join(f"<p>{text}</p>" for text in BODY)
    + "</div></main><div class=newsletter><p>Get our letter every morning, free of charge.</p></div>"
)
EMPTY = {
    "classes": list(CLASSES),
    "scale": 100,
    "features": {},
    "moves": [[[0] * 3] * 3] * 2,
    "begins": [0] * 3,
    "unsure_rules": [],
    "words": {},
    "own": {},
    "around": {},
    "path": {},
}


def page(html: str = PAGE) -> tuple[Rendered, list[Line]]:
    rendered = render(html, Limits())
    return rendered, read_lines(rendered.lines)


def test_keeps_the_story_and_nothing_else() -> None:
    rendered, lines = page()

    kept = HtmlModel.load().judge(rendered, lines, Told(headline="ferry stays in harbour")).posteriors[:, KEPT] >= 0.5

    assert [line.bare for line, is_kept in zip(lines, kept, strict=True) if is_kept] == list(BODY)


def test_posteriors_sum_to_one_on_pages_of_any_length() -> None:
    for html in ("<p>One</p>", PAGE, "<p>x</p>" * 3_000):
        rendered, lines = page(html)
        sums = HtmlModel.load().judge(rendered, lines, Told()).posteriors.sum(axis=1)
        assert np.allclose(sums, 1.0)


def test_what_is_dropped_is_told_from_the_story_by_named_features() -> None:
    rendered, lines = page()
    model = HtmlModel.load()
    judged = model.judge(rendered, lines, Told())
    dropped = judged.posteriors[:, DROPPED] > 0.5

    reasons = model.reasons(judged, dropped)

    assert len(reasons) == dropped.sum() == len(lines) - len(BODY)
    assert {part for reason in reasons for part in reason.split(" · ")} <= {*NAMES, "its neighbours"}
    assert "newsletter" in reasons[-1] or "lean" in reasons[-1]


def test_weights_that_say_nothing_leave_all_classes_alike() -> None:
    rendered, lines = page()

    judged = read_html_model(json.dumps(EMPTY)).judge(rendered, lines, Told())

    assert np.allclose(judged.posteriors, 1 / 3)


def test_steps_differ_where_the_parent_does() -> None:
    stay = {"moves": [[[200 if row == column else 0 for column in range(3)] for row in range(3)], [[0] * 3] * 3]}
    told = {**EMPTY, **stay, "features": {"tag: p; stop: stop": [300, 0, 0]}}
    rendered, lines = page("<div><p>It rained.</p><h2>Sun</h2></div><h2>Wind</h2>")

    kept = read_html_model(json.dumps(told)).judge(rendered, lines, Told()).posteriors[:, KEPT]

    assert kept[0] > kept[1] > kept[2]


@pytest.mark.parametrize(
    "change",
    [{"features": {"no such feature": [1, 2, 3]}}, {"moves": [[0]]}, {"begins": [0]}, {"words": None}],
    ids=["feature", "moves", "begins", "words"],
)
def test_a_file_made_for_something_else_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(RulebookError, match="make train"):
        read_html_model(json.dumps({**EMPTY, **change}))


def test_damaged_file_is_refused() -> None:
    with pytest.raises(RulebookError, match=r"html\.json"):
        read_html_model("{")


def test_digest_tells_models_apart() -> None:
    other = read_html_model(json.dumps({**EMPTY, "begins": [1, 0, 0]}))

    assert other.digest != read_html_model(json.dumps(EMPTY)).digest
