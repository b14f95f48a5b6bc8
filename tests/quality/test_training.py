"""Claims about making the line model: the slope is the likelihood's, and the same pages give the same file."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.training.corpus import ALIKE, TURNS, Example, WordCounts, of_turn, unsure_rules
from benchmarks.training.crf import likelihood, pack
from benchmarks.training.fit import fit
from benchmarks.training.headlines import fit_headlines
from pipeline.clean.features import FIELDS, NAMES, Surroundings, features
from pipeline.clean.headline_model import candidates
from pipeline.clean.lines import read_lines
from pipeline.clean.marks import Mark
from pipeline.clean.model import CLASSES, KEPT, read_headlines, read_model
from pipeline.text import split_lines

BODY = "The council of Harrow Mill voted on Monday to close the old Millers Bridge for a year of repairs to its arches."


def example(text: str, kept: str, site: str = "a.example", rule: str = "") -> Example:
    lines = read_lines(split_lines(text))
    marks: list[Mark | None] = [None] * len(lines)
    around = Surroundings(headline=0, first_body=1)
    return Example(
        source="dumps",
        key=f"{site}#0",
        site=site,
        lines=tuple(lines),
        active=features(lines, marks, around, {}, {}).astype(np.int16),
        gaps=np.array([line.blanks_before > 0 for line in lines]),
        allowed=np.array([KEPT if sign == "k" else ~KEPT for sign in kept]),
        words=tuple(tuple(line.folded.split()) for line in lines),
        rules=(rule,) * len(lines),
        marks=tuple(marks),
        candidates=tuple(candidates(lines, marks)),
        headlines=frozenset({0}),
    )


PAGES = [
    example(f"Bridge to close\n\n{BODY}\n\n{BODY}\n\nSubscribe", "dkkd"),
    example(f"Oysters stolen\n{BODY}\nMore stories", "dkd", "b.example"),
]


def test_the_slope_is_that_of_the_likelihood() -> None:
    packed = pack(PAGES, [1.0, 0.5], len(NAMES))
    size = (len(NAMES) + 2 * len(CLASSES) + 1) * len(CLASSES)
    rng = np.random.default_rng(1)
    theta, way = rng.normal(0, 0.1, size), rng.normal(0, 1, size)

    value = likelihood(packed, len(CLASSES), 0.5)
    ahead, behind = value(theta + 1e-3 * way)[0], value(theta - 1e-3 * way)[0]

    assert (ahead - behind) / 2e-3 == pytest.approx(float(value(theta)[1] @ way), rel=2e-3)


def test_the_same_pages_give_the_same_file() -> None:
    assert fit(PAGES, rounds=5) == fit(PAGES, rounds=5)


def test_each_turn_takes_every_page_in_one_of_the_forms_that_are_alike() -> None:
    names = ("innertext", *ALIKE)
    pages = [replace(PAGES[0], key=f"{name}:{page}") for page in ("p1", "p2", "p3") for name in names]
    turns = [{page.key for page in of_turn(pages, turn)} for turn in range(TURNS)]

    assert all(len(turn) == 2 * 3 for turn in turns)
    assert set.union(*turns) == {page.key for page in pages}
    assert set.intersection(*turns) == {"innertext:p1", "innertext:p2", "innertext:p3"}


def test_what_was_trained_tells_the_lines_it_was_shown_apart() -> None:
    model = read_model(fit(PAGES, l2=0.1, rounds=40))
    page = PAGES[0]

    kept = model.posteriors(page.active.astype(int), page.gaps.tolist(), [False] * 4)[:, KEPT].sum(axis=1)

    assert (kept > 0.5).tolist() == [False, True, True, False]


def test_the_headline_of_the_pages_shown_is_chosen_again() -> None:
    chooser = read_headlines(fit_headlines(PAGES))

    assert [chooser.best(page.candidates) for page in PAGES] == [0, 0]


def test_a_word_is_known_from_six_other_sites_on() -> None:
    pages = [example("Title words\nSubscribe", "dd", f"s{n}.example") for n in range(6)]
    counts = WordCounts(pages)

    assert counts.lean("subscribe") == pytest.approx(2.8)
    assert counts.lean("subscribe", "s0.example") is None
    assert counts.leans().keys() == {"title", "words", "subscribe"}


def test_words_of_other_sites_take_their_columns() -> None:
    pages = [example("Title words\nSubscribe", "dd", f"s{n}.example") for n in range(7)]
    told = WordCounts(pages).told(pages[0])
    column = list(FIELDS).index("words of page tools")

    assert NAMES[told.active[1, column]].startswith("words of page tools: under 2 words")
    assert (
        np.delete(told.active, [column, column + 1], 1) == np.delete(pages[0].active, [column, column + 1], 1)
    ).all()


def test_a_rule_that_takes_out_text_of_two_sites_is_unsure() -> None:
    wrong = [example(f"{BODY}\n{BODY}", "kk", f"s{n}.example", rule="too.wide") for n in range(2)]
    right = [example("Share\nPrint", "dd", f"s{n}.example", rule="share.buttons") for n in range(2)]

    assert unsure_rules([*wrong, *right]) == ["too.wide"]
