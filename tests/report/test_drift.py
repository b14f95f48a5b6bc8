"""Claims about drift: a new layout alarms on its first day with pages to look at, and quiet days are quiet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipeline.report.drift import METRICS, MIN_PAGES, Alarm, alarms, first_days, scored
from pipeline.run import run
from pipeline.settings import Settings
from pipeline.store.query import connect
from pipeline.store.tables import Store

START = pd.Timestamp(2026, 1, 1)


def quiet(days: int, sources: int, seed: int) -> pd.DataFrame:
    """Return simulated days of sources in which nothing changes, each with shares and sizes of its own."""
    return pd.DataFrame(_rows(np.random.default_rng(seed), days, sources))


def _rows(draw: np.random.Generator, days: int, sources: int) -> Iterator[dict[str, object]]:
    for source in range(sources):
        share, per_day = draw.uniform(0.2, 0.8), draw.integers(MIN_PAGES, 60)
        rates = {"undated": draw.beta(1, 9), "duplicates": draw.beta(2, 6), "quarantined": draw.beta(1, 30)}
        for day in range(days):
            pages = max(1, int(draw.poisson(per_day)))
            values = {metric: (draw.random(pages) < rate).astype(float) for metric, rate in rates.items()}
            values["kept_share"] = np.clip(draw.normal(share, 0.12, pages), 0, 1)
            values["template_hits"] = draw.poisson(6.0, pages).astype(float)
            for metric, found in values.items():
                yield row(f"s{source:02d}", day, metric, found)


def row(source: str, day: int, metric: str, values: np.ndarray) -> dict[str, object]:
    date = START + pd.Timedelta(days=day)
    means = {"mean": float(values.mean()), "square": float((values**2).mean())}
    return {"source": source, "date": date, "metric": metric, "pages": len(values), **means}


@pytest.mark.parametrize("seed", range(2))
def test_sixty_quiet_days_of_twenty_sources_raise_no_alarm(seed: int) -> None:
    judged = scored(quiet(60, 20, seed))

    assert len(first_days(judged)) == 0
    assert 2.0 < judged["score"].max() < 4.4


@pytest.mark.parametrize(
    ("metric", "before", "now"),
    [
        ("kept_share", 0.6, 0.2),
        ("template_hits", 6.0, 0.0),
        ("undated", 0.0, 1.0),
        ("duplicates", 0.1, 0.8),
        ("quarantined", 0.0, 0.6),
    ],
)
def test_change_of_any_metric_alarms_on_its_first_day_and_once(metric: str, before: float, now: float) -> None:
    draw = np.random.default_rng(1)
    is_share = metric in {"undated", "duplicates", "quarantined"}

    def day(number: int, level: float) -> dict[str, object]:
        values = (draw.random(20) < level).astype(float) if is_share else draw.normal(level, 0.1, 20)
        return row("daily", number, metric, values)

    frame = pd.DataFrame([day(number, before if number < 30 else now) for number in range(34)])

    (found,) = first_days(scored(frame)).itertuples()

    assert (found.date, found.days) == (START + pd.Timedelta(days=30), 4)


def test_first_week_of_a_source_and_days_of_few_pages_are_not_judged() -> None:
    week = [row("new", day, "undated", np.full(20, float(day == 6))) for day in range(7)]
    small = [row("small", day, "undated", np.full(MIN_PAGES - 1, float(day == 20))) for day in range(21)]

    assert len(first_days(scored(pd.DataFrame(week + small)))) == 0


def test_no_days_are_no_alarm() -> None:
    nothing = pd.DataFrame({name: [] for name in ("source", "date", "metric", "pages", "mean", "square")})

    assert len(first_days(scored(nothing))) == 0


def page(story: str, day: dt.date, *, new_layout: bool) -> str:
    """Return a page as a paper prints it; its new layout gives no date, and a column of links beside the story."""
    headline, _, body = story.partition("\n\n")
    if not new_layout:
        return f"{headline}\n\nBy Nora Finch\n{day:%B} {day.day}, {day.year}\n\n{body}\nShare this article\n"
    links = "\n".join(f"Read more: what {number} readers said about it" for number in range(25))
    return f"{headline}\n\n{body}\nShare this article\n{links}\n"


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory, invented: Callable[[int], str]) -> list[Alarm]:
    """The alarms over 21 days of two papers, one of which has a new layout on the last day."""
    folder = tmp_path_factory.mktemp("drift")
    for number in range(21):
        day = dt.date(2026, 3, 1) + dt.timedelta(days=number)
        for paper in ("herald", "ledger"):
            for copy in range(6):
                path = folder / "raw" / paper / f"{day}" / f"{copy}.txt"
                path.parent.mkdir(parents=True, exist_ok=True)
                story = invented(number * 100 + copy * 10 + len(paper) + (paper == "ledger"))
                path.write_text(page(story, day, new_layout=paper == "herald" and number == 20))
    run([str(folder / "raw")], folder / "clean", Settings.load(workers=1), dt.date(2026, 4, 1))
    snapshot = Store.open(Path(folder / "clean"), create=False).snapshot()
    with connect(snapshot) as connection:
        return alarms(connection)


def test_new_layout_is_seen_on_its_first_day_in_the_tables_of_a_run(found: list[Alarm]) -> None:
    assert {(one.source, one.date) for one in found} == {("herald", dt.date(2026, 3, 21))}
    undated = next(one for one in found if one.metric == "undated")
    assert (undated.before, undated.now, undated.pages, undated.words) == (0.0, 1.0, 6, METRICS["undated"])


def test_alarm_names_three_pages_of_that_day(found: list[Alarm]) -> None:
    for one in found:
        assert len(set(one.examples)) == 3
        assert all(path.startswith("herald/2026-03-21/") for path in one.examples)
