"""What a run did, as a funnel from the inputs found to the articles kept: terminal, Markdown and plain dict.

The table of sources is imported where it is shown, because pandas takes half a second to load.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rich.console import Group, RenderableType
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from pipeline.report.counters import RunReport
from pipeline.report.escape import code, markdown_table

_TOP_CLASSES = 8
_MIB = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class FunnelRow:
    """A line of the funnel: what was counted, how deep it is indented, and the whole its share is taken of."""

    name: str
    count: int
    depth: int
    whole: int | None = None
    style: str = ""

    @property
    def share(self) -> str:
        """The count as percent of the whole, or nothing where no share is meant."""
        return f"{100.0 * self.count / self.whole:.1f} %" if self.whole else ""


def funnel(report: RunReport) -> tuple[FunnelRow, ...]:
    """Return the lines of the funnel in reading order.

    Inputs found are dumps, already done and skipped together; shares are of the outcomes: articles, duplicates and
    quarantined. Relations are links between rows and no outcome, so they close the list without a share.
    """
    found = report.records + report.already_done + report.skipped
    return (
        FunnelRow(name="inputs found", count=found, depth=0),
        FunnelRow(name="skipped: no page", count=report.skipped, depth=1, style="dim"),
        FunnelRow(name="already done", count=report.already_done, depth=1, style="dim"),
        FunnelRow(name="dumps read", count=report.records, depth=0),
        FunnelRow(name="outcomes", count=report.outcomes, depth=0),
        FunnelRow(name="articles", count=report.articles, depth=1, whole=report.outcomes, style="green"),
        FunnelRow(name="duplicates", count=report.duplicates, depth=1, whole=report.outcomes, style="cyan"),
        *_parts(report.duplicates_by_relation, 2, report.outcomes),
        FunnelRow(name="quarantined", count=report.quarantined, depth=1, whole=report.outcomes, style="yellow"),
        *_parts(report.quarantined_by_reason, 2, report.outcomes),
        *(
            FunnelRow(name=f"links: {row.name}", count=row.count, depth=0)
            for row in _parts(report.relations_by_kind, 0)
        ),
    )


def render_summary(report: RunReport) -> RenderableType:
    """Return the summary for a terminal of 60 columns or more: funnel, sources, removed lines, time and memory."""
    blocks: list[RenderableType] = [Text(heading(report), style="bold"), Text(), _funnel_table(report)]
    if len(report.sources) > 1:
        from pipeline.report.sources import sources_table  # pandas

        blocks += [Text(), sources_table(report.sources)]
    if report.removed_lines_by_class:
        blocks += [Text(), _removed_table(report)]
    blocks += [Text(), _timing_table(report), Text(), *map(Text, _facts(report))]
    return Group(*blocks)


def to_markdown(report: RunReport) -> str:
    """Return the same summary as Markdown, for a place that renders it."""
    parts = [f"## {heading(report)}", _funnel_markdown(report)]
    if report.removed_lines_by_class:
        parts += ["### Removed lines", _counts_markdown("class", report.removed_lines_by_class)]
    times = [
        (code(name), f"{time.wall_seconds:.2f}", f"{time.cpu_seconds:.2f}") for name, time in report.timings.items()
    ]
    parts += ["### Time", markdown_table(("stage", "wall s", "CPU s"), times), "  \n".join(_facts(report))]
    return "\n\n".join(parts) + "\n"


def to_dict(report: RunReport) -> dict[str, object]:
    """Return every count of the report, ready for JSON: dates in ISO 8601, percents and rates rounded."""
    from pipeline.report.sources import sources_rows  # pandas

    return {
        "run_id": report.run_id,
        "sequence": report.sequence,
        "published": report.published,
        "as_of": report.as_of.isoformat(),
        "started_at": report.started_at.isoformat(),
        "finished_at": report.finished_at.isoformat(),
        "records": report.records,
        "already_done": report.already_done,
        "skipped": report.skipped,
        "articles": report.articles,
        "duplicates": report.duplicates,
        "duplicates_by_relation": dict(report.duplicates_by_relation),
        "quarantined": report.quarantined,
        "quarantined_percent": round(report.quarantined_percent, 2),
        "quarantined_by_reason": dict(report.quarantined_by_reason),
        "relations_by_kind": dict(report.relations_by_kind),
        "removed_lines_by_class": dict(report.removed_lines_by_class),
        "sources": sources_rows(report.sources),
        "timings": {
            name: {"wall_seconds": round(time.wall_seconds, 3), "cpu_seconds": round(time.cpu_seconds, 3)}
            for name, time in report.timings.items()
        },
        "wall_seconds": round(report.wall_seconds, 3),
        "records_per_second": round(report.records_per_second, 1),
        "peak_rss_mib": round(report.peak_rss_mib, 1),
        "bytes_read": report.bytes_read,
        "stale_rows": report.stale_rows,
        "repairs": list(report.repairs),
    }


def heading(report: RunReport) -> str:
    """Return one line that names the run and says whether it changed the tables."""
    end = f"publication {report.sequence}" if report.published else "nothing new, nothing published"
    return f"Run {report.run_id} as of {report.as_of}: {end}"


def _parts(counts: Mapping[str, int], depth: int, whole: int | None = None) -> Iterator[FunnelRow]:
    for name, count in _largest_first(counts):
        yield FunnelRow(name=name, count=count, depth=depth, whole=whole, style="dim")


def _largest_first(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(((str(name), count) for name, count in counts.items() if count), key=lambda item: (-item[1], item[0]))


def _top_classes(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    ranked = _largest_first(counts)
    if len(ranked) <= _TOP_CLASSES + 1:
        return ranked
    rest = ranked[_TOP_CLASSES:]
    return [*ranked[:_TOP_CLASSES], (f"{len(rest)} more classes", sum(count for _, count in rest))]


def _funnel_table(report: RunReport) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(width=20)
    for row in funnel(report):
        bar = _bar(row.count, row.whole, row.style) if row.whole and row.depth == 1 else ""
        table.add_row(
            "  " * row.depth + row.name, f"{row.count:,}", row.share, bar, style="dim" if row.style == "dim" else ""
        )
    return table


def _bar(count: int, whole: int, style: str) -> ProgressBar:
    return ProgressBar(total=whole, completed=count, width=20, complete_style=style, finished_style=style)


def _removed_table(report: RunReport) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("lines removed")
    total = sum(report.removed_lines_by_class.values())
    table.add_column(f"{total:,}", justify="right")
    table.add_column("", justify="right")
    for name, count in _top_classes(report.removed_lines_by_class):
        table.add_row(f"  {name}", f"{count:,}", f"{100.0 * count / total:.1f} %")
    return table


def _timing_table(report: RunReport) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for title in ("stage", "wall s", "CPU s"):
        table.add_column(title, justify="left" if title == "stage" else "right")
    for name, time in report.timings.items():
        table.add_row(f"  {name}", f"{time.wall_seconds:,.2f}", f"{time.cpu_seconds:,.2f}")
    return table


def _facts(report: RunReport) -> Iterator[str]:
    size, rate = report.bytes_read / _MIB, report.records_per_second
    yield from report.repairs
    yield f"{report.records:,} dumps ({size:,.1f} MiB) in {report.wall_seconds:,.1f} s: {rate:,.1f} a second"
    yield f"peak memory {report.peak_rss_mib:,.0f} MiB"
    if report.stale_rows:
        stale = f"{report.stale_rows:,} earlier records were cleaned with other rules"
        yield f"{stale}: `broadsheet backfill --mode changed` renews them"


def _funnel_markdown(report: RunReport) -> str:
    rows = (("&emsp;" * row.depth + row.name, f"{row.count:,}", row.share) for row in funnel(report))
    return markdown_table(("", "count", "of outcomes"), rows)


def _counts_markdown(title: str, counts: Mapping[str, int]) -> str:
    return markdown_table((title, "lines"), ((name, f"{count:,}") for name, count in _top_classes(counts)))
