"""Learning stage: what every line of a site's pages is counted on, before any page is cleaned.

It looks at all new dumps first, so that the first page of a run is cleaned with the same templates as the last.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from pipeline.clean.lines import read_lines
from pipeline.clean.templates import Counts, Sighting, Templates, count, merge, sight
from pipeline.records import Dump
from pipeline.shards.bookmark import Bookmark
from pipeline.shards.job import Seen, ShardJob
from pipeline.shards.visit import Visit
from pipeline.store import durable
from pipeline.text import split_lines

SIGHTINGS_AT_ONCE = 1_000  # pages whose lines are held before they are counted: some 2 MB


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnResult:
    """Where the counts are."""

    target: Path
    cpu_seconds: float


def learn_shard(job: ShardJob) -> LearnResult:
    """Count the lines of every new text dump that has a site; a page read by its markup needs no template.

    Raises:
        StoreError: the disk refuses.
    """
    started = time.process_time()
    target = job.folder / "counts.npz"
    counts = Counts.empty()
    waiting: list[Sighting] = []
    with durable.refusals(f"line counts of shard {job.number}"):
        job.folder.mkdir(parents=True, exist_ok=True)
        with Bookmark(job.bookmark) as mark:
            for item in Visit(job, Seen(job), mark):
                sighting = _sight(item) if isinstance(item, Dump) else None
                if sighting is not None:
                    waiting.append(sighting)
                if len(waiting) >= SIGHTINGS_AT_ONCE:
                    counts, waiting = merge([counts, count(waiting)]), []
        save_counts(target, merge([counts, count(waiting)]))
    return LearnResult(target=target, cpu_seconds=time.process_time() - started)


def _sight(dump: Dump) -> Sighting | None:
    if dump.site is None or dump.kind != "text":
        return None
    return sight(dump.site, read_lines(split_lines(dump.text)), url=dump.url, title=dump.title)


def save_counts(path: Path, counts: Counts) -> None:
    """Write counts to a file, the same bytes for the same counts."""
    with path.open("wb") as sink:
        np.savez(sink, **{name: getattr(counts, name) for name in Counts.__dataclass_fields__})


def load_counts(path: Path) -> Counts:
    """Return the counts of a file."""
    with np.load(path) as arrays:
        return Counts(**{name: arrays[name] for name in Counts.__dataclass_fields__})


def save_templates(path: Path, found: Templates) -> None:
    """Write templates to a file that workers load."""
    with path.open("wb") as sink:
        np.savez(sink, **{name: getattr(found, name) for name in Templates.__dataclass_fields__})


@lru_cache(maxsize=1)
def load_templates(path: Path) -> Templates:
    """Return the templates of a file; the last one stays loaded, for a worker cleans many shards with it."""
    with np.load(path) as arrays:
        return Templates(**{name: arrays[name] for name in Templates.__dataclass_fields__})
