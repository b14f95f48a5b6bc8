"""One dump, line by line: which article kept a line, or which rule took it out and what it saw."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pipeline.records import Article, Duplicate, QuarantineRow, Removal


class LineStatus(StrEnum):
    """What became of a line. ``PARTLY`` is kept without the parts its cuts name."""

    KEPT = "kept"
    PARTLY = "partly"
    REMOVED = "removed"
    QUARANTINED = "quarantined"
    BLANK = "blank"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """A part of a line taken out: characters ``start`` to ``end``, what it is, who decided and what it saw."""

    start: int
    end: int
    line_class: str
    rule: str
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LineNote:
    """What became of one line.

    ``article_no`` is the story that holds it, kept or in quarantine. A removed line without cuts is one whose rows were
    not stored, because the run kept counts only.
    """

    line_no: int
    text: str
    status: LineStatus
    article_no: int | None
    cuts: tuple[Cut, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """Why a story is no article: what it is a duplicate of, and how near."""

    duplicate_of: str
    relation: str
    jaccard: float
    containment: float
    headline: str | None = None  # of the article it is a copy of
    source_path: str | None = None  # of that article


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """A dump with the fate of each line and the stories it gave, in page order.

    ``copies`` holds the stories that are duplicates, by their article_id.
    """

    dump_id: str
    source_path: str
    source_record: str | None
    lines: tuple[LineNote, ...]
    articles: tuple[Article, ...]
    copies: Mapping[str, Copy]
    quarantines: tuple[QuarantineRow, ...]


def explain(
    *,
    dump_id: str,
    source_path: str,
    source_record: str | None,
    lines: Sequence[str],
    articles: Iterable[Article],
    copies: Mapping[str, Copy],
    quarantines: Iterable[QuarantineRow],
    removals: Iterable[Removal],
) -> Explanation:
    """Return the fate of each line of a dump, from the rows of the tables that hold its ``dump_id``.

    Args:
        dump_id: id of the dump.
        source_path: file it was read from.
        source_record: record inside that file.
        lines: the dump by ``text.split_lines``; for HTML our text rendering of the page.
        articles: its rows of ``articles`` and ``duplicates``.
        copies: for those of ``duplicates``, what they are copies of, by article_id.
        quarantines: its rows of ``quarantine``.
        removals: its rows of ``removals``.
    """
    stories = tuple(sorted(articles, key=lambda article: article.page_article_no))
    refused = tuple(sorted(quarantines, key=lambda row: (row.first_line or 0, row.page_article_no or 0)))
    keeper = {number: story.page_article_no for story in stories for number in story.kept_lines}
    holder = {number: row.page_article_no for row in refused for number in row.kept_lines}
    cuts: dict[int, list[Cut]] = {}
    for removal in removals:
        cuts.setdefault(removal.line_no, []).append(_cut(removal))
    notes = (_note(number, line, keeper, holder, cuts.get(number, [])) for number, line in enumerate(lines, start=1))
    return Explanation(
        dump_id=dump_id,
        source_path=source_path,
        source_record=source_record,
        lines=tuple(notes),
        articles=stories,
        copies=dict(copies),
        quarantines=refused,
    )


def copy_of(row: Duplicate, kept: Article | None) -> Copy:
    """Return what a row of ``duplicates`` is a copy of; ``kept`` is that article's row, None where not at hand."""
    return Copy(
        duplicate_of=row.duplicate_of,
        relation=row.relation,
        jaccard=row.jaccard,
        containment=row.containment,
        headline=kept.headline if kept else None,
        source_path=kept.source_path if kept else None,
    )


def _note(
    number: int, line: str, keeper: Mapping[int, int], holder: Mapping[int, int | None], cuts: list[Cut]
) -> LineNote:
    status = LineStatus.REMOVED
    if not line.strip():
        status = LineStatus.BLANK
    elif number in keeper:
        status = LineStatus.PARTLY if cuts else LineStatus.KEPT
    elif number in holder:
        status = LineStatus.QUARANTINED
    return LineNote(
        line_no=number,
        text=line,
        status=status,
        article_no=keeper.get(number, holder.get(number)),
        cuts=tuple(sorted(cuts, key=lambda cut: (cut.start, cut.end))),
    )


def _cut(removal: Removal) -> Cut:
    return Cut(
        start=removal.start,
        end=removal.end,
        line_class=str(removal.line_class),
        rule=removal.rule,
        evidence=removal.evidence,
    )
