"""Pairs of texts read and judged, each text fetched and taken apart as seldom as memory allows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence

from pipeline.dedup.book import Book, Doc, TextPair
from pipeline.dedup.facts import Edge
from pipeline.dedup.profile import Profile, profile
from pipeline.dedup.verify import Verdict, judge
from pipeline.records import Relation
from pipeline.settings import DedupSettings

TextsOf = Callable[[Sequence[str]], Mapping[str, str]]

_TEXTS_AT_ONCE = 4000  # fetched and taken apart together: about 120 MB of profiles
_SAME_WIRE_SHARE = 0.35  # of the shorter text, from which two stories of one agency are linked


class Reader:
    """Judges pairs of texts and keeps what follows.

    ``edges``: the pairs that are one story. ``related``: the others with a relation worth recording, and its verdict.
    """

    def __init__(self, book: Book, texts_of: TextsOf, settings: DedupSettings) -> None:
        self._book = book
        self._texts_of = texts_of
        self._settings = settings
        self._profiles: dict[str, Profile] = {}
        self.edges: set[Edge] = set()
        self.related: dict[TextPair, tuple[Relation, Verdict]] = {}

    def read(self, pairs: Sequence[TextPair]) -> None:
        """Judge ``pairs``, those of one component after each other, so that nearly every text is fetched only once."""
        for chunk in self._chunks(_by_component(pairs)):
            self._fetch({text for pair in chunk for text in pair})
            for pair in chunk:
                self._read_pair(pair)

    def verdicts(self, pairs: Sequence[TextPair]) -> dict[TextPair, Verdict]:
        """Return the verdicts on pairs outside the candidates."""
        found: dict[TextPair, Verdict] = {}
        for chunk in self._chunks(pairs):
            self._fetch({text for pair in chunk for text in pair})
            found.update((pair, self._verdict(pair)) for pair in chunk)
        return found

    def _chunks(self, pairs: Sequence[TextPair]) -> Iterator[list[TextPair]]:
        chunk: list[TextPair] = []
        texts: set[str] = set()
        for pair in pairs:
            if len(texts) >= _TEXTS_AT_ONCE:
                yield chunk
                chunk, texts = [], set()
            chunk.append(pair)
            texts.update(pair)
        if chunk:
            yield chunk

    def _fetch(self, wanted: set[str]) -> None:
        missing = sorted(wanted - self._profiles.keys())
        if not missing:
            return
        if len(self._profiles) > _TEXTS_AT_ONCE:
            self._profiles = {text: found for text, found in self._profiles.items() if text in wanted}
        id_by_text = {text: self._book.docs(text)[0].id for text in missing}
        text_by_id = self._texts_of(sorted(id_by_text.values()))
        for text, doc_id in id_by_text.items():
            self._profiles[text] = profile(text_by_id[doc_id], self._settings.shingle_words)

    def _verdict(self, pair: TextPair) -> Verdict:
        return judge(self._profiles[pair[0]], self._profiles[pair[1]], self._settings)

    def _read_pair(self, pair: TextPair) -> None:
        verdict = self._verdict(pair)
        ones, others = self._book.docs(pair[0]), self._book.docs(pair[1])
        if verdict.relation and verdict.may_merge and _any_copy_merges(verdict, ones, others, self._settings):
            edge = Edge(
                a=pair[0],
                b=pair[1],
                relation=verdict.relation,
                jaccard=verdict.jaccard,
                containment=verdict.containment,
            )
            self.edges.add(edge)
            return
        relation = Relation.UPDATE if verdict.may_merge else verdict.relation
        if relation is None and verdict.containment >= _SAME_WIRE_SHARE and _share_agency(ones, others):
            relation = Relation.SAME_WIRE
        if relation is not None:
            self.related[pair] = (relation, verdict)


def _any_copy_merges(verdict: Verdict, ones: Sequence[Doc], others: Sequence[Doc], settings: DedupSettings) -> bool:
    window = dt.timedelta(days=settings.date_window_days)
    where_and_when = {(doc.site, doc.published_date) for doc in others}
    for site, day in {(doc.site, doc.published_date) for doc in ones}:
        for other_site, other_day in where_and_when:
            same_site = site == other_site if site and other_site else None
            is_late = day is not None and other_day is not None and abs(day - other_day) > window
            if verdict.merges(same_site=same_site, is_late=is_late):
                return True
    return False


def _share_agency(ones: Sequence[Doc], others: Sequence[Doc]) -> bool:
    return bool({doc.agency for doc in ones if doc.agency} & {doc.agency for doc in others if doc.agency})


def _by_component(pairs: Sequence[TextPair]) -> list[TextPair]:
    """Return ``pairs`` sorted by the smallest text they are connected with, then by themselves."""
    parent: dict[str, str] = {}

    def root(text: str) -> str:
        while parent.setdefault(text, text) != text:
            parent[text] = text = parent[parent[text]]
        return text

    for one, other in pairs:
        low, high = sorted((root(one), root(other)))
        parent[high] = low
    return sorted(pairs, key=lambda pair: (root(pair[0]), pair))
