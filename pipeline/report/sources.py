"""The table of sources: what each site, or top folder, gave in a run.

It is a module of its own because it needs pandas, half a second of import that the other reports do without.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict

import pandas as pd
from rich.table import Table
from rich.text import Text

from pipeline.report.counters import SourceCount
from pipeline.report.escape import code, markdown_table, printable

_COUNTS = ("records", "articles", "duplicates", "quarantined", "lines", "kept_lines", "with_date")
_SHOWN = {
    "records": "dumps",
    "articles": "articles",
    "duplicates": "dupl.",
    "quarantined": "quar.",
    "kept_percent": "kept %",
    "dated_percent": "dated %",
}


def sources_frame(counts: Iterable[SourceCount]) -> pd.DataFrame:
    """Return one row a source, most dumps first, equal ones by name; counts that name a source twice are added up.

    Columns: ``source`` (string); the counts of :class:`SourceCount` (int64); ``duplicate_percent`` and
    ``quarantined_percent`` of all outcomes, ``kept_percent`` of lines and ``dated_percent`` of articles and duplicates
    (float64, 0 to 100, NaN where there is nothing to take a share of).
    """
    frame = pd.DataFrame([asdict(count) for count in counts], columns=["source", *_COUNTS])
    frame = frame.astype({"source": "str"} | dict.fromkeys(_COUNTS, "int64"))
    added = frame.groupby("source", as_index=False, sort=True).sum()
    return _with_shares(added.sort_values("records", ascending=False, kind="stable", ignore_index=True))


def top_sources(frame: pd.DataFrame, limit: int) -> pd.DataFrame:
    """Return the ``limit`` largest sources of :func:`sources_frame`; the others, where more than one, as a last row."""
    if len(frame) <= limit + 1:
        return frame
    rest = frame.iloc[limit:][list(_COUNTS)].sum().to_frame().T.assign(source=f"{len(frame) - limit} more")
    return _with_shares(pd.concat([frame.iloc[:limit], rest], ignore_index=True))


def sources_table(counts: Iterable[SourceCount], limit: int = 15) -> Table:
    """Return the largest sources as a table for the terminal, the others as one row; ``kept %`` is of lines."""
    frame = top_sources(sources_frame(counts), limit)
    view = Table(box=None, header_style="bold", pad_edge=False)
    view.add_column("source", overflow="fold")
    for title in _SHOWN.values():
        view.add_column(title, justify="right", no_wrap=True)
    for source, cells in _cells(frame):
        view.add_row(Text(printable(source)), *cells)
    return view


def sources_markdown(counts: Iterable[SourceCount], limit: int = 50) -> str:
    """Return the same table as Markdown."""
    frame = top_sources(sources_frame(counts), limit)
    rows = [(code(source), *cells) for source, cells in _cells(frame)]
    return markdown_table(("source", *_SHOWN.values()), rows)


def sources_rows(counts: Iterable[SourceCount], limit: int | None = None) -> list[dict[str, str | int | float | None]]:
    """Return the sources as plain rows for JSON, shares rounded to a tenth and None where there is none."""
    frame = sources_frame(counts)
    frame = frame if limit is None else top_sources(frame, limit)
    rounded = frame.round(dict.fromkeys((name for name in frame if str(name).endswith("_percent")), 1))
    rows = rounded.astype(object).where(rounded.notna(), None).to_dict(orient="records")
    return [{str(name): value for name, value in row.items()} for row in rows]


def _with_shares(frame: pd.DataFrame) -> pd.DataFrame:
    outcomes = frame["articles"] + frame["duplicates"] + frame["quarantined"]
    return frame.assign(
        duplicate_percent=_percent(frame["duplicates"], outcomes),
        quarantined_percent=_percent(frame["quarantined"], outcomes),
        kept_percent=_percent(frame["kept_lines"], frame["lines"]),
        dated_percent=_percent(frame["with_date"], frame["articles"] + frame["duplicates"]),
    )


def _percent(part: pd.Series[int], whole: pd.Series[int]) -> pd.Series[float]:
    return (100.0 * part / whole.where(whole > 0)).astype("float64")


def _cells(frame: pd.DataFrame) -> list[tuple[str, Sequence[str]]]:
    columns = [[_cell(value) for value in frame[name]] for name in _SHOWN]
    return list(zip(frame["source"].tolist(), zip(*columns, strict=True), strict=True))


def _cell(value: int | float) -> str:
    if isinstance(value, float):
        return "–" if math.isnan(value) else f"{value:.1f}"
    return f"{value:,}"
