"""The sample dumps, their table in docs/samples.md and the golden files agree with each other."""

from __future__ import annotations

import datetime as dt
import html
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pipeline.limits import Limits
from pipeline.read import Known, Source, list_sources, read_source
from pipeline.records import Article, Dump, Reason, Relation, Skipped, Unreadable
from pipeline.run import run
from pipeline.settings import Settings
from pipeline.store.law import check_snapshot
from pipeline.store.reader import Snapshot
from pipeline.store.schema import as_record
from pipeline.store.tables import Store
from pipeline.text import fold, words

ROOT = Path(__file__).parent.parent
RAW = ROOT / "data" / "raw"
MAX_RAW_BYTES = 400_000  # a clone stays small and `make run` takes seconds
FIELDS = ("headline", "standfirst", "agency", "section", "language", "published_from")


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What one story of a sample must become."""

    outcome: str
    duplicate_of: str | None
    relation: tuple[str, str] | None
    headline: str | None
    standfirst: str | None
    authors: tuple[str, ...]
    agency: str | None
    section: str | None
    language: str | None
    published_date: dt.date | None
    published_from: str | None
    paragraphs: str
    body: tuple[str, ...]

    @property
    def text(self) -> str:
        """The body as the ``text`` column holds it."""
        return "\n\n".join(self.body)


@dataclass(frozen=True, slots=True, kw_only=True)
class Golden:
    """What one record of ``data/raw`` must become."""

    name: str
    path: str
    record: tuple[str, str] | None
    outcome: str
    reason: Reason | None
    stories: tuple[Story, ...]


def load_story(item: dict[str, Any]) -> Story:
    """Return the story of a golden file's ``articles`` item; an unknown or missing key raises TypeError."""
    date, link = item["published_date"], item["relation"]
    return Story(
        **{
            **item,
            "authors": tuple(item["authors"]),
            "body": tuple(item["body"]),
            "published_date": dt.date.fromisoformat(date) if date else None,
            "relation": (Relation(link["kind"]).value, link["path"]) if link else None,
        }
    )


def load_golden(file: Path) -> Golden:
    """Return a golden file, checked for shape."""
    item = json.loads(file.read_text(encoding="utf-8"))
    record = item["record"]
    return Golden(
        name=file.stem,
        path=item["path"],
        record=(record["column"], record["value"]) if record else None,
        outcome=item["outcome"],
        reason=Reason(item["reason"]) if item["reason"] else None,
        stories=tuple(load_story(story) for story in item["articles"]),
    )


def differences(story: Story, row: Article) -> list[str]:
    """Return what a row has otherwise than its golden story, one line each; empty when it is right."""
    found = [
        f"{name}: wanted {getattr(story, name)!r}, got {getattr(row, name)!r}"
        for name in (*FIELDS, "authors", "published_date")
        if getattr(story, name) != getattr(row, name)
    ]
    if fold(story.text) != fold(row.text) if story.paragraphs == "free" else story.text != row.text:
        wanted, got = set(story.body), set(row.text.split("\n\n"))
        found += [f"text: lost {line!r}" for line in story.body if line not in got]
        found += [f"text: left in {line!r}" for line in row.text.split("\n\n") if line not in wanted]
    return found


def read_samples() -> list[Dump | Skipped | Unreadable]:
    """Return every record of ``data/raw`` as the reader gives it."""
    found: list[Dump | Skipped | Unreadable] = []
    for source in list_sources([str(RAW)]):
        items = read_source(source, Limits()) if isinstance(source, Source) else [source]
        found.extend(item for item in items if not isinstance(item, Known))
    return found


GOLDEN = tuple(load_golden(file) for file in sorted((ROOT / "tests" / "golden").glob("*.json")))
RECORDS = read_samples()
SAMPLES = tuple(sorted(file.relative_to(RAW).as_posix() for file in RAW.rglob("*") if file.is_file()))
STORIES = [
    pytest.param(golden, story, id=f"{golden.name}-{i}")
    for golden in GOLDEN
    for i, story in enumerate(golden.stories, 1)
]


@pytest.mark.parametrize("path", SAMPLES)
def test_every_sample_has_its_row_in_the_documentation(path: str) -> None:
    table = (ROOT / "docs" / "samples.md").read_text(encoding="utf-8")

    assert f"\n| `{path}` |" in table


def test_every_sample_has_a_golden_file_and_every_golden_file_its_sample() -> None:
    assert {golden.path for golden in GOLDEN} == set(SAMPLES)


def test_no_record_has_two_golden_files() -> None:
    counts = Counter((golden.path, golden.record) for golden in GOLDEN)

    assert [key for key, count in counts.items() if count > 1] == []


def test_samples_stay_small() -> None:
    assert sum((RAW / path).stat().st_size for path in SAMPLES) <= MAX_RAW_BYTES


def test_documentation_counts_the_outcomes() -> None:
    table = (ROOT / "docs" / "samples.md").read_text(encoding="utf-8")
    stories = Counter(story.outcome for golden in GOLDEN for story in golden.stories)
    records = Counter(golden.outcome for golden in GOLDEN)

    assert f"{stories['article']} articles, {stories['duplicate']} duplicates" in table
    assert f"{records['quarantined']} quarantined records, {records['skipped']} file skipped" in table


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda golden: golden.name)
def test_golden_outcome_fits_its_reason_and_stories(golden: Golden) -> None:
    fits = {
        "articles": bool(golden.stories) and golden.reason is None,
        "quarantined": not golden.stories and golden.reason is not None,
        "skipped": not golden.stories and golden.reason is None,
    }

    assert fits[golden.outcome]


@pytest.mark.parametrize(("golden", "story"), STORIES)
def test_golden_links_lead_to_articles_of_other_samples(golden: Golden, story: Story) -> None:
    kept = {other.path for other in GOLDEN for kept in other.stories if kept.outcome == "article"}
    links = [path for path in (story.duplicate_of, story.relation[1] if story.relation else None) if path]

    assert (story.outcome == "duplicate") == (story.duplicate_of is not None)
    assert all(path in kept and path != golden.path for path in links)


def records_of(golden: Golden) -> list[Dump | Skipped | Unreadable]:
    """Return the records a golden file is about: exactly one when all is well."""
    column, value = golden.record or ("source_record", None)
    return [item for item in RECORDS if item.source_path == golden.path and getattr(item, column, None) == value]


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda golden: golden.name)
def test_reader_finds_the_record_of_a_golden_file_once(golden: Golden) -> None:
    (record,) = records_of(golden)

    kinds = {"articles": (Dump,), "quarantined": (Dump, Unreadable), "skipped": (Skipped,)}
    assert isinstance(record, kinds[golden.outcome])
    assert not isinstance(record, Unreadable) or record.reason == golden.reason


@pytest.mark.parametrize(("golden", "story"), STORIES)
def test_golden_body_stands_in_its_sample_in_order(golden: Golden, story: Story) -> None:
    (record,) = records_of(golden)
    assert isinstance(record, Dump)
    page, at = fold(html.unescape(record.text)), 0

    for paragraph in story.body:
        found = page.find(fold(paragraph), at)
        assert found >= 0, paragraph
        at = found


def _row(story: Story, make_article: Callable[..., Article], **changed: Any) -> Article:
    fields = {name: getattr(story, name) for name in (*FIELDS, "authors", "published_date")}
    return make_article(**{"text": story.text, **fields, **changed})


def test_right_row_shows_no_difference(make_article: Callable[..., Article]) -> None:
    story = GOLDEN[0].stories[0]

    assert differences(story, _row(story, make_article)) == []


def test_caption_left_in_and_paragraph_lost_are_both_named(make_article: Callable[..., Article]) -> None:
    story = GOLDEN[0].stories[0]
    text = "\n\n".join(("A caption / Photo", *story.body[1:]))

    assert differences(story, _row(story, make_article, text=text)) == [
        f"text: lost {story.body[0]!r}",
        "text: left in 'A caption / Photo'",
    ]


def test_line_breaks_within_sentences_do_not_count_where_paragraphs_are_free(
    make_article: Callable[..., Article],
) -> None:
    story = next(story for golden in GOLDEN for story in golden.stories if story.paragraphs == "free")

    assert differences(story, _row(story, make_article, text="\n\n".join(words(story.text)))) == []


# What a reader sees and rules do not; a test that begins to pass must be taken off this list.
KNOWN_GAPS: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of the tables that the samples became: its table, its article and the whole of it."""

    table: str
    article: Article
    values: Mapping[str, Any]


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    clean = tmp_path_factory.mktemp("clean")
    run([str(RAW)], clean, Settings.load(workers=2), dt.date(2026, 3, 15))
    return Store.open(clean, create=False).snapshot()


@pytest.fixture(scope="module")
def rows(snapshot: Snapshot) -> list[Row]:
    """Every article and duplicate of the samples, in the order of their pages."""
    found = [
        Row(table=table, article=as_record(Article, values), values=values)
        for table in ("articles", "duplicates")
        for batch in snapshot.read(table)
        for values in batch.to_pylist()
    ]
    return sorted(found, key=lambda row: (row.article.source_path, row.article.page_article_no))


def rows_of(golden: Golden, rows: Sequence[Row]) -> list[Row]:
    column, value = golden.record or ("source_path", golden.path)
    return [row for row in rows if row.article.source_path == golden.path and row.values.get(column) == value]


def _case(golden: Golden) -> Any:
    reason = KNOWN_GAPS.get(golden.name)
    return pytest.param(golden, id=golden.name, marks=[pytest.mark.xfail(reason=reason, strict=True)] if reason else [])


@pytest.mark.parametrize("golden", [_case(golden) for golden in GOLDEN if golden.outcome == "articles"])
def test_sample_becomes_what_a_reader_made_of_it(golden: Golden, rows: Sequence[Row]) -> None:
    own = rows_of(golden, rows)
    path_by_id = {row.article.article_id: row.article.source_path for row in rows}

    outcomes = [(row.table, path_by_id.get(row.values.get("duplicate_of", ""))) for row in own]
    wanted = [
        ("duplicates" if story.outcome == "duplicate" else "articles", story.duplicate_of) for story in golden.stories
    ]
    assert outcomes == wanted
    assert [differences(story, row.article) for story, row in zip(golden.stories, own, strict=True)] == [[]] * len(own)


@pytest.mark.parametrize(
    "golden", [golden for golden in GOLDEN if golden.outcome == "quarantined"], ids=lambda golden: golden.name
)
def test_sample_without_an_article_is_quarantined_with_its_reason(golden: Golden, snapshot: Snapshot) -> None:
    found = [row for batch in snapshot.read("quarantine") for row in batch.to_pylist()]

    assert [row["reason"] for row in found if row["source_path"] == golden.path] == [golden.reason]


def test_samples_obey_the_law(snapshot: Snapshot) -> None:
    check_snapshot(snapshot)
