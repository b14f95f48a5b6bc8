"""Nothing disappears and nothing comes twice, in a dump or in the tables."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import LawBrokenError
from pipeline.store.law import check_changes, check_dump, check_snapshot
from pipeline.store.manifest import TableChange
from pipeline.store.tables import Store
from pipeline.store.update import drop_rows


def test_lines_kept_by_several_stories_or_removed_are_all_accounted_for() -> None:
    check_dump("d", [1, 3, 4, 7, 9], kept=[(3, 4), (9,)], removed=[1, 7], cut=[4])


def test_empty_dump_is_lawful() -> None:
    check_dump("d", [], kept=[()], removed=[])


@pytest.mark.parametrize(
    ("kept", "removed", "cut", "line"),
    [
        ([(1,)], [], [], 2),
        ([(1, 2)], [2], [], 2),
        ([(1, 2), (2,)], [], [], 2),
        ([(1,)], [2, 2], [], 2),
        ([(1, 2, 3)], [], [], 3),
        ([(1, 2)], [8], [], 8),
        ([(1,)], [2], [2], 2),
    ],
    ids=["lost", "kept and removed", "kept twice", "removed twice", "blank kept", "beyond the end", "cut but not kept"],
)
def test_broken_dump_is_named_with_its_line(kept: Any, removed: Any, cut: Any, line: int) -> None:
    with pytest.raises(LawBrokenError, match=f"line {line} of dump 'd'") as caught:
        check_dump("d", [1, 2], kept=kept, removed=removed, cut=cut)

    assert caught.value.facts == {"dump_id": "d", "line": line}


@given(shares=st.lists(st.integers(0, 3), max_size=40), loss=st.data())
def test_any_partition_is_lawful_and_any_loss_is_found(shares: list[int], loss: st.DataObject) -> None:
    lines = range(1, len(shares) + 1)
    kept = [[line for line, share in zip(lines, shares, strict=True) if share == part] for part in (1, 2, 3)]
    removed = [line for line, share in zip(lines, shares, strict=True) if share == 0]
    check_dump("d", lines, kept=kept, removed=removed)
    if shares:
        lost = loss.draw(st.sampled_from(lines))

        with pytest.raises(LawBrokenError, match=f"line {lost} "):
            check_dump(
                "d",
                lines,
                kept=[[line for line in part if line != lost] for part in kept],
                removed=[line for line in removed if line != lost],
            )


def drop_article(rows: dict[str, list[Any]]) -> None:
    del rows["articles"][0]


def drop_record(rows: dict[str, list[Any]]) -> None:
    del rows["records"][0]


def double_record(rows: dict[str, list[Any]]) -> None:
    rows["records"].append(rows["records"][0])


def double_quarantine(rows: dict[str, list[Any]]) -> None:
    rows["quarantine"].append(rows["quarantine"][0])


def empty_record(rows: dict[str, list[Any]]) -> None:
    rows["records"].append(dataclasses.replace(rows["records"][0], dump_id="e" * 32, articles=0))


def skip_without_reason(rows: dict[str, list[Any]]) -> None:
    rows["records"][-1] = dataclasses.replace(rows["records"][-1], reason=None)


@pytest.mark.parametrize(
    "breach", [drop_article, drop_record, double_record, double_quarantine, empty_record, skip_without_reason]
)
def test_broken_books_are_found_before_publishing(
    store: Store, newsroom: Any, breach: Callable[[dict[str, list[Any]]], None]
) -> None:
    rows = {table: list(found) for table, found in newsroom.day_rows(1).items()}
    breach(rows)

    with store.locked("test"), pytest.raises(LawBrokenError) as caught:
        newsroom.publish_rows(store, rows)

    assert caught.value.facts["dump_id"]


def test_rows_taken_out_without_their_record_are_found(published: Store, newsroom: Any) -> None:
    snapshot = published.snapshot()
    gone = newsroom.day_rows(1)["articles"][0]
    rewrite = drop_rows(snapshot, "articles", [gone.article_id])
    with published.locked("test"):
        added = published.stage("0000003-x", "articles", rewrite.batches)
        change = TableChange(added=added, removed=rewrite.removed)

        with pytest.raises(LawBrokenError) as caught:
            check_changes(snapshot, {"articles": change})

    assert caught.value.facts["dump_id"] == gone.dump_id


def test_published_days_are_lawful(published: Store) -> None:
    check_snapshot(published.snapshot())


@pytest.mark.parametrize(
    ("table", "fields", "said"),
    [
        ("duplicates", {"duplicate_of": "f" * 32}, "which is no article"),
        ("clusters", {"article_id": "f" * 32}, "rows in clusters"),
    ],
)
def test_links_that_lead_nowhere_are_found_in_the_published_tables(
    store: Store, newsroom: Any, table: str, fields: dict[str, Any], said: str
) -> None:
    rows = {name: list(found) for name, found in newsroom.day_rows(1).items()}
    last = rows[table][-1]
    rows[table][-1] = (
        (last[0], dataclasses.replace(last[1], **fields))
        if isinstance(last, tuple)
        else dataclasses.replace(last, **fields)
    )
    with store.locked("test"):
        newsroom.publish_rows(store, rows)

    with pytest.raises(LawBrokenError, match=said):
        check_snapshot(store.snapshot())
