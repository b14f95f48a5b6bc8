"""How the index grows: a publication adds a segment, and the newest ones are merged as they gather.

A segment is merged with the one before as long as that one is not ``_FACTOR`` times as large: there are as many
segments as the logarithm of the documents, and a document is written anew some four times in all. The merged file is
written beside the index and takes the place of the others with the publication, so that whoever dies on the way leaves
the index as it was. What has been removed is left out of a merged segment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from pipeline.dedup.arrays import Array, ArrayWriter
from pipeline.dedup.candidates import (
    Postings,
    bits_for,
    build_postings,
    packed_in_bits,
    parts_of,
)
from pipeline.dedup.facts import DocFacts, KnownDoc, NamedEdges
from pipeline.dedup.fingerprint import Fingerprints, Scheme
from pipeline.dedup.kernel import I64, U32, U64
from pipeline.dedup.segment import (
    SUFFIX,
    Docs,
    Hashes,
    Segment,
    edge_columns,
    made_with,
    pack_hashes,
    pack_ids,
    unpack_ids,
    write_parts,
)

MOST_TEXTS = 1 << 24  # in a merged segment: it takes 0.6 GB to merge them
_FACTOR = 3
_NOWHERE = -1

Step = Callable[[str], None]


def no_step(name: str) -> None:
    """Do nothing: what a run does after each step of a merge."""
    del name


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
    """
    hashes, first, text = np.unique(
        pack_hashes([doc.text_hash for doc in docs]), return_index=True, return_inverse=True
    )
    postings = build_postings(prints, first)
    sink = ArrayWriter(path)
    sink.add("sizes", postings.sizes)
    sink.add("directory", postings.directory)
    sink.add("entries", postings.entries)
    columns = Docs.of(docs, is_article, text.astype(np.int64))
    write_parts(sink, hashes=hashes, docs=columns, edges=edge_columns(edges), removed=removed, scheme=made_with(scheme))


def write_removal(path: Path, ids: Iterable[str], scheme: Scheme) -> None:
    """Write the segment of a publication that adds no document and takes those with ``ids`` out.

    They stay hidden in every earlier segment until one with them is added again; an id that is in none hides nothing.
    """
    nothing, none = Fingerprints.empty(), NamedEdges.of(())
    write_segment(path, docs=(), is_article=(), prints=nothing, edges=none, scheme=scheme, removed=ids)


def merge_newest(staged: Path, folder: Path, step: Step = no_step) -> list[Path]:
    """Merge into the new segment ``staged`` those of ``folder`` that it has outgrown; return the files it replaces.

    Holds hashes and documents of the merged segments, and a part of their postings at a time. ``step`` is called with
    the name of each step that was just done.

    Raises:
        StoreError: a segment cannot be read.
    """
    older = [Segment(path) for path in sorted(folder.glob(f"*{SUFFIX}"))]
    first = _first_to_merge([len(segment) for segment in older], len(Segment(staged)))
    if first == len(older):
        return []
    new = staged.with_suffix(".new")
    staged.rename(new)
    merge_segments(staged, [*older[first:], Segment(new)], is_oldest=first == 0, step=step)
    new.unlink()
    step("index new dropped")
    return [segment.path for segment in older[first:]]


def _first_to_merge(sizes: Sequence[int], total: int) -> int:
    first = len(sizes)
    while first and sizes[first - 1] < _FACTOR * max(1, total) and total + sizes[first - 1] <= MOST_TEXTS:
        first -= 1
        total += sizes[first]
    return first


def merge_segments(path: Path, segments: Sequence[Segment], *, is_oldest: bool, step: Step = no_step) -> None:
    """Write ``segments`` (oldest first, next to each other) as one; ``is_oldest``: no segment is before them."""
    live = _live_rows(segments)
    hashes, rows = _merged_texts(segments, live)
    step("index texts merged")
    sink = ArrayWriter(path)
    _write_postings(sink, segments, rows, len(hashes), step)
    removed = () if is_oldest else (one for segment in segments for one in segment.removed())
    scheme = {name: segments[-1].metadata[name] for name in segments[-1].metadata if name not in _OF_DOCS}
    write_parts(
        sink,
        hashes=hashes,
        docs=_merged_docs(segments, live, hashes),
        edges=_merged_edges(segments),
        removed=removed,
        scheme=scheme,
    )
    step("index merged")


_OF_DOCS = frozenset({"ids", "origin", "youngest", "names", "removed"})


def _live_rows(segments: Sequence[Segment]) -> list[I64]:
    """Return for each segment the rows of its documents that no later one took out."""
    hidden: set[str] = set()
    found = []
    for segment in reversed(segments):
        found.append(segment.rows_without(hidden))
        hidden.update(segment.removed())
    return found[::-1]


def _merged_texts(segments: Sequence[Segment], live: Sequence[I64]) -> tuple[Hashes, list[I64]]:
    """Return the hashes of all texts with a live document, and the new row of each segment's texts.

    A text has no row where another segment of it has one: it is kept once.
    """
    texts = [np.unique(segment.docs().text[rows]) for segment, rows in zip(segments, live, strict=True)]
    parts = [segment.hashes[at] for segment, at in zip(segments, texts, strict=True)]
    hashes, first, inverse = np.unique(np.concatenate(parts), return_index=True, return_inverse=True)
    is_first = np.zeros(len(inverse), dtype=bool)
    is_first[first] = True
    new = np.where(is_first, inverse, _NOWHERE)
    found, low = [], 0
    for segment, at in zip(segments, texts, strict=True):
        rows = np.full(len(segment.hashes) + 1, _NOWHERE)
        rows[at] = new[low : low + len(at)]
        low += len(at)
        found.append(rows)
    return hashes, found


def _write_postings(
    sink: ArrayWriter, segments: Sequence[Segment], rows: Sequence[I64], texts: int, step: Step
) -> None:
    postings = [segment.postings() for segment in segments]
    sizes = np.zeros(texts, dtype=np.uint8)
    for part, new in zip(postings, rows, strict=True):
        kept = np.flatnonzero(new[:-1] != _NOWHERE)
        sizes[new[kept]] = part.sizes[kept]
    bits = bits_for(texts)
    directory = np.zeros((1 << bits) + 1, dtype=np.uint32)

    def blocks() -> Iterator[U32]:
        filled = 0
        for low, high in parts_of(1 << bits, int(sizes.sum(dtype=np.int64))):
            packed = np.concatenate(
                [_moved(part, new, bits, low, high) for part, new in zip(postings, rows, strict=True)]
            )
            packed.sort()
            entries, firsts = packed_in_bits(packed, bits, low, high)
            directory[low : high + 1] = filled + firsts
            filled += len(entries)
            yield entries
            step("index postings merged")

    sink.add("sizes", sizes)
    sink.add_blocks("entries", np.dtype(np.uint32), blocks())
    sink.add("directory", directory)


def _moved(postings: Postings, rows: I64, bits: int, low: int, high: int) -> U64:
    """Return the postings with keys of buckets ``low`` to ``high`` (of ``bits``), their rows the new ones."""
    shift = bits - postings.bits
    first, end = (low >> shift, -(-high >> shift)) if shift >= 0 else (low << -shift, high << -shift)
    packed = postings.packed(first, end)
    key_shift = np.uint64(64 - bits)
    buckets = packed >> key_shift
    new = rows[(packed & np.uint64((1 << 32) - 1)).astype(np.int64)]
    kept = (new != _NOWHERE) & (buckets >= np.uint64(low)) & (buckets < np.uint64(high))
    moved: U64 = packed[kept] >> np.uint64(32) << np.uint64(32) | new[kept].astype(np.uint64)
    return moved


def _merged_docs(segments: Sequence[Segment], live: Sequence[I64], hashes: Hashes) -> Docs:
    parts = [segment.docs(rows) for segment, rows in zip(segments, live, strict=True)]
    names: tuple[str | None, ...] = (None, *sorted({name for part in parts for name in part.names if name is not None}))
    place = {name: at for at, name in enumerate(names)}
    codes = [np.array([place[name] for name in part.names]) for part in parts]
    texts = [segment.hashes[part.text] for segment, part in zip(segments, parts, strict=True)]
    ids, is_hex = _joined_ids(parts)
    columns = {
        name: np.concatenate([getattr(part, name) for part in parts])
        for name in ("date", "published", "words", "flags")
    }
    named = {
        name: np.concatenate([code[getattr(part, name)] for code, part in zip(codes, parts, strict=True)])
        for name in ("agency", "site")
    }
    text = np.searchsorted(hashes, np.concatenate(texts))
    return Docs(ids=ids, is_hex=is_hex, text=text, names=names, **columns, **named)


def _joined_ids(parts: Sequence[Docs]) -> tuple[Hashes, bool]:
    if all(part.is_hex for part in parts):
        return np.concatenate([part.ids for part in parts]), True
    return pack_ids([one for part in parts for one in unpack_ids(part.ids, is_hex=part.is_hex)])


def _merged_edges(segments: Sequence[Segment]) -> dict[str, Array]:
    columns = [segment.edges() for segment in segments]
    joined = {name: np.concatenate([part[name] for part in columns]) for name in columns[0]}
    order = np.lexsort((joined["b"], joined["a"]))
    a, b = joined["a"][order], joined["b"][order]
    is_new = np.concatenate([[True], (a[1:] != a[:-1]) | (b[1:] != b[:-1])]) if len(order) else np.empty(0, dtype=bool)
    return {name: values[order[is_new]] for name, values in joined.items()}
