"""The flow that keeps a clean folder light: small files merged, expired undo deleted."""

from __future__ import annotations

from pathlib import Path

from prefect import flow, get_run_logger, task
from prefect.artifacts import create_table_artifact
from prefect.cache_policies import NO_CACHE

from flows.clean import RETRY_DELAYS_SECONDS, TIMEOUT_SECONDS, is_transient
from flows.turns import one_at_a_time
from pipeline.change.maintain import Maintained
from pipeline.change.maintain import maintain as keep_light
from pipeline.settings import Settings


@task(
    cache_policy=NO_CACHE,
    retries=len(RETRY_DELAYS_SECONDS),
    retry_delay_seconds=RETRY_DELAYS_SECONDS,
    retry_condition_fn=is_transient,
    timeout_seconds=TIMEOUT_SECONDS,
)
def keep_folder_light(clean: Path, settings: Settings, small_mib: float) -> Maintained:
    """Merge and delete; return what was done."""
    return keep_light(clean, settings, small_bytes=int(small_mib * (1 << 20)))


@flow(name="maintain", log_prints=False, persist_result=False)
def maintain(clean: str, small_mib: float = 16, config: str | None = None) -> dict[str, object]:
    """Merge the small files of each day into few, and delete replaced files that undo has kept long enough.

    Args:
        clean: Folder of the tables.
        small_mib: Files below so many MiB are merged with others of their day.
        config: Settings file (TOML) on the worker's machine; undo_days stands there. Empty: defaults and variables.

    Raises:
        PipelineError: it failed; the tables are as they were.
    """
    settings = Settings.load(Path(config) if config else None)
    with one_at_a_time(Path(clean)):
        done = keep_folder_light(Path(clean), settings, small_mib)
    rows = [
        {"table": table, "files before": before, "files now": now}
        for table, (before, now) in done.compacted.files.items()
    ]
    create_table_artifact(rows, key="broadsheet-maintenance", description="Files merged, a row a table")
    logger = get_run_logger()
    for repair in done.repairs:
        logger.warning(repair)
    logger.info("%d tables compacted, undo of %d publications deleted", len(rows), len(done.expired))
    return {"run_id": done.compacted.run_id, "tables": rows, "expired": list(done.expired)}
