"""What a run does before it looks at new input: finish what another began, then clear away what belongs to nobody."""

from __future__ import annotations

import json
import logging
import shutil
from pathlib import Path
from typing import Final

from deltalake.exceptions import DeltaError

from pipeline.errors import StoreError
from pipeline.store import durable
from pipeline.store.layout import Layout
from pipeline.store.manifest import pending, read_manifest
from pipeline.store.opened import opened
from pipeline.store.publication import Checkpoint, finish, no_checkpoint
from pipeline.store.schema import PARTITION, TABLES

_LOG = logging.getLogger(__name__)

ORPHANS: Final = "orphans"
"""Folder under ``_state/undo`` for data files no table knows: kept as long as replaced files are."""


def roll_forward(layout: Layout, checkpoint: Checkpoint = no_checkpoint) -> tuple[str, ...]:
    """Finish every unfinished publication, remove orphans; return the run ids finished. The caller holds the lock.

    Nothing is computed anew: a manifest says it all. Called again it changes nothing.

    Raises:
        StoreError: a manifest or table cannot be read, or the disk refuses.
    """
    done = []
    for path in pending(layout):
        manifest = read_manifest(path)
        _drop_torn_commits(layout)
        finish(layout, manifest, checkpoint)
        done.append(manifest.publication.run.run_id)
        _LOG.warning("finished publication %s that an earlier run left half way", done[-1])
    try:
        _remove_leftovers(layout)
        for table in TABLES:
            _set_orphans_aside(layout, table)
    except (OSError, DeltaError) as exc:
        raise StoreError(f"{str(layout.clean)!r} could not be cleared of leftovers: {exc}") from exc
    return tuple(done)


def _drop_torn_commits(layout: Layout) -> None:
    """Remove a last commit that a power loss cut: its manifest is unfinished, so it is committed again."""
    for table in TABLES:
        commits = sorted((layout.table(table) / "_delta_log").glob("*.json"))
        if len(commits) > 1 and _is_torn(commits[-1]):
            commits[-1].unlink()


def _is_torn(commit: Path) -> bool:
    lines = commit.read_bytes().splitlines()
    try:
        for line in lines:
            json.loads(line)
    except ValueError:
        return True
    return not lines


def _remove_leftovers(layout: Layout) -> None:
    for folder in (layout.staging, layout.scratch):
        if folder.exists():
            shutil.rmtree(folder)
    # deltalake writes a commit beside its place, named 00…7.json#1, and links it there.
    commits = (beside for table in TABLES for beside in (layout.table(table) / "_delta_log").glob("*.json#*"))
    for beside in (*layout.manifests.glob("*.tmp"), *commits):
        beside.unlink()


def _set_orphans_aside(layout: Layout, table: str) -> None:
    root = layout.table(table)
    active = {root / path for path in active_paths(root)}
    for path in sorted(set(root.glob(f"{PARTITION}=*/*")) - active):
        durable.rename(path, layout.undo / ORPHANS / table / path.relative_to(root))
        durable.remove_empty(path.parent, root)
        _LOG.warning("set aside %s: no table knows it", path)


def active_paths(root: Path, version: int | None = None) -> list[str]:
    """Return the data files of a table, relative to its root, sorted."""
    actions = opened(root, version).get_add_actions()
    return sorted(str(path) for path in actions.column("path").to_pylist())
