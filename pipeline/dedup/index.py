"""What is remembered of published texts: one mapped file a publication, private and rebuildable from the tables.

A segment is an Arrow IPC file of one row whose columns are long lists, so that each is one flat array that numpy reads
in place. Texts (distinct, sorted by hash) and documents (sorted by text) have each their own lists; the sorted runs of
:mod:`pipeline.dedup.candidates` are among them. The schema's metadata say what made the file; another scheme, shingler
or normaliser is refused, since its numbers would silently match nothing.

Segments are never changed. A document that leaves the tables is named in ``removed`` of the segment of the publication
that took it out, which hides it in every earlier segment.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import pyarrow as pa

from pipeline.dedup.candidates import MOST_ROWS, Pairs, Runs, build_runs, pairs_between
from pipeline.dedup.facts import DocFacts, Edge, KnownDoc, NamedEdges
from pipeline.dedup.fingerprint import Fingerprints, Scheme
from pipeline.dedup.kernel import U64
from pipeline.errors import IndexMismatchError, StoreError
from pipeline.records import Relation

LAYOUT = "2"  # of the segment file: raise the number whenever a column changes
SUFFIX = ".segment"
_EPOCH = dt.date(1970, 1, 1)
_NO_DATE = np.iinfo(np.int32).min


def write_segment(
    path: Path,
    *,
    docs: Sequence[DocFacts | KnownDoc],
    is_article: Sequence[bool],
    prints: Fingerprints,
    edges: NamedEdges,
    scheme: Scheme,
    removed: Iterable[str] = (),
) -> None:
    """Write the segment of one publication to ``path``; the caller moves it into place when the publication stands.

    ``docs``, ``is_article`` and ``prints`` go row by row: every article and duplicate the publication adds. ``removed``
    names documents of earlier segments that it takes out.

    Raises:
        StoreError: the publication holds more texts than a segment can number (16.7 million).
    """
    order = sorted(range(len(docs)), key=lambda row: (docs[row].text_hash, docs[row].id))
    hashes, first, text_of = np.unique(
        np.array([docs[row].text_hash for row in order], dtype=str), return_index=True, return_inverse=True
    )
    if len(hashes) > MOST_ROWS:
        raise StoreError(f"{len(hashes):,} texts are too many for one index segment: publish in smaller runs")
    runs = build_runs(prints, scheme.band_rows, np.array(order, dtype=np.int64)[first])
    lists = _doc_lists([docs[row] for row in order], [is_article[row] for row in order])
    lists |= {
        "doc_text": pa.array(text_of, pa.int32()),
        "text_hash": pa.array(hashes.tolist(), pa.string()),
        "text_key": pa.array(_keys(hashes.tolist())),
        "bands": pa.array(runs.bands.ravel()),
        "postings": pa.array(runs.postings),
        "sample_size": pa.array(runs.sample_sizes.astype(np.int32)),
        "removed": pa.array(sorted(removed), pa.string()),
    }
    _write_lists(path, lists | _edge_lists(edges), _metadata(scheme))


def _doc_lists(docs: Sequence[DocFacts | KnownDoc], is_article: Sequence[bool]) -> dict[str, Any]:
    return {
        "doc_id": pa.array([doc.id for doc in docs], pa.string()),
        "doc_date": pa.array([_day(doc.date) for doc in docs], pa.int32()),
        "doc_published": pa.array([_day(doc.published_date) for doc in docs], pa.int32()),
        "doc_agency": pa.array([doc.agency for doc in docs], pa.string()),
        "doc_site": pa.array([doc.site for doc in docs], pa.string()),
        "doc_words": pa.array([doc.word_count for doc in docs], pa.int64()),
        "doc_is_article": pa.array(np.array(is_article, dtype=np.uint8)),
    }


def _edge_lists(edges: NamedEdges) -> dict[str, Any]:
    """Each edge in both directions, sorted by the key of its first text, so that its neighbours are one slice."""
    ends = np.array([edges.a, edges.b], dtype="S32").reshape(2, -1)
    one, other = np.concatenate([ends[0], ends[1]]), np.concatenate([ends[1], ends[0]])
    order = np.lexsort((other, one))
    scores = {"edge_jaccard": edges.jaccard, "edge_containment": edges.containment}
    return {
        "edge_key": pa.array(_keys([text.decode() for text in one[order].tolist()])),
        "edge_from": pa.array(one[order]).cast(pa.string()),
        "edge_to": pa.array(other[order]).cast(pa.string()),
        "edge_relation": pa.array(np.tile(np.array(edges.relation, dtype=object), 2)[order], pa.string()),
        **{name: pa.array(np.tile(np.array(values, dtype=np.float64), 2)[order]) for name, values in scores.items()},
    }


def _write_lists(path: Path, lists: dict[str, Any], metadata: dict[str, str]) -> None:
    columns = [
        pa.LargeListArray.from_arrays(pa.array([0, len(values)], pa.int64()), values) for values in lists.values()
    ]
    fields = [pa.field(name, column.type) for name, column in zip(lists, columns, strict=True)]
    batch = pa.RecordBatch.from_arrays(columns, schema=pa.schema(fields, metadata=metadata))
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, batch.schema) as writer:
        writer.write_batch(batch)


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentStats:
    """What one segment holds. ``removed``: documents of earlier segments that it hides."""

    name: str
    size_bytes: int
    documents: int
    texts: int
    edges: int
    removed: int


class Segment:
    """One publication's texts and documents, mapped from its file."""

    def __init__(self, path: Path) -> None:
        try:
            batch = pa.ipc.open_file(pa.memory_map(str(path))).get_batch(0)
        except (OSError, pa.ArrowInvalid) as exc:
            message = f"index segment {str(path)!r} cannot be read ({exc}): run 'broadsheet index rebuild'"
            raise StoreError(message, source=str(path)) from exc
        self.path = path
        self.metadata = {key.decode(): value.decode() for key, value in (batch.schema.metadata or {}).items()}
        self._lists = {name: batch.column(name).values for name in batch.schema.names}
        self._keys: U64 = self._numbers("text_key")
        self._doc_text = self._numbers("doc_text")
        self._edge_keys: U64 = self._numbers("edge_key")

    def __len__(self) -> int:
        return len(self._doc_text)

    def runs(self, num_perm: int) -> Runs:
        """Return the look-up structures of the segment's texts, in place."""
        bands = self._numbers("bands")
        count = num_perm // int(self.metadata["band_rows"])
        return Runs(
            bands=bands.reshape(count, -1) if len(bands) else np.empty((count, 0), dtype=np.uint64),
            postings=self._numbers("postings"),
            sample_sizes=self._numbers("sample_size"),
        )

    def removed(self) -> list[str]:
        """Return the documents of earlier segments that this publication took out."""
        return list(self._lists["removed"].to_pylist())

    def stats(self) -> SegmentStats:
        """Return what the segment holds."""
        return SegmentStats(
            name=self.path.name,
            size_bytes=self.path.stat().st_size,
            documents=len(self),
            texts=len(self._keys),
            edges=len(self._edge_keys) // 2,
            removed=len(self._lists["removed"]),
        )

    def text_hash(self, row: int) -> str:
        """Return the hash of text ``row``."""
        return str(self._lists["text_hash"][row].as_py())

    def docs_of(self, texts: Sequence[str]) -> Iterator[KnownDoc]:
        """Yield the segment's documents with one of ``texts`` (hashes)."""
        for text, low, high in _slices(self._keys, texts):
            for at in range(low, high):
                if self.text_hash(at) == text:
                    first, last = np.searchsorted(self._doc_text, [at, at + 1])
                    yield from (self._doc(row, text) for row in range(first, last))

    def edges_of(self, texts: Sequence[str]) -> Iterator[Edge]:
        """Yield the segment's edges at one of ``texts`` (hashes)."""
        for text, low, high in _slices(self._edge_keys, texts):
            for row in range(low, high):
                one, other = self._value("edge_from", row), self._value("edge_to", row)
                if one == text:
                    yield Edge(
                        a=min(one, other),
                        b=max(one, other),
                        relation=Relation(self._value("edge_relation", row)),
                        jaccard=self._value("edge_jaccard", row),
                        containment=self._value("edge_containment", row),
                    )

    def _doc(self, row: int, text_hash: str) -> KnownDoc:
        published = self._value("doc_published", row)
        return KnownDoc(
            id=self._value("doc_id", row),
            date=_EPOCH + dt.timedelta(days=self._value("doc_date", row)),
            published_date=None if published == _NO_DATE else _EPOCH + dt.timedelta(days=published),
            agency=self._value("doc_agency", row),
            site=self._value("doc_site", row),
            text_hash=text_hash,
            word_count=self._value("doc_words", row),
            is_article=bool(self._value("doc_is_article", row)),
        )

    def _value(self, name: str, row: int) -> Any:  # noqa: ANN401 - the column decides
        return self._lists[name][row].as_py()

    def _numbers(self, name: str) -> Any:  # noqa: ANN401 - the column decides
        return self._lists[name].to_numpy(zero_copy_only=True)


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
        wanted = _metadata(scheme)
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
        # A segment names only documents that an earlier one has and none between has taken out.
        return sum(len(segment) - len(segment.removed()) for segment in self._segments)

    def stats(self) -> list[SegmentStats]:
        """Return what each segment holds, oldest first."""
        return [segment.stats() for segment in self._segments]

    def docs_of(self, texts: Iterable[str]) -> dict[str, list[KnownDoc]]:
        """Return the live documents of each of ``texts`` (hashes), by id; texts without one are left out."""
        wanted = sorted(texts)
        found: dict[str, list[KnownDoc]] = defaultdict(list)
        for segment, hidden in zip(self._segments, self._hidden, strict=True):
            for doc in segment.docs_of(wanted):
                if doc.id not in hidden:
                    found[doc.text_hash].append(doc)
        return {text: sorted(docs, key=lambda doc: doc.id) for text, docs in found.items()}

    def edges_of(self, texts: Iterable[str]) -> set[Edge]:
        """Return the verified edges at ``texts`` (hashes), also of texts that have left the tables since."""
        wanted = sorted(texts)
        return {edge for segment in self._segments for edge in segment.edges_of(wanted)}

    def candidates(self, runs: Runs, max_bucket: int) -> dict[int, list[str]]:
        """Return for each row of ``runs`` the hashes of indexed texts worth comparing with it, sorted."""
        found: dict[int, set[str]] = defaultdict(set)
        for segment in self._segments:
            pairs: Pairs = pairs_between(runs, segment.runs(self._scheme.num_perm), max_bucket)
            names = {row: segment.text_hash(row) for row in np.unique(pairs[:, 1]).tolist()}
            for row, other in pairs.tolist():
                found[row].add(names[other])
        return {row: sorted(hashes) for row, hashes in found.items()}


def _metadata(scheme: Scheme) -> dict[str, str]:
    return scheme.identity() | {"layout": LAYOUT}


def _day(date: dt.date | None) -> int:
    return _NO_DATE if date is None else (date - _EPOCH).days


def _keys(hashes: Sequence[str]) -> U64:
    """Return the first 64 bits of each hex hash: sorted hashes have sorted keys."""
    return np.array([int(value[:16], 16) for value in hashes], dtype=np.uint64)


def _slices(keys: U64, texts: Sequence[str]) -> Iterator[tuple[str, int, int]]:
    """Yield (text, low, high) for each of ``texts`` whose key is in the sorted ``keys``."""
    wanted = _keys(texts)
    lows, highs = np.searchsorted(keys, wanted), np.searchsorted(keys, wanted, side="right")
    for at in np.flatnonzero(highs > lows).tolist():
        yield texts[at], int(lows[at]), int(highs[at])
