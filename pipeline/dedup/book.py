"""The documents at hand, new and published, by their text: the distinct text is the unit of comparing."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import TypeAlias

import numpy as np

from pipeline.dedup.apart import Mask
from pipeline.dedup.candidates import Pairs, build_postings, pairs_within
from pipeline.dedup.facts import DocFacts, KnownDoc
from pipeline.dedup.fingerprint import Fingerprints
from pipeline.dedup.index import Index
from pipeline.dedup.kernel import I64
from pipeline.dedup.segment import pack_hashes

Doc: TypeAlias = DocFacts | KnownDoc


class Book:
    """The documents of a batch and of the index, by text. A text has a number, and its hash is ``hashes[number]``.

    The ``new_count`` texts of the batch come first, by hash; published ones follow as they are looked up. ``wordless``:
    documents of the batch without a word, which match nothing, not even each other.
    """

    def __init__(self, new: Sequence[DocFacts], prints: Fingerprints, index: Index) -> None:
        self._index, self._docs, self._prints = index, new, prints
        worded = np.flatnonzero(prints.word_counts > 0)
        wordless = np.flatnonzero(prints.word_counts == 0).tolist()
        self.wordless = sorted((new[row] for row in wordless), key=lambda doc: doc.id)
        hashes = pack_hashes([new[row].text_hash for row in worded.tolist()])
        order = np.argsort(hashes, kind="stable")
        hashes, rows = hashes[order], worded[order]
        firsts = np.flatnonzero(np.concatenate([[True], hashes[1:] != hashes[:-1]])) if len(hashes) else order
        self._texts, self._counts = rows[firsts], np.diff(np.append(firsts, len(hashes)))
        # Asked for one by one, which an array of Python's own answers ten times sooner than numpy's.
        self._rows, self._bounds = array("q", rows.tobytes()), array("q", np.append(firsts, len(hashes)).tobytes())
        firsts_of = [new[row] for row in self._texts.tolist()]
        self.hashes = [doc.text_hash for doc in firsts_of]
        self.new_count = len(self.hashes)
        self._first_ids: list[str] = [doc.id for doc in firsts_of]
        self._equal = {text: self._by_id(text) for text in np.flatnonzero(self._counts > 1).tolist()}
        for text, docs in self._equal.items():
            self._first_ids[text] = docs[0].id
        self._number_by_hash: dict[str, int] = {}  # of texts looked up; those of the batch are sorted
        self._known: dict[int, Sequence[KnownDoc]] = {
            self._number(text): docs for text, docs in index.docs_of(self.hashes).items()
        }

    def __len__(self) -> int:
        return len(self.hashes)

    def look_up(self, texts: Iterable[str]) -> None:
        """Give each of ``texts`` (hashes) that published documents have a number, and fetch these documents."""
        missing = {text for text in texts if self.number(text) is None}
        for text, docs in sorted(self._index.docs_of(missing).items()):
            self._known[len(self.hashes)] = docs
            self._number_by_hash[text] = len(self.hashes)
            self.hashes.append(text)

    def number(self, text: str) -> int | None:
        """Return the number of a text by its hash, None where no document at hand has it."""
        at = self._number(text)
        if at < self.new_count and self.hashes[at] == text:
            return at
        return self._number_by_hash.get(text)

    def _number(self, text: str) -> int:
        return bisect_left(self.hashes, text, 0, self.new_count)

    def new(self, text: int) -> Sequence[DocFacts]:
        """Return the documents of the batch with that text, by id."""
        if text >= self.new_count:
            return ()
        return self._equal.get(text) or (self._docs[self._rows[self._bounds[text]]],)

    def _by_id(self, text: int) -> Sequence[DocFacts]:
        rows = self._rows[self._bounds[text] : self._bounds[text + 1]]
        return sorted((self._docs[row] for row in rows), key=lambda doc: doc.id)

    def known(self, text: int) -> Sequence[KnownDoc]:
        """Return the published documents with that text, by id."""
        return self._known.get(text, ())

    def docs(self, text: int) -> list[Doc]:
        """Return all documents with that text, new ones first, each by id."""
        return [*self.new(text), *self.known(text)]

    def first_id(self, text: int) -> str:
        """Return the smallest id of a document with that text."""
        known = self._known.get(text)
        if text >= self.new_count:
            return self.known(text)[0].id
        return min(known[0].id, self._first_ids[text]) if known else self._first_ids[text]

    def lone(self, texts: I64) -> list[DocFacts]:
        """Return for each of ``texts``, of which one new document alone has it, that document."""
        return [self._docs[row] for row in self._texts[texts].tolist()]

    def is_published(self) -> Mask:
        """Return for each text whether a published document has it: bool, shape (len(self),)."""
        found = np.zeros(len(self), dtype=bool)
        found[list(self._known)] = True
        return found

    def is_lone(self) -> Mask:
        """Return for each text whether one new document alone has it: bool, shape (len(self),)."""
        found = np.zeros(len(self), dtype=bool)
        found[: self.new_count] = self._counts == 1
        found[list(self._known)] = False
        return found

    def candidates(self, max_bucket: int) -> Pairs:
        """Return the pairs of texts worth comparing, at least one of each new: shape (n, 2), each once."""
        within = pairs_within(self._prints, self._texts, build_postings(self._prints, self._texts), max_bucket)
        found = self._index.candidates(self._prints, self._texts, max_bucket)
        self.look_up({text for others in found.values() for text in others})
        numbers = ((row, self.number(text)) for row, others in found.items() for text in others)
        pairs = {(row, other) for row, other in numbers if other is not None and other != row}
        between = {(min(pair), max(pair)) for pair in pairs}
        return np.array(sorted(between.union(map(tuple, within.tolist()))), dtype=np.int64) if between else within
