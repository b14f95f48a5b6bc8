"""Finds a dump in the tables, by its path or by one of its articles, and puts its lines together again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import pyarrow.compute as pc

from pipeline.clean.render import render
from pipeline.errors import InputError, RecordError
from pipeline.limits import Limits
from pipeline.read import list_sources, read_source
from pipeline.read.walk import Source
from pipeline.records import Article, Dump, Duplicate, QuarantineRow, RecordRow, Removal
from pipeline.report.explanation import Copy, Explanation, copy_of, explain
from pipeline.store.reader import Snapshot
from pipeline.store.schema import TABLES, as_record
from pipeline.text import split_lines

Row = TypeVar("Row")


def explain_dump(snapshot: Snapshot, what: str) -> Explanation:
    """Return the explanation of a dump named by path (``PATH`` or ``PATH#RECORD``) or by an article_id.

    The lines come from the file where ``what`` leads to it, else from the tables: there a paragraph that was broken
    over lines stands whole at its first one.

    Raises:
        InputError: the tables know no such dump, or several: the message names them.
    """
    record = _find(snapshot, what)
    pairs = list(_stories(snapshot, record.dump_id))
    stories = [story for story, _ in pairs]
    quarantines = list(_rows(snapshot, "quarantine", QuarantineRow, record.dump_id))
    removals = list(_rows(snapshot, "removals", Removal, record.dump_id))
    lines = _lines_of_file(what, record) or _lines_of_rows(record, [*stories, *quarantines], removals)
    return explain(
        dump_id=record.dump_id,
        source_path=record.source_path,
        source_record=record.source_record,
        lines=lines,
        articles=stories,
        copies=dict(_copies(snapshot, pairs)),
        quarantines=quarantines,
        removals=removals,
    )


def _find(snapshot: Snapshot, what: str) -> RecordRow:
    for table in ("articles", "duplicates"):
        for batch in snapshot.rows_of_ids(table, [what], ["dump_id"]):
            dump_id = batch.column(0)[0].as_py()
            return next(_rows(snapshot, "records", RecordRow, dump_id))
    found = _records_named(snapshot, what)
    if not found:
        message = f"the tables know no dump or article {what!r}: check the path (as under --raw), or run it first"
        raise InputError(message, source=what)
    names = [f"{row.source_path}#{row.source_record}" if row.source_record else row.source_path for row in found]
    if len(set(names)) > 1:
        listed = ", ".join(sorted(set(names))[:5])
        raise InputError(f"{what!r} fits {len(set(names))} dumps, name one of them: {listed} …", source=what)
    # Of one path read twice with other bytes, the newest reading.
    return max(found, key=lambda row: (row.run_id or "", row.dump_id))


def _records_named(snapshot: Snapshot, what: str) -> list[RecordRow]:
    """Return the records of ``PATH`` or ``PATH#RECORD``; either may have a ``#`` of its own."""
    for path, name in _readings(what):
        found = [row for row in _records_like(snapshot, path) if not name or row.source_record == name]
        if found:
            return found
    return []


def _readings(what: str) -> Iterator[tuple[str, str]]:
    yield what, ""
    for place, letter in enumerate(what):
        if letter == "#":
            yield what[:place], what[place + 1 :]


def _records_like(snapshot: Snapshot, path: str) -> Iterator[RecordRow]:
    """Yield the records of the longest known path that ends ``path``, which may lead there from anywhere."""
    asked = "/" + Path(path).as_posix()
    ids_by_path: dict[str, list[str]] = {}
    for batch in snapshot.read("records", ["dump_id", "source_path"]):
        for dump_id, known in zip(batch.column(0).to_pylist(), batch.column(1).to_pylist(), strict=True):
            if asked.endswith("/" + known):
                ids_by_path.setdefault(known, []).append(dump_id)
    for dump_id in ids_by_path[max(ids_by_path, key=len)] if ids_by_path else ():
        yield from _rows(snapshot, "records", RecordRow, dump_id)


def _rows(snapshot: Snapshot, table: str, kind: type[Row], dump_id: str) -> Iterator[Row]:
    for batch in snapshot.read(table, filter=pc.field("dump_id") == dump_id):
        yield from (as_record(kind, row) for row in batch.to_pylist())


def _stories(snapshot: Snapshot, dump_id: str) -> Iterator[tuple[Article, Duplicate | None]]:
    for table in ("articles", "duplicates"):
        for batch in snapshot.read(table, TABLES[table].schema.names, pc.field("dump_id") == dump_id):
            for row in batch.to_pylist():
                yield as_record(Article, row), as_record(Duplicate, row) if table == "duplicates" else None


def _copies(snapshot: Snapshot, pairs: Sequence[tuple[Article, Duplicate | None]]) -> Iterator[tuple[str, Copy]]:
    for story, copy in pairs:
        if copy is not None:
            rows = [row for batch in snapshot.rows_of_ids("articles", [copy.duplicate_of]) for row in batch.to_pylist()]
            yield story.article_id, copy_of(copy, as_record(Article, rows[0]) if rows else None)


def _lines_of_file(what: str, record: RecordRow) -> Sequence[str] | None:
    path = next((path for path, _ in _readings(what) if Path(path).is_file()), None)
    if path is None or record.kind not in ("text", "html"):
        return None
    for source in list_sources([path]):
        for item in read_source(source, Limits()) if isinstance(source, Source) else ():
            if isinstance(item, Dump) and item.source_record == record.source_record:
                lines = _lines_of_page(item)
                return lines if len(lines) == record.line_count else None
    return None


def _lines_of_page(dump: Dump) -> Sequence[str]:
    if dump.kind != "html":
        return split_lines(dump.text)
    try:
        return render(dump.text, Limits()).lines
    except RecordError:
        return ()  # over a limit, and so it was when it was read


def _lines_of_rows(
    record: RecordRow, stories: Sequence[Article | QuarantineRow], removals: Sequence[Removal]
) -> Sequence[str]:
    lines = [""] * record.line_count
    for story in stories:
        paragraphs = (story.text or "").split("\n\n")
        whole = len(paragraphs) == len(story.kept_lines)
        for place, number in enumerate(story.kept_lines):
            lines[number - 1] = paragraphs[place] if whole else "(kept; part of the text below)"
        if not whole and story.kept_lines:
            lines[story.kept_lines[0] - 1] = story.text or ""
    for removal in sorted(removals, key=lambda one: (one.line_no, one.start)):
        line = lines[removal.line_no - 1]
        lines[removal.line_no - 1] = line[: removal.start] + removal.text + line[removal.start :]
    return lines
