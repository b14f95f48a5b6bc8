"""Claims about site templates: furniture is learnt a site at a time, in any order, and never from a few pages."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Sequence

import numpy as np
import pytest

from pipeline.clean import Cleaner
from pipeline.clean.lines import read_lines
from pipeline.clean.templates import Counts, Sighting, bound, count, merge, sight, templates, without_site
from pipeline.records import Dump

FURNITURE = "The Harrow Post brings you the valley every morning, with a cup of tea."
WIRE = (
    "The ministry in the capital said on Monday that the grain would be moved by rail, and that there was enough of it."
)
PLACES = [
    "Fenwick",
    "Saltmarsh",
    "Gull Point",
    "Harrow",
    "Ansty",
    "Lorne",
    "Miller's Weir",
    "Ashcombe",
    "Sulasay",
    "Hamarvoe",
]


def page(site: str, number: int, *more: str) -> list[str]:
    place = PLACES[number % len(PLACES)]
    return [
        f"{place} council meets for the {number}th time this year",
        f"The council of {place} met on Monday for the {number}th time to talk about item {number * 7} of its long list.",
        f"Nobody from {site} was there to hear it, but minute {number * 13} of the meeting was written down all the same.",
        f"It will meet again in {number + 3} weeks, when the {number * 11} people of the quarter may ask what they like.",
        *more,
    ]


def pages(site: str, count_: int, *more: str) -> list[Sighting]:
    found = [sight(site, read_lines(page(site, number, *more))) for number in range(count_)]
    return [one for one in found if one is not None]


def marked(found: Counts, site: str, lines: Sequence[str]) -> list[str]:
    read = read_lines(lines)
    marks = templates(found).mark(site, read, [None] * len(read))
    return [line.bare for line, mark in zip(read, marks, strict=True) if mark is not None]


def test_a_line_on_every_page_of_a_site_is_furniture_there_and_nowhere_else() -> None:
    found = count(pages("harrow.example", 40, FURNITURE))

    assert marked(found, "harrow.example", page("harrow.example", 99, FURNITURE)) == [FURNITURE]
    assert marked(found, "other.example", page("other.example", 99, FURNITURE)) == []


def test_a_sentence_of_an_agency_on_many_sites_is_no_furniture() -> None:
    sites = [f"site{number}.example" for number in range(40)]
    found = count(
        [one for site in sites for one in pages(site, 25)] + [one for site in sites for one in pages(site, 1, WIRE)]
    )

    assert [marked(found, site, page(site, 99, WIRE)) for site in sites] == [[]] * 40


@pytest.mark.parametrize("number", [1, 5, 19])
def test_a_few_pages_teach_nothing(number: int) -> None:
    found = count(pages("harrow.example", number, FURNITURE))

    assert marked(found, "harrow.example", page("harrow.example", 99, FURNITURE)) == []


def test_one_page_crawled_forty_times_teaches_nothing() -> None:
    found = count(
        [one for one in pages("harrow.example", 1, FURNITURE) for _ in range(40)] + pages("harrow.example", 30)
    )

    assert marked(found, "harrow.example", page("harrow.example", 0, FURNITURE)) == []


def test_a_sub_heading_that_asks_is_no_furniture_however_often() -> None:
    found = count(pages("harrow.example", 40, "What happens next at the council?"))

    assert marked(found, "harrow.example", page("harrow.example", 99, "What happens next at the council?")) == []


def test_neither_order_nor_runs_change_what_is_known() -> None:
    sightings = pages("harrow.example", 40, FURNITURE) + pages("other.example", 30)
    shuffled = random.Random(7).sample(sightings, len(sightings))

    whole = count(sightings)
    parts = merge([count(shuffled[start : start + 9]) for start in range(0, len(shuffled), 9)])

    for name in Counts.__dataclass_fields__:
        assert np.array_equal(getattr(whole, name), getattr(parts, name)), name


def test_the_evidence_says_on_how_many_pages() -> None:
    lines = read_lines(page("harrow.example", 99, FURNITURE))
    (mark,) = [
        mark
        for mark in templates(count(pages("harrow.example", 40, FURNITURE))).mark("harrow.example", lines, [None] * 5)
        if mark is not None
    ]

    assert mark.label.rule == "site.template"
    assert mark.label.evidence == "on 40 of 40 pages of this site"


def test_what_is_remembered_of_a_site_is_bounded_and_keeps_the_furniture() -> None:
    found = bound(count(pages("harrow.example", 40, FURNITURE)), 10)

    assert len(found.line_keys) == 10
    assert marked(found, "harrow.example", page("harrow.example", 99, FURNITURE)) == [FURNITURE]


def test_the_cleaner_takes_furniture_out_that_no_rule_knows(make_dump: Callable[..., Dump]) -> None:
    cleaner, site = Cleaner.load(), "harrow.example"
    dump = make_dump(
        "\n\n".join(
            page(
                site, 99, FURNITURE, "And that was the end of it for the year, said the clerk, and shut the heavy book."
            )
        ),
        site=site,
    )

    learnt = templates(count(pages(site, 40, FURNITURE)))
    plain = cleaner.clean(dump, dt.date(2026, 3, 10)).articles[0].text
    clean = cleaner.clean(dump, dt.date(2026, 3, 10), learnt).articles[0].text

    assert FURNITURE in plain
    assert FURNITURE not in clean
    assert clean.endswith("And that was the end of it for the year, said the clerk, and shut the heavy book.")


def test_counts_without_a_site_know_nothing_of_it_and_all_of_the_others() -> None:
    both = merge([count(pages("harrow.example", 40, FURNITURE)), count(pages("other.example", 40, FURNITURE))])

    left = without_site(both, "harrow.example")

    assert marked(left, "harrow.example", page("harrow.example", 99, FURNITURE)) == []
    assert marked(left, "other.example", page("other.example", 99, FURNITURE)) == [FURNITURE]
    assert len(left.site_keys) == 1
