"""Claims about backfills: which rows are made anew, that the plan is what happens, and that nothing else moves."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from pipeline.change.backfill import backfill
from pipeline.change.reindex import publication_row
from pipeline.change.selection import Criteria
from pipeline.errors import InputError
from pipeline.report.changes import COUNTS, Changes
from pipeline.run import run
from pipeline.settings import Settings
from pipeline.store.digest import VOLATILE, digests
from pipeline.store.law import check_snapshot
from pipeline.store.manifest import Publication, TableChange
from pipeline.store.publication import no_checkpoint
from pipeline.store.reader import Snapshot
from pipeline.store.schema import TABLES
from pipeline.store.tables import Store
from pipeline.store.update import rewrite

DAY = dt.date(2026, 4, 1)
SETTINGS = Settings.load(workers=1)
DECISIONS = {"duplicate_of", "relation", "jaccard", "containment"}


class Month:
    """A month of dumps and its tables, of a test's own."""

    def __init__(self, raw: Path, clean: Path) -> None:
        self.raw, self.clean = raw, clean

    def run(self, as_of: dt.date = DAY) -> None:
        run([str(self.raw)], self.clean, SETTINGS, as_of)

    def fill(self, first: int, last: int, mode: Any = "overwrite", by: Any = "raw", **more: Any) -> Changes:
        """Backfill days of March."""
        days = {"first": dt.date(2026, 3, first), "last": dt.date(2026, 3, last)}
        checkpoint = more.pop("checkpoint", no_checkpoint)
        criteria = Criteria(**days, mode=mode, by=by)
        return backfill([str(self.raw)], self.clean, SETTINGS, criteria, DAY, checkpoint=checkpoint, **more)

    def snapshot(self) -> Snapshot:
        return Store.open(self.clean, create=False).snapshot()

    def digests(self) -> dict[str, str]:
        """Return the digest of each table that a backfill replaces rows of; the law holds for all."""
        check_snapshot(self.snapshot())
        return {table: found for table, found in digests(self.snapshot()).items() if table != "runs"}

    def rows(self, table: str) -> list[dict[str, Any]]:
        return [row for batch in self.snapshot().read(table) for row in batch.to_pylist()]

    def run_of(self, table: str = "records") -> dict[str, str]:
        """Return the last digit of the publication that wrote the row of each path."""
        return {row["source_path"]: row["run_id"][7] for row in self.rows(table)}

    def stories(self) -> dict[str, tuple[dict[str, Any], dict[str, Any] | None, str]]:
        """Return by id the own columns of each story, what it is a copy of, and its cluster."""
        clusters = {row["article_id"]: row["cluster_id"] for row in self.rows("clusters")}
        found = {}
        for table in ("articles", "duplicates"):
            for row in self.rows(table):
                own = {name: value for name, value in row.items() if name not in VOLATILE | DECISIONS}
                copy = {name: row[name] for name in DECISIONS} if table == "duplicates" else None
                found[row["article_id"]] = (own, copy, clusters[row["article_id"]])
        return found


@pytest.fixture
def month(month_run: Any, tmp_path: Path) -> Month:
    shutil.copytree(month_run.raw, tmp_path / "raw")
    shutil.copytree(month_run.clean, tmp_path / "clean")
    return Month(tmp_path / "raw", tmp_path / "clean")


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Counter[dt.date]]:
    """Return what changed a day, told from the rows before and after alone."""
    found: dict[str, Counter[dt.date]] = {name: Counter() for name in COUNTS}
    for key in before.keys() | after.keys():
        own, copy, cluster = before.get(key, (None, None, None))
        own_now, copy_now, cluster_now = after.get(key, (None, None, None))
        day = (own_now or own)["date"]
        found["added"][day] += own is None
        found["removed"][day] += own_now is None
        if own is None or own_now is None:
            continue
        found["changed"][day] += own != own_now
        found["promoted"][day] += copy is not None and copy_now is None
        found["demoted"][day] += copy is None and copy_now is not None
        other = copy is not None and copy_now is not None and copy["duplicate_of"] != copy_now["duplicate_of"]
        found["reclustered"][day] += cluster != cluster_now or other
    return found


def told(changes: Changes) -> dict[str, Counter[dt.date]]:
    return {name: Counter({day.date: getattr(day, name) for day in changes.days}) for name in COUNTS}


def globbed(clean: Path) -> dict[str, int]:
    """Return the rows of each table as a reader counts who knows nothing of Delta."""
    counts = {}
    for table in TABLES:
        if any((clean / table).glob("date=*")):
            ((counts[table],),) = duckdb.sql(
                f"SELECT count(*) FROM read_parquet('{clean}/{table}/date=*/*.parquet')"
            ).fetchall()
    return counts


# ---------------------------------------------------------------- overwrite


def test_overwriting_thirty_days_gives_the_rows_of_a_fresh_run_however_often(
    make_month: Callable[..., Path], tmp_path: Path
) -> None:
    month = Month(tmp_path / "raw", tmp_path / "clean")
    for first, days in ((0, 15), (15, 30)):
        make_month(month.raw, days, first)
        month.run()
    (month.raw / "herald/2026/03/02/story.txt").write_text("A wholly new page\n\n" + "Words of it. " * 40)
    fresh = Month(month.raw, tmp_path / "fresh")
    fresh.run()

    for _ in range(2):
        changes = month.fill(1, 30)

        assert changes.published
        assert month.digests() == fresh.digests()
        counted = {table: month.snapshot().count(table) for table in TABLES}
        assert globbed(month.clean) == {table: count for table, count in counted.items() if count}
    assert changes.days == ()


def test_dry_run_tells_what_overwriting_then_does(month: Month, make_story: Callable[..., str]) -> None:
    # The mirror's copy of the 2nd loses its article, a new copy of the 3rd's story comes, one file only grows a line.
    (month.raw / "herald/2026/03/01/story.txt").write_text(make_story(901))
    (month.raw / "ledger/2026/03/04/story.txt").write_text(make_story(4))
    grown = month.raw / "ledger/2026/03/02/story.txt"
    grown.write_text(
        grown.read_text() + "\nA last paragraph with news of the bridge came in on the evening of the day.\n"
    )
    before, digest = month.stories(), month.digests()

    planned = month.fill(1, 5, dry_run=True)

    assert not planned.published
    assert month.digests() == digest
    done = month.fill(1, 5)
    assert (done.days, done.other_bytes) == (planned.days, planned.other_bytes)
    assert told(done) == difference(before, month.stories())
    assert planned.other_bytes == (
        "herald/2026/03/01/story.txt",
        "ledger/2026/03/02/story.txt",
        "ledger/2026/03/04/story.txt",
    )
    assert {name: done.total(name) for name in COUNTS if name != "reclustered"} == {
        "added": 3,
        "removed": 3,
        "changed": 0,
        "promoted": 1,
        "demoted": 0,
    }


def test_duplicate_whose_article_vanishes_is_promoted_on_whatever_day(month: Month, make_story: Any) -> None:
    first = month.raw / "herald/2026/03/01/story.txt"
    third = month.raw / "gazette/2026-03-20.txt"
    third.parent.mkdir()
    third.write_bytes(first.read_bytes())
    month.run()
    first.write_text(make_story(901))

    changes = month.fill(1, 1)

    (promoted,) = [row for row in month.rows("articles") if row["source_path"] == "gazette/2026-03-20.txt"]
    (copy,) = [row for row in month.rows("duplicates") if row["source_path"] == "mirror/2026/03/02/story.txt"]
    assert copy["duplicate_of"] == promoted["article_id"]
    assert (changes.total("promoted"), changes.total("reclustered") > 0) == (1, True)
    assert {month.run_of()[path] for path in ("herald/2026/03/02/story.txt", "mirror/2026/03/02/story.txt")} == {"1"}


def test_older_copy_that_a_file_now_holds_becomes_the_article(month: Month) -> None:
    newer = month.raw / "herald/2026/03/10/story.txt"
    (month.raw / "ledger/2026/03/03/story.txt").write_text(f"2026-03-03\n{newer.read_text()}")

    changes = month.fill(3, 3)

    (copy,) = [row for row in month.rows("duplicates") if row["source_path"] == "herald/2026/03/10/story.txt"]
    (kept,) = [row for row in month.rows("articles") if row["article_id"] == copy["duplicate_of"]]
    assert kept["source_path"] == "ledger/2026/03/03/story.txt"
    assert changes.total("demoted") == 1


def test_only_rows_of_the_days_are_written_anew(month: Month) -> None:
    month.fill(6, 7)

    later = {path for path, number in month.run_of().items() if number == "3"}
    assert later == {path for path in month.run_of() if "/06/" in path or "/07/" in path}


def test_next_run_knows_all_and_finds_copies_of_what_was_written_anew(month: Month) -> None:
    month.fill(6, 7)
    copied = month.raw / "herald/2026/03/06/story.txt"
    (month.raw / "late.txt").write_text(copied.read_text())

    month.run()

    (copy,) = [row for row in month.rows("duplicates") if row["source_path"] == "late.txt"]
    (kept,) = [row for row in month.rows("articles") if row["article_id"] == copy["duplicate_of"]]
    assert kept["source_path"] == "herald/2026/03/06/story.txt"
    check_snapshot(month.snapshot())


def test_dump_whose_file_is_gone_keeps_its_rows(month: Month) -> None:
    before = month.digests()
    (month.raw / "herald/2026/03/07/story.txt").unlink()

    month.fill(6, 8)

    assert month.digests() == before


def test_changed_file_takes_the_place_of_all_that_was_read_from_it(month: Month, make_story: Any) -> None:
    page = month.raw / "page.txt"
    for day, seed in enumerate((801, 802), start=1):
        page.write_text(make_story(seed))
        month.run(dt.date(2026, 3, day))
    page.write_text(make_story(803))

    changes = month.fill(1, 1)

    (row,) = [row for row in month.rows("records") if row["source_path"] == "page.txt"]
    assert (row["first_as_of"], row["date"]) == (dt.date(2026, 3, 1), dt.date(2026, 3, 1))
    assert (changes.other_bytes, changes.total("removed"), changes.total("added")) == (("page.txt",), 2, 1)


def test_record_that_left_its_file_goes_and_its_neighbours_stay(tmp_path: Path, make_story: Any) -> None:
    month = Month(tmp_path / "raw", tmp_path / "clean")
    month.raw.mkdir()
    feed = month.raw / "2026-03-05.jsonl"
    lines = [json.dumps({"id": f"s{seed}", "text": make_story(seed)}) + "\n" for seed in (1, 2, 3)]
    feed.write_text("".join(lines))
    month.run()
    feed.write_text(lines[0] + lines[2])

    month.fill(5, 5)

    assert [row["source_id"] for row in sorted(month.rows("articles"), key=lambda row: row["source_id"])] == [
        "s1",
        "s3",
    ]
    check_snapshot(month.snapshot())


def test_new_version_of_a_page_stays_one(tmp_path: Path, make_story: Any) -> None:
    month = Month(tmp_path / "raw", tmp_path / "clean")
    month.raw.mkdir()
    for day, text in (
        (5, make_story(1)),
        (6, make_story(1) + "\nA sentence came in late in the evening of the day.\n"),
    ):
        line = {"url": "https://daily.example/bridge", "text": text}
        (month.raw / f"2026-03-{day:02d}.jsonl").write_text(json.dumps(line) + "\n")
        month.run()
    before = month.digests()
    assert [(row["relation"], row["date"].day) for row in month.rows("relations")] == [("update", 6)]

    month.fill(5, 5)
    month.fill(1, 30)

    assert month.digests() == before


# ---------------------------------------------------------------- the other ways to choose


def test_missing_takes_new_dumps_of_the_days_alone(month: Month, make_story: Any) -> None:
    for day, seed in ((9, 801), (20, 802)):
        path = month.raw / f"gazette/2026/03/{day:02d}/story.txt"
        path.parent.mkdir(parents=True)
        path.write_text(make_story(seed))

    changes = month.fill(5, 12, "missing")

    assert {path for path, number in month.run_of().items() if number == "3"} == {"gazette/2026/03/09/story.txt"}
    assert (changes.cleaned, changes.total("added")) == (1, 1)


def test_published_days_choose_dumps_whenever_they_were_crawled(tmp_path: Path, make_story: Any) -> None:
    month = Month(tmp_path / "raw", tmp_path / "clean")
    for crawled, printed, seed in ((20, 3, 1), (20, 4, 2), (3, 1, 3)):
        path = month.raw / f"2026-03-{crawled:02d}" / f"{seed}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        headline, _, body = make_story(seed).partition("\n")
        path.write_text(f"{headline}\n\nMarch {printed}, 2026\n{body}")
    month.run()
    assert {row["published_date"].day for row in month.rows("articles")} == {1, 3, 4}

    assert month.fill(3, 3, by="published").cleaned == 1

    assert {path for path, number in month.run_of().items() if number == "2"} == {"2026-03-20/1.txt"}


def age(clean: Path, *dates: dt.date) -> None:
    """Publish the records of ``dates`` as if other rules had cleaned them."""
    store = Store.open(clean)
    with store.locked("test"):
        snapshot, sequence = store.snapshot(), store.next_sequence()
        run_id = f"{sequence:08d}-age"
        ids = [key for batch in snapshot.read("records", ["dump_id"], dates=dates) for key in batch[0].to_pylist()]

        def older(batch: pa.RecordBatch) -> pa.RecordBatch:
            digest = pa.repeat(pa.scalar("older"), batch.num_rows)
            arrays = [digest if name == "rules_digest" else batch[name] for name in batch.schema.names]
            return pa.RecordBatch.from_arrays(arrays, schema=batch.schema)

        aged = rewrite(snapshot, "records", ids, older, dates=dates)
        change = TableChange(added=store.stage(run_id, "records", aged.batches), removed=aged.removed)
        store.publish(Publication(run=publication_row(run_id, sequence, "age"), changes={"records": change}))


def test_changed_renews_the_rows_of_other_rules_and_no_others(month: Month) -> None:
    before = month.digests()
    age(month.clean, dt.date(2026, 3, 4), dt.date(2026, 3, 5), dt.date(2026, 3, 9))
    assert run([str(month.raw)], month.clean, SETTINGS, DAY).stale_rows == 7

    changes = month.fill(1, 6, "changed")

    renewed = {path for path, number in month.run_of().items() if number == "5"}
    assert renewed == {path for path in month.run_of() if "/04/" in path or "/05/" in path}
    assert changes.cleaned == 5
    assert month.fill(7, 10, "changed").cleaned == 2
    assert month.digests() == before


def test_nothing_to_do_is_no_publication(month: Month) -> None:
    changes = month.fill(1, 10, "missing")

    assert (changes.published, changes.cleaned, changes.days) == (False, 0, ())
    assert month.snapshot().count("runs") == 2


def test_days_the_wrong_way_round_are_refused(month: Month) -> None:
    with pytest.raises(InputError, match="swap them"):
        month.fill(9, 3)


# ---------------------------------------------------------------- killed


def test_backfill_killed_at_any_step_is_the_rows_before_or_after(
    make_story: Any, tmp_path: Path, decide: Any, kill_every_step: Any
) -> None:
    month = Month(tmp_path / "raw", tmp_path / "clean")
    for name, seed in (("a", 1), ("b", 1), ("c", 3)):
        (month.raw / name).mkdir(parents=True)
        (month.raw / name / "2026-03-01.txt").write_text(make_story(seed))
    month.run()
    (month.raw / "a/2026-03-01.txt").write_text(make_story(901))
    before = month.digests()

    decide(lambda checkpoint: month.fill(1, 1, checkpoint=checkpoint))
    steps = kill_every_step(month.clean)

    month.run()
    after = month.digests()
    tables = ("articles", "duplicates", "clusters", "records")
    old, new = [before[table] for table in tables], [after[table] for table in tables]
    assert len(steps) > 15
    assert {step["status"] for step in steps} == {0}
    assert {json.dumps(step["between"]) for step in steps} == {json.dumps(old), json.dumps(new)}
    assert {json.dumps(step["after"]) for step in steps} == {json.dumps(new)}
    assert {step["files"] for step in steps} == {sum(len(month.snapshot().files(table)) for table in tables)}
