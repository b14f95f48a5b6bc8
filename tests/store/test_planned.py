"""Claims about tables as a coming publication would leave them: what is planned is what then is."""

from __future__ import annotations

import datetime as dt
from typing import Any

from pipeline.store.digest import table_digest
from pipeline.store.manifest import Publication, TableChange
from pipeline.store.planned import planned
from pipeline.store.tables import Store
from pipeline.store.undo import inverse
from pipeline.store.update import drop_rows


def test_planned_rows_are_those_that_then_are(published: Store, newsroom: Any) -> None:
    with published.locked("test"):
        run = newsroom.run_row(published.next_sequence())
        gone = newsroom.day_rows(1)["removals"][0].dump_id
        rewrite = drop_rows(published.snapshot(), "removals", [gone])
        added = published.stage(run.run_id, "removals", rewrite.batches)
        changes = {"removals": TableChange(added=added, removed=rewrite.removed)}
        plan = planned(published.snapshot(), changes)
        expected = (plan.count("removals"), table_digest(plan, "removals"))

        published.publish(Publication(run=run, changes=changes))

    found = published.snapshot()
    assert (found.count("removals"), table_digest(found, "removals")) == expected
    assert list(found.rows_of_ids("removals", [gone])) == []


def test_files_that_would_come_back_are_read_where_they_are_kept(published: Store, newsroom: Any) -> None:
    with published.locked("test"):
        before = published.snapshot()
        day3 = newsroom.publish_day(published, 3)

    plan = planned(published.snapshot(), inverse(published.snapshot(), day3))

    for table in ("articles", "clusters"):
        assert plan.files(table) == before.files(table)
        assert table_digest(plan, table) == table_digest(before, table)
    first = [file for file in plan.files("articles") if file.date == dt.date(2026, 3, 2)]
    assert list(plan.files("articles", {dt.date(2026, 3, 2)})) == first
