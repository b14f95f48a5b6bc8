"""The index with some documents hidden: for judging them anew, as if they had never been published."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Self

from pipeline.dedup.facts import Edge, KnownDoc
from pipeline.dedup.fingerprint import Scheme
from pipeline.dedup.index import Index
from pipeline.dedup.segment import Segment


class IndexWithout(Index):
    """An index that does not know some of its documents, nor any verdict on two texts that are asked about again."""

    def __init__(self, segments: Iterable[Segment], scheme: Scheme) -> None:
        super().__init__(tuple(segments), scheme)
        self._without: Collection[str] = frozenset()
        self._judged: Collection[str] = frozenset()

    @classmethod
    def hiding(cls, directory: Path, scheme: Scheme, *, ids: Collection[str], texts: Collection[str]) -> Self:
        """Return the index of ``directory`` without the documents ``ids`` and the pairs inside ``texts`` (hashes).

        A pair of texts is one story also by where and when their copies appeared, so a copy that goes can part two
        texts: what is judged anew must not find the old verdict.

        Raises:
            IndexMismatchError: a segment was made otherwise.
            StoreError: a segment cannot be read.
        """
        index = cls.open(directory, scheme)
        index._without, index._judged = ids, texts
        return index

    def docs_of(self, texts: Iterable[str]) -> dict[str, list[KnownDoc]]:
        """Return the documents of each of ``texts`` that are not hidden; texts without one are left out."""
        found = super().docs_of(texts)
        live = {text: [doc for doc in docs if doc.id not in self._without] for text, docs in found.items()}
        return {text: docs for text, docs in live.items() if docs}

    def edges_of(self, texts: Iterable[str]) -> set[Edge]:
        """Return the verified edges at ``texts``, but for those between two texts that are judged anew."""
        return {edge for edge in super().edges_of(texts) if not (edge.a in self._judged and edge.b in self._judged)}
