"""How the index grows: a publication adds a segment, and the newest ones are merged as they gather.

A segment is merged with the one before as long as that one is not ``_FACTOR`` times as large: there are as many
segments as the logarithm of the documents, and a document is written anew some four times in all. The merged file is
written beside the index and takes the place of the others with the publication, so that whoever dies on the way leaves
the index as it was. What has been removed is left out of a merged segment.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from pipeline.dedup.arrays import ArrayWriter
from pipeline.dedup.candidates import (
    build_postings,
)
from pipeline.dedup.facts import DocFacts, KnownDoc, NamedEdges
from pipeline.dedup.fingerprint import Fingerprints, Scheme
from pipeline.dedup.merge import Step, merge_segments, no_step
from pipeline.dedup.segment import (
    SUFFIX,
    Docs,
    Segment,
    edge_columns,
    made_with,
    pack_hashes,
    write_parts,
)

MOST_TEXTS = 1 << 24  # in a merged segment
_FACTOR = 3


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

    ``step`` is called with the name of each step that was just done.

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
