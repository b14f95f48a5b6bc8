from __future__ import annotations

import datetime as dt
import pickle
from collections.abc import Callable

import pytest

from pipeline.report.counters import Progress, RunReport


@pytest.mark.parametrize(
    ("done", "total", "expected"),
    [(0, 4, 0.0), (1, 4, 25.0), (4, 4, 100.0), (0, 0, 100.0), (5, 4, 100.0)],
    ids=["begun", "quarter", "done", "nothing to do", "more than foreseen"],
)
def test_percent_of_progress(done: int, total: int, expected: float) -> None:
    assert Progress(stage="clean", done=done, total=total, unit="dumps").percent == expected


def test_quarantined_percent_is_of_outcomes(make_report: Callable[..., RunReport]) -> None:
    # A page of five stories that loses three: 60 percent, where a share of records would be 300.
    assert make_report(records=1, articles=2, duplicates=0, quarantined=3).quarantined_percent == 60.0


def test_quarantined_percent_of_a_run_without_outcomes_is_zero(make_report: Callable[..., RunReport]) -> None:
    assert make_report(articles=0, duplicates=0, quarantined=0).quarantined_percent == 0.0


def test_rate_is_dumps_by_wall_time(make_report: Callable[..., RunReport]) -> None:
    assert make_report(records=100).records_per_second == 10.0


def test_rate_of_a_run_too_short_to_measure_is_zero(make_report: Callable[..., RunReport]) -> None:
    moment = dt.datetime(2026, 3, 4, tzinfo=dt.UTC)

    assert make_report(started_at=moment, finished_at=moment).records_per_second == 0.0


def test_report_survives_the_way_home_from_a_worker(make_report: Callable[..., RunReport]) -> None:
    report = make_report()

    assert pickle.loads(pickle.dumps(report)) == report
