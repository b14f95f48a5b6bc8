from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipeline.dedup.components import components


@given(pairs=st.lists(st.tuples(st.integers(0, 19), st.integers(0, 19)), max_size=40))
def test_label_is_the_smallest_number_that_can_be_reached(pairs: list[tuple[int, int]]) -> None:
    wanted = list(range(20))
    for _ in range(20):
        for one, other in pairs:
            wanted[one] = wanted[other] = min(wanted[one], wanted[other])

    assert components(np.array(pairs, dtype=np.int64).reshape(-1, 2), 20).tolist() == wanted


def test_long_chain_is_one_component() -> None:
    links = np.random.default_rng(1).permutation(200_000)
    chain = np.stack([links[:-1], links[1:]], axis=1)

    assert not components(chain, 200_000).any()
