from __future__ import annotations

import random
from collections.abc import Callable

import numpy as np
import pytest

from pipeline.dedup import candidates, compiled
from pipeline.dedup.candidates import Pairs, build_postings, pairs_between, pairs_within
from pipeline.dedup.fingerprint import Fingerprints, Scheme, fingerprint
from pipeline.settings import DedupSettings


def pairs_of(prints: Fingerprints, max_bucket: int = 64) -> Pairs:
    rows = np.arange(len(prints))
    return pairs_within(prints, rows, build_postings(prints, rows), max_bucket)


def pairs_with(new: Fingerprints, old: Fingerprints, max_bucket: int = 64) -> Pairs:
    postings = build_postings(old, np.arange(len(old)))
    return pairs_between(new, np.arange(len(new)), postings, max_bucket)


def within(texts: list[str], scheme: Scheme, max_bucket: int = 64) -> set[tuple[int, int]]:
    return {(int(one), int(other)) for one, other in pairs_of(fingerprint(texts, scheme), max_bucket)}


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
    found = pairs_of(fingerprint([make_story(1)] * 5, scheme))

    assert found.dtype == np.int64
    assert found.tolist() == [[a, b] for a in range(5) for b in range(a + 1, 5)]


def test_pairs_between_are_those_within_that_cross(scheme: Scheme, make_story: Callable[..., str]) -> None:
    old = [make_story(n) for n in range(6)]
    new = [text + f"\n\nUpdated by desk {n}." for n, text in enumerate(old)]
    prints = [fingerprint(texts, scheme) for texts in (new, old)]

    crossing = {(one, other - 6) for one, other in within(new + old, scheme) if one < 6 <= other}
    assert {(int(one), int(other)) for one, other in pairs_with(*prints)} == crossing


def test_every_text_of_a_large_family_meets_enough_of_it_to_be_joined(
    scheme: Scheme, make_story: Callable[..., str]
) -> None:
    draw, story = random.Random(5), make_story(1, sentences=40).split()
    family = [
        " ".join(f"w{copy}x{at}" if draw.random() < 0.06 else word for at, word in enumerate(story))
        for copy in range(80)
    ]
    met = np.bincount(pairs_of(fingerprint(family, scheme), max_bucket=16).ravel(), minlength=len(family))

    assert met.min() >= DedupSettings().link_most


def test_nothing_is_found_in_an_empty_index(scheme: Scheme, make_story: Callable[..., str]) -> None:
    empty, some = (fingerprint(texts, scheme) for texts in ([], [make_story(1)]))

    assert pairs_with(some, empty).tolist() == []
    assert pairs_with(empty, some).tolist() == []


def test_large_family_stays_connected_at_bounded_cost(scheme: Scheme, make_story: Callable[..., str]) -> None:
    base = make_story(1, sentences=30)
    family = [f"{base}\n\nEdition {n} of the paper printed in {n * 13} copies." for n in range(60)]
    pairs = within(family, scheme, max_bucket=4)

    assert {other for pair in pairs for other in pair} == set(range(60))
    assert len(pairs) < 60 * 59 / 2


def test_both_kernels_meet_the_same_pairs(
    scheme: Scheme, make_story: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = [make_story(seed % 40) + make_story(1000 + seed // 3) for seed in range(120)]
    old, new = (fingerprint(part, scheme) for part in (texts, texts[:30]))
    once = [pairs_of(old, most).tolist() + pairs_with(new, old, most).tolist() for most in (2, 32)]
    monkeypatch.setattr(compiled, "LIBRARY", None)
    monkeypatch.setattr(candidates, "_ROWS_AT_ONCE", 7)
    monkeypatch.setattr(candidates, "_KEYS_AT_ONCE", 50)

    assert [pairs_of(old, most).tolist() + pairs_with(new, old, most).tolist() for most in (2, 32)] == once
    assert len(once[0]) > 100


@pytest.mark.parametrize(
    "texts",
    [["the same words again"] * 3000, [f"w{n % 7}" for n in range(3000)]],
    ids=["all equal", "shorter than a shingle"],
)
def test_work_is_bounded_for_any_texts(scheme: Scheme, texts: list[str]) -> None:
    assert len(within(texts, scheme, max_bucket=32)) < 40 * len(texts)


@pytest.mark.parametrize("count", [1, 2, 5, 64, 65])
def test_postings_give_back_every_key_of_every_row(scheme: Scheme, make_story: Callable[..., str], count: int) -> None:
    prints = fingerprint([make_story(seed, sentences=3) for seed in range(count)] + ["left out"], scheme)
    postings = build_postings(prints, np.arange(count))
    packed = postings.packed(0, len(postings.directory) - 1)

    rows = np.repeat(np.arange(count + 1), np.diff(prints.offsets))
    wanted = sorted((int(key), int(row)) for key, row in zip(prints.keys, rows, strict=True) if row < count)
    assert [(int(both) >> 32, int(both) & 0xFFFFFFFF) for both in packed] == wanted
    assert postings.sizes.tolist() == np.diff(prints.offsets)[:count].tolist()
