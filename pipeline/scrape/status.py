"""What became of every URL of every source, counted or one by one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.scrape.memory import Memory
from pipeline.scrape.states import Kind, State


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """URLs of a source that stand alike; ``detail`` is an example's."""

    source: str
    kind: Kind
    state: State
    why: str
    count: int
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScrapeReport:
    """What a session did. ``went_on``: it finished one that was killed. ``warcs``: files put in place, below raw."""

    session: int
    went_on: bool
    seconds: float
    counts: Sequence[Count]
    warcs: Sequence[str]

    def pages(self, state: State) -> int:
        """Return how many pages ended in a state."""
        return sum(one.count for one in self.counts if one.kind is Kind.PAGE and one.state is state)


def counts(memory: Memory, session: int | None = None) -> list[Count]:
    """Return all URLs counted by source, kind, state and reason; those settled in one session if it is given."""
    chosen = "WHERE session = :session" if session is not None else ""
    rows = memory.db.execute(
        "SELECT source, kind, state, why, count(*) AS n, min(nullif(detail, '')) AS detail FROM urls"  # noqa: S608
        f" {chosen} GROUP BY source, kind, state, why ORDER BY source, kind, state, why",
        {"session": session},
    )
    return [
        Count(
            source=row["source"],
            kind=Kind(row["kind"]),
            state=State(row["state"]),
            why=row["why"],
            count=row["n"],
            detail=row["detail"] or "",
        )
        for row in rows
    ]


def urls(memory: Memory) -> Iterator[dict[str, object]]:
    """Yield every URL with its state, reason and times (ISO 8601, UTC), by source and order of finding."""
    for row in memory.db.execute(
        "SELECT source, kind, url, state, why, detail, status, seconds, found_in, asked_at, fetched_at, warc FROM urls"
        " ORDER BY source, id"
    ):
        yield {
            name: _iso(row[name]) if name.endswith("_at") and row[name] is not None else row[name]
            for name in row.keys()  # noqa: SIM118 - a row is no mapping
        }


def summary_rows(found: Sequence[Count]) -> list[dict[str, object]]:
    """Return a row a source: pages by state, and why those without content have none."""
    rows = []
    for source in dict.fromkeys(one.source for one in found):
        pages = [one for one in found if one.source == source and one.kind is Kind.PAGE]
        other = [one for one in found if one.source == source and one.kind is not Kind.PAGE]
        numbers = {str(state): sum(one.count for one in pages if one.state is state) for state in State}
        rows.append({"source": source, **numbers, "why not": reasons([*other, *pages])})
    return rows


def reasons(found: Sequence[Count]) -> str:
    """Return in one line why URLs have no content, the commonest first; empty if all have."""
    without = [one for one in found if one.state in (State.REFUSED, State.FAILED) or one.why == "put off"]
    ordered = sorted(without, key=lambda one: (-one.count, one.kind, one.why))
    return "; ".join(_reason(one) for one in ordered)


def _reason(one: Count) -> str:
    example = f" ({one.detail})" if one.detail else ""
    return f"{one.count:,} {one.kind} {one.state}: {one.why}{example}"


def _iso(seconds: float) -> str:
    return dt.datetime.fromtimestamp(seconds, dt.UTC).isoformat(timespec="seconds")
