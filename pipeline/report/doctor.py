"""Checks that a person runs when something looks wrong: the installation, and the tables of a clean folder."""

from __future__ import annotations

import importlib.util
import platform
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

from pipeline import compiled
from pipeline.clean.compiled import LIBRARY as CLEANING_KERNEL
from pipeline.dedup.compiled import LIBRARY as DEDUPLICATION_KERNEL
from pipeline.errors import PipelineError
from pipeline.limits import MIB
from pipeline.store.digest import digests
from pipeline.store.law import check_snapshot
from pipeline.store.reader import Snapshot
from pipeline.store.tables import Store
from pipeline.words.compiled import LIBRARY as RULES_KERNEL
from pipeline.words.lexicon import Lexicon
from pipeline.words.rulebook import Rulebook, failed_examples

# What has broken installs: each of these once did not import, or did and then failed in a flow.
_LIBRARIES = (
    "trafilatura",
    "datasketch",
    "prefect",
    "pandas",
    "pyarrow",
    "deltalake",
    "duckdb",
    "fastapi",
    "sqlalchemy",
)


# A run stages its rows beside the tables before they take the place of others, and merges its index there.
_FREE_MIB = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One check: its name, whether it is as it should be, and what was found."""

    check: str
    ok: bool
    found: str


def check_installation() -> list[Finding]:
    """Return what is installed, whether another package shadows ours, whether rules load, and the kernels at work."""
    libraries = (("cleaning", CLEANING_KERNEL), ("deduplication", DEDUPLICATION_KERNEL), ("rules", RULES_KERNEL))
    return [*_versions(), *_shadows(), _rules(), *(_kernel(name, library) for name, library in libraries)]


def check_tables(clean: Path) -> list[Finding]:
    """Return whether a run could write to ``clean``, whether the law holds on its tables, and a digest of each.

    No clock is part of the digests.
    """
    try:
        snapshot = Store.open(clean, create=False).snapshot()
        check_snapshot(snapshot)
        law = Finding(check="law", ok=True, found="every record has its outcome, every duplicate its article")
        return [_writable(clean), _room(clean), law, *_digests(snapshot)]
    except PipelineError as exc:
        return [Finding(check="law", ok=False, found=exc.message)]


def _writable(clean: Path) -> Finding:
    try:
        with tempfile.TemporaryFile(dir=clean):
            return Finding(check="write access", ok=True, found=str(clean))
    except OSError as exc:
        return Finding(check="write access", ok=False, found=f"{exc}: runs need to write there")


def _room(clean: Path) -> Finding:
    free = shutil.disk_usage(clean).free // MIB
    return Finding(check="disk", ok=free >= _FREE_MIB, found=f"{free:,} MiB free (at least {_FREE_MIB:,} are needed)")


def _digests(snapshot: Snapshot) -> Iterator[Finding]:
    for table, digest in digests(snapshot).items():
        yield Finding(check=f"digest of {table}", ok=True, found=f"{digest} ({snapshot.count(table)} rows)")


def _versions() -> Iterator[Finding]:
    enough = sys.version_info >= (3, 11)
    yield Finding(check="python", ok=enough, found=f"{platform.python_version()} (3.11 or newer is needed)")
    asked = {one.name: one.specifier for one in map(Requirement, metadata.requires("broadsheet") or ())}
    for name in ("broadsheet", *_LIBRARIES):
        try:
            version, wanted = metadata.version(name), asked.get(name)
            fits = wanted is None or wanted.contains(version, prereleases=True)
            yield Finding(check=name, ok=fits, found=version if fits else f"{version}, but {name}{wanted} is needed")
        except metadata.PackageNotFoundError:
            yield Finding(check=name, ok=False, found="not installed: pip install broadsheet into its own environment")


def _shadows() -> Iterator[Finding]:
    """``flows`` and ``pipeline`` are common names: whoever comes first on the path wins, silently."""
    for name in ("pipeline", "flows"):
        spec = importlib.util.find_spec(name)
        place = Path(spec.origin).parent if spec is not None and spec.origin else None
        ours = place is not None and (place.parent / "pipeline" / "words" / "rulebook.py").exists()
        yield Finding(check=f"package {name!r}", ok=ours, found=str(place) if place else "not found")


def _rules() -> Finding:
    try:
        book, lexicon = Rulebook.load(), Lexicon.load()
    except PipelineError as exc:
        return Finding(check="rules", ok=False, found=exc.message)
    failures = sum(1 for _ in failed_examples(book))
    found = f"{len(book.rules)} rules, {len(lexicon.languages)} languages, {failures} examples fail"
    return Finding(check="rules", ok=failures == 0, found=found)


def _kernel(name: str, library: compiled.Library | None) -> Finding:
    more = "" if library else ": same results, slower; install a C compiler and Broadsheet again"
    return Finding(check=f"{name} kernel", ok=True, found=compiled.describe(library) + more)
