"""Claims about the main job: what it makes of a raw folder, again, with more, cut into any shards, and after a kill."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import InputError, LockedError
from pipeline.report.counters import Progress, RunReport
from pipeline.run import run
from pipeline.settings import Settings
from pipeline.store.digest import digests
from pipeline.store.law import check_snapshot
from pipeline.store.lock import run_lock
from pipeline.store.reader import Snapshot
from pipeline.store.schema import TABLES
from pipeline.store.tables import Store

DAY = dt.date(2026, 3, 10)
KILL = Path(__file__).with_name("kill_run.py")
# What a run writes of itself in every case: the rest of the tables is left as it was.
ROWS = tuple(name for name in TABLES if name != "runs")


def run_on(raw: Path | list[Path], clean: Path, as_of: dt.date = DAY, /, **settings: Any) -> RunReport:
    """Run over one root or several."""
    roots = [str(root) for root in (raw if isinstance(raw, list) else [raw])]
    return run(roots, clean, Settings.load(**{"workers": 1, **settings}), as_of)


def snapshot_of(clean: Path) -> Snapshot:
    return Store.open(clean, create=False).snapshot()


def rows_of(clean: Path, table: str) -> list[dict[str, Any]]:
    """Return the rows of a table in an order of their own."""
    rows = [row for batch in snapshot_of(clean).read(table) for row in batch.to_pylist()]
    return sorted(rows, key=lambda row: (str(row.get("source_path")), str(row.get("page_article_no")), str(row)))


def digests_of(clean: Path, *but: str) -> dict[str, str]:
    return {table: digest for table, digest in digests(snapshot_of(clean)).items() if table not in but}


def counts_of(clean: Path) -> dict[str, int]:
    return {table: snapshot_of(clean).count(table) for table in TABLES}


# ---------------------------------------------------------------- what comes out


def test_two_pages_as_crawlers_leave_them_become_exactly_their_three_articles(
    tmp_path: Path, make_pages: Callable[..., Path], stories: Mapping[str, str]
) -> None:
    raw = make_pages(tmp_path / "raw", "herald/orchard.txt", "courier/scroll.txt")

    run_on(raw, tmp_path / "clean")

    asked = ("headline", "standfirst", "text", "authors", "agency", "published_date", "published_from", "date")
    found = [tuple(row[name] for name in asked) for row in rows_of(tmp_path / "clean", "articles")]
    assert found == [
        ("Night Ferry to Skarn to Sail Again in May", None, stories["ferry"], [], None, None, None, DAY),
        ("Stolen Seed Catalogues of Velm Found in a Shed", None, stories["archive"], [], None, None, None, DAY),
        (
            "Town votes to trade its oldest orchard for water",
            "Growers ask for cuttings as the council of Tarrow plans a reservoir behind the mill.",
            stories["orchard"],
            [],
            "AA",
            dt.date(2026, 3, 3),
            "page",
            dt.date(2026, 3, 3),
        ),
    ]


def test_every_input_of_the_newsroom_has_the_outcome_a_reader_expects(newsroom_run: Any) -> None:
    clean = newsroom_run.clean
    path_by_id = {row["article_id"]: row["source_path"] for row in rows_of(clean, "articles")}

    assert Counter(path_by_id.values()) == Counter(
        {"courier/scroll.txt": 2, "feed/day.jsonl": 2, "herald/orchard.txt": 1, "ledger/wheat.txt": 1}
    )
    assert [
        (row["source_path"], path_by_id[row["duplicate_of"]], row["relation"]) for row in rows_of(clean, "duplicates")
    ] == [
        ("mirror/ferry.txt", "courier/scroll.txt", "near"),
        ("mirror/orchard.txt", "herald/orchard.txt", "exact"),
        ("post/seeds.html", "courier/scroll.txt", "exact"),
    ]
    assert [(row["source_path"], row["reason"]) for row in rows_of(clean, "quarantine")] == [
        ("feed/day.jsonl", "bad_record"),
        ("ledger/blank.txt", "empty"),
        ("ledger/cut.txt.gz", "truncated"),
        ("ledger/flash.txt", "too_short"),
    ]
    assert [row["source_path"] for row in rows_of(clean, "records") if row["kind"] == "skipped"] == [
        "ledger/late.txt.part"
    ]


def test_the_newsroom_obeys_the_law(newsroom_run: Any) -> None:
    check_snapshot(snapshot_of(newsroom_run.clean))


def test_lines_kept_and_removed_are_the_dump_line_for_line(newsroom_run: Any) -> None:
    kept: Counter[tuple[str, int]] = Counter()
    for table in ("articles", "duplicates", "quarantine"):
        for row in rows_of(newsroom_run.clean, table):
            kept.update((row["dump_id"], number) for number in row["kept_lines"])
    removed = {(row["dump_id"], row["line_no"]) for row in rows_of(newsroom_run.clean, "removals")}

    for row in rows_of(newsroom_run.clean, "records"):
        if row["kind"] == "text" and row["source_path"].endswith(".txt"):
            lines = (newsroom_run.raw / row["source_path"]).read_text().splitlines()
            told = {number for dump_id, number in kept.keys() | removed if dump_id == row["dump_id"]}
            assert told == {number for number, line in enumerate(lines, 1) if line.strip()}, row["source_path"]
    assert set(kept.values()) == {1}


def test_report_and_row_of_runs_tell_the_same(newsroom_run: Any) -> None:
    (row,) = rows_of(newsroom_run.clean, "runs")
    report = newsroom_run.report

    names = ("run_id", "sequence", "records", "already_done", "skipped", "articles", "duplicates", "quarantined")
    assert {name: row[name] for name in names} == {name: getattr(report, name) for name in names}
    assert (report.records, report.skipped, report.outcomes) == (12, 1, 13)
    assert json.loads(row["counts"])["quarantined_by_reason"] == report.quarantined_by_reason
    assert sum(source.articles for source in report.sources) == report.articles
    assert set(report.timings) == {"list", "learn", "clean", "fingerprint", "match", "write", "write state", "publish"}
    assert json.loads(row["table_versions"]).keys() == TABLES.keys()


def test_empty_folder_is_a_run_without_rows_and_all_tables_exist(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()

    report = run_on(tmp_path / "raw", tmp_path / "clean")

    assert not report.published
    assert counts_of(tmp_path / "clean") == {**dict.fromkeys(TABLES, 0), "runs": 1}


def test_run_leaves_nothing_behind_but_tables_and_state(tmp_path: Path, make_pages: Callable[..., Path]) -> None:
    run_on(make_pages(tmp_path / "raw", "ledger/wheat.txt"), tmp_path / "clean")

    left = {path.name for path in (tmp_path / "clean").iterdir()}
    assert left == {*TABLES, "_state"}
    for folder in ("scratch", "staging"):
        assert list((tmp_path / "clean" / "_state" / folder).iterdir()) == []


def test_progress_of_each_stage_reaches_its_end(tmp_path: Path, make_pages: Callable[..., Path]) -> None:
    raw = make_pages(tmp_path / "raw")
    steps: list[Progress] = []

    run([str(raw)], tmp_path / "clean", Settings.load(workers=1, shard_files=4), DAY, steps.append)

    last = {step.stage: (step.done, step.total) for step in steps}
    assert last == {"learn": (3, 3), "clean": (11, 11), "fingerprint": (3, 3)}
    assert [step.done for step in steps if step.stage == "clean"] == [4, 8, 11]


def test_missing_root_is_refused_before_tables_are_made(tmp_path: Path, make_pages: Callable[..., Path]) -> None:
    clean = tmp_path / "clean"

    with pytest.raises(InputError, match="does not exist"):
        run_on(tmp_path / "raw", clean)

    assert not clean.exists()
    assert run_on(make_pages(tmp_path / "raw", "ledger/wheat.txt"), clean).sequence == 1


def test_counts_alone_write_no_removal_and_change_nothing_else(newsroom_run: Any, tmp_path: Path) -> None:
    clean = tmp_path / "clean"

    report = run_on(newsroom_run.raw, clean, removals="counts")

    check_snapshot(snapshot_of(clean))
    assert counts_of(clean)["removals"] == 0
    assert digests_of(clean, "removals", "runs") == digests_of(newsroom_run.clean, "removals", "runs")
    assert report.removed_lines_by_class == newsroom_run.report.removed_lines_by_class
    removed = json.loads(
        next(row for row in rows_of(clean, "records") if "orchard" in row["source_path"])["removed_by_class"]
    )
    assert removed["recommended"] == 4


@pytest.mark.parametrize(
    ("as_of", "published"),
    [(dt.date(2026, 3, 2), dt.date(2026, 3, 3)), (dt.date(2026, 3, 1), None)],
    ids=["a day ahead is the time zone's", "two days ahead is no date"],
)
def test_date_later_than_as_of_and_a_day_is_null(
    as_of: dt.date, published: dt.date | None, tmp_path: Path, stories: Mapping[str, str]
) -> None:
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "a.txt").write_text(f"Town trades its orchard\nMarch 3, 2026\n\n{stories['orchard']}\n")

    run_on(tmp_path / "raw", tmp_path / "clean", as_of)

    (row,) = rows_of(tmp_path / "clean", "articles")
    assert (row["date"], row["published_date"]) == (as_of, published)


# ---------------------------------------------------------------- again, and with more


@pytest.fixture
def twice(newsroom_run: Any, tmp_path: Path) -> Path:
    """A copy of the newsroom's tables that a test may run over again."""
    shutil.copytree(newsroom_run.clean, tmp_path / "clean")
    return tmp_path / "clean"


def test_second_run_over_the_same_input_adds_a_row_to_runs_and_nothing_else(newsroom_run: Any, twice: Path) -> None:
    report = run_on(newsroom_run.raw, twice)

    assert (report.already_done, report.records, report.skipped, report.outcomes) == (13, 0, 0, 0)
    assert digests_of(twice, "runs") == digests_of(newsroom_run.clean, "runs")
    assert counts_of(twice)["runs"] == 2


def test_settings_and_as_of_of_a_second_run_reread_nothing(newsroom_run: Any, twice: Path) -> None:
    report = run_on(newsroom_run.raw, twice, dt.date(2026, 4, 1), removals="counts", clean={"min_words": 5})

    assert report.records == 0
    assert digests_of(twice, "runs") == digests_of(newsroom_run.clean, "runs")


def test_more_input_adds_what_is_new_and_every_earlier_row_stays(
    tmp_path: Path, make_pages: Callable[..., Path]
) -> None:
    raw, clean = make_pages(tmp_path / "raw", "courier/scroll.txt", "ledger/wheat.txt"), tmp_path / "clean"
    run_on(raw, clean)
    before = {table: rows_of(clean, table) for table in ROWS}

    report = run_on(make_pages(raw, "mirror/ferry.txt", "feed/day.jsonl"), clean)

    after = {table: rows_of(clean, table) for table in ROWS}
    assert (report.already_done, report.records, report.articles, report.duplicates) == (2, 4, 2, 1)
    assert all(row in after[table] for table in ROWS if table != "clusters" for row in before[table])
    assert {row["source_path"] for row in after["records"] if row not in before["records"]} == {
        "feed/day.jsonl",
        "mirror/ferry.txt",
    }
    check_snapshot(snapshot_of(clean))


def test_article_that_gets_a_copy_later_shares_its_cluster(tmp_path: Path, make_pages: Callable[..., Path]) -> None:
    raw, clean = make_pages(tmp_path / "raw", "mirror/ferry.txt"), tmp_path / "clean"
    run_on(raw, clean)

    run_on(make_pages(raw, "courier/scroll.txt"), clean)

    (copy,) = rows_of(clean, "duplicates")
    cluster = {row["article_id"]: row["cluster_id"] for row in rows_of(clean, "clusters")}
    assert copy["source_path"] == "courier/scroll.txt"
    assert cluster[copy["article_id"]] == cluster[copy["duplicate_of"]]
    assert len(set(cluster.values())) == 2


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("sixty cars", "seventy cars"),
        lambda text: text + "\n\nThe first crossing is sold out.",
    ],
    ids=["a word exchanged", "a line more"],
)
def test_changed_bytes_are_a_new_dump_beside_the_old_one(
    change: Callable[[str], str], tmp_path: Path, stories: Mapping[str, str]
) -> None:
    raw, clean = tmp_path / "raw", tmp_path / "clean"
    raw.mkdir()
    page = f"Night ferry to sail again\n\n{stories['ferry']}"
    (raw / "a.txt").write_text(page)
    run_on(raw, clean)
    (old,) = rows_of(clean, "articles")

    (raw / "a.txt").write_text(change(page))
    report = run_on(raw, clean)

    (new,) = rows_of(clean, "duplicates")
    assert (report.records, report.already_done) == (1, 0)
    assert rows_of(clean, "articles") == [old]
    assert (new["source_path"], new["duplicate_of"]) == ("a.txt", old["article_id"])
    assert new["dump_id"] != old["dump_id"]


def test_dump_that_vanished_from_raw_keeps_its_rows(tmp_path: Path, make_pages: Callable[..., Path]) -> None:
    raw, clean = make_pages(tmp_path / "raw", "ledger/wheat.txt", "courier/scroll.txt"), tmp_path / "clean"
    run_on(raw, clean)
    before = digests_of(clean, "runs")

    (raw / "ledger" / "wheat.txt").unlink()
    run_on(raw, clean)

    assert digests_of(clean, "runs") == before


# ---------------------------------------------------------------- the same rows however it is cut


@pytest.mark.parametrize(
    "settings",
    [{"workers": 2, "shard_files": 1}, {"workers": 1, "shard_files": 3}, {"workers": 2, "shard_bytes": 1}],
    ids=["a file a shard, two workers", "three files a shard, one worker", "a byte a shard"],
)
def test_workers_and_shards_change_no_row(settings: dict[str, int], newsroom_run: Any, tmp_path: Path) -> None:
    run_on(newsroom_run.raw, tmp_path / "clean", **settings)

    assert digests_of(tmp_path / "clean") == digests_of(newsroom_run.clean)


def test_order_of_roots_changes_no_row(tmp_path: Path, make_pages: Callable[..., Path]) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    make_pages(one, "herald/orchard.txt", "mirror/ferry.txt", "post/seeds.html")
    make_pages(other, "courier/scroll.txt", "mirror/orchard.txt", "ledger/wheat.txt")
    # One path, two pages, one story: which is kept must not depend on the root that is named first.
    (one / "same.txt").write_text((one / "mirror" / "ferry.txt").read_text() + "\n\nTickets are sold at the quay.")
    (other / "same.txt").write_text((one / "mirror" / "ferry.txt").read_text() + "\n\nTickets are sold on board.")

    run_on([one, other], tmp_path / "a")
    run_on([other, one], tmp_path / "b", shard_files=1)

    assert digests_of(tmp_path / "a") == digests_of(tmp_path / "b")
    assert counts_of(tmp_path / "a")["records"] == 8


def test_same_path_and_bytes_under_two_roots_are_one_dump(tmp_path: Path, make_pages: Callable[..., Path]) -> None:
    roots = [make_pages(tmp_path / name, "ledger/wheat.txt") for name in ("one", "other")]

    report = run_on(roots, tmp_path / "clean", shard_files=1)

    assert (report.records, report.already_done, report.articles) == (1, 1, 1)
    assert counts_of(tmp_path / "clean")["records"] == 1


@pytest.mark.parametrize("seed", ["1", "2"])
def test_hash_seed_changes_no_row(seed: str, newsroom_run: Any, tmp_path: Path) -> None:
    command = ["run", "--raw", str(newsroom_run.raw), "--clean", str(tmp_path / "clean"), "--as-of", "2026-03-10"]
    environment = {**os.environ, "PYTHONHASHSEED": seed}

    subprocess.run(
        [sys.executable, "-m", "pipeline", *command], check=True, env=environment, capture_output=True, timeout=60
    )

    assert digests_of(tmp_path / "clean") == digests_of(newsroom_run.clean)


# ---------------------------------------------------------------- killed, and locked out


@pytest.fixture(scope="module")
def histories(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("histories")


FIRST = ("courier/scroll.txt", "mirror/orchard.txt", "ledger/flash.txt", "ledger/late.txt.part")
LATER = ("herald/orchard.txt", "mirror/ferry.txt", "post/seeds.html", "feed/day.jsonl")


def uninterrupted(folder: Path, make_pages: Callable[..., Path], *, first_is_lost: bool) -> dict[str, str]:
    """Return the digests of a history in which nobody was killed; ``first_is_lost``: one in which all came at once."""
    clean = folder / f"clean-{first_is_lost}"
    if not clean.exists():
        raw = make_pages(folder / f"raw-{first_is_lost}", *FIRST)
        if not first_is_lost:
            run_on(raw, clean)
        run_on(make_pages(raw, *LATER), clean)
    return digests_of(clean)


@pytest.mark.parametrize(
    ("step", "first_is_lost"),
    [("staged", True), ("manifest", False), ("committed clusters", False), ("committed records", False)],
)
def test_run_killed_while_publishing_is_as_if_it_was_not_or_had_ended(
    step: str, first_is_lost: bool, histories: Path, tmp_path: Path, make_pages: Callable[..., Path]
) -> None:
    raw, clean = make_pages(tmp_path / "raw", *FIRST), tmp_path / "clean"

    killed = subprocess.run(
        [sys.executable, str(KILL), str(raw), str(clean), step], capture_output=True, check=False, timeout=60
    )
    half_way = counts_of(clean)
    report = run_on(make_pages(raw, *LATER), clean)

    assert killed.returncode == -signal.SIGKILL
    assert half_way == dict.fromkeys(TABLES, 0)
    assert report.already_done == (0 if first_is_lost else 4)
    check_snapshot(snapshot_of(clean))
    assert digests_of(clean) == uninterrupted(histories, make_pages, first_is_lost=first_is_lost)


def test_run_told_to_end_says_so_and_is_finished_by_the_next(
    histories: Path, tmp_path: Path, make_pages: Callable[..., Path]
) -> None:
    raw, clean = make_pages(tmp_path / "raw", *FIRST), tmp_path / "clean"

    ended = subprocess.run(
        [sys.executable, str(KILL), str(raw), str(clean), "committed articles", "SIGTERM"],
        capture_output=True,
        check=False,
        timeout=60,
        text=True,
    )
    run_on(make_pages(raw, *LATER), clean)

    assert (ended.returncode, ended.stderr) == (1, "broadsheet: stopped by SIGTERM; run again to go on\n")
    assert digests_of(clean) == uninterrupted(histories, make_pages, first_is_lost=False)


def test_run_is_locked_out_while_another_holds_the_tables(newsroom_run: Any, twice: Path) -> None:
    before = digests_of(twice)

    with run_lock(twice / "_state" / "lock", "broadsheet backfill"), pytest.raises(LockedError, match="backfill"):
        run_on(newsroom_run.raw, twice)

    assert digests_of(twice) == before
