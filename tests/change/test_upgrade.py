"""Claims about versions: tables of every kept version are read as they were, and upgraded without losing a row."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from benchmarks.torture.older import NEW, make_older
from pipeline.change.reindex import rebuild_index
from pipeline.change.upgrade import upgrade
from pipeline.errors import StoreError
from pipeline.run import run
from pipeline.settings import Settings
from pipeline.store.digest import digests
from pipeline.store.law import check_snapshot
from pipeline.store.query import query
from pipeline.store.schema import SCHEMA_VERSION
from pipeline.store.tables import Store

KEPT = sorted((Path(__file__).parents[1] / "tables").glob("version-*.tar.gz"))


@pytest.fixture(params=KEPT, ids=lambda path: path.name.partition(".")[0])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, dict[str, str]]:
    """Tables of a kept version, and the digests they had when they were packed."""
    with tarfile.open(request.param) as archive:
        archive.extractall(tmp_path, filter="data")
    told = request.param.with_name(request.param.name.replace(".tar.gz", ".json"))
    return tmp_path / "clean", json.loads(told.read_bytes())


@pytest.fixture
def older(newsroom_run: Any, tmp_path: Path) -> Path:
    """Tables as a version before the first would have left them: ``records`` without a column, and so marked."""
    clean = tmp_path / "clean"
    shutil.copytree(newsroom_run.clean, clean)
    make_older(clean)
    return clean


def test_tables_of_a_kept_version_are_read_upgraded_and_written_to(
    kept: tuple[Path, dict[str, str]], tmp_path: Path, make_story: Callable[[int], str]
) -> None:
    clean, told = kept
    assert digests(Store.open(clean, create=False).snapshot()) == told

    upgrade(clean)

    now = digests(Store.open(clean, create=False).snapshot())
    assert {table: now[table] for table in told if table != "runs"} == {
        table: digest for table, digest in told.items() if table != "runs"
    }
    rebuild_index(clean, Settings.load().dedup)  # which has a version of its own
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "new.txt").write_text(make_story(7))
    assert run([str(tmp_path / "raw")], clean, Settings.load(workers=1), dt.date(2026, 3, 11)).articles == 1
    check_snapshot(Store.open(clean).snapshot())


def test_this_version_has_tables_kept() -> None:
    assert [path.name for path in KEPT][-1] == f"version-{SCHEMA_VERSION}.tar.gz"


def test_upgrade_of_what_is_new_already_is_no_publication(kept: tuple[Path, dict[str, str]]) -> None:
    if Store.open(kept[0]).older_tables():
        pytest.skip("an older version")

    assert upgrade(kept[0]).run_id is None


def test_older_tables_can_be_read_and_their_new_column_is_null(older: Path) -> None:
    snapshot = Store.open(older, create=False).snapshot()

    sql = f"SELECT count(*) AS n, count({NEW}) AS told, sum(articles)::BIGINT AS articles FROM records"
    (row,) = [row for batch in query(snapshot, sql).batches for row in batch.to_pylist()]
    assert row == {"n": 13, "told": 0, "articles": 6}
    assert {row[NEW] for batch in snapshot.read("records") for row in batch.to_pylist()} == {None}
    check_snapshot(snapshot)


def test_older_tables_are_not_written_before_they_are_upgraded(older: Path, newsroom_run: Any) -> None:
    with pytest.raises(StoreError, match="table 'records' was made by an older Broadsheet: run 'broadsheet upgrade'"):
        run([str(newsroom_run.raw)], older, Settings.load(workers=1))


def test_upgraded_tables_have_all_rows_and_the_new_column_in_every_file(older: Path, newsroom_run: Any) -> None:
    before = digests(Store.open(older, create=False).snapshot())["records"]

    done = upgrade(older)

    assert (done.version, done.rows) == (SCHEMA_VERSION, {"records": 13})
    assert digests(Store.open(older, create=False).snapshot())["records"] == before
    assert all(NEW in pq.read_schema(path).names for path in (older / "records").glob("date=*/*.parquet"))
    counted = duckdb.sql(f"SELECT count(*), count({NEW}) FROM read_parquet('{older}/records/date=*/*.parquet')")
    assert counted.fetchall() == [(13, 0)]
    report = run([str(newsroom_run.raw)], older, Settings.load(workers=1), dt.date(2026, 3, 10))
    assert (report.already_done, report.records) == (13, 0)


def test_upgrade_killed_when_it_was_decided_writes_nothing_a_second_time(older: Path, decide: Any) -> None:
    decide(lambda checkpoint: upgrade(older, checkpoint=checkpoint))

    done = upgrade(older)

    assert (done.run_id, Store.open(older).older_tables()) == (None, [])
    assert [path.name for path in (older / "_state" / "undo").iterdir()] == ["00000002-upgrade"]
    assert all(NEW in pq.read_schema(path).names for path in (older / "records").glob("date=*/*.parquet"))
