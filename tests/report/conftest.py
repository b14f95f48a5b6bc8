"""Factories of the report: a test names only the fields it is about."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import pytest
from rich.console import Console, RenderableType

from pipeline.records import Article, QuarantineRow, Removal
from pipeline.report.counters import RunReport, SourceCount, StageTime
from pipeline.report.explanation import Explanation, explain

DAY = dt.date(2026, 3, 4)
PAGE = (
    "Home | World | Sport",
    "Otters reopen village post office",
    "",
    "WEALD (HNS) — The post office of Weald reopened on Wednesday.",
    "Share this story",
    "Tweet",
    "A second story",
    "Too short.",
)


def report(**fields: Any) -> RunReport:
    """Return a run of a hundred dumps in ten seconds; ``fields`` override."""
    started = dt.datetime(2026, 3, 4, 2, 15, tzinfo=dt.UTC)
    defaults: dict[str, Any] = {
        "run_id": "000007-3fa9c1d2",
        "sequence": 7,
        "as_of": DAY,
        "started_at": started,
        "finished_at": started + dt.timedelta(seconds=10),
        "records": 100,
        "already_done": 40,
        "skipped": 6,
        "articles": 75,
        "duplicates": 20,
        "duplicates_by_relation": {"exact": 5, "near": 15},
        "quarantined": 5,
        "quarantined_by_reason": {"too_short": 4, "corrupt": 1},
        "relations_by_kind": {"contains": 2},
        "removed_lines_by_class": {"share": 300, "related": 900},
        "sources": (source("herald.example"),),
        "timings": {"clean": StageTime(wall_seconds=4.0, cpu_seconds=7.5)},
        "peak_rss_mib": 412.4,
        "bytes_read": 3 << 20,
        "stale_rows": 0,
        "published": True,
    }
    return RunReport(**{**defaults, **fields})


def source(name: str, **fields: int) -> SourceCount:
    """Return the counts of a source, all zero; ``fields`` override."""
    zero = dict.fromkeys(("records", "articles", "duplicates", "quarantined", "lines", "kept_lines", "with_date"), 0)
    return SourceCount(source=name, **{**zero, **fields})


def removal(line_no: int, line_class: str, rule: str, evidence: str = "", **span: int) -> Removal:
    """Return the removal of a line of ``PAGE``, or of the part from ``start`` to ``end``."""
    start, end = span.get("start", 0), span.get("end", len(PAGE[line_no - 1]))
    return Removal(
        dump_id="d1",
        date=DAY,
        line_no=line_no,
        start=start,
        end=end,
        text=PAGE[line_no - 1][start:end],
        line_class=line_class,
        rule=rule,
        evidence=evidence,
    )


def quarantine(**fields: Any) -> QuarantineRow:
    """Return a quarantined second story of ``PAGE``; ``fields`` override."""
    defaults: dict[str, Any] = {
        "dump_id": "d1",
        "date": DAY,
        "source_path": "bugle/otters.txt",
        "source_record": None,
        "stage": "clean",
        "reason": "too_short",
        "message": "2 words of body, fewer than 25",
        "page_article_no": 2,
        "first_line": 7,
        "last_line": 8,
        "kept_lines": (8,),
        "text": "Too short.",
        "byte_start": None,
        "byte_end": None,
    }
    return QuarantineRow(**{**defaults, **fields})


def removals() -> tuple[Removal, ...]:
    """Return what was taken out of ``PAGE``."""
    return (
        removal(1, "navigation", "line-model", "p 0.99"),
        removal(2, "headline", "line-model"),
        removal(4, "dateline", "dateline-agency", "WEALD (HNS) —", start=0, end=14),
        removal(5, "share", "share-block", "“Share this story”"),
        removal(6, "share", "share-block", "“Share this story”"),
        removal(7, "headline", "line-model"),
    )


@pytest.fixture
def make_report() -> Callable[..., RunReport]:
    return report


@pytest.fixture
def make_source() -> Callable[..., SourceCount]:
    return source


@pytest.fixture
def make_quarantine() -> Callable[..., QuarantineRow]:
    return quarantine


@pytest.fixture
def make_explanation(make_article: Callable[..., Article]) -> Callable[..., Explanation]:
    """Return a function that explains ``PAGE``: one article, one story in quarantine; its arguments override."""

    def make(**fields: Any) -> Explanation:
        first = make_article(
            headline=PAGE[1], dump_id="d1", first_line=1, last_line=6, kept_lines=(4,), page_article_count=2
        )
        defaults: dict[str, Any] = {
            "dump_id": "d1",
            "source_path": "bugle/otters.txt",
            "source_record": None,
            "lines": PAGE,
            "articles": (first,),
            "copies": {},
            "quarantines": (quarantine(),),
            "removals": removals(),
        }
        return explain(**{**defaults, **fields})

    return make


@pytest.fixture
def shown() -> Callable[..., str]:
    """Return a function that gives what a terminal of some width shows, without colour unless asked."""

    def show(renderable: RenderableType, width: int = 80, *, color: bool = False) -> str:
        file = io.StringIO()
        console = Console(
            file=file, width=width, force_terminal=color, color_system="standard" if color else None, _environ={}
        )
        console.print(renderable)
        return file.getvalue()

    return show
