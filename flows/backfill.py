"""The flow for earlier days: known dumps cleaned again, or those that were missed."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from prefect import flow, get_run_logger, task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE

from flows.clean import RETRY_DELAYS_SECONDS, TIMEOUT_SECONDS, is_transient
from flows.turns import one_at_a_time
from flows.watch import ProgressWatch, artifact
from pipeline.change.backfill import backfill as fill
from pipeline.change.selection import By, Criteria, Mode
from pipeline.report.changes import Changes, changes_dict, changes_markdown, heading
from pipeline.settings import Settings


@task(
    cache_policy=NO_CACHE,
    retries=len(RETRY_DELAYS_SECONDS),
    retry_delay_seconds=RETRY_DELAYS_SECONDS,
    retry_condition_fn=is_transient,
    timeout_seconds=TIMEOUT_SECONDS,
)
def fill_days(raw: list[str], clean: Path, settings: Settings, criteria: Criteria, *, dry_run: bool) -> Changes:
    """Backfill and return what changed a day; a progress artifact follows it."""
    return fill(raw, clean, settings, criteria, None, ProgressWatch(artifact("broadsheet-progress")), dry_run=dry_run)


@flow(name="backfill", log_prints=False, persist_result=False)
def backfill(
    raw: list[str],
    clean: str,
    start: dt.date,
    end: dt.date,
    by: By = "raw",
    mode: Mode = "overwrite",
    dry_run: bool = True,
    workers: int | None = None,
    config: str | None = None,
) -> dict[str, object]:
    """Clean the dumps of some days again and replace their rows, all at once.

    Args:
        raw: Folders, files or fsspec URIs of raw dumps.
        clean: Folder of the tables.
        start: First day.
        end: Last day, inclusive.
        by: Days of crawling (raw), or days on which a story was published (published).
        mode: All dumps of these days (overwrite), those that older rules cleaned (changed), or new ones (missing).
        dry_run: Tell what would change and change nothing. Look at that first.
        workers: Worker processes. Empty: one a usable core.
        config: Settings file (TOML) on the worker's machine. Empty: defaults and BROADSHEET_ variables.

    Raises:
        PipelineError: the backfill failed; the tables are as they were.
    """
    settings = Settings.load(Path(config) if config else None, workers=workers)
    criteria = Criteria(first=start, last=end, by=by, mode=mode)
    with one_at_a_time(Path(clean)):
        changes = fill_days(raw, Path(clean), settings, criteria, dry_run=dry_run)
    create_markdown_artifact(changes_markdown(changes), key="broadsheet-backfill", description=heading(changes))
    get_run_logger().info(heading(changes))
    return changes_dict(changes)
