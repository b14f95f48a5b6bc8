from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.dedup.cluster import clusters
from pipeline.dedup.facts import Edge
from pipeline.records import Relation


def edge(a: str, b: str, score: float = 0.9) -> Edge:
    return Edge(a=min(a, b), b=max(a, b), relation=Relation.NEAR, jaccard=score, containment=score)


def group(*pairs: str, share: float = 0.5, most: int = 16) -> list[str]:
    return ["".join(members) for members in clusters([edge(*pair) for pair in pairs], share=share, most=most)]


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
    edges = [edge("a", "b", 0.5), edge("b", "c", 0.9), edge("c", "d", 0.5), edge("a", "d", 0.9)]

    assert clusters(edges, share=0.6, most=16) == [("a", "d"), ("b", "c")]


def test_of_a_large_family_only_some_must_match() -> None:
    family = ["".join(pair) for pair in combinations("abcdefgh", 2)]

    assert group(*family, "ax", "bx", most=4) == ["abcdefghx"]
    assert "x" in group(*family, "ax", "bx", most=16)


@given(edges=EDGES, data=st.data())
def test_order_of_edges_changes_nothing(edges: list[tuple[tuple[str, str], float]], data: st.DataObject) -> None:
    unique = dict(edges)
    listed = [edge(*pair, score) for pair, score in unique.items()]
    shuffled = data.draw(st.permutations(listed))

    assert clusters(listed, share=0.5, most=16) == clusters(shuffled, share=0.5, most=16)


@given(edges=EDGES)
def test_every_text_is_in_one_cluster(edges: list[tuple[tuple[str, str], float]]) -> None:
    unique = dict(edges)
    found = clusters([edge(*pair, score) for pair, score in unique.items()], share=0.5, most=16)

    assert sorted(text for members in found for text in members) == sorted({text for pair in unique for text in pair})
