"""Which URL is asked next, and what became of each: every one ever found has a state and a reason.

A session is one run. One that was killed is gone on with; the next one asks feeds and sitemaps again, and pages as
their source's policy says.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from pipeline.errors import FetchError
from pipeline.scrape.discover import Link
from pipeline.scrape.memory import Memory
from pipeline.scrape.sources import Source
from pipeline.scrape.states import Kind, State, Why
from pipeline.scrape.urls import joined, key_of, origin_of, outside, unwanted

MAX_SITEMAP_DEPTH = 3
"""Indexes above a sitemap; the protocol knows one."""

MAX_SITEMAPS = 5_000
"""Sitemaps of a source that are asked: with 50,000 addresses each more than any site has."""

_RANKS = {Kind.FEED: 0, Kind.SITEMAP: 1, Kind.SECTION: 2, Kind.PAGE: 3}
_DAY = 86_400.0
_STALE_SESSION = _DAY / 2  # a killed run older than this is not gone on with: its feeds have moved on
_MOST_FAILED_SESSIONS = 5
# Sitemaps below an index that tells when each changed are queued by what it tells; all else that leads to pages is
# always asked.
_BEGIN = """
UPDATE urls SET state = 'queued', why = 'recheck', tries = 0, hops = 0, due_at = 0
WHERE source IN (SELECT value FROM json_each(:names)) AND state <> 'queued' AND (
    (kind <> 'page' AND (is_seed OR told_at IS NULL) AND state IN ('fetched', 'unchanged', 'failed', 'redirected'))
    OR (state = 'failed' AND failures < :most AND (why IN ('timeout', 'network') OR status >= 500 OR status = 429))
    OR (state = 'refused' AND why IN ('robots', 'robots unreachable')))
"""
_RECHECK = """
UPDATE urls SET state = 'queued', why = 'recheck', tries = 0, hops = 0, due_at = 0
WHERE source = :source AND kind = 'page' AND state IN ('fetched', 'unchanged')
    AND asked_at <= :now - :hours * 3600 AND first_fetched_at > :now - :days * 86400
"""
_SETTLE = """
UPDATE urls SET state = :state, why = :why, detail = :detail, tries = :tries, due_at = :due_at, session = :session,
    url = :url, origin = :origin, hops = :hops, status = coalesce(:status, status),
    seconds = CASE WHEN :is_asked THEN :seconds ELSE seconds END,
    failures = CASE :state WHEN 'failed' THEN failures + 1 WHEN 'queued' THEN failures ELSE 0 END,
    asked_at = CASE WHEN :is_asked THEN :now ELSE asked_at END,
    fetched_at = CASE WHEN :state IN ('fetched', 'unchanged') THEN :now ELSE fetched_at END,
    first_fetched_at = CASE WHEN :state = 'fetched' THEN coalesce(first_fetched_at, :now) ELSE first_fetched_at END,
    etag = CASE WHEN :is_new THEN :etag ELSE etag END,
    last_modified = CASE WHEN :is_new THEN :last_modified ELSE last_modified END,
    digest = CASE WHEN :is_new THEN :digest ELSE digest END,
    payload = CASE WHEN :is_new THEN :payload ELSE payload END,
    record = CASE WHEN :is_new THEN :record ELSE record END,
    warc = coalesce(:warc, warc), warc_end = coalesce(:warc_end, warc_end)
WHERE id = :id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A URL whose turn it is, with what is remembered of its last fetch."""

    id: int
    key: str
    url: str
    origin: str
    source: str
    kind: Kind
    found_in: str
    depth: int
    hops: int
    tries: int
    etag: str | None
    last_modified: str | None
    digest: str | None
    payload: str | None
    record: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Archived:
    """Where the records of a fetch lie: ``end`` is the byte behind them in the file ``warc``."""

    warc: str
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What became of a target. ``due_at``: when it is asked again, if it stays queued. ``moved_to``: its new address.

    ``links`` are what its document leads to; ``redirect`` where its answer stands. ``digest``, ``payload``, ``record``,
    ``etag`` and ``last_modified`` describe new content (state fetched).
    """

    state: State
    why: Why
    detail: str = ""
    status: int | None = None
    is_asked: bool = True
    seconds: float | None = None
    tries: int = 0
    due_at: float = 0
    moved_to: str | None = None
    links: Sequence[Link] = ()
    redirect: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    digest: str | None = None
    payload: str | None = None
    record: str | None = None
    archived: Archived | None = None


class Frontier:
    """The queue, kept in the memory of the crawl."""

    def __init__(self, memory: Memory, sources: Sequence[Source]) -> None:
        self._memory = memory
        self._sources = {source.name: source for source in sources}
        self._left = {source.name: source.max_pages for source in sources}
        self.session = 0

    def begin(self, now: float) -> bool:
        """Begin a session, or go on with one that was killed; return whether it goes on."""
        db = self._memory.db
        last = db.execute("SELECT * FROM sessions ORDER BY id DESC LIMIT 1").fetchone()
        goes_on = last is not None and last["ended_at"] is None and now - last["started_at"] < _STALE_SESSION
        with self._memory.transaction():
            if goes_on:
                self.session = last["id"]
            else:
                done = db.execute("INSERT INTO sessions (started_at) VALUES (?)", (now,))
                self.session = int(done.lastrowid or 0)
                self._queue_again(now)
            for source in self._sources.values():
                self._add_seeds(source, now)
        for row in db.execute(
            "SELECT source, count(*) AS n FROM urls WHERE session = ? AND kind = 'page' AND state <> 'queued'"
            " AND asked_at IS NOT NULL GROUP BY source",
            (self.session,),
        ):
            if row["source"] in self._left:
                self._left[row["source"]] -= row["n"]
        return goes_on

    def _queue_again(self, now: float) -> None:
        db = self._memory.db
        names = _json(self._sources)
        db.execute(_BEGIN, {"names": names, "most": _MOST_FAILED_SESSIONS})
        for source in self._sources.values():
            if source.recheck_days > 0:
                policy = {"source": source.name, "hours": source.recheck_hours, "days": source.recheck_days}
                db.execute(_RECHECK, {**policy, "now": now})

    def _add_seeds(self, source: Source, now: float) -> None:
        for kind, urls in (
            (Kind.FEED, source.feeds),
            (Kind.SITEMAP, source.sitemaps),
            (Kind.SECTION, source.sections),
            (Kind.PAGE, source.pages),
        ):
            for url in urls:
                self._add(source, Link(url=url, kind=kind), base=url, found_in="", depth=0, now=now)

    def end(self, now: float) -> None:
        """Say that the session is over; what is queued waits for the next."""
        with self._memory.transaction() as db:
            db.execute("UPDATE sessions SET ended_at = ? WHERE id = ?", (now, self.session))

    # ------------------------------------------------------------ what is next

    def waiting(self) -> list[str]:
        """Return the origins that have something queued, in order."""
        rows = self._memory.db.execute(
            "SELECT DISTINCT origin FROM urls WHERE state = 'queued' AND source IN (SELECT value FROM json_each(?))"
            " ORDER BY origin",
            (_json(self._sources),),
        )
        return [row["origin"] for row in rows]

    def next(self, origin: str, busy: Collection[int], now: float) -> Target | None:
        """Return the next target of an origin that is due and not ``busy`` (ids), or None."""
        for row in self._queued(origin):
            if row["id"] not in busy and row["due_at"] <= now and not self._is_spent(row):
                return _target(row)
        return None

    def next_due(self, origin: str, busy: Collection[int]) -> float | None:
        """Return when the first target of an origin that is not ``busy`` will be due, None if there is none."""
        due = [row["due_at"] for row in self._queued(origin) if row["id"] not in busy and not self._is_spent(row)]
        return min(due, default=None)

    def _queued(self, origin: str) -> Iterator[sqlite3.Row]:
        return iter(
            self._memory.db.execute(
                "SELECT * FROM urls WHERE state = 'queued' AND origin = ? ORDER BY rank, id", (origin,)
            )
        )

    def _is_spent(self, row: sqlite3.Row) -> bool:
        """Return whether a target's source is not asked now, or its pages have been asked often enough in this run."""
        return self._left.get(row["source"], 0) <= 0 if row["kind"] == Kind.PAGE else row["source"] not in self._left

    def put_off(self, origin: str, detail: str) -> None:
        """Leave what is queued of an origin to the next run, and say why."""
        with self._memory.transaction() as db:
            db.execute(
                "UPDATE urls SET why = ?, detail = ? WHERE state = 'queued' AND origin = ?",
                (Why.PUT_OFF, detail, origin),
            )

    def put_off_spent(self, detail: str) -> None:
        """Leave all that is still queued to the next run; ``detail`` where a source's own limit is not the reason."""
        with self._memory.transaction() as db:
            for name, left in self._left.items():
                said = f"max_pages of {self._sources[name].max_pages:,} reached" if left <= 0 else detail
                db.execute(
                    "UPDATE urls SET why = ?, detail = ? WHERE state = 'queued' AND why <> ? AND source = ?",
                    (Why.PUT_OFF, said, Why.PUT_OFF, name),
                )

    # ------------------------------------------------------------ what became of it

    def settle(self, target: Target, settled: Settled, now: float) -> set[str]:
        """Remember what became of ``target`` and what it led to, in one transaction; return origins with new work."""
        source = self._sources[target.source]
        url = settled.moved_to or target.url
        if target.kind is Kind.PAGE and settled.is_asked:
            self._left[target.source] -= 1
        with self._memory.transaction() as db:
            db.execute(_SETTLE, {**_values(target, settled, url), "session": self.session, "now": now})
            if settled.archived is not None:
                kept = (settled.archived.warc, settled.archived.end, False)
                db.execute("INSERT OR REPLACE INTO warcs VALUES (?, ?, ?)", kept)
            found = {origin_of(url)} if settled.moved_to else set()
            for link in settled.links:
                found |= self._add(source, link, base=url, found_in=target.key, depth=target.depth + 1, now=now)
            if settled.redirect is not None:
                link = Link(url=settled.redirect, kind=target.kind)
                found |= self._add(
                    source, link, base=url, found_in=target.key, depth=target.depth, now=now, hops=target.hops + 1
                )
        return found

    def add_sitemaps(self, source: Source, urls: Iterable[str], base: str, now: float) -> set[str]:
        """Queue sitemaps that a robots.txt names; return origins with new work."""
        found: set[str] = set()
        with self._memory.transaction():
            for url in urls:
                found |= self._add(source, Link(url=url, kind=Kind.SITEMAP), base=base, found_in=base, depth=0, now=now)
        return found

    def _add(
        self, source: Source, link: Link, *, base: str, found_in: str, depth: int, now: float, hops: int = 0
    ) -> set[str]:
        """Take a link into the books; return its origin if it is to be asked, and nothing of what leads nowhere."""
        try:
            url = joined(base, link.url)
            key, origin = key_of(url), origin_of(url)
        except FetchError:
            return set()  # javascript:, mailto: and the like: no URL of the web
        is_seed = not found_in
        refused = None if is_seed else self._refusal(source, link, url, depth, now)
        row = self._memory.db.execute("SELECT * FROM urls WHERE key = ?", (key,)).fetchone()
        told_at = link.modified.timestamp() if link.modified else None
        state, why = (State.REFUSED, refused) if refused else (State.QUEUED, Why.NEW)
        if row is None:
            self._memory.db.execute(
                "INSERT INTO urls (key, url, origin, source, kind, rank, is_seed, state, why, found_in, found_at,"
                " depth, hops, told_at, session) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    *(key, url, origin, source.name, link.kind, _RANKS[link.kind], is_seed, state, why),
                    *(found_in, now, depth, hops, told_at, self.session),
                ),
            )
            return set() if refused else {origin}
        return self._found_again(row, link.kind, refused, told_at, is_seed=is_seed)

    def _refusal(self, source: Source, link: Link, url: str, depth: int, now: float) -> Why | None:
        if outside(source, url):
            return Why.OUTSIDE
        if link.kind is Kind.SITEMAP:
            count = "SELECT count(*) FROM urls WHERE source = ? AND kind = 'sitemap' AND state <> 'refused'"
            most = self._memory.db.execute(count, (source.name,)).fetchone()[0]
            return Why.TOO_DEEP if depth > MAX_SITEMAP_DEPTH or most >= MAX_SITEMAPS else None
        if link.kind is not Kind.PAGE:
            return None
        if unwanted(source, url):
            return Why.EXCLUDED
        if source.max_age_days is not None and link.modified is not None:
            is_old = now - link.modified.timestamp() > source.max_age_days * _DAY
            return Why.TOO_OLD if is_old else None
        return None

    def _found_again(
        self, row: sqlite3.Row, kind: Kind, refused: Why | None, told_at: float | None, *, is_seed: bool
    ) -> set[str]:
        """Queue a known URL again if its source says it changed, or the user's bounds now let it in."""
        db = self._memory.db
        if is_seed and (row["kind"] != kind or not row["is_seed"]):
            db.execute("UPDATE urls SET kind = ?, rank = ?, is_seed = 1 WHERE id = ?", (kind, _RANKS[kind], row["id"]))
        was_refused = row["state"] == State.REFUSED and row["why"] in (Why.OUTSIDE, Why.EXCLUDED, Why.TOO_OLD)
        changed = told_at is not None and row["asked_at"] is not None and told_at > row["asked_at"]
        lets_in = refused is None and (
            was_refused or (changed and row["state"] in (State.FETCHED, State.UNCHANGED, State.FAILED))
        )
        if told_at is not None:
            db.execute("UPDATE urls SET told_at = ? WHERE id = ?", (told_at, row["id"]))
        if not lets_in:
            return set()
        db.execute(
            "UPDATE urls SET state = 'queued', why = ?, tries = 0, hops = 0, due_at = 0 WHERE id = ?",
            (Why.NEW if was_refused else Why.RECHECK, row["id"]),
        )
        return {row["origin"]}


def _target(row: sqlite3.Row) -> Target:
    return Target(
        id=row["id"],
        key=row["key"],
        url=row["url"],
        origin=row["origin"],
        source=row["source"],
        kind=Kind(row["kind"]),
        found_in=row["found_in"],
        depth=row["depth"],
        hops=row["hops"],
        tries=row["tries"],
        etag=row["etag"],
        last_modified=row["last_modified"],
        digest=row["digest"],
        payload=row["payload"],
        record=row["record"],
    )


def _values(target: Target, settled: Settled, url: str) -> dict[str, object]:
    """Return what ``_SETTLE`` asks for, without time and session."""
    return {
        "id": target.id,
        "state": settled.state,
        "why": settled.why,
        "detail": settled.detail[:300],
        "tries": settled.tries,
        "due_at": settled.due_at,
        "url": url,
        "origin": origin_of(url),
        "hops": target.hops + (settled.moved_to is not None),
        "status": settled.status,
        "is_asked": settled.is_asked,
        "seconds": settled.seconds,
        "is_new": settled.state is State.FETCHED,
        "etag": settled.etag,
        "last_modified": settled.last_modified,
        "digest": settled.digest,
        "payload": settled.payload,
        "record": settled.record,
        "warc": settled.archived.warc if settled.archived else None,
        "warc_end": settled.archived.end if settled.archived else None,
    }


def _json(names: Iterable[str]) -> str:
    return json.dumps(list(names))
