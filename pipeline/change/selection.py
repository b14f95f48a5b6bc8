"""Which dumps a backfill cleans again, and which earlier ones it replaces.

Dumps are chosen, not dates: by the day they were crawled or by the day a story of theirs was published. A file that
still exists with other bytes replaces what was read from it before; a file that is gone leaves its rows alone.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

import numpy as np
import pyarrow.compute as pc

from pipeline.records import FORGOTTEN, Reason
from pipeline.shards.clean import ShardResult
from pipeline.shards.prints import read_rows
from pipeline.store.known import KnownIds
from pipeline.store.reader import Snapshot

By: TypeAlias = Literal["raw", "published"]
Mode: TypeAlias = Literal["missing", "overwrite", "changed"]
Place: TypeAlias = tuple[str, str | None]

# Where a file was not read to its end for these, what is missing of it need not be gone.
_NOT_THE_BYTES = (Reason.UNREADABLE, Reason.CHANGED_WHILE_READ, Reason.TIMEOUT, Reason.MEMORY, Reason.CRASH)
_RECORD = ("dump_id", "source_path", "source_record", "date", "first_as_of", "rules_digest")
# What was taken down is neither cleaned again nor replaced.
_IS_LIVE = pc.field("reason").is_null() | (pc.field("reason") != FORGOTTEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Criteria:
    """What a backfill is asked for: days ``first`` to ``last``, both inclusive.

    ``by`` "raw": dumps crawled on these days; "published": dumps with a story that was published then. ``mode``
    "missing": dumps not in the tables yet; "overwrite": all; "changed": those that other rules cleaned.
    """

    first: dt.date
    last: dt.date
    by: By
    mode: Mode

    def has(self, day: dt.date | None) -> bool:
        """Return whether a day is asked for."""
        return day is not None and self.first <= day <= self.last


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """``wanted``: the dumps to clean, each with the as-of it was first read at; they lie under ``paths``.

    ``replaced``: published dumps whose rows go, most of them to come again, with their crawl dates. ``other_bytes``:
    the paths among them whose file holds something else now.
    """

    wanted: Mapping[str, dt.date]
    replaced: Mapping[str, dt.date]
    paths: frozenset[str]
    other_bytes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """A published dump."""

    dump_id: str
    place: Place
    date: dt.date
    first_as_of: dt.date
    is_asked: bool


def select(
    snapshot: Snapshot,
    scouted: Sequence[ShardResult],
    listed: frozenset[str],
    criteria: Criteria,
    *,
    rules_digest: str,
    as_of: dt.date,
    scratch: Path,
) -> Selection:
    """Return what to clean again, given what ``scouted`` shards tell of all raw files.

    ``listed``: paths of the files there are. Holds the dumps asked for, their ids and paths; streams over the others.
    """
    seen = _seen(scouted, scratch / "seen")
    new = list(_new(scouted, criteria))
    if criteria.mode == "missing":
        fresh = {dump_id: (place, as_of) for dump_id, place, is_asked in new if is_asked}
        return _selection(fresh, [], ())
    asked = _published_on(snapshot, criteria) if criteria.by == "published" else None
    sound = listed - _broken_off(snapshot, scouted, seen)
    again: list[_Known] = []
    gone: list[_Known] = []
    for known, is_seen in _known(snapshot, seen, criteria, asked, rules_digest):
        if is_seen and known.is_asked:
            again.append(known)
        elif not is_seen and known.place[0] in sound:
            gone.append(known)
    return _with_replaced(snapshot, seen, criteria, again, gone, new, as_of)


def _with_replaced(
    snapshot: Snapshot,
    seen: KnownIds,
    criteria: Criteria,
    again: Sequence[_Known],
    gone: Sequence[_Known],
    new: Sequence[tuple[str, Place, bool]],
    as_of: dt.date,
) -> Selection:
    """Return the selection in which all dumps of one place whose bytes changed go together, or none of them."""
    before: defaultdict[Place, list[_Known]] = defaultdict(list)
    for known in gone:
        before[known.place].append(known)
    asked_places = {known.place for known in gone if known.is_asked}
    if criteria.mode == "overwrite":
        asked_places |= {place for _, place, is_asked in new if is_asked and place in before}
    now = list(_known_at(snapshot, seen, asked_places)) if asked_places else []
    first = {place: min(one.first_as_of for one in before[place]) for place in asked_places}
    wanted = {known.dump_id: (known.place, known.first_as_of) for known in again}
    wanted |= {known.dump_id: (known.place, min(first[known.place], known.first_as_of)) for known in now}
    for dump_id, place, is_asked in new:
        if place in asked_places:
            wanted[dump_id] = (place, first[place])
        elif is_asked and criteria.mode == "overwrite":
            wanted[dump_id] = (place, as_of)
    replaced = [*again, *now, *(known for place in asked_places for known in before[place])]
    return _selection(wanted, replaced, sorted({path for path, _ in asked_places}))


def _selection(
    wanted: Mapping[str, tuple[Place, dt.date]], replaced: Iterable[_Known], other_bytes: Sequence[str]
) -> Selection:
    return Selection(
        wanted={dump_id: day for dump_id, (_, day) in wanted.items()},
        replaced={known.dump_id: known.date for known in replaced},
        paths=frozenset(place[0] for place, _ in wanted.values()),
        other_bytes=tuple(other_bytes),
    )


def _seen(scouted: Sequence[ShardResult], target: Path) -> KnownIds:
    """Return the known dumps that the files still hold."""
    parts = [np.load(shard.known) for shard in scouted if shard.known is not None]
    ids = np.unique(np.concatenate(parts)) if parts else np.empty(0, "S16")
    target.write_bytes(ids.tobytes())
    return KnownIds(target)


def _new(scouted: Sequence[ShardResult], criteria: Criteria) -> Iterator[tuple[str, Place, bool]]:
    """Yield (dump id, place, is it of a day asked for) of every dump not in the tables."""
    for shard in scouted:
        dated: set[str] = set()
        if criteria.by == "published" and "articles" in shard.files:
            for batch in read_rows(shard.files["articles"]):
                days = zip(*(batch.column(name).to_pylist() for name in ("dump_id", "published_date")), strict=True)
                dated.update(dump_id for dump_id, day in days if criteria.has(day))
        for batch in read_rows(shard.files["records"]) if "records" in shard.files else ():
            for row in batch.select(["dump_id", "source_path", "source_record", "date"]).to_pylist():
                is_asked = row["dump_id"] in dated if criteria.by == "published" else criteria.has(row["date"])
                yield row["dump_id"], (row["source_path"], row["source_record"]), is_asked


def _published_on(snapshot: Snapshot, criteria: Criteria) -> frozenset[str]:
    field = pc.field("published_date")
    found: set[str] = set()
    for table in ("articles", "duplicates"):
        for batch in snapshot.read(table, ["dump_id"], (field >= criteria.first) & (field <= criteria.last)):
            found.update(batch.column(0).to_pylist())
    return frozenset(found)


def _broken_off(snapshot: Snapshot, scouted: Sequence[ShardResult], seen: KnownIds) -> set[str]:
    """Return the paths that could not be read to their end, now as before, for reasons that are not in the bytes."""
    columns, reasons = ["dump_id", "source_path"], [str(reason) for reason in _NOT_THE_BYTES]
    is_one = (pc.field("stage") == "read") & pc.field("reason").isin(reasons)
    paths: set[str] = set()
    for batch in snapshot.read("quarantine", columns, is_one):
        still = seen.contains(batch.column(0).to_pylist())
        paths.update(path for path, is_still in zip(batch.column(1).to_pylist(), still, strict=True) if is_still)
    for shard in scouted:
        for batch in read_rows(shard.files["quarantine"]) if "quarantine" in shard.files else ():
            paths.update(batch.filter(is_one).column("source_path").to_pylist())
    return paths


def _known(
    snapshot: Snapshot, seen: KnownIds, criteria: Criteria, asked: frozenset[str] | None, rules_digest: str
) -> Iterator[tuple[_Known, bool]]:
    """Yield each published dump that is asked for or no longer there, and whether it is still there."""
    for batch in snapshot.read("records", _RECORD, _IS_LIVE):
        is_seen = seen.contains(batch.column(0).to_pylist())
        for row, still in zip(batch.to_pylist(), is_seen.tolist(), strict=True):
            is_asked = criteria.has(row["date"]) if asked is None else row["dump_id"] in asked
            is_stale = row["rules_digest"] != rules_digest
            known = _known_of(row, is_asked=is_asked and (criteria.mode == "overwrite" or is_stale))
            if known.is_asked or not still:
                yield known, still


def _known_at(snapshot: Snapshot, seen: KnownIds, places: set[Place]) -> Iterator[_Known]:
    """Yield the published dumps of ``places`` that are still there."""
    for batch in snapshot.read("records", _RECORD, _IS_LIVE):
        is_seen = seen.contains(batch.column(0).to_pylist())
        for row, still in zip(batch.to_pylist(), is_seen.tolist(), strict=True):
            if still and (row["source_path"], row["source_record"]) in places:
                yield _known_of(row, is_asked=True)


def _known_of(row: Mapping[str, Any], *, is_asked: bool) -> _Known:
    place = (row["source_path"], row["source_record"])
    days = {name: row[name] for name in ("date", "first_as_of")}
    return _Known(dump_id=row["dump_id"], place=place, is_asked=is_asked, **days)
