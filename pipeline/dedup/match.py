"""New articles against each other and against all published ones: the one entry into this room.

The unit of comparing is the distinct text. A verdict depends on two texts alone, and whether they merge on where and
when their copies appeared; two texts are joined as soon as any copy of the one merges with any copy of the other. Both
are asked again whenever a copy is added, so the accepted edges, and with them the clusters, are the same however the
documents are split into runs.
"""

from __future__ import annotations

import datetime as dt
import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from pipeline.dedup.book import Book, Doc
from pipeline.dedup.edges import Edges, measured
from pipeline.dedup.facts import DocFacts, NamedEdges
from pipeline.dedup.fingerprint import Fingerprints
from pipeline.dedup.index import Index
from pipeline.dedup.kept import best_known, best_new, relation_of_copy
from pipeline.dedup.kernel import I64
from pipeline.dedup.reading import Reader, Reading, Related, TextsOf
from pipeline.dedup.stories import Stories
from pipeline.dedup.verify import RELATIONS
from pipeline.records import Duplicate, Relation
from pipeline.settings import DedupSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Two articles that are related and yet two stories; ``article_id``: the holding, later or larger one."""

    article_id: str
    other_id: str
    relation: Relation
    jaccard: float
    containment: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Decisions:
    """What a batch of new documents changes.

    ``duplicates``: by id of a new document; the new ones not in it are articles. ``cluster_by_id``: every new document
    and every published one whose cluster id changed. ``edges``: those new to the index, for its next segment.
    """

    duplicates: Mapping[str, Duplicate]
    links: tuple[Link, ...]
    cluster_by_id: Mapping[str, str]
    edges: NamedEdges


def match(
    new: Sequence[DocFacts],
    prints: Fingerprints,
    index: Index,
    texts_of: TextsOf,
    settings: DedupSettings,
) -> Decisions:
    """Return which of the ``new`` documents are copies, of what, and how the clusters change; any order gives the same.

    Args:
        new: The documents, none of which the index knows.
        prints: Their fingerprints, row by row, made with the index's scheme.
        index: The published documents.
        texts_of: Gives the texts of documents, new or published, by id; asked for some thousand at a time.
        settings: Thresholds.
    """
    with _uncollected():
        return _decisions(new, prints, index, texts_of, settings)


@contextmanager
def _uncollected() -> Iterator[None]:
    """No search for cycles meanwhile: none are made here, and each search walks the facts of all documents again."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _decisions(
    new: Sequence[DocFacts], prints: Fingerprints, index: Index, texts_of: TextsOf, settings: DedupSettings
) -> Decisions:
    book = Book(new, prints, index)
    reader = Reader(book, texts_of, settings)
    reading = reader.read(book.candidates(settings.max_bucket))
    related = reading.related(book)
    linked = {text for one, other, _, _ in related for text in (one, other)}
    stories = Stories(book, reading.edges(), linked, index, settings)
    duplicates = _duplicates(book, stories, reading, reader)
    return Decisions(
        duplicates=duplicates,
        links=_links(book, stories, related, set(duplicates)),
        cluster_by_id=stories.changed_ids(),
        edges=stories.new_edges.named(book),
    )


def _duplicates(book: Book, stories: Stories, reading: Reading, reader: Reader) -> dict[str, Duplicate]:
    """Return what each new document that is not kept is to the article it is a copy of."""
    copies = [copy for members in stories.clusters() for copy in _copies(book, stories, members)]
    pairs = np.array([pair for _, _, *pair in copies], dtype=np.int64).reshape(-1, 2)
    scores = _scores(np.sort(pairs, axis=1), stories, reading, reader)
    columns = (scores.relation.tolist(), scores.jaccard.tolist(), scores.containment.tolist())
    return {
        doc.id: Duplicate(
            duplicate_of=kept.id,
            # Two copies joined through a third need not match: what is left to say is which is the longer.
            relation=Relation.EXACT
            if one == other
            else relation_of_copy(RELATIONS[code] or Relation.ABRIDGED, doc.word_count, kept.word_count),
            jaccard=jaccard,
            containment=containment,
        )
        for (doc, kept, one, other), code, jaccard, containment in zip(copies, *columns, strict=True)
    }


def _scores(pairs: I64, stories: Stories, reading: Reading, reader: Reader) -> Edges:
    """Return the scores of ``pairs`` of one story, with a relation where they were verified; 1 where a text is itself.

    What was measured in this run or an earlier one is not measured again.
    """
    found = Edges(
        pairs=pairs,
        relation=np.zeros(len(pairs), dtype=np.int8),
        jaccard=np.ones(len(pairs)),
        containment=np.ones(len(pairs)),
    )
    left = np.flatnonzero(pairs[:, 0] != pairs[:, 1])
    for source in (stories.edges, reading.measured()):
        rows = source.find(pairs[left])
        found.put(left[rows >= 0], source.take(rows[rows >= 0]))
        left = left[rows < 0]
    if len(left):
        unread = np.unique(pairs[left], axis=0)
        fresh = measured(unread, reader.verdicts(unread))
        found.put(left, fresh.take(fresh.find(pairs[left])))
    return found


def _copies(book: Book, stories: Stories, members: Sequence[int]) -> Iterator[tuple[DocFacts, Doc, int, int]]:
    """Yield (new document, what it is a copy of, their texts) for all but the kept one of a cluster."""
    new = [(doc, text) for text in members for doc in book.new(text)]
    published = [(doc, text) for text in members for doc in book.known(text) if doc.is_article]
    if not new or (len(new) == 1 and not published):
        return
    text_by_id = {doc.id: text for doc, text in (published or new)}
    kept_new = None if published else best_new(doc for doc, _ in new)
    for doc, text in new:
        kept: Doc = kept_new or best_known([one for one, _ in published], stories.near(text))
        if doc is not kept:
            yield doc, kept, text, text_by_id[kept.id]


def _links(book: Book, stories: Stories, related: Sequence[Related], copies: set[str]) -> tuple[Link, ...]:
    """Return the links between articles of different clusters, at least one of them new; of several, the strongest.

    A link between two published articles was made when the later one came, so none is made twice.
    """
    found: dict[tuple[str, str, Relation], Link] = {}
    for one, other, relation, verdict in sorted(related, key=lambda pair: pair[:2]):
        if stories.are_one(one, other):
            continue
        ends = [_article_of(book, stories.members(text), text, copies) for text in (one, other)]
        if ends[0] is None or ends[1] is None or not any(isinstance(end, DocFacts) for end in ends):
            continue
        holder, held = sorted((ends[0], ends[1]), key=lambda doc: _holder_order(doc, relation), reverse=True)
        link = Link(
            article_id=holder.id,
            other_id=held.id,
            relation=relation,
            jaccard=verdict.jaccard,
            containment=verdict.containment,
        )
        key = (link.article_id, link.other_id, relation)
        if key not in found or found[key].containment < link.containment:
            found[key] = link
    return tuple(found[key] for key in sorted(found))


def _article_of(book: Book, members: Sequence[int], text: int, copies: set[str]) -> Doc | None:
    """Return the article that stands for ``text``: with that very text if there is one, else its cluster's."""
    for member in (text, *members):
        for doc in book.docs(member):
            if doc.id not in copies if isinstance(doc, DocFacts) else doc.is_article:
                return doc
    return None


def _holder_order(doc: Doc, relation: Relation) -> tuple[bool, dt.date, int, str]:
    if relation is Relation.CONTAINS:
        return (True, dt.date.min, doc.word_count, doc.id)
    return (doc.published_date is not None, doc.published_date or doc.date, doc.word_count, doc.id)
