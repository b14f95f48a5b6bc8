"""Schemas follow from the records, and rows fit them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from pipeline.errors import StoreError
from pipeline.store.schema import TABLES, columns_markdown, rows_to_batch

GOLDEN = {
    "articles": (
        "article_id:string! dump_id:string! date:date32[day]! headline:string standfirst:string text:string!"
        " authors:list<item: string>! agency:string section:string language:string url:string site:string"
        " published_date:date32[day] published_at:timestamp[us, tz=UTC] published_precision:string"
        " published_from:string source_path:string! source_record:string source_id:string page_article_no:int64!"
        " page_article_count:int64! first_line:int64! last_line:int64! kept_lines:list<item: int64>! word_count:int64!"
        " text_hash:string! confidence:double! rules_digest:string! run_id:string! ingested_at:timestamp[us, tz=UTC]!"
    ),
    "clusters": "article_id:string! date:date32[day]! cluster_id:string! run_id:string!",
    "relations": (
        "article_id:string! date:date32[day]! other_id:string! relation:string! jaccard:double! containment:double!"
        " run_id:string!"
    ),
    "removals": (
        "dump_id:string! date:date32[day]! line_no:int64! start:int64! end:int64! text:string! line_class:string!"
        " rule:string! evidence:string! run_id:string!"
    ),
    "quarantine": (
        "dump_id:string! date:date32[day]! source_path:string! source_record:string stage:string! reason:string!"
        " message:string! page_article_no:int64 first_line:int64 last_line:int64 kept_lines:list<item: int64>!"
        " text:string byte_start:int64 byte_end:int64 run_id:string!"
    ),
    "records": (
        "dump_id:string! date:date32[day]! source_path:string! source_record:string source_id:string bytes:int64!"
        " line_count:int64! kind:string! encoding:string crawl_date:date32[day] first_as_of:date32[day]!"
        " articles:int64! duplicates:int64! quarantined:int64! reason:string removed_by_class:string seconds:double!"
        " rss_mib:double! rules_digest:string! run_id:string!"
    ),
    "runs": (
        "run_id:string! date:date32[day]! kind:string! sequence:int64! started_at:timestamp[us, tz=UTC]!"
        " finished_at:timestamp[us, tz=UTC]! records:int64! already_done:int64! skipped:int64! articles:int64!"
        " duplicates:int64! quarantined:int64! relations:int64! counts:string! settings_digest:string!"
        " rules_digest:string! versions:string! timings:string! table_versions:string!"
    ),
}
GOLDEN["duplicates"] = GOLDEN["articles"] + " duplicate_of:string! relation:string! jaccard:double! containment:double!"


def spelt(schema: pa.Schema) -> str:
    return " ".join(f"{field.name}:{field.type}{'' if field.nullable else '!'}" for field in schema)


@pytest.mark.parametrize("table", TABLES)
def test_schema_is_as_readers_know_it(table: str) -> None:
    assert spelt(TABLES[table].schema) == GOLDEN[table]


@pytest.mark.parametrize("table", TABLES)
def test_files_have_every_column_but_the_partition(table: str) -> None:
    spec = TABLES[table]

    assert set(spec.schema.names) - set(spec.file_schema.names) == {"date"}
    assert {spec.key, *spec.sort_by} <= set(spec.file_schema.names)


def test_runs_is_committed_last() -> None:
    assert list(TABLES)[-1] == "runs"


def test_rows_become_columns_and_stamps_are_filled_in(newsroom: Any) -> None:
    row = newsroom.story("a.txt", published_at=dt.datetime(2026, 3, 1, 10, tzinfo=dt.timezone(dt.timedelta(hours=3))))

    batch = rows_to_batch("articles", [row, newsroom.story("b.txt")], newsroom.stamps("0000009-x"))

    first = batch.to_pylist()[0]
    assert batch.schema == TABLES["articles"].schema
    assert first["authors"] == ["Ada Quill"]
    assert first["kept_lines"] == [3, 5]
    assert first["published_at"] == dt.datetime(2026, 3, 1, 7, tzinfo=dt.UTC)
    assert batch.column("run_id").to_pylist() == ["0000009-x"] * 2
    assert batch.column("ingested_at").to_pylist() == [newsroom.NOON] * 2


def test_duplicate_has_the_columns_of_both_its_records(newsroom: Any) -> None:
    pair = newsroom.day_rows(1)["duplicates"][0]

    row = rows_to_batch("duplicates", [pair], newsroom.stamps()).to_pylist()[0]

    assert (row["article_id"], row["duplicate_of"]) == (pair[0].article_id, pair[1].duplicate_of)


def test_no_rows_make_an_empty_batch(newsroom: Any) -> None:
    assert rows_to_batch("duplicates", [], newsroom.stamps()).num_rows == 0


@pytest.mark.parametrize(
    "field",
    [{"text": "half a pair \ud83d"}, {"word_count": "eight"}, {"kept_lines": 3}],
    ids=["lone surrogate", "text for a number", "number for a list"],
)
def test_value_that_does_not_fit_names_its_column(newsroom: Any, field: dict[str, Any]) -> None:
    with pytest.raises(StoreError, match="table 'articles'") as caught:
        rows_to_batch("articles", [newsroom.story("a.txt", **field)], newsroom.stamps())

    assert caught.value.facts["column"] in field


def test_columns_page_is_up_to_date() -> None:
    page = Path(__file__).parents[2] / "docs" / "columns.md"

    assert page.read_text(encoding="utf-8") == columns_markdown()
