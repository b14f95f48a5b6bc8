"""URLs as the crawl knows them: one key for all spellings of one page, and the bounds of a source."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Sequence
from functools import lru_cache
from urllib.parse import parse_qsl, urldefrag, urlencode, urljoin, urlsplit

from courlan import clean_url

from pipeline.errors import FetchError
from pipeline.scrape.fetch import parse
from pipeline.scrape.sources import Source
from pipeline.scrape.states import Why

MAX_URL_CHARS = 2_000
_PORTS = {"http": 80, "https": 443}
# What says where a reader came from and never which page it is. courlan's own list also drops ``cid``, ``eid`` and
# ``source``, which some sites number their articles by.
_TRACKER = re.compile(r"utm_\w+|fbclid|gclid|dclid|msclkid|igshid|mc_[ce]id|_ga|wt_mc|xtor|at_(?:medium|campaign)\w*")


def key_of(url: str) -> str:
    """Return one spelling for all of a URL's: small host, no default port, fragment or trackers, parameters in order.

    >>> key_of("HTTP://News.example:80/a/../b?utm_source=x&z=1&a=2#top")
    'http://news.example/b?a=2&z=1'
    """
    parts = urlsplit(str(parse(url)).partition("#")[0])
    pairs = sorted(pair for pair in parse_qsl(parts.query, keep_blank_values=True) if not _TRACKER.fullmatch(pair[0]))
    # courlan cleans path and host; the query is ours, so that no parameter that names a page is lost.
    bare = clean_url(parts._replace(query="").geturl()) or parts._replace(query="").geturl()
    bare = bare if urlsplit(bare).path else f"{bare}/"
    return f"{bare}?{urlencode(pairs)}" if pairs else bare


def origin_of(url: str) -> str:
    """Return scheme, host and port: what has one robots.txt and one pace.

    >>> origin_of("https://News.example:443/a")
    'https://news.example'
    """
    parsed = parse(url)
    host = parsed.netloc.decode("ascii").removesuffix(f":{_PORTS[parsed.scheme]}")
    return f"{parsed.scheme}://{host}"


def joined(base: str, link: str) -> str:
    """Return ``link`` as found on the page ``base``, whole.

    Raises:
        FetchError: it leads to no http or https address, or is too long.
    """
    link = "".join(link.split())
    if len(link) > MAX_URL_CHARS:
        raise FetchError(f"address of {len(link):,} letters", why=Why.BAD_ADDRESS)
    try:
        whole = urldefrag(urljoin(base, link)).url
    except ValueError as exc:
        raise FetchError(f"{link[:200]!r} is no address: {exc}", why=Why.BAD_ADDRESS) from exc
    return str(parse(whole))


def outside(source: Source, url: str) -> bool:
    """Return whether ``url`` lies neither on the source's site or a subdomain, nor on one of its further hosts."""
    parsed = parse(url)
    host, authority = parsed.host, parsed.netloc.decode("ascii")
    for one in (source.site, *source.hosts):
        name = one.partition(":")[0]
        if ":" in one and authority != one:
            continue
        if host == name or host.endswith(f".{name}"):
            return False
    return True


def unwanted(source: Source, url: str) -> bool:
    """Return whether a page is left out: matched by ``exclude``, not by ``include`` if there is one, or a front page.

    Removed articles often lead back to the front page, which is none.
    """
    parsed = parse(url)
    path = parsed.raw_path.decode("ascii", "replace")
    if parsed.path in ("", "/") and not parsed.query:
        return True
    if _matches(source.exclude, path):
        return True
    return bool(source.include) and not _matches(source.include, path)


def _matches(patterns: Sequence[str], path: str) -> bool:
    return any(_pattern(pattern).fullmatch(path) for pattern in patterns)


@lru_cache(maxsize=4096)
def _pattern(pattern: str) -> re.Pattern[str]:
    return re.compile(fnmatch.translate(pattern))
