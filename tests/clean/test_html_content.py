"""A page's story is what the model keeps; where the model is unsure trafilatura says; every line has its reason."""

from __future__ import annotations

import json

import numpy as np
import pytest

from pipeline.clean.html_content import Content, find_content, lines_to_judge, sureness
from pipeline.clean.html_features import Told
from pipeline.clean.html_model import HtmlModel, read_html_model
from pipeline.clean.render import parse, render
from pipeline.limits import Limits
from pipeline.records import LineClass
from tests.clean.test_html_model import BODY, EMPTY, PAGE

UNSURE = read_html_model(json.dumps(EMPTY))
LINKS = "<nav><a href='/'>Home</a> <a href='/w'>World</a></nav>"


def content(html: str, model: HtmlModel | None = None) -> tuple[Content, tuple[str, ...]]:
    tree = parse(html, Limits())
    rendered = render(tree, Limits())
    found = find_content(tree, rendered, Told(), model or HtmlModel.load(), Limits())
    return found, rendered.lines


def test_a_sure_model_is_believed() -> None:
    found, lines = content(LINKS + PAGE)

    assert found.method == "model"
    assert [lines[number - 1] for number in sorted(found.inside)] == list(BODY)
    assert {label.rule for label in found.inside.values()} == {"html.model"}


def test_an_unsure_model_leaves_the_page_to_trafilatura() -> None:
    found, lines = content(LINKS + PAGE, UNSURE)

    assert found.method in {"strict", "full"}
    assert {lines[number - 1] for number in found.inside} >= set(BODY)
    assert {label.rule for label in (*found.inside.values(), *found.outside.values())} == {f"html.{found.method}"}


@pytest.mark.parametrize("model", [HtmlModel.load(), UNSURE], ids=["sure", "unsure"])
@pytest.mark.parametrize("html", [LINKS + PAGE, LINKS, "<p>One</p>", "", f"<nav>{PAGE}</nav>"])
def test_every_line_is_inside_or_outside_with_evidence(html: str, model: HtmlModel) -> None:
    found, lines = content(html, model)

    assert set(found.inside) | set(found.outside) == set(range(1, len(lines) + 1))
    assert not set(found.inside) & set(found.outside)
    assert all(label.evidence for label in (*found.inside.values(), *found.outside.values()))
    assert {label.line_class for label in found.outside.values()} <= {LineClass.HTML}


def test_furniture_is_never_looked_at() -> None:
    found, lines = content(LINKS + PAGE)

    skipped = {number for number, label in found.outside.items() if label.rule == "html.furniture"}
    assert {lines[number - 1] for number in skipped} == {"Home World", "Get our letter every morning, free of charge."}
    assert {line.no for line in found.lines} == set(range(1, len(lines) + 1)) - skipped


def test_headings_inside_are_sub_headings() -> None:
    html = PAGE.replace(f"<p>{BODY[2]}</p>", f"<h2>What to do</h2><p>{BODY[2]}</p>")
    found, lines = content(html)

    kinds = {lines[number - 1]: label.line_class for number, label in found.inside.items()}
    assert kinds["What to do"] is LineClass.SUBHEAD
    assert kinds[BODY[2]] is LineClass.BODY


def test_a_heading_with_paragraphs_of_the_story_for_siblings_is_kept_for_all_doubt() -> None:
    box = "<aside class=related><h4>Related</h4><ul><li>Barge operator asks for an earlier season</li></ul></aside>"
    html = PAGE.replace(f"<p>{BODY[2]}</p>", f"<h3>Rationing possible</h3>{box}<p>{BODY[2]}</p>")
    found, lines = content(html)

    kept = [lines[number - 1] for number in sorted(found.inside)]
    assert kept == [*BODY[:2], "Rationing possible", *BODY[2:]]


NOTICE = "This content cannot be shown because you have not agreed to the use of cookies on this site."


def test_a_paragraph_said_in_three_boxes_is_a_notice() -> None:
    box = f"<div class=embed><p>{NOTICE}</p></div>"
    html = PAGE.replace(f"<p>{BODY[1]}</p>", f"{box}<p>{BODY[1]}</p>{box}").replace(
        "</div></main>", f"{box}</div></main>"
    )
    found, lines = content(html)

    assert {lines[number - 1] for number in found.inside} == set(BODY)


def test_a_line_of_a_list_may_recur() -> None:
    line = "Eat a bowl of oats and two eggs before you row, and drink a pint of water at the very least."
    html = PAGE.replace(f"<p>{BODY[1]}</p>", "".join(f"<p>{line}</p><p>{text}</p>" for text in BODY))
    found, lines = content(html)

    assert [lines[number - 1] for number in sorted(found.inside)].count(line) == 4


def test_lines_keep_their_numbers() -> None:
    rendered = render("<p>One</p><p>Two</p><p>Three</p>", Limits())

    assert [(line.no, line.bare) for line in lines_to_judge(rendered, {1})] == [(1, "One"), (3, "Three")]


def test_sureness_is_the_share_of_characters_that_the_answer_expects_right() -> None:
    chars = np.array([100, 100, 50])

    assert sureness(np.array([1.0, 1.0, 0.0]), np.array([True, True, False]), chars) == 1.0
    assert sureness(np.array([0.5, 1.0, 0.0]), np.array([True, True, False]), chars) == pytest.approx(300 / 350)
    assert sureness(np.array([1.0, 0.4, 0.0]), np.array([True, False, False]), chars) == pytest.approx(200 / 240)
    assert sureness(np.array([0.4, 0.4, 0.4]), np.array([False] * 3), chars) == 0.0
