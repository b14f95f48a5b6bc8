"""Claims about duplicates that follow the clusters: one article each, by policy, and everything adds up afterwards."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from pipeline.change.recluster import Reclustered, recluster
from pipeline.run import run
from pipeline.settings import Settings
from pipeline.store.law import check_snapshot
from pipeline.store.tables import Store

SETTINGS = Settings.load(workers=1)
AS_OF = dt.date(2026, 3, 20)
STORY = """Millers Bridge to close for a year

{date}

The council of Harrow Mill voted to close the old Millers Bridge for a year of repairs to its seven stone arches.

Engineers told the council that two of the seven arches of the bridge had moved by a hand's breadth since last spring.

The repairs to the bridge will cost about nine million crowns, a third of which the county has promised to pay for.
{end}
"""


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    raw = tmp_path / "raw"
    raw.mkdir()
    return raw, tmp_path / "clean"


def add(folders: tuple[Path, Path], name: str, date: str, end: str = "") -> None:
    raw, clean = folders
    (raw / name).write_text(STORY.format(date=date, end=end))
    run([str(raw)], clean, SETTINGS, AS_OF)


def kept_by_path(clean: Path) -> dict[str, str]:
    """Return for each document the path of the article it is, or is a copy of."""
    snapshot = Store.open(clean, create=False).snapshot()
    check_snapshot(snapshot)
    articles = {row["article_id"]: row for batch in snapshot.read("articles") for row in batch.to_pylist()}
    found = {row["source_path"]: row["source_path"] for row in articles.values()}
    for batch in snapshot.read("duplicates"):
        found |= {row["source_path"]: articles[row["duplicate_of"]]["source_path"] for row in batch.to_pylist()}
    return found


def test_earlier_copy_that_came_later_becomes_the_article(folders: tuple[Path, Path]) -> None:
    add(folders, "late.txt", "March 9, 2026")
    add(folders, "again.txt", "March 9, 2026", "The work begins in May.")
    add(folders, "early.txt", "March 4, 2026")
    before = kept_by_path(folders[1])
    done = recluster(folders[1], SETTINGS.dedup)

    assert set(before.values()) == {"late.txt"}
    assert done == Reclustered(promoted=1, demoted=1, repointed=1)
    assert set(kept_by_path(folders[1]).values()) == {"early.txt"}


def test_second_time_finds_nothing_to_do_and_publishes_nothing(folders: tuple[Path, Path]) -> None:
    add(folders, "late.txt", "March 9, 2026")
    add(folders, "early.txt", "March 4, 2026")
    recluster(folders[1], SETTINGS.dedup)
    runs = Store.open(folders[1], create=False).snapshot().count("runs")

    assert recluster(folders[1], SETTINGS.dedup).is_nothing
    assert Store.open(folders[1], create=False).snapshot().count("runs") == runs == 3


def test_next_copy_is_put_under_the_new_article(folders: tuple[Path, Path]) -> None:
    add(folders, "late.txt", "March 9, 2026")
    add(folders, "early.txt", "March 4, 2026")
    recluster(folders[1], SETTINGS.dedup)
    add(folders, "more.txt", "March 10, 2026", "The work begins in May.")

    assert kept_by_path(folders[1])["more.txt"] == "early.txt"
