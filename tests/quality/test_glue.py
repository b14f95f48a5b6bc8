"""Claims about the pages that are made of single ones: what they hold, where their stories lie, always the same."""

from __future__ import annotations

import json
import random
from collections import Counter
from itertools import pairwise

import pytest

from benchmarks.glue import (
    MORE_SEEDS,
    PARTS,
    RAW,
    RUNNING,
    SAME,
    SEVERAL,
    SINGLE,
    TEASERS,
    MadePage,
    Single,
    cut_out,
    made_pages,
    more_pages,
    pages_of,
    said_twice,
    shortened,
    singles,
)
from benchmarks.quality.bench import Bench
from benchmarks.quality.held_out import fold_of
from tests.quality.conftest import write_xz


def single(site: str, number: int, paragraphs: int = 6) -> Single:
    words = " ".join(f"{letter}{site[10]}{number}words" for letter in "abcdefghijkl")
    body = [f"Sentence {n} tells the readers that {words} came of it." for n in range(paragraphs)]
    above = [f"Navigation {n}" for n in range(12)] + [f"Headline {number} of {site}", "March 3, 2026"]
    below = [f"Footer {n}" for n in range(10)]
    places = tuple(range(len(above), len(above) + paragraphs))
    headline = f"Headline {number} of {site}"
    return Single(
        key=f"{site}/{number}", site=site, form=RAW, texts=(*above, *body, *below), body=places, headline=headline
    )


OWN = [single(f"longername{site}.eu", number) for site in range(8) for number in range(3)]


@pytest.fixture(scope="module")
def made() -> list[MadePage]:
    return list(pages_of(OWN, random.Random(3)))


def test_the_same_seed_makes_the_same_pages(made: list[MadePage]) -> None:
    assert list(pages_of(OWN, random.Random(3))) == made
    assert list(pages_of(OWN, random.Random(4))) != made


def test_all_kinds_are_made(made: list[MadePage]) -> None:
    kinds = Counter(page.kind for page in made)

    assert kinds.keys() == {SINGLE, SAME, SEVERAL, TEASERS, RUNNING, PARTS}
    assert kinds[SINGLE] == len(OWN)


def test_a_glued_page_holds_each_story_where_it_says(made: list[MadePage]) -> None:
    glued = [page for page in made if page.kind in (SAME, SEVERAL)]

    for page in glued:
        assert 2 <= len(page.zones) <= 4
        assert (len(page.sites) == 1) == (page.kind == SAME)
        assert page.starts[0] == 0
        for (first, last), (start, stop), own in zip(page.zones, page.spans, page.starts, strict=True):
            assert own <= start <= first <= last <= stop
            assert page.texts[first].startswith("Sentence 0")
        assert all(stop < start for (_, stop), (start, _) in pairwise(page.spans))
        assert all(head is None or page.texts[head].startswith("Headline") for head in page.headlines)


def test_what_only_looks_glued_is_one_story(made: list[MadePage]) -> None:
    assert {len(page.zones) for page in made if page.kind not in (SAME, SEVERAL)} == {1}


def test_cutting_out_counts_lines_that_are_not_blank() -> None:
    page = single("longernamea.eu", 1)
    spaced = Single(
        key="x",
        site="longernamea.eu",
        form=RAW,
        texts=(*page.texts[:13], "", page.texts[13], "", *page.texts[14:]),
        body=tuple(i + 2 for i in page.body),
    )
    texts, body = cut_out(spaced, 2, 1)

    assert texts[:4] == ("Headline 1 of longernamea.eu", "", "March 3, 2026", "")
    assert texts[-1] == "Footer 0"
    assert [texts[i] for i in body] == [spaced.texts[i] for i in spaced.body]


def test_a_brief_keeps_the_first_paragraphs_and_what_stands_below() -> None:
    brief = shortened(single("longernamea.eu", 1), 3)

    assert [brief.texts[i][:10] for i in brief.body] == ["Sentence 0", "Sentence 1", "Sentence 2"]
    assert brief.texts[brief.body[-1] + 1] == "Footer 0"


@pytest.mark.parametrize("paragraphs", [5, 6], ids=["dated", "with-buttons"])
def test_a_headline_is_said_twice_above_the_text(paragraphs: int) -> None:
    page = single("longernamea.eu", 1, paragraphs)
    texts, body = said_twice(page, page.texts, page.body)

    assert texts[: body[0]].count("Headline 1 of longernamea.eu") == 2
    assert [texts[i] for i in body] == [page.texts[i] for i in page.body]


def test_pages_of_a_fold_come_of_its_sites_alone(bench: Bench) -> None:
    rows = [
        {
            "id": one.key,
            "site": one.site,
            "constructed": False,
            "articles": [{}],
            "lines": [{"text": text, "label": "B" if i in one.body else "NAV"} for i, text in enumerate(one.texts)],
        }
        for one in OWN
    ]
    (bench.root / "dumps/dev.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    write_xz(bench.root / "extraction/dumps.jsonl.xz", [])

    assert [one.key for one in singles(bench)] == [one.key for one in OWN]
    made = list(made_pages(bench))
    assert all({fold_of(site) for site in page.sites} == {page.fold} for page in made)

    more = list(more_pages(bench))
    others = sum(page.kind != SINGLE for page in made)
    assert SINGLE not in {page.kind for page in more}
    assert len(more) == len(MORE_SEEDS) * others
    assert len({page.text for page in more}) > others
