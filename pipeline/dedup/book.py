"""The documents at hand, new and published, by their text: the distinct text is the unit of comparing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TypeAlias

import numpy as np

from pipeline.dedup.candidates import Pairs, build_runs, pairs_within
from pipeline.dedup.facts import DocFacts, KnownDoc
from pipeline.dedup.fingerprint import Fingerprints
from pipeline.dedup.index import Index

Doc: TypeAlias = DocFacts | KnownDoc


class Book:
    """The documents of a batch and of the index, by text. A text has a number, and its hash is ``hashes[number]``.

    The ``new_count`` texts of the batch come first, by hash; published ones follow as they are looked up. ``wordless``:
    documents of the batch without a word, which match nothing, not even each other.
    """

    def __init__(self, new: Sequence[DocFacts], prints: Fingerprints, index: Index) -> None:
        self._index = index
        rows_by_hash: dict[str, list[int]] = defaultdict(list)
        worded = (prints.word_counts > 0).tolist()
        self.wordless = sorted((doc for row, doc in enumerate(new) if not worded[row]), key=lambda doc: doc.id)
        for row, doc in enumerate(new):
            if worded[row]:
                rows_by_hash[doc.text_hash].append(row)
        self.hashes = sorted(rows_by_hash)
        self.new_count = len(self.hashes)
        self._number_by_hash = {text: number for number, text in enumerate(self.hashes)}
        rows = [rows_by_hash[text] for text in self.hashes]
        self._new = [
            [new[found[0]]] if len(found) == 1 else sorted((new[row] for row in found), key=lambda doc: doc.id)
            for found in rows
        ]
        self._prints, self._rows = prints, np.array([found[0] for found in rows], dtype=np.int64)
        self._known: dict[int, Sequence[KnownDoc]] = {
            self._number_by_hash[text]: docs for text, docs in index.docs_of(self.hashes).items()
        }

    def __len__(self) -> int:
        return len(self.hashes)

    def look_up(self, texts: Iterable[str]) -> None:
        """Give each of ``texts`` (hashes) that published documents have a number, and fetch these documents."""
        missing = {text for text in texts if text not in self._number_by_hash}
        for text, docs in sorted(self._index.docs_of(missing).items()):
            self._known[len(self.hashes)] = docs
            self._number_by_hash[text] = len(self.hashes)
            self.hashes.append(text)

    def number(self, text: str) -> int | None:
        """Return the number of a text by its hash, None where no document at hand has it."""
        return self._number_by_hash.get(text)

    def new(self, text: int) -> Sequence[DocFacts]:
        """Return the documents of the batch with that text, by id."""
        return self._new[text] if text < self.new_count else ()

    def known(self, text: int) -> Sequence[KnownDoc]:
        """Return the published documents with that text, by id."""
        return self._known.get(text, ())

    def docs(self, text: int) -> list[Doc]:
        """Return all documents with that text, new ones first, each by id."""
        return [*self.new(text), *self.known(text)]

    def first_id(self, text: int) -> str:
        """Return the smallest id of a document with that text."""
        return min(docs[0].id for docs in (self.new(text), self.known(text)) if docs)

    def candidates(self, max_bucket: int) -> Pairs:
        """Return the pairs of texts worth comparing, at least one of each new: shape (n, 2), each once."""
        runs = build_runs(self._prints, self._index.scheme.band_rows, self._rows)
        within = pairs_within(runs, max_bucket)
        found = self._index.candidates(runs, max_bucket)
        self.look_up({text for others in found.values() for text in others})
        numbers = ((row, self.number(text)) for row, others in found.items() for text in others)
        pairs = {(row, other) for row, other in numbers if other is not None and other != row}
        between = {(min(pair), max(pair)) for pair in pairs}
        return np.array(sorted(between.union(map(tuple, within.tolist()))), dtype=np.int64) if between else within
