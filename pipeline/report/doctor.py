"""Checks that a person runs when something looks wrong: the installation, and the tables of a clean folder."""

from __future__ import annotations

import importlib.util
import platform
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from pipeline.dedup.compiled import describe
from pipeline.errors import PipelineError
from pipeline.store.digest import digests
from pipeline.store.law import check_snapshot
from pipeline.store.reader import Snapshot
from pipeline.store.tables import Store
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One check: its name, whether it is as it should be, and what was found."""

    check: str
    ok: bool
    found: str


def check_installation() -> list[Finding]:
    """Return what is installed, whether another package shadows ours, whether rules load, and the kernel at work."""
    return [*_versions(), *_shadows(), _rules(), _kernel()]


def check_tables(clean: Path) -> list[Finding]:
    """Return whether the law holds on the published tables, and a digest of each that no clock is part of."""
    try:
        snapshot = Store.open(clean, create=False).snapshot()
        check_snapshot(snapshot)
        law = Finding(check="law", ok=True, found="every record has its outcome, every duplicate its article")
        return [law, *_digests(snapshot)]
    except PipelineError as exc:
        return [Finding(check="law", ok=False, found=exc.message)]


def _digests(snapshot: Snapshot) -> Iterator[Finding]:
    for table, digest in digests(snapshot).items():
        yield Finding(check=f"digest of {table}", ok=True, found=f"{digest} ({snapshot.count(table)} rows)")


def _versions() -> Iterator[Finding]:
    enough = sys.version_info >= (3, 11)
    yield Finding(check="python", ok=enough, found=f"{platform.python_version()} (3.11 or newer is needed)")
    for name in ("broadsheet", *_LIBRARIES):
        try:
            yield Finding(check=name, ok=True, found=metadata.version(name))
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


def _kernel() -> Finding:
    found = describe()
    more = "" if found == "compiled" else ": same results, slower; install a C compiler and Broadsheet again"
    return Finding(check="deduplication kernel", ok=True, found=found + more)
