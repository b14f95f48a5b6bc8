"""New articles against each other and against all published ones: the one entry into this room.

The unit of comparing is the distinct text. A verdict depends on two texts alone, and whether they merge on where and
when their copies appeared; two texts are joined as soon as any copy of the one merges with any copy of the other. Both
are asked again whenever a copy is added, so the accepted edges, and with them the clusters, are the same however the
documents are split into runs.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.dedup.book import Book, Doc, text_pair
from pipeline.dedup.facts import DocFacts, Edge
from pipeline.dedup.fingerprint import Fingerprints
from pipeline.dedup.index import Index
from pipeline.dedup.kept import best_known, best_new, relation_of_copy
from pipeline.dedup.reading import Reader, TextsOf
from pipeline.dedup.stories import Stories
from pipeline.dedup.verify import Verdict
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
    edges: tuple[Edge, ...]


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
    book = Book(new, prints, index)
    reader = Reader(book, texts_of, settings)
    reader.read(book.candidates(settings.max_bucket))
    stories = Stories(book, reader.edges, {text for pair in reader.related for text in pair}, index, settings)
    duplicates = _duplicates(book, stories, reader)
    return Decisions(
        duplicates=duplicates,
        links=_links(book, stories, reader, set(duplicates)),
        cluster_by_id=stories.changed_ids(),
        edges=tuple(sorted(stories.new_edges)),
    )


def _duplicates(book: Book, stories: Stories, reader: Reader) -> dict[str, Duplicate]:
    """Return what each new document that is not kept is to the article it is a copy of."""
    edge_by_pair = {(edge.a, edge.b): edge for edge in stories.edges}
    kept_by_copy: list[tuple[DocFacts, Doc]] = []
    for members in sorted({stories.members(text) for text in book.new_texts}):
        new = [doc for text in members for doc in book.new_by_text.get(text, ())]
        published = [doc for text in members for doc in book.known(text) if doc.is_article]
        kept_new = None if published else best_new(new)
        for doc in new:
            near = frozenset(text for text in members if text_pair(text, doc.text_hash) in edge_by_pair) | {
                doc.text_hash
            }
            if doc is not kept_new:
                kept_by_copy.append((doc, kept_new or best_known(published, near)))
    pairs = {text_pair(doc.text_hash, kept.text_hash) for doc, kept in kept_by_copy if doc.text_hash != kept.text_hash}
    verdict_by_pair = reader.verdicts(sorted(pairs - edge_by_pair.keys()))
    scores_by_pair: dict[tuple[str, str], Edge | Verdict] = {**edge_by_pair, **verdict_by_pair}
    return {
        doc.id: _copy_of(doc, kept, scores_by_pair.get(text_pair(doc.text_hash, kept.text_hash)))
        for doc, kept in sorted(kept_by_copy, key=lambda item: item[0].id)
    }


def _copy_of(doc: DocFacts, kept: Doc, scores: Edge | Verdict | None) -> Duplicate:
    if scores is None:  # one text
        return Duplicate(duplicate_of=kept.id, relation=Relation.EXACT, jaccard=1.0, containment=1.0)
    # Two copies joined through a third need not match: what is left to say is which is the longer.
    verified = scores.relation if isinstance(scores, Edge) or scores.may_merge else None
    relation = relation_of_copy(verified or Relation.ABRIDGED, doc.word_count, kept.word_count)
    return Duplicate(duplicate_of=kept.id, relation=relation, jaccard=scores.jaccard, containment=scores.containment)


def _links(book: Book, stories: Stories, reader: Reader, copies: set[str]) -> tuple[Link, ...]:
    """Return the links between articles of different clusters, at least one of them new; of several, the strongest.

    A link between two published articles was made when the later one came, so none is made twice.
    """
    found: dict[tuple[str, str, Relation], Link] = {}
    for (one, other), (relation, verdict) in sorted(reader.related.items()):
        if stories.members(one) == stories.members(other):
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


def _article_of(book: Book, members: Sequence[str], text: str, copies: set[str]) -> Doc | None:
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
