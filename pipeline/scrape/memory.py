"""The memory of a crawl: one SQLite file with every URL, robots.txt and archive file.

It is the only truth about what was done. Each settled fetch is one transaction, in which its archive records are known
too, so that a process killed at any moment has lost the requests that were under way and nothing else.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from pipeline.errors import StoreError

VERSION = 1
"""Layout of the file; another one is refused."""

_SCHEMA = """
CREATE TABLE sessions (
    id INTEGER PRIMARY KEY,
    started_at REAL NOT NULL,          -- seconds since the epoch, as all times here
    ended_at REAL
);
CREATE TABLE urls (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,          -- one spelling for all
    url TEXT NOT NULL,                 -- as it is asked
    origin TEXT NOT NULL,
    source TEXT NOT NULL,
    kind TEXT NOT NULL,
    rank INTEGER NOT NULL,             -- what leads to pages is asked before pages
    is_seed INTEGER NOT NULL,          -- named by the user
    state TEXT NOT NULL,
    why TEXT NOT NULL,
    detail TEXT NOT NULL DEFAULT '',
    found_in TEXT NOT NULL,            -- key of the document it was found in; empty for a seed
    found_at REAL NOT NULL,
    depth INTEGER NOT NULL DEFAULT 0,  -- indexes above a sitemap
    hops INTEGER NOT NULL DEFAULT 0,   -- redirects that led here
    tries INTEGER NOT NULL DEFAULT 0,  -- failures since it was queued
    failures INTEGER NOT NULL DEFAULT 0, -- runs in a row that ended in a failure
    due_at REAL NOT NULL DEFAULT 0,
    told_at REAL,                      -- when feed or sitemap says it changed
    asked_at REAL,
    first_fetched_at REAL,
    fetched_at REAL,                   -- when its bytes last came or were confirmed
    session INTEGER,                   -- that settled it last
    status INTEGER,
    seconds REAL,                      -- that its last request took
    etag TEXT,
    last_modified TEXT,
    digest TEXT,                       -- of the content, its codings undone
    payload TEXT,                      -- WARC-Payload-Digest of the record that holds it
    record TEXT,                       -- WARC-Date of that record
    warc TEXT,
    warc_end INTEGER                   -- where its records end in that file
);
CREATE INDEX urls_queued ON urls (origin, rank, id) WHERE state = 'queued';
CREATE INDEX urls_by_source ON urls (source, kind, state, why);
CREATE TABLE origins (
    origin TEXT PRIMARY KEY,
    robots TEXT NOT NULL,
    asked_at REAL NOT NULL
);
CREATE TABLE warcs (
    name TEXT PRIMARY KEY,             -- relative to the raw folder
    size INTEGER NOT NULL,             -- bytes of whole records
    is_closed INTEGER NOT NULL
);
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenWarc:
    """An archive file that was being written: its name, and how many bytes of it are whole records."""

    name: str
    size: int


class Memory:
    """The open file. Not shared: a lock keeps one scrape a raw folder (:func:`pipeline.store.lock.run_lock`)."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.db = connection

    @classmethod
    def open(cls, path: Path, *, create: bool = True) -> Self:
        """Return the memory in ``path``, made if it is not there and ``create`` is set.

        Raises:
            StoreError: it is not there, cannot be opened, or has another layout.
        """
        if not create and not path.is_file():
            raise StoreError(f"{str(path)!r} does not exist: nothing was scraped into this folder yet")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            db = sqlite3.connect(path, isolation_level=None)
            db.row_factory = sqlite3.Row
            found = db.execute("PRAGMA user_version").fetchone()[0]
            if found not in (0, VERSION):
                db.close()
                raise StoreError(f"{str(path)!r} has layout {found}, expected {VERSION}: move it away and scrape anew")
            # NORMAL: a killed process loses nothing; a machine that loses power may lose the last moments, which
            # recovery of the archive files expects.
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = NORMAL")
            if found == 0:
                db.executescript(f"BEGIN; {_SCHEMA} PRAGMA user_version = {VERSION}; COMMIT;")
        except (sqlite3.Error, OSError) as exc:
            raise StoreError(f"memory of the crawl {str(path)!r} cannot be opened: {exc}") from exc
        return cls(db)

    def close(self) -> None:
        """Close the file."""
        self.db.close()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Give the connection inside a transaction: all of the body, or nothing.

        Raises:
            StoreError: the disk refuses.
        """
        try:
            with self.db:  # commits, or rolls back if the body raises
                self.db.execute("BEGIN IMMEDIATE")
                yield self.db
        except sqlite3.OperationalError as exc:
            raise StoreError(f"memory of the crawl cannot be written: {exc}") from exc

    # ------------------------------------------------------------ robots.txt

    def robots(self, origin: str, not_before: float) -> str | None:
        """Return the robots.txt of an origin if it was asked for at ``not_before`` or later, else None."""
        row = self.db.execute(
            "SELECT robots FROM origins WHERE origin = ? AND asked_at >= ?", (origin, not_before)
        ).fetchone()
        return None if row is None else str(row["robots"])

    def keep_robots(self, origin: str, text: str, now: float) -> None:
        """Remember the robots.txt of an origin."""
        with self.transaction() as db:
            db.execute("INSERT OR REPLACE INTO origins VALUES (?, ?, ?)", (origin, text, now))

    # ------------------------------------------------------------ archive files

    def open_warcs(self) -> list[OpenWarc]:
        """Return the archive files that were not closed."""
        rows = self.db.execute("SELECT name, size FROM warcs WHERE is_closed = 0 ORDER BY name")
        return [OpenWarc(name=row["name"], size=row["size"]) for row in rows]

    def has_warc(self, name: str) -> bool:
        """Return whether an archive file of that name was ever begun."""
        return self.db.execute("SELECT 1 FROM warcs WHERE name = ?", (name,)).fetchone() is not None

    def keep_warc(self, name: str, size: int, *, is_closed: bool) -> None:
        """Remember how far an archive file is whole, and whether it is done."""
        with self.transaction() as db:
            db.execute("INSERT OR REPLACE INTO warcs VALUES (?, ?, ?)", (name, size, is_closed))

    def lost(self, name: str, size: int) -> int:
        """Queue again what was archived behind byte ``size`` of a file that lost its end; return how many URLs.

        Their validators go too: with them the server would say «not modified» of what nobody has any more.
        """
        with self.transaction() as db:
            done = db.execute(
                "UPDATE urls SET state = 'queued', why = 'retry', due_at = 0, etag = NULL, last_modified = NULL,"
                " digest = NULL, detail = 'its record was lost' WHERE warc = ? AND warc_end > ?",
                (name, size),
            )
            return done.rowcount
