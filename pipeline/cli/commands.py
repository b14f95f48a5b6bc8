"""The command line. No logic: each command loads settings, calls one function and prints what comes back.

Heavy imports stand inside the commands, so that ``broadsheet --help`` answers in half a second (an eager import of
all the libraries costs two seconds, datasketch alone more than one).
"""

from __future__ import annotations

import json
import logging
import os
import signal
import sys
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli import tables
from pipeline.cli.scrape import scrape
from pipeline.cli.terminal import CleanOption, ConfigOption, JsonOption, console, progress
from pipeline.errors import InputError, PipelineError

if TYPE_CHECKING:
    from pipeline.report.counters import RunReport

app = typer.Typer(
    name="broadsheet",
    help="Turn raw dumps of news pages into clean, near-deduplicated articles in Parquet.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


class RemovalMode(StrEnum):
    """How much of what was taken out is kept."""

    FULL = "full"
    COUNTS = "counts"


class TableFormat(StrEnum):
    """How a query's result is printed."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    PARQUET = "parquet"


def main() -> None:
    """Run the command line; a user's mistake ends in one line and an exit code, never in a traceback."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    signal.signal(signal.SIGTERM, terminate)
    try:
        app()
    except PipelineError as exc:
        print(f"broadsheet: {exc.message}", file=sys.stderr)
        raise SystemExit(exc.exit_code) from exc
    except SystemExit as exc:
        if not isinstance(exc.__context__, BrokenPipeError):
            raise
        # The reader of our output (head, less) has closed it: nothing is wrong, though typer ends with 1.
        raise SystemExit(0) from None


def terminate(number: int, frame: FrameType | None) -> None:
    """End as on Ctrl-C: workers are stopped and scratch is removed on the way out; no table is left half changed."""
    del number, frame
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise SystemExit("broadsheet: stopped by SIGTERM; run again to go on")


@app.command()
def run(
    raw: Annotated[list[str], typer.Option("--raw", help="folder, file or fsspec URI of dumps; may be given again")],
    clean: CleanOption,
    more_raw: Annotated[list[str] | None, typer.Argument(metavar="[RAW]...", help="more of the same")] = None,
    workers: Annotated[int | None, typer.Option(help="worker processes; default: one a usable core")] = None,
    engine: Annotated[str | None, typer.Option(help="where shards run: local")] = None,
    as_of: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="logical date, default today (UTC)")
    ] = None,
    config: ConfigOption = None,
    removals: Annotated[RemovalMode | None, typer.Option(help="keep removed lines, or their counts only")] = None,
    max_quarantined: Annotated[
        float | None, typer.Option(metavar="PERCENT", help="fail when more than this share is quarantined")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Clean and deduplicate every dump that is not in the tables yet."""
    from pipeline.engine.local import start_server
    from pipeline.settings import Settings
    from pipeline.shards import WORKER_MODULES

    settings = Settings.load(
        config,
        workers=workers,
        engine=engine,
        removals=removals.value if removals else None,
        max_quarantined=max_quarantined,
    )
    start_server(WORKER_MODULES)  # it takes a second to import what workers need, and so do we
    from pipeline.run import run as run_pipeline

    day = as_of.date() if as_of else None
    with progress(quiet=as_json) as watch:
        report = run_pipeline([*raw, *(more_raw or [])], clean, settings, day, watch)
    _print_report(report, as_json=as_json)
    if report.quarantined_percent > settings.max_quarantined:
        share, most = report.quarantined_percent, settings.max_quarantined
        print(f"broadsheet: {share:.1f} % quarantined, more than --max-quarantined {most:g}", file=sys.stderr)
        raise typer.Exit(1)


def _print_report(report: RunReport, *, as_json: bool) -> None:
    from pipeline.report.summary import render_summary, to_dict

    if as_json:
        print(json.dumps(to_dict(report), ensure_ascii=False, indent=1))
    else:
        console().print(render_summary(report))


@app.command()
def explain(
    what: Annotated[str, typer.Argument(metavar="DUMP_PATH[#RECORD]|ARTICLE_ID", help="what to explain")],
    clean: CleanOption,
    other: Annotated[str | None, typer.Argument(metavar="[ARTICLE_ID]", help="a second article: are they one?")] = None,
    as_json: JsonOption = False,
    html: Annotated[Path | None, typer.Option("--html", help="write one self-contained HTML page there")] = None,
    config: ConfigOption = None,
) -> None:
    """Show a dump line by line: what was kept, and what took out the rest. Of two articles: are they one story?"""
    if other is not None:
        if html is not None:
            raise InputError("--html draws the lines of a dump: leave it out for two articles, or take --json")
        _explain_pair(what, other, clean, config, as_json=as_json)
        return
    from pipeline.report.explain import render_terminal, to_dict
    from pipeline.report.lookup import explain_dump
    from pipeline.store.tables import Store

    explanation = explain_dump(Store.open(clean, create=False).snapshot(), what)
    if html is not None:
        from pipeline.report.explain_page import render_page
        from pipeline.store.durable import refusals

        with refusals(f"{str(html)!r}"):
            html.write_text(render_page(explanation), encoding="utf-8")
        print(f"{html} written")
    elif as_json:
        print(json.dumps(to_dict(explanation), ensure_ascii=False, indent=1))
    else:
        console().print(render_terminal(explanation))


def _explain_pair(one: str, other: str, clean: Path, config: Path | None, *, as_json: bool) -> None:
    from pipeline.report.pair import explain_pair, pair_to_dict, render_pair
    from pipeline.settings import Settings
    from pipeline.store.tables import Store

    pair = explain_pair(Store.open(clean, create=False).snapshot(), one, other, Settings.load(config).dedup)
    if as_json:
        print(json.dumps(pair_to_dict(pair), ensure_ascii=False, indent=1))
    else:
        console().print(render_pair(pair))


@app.command()
def outcomes(
    clean: CleanOption,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="JSON lines (the one format there is)")] = True,
) -> None:
    """Print what became of every input record, a line each, over the whole history."""
    from pipeline.store.outcomes import outcomes as read_outcomes
    from pipeline.store.tables import Store

    del jsonl
    for outcome in read_outcomes(Store.open(clean, create=False).snapshot()):
        print(json.dumps(outcome, ensure_ascii=False))


@app.command()
def query(
    sql: Annotated[str, typer.Argument(help="SQL over articles, duplicates, clusters, records, removals …")],
    clean: CleanOption,
    output: Annotated[TableFormat, typer.Option("--format", help="how to print the result")] = TableFormat.TABLE,
    out: Annotated[Path | None, typer.Option("--out", help="file for parquet; default: standard output")] = None,
) -> None:
    """Ask the tables in SQL (DuckDB), at the newest consistent snapshot."""
    from pipeline.report.result import as_lines, as_table, write_parquet
    from pipeline.store.query import query as ask
    from pipeline.store.tables import Store

    answer = ask(Store.open(clean, create=False).snapshot(), sql)
    if output is TableFormat.PARQUET:
        if out is None and sys.stdout.isatty():
            raise InputError("Parquet is nothing to look at: name a file with --out, or redirect it into one")
        with out.open("wb") if out is not None else os.fdopen(os.dup(1), "wb") as sink:
            write_parquet(answer, sink)
        return
    if output is TableFormat.TABLE:
        console().print(as_table(answer))
        return
    for line in as_lines(answer, output.value):
        print(line)


@app.command()
def columns() -> None:
    """Print every table and column with its type and meaning (Markdown)."""
    from pipeline.store.schema import columns_markdown

    print(columns_markdown(), end="")


@app.command(name="check-rules")
def check_rules() -> None:
    """Check the rules: every example a rule says it removes or keeps."""
    from pipeline.words.rulebook import Rulebook, failed_examples

    book = Rulebook.load()
    failures = list(failed_examples(book))
    for rule, example, what in failures:
        print(f"{rule.id}: {example!r} {what}", file=sys.stderr)
    print(f"{len(book.rules)} rules, {len(failures)} examples fail")
    raise typer.Exit(1 if failures else 0)


@app.command()
def doctor(
    clean: Annotated[
        Path | None, typer.Option("--clean", help="also check the law and print digests of these tables")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Check the installation, and with --clean the tables: the law, and a digest of each to compare two runs by."""
    from pipeline.report.doctor import check_installation, check_tables

    findings = check_installation() + (check_tables(clean) if clean is not None else [])
    if as_json:
        print(json.dumps([{"check": one.check, "ok": one.ok, "found": one.found} for one in findings], indent=1))
    else:
        for one in findings:
            print(f"{'ok ' if one.ok else 'BAD'} {one.check}: {one.found}")
    raise typer.Exit(0 if all(one.ok for one in findings) else 1)


for _command in tables.COMMANDS:
    app.command()(_command)


@app.command()
def recluster(clean: CleanOption, config: ConfigOption = None) -> None:
    """Make duplicates follow the clusters: the copy kept by policy becomes the article, all others its duplicates."""
    from pipeline.change.recluster import recluster as follow_clusters
    from pipeline.settings import Settings

    done = follow_clusters(clean, Settings.load(config).dedup)
    moved = (
        f"{done.promoted} became articles, {done.demoted} duplicates, {done.repointed} duplicates of another article"
    )
    print("every duplicate follows its cluster already" if done.is_nothing else moved)


app.command()(scrape)

index_app = typer.Typer(help="The deduplication index under _state: private, and rebuildable from the tables.")
app.add_typer(index_app, name="index")


@index_app.callback()
def index() -> None:
    """Keep ``index`` a group of commands."""


@index_app.command(name="rebuild")
def rebuild(clean: CleanOption, config: ConfigOption = None) -> None:
    """Make the deduplication index anew from the tables, after a change of its settings or a loss."""
    from pipeline.change.reindex import rebuild_index
    from pipeline.settings import Settings

    count = rebuild_index(clean, Settings.load(config).dedup)
    print(f"index of {count} articles and duplicates made anew")


@index_app.command(name="stats")
def stats(clean: CleanOption, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Tell what the deduplication index holds, file by file, and how large it is."""
    from dataclasses import asdict

    from pipeline.change.reindex import index_stats
    from pipeline.settings import Settings

    segments = index_stats(clean, Settings.load(config).dedup)
    if as_json:
        print(json.dumps([asdict(one) for one in segments], indent=1))
        return
    for one in segments:
        held = f"{one.documents:,} documents  {one.texts:,} texts  {one.edges:,} pairs"
        print(f"{one.name}  {held}  {one.size_bytes:,} bytes")
    documents, size = sum(one.documents for one in segments), sum(one.size_bytes for one in segments)
    print(f"{len(segments)} files, {documents:,} documents, {size / max(1, documents):,.0f} bytes a document")


if __name__ == "__main__":
    main()
