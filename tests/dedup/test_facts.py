from __future__ import annotations

from pipeline.dedup.facts import Edge
from pipeline.records import Relation


def test_edges_sort_by_their_texts() -> None:
    low, high = (
        Edge(a=a, b=b, relation=Relation.NEAR, jaccard=score, containment=1.0)
        for a, b, score in (("a1", "f0", 0.2), ("b1", "c1", 0.9))
    )

    assert sorted([high, low]) == [low, high]
