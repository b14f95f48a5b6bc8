"""The scheduled way from the web to the tables: scrape what is due, then clean what is new."""

from __future__ import annotations

from pathlib import Path

from prefect import flow, get_run_logger, task
from prefect.artifacts import create_table_artifact
from prefect.cache_policies import NO_CACHE

from flows.clean import clean as clean_flow
from flows.clean import is_transient
from pipeline.scrape.job import scrape as fetch
from pipeline.scrape.sources import Sources, load
from pipeline.scrape.states import State
from pipeline.scrape.status import ScrapeReport, summary_rows

# A scrape started by hand holds the folder, or a disk is full: half an hour in all.
_RETRY_DELAYS_SECONDS = [60.0, 240.0, 600.0, 900.0]


@task(
    cache_policy=NO_CACHE,  # what was fetched is known by the memory of the crawl
    retries=len(_RETRY_DELAYS_SECONDS),
    retry_delay_seconds=_RETRY_DELAYS_SECONDS,
    retry_condition_fn=is_transient,
)
def scrape_sources(sources: Sources, raw: Path) -> ScrapeReport:
    """Fetch what is due into ``raw`` and return what became of it; tried again, it goes on where it was."""
    return fetch(sources, raw)


@flow(name="scrape", log_prints=False, persist_result=False)
def scrape(
    sources: str,
    raw: str,
    clean: str | None = None,
    max_minutes: float | None = None,
    workers: int | None = None,
    config: str | None = None,
) -> dict[str, object]:
    """Scrape what is due of all sources, then clean and deduplicate every dump that is not in the tables yet.

    Args:
        sources: Sources file (TOML) on the worker's machine; broadsheet scrape --example prints one.
        raw: Folder of the WARC files and of the memory of the crawl; all of it is cleaned.
        clean: Folder of the tables. Empty: scrape only.
        max_minutes: End the scraping after that; what is left stays queued. Empty: as the sources file says.
        workers: Worker processes of the cleaning. Empty: one a usable core.
        config: Settings file (TOML) of the cleaning. Empty: defaults and BROADSHEET_ variables.

    Raises:
        PipelineError: scraping or cleaning failed. Pages that failed are no failure: the artifact tells of them.
    """
    report = scrape_sources(load(Path(sources), max_minutes=max_minutes), Path(raw))
    rows = summary_rows(report.counts)
    create_table_artifact(rows, key="broadsheet-scrape", description="What became of each source's pages, and why")
    fetched, failed = report.pages(State.FETCHED), report.pages(State.FAILED)
    get_run_logger().info("%d pages fetched, %d failed, %d WARC files", fetched, failed, len(report.warcs))
    if clean is not None:
        clean_flow(raw=[raw], clean=clean, workers=workers, config=config)
    return {"session": report.session, "fetched": fetched, "failed": failed, "warcs": list(report.warcs)}
