"""The one way rows become visible: a manifest on disk, then every step of it, each done once however often it is tried.

Steps, each leaving a state from which :func:`finish` goes on:

1. staged files and the manifest are on the disk; nothing is visible
2. staged files move to their place in the tables
3. table by table: one Delta commit from the manifest, marked with the publication's sequence number; a table that
   already carries that number or a later one is left alone (deltalake stores the number and does not enforce it)
4. files that were taken out move to ``_state/undo/RUN_ID/``
5. private state moves into place
6. ``runs`` last, with the version of every table: from here on readers see the new snapshot
7. private state that is outdated is deleted: not before, for what a takedown deletes is in the snapshot until then
8. the manifest is renamed to done

A reader of the snapshot goes by ``runs``, so it sees all of a publication or nothing of it.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, TypeAlias

from deltalake import CommitProperties, DeltaTable, Transaction
from deltalake.exceptions import DeltaError
from deltalake.transaction import AddAction, RemoveAction

from pipeline.errors import StoreError
from pipeline.store import durable
from pipeline.store.footer import DataFile, date_of
from pipeline.store.layout import Layout, checked_run_id
from pipeline.store.manifest import (
    Addition,
    Manifest,
    Publication,
    TableChange,
    done_path,
    pending_path,
    write_manifest,
)
from pipeline.store.opened import opened
from pipeline.store.schema import PARTITION, TABLES, Stamps, rows_to_batch
from pipeline.store.staging import stage

APP_ID: Final = "broadsheet"
"""Under this name the Delta log of each table keeps the sequence number of the last publication."""

Checkpoint: TypeAlias = Callable[[str], None]
"""Called with the name of each step that was just done: a test ends the process there."""


def no_checkpoint(step: str) -> None:
    """Do nothing: what a run uses."""
    del step


def publish(layout: Layout, publication: Publication, checkpoint: Checkpoint = no_checkpoint) -> dict[str, int]:
    """Make ``publication`` visible; return the Delta version of every table afterwards. The caller holds the lock.

    Raises:
        StoreError: a staged file is missing, a table does not take the commit, or the disk refuses. If the manifest was
            written before that, the next run goes on from there.
    """
    checked_run_id(publication.run.run_id)
    manifest = Manifest(publication=publication, created_at=dt.datetime.now(dt.UTC))
    missing = [addition.staged for addition in _additions(publication) if not (layout.state / addition.staged).exists()]
    missing += [move.staged for move in publication.private if not (layout.state / move.staged).exists()]
    if missing:
        message = f"{missing[0]!r} was never staged ({len(missing)} files missing): publication not begun"
        raise StoreError(message, paths=missing)
    checkpoint("staged")
    try:
        write_manifest(layout, manifest)
    except OSError as exc:
        raise StoreError(f"the manifest of {publication.run.run_id!r} could not be written: {exc}") from exc
    checkpoint("manifest")
    return finish(layout, manifest, checkpoint)


def finish(layout: Layout, manifest: Manifest, checkpoint: Checkpoint = no_checkpoint) -> dict[str, int]:
    """Do what is left of a manifest's steps; return the Delta version of every table. Repeating it changes nothing.

    Raises:
        StoreError: as :func:`publish`.
    """
    plan = manifest.publication
    try:
        for table, change in sorted(plan.changes.items()):
            _place(layout, table, change, checkpoint)
        for table, change in sorted(plan.changes.items()):
            _commit(layout, table, change, manifest)
            checkpoint(f"committed {table}")
        for table, change in sorted(plan.changes.items()):
            _retire(layout, table, change, plan.run.run_id, checkpoint)
        _place_private(layout, plan, checkpoint)
        versions = _commit_run(layout, manifest, checkpoint)
        _drop_private(layout, plan, checkpoint)
        shutil.rmtree(layout.staging / plan.run.run_id, ignore_errors=True)
        checkpoint("tidied")
        pending = pending_path(layout, manifest.sequence)
        if pending.exists():
            durable.rename(pending, done_path(layout, manifest.sequence))
        checkpoint("done")
    except (OSError, DeltaError) as exc:
        message = f"publication {plan.run.run_id!r} stopped half way: {exc}; the next run finishes it"
        raise StoreError(message, run_id=plan.run.run_id) from exc
    return versions


def _additions(publication: Publication) -> Iterator[Addition]:
    for change in publication.changes.values():
        yield from change.added


def _place(layout: Layout, table: str, change: TableChange, checkpoint: Checkpoint) -> None:
    for addition in change.added:
        _move_once(layout.state / addition.staged, layout.table(table) / addition.file.path)
        checkpoint(f"placed {table}/{addition.file.path}")


def _move_once(source: Path, target: Path) -> None:
    if source.exists():
        durable.rename(source, target)
    elif not target.exists():
        message = f"{str(source)!r} is neither staged nor in place: it was removed by hand; restore it and run again"
        raise StoreError(message, path=str(source))


def _commit(layout: Layout, table: str, change: TableChange, manifest: Manifest) -> None:
    root = layout.table(table)
    if (opened(root).transaction_version(APP_ID) or 0) >= manifest.sequence or not (change.added or change.removed):
        return
    spec = TABLES[table]
    when = manifest.created_ms
    actions: list[AddAction | RemoveAction] = [_add_action(addition.file, when) for addition in change.added]
    actions += [
        RemoveAction(removed.path, True, when, removed.size_bytes, _partition(removed.path))  # noqa: FBT003
        for removed in change.removed
    ]
    run_id = manifest.publication.run.run_id
    DeltaTable(root).create_write_transaction(
        actions,
        mode="append",
        schema=spec.schema,
        partition_by=[PARTITION],
        commit_properties=CommitProperties(
            custom_metadata={"broadsheet.run_id": run_id, "broadsheet.kind": manifest.publication.run.kind},
            app_transactions=[Transaction(APP_ID, manifest.sequence)],
        ),
    )
    # deltalake does not flush what it wrote: without this a power loss could lose a commit that later steps build on.
    log = root / "_delta_log"
    durable.flush(log / f"{opened(root).version():020d}.json")
    durable.flush(log)


def _add_action(file: DataFile, when: int) -> AddAction:
    return AddAction(
        path=file.path,
        size=file.size_bytes,
        partition_values=_partition(file.path),
        modification_time=when,
        data_change=True,
        stats=file.stats,
    )


def _partition(path: str) -> dict[str, str | None]:
    return {PARTITION: date_of(path).isoformat()}


def _retire(layout: Layout, table: str, change: TableChange, run_id: str, checkpoint: Checkpoint) -> None:
    root = layout.table(table)
    for removed in change.removed:
        source = root / removed.path
        if source.exists():
            durable.rename(source, layout.undone(run_id, table) / removed.path)
            checkpoint(f"retired {table}/{removed.path}")
        durable.remove_empty(source.parent, root)


def _place_private(layout: Layout, plan: Publication, checkpoint: Checkpoint) -> None:
    for move in plan.private:
        _move_once(layout.state / move.staged, layout.state / move.final)
        checkpoint(f"private {move.final}")


def _drop_private(layout: Layout, plan: Publication, checkpoint: Checkpoint) -> None:
    for path in plan.private_removed:
        (layout.state / path).unlink(missing_ok=True)
        checkpoint(f"dropped {path}")


def _commit_run(layout: Layout, manifest: Manifest, checkpoint: Checkpoint) -> dict[str, int]:
    tables = {name: opened(layout.table(name)) for name in TABLES}
    versions = {name: table.version() for name, table in tables.items()}
    if (tables["runs"].transaction_version(APP_ID) or 0) >= manifest.sequence:
        return versions
    versions["runs"] += 1
    run = dataclasses.replace(manifest.publication.run, table_versions=json.dumps(versions, sort_keys=True))
    stamps = Stamps(run_id=run.run_id, rules_digest=run.rules_digest, ingested_at=run.started_at)
    files = stage(layout, run.run_id, "runs", [rows_to_batch("runs", [run], stamps)])
    change = TableChange(added=staged_additions(layout, run.run_id, "runs", files))
    checkpoint("runs staged")
    _place(layout, "runs", change, checkpoint)
    _commit(layout, "runs", change, manifest)
    checkpoint("committed runs")
    return versions


def staged_additions(layout: Layout, run_id: str, table: str, files: tuple[DataFile, ...]) -> tuple[Addition, ...]:
    """Return staged files as additions of a manifest."""
    folder = layout.staged(run_id, table).relative_to(layout.state)
    return tuple(Addition(file=file, staged=str(folder / file.path)) for file in files)
