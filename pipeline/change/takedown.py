"""What a request to take something down means in the tables: which dumps as a whole, which single stories."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.errors import InputError
from pipeline.read.identity import clean_url, profile_of
from pipeline.settings import SourceSettings
from pipeline.store.reader import Snapshot

_STORY = ("article_id", "dump_id", "url", "site", "first_line", "last_line")


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is to be forgotten: a page by its ``url``, a ``site``, or one story by ``article_id``; exactly one of them.

    ``copies``: also every story of the clusters that what is named belongs to, on whatever site.
    """

    url: str | None = None
    site: str | None = None
    article_id: str | None = None
    copies: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Takedown:
    """``stories`` go (article or duplicate ids), and of ``dumps`` everything else too.

    ``lines``: of other dumps, which keep further stories, the first and last line of each story that goes.
    """

    stories: frozenset[str] = frozenset()
    dumps: frozenset[str] = frozenset()
    lines: dict[str, list[tuple[int, int]]] = field(default_factory=dict)


def find(snapshot: Snapshot, request: Request, sources: Sequence[SourceSettings]) -> Takedown:
    """Return what ``request`` names; a page of several stories named by one of them keeps the others.

    Raises:
        InputError: not exactly one thing is named, or the tables hold nothing of it.
    """
    named = [one for one in (request.url, request.site, request.article_id) if one]
    if len(named) != 1:
        raise InputError("name one thing to forget: --url, --site or --id")
    rows = list(_stories(snapshot, _chooser(request)))
    if request.copies:
        members = _members(snapshot, [str(row["article_id"]) for row in rows])
        rows = list(_stories(snapshot, _isin("article_id", members)))
    by_profile = set(_dumps_of_site(snapshot, request.site, sources)) if request.site else set()
    if not rows and not by_profile:
        raise InputError(f"the tables hold nothing of {named[0]!r}: check how it is written", source=named[0])
    whole = {str(row["dump_id"]) for row in rows if _is_named(row, request)} | by_profile
    single: defaultdict[str, list[dict[str, object]]] = defaultdict(list)
    for row in rows:
        if row["dump_id"] not in whole:
            single[str(row["dump_id"])].append(row)
    left = _with_other_stories(snapshot, single)
    whole |= single.keys() - left
    return Takedown(
        stories=frozenset(_ids_of(snapshot, whole)) | {str(row["article_id"]) for row in rows},
        dumps=frozenset(whole),
        lines={key: [_span(row) for row in single[key]] for key in sorted(left)},
    )


def _is_named(row: dict[str, object], request: Request) -> bool:
    """Return whether the page of a story goes as a whole: it is of the address or site asked for."""
    if request.url:
        return _page(str(row["url"] or "")) == _page(request.url)
    return bool(request.site) and row["site"] == request.site


def _chooser(request: Request) -> pc.Expression:
    if request.article_id:
        return pc.field("article_id") == request.article_id
    if request.site:
        return pc.field("site") == request.site
    address = _page(request.url or "")
    return (pc.field("url") == address) | pc.starts_with(pc.field("url"), f"{address}#")


def _page(url: str) -> str:
    return (clean_url(url) or url).partition("#")[0]


def _isin(column: str, ids: Sequence[str]) -> pc.Expression:
    return pc.field(column).isin(pa.array(sorted(ids), pa.string()))


def _stories(snapshot: Snapshot, wanted: pc.Expression) -> Iterator[dict[str, object]]:
    for table in ("articles", "duplicates"):
        for batch in snapshot.read(table, _STORY, wanted):
            yield from batch.to_pylist()


def _members(snapshot: Snapshot, ids: Sequence[str]) -> list[str]:
    """Return all stories of the clusters of ``ids``."""
    clusters = [key for batch in snapshot.rows_of_ids("clusters", ids, ["cluster_id"]) for key in batch[0].to_pylist()]
    members = snapshot.read("clusters", ["article_id"], _isin("cluster_id", clusters))
    return [key for batch in members for key in batch[0].to_pylist()]


def _ids_of(snapshot: Snapshot, dumps: set[str]) -> Iterator[str]:
    for row in _stories(snapshot, _isin("dump_id", sorted(dumps))):
        yield str(row["article_id"])


def _dumps_of_site(snapshot: Snapshot, site: str | None, sources: Sequence[SourceSettings]) -> Iterator[str]:
    """Yield the dumps whose path the settings give to ``site``: also those that gave no story."""
    for batch in snapshot.read("records", ["dump_id", "source_path"]) if sources else ():
        for row in batch.to_pylist():
            if profile_of(row["source_path"], sources).site == site:
                yield row["dump_id"]


def _with_other_stories(snapshot: Snapshot, single: dict[str, list[dict[str, object]]]) -> set[str]:
    """Return those dumps of ``single`` that have stories or quarantined parts beside those named."""
    left: set[str] = set()
    named = {str(row["article_id"]) for rows in single.values() for row in rows}
    for row in _stories(snapshot, _isin("dump_id", sorted(single))):
        if row["article_id"] not in named:
            left.add(str(row["dump_id"]))
    for batch in snapshot.read("quarantine", ["dump_id"], _isin("dump_id", sorted(single))):
        left.update(batch[0].to_pylist())
    return left


def _span(row: dict[str, object]) -> tuple[int, int]:
    first, last = row["first_line"], row["last_line"]
    return (first, last) if isinstance(first, int) and isinstance(last, int) else (0, 0)
