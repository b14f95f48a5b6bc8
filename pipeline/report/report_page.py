"""The report as one self-contained HTML page: no script, no network, light and dark, readable on a phone."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment, PackageLoader, Template, select_autoescape

from pipeline.errors import InputError
from pipeline.report.charts import meter, spark_line, stacked_bars
from pipeline.report.escape import printable
from pipeline.report.figures import Day, Figures, Step, figures
from pipeline.store.tables import Store


def write_report(clean: Path, out: Path) -> Figures:
    """Write the report of the tables of ``clean`` to ``out``, and return what it shows.

    Raises:
        InputError: the file cannot be written.
        StoreError: there are no tables, or they cannot be read.
    """
    found = figures(Store.open(clean, create=False).snapshot())
    try:
        out.write_text(render_report(found, str(clean)), encoding="utf-8")
    except OSError as exc:
        raise InputError(f"report {str(out)!r} cannot be written: {exc.strerror}; name another file") from exc
    return found


def render_report(found: Figures, title: str) -> str:
    """Return the page. All words of pages are escaped; ``title`` names the tables."""
    return _template().render(
        title=printable(title),
        standing=_standing(found),
        tiles=_tiles(found),
        figures=found,
        steps=list(_steps(found.steps)),
        day_chart=stacked_bars([(day.date, _parts(day)) for day in found.days]),
        highest=max((sum(_parts(day).values()) for day in found.days), default=0),
        amount=_amount,
        percent=_percent,
        meter=meter,
        spark=spark_line,
    )


@cache
def _template() -> Template:
    loader = PackageLoader("pipeline.report", "pages")
    # The pages end in .html.j2; autoescape goes by the last suffix unless told.
    environment = Environment(loader=loader, autoescape=select_autoescape(["html", "j2"]), finalize=_shown)
    return environment.get_template("report.html.j2")


def _shown(value: object) -> object:
    """Return what a page says with its control characters made visible; everything else as it is."""
    return printable(value) if type(value) is str else value


def _standing(found: Figures) -> str:
    if not found.runs:
        return "Nothing is published yet."
    newest = found.runs[0]
    return f"As of publication {newest.run_id}, {newest.finished_at:%Y-%m-%d %H:%M} UTC"


def _tiles(found: Figures) -> list[tuple[str, str]]:
    count = {step.name: step.count for step in found.steps}
    return [
        ("dumps read", f"{count['dumps read']:,}"),
        ("articles", f"{count['articles']:,}"),
        ("duplicates", f"{count['duplicates']:,}"),
        ("in quarantine", f"{count['quarantined']:,}"),
        ("sources that changed", f"{len({alarm.source for alarm in found.alarms}):,}"),
    ]


def _steps(steps: tuple[Step, ...]) -> list[tuple[Step, float]]:
    """Return the steps with their share of the largest."""
    largest = max((step.count for step in steps), default=0) or 1
    return [(step, step.count / largest) for step in steps]


def _parts(day: Day) -> dict[str, int]:
    return {"articles": day.articles, "duplicates": day.duplicates, "quarantined": day.quarantined}


def _percent(share: float | None) -> str:
    return "" if share is None else f"{100 * share:.0f} %"


def _amount(metric: str, value: float) -> str:
    return f"{value:.1f}" if metric == "template_hits" else f"{100 * value:.0f} %"
