"""What 10,000 new documents cost against an index of so many: prints it as JSON, CPU (user and system) in seconds.

    python -m benchmarks.dedup_index DOCUMENTS FOLDER

The index is made in FOLDER if it is not there: real files, as many as merging leaves, of random hashes and keys, no
pairs. A quarter of the new documents are copies of indexed ones and share all keys but a few with them. Cold: the files
were dropped from the page cache; warm: the same batch again.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from pipeline.dedup.arrays import ArrayWriter
from pipeline.dedup.candidates import KEY_BITS, bits_for, packed_in_bits
from pipeline.dedup.facts import NamedEdges
from pipeline.dedup.fingerprint import KEYS, Fingerprints, Scheme
from pipeline.dedup.growth import MOST_TEXTS
from pipeline.dedup.index import Index
from pipeline.dedup.kernel import U32, U64, splitmix64
from pipeline.dedup.segment import Docs, Hashes, edge_columns, made_with, unpack_hashes, write_parts

BATCH = 10_000
_STRIDE = 2_654_435_761  # odd, and prime to the number of postings: which text the posting at a place is of
_BUCKETS_AT_ONCE = 1 << 17
_SITES = 40_000
_MAX_BUCKET = 32


def texts_of(documents: int) -> list[int]:
    """Return how many texts each file has: full ones first, as merging leaves them."""
    full, rest = divmod(documents, MOST_TEXTS)
    return [MOST_TEXTS] * full + ([rest] if rest else [])


def write_random(path: Path, texts: int, scheme: Scheme, seed: int) -> None:
    """Write a segment of so many texts, a document each, with random hashes and keys."""
    bits, count = bits_for(texts), texts * KEYS
    directory = np.zeros((1 << bits) + 1, dtype=np.uint32)

    def blocks() -> Iterator[U32]:
        for low in range(0, 1 << bits, _BUCKETS_AT_ONCE):
            high = min(1 << bits, low + _BUCKETS_AT_ONCE)
            first, end = (-(-(bucket << KEY_BITS - bits) * count >> KEY_BITS) for bucket in (low, high))
            place = np.arange(first, end, dtype=np.uint64)
            packed = _key_at(place, count) << np.uint64(32) | (
                place * np.uint64(_STRIDE) % np.uint64(count)
            ) // np.uint64(KEYS)
            packed.sort()
            entries, firsts = packed_in_bits(packed, bits, low, high)
            directory[low : high + 1] = first + firsts
            yield entries

    sink = ArrayWriter(path)
    sink.add("sizes", np.full(texts, KEYS, dtype=np.uint8))
    sink.add_blocks("entries", np.dtype(np.uint32), blocks())
    sink.add("directory", directory)
    draw = np.random.default_rng(seed)
    docs = Docs(
        ids=_random_hashes(draw, texts),
        is_hex=True,
        text=np.arange(texts),
        date=20_000 + draw.integers(0, 700, texts),
        published=20_000 + draw.integers(0, 700, texts),
        agency=draw.integers(0, 50, texts),
        site=draw.integers(50, _SITES, texts),
        words=draw.integers(40, 4_000, texts),
        flags=np.full(texts, 3),
        names=(None, *(f"site{number}.example" for number in range(_SITES))),
    )
    hashes = np.sort(draw.integers(0, 1 << 63, texts, dtype=np.uint64)).astype(">u8")
    pairs = np.stack([hashes.view(np.uint64), draw.integers(1, 1 << 63, texts, dtype=np.uint64)], axis=1)
    edges = edge_columns(NamedEdges.of(()))
    write_parts(sink, hashes=pairs.view("S16").ravel(), docs=docs, edges=edges, removed=(), scheme=made_with(scheme))


def new_batch(index_texts: list[int], draw: np.random.Generator) -> Fingerprints:
    """Return the keys of 10,000 new texts; every fourth has all keys but five of an indexed one."""
    keys = draw.integers(0, 1 << KEY_BITS, (BATCH, KEYS), dtype=np.uint32)
    for row in range(0, BATCH, 4):
        texts = index_texts[row // 4 % len(index_texts)]
        count, text = texts * KEYS, int(draw.integers(0, texts))
        inverse = pow(_STRIDE, -1, count)
        places = np.array([(text * KEYS + slot) * inverse % count for slot in range(KEYS - 5)], dtype=np.uint64)
        keys[row, : KEYS - 5] = _key_at(places, count).astype(np.uint32)
    keys.sort(axis=1)
    return Fingerprints(
        keys=keys.ravel(), offsets=np.arange(BATCH + 1) * KEYS, word_counts=np.full(BATCH, 400, dtype=np.int64)
    )


def look_up(folder: Path, scheme: Scheme, prints: Fingerprints, hashes: list[str]) -> tuple[float, float, int]:
    """Return CPU seconds, wall seconds and the candidates found of one batch, the index opened for it."""
    spent, wall = cpu_seconds(), time.perf_counter()
    index = Index.open(folder, scheme)
    known = index.docs_of(hashes)
    found = index.candidates(prints, np.arange(BATCH), _MAX_BUCKET)
    met = sorted({text for others in found.values() for text in others})
    known.update(index.docs_of(met))
    index.edges_of([*hashes, *met])
    return cpu_seconds() - spent, time.perf_counter() - wall, sum(map(len, found.values()))


def main() -> None:
    """Measure the index named on the command line."""
    documents, folder = int(sys.argv[1]), Path(sys.argv[2])
    scheme = Scheme.from_datasketch(128, 1, 3)
    texts = texts_of(documents)
    begun = cpu_seconds()
    folder.mkdir(parents=True, exist_ok=True)
    for number, count in enumerate(texts):
        path = folder / f"{number:04d}.segment"
        if not path.exists():
            write_random(path.with_suffix(".part"), count, scheme, number)
            path.with_suffix(".part").rename(path)
    made = cpu_seconds() - begun
    draw = np.random.default_rng(5)
    prints, hashes = new_batch(texts, draw), unpack_hashes(_random_hashes(draw, BATCH))
    for path in folder.iterdir():
        with path.open("rb") as source:
            os.fsync(source.fileno())
            os.posix_fadvise(source.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    cold, waited, found = look_up(folder, scheme, prints, hashes)
    warm, _, _ = look_up(folder, scheme, prints, hashes)
    size = sum(path.stat().st_size for path in folder.iterdir())
    row = {"documents": documents, "files": len(texts), "made": made, "cold": cold, "cold_wall": waited, "warm": warm}
    print(json.dumps({**row, "found": found, "bytes": size / documents}))


def cpu_seconds() -> float:
    """Return the user and system CPU seconds of this process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _key_at(place: U64, count: int) -> U64:
    """Return the key of the posting at each place of the sorted postings: evenly spaced but for a random part."""
    part = splitmix64(place) >> np.uint64(40)
    found: U64 = ((place << np.uint64(24)) + part).astype(np.float64) * (2.0**KEY_BITS / (count * 2.0**24)) // 1
    return found.astype(np.uint64)


def _random_hashes(draw: np.random.Generator, count: int) -> Hashes:
    return draw.integers(1, 1 << 63, (count, 2), dtype=np.uint64).view("S16").ravel()


if __name__ == "__main__":
    main()
