"""Pairs of texts read and judged, some thousand texts at a time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Self, TypeAlias

import numpy as np

from pipeline.dedup.apart import Mask, Utf8, take_apart
from pipeline.dedup.book import Book, Doc
from pipeline.dedup.candidates import Pairs
from pipeline.dedup.components import components
from pipeline.dedup.edges import Edges, measured, named_in
from pipeline.dedup.kernel import I64
from pipeline.dedup.verify import Verdict, Verdicts, judge
from pipeline.records import Relation
from pipeline.settings import DedupSettings

TextsOf = Callable[[Sequence[str]], Mapping[str, str]]
Place: TypeAlias = tuple[str | None, dt.date | None]  # site and day
Related: TypeAlias = tuple[int, int, Relation, Verdict]  # two texts, what they are to each other, and why

_PAIRS_AT_ONCE = 2048  # whose texts are fetched and taken apart together: about 25 MB of ordinary news
_SAME_WIRE_SHARE = 0.35  # of the shorter text, from which two stories of one agency are linked
_NOWHERE, _NEVER, _SEVERAL = -1, -1, -2


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reading:
    """What was read: ``pairs`` (int64, shape (n, 2), numbers of texts), their ``verdicts``, and which are ``joined``.

    Joined: one story, by what the texts say and by where and when their copies appeared.
    """

    pairs: Pairs
    verdicts: Verdicts
    joined: Mask

    def measured(self) -> Edges:
        """Return all pairs that were read with their scores, with a relation where they may merge."""
        return measured(self.pairs, self.verdicts)

    def edges(self) -> Edges:
        """Return the pairs that are one story."""
        rows = np.flatnonzero(self.joined)
        found = self.verdicts
        return Edges.of(self.pairs[rows], found.relation[rows], found.jaccard[rows], found.containment[rows])

    def related(self, book: Book) -> list[Related]:
        """Return the pairs that are not joined and yet have a relation worth recording."""
        found = []
        worth = self.verdicts.may_merge | (self.verdicts.relation > 0) | (self.verdicts.containment >= _SAME_WIRE_SHARE)
        for at in np.flatnonzero(worth & ~self.joined).tolist():
            verdict = self.verdicts[at]
            one, other = self.pairs[at].tolist()
            relation = Relation.UPDATE if verdict.may_merge else verdict.relation
            if relation is None and _share_agency(book.docs(one), book.docs(other)):
                relation = Relation.SAME_WIRE
            if relation is not None:
                found.append((one, other, relation, verdict))
        return found


class Reader:
    """Fetches the texts of pairs and judges them."""

    def __init__(self, book: Book, texts_of: TextsOf, settings: DedupSettings) -> None:
        self._book = book
        self._texts_of = texts_of
        self._settings = settings

    def read(self, pairs: Pairs) -> Reading:
        """Return what ``pairs`` are to each other; nearly every text is fetched once."""
        pairs = _by_component(pairs, len(self._book))
        verdicts = self.verdicts(pairs)
        return Reading(pairs=pairs, verdicts=verdicts, joined=self._joined(pairs, verdicts))

    def verdicts(self, pairs: Pairs) -> Verdicts:
        """Return what the texts say, pair by pair."""
        blocks = (pairs[at : at + _PAIRS_AT_ONCE] for at in range(0, max(1, len(pairs)), _PAIRS_AT_ONCE))
        return Verdicts.concat([self._judge(block) for block in blocks])

    def _judge(self, pairs: Pairs) -> Verdicts:
        numbers, rows = np.unique(pairs, return_inverse=True)
        ids = [self._book.first_id(number) for number in numbers.tolist()]
        text_by_id = self._texts_of(sorted(ids))
        texts = take_apart(Utf8.of([text_by_id[doc_id] for doc_id in ids]), self._settings.shingle_words)
        return judge(texts, rows.reshape(pairs.shape), self._settings)

    def _joined(self, pairs: Pairs, verdicts: Verdicts) -> Mask:
        """Return which pairs are one story, where and when their copies appeared taken into account."""
        joined = np.zeros(len(pairs), dtype=bool)
        may = np.flatnonzero(verdicts.may_merge)
        places = Places.of(self._book, named_in(pairs[may], len(self._book)))
        site, day = places.site[pairs[may]], places.day[pairs[may]]
        is_known = (site != _NOWHERE).all(axis=1)
        is_same = is_known & (site[:, 0] == site[:, 1])
        apart = np.abs(day[:, 0] - day[:, 1]) > self._settings.date_window_days
        is_late = (day != _NEVER).all(axis=1) & apart
        across = np.where(is_same, verdicts.within_site[may], verdicts.across_sites[may])
        merges = np.where(is_known, across, verdicts.unknown_site[may]) & (verdicts.late[may] | ~is_late)
        joined[may] = merges
        where_and_when = cache(lambda text: {(doc.site, doc.published_date) for doc in self._book.docs(text)})
        for at in may[(site == _SEVERAL).any(axis=1)].tolist():
            one, other = map(where_and_when, pairs[at].tolist())
            joined[at] = _any_copy_merges(verdicts[at], one, other, self._settings.date_window_days)
        return joined


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Places:
    """Where and when each text appeared: ``site`` and ``day`` (int64 a text), −1 if not known, −2 if in several."""

    site: I64
    day: I64

    @classmethod
    def of(cls, book: Book, texts: I64) -> Self:
        """Return those of ``texts``; all others are not known."""
        code_by_site: dict[str, int] = {}
        site, day = np.full((2, len(book)), _NOWHERE, dtype=np.int64)
        is_lone = book.is_lone()[texts]
        for text, doc in zip(texts[is_lone].tolist(), book.lone(texts[is_lone]), strict=True):
            site[text] = code_by_site.setdefault(doc.site, len(code_by_site)) if doc.site else _NOWHERE
            day[text] = doc.published_date.toordinal() if doc.published_date else _NEVER
        for text in texts[~is_lone].tolist():
            docs = book.docs(text)
            where, when = docs[0].site, docs[0].published_date
            if any(doc.site != where or doc.published_date != when for doc in docs[1:]):
                site[text] = _SEVERAL
                continue
            site[text] = code_by_site.setdefault(where, len(code_by_site)) if where else _NOWHERE
            day[text] = when.toordinal() if when else _NEVER
        return cls(site=site, day=day)


def _any_copy_merges(verdict: Verdict, ones: set[Place], others: set[Place], window_days: int) -> bool:
    window = dt.timedelta(days=window_days)
    for site, day in ones:
        for other_site, other_day in others:
            same_site = site == other_site if site and other_site else None
            is_late = day is not None and other_day is not None and abs(day - other_day) > window
            if verdict.merges(same_site=same_site, is_late=is_late):
                return True
    return False


def _share_agency(ones: Sequence[Doc], others: Sequence[Doc]) -> bool:
    return bool({doc.agency for doc in ones if doc.agency} & {doc.agency for doc in others if doc.agency})


def _by_component(pairs: Pairs, count: int) -> Pairs:
    """Return ``pairs`` sorted by the smallest text they are connected with, then by their higher one.

    In a large family the few that all are compared with are the lower ones: they come along in every block.
    """
    label = components(pairs, count)
    low, high = pairs.min(axis=1), pairs.max(axis=1)
    order = np.lexsort((low, high, label[low]))
    return np.stack([low[order], high[order]], axis=1)
