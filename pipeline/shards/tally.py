"""What a shard and a run count: numbers that add up, so that shards can be counted apart and summed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from pipeline.dedup.facts import DocFacts
from pipeline.dedup.match import Decisions

SOURCE_FIELDS = ("records", "articles", "duplicates", "quarantined", "lines", "kept_lines", "with_date")


def source_of(site: str | None, path: str) -> str:
    """Return what a dump is counted under: its site, else the top folder of its path.

    >>> source_of(None, "daily/2026/a.txt"), source_of("x.example", "a.txt"), source_of(None, "a.txt")
    ('daily', 'x.example', '(top folder)')
    """
    return site or (path.split("/", 1)[0] if "/" in path else "(top folder)")


@dataclass(slots=True)
class Tally:
    """Counts of a shard or a run."""

    records: int = 0
    skipped: int = 0
    articles: int = 0
    duplicates: int = 0
    quarantined: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    removed: Counter[str] = field(default_factory=Counter)
    relations: Counter[str] = field(default_factory=Counter)
    links: Counter[str] = field(default_factory=Counter)
    sources: dict[str, dict[str, int]] = field(default_factory=dict)

    def count_source(self, source: str, counts: Mapping[str, int]) -> None:
        """Add ``counts`` (of SOURCE_FIELDS) to those of ``source``."""
        own = self.sources.setdefault(source, dict.fromkeys(SOURCE_FIELDS, 0))
        for name, count in counts.items():
            own[name] += count

    def add(self, other: Tally) -> None:
        """Add the counts of another tally to this one."""
        self.records += other.records
        self.skipped += other.skipped
        self.articles += other.articles
        self.duplicates += other.duplicates
        self.quarantined += other.quarantined
        for mine, theirs in (
            (self.reasons, other.reasons),
            (self.removed, other.removed),
            (self.relations, other.relations),
            (self.links, other.links),
        ):
            mine.update(theirs)
        for source, counts in other.sources.items():
            self.count_source(source, counts)


def tally_articles(facts: Iterable[DocFacts], decisions: Decisions) -> Tally:
    """Return the counts that are known only once copies are told from articles."""
    tally = Tally()
    for one in facts:
        copy = decisions.duplicates.get(one.id)
        is_copy = copy is not None
        tally.duplicates += is_copy
        tally.articles += not is_copy
        tally.relations.update([copy.relation] if copy is not None else [])
        counts = {
            "articles": int(not is_copy),
            "duplicates": int(is_copy),
            "with_date": int(one.published_date is not None),
        }
        tally.count_source(source_of(one.site, one.source_path), counts)
    tally.links.update(link.relation for link in decisions.links)
    return tally
