"""Claims about settling decisions: counts of a record follow its stories, and nothing decided alike is touched."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path
from typing import Any

from pipeline.change.rematch import rematch
from pipeline.change.settle import Settlement, stepped
from pipeline.run import Job, Order
from pipeline.settings import Settings
from pipeline.store.tables import Store


def test_only_what_is_decided_otherwise_moves(month_run: Any, tmp_path: Path) -> None:
    shutil.copytree(month_run.clean, tmp_path / "clean")
    settings, day = Settings.load(workers=1), dt.date(2026, 4, 1)
    with Job.open(Order(kind="test", clean=tmp_path / "clean", settings=settings, as_of=day)) as job:
        copy = next(job.snapshot.read("duplicates")).to_pylist()[0]

        settled = Settlement(
            job=job, decided=rematch(job, [], {copy["duplicate_of"]}), gone=frozenset({copy["duplicate_of"]})
        )
        kept = Settlement(job=job, decided=rematch(job, [], {copy["article_id"]}), gone=frozenset({copy["article_id"]}))

        assert (settled.moved(), settled.steps()) == ({copy["article_id"]}, {copy["dump_id"]: 1})
        assert (kept.moved(), kept.steps()) == (set(), {})
        changes = kept.stage(kept.stories([]))
        assert len(changes["duplicates"].removed) == 1
        assert {"articles", "relations"} & changes.keys() == set()


def test_record_counts_its_stories_as_they_are_now(month_run: Any) -> None:
    batch = next(Store.open(month_run.clean, create=False).snapshot().read("records"))
    first = batch.to_pylist()[0]

    moved = stepped(batch, {first["dump_id"]: -1}).to_pylist()

    assert (moved[0]["articles"], moved[0]["duplicates"]) == (first["articles"] - 1, first["duplicates"] + 1)
    assert moved[1:] == batch.to_pylist()[1:]
