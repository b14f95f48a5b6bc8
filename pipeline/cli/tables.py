"""The commands that change what is published. No logic, and nothing heavy is imported before a command runs."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import typer

from pipeline.cli.terminal import CleanOption, ConfigOption, JsonOption, console, progress


class ByDay(StrEnum):
    """Which day of a dump counts."""

    RAW = "raw"
    PUBLISHED = "published"


class BackfillMode(StrEnum):
    """Which dumps of the days are cleaned."""

    MISSING = "missing"
    OVERWRITE = "overwrite"
    CHANGED = "changed"


def backfill(
    raw: Annotated[list[str], typer.Option("--raw", help="folder, file or fsspec URI of dumps; may be given again")],
    clean: CleanOption,
    first: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="first day")],
    last: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="last day, inclusive")],
    mode: Annotated[BackfillMode, typer.Option(help="dumps not in the tables, all, or those other rules cleaned")],
    by: Annotated[ByDay, typer.Option(help="days of crawling, or of publication")] = ByDay.RAW,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="tell what would change, and change nothing")] = False,
    workers: Annotated[int | None, typer.Option(help="worker processes; default: one a usable core")] = None,
    as_of: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="logical date of dumps never read, default today (UTC)"),
    ] = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Clean the dumps of some days again and replace their rows, all at once; `restore` takes it back."""
    from pipeline.change.backfill import backfill as fill
    from pipeline.change.selection import Criteria
    from pipeline.report.changes import changes_dict, render_changes
    from pipeline.settings import Settings

    criteria = Criteria(first=first.date(), last=last.date(), by=by.value, mode=mode.value)
    settings = Settings.load(config, workers=workers)
    day = as_of.date() if as_of else None
    with progress(quiet=as_json) as watch:
        changes = fill(raw, clean, settings, criteria, day, watch, dry_run=dry_run)
    if as_json:
        print(json.dumps(changes_dict(changes), ensure_ascii=False, indent=1))
    else:
        console().print(render_changes(changes))


def restore(
    run_id: Annotated[str, typer.Argument(metavar="RUN_ID", help="publication, as table runs lists it")],
    clean: CleanOption,
    config: ConfigOption = None,
) -> None:
    """Take a backfill, run, recluster or compaction back: the rows are those of before it."""
    from pipeline.change.restore import restore as take_back
    from pipeline.settings import Settings

    done = take_back(clean, run_id, Settings.load(config).dedup)
    print(f"{run_id} taken back by publication {done.run_id}")
    for table, (before, after) in done.rows.items():
        print(f"  {table}: {before:,} rows before, {after:,} now")


def forget(
    clean: CleanOption,
    url: Annotated[str | None, typer.Option("--url", help="address of a page, with all its stories")] = None,
    site: Annotated[str | None, typer.Option("--site", help="site, as column site has it")] = None,
    article_id: Annotated[str | None, typer.Option("--id", help="article_id of one story")] = None,
    copies: Annotated[bool, typer.Option("--copies", help="its copies on other pages and sites too")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="tell how much it is, and change nothing")] = False,
    config: ConfigOption = None,
) -> None:
    """Take a page, a site or a story down for good: from tables, index, templates and undo. There is no way back."""
    from pipeline.change.forget import forget as take_down
    from pipeline.change.takedown import Request
    from pipeline.settings import Settings

    request = Request(url=url, site=site, article_id=article_id, copies=copies)
    told = take_down(clean, Settings.load(config), request, dry_run=dry_run)
    done = "forgotten" if told.published else "would be forgotten"
    print(f"{told.stories:,} stories {done}, {told.dumps:,} pages as a whole")
    print(f"{told.promoted:,} duplicates take the place of an article; {told.undo_files:,} files of undo deleted")


def compact(
    clean: CleanOption,
    small_mib: Annotated[float, typer.Option(min=0, help="files below so many MiB are merged with others")] = 16,
) -> None:
    """Merge the small files of each day into few: readers open less, and no row changes."""
    from pipeline.change.maintain import compact as merge

    done = merge(clean, small_bytes=int(small_mib * (1 << 20)))
    if done.run_id is None:
        print("nothing to merge")
    for table, (before, after) in done.files.items():
        print(f"{table}: {before:,} files before, {after:,} now")


def report(
    clean: CleanOption,
    out: Annotated[Path, typer.Option("--out", help="HTML file to write")],
) -> None:
    """Write one self-contained HTML page: funnel, days, sources, drift, stories, removed lines, quarantine."""
    from pipeline.report.report_page import write_report

    found = write_report(clean, out)
    print(f"{out} written")
    for alarm in found.alarms:
        print(f"drift: {alarm.source} since {alarm.date}: {alarm.words}, see {alarm.examples[0]}")


def upgrade(clean: CleanOption) -> None:
    """Bring tables that an older Broadsheet made to this version's schema."""
    from pipeline.change.upgrade import upgrade as bring_up

    done = bring_up(clean)
    if done.run_id is None:
        print(f"the tables have schema version {done.version} already")
    for table, rows in done.rows.items():
        print(f"{table}: {rows:,} rows written anew")


def settings(
    config: ConfigOption = None,
    explain: Annotated[bool, typer.Option("--explain", help="also what each means and may be")] = False,
    as_json: JsonOption = False,
) -> None:
    """Show every setting as a run would have it, and who set it: default, file or variable."""
    from pipeline.report.settings_table import setting_lines, settings_table
    from pipeline.settings import Settings

    lines = setting_lines(Settings.load(config), config, os.environ)
    if as_json:
        print(json.dumps([asdict(line) for line in lines], ensure_ascii=False, indent=1, default=str))
    else:
        console().print(settings_table(lines, explain=explain))


COMMANDS: Final[tuple[Callable[..., None], ...]] = (
    backfill,
    restore,
    forget,
    compact,
    upgrade,
    report,
    settings,
)
"""In the order the help lists them."""
