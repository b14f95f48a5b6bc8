"""Claims about matching anew: who is decided again when a story goes, and that nobody else is."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline.change.rematch import rematch, write_standing
from pipeline.run import Job, Order
from pipeline.settings import Settings


@pytest.fixture
def job(month_run: Any, tmp_path: Path) -> Iterator[Job]:
    shutil.copytree(month_run.clean, tmp_path / "clean")
    order = Order(
        kind="test",
        raw=[str(month_run.raw)],
        clean=tmp_path / "clean",
        settings=Settings.load(workers=1),
        as_of=dt.date(2026, 4, 1),
    )
    with Job.open(order) as opened:
        yield opened


def rows(job: Job, table: str) -> list[dict[str, Any]]:
    return [row for batch in job.snapshot.read(table) for row in batch.to_pylist()]


def test_copies_of_a_story_that_goes_are_decided_without_it(job: Job) -> None:
    copy = rows(job, "duplicates")[0]

    found = rematch(job, [], {copy["duplicate_of"]})

    assert set(found.standing) == {copy["article_id"]}
    was = found.standing[copy["article_id"]]
    assert was.copy is not None
    assert (was.copy.duplicate_of, was.copy.relation) == (copy["duplicate_of"], "exact")
    assert (found.decisions.duplicates, found.is_all) == ({}, False)
    assert found.decisions.cluster_by_id == {copy["article_id"]: copy["article_id"]}


def test_cluster_that_is_joined_is_decided_anew_too(job: Job) -> None:
    article, copy = (rows(job, table)[0] for table in ("articles", "duplicates"))
    target = job.scratch / "again.arrow"
    write_standing(job.snapshot, {copy["article_id"]}, target)

    found = rematch(job, [target], {copy["article_id"]})

    assert copy["duplicate_of"] in found.standing
    assert found.decisions.duplicates[copy["article_id"]].duplicate_of == copy["duplicate_of"]
    assert article["article_id"] not in found.standing or article["article_id"] == copy["duplicate_of"]


def test_story_that_nothing_resembles_touches_nobody(job: Job) -> None:
    copies = {row["duplicate_of"] for row in rows(job, "duplicates")}
    alone = next(row["article_id"] for row in rows(job, "articles") if row["article_id"] not in copies)

    assert rematch(job, [], {alone}).standing == {}
