"""What is scraped and how: one frozen object from a TOML file, checked whole before the first request."""

from __future__ import annotations

import importlib.resources
import ipaddress
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from pipeline.errors import InputError, SettingsError

MIB = 1 << 20
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::\d{1,5})?")
_AGENT = re.compile(r"[A-Za-z_-]{1,64}")
_CONTACT = re.compile(r"https?://[^\s/]+\S*|mailto:\S+@\S+|[^\s@]+@[^\s@]+")


class Group(BaseModel):
    """A frozen table of the file that refuses unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class CrawlSettings(Group):
    """How every source is asked."""

    contact: str = Field(description="address of a page or mail that says who asks; sent with every request")
    agent: str = Field(default="Broadsheet", description="name that robots.txt files know the crawler by")
    connections: int = Field(default=32, ge=1, le=256, description="requests at once, all hosts together")
    deadline_seconds: float = Field(default=60, gt=0, description="whole time of one request, from name to last byte")
    read_seconds: float = Field(default=20, gt=0, description="longest silence inside a request")
    max_page_bytes: int = Field(default=10 * MIB, ge=1, description="largest page or feed, packed and unpacked")
    max_sitemap_bytes: int = Field(default=50 * MIB, ge=1, description="largest sitemap, the same")
    max_unpack_ratio: int = Field(default=200, ge=2, description="most unpacked bytes for a packed one")
    tries: int = Field(default=3, ge=1, le=10, description="requests for a URL in one run while it fails for now")
    backoff_seconds: float = Field(default=5, ge=0, description="wait before the second try; doubles with each")
    max_retry_after_seconds: float = Field(default=300, ge=0, description="longest Retry-After waited for in a run")
    max_crawl_delay_seconds: float = Field(
        default=120, ge=0, description="hosts that ask for a longer one are left out"
    )
    breaker_failures: int = Field(default=5, ge=1, description="failures in a row after which a host is left alone")
    breaker_seconds: float = Field(default=60, ge=0, description="how long, before one more try decides")
    max_minutes: float | None = Field(default=None, gt=0, description="end a run after that; what is left stays queued")
    warc_bytes: int = Field(default=512 * MIB, ge=1, description="size at which the next WARC file is begun")
    allow: tuple[str, ...] = Field(default=(), description="networks that may be asked though they are not public")
    hosts: dict[str, str] = Field(default={}, description="addresses of hosts by name, instead of asking DNS")
    ca_file: Path | None = Field(default=None, description="certificates to trust (PEM) instead of the usual ones")

    @field_validator("contact")
    @classmethod
    def _is_reachable(cls, value: str) -> str:
        if _CONTACT.fullmatch(value) is None or any(mark in value for mark in "()<>"):
            raise ValueError("expected a web or mail address under which the crawler's owner is found")
        return value

    @field_validator("agent")
    @classmethod
    def _is_token(cls, value: str) -> str:
        if _AGENT.fullmatch(value) is None:
            raise ValueError("expected letters, '-' and '_' alone, as RFC 9309 has it")
        return value

    @field_validator("allow")
    @classmethod
    def _are_networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for one in value:
            ipaddress.ip_network(one)
        return value

    @field_validator("hosts")
    @classmethod
    def _are_addresses(cls, value: dict[str, str]) -> dict[str, str]:
        for address in value.values():
            ipaddress.ip_address(address)
        return {name.lower(): address for name, address in value.items()}


class Source(Group):
    """One site: where its pages are found, which are wanted, how often it may be asked."""

    name: str = Field(description="short name in reports; small letters, figures, '.', '-' and '_'")
    site: str = Field(description="host of its pages; subdomains belong to it")
    hosts: tuple[str, ...] = Field(default=(), description="further hosts that pages may lie on")
    feeds: tuple[str, ...] = Field(default=(), description="addresses of RSS, Atom and JSON feeds")
    sitemaps: tuple[str, ...] = Field(default=(), description="addresses of sitemaps, news sitemaps and their indexes")
    robots_sitemaps: bool = Field(default=False, description="also read the sitemaps that robots.txt names")
    sections: tuple[str, ...] = Field(default=(), description="addresses of pages whose links lead to articles")
    pages: tuple[str, ...] = Field(default=(), description="addresses of articles")
    lists: tuple[Path, ...] = Field(default=(), description="files with an address a line, relative to this file")
    include: tuple[str, ...] = Field(
        default=(), description="path patterns, one of which a page must match; '*' is any"
    )
    exclude: tuple[str, ...] = Field(default=(), description="path patterns of pages that are not wanted")
    max_age_days: int | None = Field(default=None, ge=1, description="leave out what feed or sitemap calls older")
    max_pages: int = Field(default=10_000, ge=1, description="most requests for pages in one run")
    delay_seconds: float = Field(
        default=2, ge=0, description="pause between requests to a host; robots.txt may ask more"
    )
    per_host: int = Field(default=1, ge=1, le=32, description="requests to a host at once, where no delay is set")
    recheck_hours: float = Field(default=24, ge=0, description="a page is asked for again no sooner than that")
    recheck_days: float = Field(default=2, ge=0, description="and for so long after it was first fetched; 0 is never")

    @field_validator("name")
    @classmethod
    def _is_short(cls, value: str) -> str:
        if _NAME.fullmatch(value) is None:
            raise ValueError("expected small letters, figures, '.', '-' and '_'")
        return value

    @field_validator("site")
    @classmethod
    def _is_host(cls, value: str) -> str:
        if _HOST.fullmatch(value.lower()) is None:
            raise ValueError("expected a host alone, such as 'news.example'")
        return value.lower()

    @field_validator("hosts")
    @classmethod
    def _are_hosts(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(cls._is_host(one) for one in value)

    @field_validator("feeds", "sitemaps", "sections", "pages")
    @classmethod
    def _are_addresses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for one in value:
            parts = urlsplit(one)
            if parts.scheme not in ("http", "https") or not parts.hostname:
                raise ValueError(f"{one!r} is no http or https address")
        return value

    @model_validator(mode="after")
    def _leads_somewhere(self) -> Self:
        found = (self.feeds, self.sitemaps, self.sections, self.pages, self.lists)
        if not any(found) and not self.robots_sitemaps:
            raise ValueError("names no feeds, sitemaps, sections, pages or lists: nothing would be found")
        return self


class Sources(Group):
    """A whole file."""

    crawl: CrawlSettings
    source: tuple[Source, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _have_names_of_their_own(self) -> Self:
        names = [one.name for one in self.source]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"two sources are called {twice[0]!r}")
        return self


def load(path: Path, *, max_minutes: float | None = None) -> Sources:
    """Return the sources of a TOML file; addresses in its lists are read and joined to ``pages``.

    ``max_minutes``, where it is given, takes the place of the file's.

    Raises:
        InputError: the file, or a list it names, cannot be read.
        SettingsError: it is no TOML, or a value is unknown or out of range; names source, key and value.
    """
    try:
        given = tomllib.loads(_read(path, "sources file"))
    except tomllib.TOMLDecodeError as exc:
        raise SettingsError(f"sources file {str(path)!r} is no TOML: {exc}", source=str(path)) from exc
    if max_minutes is not None and isinstance(given.get("crawl"), dict):
        given["crawl"]["max_minutes"] = max_minutes
    try:
        sources = Sources.model_validate(given)
        return sources.model_copy(update={"source": tuple(_with_lists(one, path.parent) for one in sources.source)})
    except ValidationError as exc:
        raise _refused(path, given, exc) from exc


def example() -> str:
    """Return a commented file that works as it is once its addresses are filled in."""
    return importlib.resources.files("pipeline.scrape").joinpath("example.toml").read_text(encoding="utf-8")


def _read(path: Path, what: str) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as exc:
        raise InputError(f"{what} {str(path)!r} does not exist", source=str(path)) from exc
    except (OSError, UnicodeDecodeError) as exc:
        raise InputError(f"{what} {str(path)!r} cannot be read: {exc}", source=str(path)) from exc


def _with_lists(source: Source, folder: Path) -> Source:
    """Return ``source`` with the addresses of its list files among its pages."""
    listed = [url for one in source.lists for url in _listed(_read(folder / one, f"list of source {source.name!r}"))]
    if not listed:
        return source
    given = {**source.model_dump(), "pages": (*source.pages, *listed)}
    return Source.model_validate(given)


def _listed(text: str) -> Iterator[str]:
    for line in text.splitlines():
        url = line.strip()
        if url and not url.startswith("#"):
            yield url


def _refused(path: Path, given: dict[str, Any], exc: ValidationError) -> SettingsError:
    """Return the first complaint as one line in the words of the file."""
    first = exc.errors()[0]
    place = [str(part) for part in first["loc"]]
    where = ""
    if place[:1] == ["source"] and len(place) > 1 and place[1].isdigit():
        one = given["source"][int(place[1])]
        name = one.get("name") if isinstance(one, dict) else None
        where = f"source {name!r}: " if name else f"source {int(place[1]) + 1}: "
        place = place[2:]
    message = first["msg"].removeprefix("Value error, ")
    key = ".".join(place)
    if first["type"] == "missing":
        said = f"{key!r} is missing"
    elif first["type"] == "extra_forbidden":
        said = f"{key!r} is no setting: see 'broadsheet scrape --example'"
    elif key and not isinstance(first["input"], dict):
        said = f"{key!r} cannot be {first['input']!r}: {message}"
    else:
        said = f"{key}: {message}" if key else message
    return SettingsError(f"{str(path)!r}: {where}{said}", source=str(path), key=key)
