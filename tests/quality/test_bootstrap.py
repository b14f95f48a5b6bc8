"""Intervals over sites."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.quality import bootstrap


def test_the_same_pages_give_the_same_interval() -> None:
    sums = bootstrap.site_sums(["a", "b", "c"], [(1, 2), (2, 2), (0, 2)])

    assert bootstrap.figure(sums, bootstrap.ratio(0, 1)) == bootstrap.figure(sums, bootstrap.ratio(0, 1))


def test_pages_of_one_site_are_drawn_together() -> None:
    spread = bootstrap.figure(
        bootstrap.site_sums([str(n) for n in range(20)], [(n % 2, 1) for n in range(20)]), bootstrap.ratio(0, 1)
    )
    two_sites = bootstrap.figure(
        bootstrap.site_sums([str(n % 2) for n in range(20)], [(n % 2, 1) for n in range(20)]), bootstrap.ratio(0, 1)
    )

    assert spread.value == two_sites.value == 0.5
    assert spread.low is not None
    assert spread.low > 0.2
    assert (two_sites.low, two_sites.high) == (0.0, 1.0)


def test_one_site_has_no_interval() -> None:
    made = bootstrap.figure(bootstrap.site_sums(["a", "a"], [(1, 1), (0, 1)]), bootstrap.ratio(0, 1))

    assert (made.value, made.low, made.high) == (0.5, None, None)


@pytest.mark.parametrize("score", [bootstrap.ratio(0, 1), bootstrap.f1(0, 1, 2)], ids=["ratio", "F1"])
def test_nothing_counted_scores_nothing(score: Callable[[bootstrap.Totals], bootstrap.Totals]) -> None:
    made = bootstrap.figure(np.zeros((4, 3)), score)

    assert (made.value, made.low, made.high) == (0.0, None, None)


def test_a_draw_without_anything_to_count_is_left_out() -> None:
    one_of_ten = bootstrap.site_sums([str(n) for n in range(10)], [(1, 1)] + [(0, 0)] * 9)

    made = bootstrap.figure(one_of_ten, bootstrap.ratio(0, 1))

    assert (made.value, made.low, made.high) == (1.0, 1.0, 1.0)


@given(
    st.lists(
        st.tuples(st.sampled_from("abcdef"), st.integers(0, 9), st.integers(0, 9), st.integers(0, 9)),
        min_size=1,
        max_size=30,
    )
)
def test_the_interval_stays_between_the_worst_and_the_best_site(pages: list[tuple[str, int, int, int]]) -> None:
    sums = bootstrap.site_sums([page[0] for page in pages], [page[1:] for page in pages])
    score = bootstrap.f1(0, 1, 2)

    made = bootstrap.figure(sums, score)

    by_site = score(sums[sums.sum(axis=1) > 0]) if sums.any() else np.zeros(1)
    if made.low is not None and made.high is not None:
        assert 0.0 <= made.low <= made.high <= by_site.max() + 1e-9


def test_every_draw_has_as_many_sites_as_there_are() -> None:
    assert (bootstrap.draws(7, rounds=50).sum(axis=1) == 7).all()


def test_counts_of_a_site_are_added_up() -> None:
    assert bootstrap.site_sums(["b", "a", "b"], [(1,), (5,), (2,)]).tolist() == [[5.0], [3.0]]


def test_unequal_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="longer"):
        bootstrap.site_sums(["a"], [(1,), (2,)])
