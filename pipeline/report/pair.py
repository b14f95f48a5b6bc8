"""Two articles side by side: what they share, what was measured, and why they are one story or not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from pipeline.dedup.apart import Mask, Utf8, take_apart
from pipeline.dedup.reasons import Reasons, reasons
from pipeline.errors import InputError
from pipeline.records import Article
from pipeline.report.escape import printable
from pipeline.settings import DedupSettings
from pipeline.store.reader import Snapshot
from pipeline.store.schema import TABLES, as_record

_PIECE = re.compile(r"\S+|\s+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two: its article, cluster, what it is a duplicate of, and its text in (piece, is it shared)."""

    article: Article
    cluster_id: str | None
    duplicate_of: str | None
    pieces: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PairExplanation:
    """Two articles and why they are one story or not."""

    sides: tuple[Side, Side]
    found: Reasons
    same_site: bool | None
    days_apart: int | None
    merges: bool

    @property
    def is_one(self) -> bool:
        """Whether the tables have the two in one cluster."""
        one, other = self.sides
        return one.cluster_id == other.cluster_id

    def conclusions(self) -> list[str]:
        """Return the verdict, and what place and time make of it."""
        verdict = self.found.verdict
        place = {None: "a site is not known", True: "one site", False: "two sites"}[self.same_site]
        days = "a day is not known" if self.days_apart is None else f"{self.days_apart} days apart"
        lines = [
            f"the texts say: {verdict.relation or 'unrelated'}",
            f"{place}, {days}: {'one story' if self.merges else 'not one story'}",
            f"in the tables: {'one cluster' if self.is_one else 'two clusters'}",
        ]
        if self.is_one and not self.merges:
            lines.append("they are joined through other copies that match both")
        if self.merges and not self.is_one:
            lines.append("too few other copies of the one match those of the other, or they never met as candidates")
        return lines


def explain_pair(snapshot: Snapshot, one: str, other: str, settings: DedupSettings) -> PairExplanation:
    """Return why two articles, or duplicates, are one story or not.

    Raises:
        InputError: the tables have no article or duplicate of one of the ids.
    """
    first, second = (_article(snapshot, article_id) for article_id in (one, other))
    found = reasons(first[0].text, second[0].text, settings)
    clusters = _clusters(snapshot, one, other)
    days = [article.published_date for article, _ in (first, second)]
    apart = abs((days[0] - days[1]).days) if days[0] and days[1] else None
    sites = [article.site for article, _ in (first, second)]
    same_site = sites[0] == sites[1] if sites[0] and sites[1] else None
    is_late = apart is not None and apart > settings.date_window_days
    sides = [
        Side(
            article=article,
            cluster_id=clusters.get(article.article_id),
            duplicate_of=duplicate_of,
            pieces=tuple(_pieces(article.text, shared, settings.shingle_words)),
        )
        for (article, duplicate_of), shared in zip((first, second), found.shared, strict=True)
    ]
    merges = found.verdict.merges(same_site=same_site, is_late=is_late)
    return PairExplanation(
        sides=(sides[0], sides[1]), found=found, same_site=same_site, days_apart=apart, merges=merges
    )


def render_pair(pair: PairExplanation) -> RenderableType:
    """Return the pair for a terminal: two columns, what is not shared dimmed; measures and conclusions below."""
    table = Table.grid(padding=(0, 2), expand=True)
    table.add_column(ratio=1)
    table.add_column(ratio=1)
    table.add_row(*(_panel(side) for side in pair.sides))
    table.add_row(*(_text(side) for side in pair.sides))
    measured = Text("\n".join(pair.found.measured), style="dim")
    return Group(table, Text(), measured, Text("\n".join(pair.conclusions()), style="bold"))


def pair_to_dict(pair: PairExplanation) -> dict[str, object]:
    """Return the pair ready for JSON; ``shared``: the passages both have, in the order of each text."""
    verdict = pair.found.verdict
    return {
        "articles": [
            {
                "article_id": side.article.article_id,
                "headline": side.article.headline,
                "source_path": side.article.source_path,
                "cluster_id": side.cluster_id,
                "duplicate_of": side.duplicate_of,
                "shared": list(_passages(side)),
            }
            for side in pair.sides
        ],
        "jaccard": verdict.jaccard,
        "containment": verdict.containment,
        "relation": verdict.relation,
        "merges": pair.merges,
        "is_one": pair.is_one,
        "measured": list(pair.found.measured),
        "conclusions": pair.conclusions(),
    }


def _article(snapshot: Snapshot, article_id: str) -> tuple[Article, str | None]:
    for table in ("articles", "duplicates"):
        extra = ["duplicate_of"] if table == "duplicates" else []
        for batch in snapshot.rows_of_ids(table, [article_id], [*TABLES["articles"].schema.names, *extra]):
            for row in batch.to_pylist():
                duplicate_of = row.pop("duplicate_of", None)
                return as_record(Article, row), duplicate_of
    raise InputError(
        f"the tables have no article or duplicate {article_id!r}: look its id up in them", source=article_id
    )


def _clusters(snapshot: Snapshot, *ids: str) -> dict[str, str]:
    batches = snapshot.rows_of_ids("clusters", list(ids), ["article_id", "cluster_id"])
    return {
        key: cluster for batch in batches for key, cluster in zip(*(c.to_pylist() for c in batch.columns), strict=True)
    }


def _pieces(text: str, shared: Mask, shingle_words: int) -> Iterator[tuple[str, bool]]:
    """Yield the text in runs of words and white space that are shared, or are not; a piece of one word is a token."""
    tokens = _PIECE.findall(text)
    counts = take_apart(Utf8.of(tokens), shingle_words).word_counts
    ends = np.cumsum(counts)
    run, state = "", False
    for token, end, count in zip(tokens, ends.tolist(), counts.tolist(), strict=True):
        is_shared = bool(2 * shared[end - count : end].sum() > count) if count else state
        if is_shared != state and run:
            yield run, state
            run = ""
        run, state = run + token, is_shared
    if run:
        yield run, state


def _passages(side: Side) -> Iterator[str]:
    return (piece.strip() for piece, is_shared in side.pieces if is_shared)


def _panel(side: Side) -> Panel:
    article = side.article
    facts = [
        printable(article.headline or "(no headline)"),
        " · ".join(str(part) for part in (article.site, article.published_date, f"{article.word_count} words") if part),
        f"copy of {side.duplicate_of}" if side.duplicate_of else "article",
        f"cluster {side.cluster_id}",
    ]
    return Panel(Text("\n".join(facts)), title=article.article_id, title_align="left")


def _text(side: Side) -> Text:
    shown = Text()
    for piece, is_shared in side.pieces:
        lines = "\n".join(map(printable, piece.split("\n")))
        shown.append(lines, style="" if is_shared else "dim italic")
    return shown
