"""Fingerprint stage over a shard's articles: texts in from a mapped file, arrays out to one."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import pyarrow as pa

from pipeline.dedup.fingerprint import Fingerprints, Scheme, fingerprint
from pipeline.settings import DedupSettings
from pipeline.store import durable


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintJob:
    """Whose fingerprints to make (an Arrow file with a ``text`` column), how, and where to put them."""

    rows: Path
    scheme: Scheme
    target: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintResult:
    """Where the fingerprints are, row by row as in the job's file."""

    target: Path
    cpu_seconds: float


def fingerprint_shard(job: PrintJob) -> PrintResult:
    """Write the fingerprints of every row of ``job.rows``; holds one batch of texts and the arrays."""
    started = time.process_time()
    parts = [fingerprint(batch.column("text"), job.scheme) for batch in read_rows(job.rows)]
    prints = Fingerprints.concat([Fingerprints.empty(), *parts])
    with durable.refusals(f"fingerprints of {job.rows.parent.name}"), job.target.open("wb") as sink:
        np.savez(
            sink,
            keys=prints.keys,
            offsets=prints.offsets,
            word_counts=prints.word_counts,
        )
    return PrintResult(target=job.target, cpu_seconds=time.process_time() - started)


def kept_scheme(folder: Path, settings: DedupSettings) -> Scheme:
    """Return the scheme that the settings ask for, with the permutations that datasketch drew for these tables once.

    They are kept in ``folder``, because to import datasketch takes 0.8 s of CPU: a quarter of a run of five new dumps.
    A file that cannot be read is made anew.

    Raises:
        StoreError: the disk refuses.
    """
    path = folder / f"permutations-{settings.num_perm}-{settings.seed}.npz"
    try:
        with np.load(path) as arrays:
            return Scheme(
                num_perm=settings.num_perm,
                seed=settings.seed,
                shingle_words=settings.shingle_words,
                band_rows=settings.band_rows,
                multipliers=arrays["multipliers"],
                increments=arrays["increments"],
            )
    except (OSError, EOFError, KeyError, ValueError, BadZipFile):
        scheme = Scheme.from_datasketch(settings.num_perm, settings.seed, settings.shingle_words, settings.band_rows)
    drawn = BytesIO()
    np.savez(drawn, multipliers=scheme.multipliers, increments=scheme.increments)
    with durable.refusals(f"permutations in {str(folder)!r}"):
        durable.write(path, drawn.getvalue())
    return scheme


def load_prints(paths: Sequence[Path]) -> Fingerprints:
    """Return the fingerprints of several shards, one after the other."""
    return Fingerprints.concat([Fingerprints.empty(), *(_load(path) for path in paths)])


def _load(path: Path) -> Fingerprints:
    with np.load(path) as arrays:
        return Fingerprints(**{name: arrays[name] for name in ("keys", "offsets", "word_counts")})


def read_rows(path: Path) -> Iterator[pa.RecordBatch]:
    """Yield the batches of a shard's file; they are mapped, so rows cost memory only while they are looked at."""
    with pa.memory_map(str(path)) as source:
        reader = pa.ipc.open_file(source)
        for number in range(reader.num_record_batches):
            yield reader.get_batch(number)
