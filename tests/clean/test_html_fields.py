"""Every feature of the HTML line model has a name of its own, and a value finds it."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.clean.html_fields import BOUNDS, FIELDS, FLAG_START, FLAGS, NAMES, PARTS, bucket, crossed


def parts(**given: int) -> dict[str, np.ndarray]:
    return {name: np.array([given.get(name.replace(" ", "_"), 0)]) for name in PARTS}


def test_names_are_unique_and_flags_come_last() -> None:
    assert len(set(NAMES)) == len(NAMES)
    assert NAMES[FLAG_START:] == FLAGS


def test_every_part_of_every_field_is_a_part() -> None:
    assert {part for field in FIELDS for part in field} <= PARTS.keys()


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({}, "tag: other; coarse: under 4"),
        ({"tag": 1, "coarse": 2}, "tag: p; coarse: 13 or more"),
        ({"zone": 1, "tag": 9}, "zone: in the text; tag: li"),
        ({"prose_beside_it": 6, "stop": 1, "tag": 1}, "prose beside it: 0.9 or more; stop: stop; tag: p"),
    ],
)
def test_a_line_has_one_named_value_of_each_field(given: dict[str, int], name: str) -> None:
    places = crossed(parts(**given))

    assert places.shape == (1, len(FIELDS))
    assert name in [NAMES[place] for place in places[0]]


def test_the_last_value_of_a_field_is_beside_the_first_of_the_next() -> None:
    first = crossed({name: np.array([0]) for name in PARTS})[0]
    last = crossed({name: np.array([len(values) - 1]) for name, values in PARTS.items()})[0]

    assert (last[:-1] + 1).tolist() == first[1:].tolist()
    assert last[-1] + 1 == FLAG_START


@pytest.mark.parametrize("name", BOUNDS)
def test_buckets_part_at_their_bounds(name: str) -> None:
    bounds = BOUNDS[name]

    assert bucket(name, np.array(bounds)).tolist() == list(range(1, len(bounds) + 1))
    assert bucket(name, np.array([-100.0, 1e9])).tolist() == [0, len(bounds)]
    assert len(PARTS[name]) == len(bounds) + 1
