from __future__ import annotations

from collections.abc import Callable

import numpy as np

from pipeline.dedup.candidates import build_runs, pairs_between, pairs_within
from pipeline.dedup.fingerprint import Scheme, fingerprint


def within(texts: list[str], scheme: Scheme, max_bucket: int = 64) -> set[tuple[int, int]]:
    found = pairs_within(build_runs(fingerprint(texts, scheme), 2), max_bucket)
    return {(int(one), int(other)) for one, other in found}


def test_copies_are_met(scheme: Scheme, make_story: Callable[..., str]) -> None:
    text = make_story(1)

    assert within([text, make_story(2), text.replace("quay", "pier")], scheme) == {(0, 2)}


def test_brief_meets_the_long_story_it_is_cut_from(scheme: Scheme, make_story: Callable[..., str]) -> None:
    long = make_story(1, sentences=120)
    brief = " ".join(long.split()[:45])

    assert within([long, brief], scheme) == {(0, 1)}


def test_texts_without_words_meet_nothing(scheme: Scheme) -> None:
    assert within(["", "", "—", "—"], scheme) == set()


def test_pairs_are_sorted_and_each_once(scheme: Scheme, make_story: Callable[..., str]) -> None:
    found = pairs_within(build_runs(fingerprint([make_story(1)] * 5, scheme), 2), 64)

    assert found.dtype == np.int64
    assert found.tolist() == [[a, b] for a in range(5) for b in range(a + 1, 5)]


def test_pairs_between_are_those_within_that_cross(scheme: Scheme, make_story: Callable[..., str]) -> None:
    old = [make_story(n) for n in range(6)]
    new = [text + f"\n\nUpdated by desk {n}." for n, text in enumerate(old)]
    runs = [build_runs(fingerprint(texts, scheme), 2) for texts in (new, old)]

    crossing = {(one, other - 6) for one, other in within(new + old, scheme) if one < 6 <= other}
    assert {(int(one), int(other)) for one, other in pairs_between(*runs, 64)} == crossing


def test_nothing_is_found_in_an_empty_index(scheme: Scheme, make_story: Callable[..., str]) -> None:
    empty, some = (build_runs(fingerprint(texts, scheme), 2) for texts in ([], [make_story(1)]))

    assert pairs_between(some, empty, 64).tolist() == []
    assert pairs_between(empty, some, 64).tolist() == []


def test_large_family_stays_connected_at_bounded_cost(scheme: Scheme, make_story: Callable[..., str]) -> None:
    base = make_story(1, sentences=30)
    family = [f"{base}\n\nEdition {n} of the paper printed in {n * 13} copies." for n in range(60)]
    pairs = within(family, scheme, max_bucket=4)

    assert {other for pair in pairs for other in pair} == set(range(60))
    assert len(pairs) < 60 * 59 / 2
