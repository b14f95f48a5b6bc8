"""One URL's turn: ask, and say what the answer means for it."""

from __future__ import annotations

import asyncio
import datetime as dt
import email.utils
import hashlib
from dataclasses import dataclass

from pipeline.errors import FetchError
from pipeline.scrape.archive import Archive, payload_digest, warc_date
from pipeline.scrape.discover import Link, read_links
from pipeline.scrape.fetch import WHOLE, Answer, Fetcher
from pipeline.scrape.frontier import Archived, Settled, Target
from pipeline.scrape.sources import CrawlSettings
from pipeline.scrape.states import Kind, State, Why
from pipeline.scrape.urls import joined, key_of

MAX_REDIRECTS = 5

_MOVED = (301, 302, 303, 307, 308)
_FOR_NOW = (408, 425, 429)
# What the reader of WARC files takes for a page, with the types that mean «whatever».
_PAGES = frozenset(
    {"", "text/html", "application/xhtml+xml", "text/plain", "application/octet-stream", "binary/octet-stream"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """The outcome of a turn. ``is_well``: the host answered as hosts do. ``wait_seconds``: it asked for a pause."""

    settled: Settled
    is_well: bool
    wait_seconds: float = 0


class Visitor:
    """Takes turns; knows neither queue nor pace."""

    def __init__(self, settings: CrawlSettings, fetcher: Fetcher, archive: Archive) -> None:
        self._settings = settings
        self._fetcher = fetcher
        self._archive = archive

    async def visit(self, target: Target, now: float) -> Visit:
        """Ask for ``target`` and return what became of it; its records are written, nothing is remembered yet.

        Raises:
            StoreError: the archive cannot be written.
        """
        is_page = target.kind is Kind.PAGE
        limit = self._settings.max_sitemap_bytes if target.kind is Kind.SITEMAP else self._settings.max_page_bytes
        try:
            answer = await self._fetcher.get(
                target.url, limit=limit, asking=_conditions(target), accepts=_is_page if is_page else None
            )
        except FetchError as exc:
            return self._failed(target, exc, now)
        if answer.status in _MOVED and answer.header("location") is not None:
            return Visit(settled=self._moved(target, answer), is_well=True)
        if answer.status == 304 and target.digest is not None:
            return Visit(settled=self._unchanged(target, answer, Why.NOT_MODIFIED), is_well=True)
        if answer.status not in WHOLE:
            return self._no_answer(target, answer, now)
        digest = hashlib.blake2b(answer.content, digest_size=16).hexdigest()
        if digest == target.digest:
            return Visit(settled=self._unchanged(target, answer, Why.SAME_BYTES), is_well=True)
        if is_page:
            archived = self._archive.keep(target, answer)
            return Visit(settled=_fetched(answer, digest, archived=archived), is_well=True)
        return Visit(settled=await self._document(target, answer, digest, limit), is_well=True)

    async def _document(self, target: Target, answer: Answer, digest: str, limit: int) -> Settled:
        """Read feed, sitemap or section page; in a thread, since a large one takes seconds."""
        ratio = self._settings.max_unpack_ratio
        try:
            links = await asyncio.to_thread(
                read_links, target.kind, answer.content, answer.url, limit=limit, max_ratio=ratio
            )
        except FetchError as exc:
            return _without(exc, status=answer.status)
        return _fetched(answer, digest, links=links)

    def _unchanged(self, target: Target, answer: Answer, why: Why) -> Settled:
        archived = self._archive.keep_revisit(target, answer) if target.kind is Kind.PAGE else None
        return Settled(state=State.UNCHANGED, why=why, status=answer.status, archived=archived)

    def _moved(self, target: Target, answer: Answer) -> Settled:
        if target.hops >= MAX_REDIRECTS:
            detail = f"more than {MAX_REDIRECTS} redirects"
            return Settled(state=State.FAILED, why=Why.REDIRECTS, detail=detail, status=answer.status)
        try:
            url = joined(target.url, answer.header("location") or "")
            is_same = key_of(url) == target.key
        except FetchError as exc:
            return _without(exc, status=answer.status)
        if is_same:  # with a slash more or less: no other page
            detail = f"moved to {url}"
            return Settled(state=State.QUEUED, why=Why.NEW, detail=detail, status=answer.status, moved_to=url)
        archived = self._archive.keep(target, answer) if target.kind is Kind.PAGE else None
        return Settled(
            state=State.REDIRECTED,
            why=Why.REDIRECT,
            detail=f"to {url}",
            status=answer.status,
            redirect=url,
            archived=archived,
        )

    def _no_answer(self, target: Target, answer: Answer, now: float) -> Visit:
        """Return what a status without a page means: to be tried again, or not."""
        is_for_now = answer.status >= 500 or answer.status in _FOR_NOW
        wait = _retry_after(answer, now) if is_for_now else 0.0
        is_too_long = wait > self._settings.max_retry_after_seconds
        said = f"HTTP {answer.status}" + (f", to be asked again in {wait:,.0f} s" if wait else "")
        exc = FetchError(said, why=Why.HTTP, is_transient=is_for_now and not is_too_long)
        visit = self._failed(target, exc, now, status=answer.status, wait=wait)
        return Visit(
            settled=visit.settled,
            is_well=not is_for_now,
            wait_seconds=min(wait, self._settings.max_retry_after_seconds),
        )

    def _failed(self, target: Target, exc: FetchError, now: float, status: int | None = None, wait: float = 0) -> Visit:
        tries = target.tries + 1
        why, is_transient = _why(exc), bool(exc.facts.get("is_transient"))
        is_well = why not in (Why.TIMEOUT, Why.NETWORK)
        if is_transient and tries < self._settings.tries:
            pause = max(wait, self._settings.backoff_seconds * 2 ** (tries - 1))
            settled = Settled(
                state=State.QUEUED, why=Why.RETRY, detail=exc.message, status=status, tries=tries, due_at=now + pause
            )
            return Visit(settled=settled, is_well=is_well)
        return Visit(settled=_without(exc, status=status), is_well=is_well)


def _fetched(
    answer: Answer, digest: str, *, links: list[Link] | None = None, archived: Archived | None = None
) -> Settled:
    return Settled(
        state=State.FETCHED,
        why=Why.OK,
        status=answer.status,
        links=links or (),
        etag=answer.header("etag"),
        last_modified=answer.header("last-modified"),
        digest=digest,
        payload=payload_digest(answer.raw),
        record=warc_date(answer.started_at),
        archived=archived,
    )


def _without(exc: FetchError, status: int | None = None) -> Settled:
    why = _why(exc)
    failures = (Why.HTTP, Why.TIMEOUT, Why.NETWORK, Why.UNREADABLE)
    state = State.FAILED if why in failures else State.REFUSED
    is_asked = status is not None or why not in (Why.ADDRESS, Why.BAD_ADDRESS)
    return Settled(state=state, why=why, detail=exc.message, status=status, is_asked=is_asked)


def _why(exc: FetchError) -> Why:
    return Why(str(exc.facts["why"]))


def _is_page(media_type: str) -> bool:
    return media_type in _PAGES


def _conditions(target: Target) -> list[tuple[str, str]]:
    """Return the headers of a conditional request (RFC 9110, section 13); none where no content is remembered."""
    if target.digest is None:
        return []
    told = (("If-None-Match", target.etag), ("If-Modified-Since", target.last_modified))
    return [(name, value) for name, value in told if value]


def _retry_after(answer: Answer, now: float) -> float:
    """Return the seconds a Retry-After asks to wait, told as a number or as a date; 0 where it tells nothing."""
    told = (answer.header("retry-after") or "").strip()
    if told.isascii() and told.isdigit():
        return float(told[:12])
    try:
        moment = email.utils.parsedate_to_datetime(told)
    except (ValueError, TypeError):
        return 0.0
    moment = moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
    return max(0.0, moment.timestamp() - now)
