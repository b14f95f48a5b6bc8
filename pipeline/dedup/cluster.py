"""The partition into stories: average-link over verified edges, the same for any order of edges.

Strongest edge first, two clusters join when at least ``share`` of the pairs between them are edges. Single-link would
chain stories over one wrong edge; complete-link and star lose the two heavily edited copies of a story that match it
but not each other. The larger cluster counts as at most ``most`` members, because of a very large family not every pair
is compared.
"""

from __future__ import annotations

import numpy as np

from pipeline.dedup.components import components
from pipeline.dedup.kernel import I64
from pipeline.dedup.verify import F64


def clusters(pairs: I64, scores: F64, order: I64, *, share: float, most: int) -> I64:
    """Return for each text one text of its cluster, the same for all members: int64, shape (len(order),).

    ``pairs``: int64, shape (n, 2), each once: every edge of the connected components it touches. ``order``: a rank for
    every text, by which ties between equal ``scores`` are broken, so that numbers given to texts do not matter.
    """
    label = components(pairs, len(order))
    sizes = np.bincount(label, minlength=len(order))
    edges = np.bincount(label[pairs[:, 0]], minlength=len(order))
    is_open = edges < sizes * (sizes - 1) // 2  # where every two texts have an edge they are one cluster
    open_pairs = np.flatnonzero(is_open[label[pairs[:, 0]]])
    ranks = np.sort(order[pairs[open_pairs]], axis=1)
    strongest = np.lexsort((ranks[:, 1], ranks[:, 0], -scores[open_pairs]))
    ordered = pairs[open_pairs][strongest].tolist()
    forest = _Forest(ordered, order)
    for one, other in ordered:
        forest.join(one, other, share=share, most=most)
    for root, members in forest.members.items():
        label[members] = root
    return label


class _Forest:
    """Clusters under construction: members, and the number of edges between any two that have some."""

    def __init__(self, pairs: list[list[int]], order: I64) -> None:
        self.members: dict[int, list[int]] = {}
        self._rank = {text: int(order[text]) for pair in pairs for text in pair}
        self._root: dict[int, int] = {}
        self._between: dict[int, dict[int, int]] = {}
        for one, other in pairs:
            for text in (one, other):
                self.members.setdefault(text, [text])
                self._root.setdefault(text, text)
            self._between.setdefault(one, {})[other] = 1
            self._between.setdefault(other, {})[one] = 1

    def join(self, one: int, other: int, *, share: float, most: int) -> None:
        small, large = self._root[one], self._root[other]
        if small == large:
            return
        if (len(self.members[small]), self._rank[small]) > (len(self.members[large]), self._rank[large]):
            small, large = large, small
        width = min(most, len(self.members[large]))
        if self._between[small][large] < share * len(self.members[small]) * width:
            return
        for text in self.members[small]:
            self._root[text] = large
        self.members[large] += self.members.pop(small)
        for neighbour, count in self._between.pop(small).items():
            del self._between[neighbour][small]
            if neighbour != large:
                self._between[large][neighbour] = self._between[large].get(neighbour, 0) + count
                self._between[neighbour][large] = self._between[large][neighbour]
