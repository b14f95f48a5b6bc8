"""Claims about the plan of a backfill as it is shown: every day, every count, and which files are other ones."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable

from rich.console import RenderableType

from pipeline.report.changes import Changes, DayChange, changes_dict, changes_markdown, day_changes, render_changes

Show = Callable[..., str]
DAYS = (
    DayChange(date=dt.date(2026, 3, 4), added=3, removed=1),
    DayChange(date=dt.date(2026, 3, 6), changed=1_200, promoted=2),
)


def changes(**fields: object) -> Changes:
    made = {"run_id": "00000007-backfill", "published": True, "cleaned": 40, "other_bytes": (), "days": DAYS}
    return Changes(**{**made, **fields})  # type: ignore[arg-type]


def test_days_without_a_change_are_left_out() -> None:
    day = dt.date(2026, 3, 4)

    assert day_changes({"added": {day: 2}, "removed": {}}) == (DayChange(date=day, added=2),)


def test_terminal_shows_each_day_and_the_sum(shown: Callable[[RenderableType], str]) -> None:
    text = shown(render_changes(changes()))

    assert "Publication 00000007-backfill: 40 dumps cleaned" in text
    assert [line.split() for line in text.splitlines() if line.startswith(("2026", "all"))] == [
        ["2026-03-04", "3", "1", "0", "0", "0", "0"],
        ["2026-03-06", "0", "0", "1,200", "0", "2", "0"],
        ["all", "3", "1", "1,200", "0", "2", "0"],
    ]


def test_terminal_lists_files_with_other_bytes_and_counts_the_rest(shown: Callable[[RenderableType], str]) -> None:
    text = shown(render_changes(changes(other_bytes=tuple(f"{number:02d}.txt" for number in range(23)))))

    assert "19.txt" in text
    assert "20.txt" not in text
    assert "and 3 more" in text


def test_dry_run_says_that_nothing_is_changed(shown: Callable[[RenderableType], str]) -> None:
    assert "Dry run, nothing is changed" in shown(render_changes(changes(published=False)))
    assert "nothing to do" in shown(render_changes(changes(published=False, cleaned=0, days=())))


def test_json_has_the_same() -> None:
    told = json.loads(json.dumps(changes_dict(changes(other_bytes=("a.txt",)))))

    assert told["days"][0] == {
        "date": "2026-03-04",
        "added": 3,
        "removed": 1,
        "changed": 0,
        "reclustered": 0,
        "promoted": 0,
        "demoted": 0,
    }
    assert (told["cleaned"], told["other_bytes"]) == (40, ["a.txt"])


def test_markdown_has_the_days_and_the_files() -> None:
    text = changes_markdown(changes(other_bytes=("a|b.txt",)))

    assert "| 2026-03-06 | 0 | 0 | 1,200 | 0 | 2 | 0 |" in text
    assert "- `a\\|b.txt`" in text
