"""Which copy of a story is kept, and what each other one is to it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from pipeline.dedup.facts import DocFacts, KnownDoc
from pipeline.records import Relation

_LAST_DAY = dt.date.max
_DAY_END = dt.time(23, 59, 59)


def best_new(docs: Iterable[DocFacts]) -> DocFacts:
    """Return the copy to keep among new ones: earliest published, then from an agency, then the longest, then by path.

    A day without a time counts as its end, so that a copy known to be earlier on that day wins; no date comes last.
    """
    return min(docs, key=_order_of_new)


def _order_of_new(doc: DocFacts) -> tuple[dt.date, dt.datetime, bool, int, str, str, int, str]:
    day = doc.published_date or _LAST_DAY
    moment = doc.published_at.replace(tzinfo=None) if doc.published_at else dt.datetime.combine(day, _DAY_END)
    is_agency = doc.agency is not None
    place = (doc.source_path, doc.source_record or "", doc.page_article_no, doc.id)
    return (day, moment, not is_agency, -doc.word_count, *place)


def best_known(docs: Sequence[KnownDoc], near: frozenset[str]) -> KnownDoc:
    """Return the published article a new copy is put under: one of the texts ``near`` it, then the earliest.

    A cluster can hold several published articles, since a published row stays when later copies join two clusters.
    """
    return min(docs, key=lambda doc: (doc.text_hash not in near, doc.published_date or _LAST_DAY, doc.date, doc.id))


def relation_of_copy(verified: Relation, copy_words: int, kept_words: int) -> Relation:
    """Return what a copy is to the kept text, given what verification called the pair.

    >>> str(relation_of_copy(Relation.ABRIDGED, copy_words=90, kept_words=300))
    'abridged'
    >>> str(relation_of_copy(Relation.ABRIDGED, copy_words=300, kept_words=90))
    'extended'
    """
    if verified is Relation.ABRIDGED and copy_words > kept_words:
        return Relation.EXTENDED
    return verified
