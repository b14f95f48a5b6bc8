"""The documents at hand, new and published, by their text: the distinct text is the unit of comparing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TypeAlias

import numpy as np

from pipeline.dedup.candidates import build_runs, pairs_within
from pipeline.dedup.facts import DocFacts, KnownDoc
from pipeline.dedup.fingerprint import Fingerprints
from pipeline.dedup.index import Index

Doc: TypeAlias = DocFacts | KnownDoc
TextPair: TypeAlias = tuple[str, str]  # two text hashes, the smaller first


def text_pair(one: str, other: str) -> TextPair:
    """Return two text hashes as a pair, the smaller first."""
    return (one, other) if one < other else (other, one)


class Book:
    """The documents of a batch and of the index, by text.

    ``new_texts``: the distinct texts of the batch, sorted. ``wordless``: its documents without a word, which match
    nothing, not even each other.
    """

    def __init__(self, new: Sequence[DocFacts], prints: Fingerprints, index: Index) -> None:
        self._index = index
        self._known: dict[str, Sequence[KnownDoc]] = {}
        self.new_by_text: dict[str, list[DocFacts]] = defaultdict(list)
        row_by_text: dict[str, int] = {}
        self.wordless: list[DocFacts] = []
        for row, doc in sorted(enumerate(new), key=lambda item: item[1].id):
            if prints.word_counts[row] == 0:
                self.wordless.append(doc)
                continue
            self.new_by_text[doc.text_hash].append(doc)
            row_by_text.setdefault(doc.text_hash, row)
        self.new_texts = sorted(self.new_by_text)
        self.look_up(self.new_texts)
        self._prints = prints.take(np.array([row_by_text[text] for text in self.new_texts], dtype=np.int64))

    def look_up(self, texts: Iterable[str]) -> None:
        """Fetch the published documents with ``texts`` from the index, all at once."""
        missing = set(texts) - self._known.keys()
        self._known.update(dict.fromkeys(missing, ()))
        self._known.update(self._index.docs_of(missing))

    def known(self, text: str) -> Sequence[KnownDoc]:
        """Return the published documents with that text, by id; it must have been looked up."""
        return self._known[text]

    def docs(self, text: str) -> list[Doc]:
        """Return all documents with that text, new ones first, each by id."""
        return [*self.new_by_text.get(text, ()), *self.known(text)]

    def candidates(self, max_bucket: int) -> list[TextPair]:
        """Return the pairs of texts worth comparing, at least one of each new: sorted, each once."""
        runs = build_runs(self._prints, self._index.scheme.band_rows)
        within = pairs_within(runs, max_bucket).tolist()
        pairs = {text_pair(self.new_texts[first], self.new_texts[second]) for first, second in within}
        found = self._index.candidates(runs, max_bucket)
        self.look_up(other for others in found.values() for other in others)
        for row, others in found.items():
            mine = self.new_texts[row]
            pairs.update(text_pair(mine, other) for other in others if other != mine and self.known(other))
        return sorted(pairs)
