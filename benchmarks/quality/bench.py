"""The labelled sets on disk: where they are, their rows, their scorers, and the digest of their labels."""

from __future__ import annotations

import gzip
import hashlib
import importlib.util
import json
import lzma
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import IO, Any

PROJECT = Path(__file__).resolve().parents[2]
SOURCES = ("dumps", "extraction", "glued", "dedup", "reprints")
# The scorer belongs to the labels: another way of counting needs a new pin as much as another label does.
LABEL_FILES = {
    "dumps": ("dumps/dev.jsonl", "dumps/score.py"),
    "extraction": ("extraction/pages.jsonl.xz", "extraction/dumps.jsonl.xz", "extraction/score.py"),
    "glued": ("dumps/dev.jsonl", "extraction/pages.jsonl.xz", "extraction/dumps.jsonl.xz"),
    "dedup": ("dedup/dev_docs.jsonl.gz", "dedup/dev_pairs.tsv.gz", "dedup/score.py"),
    "reprints": ("dumps/reprints_dev.jsonl",),
}


class BenchError(Exception):
    """The labelled sets are missing or incomplete; the message says which file and what to do."""


@dataclass(frozen=True, slots=True)
class Bench:
    """A folder of labelled sets."""

    root: Path

    def file(self, name: str) -> Path:
        """Return the path of a file of the sets.

        Raises:
            BenchError: it is not there.
        """
        path = self.root / name
        if not path.is_file():
            raise BenchError(
                f"{name!r} is missing in {str(self.root)!r}: give the folder of the labelled sets as --bench"
            )
        return path

    def rows(self, name: str) -> Iterator[Any]:
        """Yield the JSON rows of ``name`` in order; one row is held at a time."""
        with open_text(self.file(name)) as lines:
            for line in lines:
                if line.strip():
                    yield json.loads(line)

    def scorer(self, source: str) -> ModuleType:
        """Return the set's own ``score.py`` as a module, so that no figure can drift from its definition."""
        return load_scorer(self.file(f"{source}/score.py"))

    def digest(self, source: str) -> str:
        """Return blake2b-128 (hex) of the label files of ``source``, names and bytes."""
        digest = hashlib.blake2b(digest_size=16)
        for name in LABEL_FILES[source]:
            data = self.file(name).read_bytes()
            digest.update(f"{name} {len(data)}\n".encode())
            digest.update(data)
        return digest.hexdigest()


def open_text(path: Path) -> IO[str]:
    """Return ``path`` opened as UTF-8 text, unpacked where its name says ``.gz`` or ``.xz``."""
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8")
    if path.suffix == ".xz":
        return lzma.open(path, "rt", encoding="utf-8")
    return path.open(encoding="utf-8")


def load_scorer(path: Path) -> ModuleType:
    """Return the Python file at ``path`` as a module of its own, without touching ``sys.modules``.

    Raises:
        BenchError: it cannot be loaded.
    """
    spec = importlib.util.spec_from_file_location(f"bench_{path.parent.name}_score", path)
    if spec is None or spec.loader is None:
        raise BenchError(f"{str(path)!r} is no Python file")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def find_bench() -> Path | None:
    """Return the labelled sets: ``BROADSHEET_BENCH``, else ``shared/bench`` beside the project, or None."""
    named = os.environ.get("BROADSHEET_BENCH")
    places = [Path(named)] if named else [PROJECT.parent / "shared" / "bench"]
    return next((place for place in places if place.is_dir()), None)
