"""Words for what became of a URL: its state, and the reason for it."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What a URL is asked for."""

    FEED = "feed"
    SITEMAP = "sitemap"
    SECTION = "section"
    PAGE = "page"


class State(StrEnum):
    """Where a URL stands."""

    QUEUED = "queued"  # to be asked, in this run or the next
    FETCHED = "fetched"  # asked, and its content was new
    UNCHANGED = "unchanged"  # asked, and its content was known
    REDIRECTED = "redirected"  # asked; the answer stands elsewhere
    REFUSED = "refused"  # by us or by robots.txt: not asked, or its answer not taken
    FAILED = "failed"  # asked, without an answer that could be kept


class Why(StrEnum):
    """The closed list of reasons."""

    NEW = "new"  # queued: found, not asked yet
    RECHECK = "recheck"  # queued: known, asked again as the source's policy says
    RETRY = "retry"  # queued: failed for now
    PUT_OFF = "put off"  # queued: the run ended, or the host was left alone
    OK = "ok"  # fetched
    NOT_MODIFIED = "not modified"  # unchanged: the server says so
    SAME_BYTES = "same bytes"  # unchanged: the bytes say so
    REDIRECT = "redirect"  # redirected
    ROBOTS = "robots"  # refused: robots.txt disallows it
    ROBOTS_UNREACHABLE = "robots unreachable"  # refused: RFC 9309, nothing may be asked
    OUTSIDE = "outside"  # refused: neither on the source's site nor on its hosts
    EXCLUDED = "excluded"  # refused: by include, exclude, or as a site's front page
    TOO_OLD = "too old"  # refused: by max_age_days
    BAD_ADDRESS = "bad address"  # refused: no address that can be asked over http or https
    ADDRESS = "address"  # refused: its host is not public
    TYPE = "type"  # refused: the answer is no page
    TOO_LARGE = "too large"  # refused: header or body over the limit
    BOMB = "bomb"  # refused: unpacks to more than the limits allow
    TOO_DEEP = "too deep"  # refused: sitemap below too many others, or too many of them
    HTTP = "http"  # failed: the answer's status
    TIMEOUT = "timeout"  # failed
    NETWORK = "network"  # failed: no name, no connection, cut off, no HTTP
    REDIRECTS = "redirects"  # failed: more than five
    UNREADABLE = "unreadable"  # failed: no feed, sitemap or page that can be read
