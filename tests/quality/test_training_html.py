"""Claims about making the HTML line model: the same pages give the same file, and it tells what it was shown apart."""

from __future__ import annotations

import json
import lzma
from pathlib import Path

import numpy as np
import pytest

from benchmarks.quality.bench import Bench
from benchmarks.training.html import Counts, HtmlExample, fit_html, html_examples, unsure_rules
from pipeline.clean.html_features import Told
from pipeline.clean.html_model import DROPPED, KEPT, STANDFIRST, read_html_model
from pipeline.clean.lines import read_lines
from pipeline.clean.render import render
from pipeline.limits import Limits

BODY = (
    "The council of Harrow Mill voted on Monday to close the old Millers Bridge for a year of repairs to its arches.",
    "Engineers told the council that two of the seven arches had moved by a hand's breadth since last spring.",
)
LEAD = "Two of seven arches have moved"


def page(number: int, source: str) -> dict[str, object]:
    story = f"<p class=lead>{LEAD}</p><p>{BODY[0]}</p><p>{BODY[1]} Page {number} of them.</p>"
    html = f"<h1>Bridge to close</h1><div class=body>{story}</div><div class=promo><p>Subscribe to page {number}.</p></div>"
    gold = [LEAD, BODY[0]] if source == "fundus-test" else [BODY[0]]
    gold.append(f"{BODY[1]} Page {number} of them.")
    return {"id": str(number), "source": source, "site": f"{number}.example", "url": None, "html": html, "gold": gold}


@pytest.fixture
def examples(tmp_path: Path) -> list[HtmlExample]:
    """Return the material of eight pages of eight sites, from both sources."""
    rows = [page(number, "zyte" if number % 2 else "fundus-test") for number in range(8)]
    (tmp_path / "extraction").mkdir()
    with lzma.open(tmp_path / "extraction" / "pages.jsonl.xz", "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)
    return list(html_examples(Bench(tmp_path)))


def test_the_gold_leaves_the_standfirst_open_as_its_source_counts_it(examples: list[HtmlExample]) -> None:
    with_standfirst, without = (
        {line.bare: own for line, own in zip(one.lines, one.allowed, strict=True)} for one in examples[:2]
    )

    assert np.flatnonzero(with_standfirst[LEAD]).tolist() == [KEPT, STANDFIRST]
    assert np.flatnonzero(without[LEAD]).tolist() == [STANDFIRST, DROPPED]
    assert np.flatnonzero(with_standfirst["Subscribe to page 0."]).tolist() == [DROPPED]
    assert np.flatnonzero(without[BODY[0]]).tolist() == [KEPT]


def test_words_lean_to_what_is_dropped_around_them_a_site_left_out(examples: list[HtmlExample]) -> None:
    names = Counts(examples, "own")
    words = Counts(examples, "words")

    assert words.leans()["subscribe"] == 3.0
    assert words.leans()["council"] == -3.0
    assert Counts(examples[:5], "words").leans("0.example") == {}
    assert names.leans()["lead"] == 0.0


def test_the_same_pages_give_the_same_file(examples: list[HtmlExample]) -> None:
    assert fit_html(examples) == fit_html(examples)


def test_what_was_trained_tells_text_from_promotion_on_another_page(examples: list[HtmlExample]) -> None:
    model = read_html_model(fit_html(examples, l2=0.1))
    rendered = render(str(page(99, "zyte")["html"]), Limits())
    lines = read_lines(rendered.lines)

    best = model.judge(rendered, lines, Told()).posteriors.argmax(axis=1)

    kinds = {line.bare: int(kind) for line, kind in zip(lines, best, strict=True)}
    assert kinds[BODY[0]] == KEPT
    assert kinds[LEAD] == STANDFIRST
    assert kinds["Subscribe to page 99."] == DROPPED


def test_rules_that_take_out_text_on_two_sites_are_unsure(examples: list[HtmlExample]) -> None:
    assert unsure_rules(examples) == []
