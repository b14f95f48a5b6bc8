"""Names that stay: the id of a dump, its crawl date from the path, what the settings say of a path.

An id depends on the path below the raw root and on the record's bytes alone, so reading again, in any order and with
any number of workers, gives the same ids, and changed bytes are a new dump.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from pipeline.settings import SourceSettings
from pipeline.text import hash128

_YEAR, _MONTH, _DAY = r"(?P<y>(?:19|20)\d\d)", r"(?P<m>0[1-9]|1[0-2])", r"(?P<d>0[1-9]|[12]\d|3[01])"
# The surest form first: a partition, dated folders, then a date inside a name. CC-NEWS-20260304101112 carries a time.
_PATH_DATES = (
    re.compile(rf"(?:^|/)date={_YEAR}-{_MONTH}-{_DAY}(?=/|$)"),
    re.compile(rf"(?:^|/){_YEAR}/{_MONTH}/{_DAY}(?=/|$)"),
    re.compile(rf"(?<!\d){_YEAR}-{_MONTH}-{_DAY}(?!\d)"),
    re.compile(rf"(?<!\d){_YEAR}{_MONTH}{_DAY}(?:\d{{6}})?(?!\d)"),
)


class Numbering:
    """Gives each record of one source its dump_id; equal records are told apart by their number.

    Remembers 64 bits of every record's hash, about 70 bytes a record, so that the nth equal one is known.
    """

    __slots__ = ("_path", "_repeats", "_seen")

    def __init__(self, path: str) -> None:
        self._path = path
        self._seen: set[int] = set()
        self._repeats: dict[int, int] = {}

    def dump_id(self, raw: bytes) -> str:
        """Return blake2b-128 (hex) of path, hash of the record's bytes and which equal record of the source it is."""
        digest = hashlib.blake2b(raw, digest_size=16).digest()
        short = int.from_bytes(digest[:8], "little")
        nth = 0
        if short in self._seen:
            nth = self._repeats[short] = self._repeats.get(short, 0) + 1
        self._seen.add(short)
        return hash128(self._path, digest, str(nth))


def unread_id(path: str, reason: str, record: str | None = None, byte_start: int | None = None) -> str:
    """Return the id of what could not be read: of its path, the reason and, inside a container, its place."""
    return hash128(path, "unread", reason, record or "", "" if byte_start is None else str(byte_start))


def date_in_path(path: str) -> dt.date | None:
    """Return the crawl date that folders or file name tell, or None; days that do not exist are no dates.

    >>> date_in_path("trt/2026/03/04/a.txt"), date_in_path("date=2026-02-30/a.txt")
    (datetime.date(2026, 3, 4), None)
    """
    for pattern in _PATH_DATES:
        for found in reversed(list(pattern.finditer(path))):
            try:
                return dt.date(int(found["y"]), int(found["m"]), int(found["d"]))
            except ValueError:
                continue
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What the settings say of the dumps of one path."""

    site: str | None = None
    language: str | None = None
    time_zone: str | None = None


def profile_of(path: str, sources: Sequence[SourceSettings]) -> Profile:
    """Return site, language and time zone for ``path``: of each, what the first matching pattern that has it says."""
    matching = [source for source in sources if _glob(source.pattern).fullmatch(path)]
    return Profile(
        site=next((source.site for source in matching if source.site), None),
        language=next((source.language for source in matching if source.language), None),
        time_zone=next((source.time_zone for source in matching if source.time_zone), None),
    )


@lru_cache(maxsize=1024)
def _glob(pattern: str) -> re.Pattern[str]:
    """Return the pattern as an expression: ``*`` and ``?`` stay in one folder, ``**`` crosses folders."""
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", pattern)
    spelled = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return re.compile("".join(spelled.get(part, re.escape(part)) for part in parts), re.DOTALL)


def clean_url(value: str | None) -> str | None:
    """Return a web address fit to be stored, without user and password; None for anything else.

    >>> clean_url("https://me:secret@news.example/a?b=1"), clean_url("javascript:alert(1)")
    ('https://news.example/a?b=1', None)
    """
    if value is None or len(value) > 4096 or re.search(r"[\s\x00-\x20\x7f-\x9f\ud800-\udfff<>\"]", value.strip()):
        return None
    try:
        parts = urlsplit(value.strip())
        host = parts.hostname
        _ = parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host:
        return None
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
