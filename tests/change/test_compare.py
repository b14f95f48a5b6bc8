"""Claims about stories before and after: only a story's own columns make it a changed one."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipeline.change.compare import Before, Told, compare, stories_before, stories_in
from pipeline.change.rematch import Rematch, Standing, write_standing
from pipeline.dedup.facts import NamedEdges
from pipeline.dedup.match import Decisions
from pipeline.records import Duplicate
from pipeline.store.tables import Store

DAY = dt.date(2026, 3, 4)


class Facts:
    """Stories by id, as the comparison asks for them."""

    def __init__(self, *ids: str) -> None:
        self._ids = ids

    def facts(self) -> list[Any]:
        made = dataclasses.make_dataclass("Fact", ["id", "date"])
        return [made(key, DAY) for key in self._ids]


def told(text: str) -> Told:
    return Told(date=DAY, digest=text.encode())


def copy_of(key: str) -> Duplicate:
    return Duplicate(duplicate_of=key, relation="near", jaccard=0.9, containment=0.9)


def test_stories_read_back_are_told_as_they_were_written(month_run: Any, tmp_path: Path) -> None:
    snapshot = Store.open(month_run.clean, create=False).snapshot()
    dumps = {key: date for batch in snapshot.read("records", ["dump_id", "date"]) for key, date in rows(batch)}
    ids = [key for batch in snapshot.read("duplicates", ["article_id"]) for key in batch[0].to_pylist()]
    write_standing(snapshot, ids, tmp_path / "again.arrow")

    before = stories_before(snapshot, dumps, set(dumps.values()))

    assert {key: before.told[key] for key in ids} == stories_in([tmp_path / "again.arrow"])
    assert len(before.told) == 23
    assert {key for key, was in before.standing.items() if was.copy is not None} == set(ids)


def rows(batch: pa.RecordBatch) -> list[tuple[str, dt.date]]:
    return [(row["dump_id"], row["date"]) for row in batch.to_pylist()]


def test_each_way_to_change_is_counted_once() -> None:
    was = {
        "goes": (told("a"), Standing(copy=None, cluster_id="goes")),
        "same": (told("b"), Standing(copy=None, cluster_id="same")),
        "edited": (told("c"), Standing(copy=None, cluster_id="edited")),
        "rises": (told("d"), Standing(copy=copy_of("goes"), cluster_id="rises")),
        "falls": (told("e"), Standing(copy=None, cluster_id="falls")),
    }
    before = Before(
        told={key: one for key, (one, _) in was.items()}, standing={key: standing for key, (_, standing) in was.items()}
    )
    now = {"same": told("b"), "edited": told("C"), "rises": told("d"), "falls": told("e"), "comes": told("f")}
    decisions = Decisions(
        duplicates={"falls": copy_of("rises"), "other": copy_of("rises")},
        links=(),
        cluster_by_id={"falls": "falls", "other": "falls", "rises": "falls"},
        edges=NamedEdges.of([]),
    )
    standing = {"other": Standing(copy=copy_of("goes"), cluster_id="falls")}
    articles: Any = Facts(*now, "other")

    (day,) = compare(before, now, Rematch(articles=articles, decisions=decisions, standing=standing, is_all=False))

    assert dataclasses.asdict(day) == {
        "date": DAY,
        "added": 1,
        "removed": 1,
        "changed": 1,
        "reclustered": 2,
        "promoted": 1,
        "demoted": 1,
    }
