"""The command ``scrape``. Light to import, as :mod:`pipeline.cli` asks for: what is heavy is imported when it runs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from pipeline.scrape.status import Count, ScrapeReport


def scrape(
    sources: Annotated[Path | None, typer.Argument(metavar="SOURCES.toml", help="what to fetch, and how")] = None,
    raw: Annotated[Path | None, typer.Option("--raw", help="folder the pages are archived in, as WARC files")] = None,
    example: Annotated[bool, typer.Option("--example", help="print a commented SOURCES.toml and end")] = False,
    status: Annotated[bool, typer.Option("--status", help="tell where every URL stands, and fetch nothing")] = False,
    urls: Annotated[bool, typer.Option("--urls", help="with --status: a JSON line for each URL")] = False,
    max_minutes: Annotated[float | None, typer.Option(help="end after that; the rest stays queued")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="print JSON, for machines")] = False,
) -> None:
    """Fetch news pages politely into a raw folder, for `run` to clean."""
    if example:
        from pipeline.scrape.sources import example as commented

        typer.echo(commented(), nl=False)
        return
    if raw is None:
        raise typer.BadParameter("name the folder of the WARC files", param_hint="--raw")
    if status:
        _status(raw, urls=urls, as_json=as_json)
        return
    if urls:
        raise typer.BadParameter("goes with --status", param_hint="--urls")
    if sources is None:
        raise typer.BadParameter("name a file; 'broadsheet scrape --example' prints one", param_hint="SOURCES.toml")
    report = _scrape(sources, raw, max_minutes, quiet=as_json)
    if as_json:
        typer.echo(json.dumps(_to_dict(report), ensure_ascii=False, indent=1))
        return
    _print(report.counts)
    went_on = "went on with a scrape that was killed; " if report.went_on else ""
    files = f"{len(report.warcs)} WARC file{'' if len(report.warcs) == 1 else 's'} written"
    typer.echo(f"{went_on}{files}, {report.seconds:,.1f} s")


def _scrape(path: Path, raw: Path, max_minutes: float | None, *, quiet: bool) -> ScrapeReport:
    from pipeline.scrape.job import scrape as fetch
    from pipeline.scrape.sources import load

    sources = load(path, max_minutes=max_minutes)
    if quiet or not typer.get_text_stream("stderr").isatty():
        return fetch(sources, raw)
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress, TextColumn

    with Progress(TextColumn("{task.description}"), MofNCompleteColumn(), console=Console(stderr=True)) as bars:
        task = bars.add_task("fetching", total=None)

        def show(url: str, state: str) -> None:
            bars.update(task, advance=1, description=f"{state} {url[:80]}")

        return fetch(sources, raw, show)


def _status(raw: Path, *, urls: bool, as_json: bool) -> None:
    from pipeline.scrape.job import memory_path
    from pipeline.scrape.memory import Memory
    from pipeline.scrape.status import counts
    from pipeline.scrape.status import urls as every_url

    memory = Memory.open(memory_path(raw), create=False)
    try:
        if urls:
            for one in every_url(memory):
                typer.echo(json.dumps(one, ensure_ascii=False))
        elif as_json:
            typer.echo(json.dumps([_count(one) for one in counts(memory)], ensure_ascii=False, indent=1))
        else:
            _print(counts(memory))
    finally:
        memory.close()


def _print(counts: Sequence[Count]) -> None:
    from rich.console import Console
    from rich.table import Table

    from pipeline.scrape.status import summary_rows

    rows = summary_rows(counts)
    if not rows:
        typer.echo("nothing was due")
        return
    table = Table(box=None, header_style="bold")
    for name in rows[0]:
        table.add_column(name, justify="left" if name in ("source", "why not") else "right")
    for row in rows:
        table.add_row(*(f"{value:,}" if isinstance(value, int) else str(value) for value in row.values()))
    Console().print(table)


def _to_dict(report: ScrapeReport) -> dict[str, object]:
    return {
        "session": report.session,
        "went_on": report.went_on,
        "seconds": round(report.seconds, 3),
        "warcs": list(report.warcs),
        "counts": [_count(one) for one in report.counts],
    }


def _count(one: Count) -> dict[str, object]:
    return {
        "source": one.source,
        "kind": one.kind,
        "state": one.state,
        "why": one.why,
        "count": one.count,
        "example": one.detail,
    }
