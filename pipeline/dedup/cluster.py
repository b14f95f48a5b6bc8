"""The partition into stories: average-link over verified edges, the same for any order of edges.

Strongest edge first, two clusters join when at least ``share`` of the pairs between them are edges. Single-link would
chain stories over one wrong edge; complete-link and star lose the two heavily edited copies of a story that match it
but not each other. The larger cluster counts as at most ``most`` members, because of a very large family not every pair
is compared.
"""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.dedup.facts import Edge


def clusters(edges: Iterable[Edge], *, share: float, most: int) -> list[tuple[str, ...]]:
    """Return the clusters of the texts that have an edge, each sorted, in the order of their smallest member.

    ``edges`` must hold every edge of the connected components it touches; an edge given twice counts once.
    """
    score_by_pair = {(edge.a, edge.b): edge.jaccard for edge in sorted(edges)}
    forest = _Forest(score_by_pair)
    for a, b in sorted(score_by_pair, key=lambda pair: (-score_by_pair[pair], pair)):
        forest.join(a, b, share=share, most=most)
    return sorted(tuple(sorted(members)) for members in forest.members.values())


class _Forest:
    """Clusters under construction: members, and the number of edges between any two that have some."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        self.members: dict[str, list[str]] = {}
        self._root: dict[str, str] = {}
        self._between: dict[str, dict[str, int]] = {}
        for a, b in pairs:
            for text in (a, b):
                self.members.setdefault(text, [text])
                self._root.setdefault(text, text)
            self._between.setdefault(a, {})[b] = 1
            self._between.setdefault(b, {})[a] = 1

    def join(self, a: str, b: str, *, share: float, most: int) -> None:
        small, large = sorted((self._root[a], self._root[b]), key=lambda root: (len(self.members[root]), root))
        if small == large:
            return
        width = min(most, len(self.members[large]))
        if self._between[small][large] < share * len(self.members[small]) * width:
            return
        for text in self.members[small]:
            self._root[text] = large
        self.members[large] += self.members.pop(small)
        for other, count in self._between.pop(small).items():
            del self._between[other][small]
            if other != large:
                self._between[large][other] = self._between[large].get(other, 0) + count
                self._between[other][large] = self._between[large][other]
