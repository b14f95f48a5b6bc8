"""Claims about explaining a dump: found by any of its names, its lines as the page had them, or from the tables."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import InputError
from pipeline.report.explanation import Explanation, LineStatus
from pipeline.report.lookup import explain_dump
from pipeline.run import run
from pipeline.settings import Settings
from pipeline.store.reader import Snapshot
from pipeline.store.tables import Store

DAY = dt.date(2026, 3, 10)


@pytest.fixture(scope="module")
def snapshot(newsroom_run: Any) -> Snapshot:
    return Store.open(newsroom_run.clean, create=False).snapshot()


def ids_of(snapshot: Snapshot, table: str, path: str) -> list[str]:
    rows = (row for batch in snapshot.read(table) for row in batch.to_pylist())
    return [row["article_id"] for row in rows if row["source_path"] == path]


def texts(explanation: Explanation) -> list[str]:
    return [note.text for note in explanation.lines]


@pytest.mark.parametrize(
    "prefix", ["", "./", "/elsewhere/raw/", "../data/raw/"], ids=["as stored", "dot", "absolute", "relative"]
)
def test_dump_is_found_by_a_path_that_leads_to_it_from_anywhere(prefix: str, snapshot: Snapshot) -> None:
    explanation = explain_dump(snapshot, f"{prefix}mirror/orchard.txt")

    assert (explanation.source_path, explanation.source_record) == ("mirror/orchard.txt", None)


def test_dump_is_found_by_its_article_and_by_its_duplicate(snapshot: Snapshot) -> None:
    (article,) = ids_of(snapshot, "articles", "ledger/wheat.txt")
    (copy,) = ids_of(snapshot, "duplicates", "mirror/ferry.txt")

    assert explain_dump(snapshot, article).source_path == "ledger/wheat.txt"
    assert explain_dump(snapshot, copy).copies[copy].source_path == "courier/scroll.txt"


def test_record_of_a_file_is_found_by_its_name_behind_the_path(snapshot: Snapshot) -> None:
    explanation = explain_dump(snapshot, "feed/day.jsonl#2")

    assert explanation.source_record == "2"
    assert explanation.articles[0].url == "https://westing.example/piano"


def test_file_of_several_records_asks_for_one_of_them(snapshot: Snapshot) -> None:
    with pytest.raises(InputError, match=r"fits 3 dumps.*day\.jsonl#1, feed/day\.jsonl#2"):
        explain_dump(snapshot, "feed/day.jsonl")


@pytest.mark.parametrize("what", ["nowhere.txt", "feed/day.jsonl#9", "f" * 32, "chard.txt", ""])
def test_what_the_tables_do_not_know_is_refused(what: str, snapshot: Snapshot) -> None:
    with pytest.raises(InputError, match="the tables know no dump or article"):
        explain_dump(snapshot, what)


def test_every_line_of_the_page_is_told_of_with_what_took_it(newsroom_run: Any, snapshot: Snapshot) -> None:
    path = newsroom_run.raw / "herald" / "orchard.txt"

    explanation = explain_dump(snapshot, str(path))

    assert texts(explanation) == path.read_text().splitlines()
    assert all(note.cuts for note in explanation.lines if note.status is LineStatus.REMOVED)
    assert explanation.lines[0].cuts[0].line_class == "crawl_prefix"


def test_lines_come_from_the_tables_where_the_file_is_not_at_hand(newsroom_run: Any, snapshot: Snapshot) -> None:
    for path in ("herald/orchard.txt", "courier/scroll.txt", "mirror/orchard.txt", "ledger/flash.txt"):
        on_disk = (newsroom_run.raw / path).read_text().splitlines()

        assert texts(explain_dump(snapshot, path)) == on_disk


def test_markup_is_told_of_as_rendered(newsroom_run: Any, snapshot: Snapshot) -> None:
    explanation = explain_dump(snapshot, str(newsroom_run.raw / "post" / "seeds.html"))

    assert "<" not in "".join(texts(explanation))
    assert explanation.lines[0].cuts[0].line_class == "html"


def test_file_that_has_changed_since_does_not_stand_for_the_one_that_was_read(
    tmp_path: Path, snapshot: Snapshot
) -> None:
    changed = tmp_path / "mirror" / "ferry.txt"
    changed.parent.mkdir()
    changed.write_text("Other words.\n")

    assert texts(explain_dump(snapshot, str(changed)))[0] == "Night Ferry to Skarn to Sail Again in May"


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("ledger/cut.txt.gz", "truncated"),
        ("ledger/blank.txt", "empty"),
        ("ledger/flash.txt", "too_short"),
        ("feed/day.jsonl#3", "bad_record"),
    ],
)
def test_dump_without_an_article_is_told_of_with_its_reason(
    path: str, reason: str, newsroom_run: Any, snapshot: Snapshot
) -> None:
    explanation = explain_dump(snapshot, str(newsroom_run.raw / path))

    assert [row.reason for row in explanation.quarantines] == [reason]


# ---------------------------------------------------------------- names that fit several ways


@pytest.fixture
def run_over(tmp_path: Path) -> Callable[..., Snapshot]:
    """Return a function that runs over files given by path and text."""

    def make(pages: dict[str, str]) -> Snapshot:
        for path, text in pages.items():
            (tmp_path / "raw" / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / "raw" / path).write_text(text)
        run([str(tmp_path / "raw")], tmp_path / "clean", Settings.load(workers=1), DAY)
        return Store.open(tmp_path / "clean", create=False).snapshot()

    return make


def test_longest_path_that_fits_is_meant(run_over: Callable[..., Snapshot]) -> None:
    snapshot = run_over({"a.txt": "Short.", "daily/a.txt": "Shorter."})

    assert explain_dump(snapshot, "daily/a.txt").source_path == "daily/a.txt"
    assert explain_dump(snapshot, "a.txt").source_path == "a.txt"
    assert explain_dump(snapshot, "weekly/a.txt").source_path == "a.txt"


def test_path_may_have_the_mark_that_parts_path_and_record(run_over: Callable[..., Snapshot], tmp_path: Path) -> None:
    snapshot = run_over({"no#1.txt": "Short.", "no#2.jsonl": '{"text": "Short."}\n{"text": "Shorter."}\n'})

    assert texts(explain_dump(snapshot, str(tmp_path / "raw" / "no#1.txt"))) == ["Short."]
    assert texts(explain_dump(snapshot, str(tmp_path / "raw" / "no#2.jsonl#2"))) == ["Shorter."]


def test_of_a_path_read_twice_the_newest_reading_is_told_of(
    run_over: Callable[..., Snapshot], stories: dict[str, str]
) -> None:
    run_over({"a.txt": stories["ferry"]})

    snapshot = run_over({"a.txt": stories["piano"]})

    assert explain_dump(snapshot, "a.txt").articles[0].text == stories["piano"]


def test_page_over_a_limit_is_told_of_as_quarantined(run_over: Callable[..., Snapshot], tmp_path: Path) -> None:
    deep = "<div>" * 400 + "words" + "</div>" * 400
    snapshot = run_over({"deep.html": f"<html><body>{deep}</body></html>"})

    explanation = explain_dump(snapshot, str(tmp_path / "raw" / "deep.html"))

    assert [row.reason for row in explanation.quarantines] == ["too_deep"]


def test_part_cut_off_the_head_of_a_kept_line_is_put_back_in_its_place(
    run_over: Callable[..., Snapshot], stories: dict[str, str]
) -> None:
    page = f" date 2026-03-03 {stories['ferry']}"
    snapshot = run_over({"a.txt": page})

    assert texts(explain_dump(snapshot, "a.txt")) == page.splitlines()
