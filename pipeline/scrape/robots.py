"""What a host's robots.txt allows, as RFC 9309 has it. Its rules are read by Protego, which Scrapy reads them with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from protego import Protego

from pipeline.scrape.states import Why

MAX_BYTES = 512 * 1024
"""RFC 9309, section 2.5: at least 500 KiB are read; what lies behind is not."""

MAX_AGE_SECONDS = 24 * 3600.0
"""RFC 9309, section 2.4: no longer than a day from a cache."""


Refusal: TypeAlias = tuple[Why, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Robots:
    """The rules of one origin for one agent. ``closed`` says why nothing at all may be asked of it, or is None."""

    agent: str
    closed: Refusal | None
    _rules: Protego

    @classmethod
    def of(cls, text: str, agent: str, closed: Refusal | None = None) -> Robots:
        """Return the rules in ``text``; where the file could not be had ``closed`` says why."""
        return cls(agent=agent, closed=closed, _rules=Protego.parse(text))

    def refusal(self, url: str) -> Refusal | None:
        """Return why ``url`` may not be asked, or None."""
        if self.closed is not None:
            return self.closed
        if not self._rules.can_fetch(url, self.agent):
            return Why.ROBOTS, "disallowed by robots.txt"
        return None

    @property
    def delay_seconds(self) -> float:
        """The pause the file asks for between requests (Crawl-delay, no part of the RFC but common); 0 if none."""
        delay = self._rules.crawl_delay(self.agent)
        rate = self._rules.request_rate(self.agent)
        asked = [float(delay)] if delay is not None else []
        if rate is not None and rate.requests > 0:
            asked.append(rate.seconds / rate.requests)
        return max(0.0, *asked) if asked else 0.0

    @property
    def sitemaps(self) -> tuple[str, ...]:
        """The sitemaps the file names."""
        return tuple(self._rules.sitemaps)


def rules_of_status(status: int) -> tuple[bool, Refusal | None]:
    """Return whether the body of an answer is the file, and why nothing may be asked, if so (RFC 9309, section 2.3.1).

    A status in the 400s means that there are no rules; one in the 500s, and every other, that they are not known. 429
    is counted to the latter, because who asks for less has not said that all is allowed.

    >>> rules_of_status(200), rules_of_status(404), rules_of_status(503)
    ((True, None), (False, None), (False, (<Why.ROBOTS_UNREACHABLE: 'robots unreachable'>, 'robots.txt: HTTP 503')))
    """
    if 200 <= status < 300:
        return True, None
    if 400 <= status < 500 and status != 429:
        return False, None
    return False, (Why.ROBOTS_UNREACHABLE, f"robots.txt: HTTP {status}")


def text_of(content: bytes) -> str:
    """Return the part of the file that is read, cut at the last whole line within :data:`MAX_BYTES`."""
    if len(content) > MAX_BYTES:
        content = content[:MAX_BYTES].rpartition(b"\n")[0]
    return content.decode("utf-8-sig", "replace")
