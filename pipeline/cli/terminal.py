"""What commands share: options that mean the same everywhere, and the two ways to draw on a terminal.

Rich is loaded only when something is drawn.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from pipeline.report.counters import Progress

CleanOption = Annotated[Path, typer.Option("--clean", help="folder of the tables", show_default=True)]
JsonOption = Annotated[bool, typer.Option("--json", help="print JSON, for machines")]
ConfigOption = Annotated[Path | None, typer.Option("--config", help="settings file (TOML)")]


@contextmanager
def progress(*, quiet: bool) -> Iterator[Callable[[Progress], None] | None]:
    """Give a callback that draws a bar with rate and time left on standard error; None where nobody watches."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    fields: list[Any] = ["{task.description}", BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[unit]}")]
    rate = TextColumn("{task.fields[rate]}")
    with Bars(*fields, rate, TimeRemainingColumn(), console=Console(stderr=True), transient=True) as bars:
        tasks: dict[str, Any] = {}

        def show(step: Progress) -> None:
            if step.stage not in tasks:
                tasks[step.stage] = bars.add_task(step.stage, total=step.total, unit=step.unit, rate="")
            task = tasks[step.stage]
            speed = bars.tasks[bars.task_ids.index(task)].speed
            bars.update(task, completed=step.done, total=step.total, rate=f"{speed:,.0f}/s" if speed else "")

        yield show


def console() -> Any:  # noqa: ANN401 - rich is loaded only when something is printed
    """Return where tables and colours are printed: standard output."""
    from rich.console import Console

    return Console()
