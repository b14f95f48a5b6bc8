"""What a backfill changes, a day: the same whether it is only planned or done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from pipeline.report.escape import code, markdown_table

_SHOWN_PATHS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class DayChange:
    """Stories (articles and duplicates) of one crawl date that a backfill touches; one can count in several ways.

    ``added`` were not there before, ``removed`` are not there any more, ``changed`` have another text or another value
    in a column of their own, ``reclustered`` belong to another cluster or are a copy of another article, ``promoted``
    were duplicates and become articles, ``demoted`` the other way.
    """

    date: dt.date
    added: int = 0
    removed: int = 0
    changed: int = 0
    reclustered: int = 0
    promoted: int = 0
    demoted: int = 0


COUNTS = tuple(one.name for one in fields(DayChange) if one.name != "date")


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What a backfill does, or would do (``published`` False).

    ``cleaned`` dumps are read again or for the first time; ``other_bytes``: paths whose file replaces what was read
    from it before. ``days`` has only days on which something changes.
    """

    run_id: str
    published: bool
    cleaned: int
    other_bytes: tuple[str, ...]
    days: tuple[DayChange, ...]

    def total(self, name: str) -> int:
        """Return one of the counts over all days."""
        return sum(int(getattr(day, name)) for day in self.days)


def day_changes(counts: Mapping[str, Mapping[dt.date, int]]) -> tuple[DayChange, ...]:
    """Return the days of ``counts`` (by name and date) in order.

    >>> day_changes({"added": {dt.date(2026, 3, 4): 2}})[0].added
    2
    """
    days = sorted({day for found in counts.values() for day in found})
    return tuple(
        DayChange(date=day, **{name: counts[name].get(day, 0) for name in COUNTS if name in counts}) for day in days
    )


def render_changes(changes: Changes) -> RenderableType:
    """Return what changes as a table of days for a terminal, with the files that hold something else now."""
    if not changes.cleaned and not changes.days:
        return Text("nothing to do: no dump of these days is asked for")
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("day")
    for name in COUNTS:
        table.add_column(name, justify="right")
    for day in changes.days:
        table.add_row(day.date.isoformat(), *(f"{getattr(day, name):,}" for name in COUNTS))
    table.add_row("all", *(f"{changes.total(name):,}" for name in COUNTS), style="bold")
    blocks: list[RenderableType] = [Text(heading(changes), style="bold"), Text(), table]
    if changes.other_bytes:
        blocks += [Text(), Text("files with other bytes than before", style="bold"), *_paths(changes.other_bytes)]
    return Group(*blocks)


def heading(changes: Changes) -> str:
    """Return one line: which publication, or that there is none, and how many dumps were cleaned."""
    what = f"Publication {changes.run_id}" if changes.published else "Dry run, nothing is changed"
    return f"{what}: {changes.cleaned:,} dumps cleaned"


def changes_dict(changes: Changes) -> dict[str, object]:
    """Return the same for JSON: dates in ISO 8601."""
    days = [{**asdict(day), "date": day.date.isoformat()} for day in changes.days]
    return {**asdict(changes), "days": days, "other_bytes": list(changes.other_bytes)}


def changes_markdown(changes: Changes) -> str:
    """Return the same as Markdown, for a place that renders it."""
    rows = [(day.date.isoformat(), *(f"{getattr(day, name):,}" for name in COUNTS)) for day in changes.days]
    total = ("all", *(f"{changes.total(name):,}" for name in COUNTS))
    parts = [f"## {heading(changes)}", markdown_table(("day", *COUNTS), [*rows, total])]
    if changes.other_bytes:
        parts += [
            "### Files with other bytes than before",
            "\n".join(f"- {code(path)}" for path in changes.other_bytes),
        ]
    return "\n\n".join(parts) + "\n"


def _paths(paths: Sequence[str]) -> list[Text]:
    shown = [Text(f"  {path}") for path in paths[:_SHOWN_PATHS]]
    return shown + ([Text(f"  and {len(paths) - _SHOWN_PATHS:,} more")] if len(paths) > _SHOWN_PATHS else [])
