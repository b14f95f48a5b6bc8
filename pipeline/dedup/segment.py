"""One file of the index: the texts, documents and accepted pairs of one publication, or of several merged.

Texts are distinct and sorted by hash; documents are sorted by text and id; pairs by their two hashes. Hashes and ids of
32 hex digits are kept as 16 bytes, whole numbers in the smallest type that holds them. What the file was made with is
in its metadata: another scheme, shingler or normaliser is refused, since its numbers would silently match nothing.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from pipeline.dedup.apart import Mask
from pipeline.dedup.arrays import Array, ArrayWriter, narrow, open_arrays
from pipeline.dedup.candidates import Postings, ranges
from pipeline.dedup.facts import DocFacts, Edge, KnownDoc, NamedEdges
from pipeline.dedup.fingerprint import Scheme
from pipeline.dedup.kernel import I64
from pipeline.records import Relation

LAYOUT = "3"  # of the segment file: raise the number whenever an array changes
SUFFIX = ".segment"
Hashes = NDArray[np.bytes_]  # S16

_EPOCH = dt.date(1970, 1, 1)
_HEX = re.compile(r"[0-9a-f]{32}")
_RELATIONS = tuple(Relation)
_ARTICLE, _DATED = 1, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentStats:
    """What one segment holds. ``removed``: documents of earlier segments that it hides."""

    name: str
    size_bytes: int
    documents: int
    texts: int
    edges: int
    removed: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Docs:
    """Documents in columns, a row each: ``text`` is the row of their text, days count from 1970.

    ``agency`` and ``site``: places in ``names``, 0 for none. ``published`` means something where ``flags`` say so.
    """

    ids: Hashes
    is_hex: bool
    text: I64
    date: I64
    published: I64
    agency: I64
    site: I64
    words: I64
    flags: I64
    names: tuple[str | None, ...]

    @classmethod
    def of(cls, docs: Sequence[DocFacts | KnownDoc], is_article: Sequence[bool], text: I64) -> Docs:
        """Return ``docs`` in columns."""
        named = {name for doc in docs for name in (doc.agency, doc.site) if name is not None}
        names: tuple[str | None, ...] = (None, *sorted(named))
        place = {name: at for at, name in enumerate(names)}
        ids, is_hex = pack_ids([doc.id for doc in docs])
        flags = [
            _ARTICLE * kept + _DATED * (doc.published_date is not None)
            for doc, kept in zip(docs, is_article, strict=True)
        ]
        return cls(
            ids=ids,
            is_hex=is_hex,
            text=text,
            date=_whole(_day(doc.date) for doc in docs),
            published=_whole(_day(doc.published_date or doc.date) for doc in docs),
            agency=_whole(place[doc.agency] for doc in docs),
            site=_whole(place[doc.site] for doc in docs),
            words=_whole(doc.word_count for doc in docs),
            flags=_whole(flags),
            names=names,
        )

    def write(self, sink: ArrayWriter) -> dict[str, Any]:
        """Write the columns in the order of texts and ids; return what metadata must say of them."""
        order = np.lexsort((self.ids, self.text))
        origin, age = int(self.date.min(initial=1 << 40)), self.date - self.published
        youngest = int(age.min(initial=1 << 40))
        columns = {"text": self.text, "date": self.date - origin, "age": age - youngest, "flags": self.flags}
        columns |= {"agency": self.agency, "site": self.site, "words": self.words}
        sink.add("doc_id", self.ids[order])
        for name, values in columns.items():
            sink.add(f"doc_{name}", narrow(values[order]))
        return {"ids": "hex" if self.is_hex else "text", "origin": origin, "youngest": youngest, "names": self.names}


class Segment:
    """One file of the index, mapped."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.metadata, self._arrays = open_arrays(path)
        self.hashes: Hashes = self._arrays["text_hash"]
        self._doc_text = self._arrays["doc_text"]
        self._names = tuple(self.metadata["names"])

    def __len__(self) -> int:
        return len(self._doc_text)

    def arrays(self) -> Mapping[str, Array]:
        """Return all arrays by name, in place."""
        return self._arrays

    def postings(self) -> Postings:
        """Return which texts have which keys, in place."""
        return Postings(**{name: self._arrays[name] for name in ("directory", "entries", "sizes")})

    def removed(self) -> list[str]:
        """Return the documents of earlier segments that this publication took out."""
        return unpack_ids(self._arrays["removed"], is_hex=self.metadata["removed"] == "hex")

    def is_without(self, ids: Collection[str]) -> Mask:
        """Return for each document whether it has none of ``ids``: bool."""
        is_hex = self.metadata["ids"] == "hex"
        gone = [one for one in ids if is_hex == bool(_HEX.fullmatch(one))]
        if not gone:
            return np.ones(len(self), dtype=bool)
        found: Mask = ~np.isin(self._arrays["doc_id"], pack_ids(gone)[0])
        return found

    def stats(self) -> SegmentStats:
        """Return what the segment holds."""
        return SegmentStats(
            name=self.path.name,
            size_bytes=self.path.stat().st_size,
            documents=len(self),
            texts=len(self.hashes),
            edges=len(self._arrays["edge_a"]),
            removed=len(self._arrays["removed"]),
        )

    def docs(self, rows: slice | I64 = slice(None)) -> Docs:
        """Return the documents at ``rows``."""
        found = {name: self._arrays[f"doc_{name}"][rows].astype(np.int64) for name in DOC_COLUMNS}
        date = found.pop("date") + self.metadata["origin"]
        published = date - (found.pop("age") + self.metadata["youngest"])
        ids, is_hex = self._arrays["doc_id"][rows], self.metadata["ids"] == "hex"
        return Docs(ids=ids, is_hex=is_hex, date=date, published=published, names=self._names, **found)

    def docs_of(self, texts: Sequence[str]) -> Iterator[KnownDoc]:
        """Yield the segment's documents with one of ``texts`` (hashes)."""
        wanted = pack_hashes(texts)
        low = np.searchsorted(self.hashes, wanted)
        at = np.flatnonzero(np.searchsorted(self.hashes, wanted, side="right") > low)
        rows = low[at].astype(self._doc_text.dtype)  # of that type, or numpy would copy all rows into another
        firsts, ends = (np.searchsorted(self._doc_text, rows, side=side) for side in _SIDES)
        found = ranges(firsts, ends - firsts)
        yield from _known(self.docs(found), [texts[text] for text in np.repeat(at, ends - firsts).tolist()])

    def edges_of(self, texts: Sequence[str]) -> Iterator[Edge]:
        """Yield the segment's edges at one of ``texts`` (hashes)."""
        wanted = pack_hashes(texts)
        a, b, by_b = (self._arrays[f"edge_{name}"] for name in ("a", "b", "by_b"))
        for low, high in zip(*(np.searchsorted(a, wanted, side=side).tolist() for side in _SIDES), strict=True):
            yield from map(self._edge, range(low, high))
        for low, high in zip(*(_search(b, by_b, wanted, side == "right") for side in _SIDES), strict=True):
            yield from map(self._edge, by_b[low:high].tolist())

    def edges(self) -> dict[str, Array]:
        """Return the columns of all edges: their texts, the place of the relation, scores."""
        return {name: self._arrays[f"edge_{name}"] for name in ("a", "b", "relation", "jaccard", "containment")}

    def _edge(self, at: int) -> Edge:
        columns = self.edges()
        return Edge(
            a=unpack_hashes(columns["a"][at : at + 1])[0],
            b=unpack_hashes(columns["b"][at : at + 1])[0],
            relation=_RELATIONS[columns["relation"][at]],
            jaccard=float(columns["jaccard"][at]),
            containment=float(columns["containment"][at]),
        )


def _known(docs: Docs, texts: Sequence[str]) -> Iterator[KnownDoc]:
    ids = unpack_ids(docs.ids, is_hex=docs.is_hex)
    columns = (docs.date, docs.published, docs.agency, docs.site, docs.words, docs.flags)
    rows = zip(ids, texts, *(column.tolist() for column in columns), strict=True)
    for doc_id, text, date, published, agency, site, words, flags in rows:
        yield KnownDoc(
            id=doc_id,
            date=_EPOCH + dt.timedelta(days=date),
            published_date=_EPOCH + dt.timedelta(days=published) if flags & _DATED else None,
            agency=docs.names[agency],
            site=docs.names[site],
            text_hash=text,
            word_count=words,
            is_article=bool(flags & _ARTICLE),
        )


_SIDES: tuple[Literal["left", "right"], ...] = ("left", "right")
DOC_COLUMNS = ("text", "date", "age", "agency", "site", "words", "flags")


def _search(values: Hashes, order: Array, wanted: Hashes, is_after: bool) -> list[int]:
    """Return where each of ``wanted`` belongs in ``values[order]``: numpy would make a wider copy of ``order``."""
    low, high = np.zeros(len(wanted), dtype=np.int64), np.full(len(wanted), len(order))
    while len(rows := np.flatnonzero(low < high)):
        middle = (low[rows] + high[rows]) // 2
        found = values[order[middle]]
        before = (found < wanted[rows]) | (is_after & (found == wanted[rows]))
        low[rows[before]] = middle[before] + 1
        high[rows[~before]] = middle[~before]
    return low.tolist()


def write_parts(
    sink: ArrayWriter,
    *,
    hashes: Hashes,
    docs: Docs,
    edges: Mapping[str, Array],
    removed: Iterable[str],
    scheme: Mapping[str, str],
) -> None:
    """Write all of a segment but its postings, and close the file; ``edges``: columns as :meth:`Segment.edges`."""
    sink.add("text_hash", hashes)
    metadata = docs.write(sink)
    order = np.lexsort((edges["b"], edges["a"]))
    for name, values in edges.items():
        sink.add(f"edge_{name}", values[order])
    sink.add("edge_by_b", np.argsort(edges["b"][order], kind="stable").astype(np.uint32))
    ids, is_hex = pack_ids(sorted(set(removed)))
    sink.add("removed", ids)
    sink.close({**metadata, **scheme, "removed": "hex" if is_hex else "text"})


def edge_columns(edges: NamedEdges) -> dict[str, Array]:
    """Return ``edges`` as columns of a segment."""
    places = {str(relation): at for at, relation in enumerate(_RELATIONS)}
    return {
        "a": pack_hashes(edges.a),
        "b": pack_hashes(edges.b),
        "relation": np.array([places[relation] for relation in edges.relation], dtype=np.uint8),
        "jaccard": np.asarray(edges.jaccard, dtype=np.float64),
        "containment": np.asarray(edges.containment, dtype=np.float64),
    }


def made_with(scheme: Scheme) -> dict[str, str]:
    """Return what a segment's metadata must say for this scheme."""
    return scheme.identity() | {"layout": LAYOUT}


def pack_hashes(hashes: Sequence[str]) -> Hashes:
    """Return hashes of 32 hex digits as 16 bytes each: sorted hashes stay sorted.

    Numpy leaves zero bytes at the end of such a value away where it compares, which changes no order and no equality.
    """
    return np.frombuffer(bytes.fromhex("".join(hashes)), dtype="S16")


def unpack_hashes(hashes: Hashes) -> list[str]:
    """Return packed hashes as hex digits."""
    digits = hashes.tobytes().hex()
    return [digits[at : at + 32] for at in range(0, len(digits), 32)]


def pack_ids(ids: Sequence[str]) -> tuple[Hashes, bool]:
    """Return ids packed, and whether they all were 32 hex digits; others are kept as they are."""
    if all(_HEX.fullmatch(one) for one in ids):
        return pack_hashes(ids), True
    return np.array([one.encode() for one in ids]), False


def unpack_ids(ids: Hashes, *, is_hex: bool) -> list[str]:
    """Return packed ids as they were."""
    return unpack_hashes(ids) if is_hex else [one.decode() for one in ids.tolist()]


def _whole(values: Iterable[int]) -> I64:
    return np.fromiter(values, dtype=np.int64)


def _day(date: dt.date) -> int:
    return (date - _EPOCH).days
