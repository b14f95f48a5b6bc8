"""Several segments written as one, a range of hashes or keys at a time, so that memory hardly grows with their size.

Hashes, documents and pairs are sorted by hash, postings by key: what belongs to a range lies together in each segment.
What stays in memory is where each text goes, five bytes a text, and which documents were taken out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.dedup.apart import I32, Mask
from pipeline.dedup.arrays import Array, ArrayWriter
from pipeline.dedup.candidates import Postings, bits_for, packed_in_bits, parts_of
from pipeline.dedup.kernel import I64, U32, U64
from pipeline.dedup.segment import DOC_COLUMNS, Segment, pack_ids, unpack_hashes

_NOWHERE = -1
_BYTES = 256  # values of a hash's first byte, by which ranges are told
_TEXTS_AT_ONCE = 1 << 16  # in a range, roughly: 20 MiB of them and their documents

Step = Callable[[str], None]


def no_step(name: str) -> None:
    """Do nothing: what a run does after each step of a merge."""
    del name


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Source:
    """A segment to be merged: its texts' ``rows`` in the new one, and in which of them it is the ``first`` to have it.

    ``live``: bool a document. ``texts``, ``docs`` and ``edges``: where each range of hashes begins (int64).
    """

    segment: Segment
    live: Mask
    rows: I32
    first: Mask
    texts: I64
    docs: I64
    edges: I64

    @classmethod
    def of(cls, segment: Segment, hidden: set[str], ranges: int) -> _Source:
        bounds = np.array([bytes([byte]) for byte in range(0, _BYTES, _BYTES // ranges)], dtype="S16")
        arrays = segment.arrays()
        texts = np.append(np.searchsorted(segment.hashes, bounds), len(segment.hashes))
        doc_text = arrays["doc_text"]
        inner = np.searchsorted(doc_text, texts[:-1].clip(max=len(segment.hashes) - 1).astype(doc_text.dtype))
        docs = np.append(np.where(texts[:-1] < len(segment.hashes), inner, len(segment)), len(segment))
        edges = np.append(np.searchsorted(arrays["edge_a"], bounds), len(arrays["edge_a"]))
        return cls(
            segment=segment,
            live=segment.is_without(hidden),
            rows=np.full(len(segment.hashes), _NOWHERE, dtype=np.int32),
            first=np.zeros(len(segment.hashes), dtype=bool),
            texts=texts,
            docs=docs,
            edges=edges,
        )

    def doc_rows(self, part: int) -> I64:
        """Return the rows of the live documents of a range."""
        low, high = self.docs[part : part + 2].tolist()
        rows: I64 = low + np.flatnonzero(self.live[low:high])
        return rows

    @property
    def ranges(self) -> range:
        """The ranges of hashes, of which one is merged at a time."""
        return range(len(self.texts) - 1)


def merge_segments(path: Path, segments: Sequence[Segment], *, is_oldest: bool, step: Step = no_step) -> None:
    """Write ``segments`` (oldest first, next to each other) as one; ``is_oldest``: no segment is before them."""
    sources = _sources(segments)
    count = 0
    for part in sources[0].ranges:
        count += _place_texts(sources, part, count)
    step("index texts merged")
    sink = ArrayWriter(path)
    _write_postings(sink, sources, count, step)
    _write_hashes(sink, sources, count)
    metadata = _write_docs(sink, sources, count)
    _write_edges(sink, sources)
    removed = set() if is_oldest else {one for segment in segments for one in segment.removed()}
    ids, is_hex = pack_ids(sorted(removed))
    sink.add("removed", ids)
    sink.close({**segments[-1].metadata, **metadata, "removed": "hex" if is_hex else "text"})
    step("index merged")


def _sources(segments: Sequence[Segment]) -> list[_Source]:
    hidden: set[str] = set()
    texts = sum(len(segment.hashes) for segment in segments)
    ranges = min(_BYTES, 1 << (texts // _TEXTS_AT_ONCE).bit_length())
    found = []
    for segment in reversed(segments):
        found.append(_Source.of(segment, hidden, ranges))
        hidden.update(segment.removed())
    return found[::-1]


def _place_texts(sources: Sequence[_Source], part: int, low: int) -> int:
    """Give the texts of a range that have a live document their rows from ``low`` on; return how many they are."""
    chosen = []
    for source in sources:
        begin, end = source.texts[part : part + 2].tolist()
        is_live = np.zeros(end - begin, dtype=bool)
        is_live[source.segment.arrays()["doc_text"][source.doc_rows(part)].astype(np.int64) - begin] = True
        chosen.append(begin + np.flatnonzero(is_live))
    hashes = [source.segment.hashes[rows] for source, rows in zip(sources, chosen, strict=True)]
    found, first, inverse = np.unique(np.concatenate(hashes), return_index=True, return_inverse=True)
    is_first = np.zeros(len(inverse), dtype=bool)
    is_first[first] = True
    at = 0
    for source, rows in zip(sources, chosen, strict=True):
        source.rows[rows] = low + inverse[at : at + len(rows)]
        source.first[rows] = is_first[at : at + len(rows)]
        at += len(rows)
    return len(found)


def _write_postings(sink: ArrayWriter, sources: Sequence[_Source], texts: int, step: Step) -> None:
    sizes = np.zeros(texts, dtype=np.uint8)
    for source in sources:
        sizes[source.rows[source.first]] = source.segment.postings().sizes[source.first]
    bits = bits_for(texts)
    directory = np.zeros((1 << bits) + 1, dtype=np.uint32)

    def blocks() -> Iterator[U32]:
        filled = 0
        for low, high in parts_of(1 << bits, int(sizes.sum(dtype=np.int64))):
            packed = np.concatenate([_moved(source, bits, low, high) for source in sources])
            packed.sort()
            entries, firsts = packed_in_bits(packed, bits, low, high)
            directory[low : high + 1] = filled + firsts
            filled += len(entries)
            yield entries
            step("index postings merged")

    sink.add("sizes", sizes)
    sink.add_blocks("entries", np.dtype(np.uint32), blocks())
    sink.add("directory", directory)


def _moved(source: _Source, bits: int, low: int, high: int) -> U64:
    """Return the postings with keys of buckets ``low`` to ``high`` (of ``bits``), their rows the new ones."""
    postings: Postings = source.segment.postings()
    shift = bits - postings.bits
    first, end = (low >> shift, -(-high >> shift)) if shift >= 0 else (low << -shift, high << -shift)
    packed = postings.packed(first, end)
    texts = (packed & np.uint64((1 << 32) - 1)).astype(np.int64)
    buckets = packed >> np.uint64(64 - bits)
    kept = source.first[texts] & (buckets >= np.uint64(low)) & (buckets < np.uint64(high))
    moved: U64 = packed[kept] >> np.uint64(32) << np.uint64(32) | source.rows[texts[kept]].astype(np.uint64)
    return moved


def _write_hashes(sink: ArrayWriter, sources: Sequence[_Source], count: int) -> None:
    out = sink.reserve("text_hash", np.dtype("S16"), count)
    for part in sources[0].ranges:
        for source in sources:
            begin, end = source.texts[part : part + 2].tolist()
            rows = begin + np.flatnonzero(source.first[begin:end])
            out[source.rows[rows]] = source.segment.hashes[rows]


def _write_docs(sink: ArrayWriter, sources: Sequence[_Source], texts: int) -> dict[str, Any]:
    """Write the live documents by text and id; return what metadata must say of them."""
    said = [source.segment.metadata for source in sources]
    names: list[str | None] = [None, *sorted({name for one in said for name in one["names"] if name is not None})]
    place = {name: at for at, name in enumerate(names)}
    codes = [np.array([place[name] for name in one["names"]]) for one in said]
    base = {name: min(one[name] for one in said) for name in ("origin", "youngest")}
    is_hex = all(one["ids"] == "hex" for one in said)
    moves = [{"date": one["origin"] - base["origin"], "age": one["youngest"] - base["youngest"]} for one in said]
    most = {"text": texts - 1, "agency": len(names) - 1, "site": len(names) - 1}
    for name in set(DOC_COLUMNS) - most.keys():
        most[name] = max(
            int(source.segment.arrays()[f"doc_{name}"].max(initial=0)) + move.get(name, 0) * bool(len(source.live))
            for source, move in zip(sources, moves, strict=True)
        )
    count = sum(int(source.live.sum()) for source in sources)
    width = 16 if is_hex else max(32, *(source.segment.arrays()["doc_id"].itemsize for source in sources))
    out = {name: sink.reserve(f"doc_{name}", np.min_scalar_type(max(0, most[name])), count) for name in DOC_COLUMNS}
    out["id"] = sink.reserve("doc_id", np.dtype(f"S{width}"), count)
    filled = 0
    for part in sources[0].ranges:
        blocks = [
            _docs_of(source, part, code, move, is_hex) for source, code, move in zip(sources, codes, moves, strict=True)
        ]
        block = {name: np.concatenate([one[name] for one in blocks]) for name in out}
        order = np.lexsort((block["id"], block["text"]))
        for name, values in block.items():
            out[name][filled : filled + len(order)] = values[order]
        filled += len(order)
    return {"ids": "hex" if is_hex else "text", "names": names, **base}


def _docs_of(source: _Source, part: int, codes: I64, moves: Mapping[str, int], is_hex: bool) -> dict[str, Array]:
    """Return the columns of the live documents of a range, in the numbers of the merged segment."""
    rows, arrays = source.doc_rows(part), source.segment.arrays()
    found: dict[str, Array] = {name: arrays[f"doc_{name}"][rows].astype(np.int64) for name in DOC_COLUMNS}
    found["text"] = source.rows[found["text"]]
    found |= {name: found[name] + move for name, move in moves.items()}
    found |= {name: codes[found[name]] for name in ("agency", "site")}
    ids = arrays["doc_id"][rows]
    if source.segment.metadata["ids"] == "hex" and not is_hex:
        ids = np.array([one.encode() for one in unpack_hashes(ids)], dtype="S32")
    return found | {"id": ids}


def _write_edges(sink: ArrayWriter, sources: Sequence[_Source]) -> None:
    """Write the pairs of all segments, each once: counted, then written."""
    types = {name: values.dtype for name, values in sources[0].segment.edges().items()}
    count = sum(len(_edges_of(sources, part)["a"]) for part in sources[0].ranges)
    out = {name: sink.reserve(f"edge_{name}", dtype, count) for name, dtype in types.items()}
    filled = 0
    for part in sources[0].ranges:
        block = _edges_of(sources, part)
        for name, values in block.items():
            out[name][filled : filled + len(values)] = values
        filled += len(block["a"])
    sink.add("edge_by_b", np.argsort(out["b"], kind="stable").astype(np.uint32))


def _edges_of(sources: Sequence[_Source], part: int) -> dict[str, Array]:
    parts = [
        {
            name: values[slice(*source.edges[part : part + 2].tolist())]
            for name, values in source.segment.edges().items()
        }
        for source in sources
    ]
    joined = {name: np.concatenate([one[name] for one in parts]) for name in parts[0]}
    order = np.lexsort((joined["b"], joined["a"]))
    a, b = joined["a"][order], joined["b"][order]
    is_new = np.ones(len(order), dtype=bool)
    is_new[1:] = (a[1:] != a[:-1]) | (b[1:] != b[:-1])
    return {name: values[order[is_new]] for name, values in joined.items()}
