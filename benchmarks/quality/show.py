"""The tables as a person reads them."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table as RichTable

from benchmarks.quality.figures import Cell, Figure, Sheet, Table


def cell(value: Cell) -> str:
    """Return a cell's text; a figure carries its 95 % interval where it has one.

    >>> cell(Figure(value=0.9, low=0.85, high=0.931))
    '.900 [.850 .931]'
    >>> cell(None)
    '–'
    """
    if value is None:
        return "–"
    if not isinstance(value, Figure):
        return str(value)
    if value.low is None or value.high is None:
        return short(value.value)
    return f"{short(value.value)} [{short(value.low)} {short(value.high)}]"


def short(share: float) -> str:
    """Return a share with three places and no leading zero.

    >>> short(0.5), short(1.0)
    ('.500', '1.000')
    """
    return f"{share:.3f}".removeprefix("0")


def print_sheet(sheet: Sheet, console: Console) -> None:
    """Print every table of a source."""
    for table in sheet.tables:
        console.print(_rich(table))


def _rich(table: Table) -> RichTable:
    made = RichTable(title=table.title, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for number, name in enumerate(table.header):
        made.add_column(name, justify="left" if number == 0 else "right", no_wrap=True)
    for row in table.rows:
        made.add_row(*(cell(value) for value in row))
    return made
