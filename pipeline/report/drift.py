"""Drift: a source whose pages are cleaned otherwise than they used to be, told from its own history.

A site that changes its layout shows at once in what is kept of a page, what stands on all its pages, which pages still
give a date. Each day of a source is held against the days before it; nothing is compared between sources.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import duckdb
import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from pandas.api.typing import Rolling

METRICS: Final = {
    "kept_share": "share of lines kept",
    "template_hits": "lines known as furniture, a page",
    "undated": "share of pages without a date",
    "duplicates": "share of stories that are copies",
    "quarantined": "share of pages in quarantine",
}
"""What is watched of each page, and what it is called."""

HISTORY_DAYS: Final = 28
"""Days of a source's past that a day is held against: four weeks, so that each weekday is in it."""

MIN_HISTORY_DAYS: Final = 7
MIN_PAGES: Final = 5
"""Days of fewer pages are not judged, nor is a source before its first full week."""

MIN_SCORE: Final = 4.5
"""Standard deviations. On 60 simulated quiet days of 40 sources the highest score was 4.0 in five tries."""

MIN_STEP: Final = {"kept_share": 0.15, "template_hits": 2.0, "undated": 0.25, "duplicates": 0.3, "quarantined": 0.15}
"""Smaller changes are not worth a look, however sure they are."""

_EXAMPLES: Final = 3
_SHARES: Final = frozenset({"undated", "duplicates", "quarantined"})  # of pages: a page has it or has it not
_GRAIN: Final = 1e-4  # so that a source whose pages are all alike has a deviation to divide by

PAGES_SQL: Final = """
CREATE OR REPLACE TEMP TABLE pages AS
WITH stories AS (
    SELECT dump_id, any_value(site) AS site, sum(len(kept_lines)) AS kept, avg(is_copy) AS duplicates,
           1 - max((published_date IS NOT NULL)::INT) AS undated
    FROM (SELECT dump_id, site, kept_lines, published_date, 0 AS is_copy FROM articles
          UNION ALL SELECT dump_id, site, kept_lines, published_date, 1 FROM duplicates)
    GROUP BY dump_id
),
furniture AS (SELECT dump_id, count(*) AS hits FROM removals WHERE rule = 'site.template' GROUP BY dump_id)
SELECT r.date, r.source_path, r.source_record,
       coalesce(s.site, CASE WHEN contains(r.source_path, '/') THEN split_part(r.source_path, '/', 1)
                             ELSE '(top folder)' END) AS source,
       coalesce(s.kept, 0) / nullif(coalesce(s.kept, 0) + coalesce(list_sum(map_values(
           CAST(r.removed_by_class::JSON AS MAP(VARCHAR, BIGINT)))), 0), 0) AS kept_share,
       coalesce(f.hits, 0)::DOUBLE AS template_hits, s.undated::DOUBLE AS undated, s.duplicates,
       (r.quarantined > 0)::INT::DOUBLE AS quarantined
FROM records r LEFT JOIN stories s USING (dump_id) LEFT JOIN furniture f USING (dump_id)
WHERE r.kind <> 'skipped'
"""
"""Makes the table ``pages``: a row a dump, with its source and the value of each metric (null: none to tell)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """A source that changed: since ``date``, on ``days`` days. ``examples``: pages of the first day to look at."""

    source: str
    date: dt.date
    days: int
    metric: str
    before: float
    now: float
    pages: int
    score: float
    examples: tuple[str, ...]

    @property
    def words(self) -> str:
        """What changed, as it is called."""
        return METRICS[self.metric]


def alarms(connection: duckdb.DuckDBPyConnection) -> list[Alarm]:
    """Return what drifted, newest first; ``connection`` has the views of the tables.

    Holds a row a source, day and metric; pages stay in DuckDB.
    """
    connection.execute(PAGES_SQL)
    found = [
        alarm_of(row, _examples(connection, row))
        for row in first_days(scored(daily(connection))).itertuples(index=False)
    ]
    return sorted(found, key=lambda one: (-one.date.toordinal(), one.source, one.metric))


def daily(connection: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """Return the pages of each source, day and metric, their mean and mean square: columns of these names."""
    parts = [
        f"SELECT source, date, '{metric}' AS metric, count({metric}) AS pages, avg({metric}) AS mean,"  # noqa: S608
        f" avg({metric} * {metric}) AS square FROM pages GROUP BY ALL HAVING count({metric}) > 0"
        for metric in METRICS
    ]
    return connection.execute(" UNION ALL ".join(parts)).df()


def scored(days: pd.DataFrame) -> pd.DataFrame:
    """Return ``days`` with what each is held against: ``before`` (median of the history) and ``score``.

    The score is the distance from the history in standard deviations: of its days among themselves (1.4826 times their
    median absolute deviation, which a few odd days do not move) or of the mean of so many pages, if that is more.
    Shares of pages are compared as angles, arcsin of the root (Anscombe 1948): as shares, one page in quarantine on a
    day of five, at a source that has one in forty, scored 8.
    """
    ordered = days.sort_values(["source", "metric", "date"], ignore_index=True)
    parts = [_scored_series(series, str(name[1])) for name, series in ordered.groupby(["source", "metric"], sort=True)]
    return pd.concat(parts, ignore_index=True) if parts else ordered.assign(before=np.nan, score=0.0)


def _scored_series(series: pd.DataFrame, metric: str) -> pd.DataFrame:
    is_share = metric in _SHARES
    pages, mean = series["pages"], series["mean"]
    place = ((mean * pages + 0.375) / (pages + 0.75)).pow(0.5).map(math.asin) if is_share else mean
    past = _past(place)
    spread = 1.4826 * past.apply(_deviation, raw=True)
    of_mean = 0.25 / (pages + 0.5) if is_share else _page_variance(series) / pages
    score = (place - past.median()).abs() / np.sqrt(np.maximum(spread**2, of_mean) + _GRAIN)
    is_judged = pages >= MIN_PAGES
    return series.assign(before=_past(mean).median(), score=score.where(is_judged, 0.0).fillna(0.0))


def _past(values: pd.Series[float]) -> Rolling[pd.Series[float]]:
    """Return the window of the days before each day."""
    return values.shift(1).rolling(HISTORY_DAYS, min_periods=MIN_HISTORY_DAYS)


def _deviation(values: np.ndarray) -> float:
    """Return the median absolute deviation; the window of a first week begins with days that are not there."""
    return float(np.nanmedian(np.abs(values - np.nanmedian(values))))


def _page_variance(series: pd.DataFrame) -> pd.Series[float]:
    """Return for each day how much single pages of its history vary."""
    pages = _past(series["pages"].astype(float)).sum()
    mean = _past(series["mean"] * series["pages"]).sum() / pages
    square = _past(series["square"] * series["pages"]).sum() / pages
    variance: pd.Series[float] = (square - mean**2).clip(lower=0)
    return variance


def first_days(days: pd.DataFrame) -> pd.DataFrame:
    """Return the first day of each drift, with ``days`` as the number of days in a row that stood out."""
    step = (days["mean"] - days["before"]).abs() >= days["metric"].map(MIN_STEP)
    out = days.assign(is_out=(days["score"] >= MIN_SCORE) & step)
    key = ["source", "metric"]
    was_out = out.groupby(key)["is_out"].shift(1, fill_value=False)
    out = out.assign(episode=(out["is_out"] & ~was_out).groupby([out[name] for name in key]).cumsum())
    out = out[out["is_out"]]
    counts = out.groupby([*key, "episode"], as_index=False).agg(days=("date", "size"))
    return out.drop_duplicates([*key, "episode"]).merge(counts, on=[*key, "episode"])


def alarm_of(row: object, examples: tuple[str, ...]) -> Alarm:
    """Return the alarm of a row of :func:`first_days`."""
    return Alarm(
        source=str(getattr(row, "source")),  # noqa: B009 - rows of a frame are typed as plain tuples
        date=pd.Timestamp(getattr(row, "date")).date(),  # noqa: B009
        days=int(getattr(row, "days")),  # noqa: B009
        metric=str(getattr(row, "metric")),  # noqa: B009
        before=float(getattr(row, "before")),  # noqa: B009
        now=float(getattr(row, "mean")),  # noqa: B009
        pages=int(getattr(row, "pages")),  # noqa: B009
        score=float(getattr(row, "score")),  # noqa: B009
        examples=examples,
    )


def _examples(connection: duckdb.DuckDBPyConnection, row: object) -> tuple[str, ...]:
    """Return the pages of that day that are farthest from what the source used to give."""
    alarm = alarm_of(row, ())
    sql = (
        f"SELECT source_path || coalesce('#' || source_record, '') FROM pages"  # noqa: S608 - names are our own
        f" WHERE source = ? AND date = ? AND {alarm.metric} IS NOT NULL"
        f" ORDER BY abs({alarm.metric} - ?) DESC, 1 LIMIT {_EXAMPLES}"
    )
    found = connection.execute(sql, [alarm.source, alarm.date, alarm.before]).fetchall()
    return tuple(path for (path,) in found)
