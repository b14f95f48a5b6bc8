"""The scheduled flow: clean and deduplicate every dump that is not in the tables yet."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any, Literal

from prefect import flow, get_run_logger, task
from prefect.artifacts import create_link_artifact, create_markdown_artifact, create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from prefect.runtime import flow_run
from prefect.tasks import Task

from flows.turns import one_at_a_time
from flows.watch import ProgressWatch, artifact
from pipeline.errors import IndexMismatchError, LawBrokenError, PipelineError, StoreError
from pipeline.report.counters import RunReport
from pipeline.report.report_page import write_report
from pipeline.report.sources import sources_rows
from pipeline.report.summary import heading, to_dict, to_markdown
from pipeline.run import run
from pipeline.settings import Settings

# A run that has not ended by then hangs: the next of a daily schedule is four hours away.
TIMEOUT_SECONDS = 20 * 3600
# Half an hour in all: enough for a hand-started run to give the lock back, or a network disk to come back.
RETRY_DELAYS_SECONDS = [60.0, 240.0, 600.0, 900.0]
_SHOWN_SOURCES = 200


def is_transient(task: Task[..., Any], task_run: TaskRun, state: State[Any]) -> bool:
    """Return whether a failed task may succeed when tried again: the lock was held, or storage failed.

    A wrong setting, rule or path stays wrong; books that do not balance and an index of another scheme need a human.
    """
    error = state.result(raise_on_failure=False)
    return isinstance(error, StoreError) and not isinstance(error, LawBrokenError | IndexMismatchError)


@task(
    cache_policy=NO_CACHE,  # what is done is known by the tables; Prefect's cache would call a changed folder done
    retries=len(RETRY_DELAYS_SECONDS),
    retry_delay_seconds=RETRY_DELAYS_SECONDS,
    retry_condition_fn=is_transient,
    timeout_seconds=TIMEOUT_SECONDS,
)
def clean_dumps(raw: list[str], clean: Path, settings: Settings, as_of: dt.date) -> RunReport:
    """Run the pipeline over all of ``raw`` and return its counts; a progress artifact follows it."""
    return run(raw, clean, settings, as_of, ProgressWatch(artifact("broadsheet-progress")))


@flow(name="clean", log_prints=False, persist_result=False)
def clean(
    raw: list[str],
    clean: str,
    as_of: dt.date | None = None,
    workers: int | None = None,
    config: str | None = None,
    removals: Literal["full", "counts"] | None = None,
    max_quarantined: float | None = None,
    report_file: str | None = None,
) -> dict[str, object]:
    """Clean and deduplicate every dump that is not in the tables yet.

    Args:
        raw: Folders, files or fsspec URIs of raw dumps.
        clean: Folder of the tables.
        as_of: Logical date: fills missing crawl dates and bounds dates. Empty: the day the run was scheduled for (UTC).
        workers: Worker processes. Empty: one a usable core.
        config: Settings file (TOML) on the worker's machine. Empty: defaults and BROADSHEET_ variables.
        removals: Keep every removed line (full) or their counts alone (counts). Empty: as the settings say.
        max_quarantined: Percent in quarantine, 0 to 100, above which the run fails. Empty: as the settings say.
        report_file: HTML file for the report of all tables, written after the run. Empty: none.

    Raises:
        PipelineError: the run failed, or more than ``max_quarantined`` was quarantined; then the rows are published.
    """
    logger = get_run_logger()
    flags = {"workers": workers, "removals": removals, "max_quarantined": max_quarantined}
    settings = Settings.load(Path(config) if config else None, **flags)
    with one_at_a_time(Path(clean)):
        report = clean_dumps(raw, Path(clean), settings, as_of or scheduled_day())
    create_markdown_artifact(to_markdown(report), key="broadsheet-summary", description=heading(report))
    rows = sources_rows(report.sources, limit=_SHOWN_SOURCES)
    create_table_artifact(rows, key="broadsheet-sources", description="What each source gave")
    if report_file:
        link_report(Path(clean), Path(report_file))
    for repair in report.repairs:
        logger.warning(repair)
    logger.info("%s; %d articles, %d duplicates", heading(report), report.articles, report.duplicates)
    if report.quarantined_percent > settings.max_quarantined:
        share, most = report.quarantined_percent, settings.max_quarantined
        raise PipelineError(f"{share:.1f} % quarantined, more than max_quarantined {most:g}: see the quarantine table")
    return to_dict(report)


def link_report(clean: Path, target: Path) -> None:
    """Write the report to ``target``, link it from the run's page, and warn of every source that drifted."""
    found = write_report(clean, target)
    link = target.absolute().as_uri()
    create_link_artifact(link, link_text=target.name, key="broadsheet-report", description="The report of all tables")
    for alarm in found.alarms:
        get_run_logger().warning("%s changed on %s: %s", alarm.source, alarm.date, alarm.words)


def scheduled_day() -> dt.date:
    """Return the day, in UTC, that this flow run was scheduled for; today when it was started by hand."""
    scheduled: dt.datetime = flow_run.scheduled_start_time
    return scheduled.astimezone(dt.UTC).date()
