"""The law: nothing read disappears, nothing comes twice.

Of a dump: every line that is not blank is kept by exactly one article, duplicate or quarantine row, or is taken out
whole, once. Of the tables: every record has exactly the articles, duplicates and quarantine rows its row counts, at
least one unless it was skipped, and no row belongs to no record.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from pipeline.errors import LawBrokenError, StoreError
from pipeline.store.manifest import TableChange
from pipeline.store.reader import Snapshot
from pipeline.store.schema import TABLES

_MEMORY: Final = "512MB"
_BOOKS: Final = ("records", "articles", "duplicates", "quarantine")

_COUNTS_SQL: Final = """
WITH found AS (
    SELECT dump_id, sum(a)::BIGINT AS articles, sum(d)::BIGINT AS duplicates, sum(q)::BIGINT AS quarantined
    FROM (SELECT dump_id, 1 AS a, 0 AS d, 0 AS q FROM articles
          UNION ALL SELECT dump_id, 0, 1, 0 FROM duplicates
          UNION ALL SELECT dump_id, 0, 0, 1 FROM quarantine)
    GROUP BY dump_id
),
told AS (
    SELECT dump_id, count(*) AS times, any_value(kind) AS kind, any_value(reason) AS reason,
           sum(articles)::BIGINT AS articles, sum(duplicates)::BIGINT AS duplicates,
           sum(quarantined)::BIGINT AS quarantined
    FROM records GROUP BY dump_id
)
SELECT dump_id, t.times, t.kind, t.reason, [t.articles, t.duplicates, t.quarantined],
       [coalesce(f.articles, 0), coalesce(f.duplicates, 0), coalesce(f.quarantined, 0)]
FROM told t FULL JOIN found f USING (dump_id)
WHERE t.times IS DISTINCT FROM 1
   OR t.articles <> coalesce(f.articles, 0)
   OR t.duplicates <> coalesce(f.duplicates, 0)
   OR t.quarantined <> coalesce(f.quarantined, 0)
   OR (t.kind = 'skipped') <> (t.articles + t.duplicates + t.quarantined = 0)
   OR (t.kind = 'skipped' AND t.reason IS NULL)
ORDER BY dump_id LIMIT 1
"""

_LINKS_SQL: Final = """
WITH stories AS (SELECT article_id FROM articles UNION ALL SELECT article_id FROM duplicates)
SELECT * FROM (
    SELECT article_id, 'is there ' || count(*) || ' times' FROM stories GROUP BY ALL HAVING count(*) > 1
    UNION ALL
    SELECT article_id, 'is a duplicate of ' || duplicate_of || ', which is no article' FROM duplicates
    WHERE duplicate_of NOT IN (SELECT article_id FROM articles)
    UNION ALL
    SELECT coalesce(s.article_id, c.article_id), 'has ' || count(c.article_id) || ' rows in clusters and '
           || count(s.article_id) || ' in articles and duplicates'
    FROM stories s FULL JOIN clusters c ON s.article_id = c.article_id
    GROUP BY 1 HAVING count(c.article_id) <> 1 OR count(s.article_id) <> 1
) ORDER BY ALL LIMIT 1
"""


def check_dump(
    dump_id: str,
    nonblank_lines: Sequence[int],
    *,
    kept: Iterable[Sequence[int]],
    removed: Iterable[int],
    cut: Iterable[int] = (),
) -> None:
    """Check that the lines of one dump are all accounted for, once each.

    Args:
        dump_id: for the message.
        nonblank_lines: numbers of the dump's lines that hold more than white space.
        kept: ``kept_lines`` of each article, duplicate and quarantine row of the dump.
        removed: number of each line taken out whole, a number once a line however many removals make it up.
        cut: numbers of lines that lost a part and were kept.

    Raises:
        LawBrokenError: a line is lost, claimed twice, or does not exist; names dump and line.
    """
    claims = Counter(line for lines in kept for line in lines)
    stray = next((line for line in cut if line not in claims), None)
    if stray is not None:
        raise _broken(dump_id, stray, "lost a part, but no row keeps the rest")
    claims.update(removed)
    for line in nonblank_lines:
        if claims[line] != 1:
            raise _broken(dump_id, line, f"is kept or removed {claims[line]} times, expected once")
    beyond = claims.keys() - set(nonblank_lines)
    if beyond:
        raise _broken(dump_id, min(beyond), "is kept or removed, but is blank or not in the dump")


def check_changes(snapshot: Snapshot, changes: Mapping[str, TableChange]) -> None:
    """Check the rows a publication is about to add against each other, before anything is visible.

    A publication that also takes files out is checked as the whole tables it would leave.

    Raises:
        LawBrokenError: a count is wrong; names the dump. Nothing was published.
    """
    state = snapshot.layout.state
    if not changes.keys() & set(_BOOKS):
        return
    rewritten = any(changes[name].removed for name in _BOOKS if name in changes)
    files: dict[str, list[Path]] = {}
    for name in _BOOKS:
        change = changes.get(name, TableChange())
        files[name] = [state / addition.staged for addition in change.added]
        if rewritten:
            gone = {removed.path for removed in change.removed}
            stay = (file.path for file in snapshot.files(name) if file.path not in gone)
            files[name] += [snapshot.locate(name, path) for path in stay]
    _check_counts(files)


def check_snapshot(snapshot: Snapshot) -> None:
    """Check the published tables: counts, ids that are there once, duplicates of articles, clusters of all.

    Reads ids only, joined by DuckDB in half a gigabyte of memory and the system's temporary folder.

    Raises:
        LawBrokenError: names the first dump or article that does not fit.
    """
    files = {name: [snapshot.locate(name, file.path) for file in snapshot.files(name)] for name in TABLES}
    _check_counts(files)
    row = _first(files, _LINKS_SQL)
    if row is not None:
        raise LawBrokenError(f"article {row[0]!r} {row[1]}", article_id=row[0])


def _check_counts(files: dict[str, list[Path]]) -> None:
    row = _first(files, _COUNTS_SQL)
    if row is None:
        return
    dump_id, times, kind, reason, told, found = row
    message = (
        f"dump {dump_id!r} ({kind}, reason {reason!r}) has {times or 0} rows in records, expected 1, which tell"
        f" {told} articles, duplicates and quarantined; the tables hold {found}"
    )
    raise LawBrokenError(message, dump_id=dump_id)


def _first(files: dict[str, list[Path]], sql: str) -> tuple[object, ...] | None:
    import duckdb  # here, as the next: workers ask the law of a dump alone, and it costs them 0.13 s

    from pipeline.store.query import connect_files

    with tempfile.TemporaryDirectory(prefix="broadsheet-") as folder:
        connection = connect_files(files, temporary=Path(folder), memory=_MEMORY)
        try:
            found: tuple[object, ...] | None = connection.execute(sql).fetchone()
        except duckdb.Error as exc:
            raise StoreError(f"the law could not be checked: {exc}") from exc
        finally:
            connection.close()
    return found


def _broken(dump_id: str, line: int, what: str) -> LawBrokenError:
    return LawBrokenError(f"line {line} of dump {dump_id!r} {what}", dump_id=dump_id, line=line)
