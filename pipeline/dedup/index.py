"""What is remembered of published texts: a few mapped files, private and rebuildable from the tables.

Segments (:mod:`pipeline.dedup.segment`) are never changed. A document that leaves the tables is named in ``removed`` of
the segment of the publication that took it out, which hides it in every earlier segment; merging
(:mod:`pipeline.dedup.growth`) then leaves it out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Self

import numpy as np

from pipeline.dedup.candidates import pairs_between
from pipeline.dedup.facts import Edge, KnownDoc
from pipeline.dedup.fingerprint import Fingerprints, Scheme
from pipeline.dedup.kernel import I64
from pipeline.dedup.segment import SUFFIX, Segment, SegmentStats, made_with, unpack_hashes
from pipeline.errors import IndexMismatchError


class Index:
    """All segments of a clean folder, oldest first."""

    def __init__(self, segments: Sequence[Segment], scheme: Scheme) -> None:
        self._segments = tuple(segments)
        self._scheme = scheme
        self._hidden: list[set[str]] = []
        hidden: set[str] = set()
        for segment in reversed(self._segments):
            self._hidden.append(set(hidden))
            hidden.update(segment.removed())
        self._hidden.reverse()

    @classmethod
    def open(cls, directory: Path, scheme: Scheme) -> Self:
        """Return the index of the segments in ``directory`` (none, or no such folder: an empty index).

        Segments are taken in the order of their names, which is that of their publications.

        Raises:
            IndexMismatchError: a segment was made with another scheme, seed, shingler, normaliser or layout.
            StoreError: a segment cannot be read.
        """
        segments = [Segment(path) for path in sorted(directory.glob(f"*{SUFFIX}"))]
        wanted = made_with(scheme)
        for segment in segments:
            for key, value in wanted.items():
                found = segment.metadata.get(key)
                if found != value:
                    message = (
                        f"index segment {str(segment.path)!r} was made with {key} {found!r}, not {value!r} as set:"
                        " run 'broadsheet index rebuild', or go back to the old setting"
                    )
                    raise IndexMismatchError(message, source=str(segment.path), key=key, found=found, wanted=value)
        return cls(segments, scheme)

    @classmethod
    def empty(cls, scheme: Scheme) -> Self:
        """Return the index of nothing yet."""
        return cls((), scheme)

    @property
    def scheme(self) -> Scheme:
        """What the index's numbers are made with."""
        return self._scheme

    def __len__(self) -> int:
        return sum(
            int(segment.is_without(gone).sum()) if gone else len(segment)
            for segment, gone in zip(self._segments, self._hidden, strict=True)
        )

    def stats(self) -> list[SegmentStats]:
        """Return what each segment holds, oldest first."""
        return [segment.stats() for segment in self._segments]

    def docs_of(self, texts: Iterable[str]) -> dict[str, list[KnownDoc]]:
        """Return the live documents of each of ``texts`` (hashes), by id; texts without one are left out."""
        if not self._segments:
            return {}
        wanted = sorted(texts)
        found: dict[str, list[KnownDoc]] = defaultdict(list)
        for segment, hidden in zip(self._segments, self._hidden, strict=True):
            for doc in segment.docs_of(wanted):
                if doc.id not in hidden:
                    found[doc.text_hash].append(doc)
        return {text: sorted(docs, key=lambda doc: doc.id) for text, docs in found.items()}

    def edges_of(self, texts: Iterable[str]) -> set[Edge]:
        """Return the verified edges at ``texts`` (hashes), also of texts that have left the tables since."""
        if not self._segments:
            return set()
        wanted = sorted(texts)
        return {edge for segment in self._segments for edge in segment.edges_of(wanted)}

    def candidates(self, prints: Fingerprints, order: I64, max_bucket: int) -> dict[int, list[str]]:
        """Return for each row of ``prints[order]`` the hashes of indexed texts worth comparing with it, sorted."""
        found: dict[int, set[str]] = defaultdict(set)
        for segment in self._segments:
            pairs = pairs_between(prints, order, segment.postings(), max_bucket)
            others, at = np.unique(pairs[:, 1], return_inverse=True)
            names = unpack_hashes(segment.hashes[others])
            for row, other in zip(pairs[:, 0].tolist(), at.tolist(), strict=True):
                found[row].add(names[other])
        return {row: sorted(hashes) for row, hashes in found.items()}
