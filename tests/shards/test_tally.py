"""Claims about counts: they add up in any order, and each dump is counted under its site or folder."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.shards.tally import SOURCE_FIELDS, Tally, source_of

Facts = dict[str, Any]
NAMES = st.sampled_from(["alpha", "beta", "gamma"])
COUNTERS = st.dictionaries(NAMES, st.integers(0, 9))
TALLIES = st.builds(
    dict,
    records=st.integers(0, 9),
    skipped=st.integers(0, 9),
    reasons=COUNTERS,
    removed=COUNTERS,
    sources=st.dictionaries(NAMES, st.dictionaries(st.sampled_from(SOURCE_FIELDS), st.integers(0, 9))),
)


def tally(facts: Facts) -> Tally:
    """Return a tally with these counts."""
    made = Tally()
    made.records, made.skipped = facts["records"], facts["skipped"]
    made.reasons.update(facts["reasons"])
    made.removed.update(facts["removed"])
    for source, counts in facts["sources"].items():
        made.count_source(source, counts)
    return made


def total(parts: list[Facts]) -> Tally:
    whole = Tally()
    for part in parts:
        whole.add(tally(part))
    return whole


@given(st.lists(TALLIES, max_size=5), st.randoms(use_true_random=False))
def test_shards_add_up_to_the_same_in_any_order(parts: list[Facts], draw: st.RandomType) -> None:
    shuffled = parts.copy()
    draw.shuffle(shuffled)

    assert total(parts) == total(shuffled)


@given(TALLIES, TALLIES)
def test_adding_leaves_the_other_as_it_was(one: Facts, other: Facts) -> None:
    whole, part = tally(one), tally(other)

    whole.add(part)
    whole.count_source("alpha", {"records": 5})

    assert part == tally(other)


def test_source_has_every_count_from_the_start() -> None:
    made = Tally()

    made.count_source("alpha", {"articles": 2})

    assert made.sources == {"alpha": {**dict.fromkeys(SOURCE_FIELDS, 0), "articles": 2}}


@pytest.mark.parametrize(
    ("site", "path", "source"),
    [
        ("daily.example", "herald/a.txt", "daily.example"),
        (None, "herald/2026/a.txt", "herald"),
        ("", "herald/a.txt", "herald"),
        (None, "a.txt", "(top folder)"),
    ],
    ids=["site", "folder", "empty site", "no folder"],
)
def test_dump_is_counted_under_its_site_else_its_top_folder(site: str | None, path: str, source: str) -> None:
    assert source_of(site, path) == source
