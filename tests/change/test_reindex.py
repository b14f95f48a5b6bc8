"""Claims about the index made anew: later runs decide as if it had never been away."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pytest

from pipeline.change.reindex import index_stats, rebuild_index
from pipeline.dedup.segment import Segment
from pipeline.errors import StoreError
from pipeline.run import run
from pipeline.settings import Settings
from pipeline.store.digest import digests
from pipeline.store.tables import Store

STORY = """Millers Bridge to close for a year

The council of Harrow Mill voted on Monday to close the old Millers Bridge for a year of repairs to its stone arches.

Engineers told the council that two of the seven arches of the bridge had moved by a hand's breadth since last spring.

The repairs to the bridge will cost about nine million crowns, a third of which the county has promised to pay for.
"""
SETTINGS = Settings.load(workers=1)
AS_OF = dt.date(2026, 3, 4)


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    folder = tmp_path / "raw"
    folder.mkdir()
    (folder / "a.txt").write_text(STORY)
    return folder


def test_a_copy_is_found_by_the_index_made_anew(raw: Path, tmp_path: Path) -> None:
    clean = tmp_path / "clean"
    run([str(raw)], clean, SETTINGS, AS_OF)
    shutil.rmtree(clean / "_state" / "index")

    assert rebuild_index(clean, SETTINGS.dedup) == 1
    (raw / "b.txt").write_text(STORY + "\nAdvertisement\n")
    report = run([str(raw)], clean, SETTINGS, AS_OF)

    assert (report.articles, report.duplicates) == (0, 1)


def test_no_table_but_runs_is_touched(raw: Path, tmp_path: Path) -> None:
    clean = tmp_path / "clean"
    run([str(raw)], clean, SETTINGS, AS_OF)
    before = dict(digests(Store.open(clean).snapshot()))

    rebuild_index(clean, SETTINGS.dedup)

    after = dict(digests(Store.open(clean).snapshot()))
    assert {table for table in before if before[table] != after[table]} == {"runs"}


def test_a_run_refuses_an_index_that_lacks_articles(raw: Path, tmp_path: Path) -> None:
    clean = tmp_path / "clean"
    run([str(raw)], clean, SETTINGS, AS_OF)
    shutil.rmtree(clean / "_state" / "index")

    with pytest.raises(StoreError, match="index rebuild"):
        run([str(raw)], clean, SETTINGS, AS_OF)


def test_index_grown_by_runs_and_made_anew_hold_the_same(raw: Path, tmp_path: Path) -> None:
    clean = tmp_path / "clean"
    run([str(raw)], clean, SETTINGS, AS_OF)
    (raw / "b.txt").write_text(STORY.replace("nine", "ten"))
    run([str(raw)], clean, SETTINGS, AS_OF)
    (grown,) = sorted((clean / "_state" / "index").iterdir())
    stats, before = index_stats(clean, SETTINGS.dedup), Segment(grown).arrays()

    rebuild_index(clean, SETTINGS.dedup)

    (made,) = sorted((clean / "_state" / "index").iterdir())
    assert made.name != grown.name
    assert {name: values.tolist() for name, values in Segment(made).arrays().items()} == {
        name: values.tolist() for name, values in before.items()
    }
    assert [(one.name, one.documents, one.texts, one.edges) for one in stats] == [(grown.name, 2, 2, 1)]
