"""The figures of the report, asked of the tables in SQL: each a frozen record, ready to be drawn."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, fields
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import duckdb

from pipeline.errors import StoreError
from pipeline.report.drift import PAGES_SQL, Alarm, alarms
from pipeline.store.query import connect
from pipeline.store.reader import Snapshot

_MEMORY: Final = "512MB"
DAYS: Final = 60
"""Most days that are drawn, the newest ones."""

_CLASSES, _LINES, _CLUSTERS, _MEMBERS, _SOURCES, _RUNS = 12, 3, 10, 12, 30, 10

_TOTALS_SQL: Final = """
SELECT 'skipped: no page' AS name, count(*) AS n, 0 AS depth FROM records WHERE kind = 'skipped'
UNION ALL SELECT 'dumps read', count(*), 0 FROM records WHERE kind <> 'skipped'
UNION ALL SELECT 'articles', count(*), 1 FROM articles
UNION ALL SELECT 'duplicates', count(*), 1 FROM duplicates
UNION ALL SELECT relation, count(*), 2 FROM duplicates GROUP BY relation
UNION ALL SELECT 'quarantined', count(*), 1 FROM quarantine
"""
_DAYS_SQL: Final = """
SELECT date, sum(articles)::BIGINT, sum(duplicates)::BIGINT, sum(quarantined)::BIGINT
FROM records GROUP BY date ORDER BY date DESC LIMIT ?
"""
_SOURCES_SQL: Final = """
SELECT source, count(*) AS pages, avg(kept_share), 1 - avg(undated), avg(duplicates), avg(quarantined),
       max(date) AS newest, count(*) FILTER (kept_share IS NOT NULL)
FROM pages GROUP BY source ORDER BY pages DESC, source LIMIT ?
"""
_TREND_SQL: Final = """
SELECT source, date, avg(kept_share) FROM pages WHERE kept_share IS NOT NULL GROUP BY ALL ORDER BY source, date
"""
_LINES_SQL: Final = """
WITH lines AS (SELECT line_class, left(trim(text), 160) AS line, count(*) AS n, mode(rule) AS rule
               FROM removals WHERE trim(text) <> '' GROUP BY ALL),
classes AS (SELECT line_class, sum(n)::BIGINT AS total FROM lines GROUP BY line_class
            ORDER BY total DESC, line_class LIMIT ?)
SELECT line_class, total, line, n, rule FROM lines JOIN classes USING (line_class)
QUALIFY row_number() OVER (PARTITION BY line_class ORDER BY n DESC, line) <= ?
ORDER BY total DESC, line_class, n DESC, line
"""
_CLUSTERS_SQL: Final = """
SELECT cluster_id, copies, article_id, headline, printed_by, first_seen, delay_days, relation FROM syndication
WHERE cluster_id IN (SELECT cluster_id FROM syndication GROUP BY ALL ORDER BY count(*) DESC, cluster_id LIMIT ?)
ORDER BY copies DESC, cluster_id, first_seen, printed_by, article_id
"""
_QUARANTINE_SQL: Final = """
SELECT reason, count(*) OVER (PARTITION BY reason) AS n, source_path || coalesce('#' || source_record, ''), message
FROM quarantine QUALIFY row_number() OVER (PARTITION BY reason ORDER BY source_path, source_record, message) <= 3
ORDER BY n DESC, reason, 3
"""
_RUNS_SQL: Final = """
SELECT run_id, kind, finished_at, records, articles, duplicates, quarantined FROM runs ORDER BY sequence DESC LIMIT ?
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A line of the funnel; deeper ones are parts of the one above."""

    name: str
    count: int
    depth: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """Outcomes of the pages crawled on a day."""

    date: dt.date
    articles: int
    duplicates: int
    quarantined: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A site, or the top folder of pages without one; shares are of its pages, ``trend`` the kept share a day."""

    name: str
    pages: int
    kept_share: float | None
    dated_share: float | None
    duplicate_share: float | None
    quarantined_share: float
    newest: dt.date
    trend: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovedLine:
    """A line that was taken out, how often, and by which rule mostly."""

    text: str
    count: int
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovedClass:
    """A class of removed lines with its commonest ones."""

    name: str
    count: int
    lines: tuple[RemovedLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Printing:
    """One copy of a story: who printed it, when it was first seen there, and how many days after the first of all."""

    outlet: str
    first_seen: dt.date
    delay_days: int
    relation: str
    headline: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A cluster of several copies, the first one first; ``more`` are not listed."""

    headline: str
    copies: int
    printings: tuple[Printing, ...]

    @property
    def more(self) -> int:
        """How many copies are not listed."""
        return self.copies - len(self.printings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A reason of quarantine, with a few of the pages: where they lie and what was wrong."""

    reason: str
    count: int
    examples: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunLine:
    """A publication."""

    run_id: str
    kind: str
    finished_at: dt.datetime
    records: int
    articles: int
    duplicates: int
    quarantined: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """All that the report shows."""

    steps: tuple[Step, ...]
    days: tuple[Day, ...]
    sources: tuple[Source, ...]
    removed: tuple[RemovedClass, ...]
    stories: tuple[Story, ...]
    held: tuple[Held, ...]
    runs: tuple[RunLine, ...]
    alarms: tuple[Alarm, ...]


def figures(snapshot: Snapshot) -> Figures:
    """Return the figures of all tables at ``snapshot``. DuckDB holds half a gigabyte at most, the rest on disk.

    Raises:
        StoreError: a data file cannot be read.
    """
    with tempfile.TemporaryDirectory(prefix="broadsheet-") as folder:
        connection = connect(snapshot, temporary=Path(folder), memory=_MEMORY)
        try:
            connection.execute(PAGES_SQL)
            return Figures(
                steps=tuple(Step(name=name, count=n, depth=depth) for name, n, depth in _ask(connection, _TOTALS_SQL)),
                days=_days(connection),
                sources=_sources(connection),
                removed=_removed(connection),
                stories=_stories(connection),
                held=_held(connection),
                runs=tuple(RunLine(**_named(RunLine, row)) for row in _ask(connection, _RUNS_SQL, _RUNS)),
                alarms=tuple(alarms(connection)),
            )
        except duckdb.Error as exc:
            raise StoreError(f"the report could not be made: {exc}") from exc
        finally:
            connection.close()


def _ask(connection: duckdb.DuckDBPyConnection, sql: str, *values: object) -> list[tuple[Any, ...]]:
    return connection.execute(sql, list(values)).fetchall()


def _named(kind: type, row: Sequence[Any]) -> dict[str, Any]:
    return dict(zip((one.name for one in fields(kind)), row, strict=True))


def _days(connection: duckdb.DuckDBPyConnection) -> tuple[Day, ...]:
    return tuple(Day(**_named(Day, row)) for row in reversed(_ask(connection, _DAYS_SQL, DAYS)))


def _sources(connection: duckdb.DuckDBPyConnection) -> tuple[Source, ...]:
    trends = {
        name: tuple(share for _, _, share in rows)[-DAYS:]
        for name, rows in groupby(_ask(connection, _TREND_SQL), key=lambda row: row[0])
    }
    return tuple(
        Source(
            name=name,
            pages=pages,
            kept_share=kept,
            dated_share=dated,
            duplicate_share=duplicates,
            quarantined_share=quarantined,
            newest=newest,
            trend=trends.get(name, ()),
        )
        for name, pages, kept, dated, duplicates, quarantined, newest, _ in _ask(connection, _SOURCES_SQL, _SOURCES)
    )


def _removed(connection: duckdb.DuckDBPyConnection) -> tuple[RemovedClass, ...]:
    rows = _ask(connection, _LINES_SQL, _CLASSES, _LINES)
    return tuple(
        RemovedClass(
            name=name,
            count=total,
            lines=tuple(RemovedLine(text=line, count=n, rule=rule) for _, _, line, n, rule in lines),
        )
        for (name, total), lines in groupby(rows, key=lambda row: (row[0], row[1]))
    )


def _stories(connection: duckdb.DuckDBPyConnection) -> tuple[Story, ...]:
    stories = []
    for (copies, _), rows in groupby(_ask(connection, _CLUSTERS_SQL, _CLUSTERS), key=lambda row: (row[1], row[0])):
        members = [
            Printing(outlet=outlet, first_seen=first, delay_days=delay, relation=relation, headline=headline)
            for _, _, _, headline, outlet, first, delay, relation in rows
        ]
        kept = next((one for one in members if one.relation == "kept"), members[0])
        stories.append(
            Story(headline=kept.headline or "(no headline)", copies=copies, printings=tuple(members[:_MEMBERS]))
        )
    return tuple(stories)


def _held(connection: duckdb.DuckDBPyConnection) -> tuple[Held, ...]:
    rows = _ask(connection, _QUARANTINE_SQL)
    return tuple(
        Held(reason=reason, count=n, examples=tuple((where, message) for _, _, where, message in found))
        for (reason, n), found in groupby(rows, key=lambda row: (row[0], row[1]))
    )
