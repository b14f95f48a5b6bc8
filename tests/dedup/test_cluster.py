from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.dedup.cluster import clusters


def partition(edges: Sequence[tuple[str, str, float]], share: float, most: int) -> list[tuple[str, ...]]:
    """Return the clusters of the texts with an edge; texts are letters, numbered backwards to be safe."""
    texts = sorted({text for edge in edges for text in edge[:2]}, reverse=True)
    unique = {tuple(sorted((texts.index(a), texts.index(b)))): score for a, b, score in edges}
    pairs = np.array(sorted(unique), dtype=np.int64).reshape(-1, 2)
    scores = np.array([unique[one, other] for one, other in pairs.tolist()])
    order = np.arange(len(texts))[::-1].copy()
    label = clusters(pairs, scores, order, share=share, most=most).tolist()
    return sorted(
        tuple(sorted(text for text, own in zip(texts, label, strict=True) if own == root)) for root in set(label)
    )


def group(*pairs: str, share: float = 0.5, most: int = 16) -> list[str]:
    return ["".join(members) for members in partition([(*pair, 0.9) for pair in pairs], share, most)]


EDGES = st.lists(
    st.tuples(st.sampled_from(list(combinations("abcdefgh", 2))), st.sampled_from([0.3, 0.6, 0.9])), max_size=20
)


@pytest.mark.parametrize(
    ("pairs", "found"),
    [
        ([], []),
        (["ab"], ["ab"]),
        (["ab", "cd"], ["ab", "cd"]),
        (["ab", "bc"], ["abc"]),
        (["ab", "bc", "ac", "de", "ef", "df", "cd"], ["abc", "def"]),
        (["ab", "cd", "ac", "bd"], ["abcd"]),
    ],
    ids=["none", "pair", "two pairs", "half of three", "one wrong edge", "square"],
)
def test_half_of_the_pairs_must_match(pairs: list[str], found: list[str]) -> None:
    assert group(*pairs) == found


def test_strongest_edge_is_joined_first() -> None:
    edges = [("a", "b", 0.5), ("b", "c", 0.9), ("c", "d", 0.5), ("a", "d", 0.9)]

    assert partition(edges, 0.6, 16) == [("a", "d"), ("b", "c")]


def test_of_a_large_family_only_some_must_match() -> None:
    family = ["".join(pair) for pair in combinations("abcdefgh", 2)]

    assert group(*family, "ax", "bx", most=4) == ["abcdefghx"]
    assert "x" in group(*family, "ax", "bx", most=16)


@given(edges=EDGES, data=st.data())
def test_order_of_edges_changes_nothing(edges: list[tuple[tuple[str, str], float]], data: st.DataObject) -> None:
    listed = [(*pair, score) for pair, score in dict(edges).items()]
    shuffled = data.draw(st.permutations(listed))

    assert partition(listed, 0.5, 16) == partition(shuffled, 0.5, 16)


@given(edges=EDGES)
def test_every_text_is_in_one_cluster(edges: list[tuple[tuple[str, str], float]]) -> None:
    unique = dict(edges)
    found = partition([(*pair, score) for pair, score in unique.items()], 0.5, 16)

    assert sorted(text for members in found for text in members) == sorted({text for pair in unique for text in pair})


@given(size=st.integers(3, 9), seed=st.integers(0, 5))
def test_family_in_which_all_match_is_one_cluster(size: int, seed: int) -> None:
    draw = np.random.default_rng(seed)
    family = [(*pair, float(draw.random())) for pair in combinations("abcdefghi"[:size], 2)]

    assert len(partition(family, 1.0, 16)) == 1
