"""A dump explained: the page as it came, what was taken out of it dimmed, the reason at the margin; or as a dict."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from pipeline.records import Article, QuarantineRow
from pipeline.report.escape import printable
from pipeline.report.explanation import Copy, Cut, Explanation, LineNote, LineStatus

# As in a diff, so that a view without colour says the same.
_MARKS = {
    LineStatus.KEPT: "+",
    LineStatus.PARTLY: "~",
    LineStatus.REMOVED: "-",
    LineStatus.QUARANTINED: "?",
    LineStatus.BLANK: "",
}
_WORDS = {
    LineStatus.KEPT: "kept",
    LineStatus.PARTLY: "kept in part",
    LineStatus.REMOVED: "removed",
    LineStatus.QUARANTINED: "quarantined",
    LineStatus.BLANK: "blank",
}
_STYLES = {LineStatus.REMOVED: "dim", LineStatus.QUARANTINED: "yellow"}
_MAX_EVIDENCE = 80  # characters: three lines of margin on a terminal of 80 columns
_AGAIN = "  ″"  # the line above was taken out for the same reason


def render_terminal(explanation: Explanation) -> RenderableType:
    """Return the page for a terminal of 60 columns or more, each story's panel before its first line.

    Marks: ``+`` kept, ``~`` kept without the parts in ``[- -]``, ``-`` removed, ``?`` in quarantine. The margin names
    class, rule and evidence; long evidence is cut, :func:`to_dict` has it whole. Control
    characters of the page are shown, not sent.
    """
    blocks: list[RenderableType] = [_title(explanation)]
    starts = sorted(_panels(explanation), key=lambda item: item[0])
    width = len(str(len(explanation.lines)))
    done = 0
    for first_line, panel in starts:
        before = max(done, min(first_line - 1, len(explanation.lines)))
        blocks += [_lines(explanation.lines[done:before], width), panel]
        done = before
    blocks += [_lines(explanation.lines[done:], width), _legend(explanation.lines)]
    return Group(*blocks)


def to_dict(explanation: Explanation) -> dict[str, object]:
    """Return the explanation ready for JSON: dates in ISO 8601, ``copy`` beside a story that is a duplicate."""
    return {
        "dump_id": explanation.dump_id,
        "source_path": explanation.source_path,
        "source_record": explanation.source_record,
        "articles": [
            _row(article) | {"copy": _row(copy) if (copy := explanation.copies.get(article.article_id)) else None}
            for article in explanation.articles
        ],
        "quarantined": [_row(row) for row in explanation.quarantines],
        "lines": [_row(note) | {"cuts": [_row(cut) for cut in note.cuts]} for note in explanation.lines],
    }


def _title(explanation: Explanation) -> Text:
    record = f"#{explanation.source_record}" if explanation.source_record else ""
    title = Text(printable(explanation.source_path + record), style="bold")
    return title.append(f"\ndump {explanation.dump_id}", style="not bold dim")


def _panels(explanation: Explanation) -> Iterator[tuple[int, Panel]]:
    for article in explanation.articles:
        yield article.first_line, _article_panel(article, explanation.copies.get(article.article_id))
    for row in explanation.quarantines:
        yield row.first_line or 1, _quarantine_panel(row)


def _article_panel(article: Article, copy: Copy | None) -> Panel:
    body = Text(printable(article.headline or "(no headline)"), style="bold" if article.headline else "dim")
    if article.standfirst:
        body.append(f"\n{printable(article.standfirst)}", style="not bold italic")
    for facts in (_who(article), _when(article), _what(article)):
        if facts:
            body.append("\n" + printable(" · ".join(facts)), style="not bold")
    if copy:
        body.append("\n" + printable(_why_copy(copy)), style="not bold cyan")
    kind = "duplicate" if copy else "article"
    number = f"{article.page_article_no} of {article.page_article_count}"
    title = f"{kind} {number}, lines {article.first_line}-{article.last_line}"
    return _panel(title, body, "cyan" if copy else "green")


def _who(article: Article) -> list[str]:
    named = (("agency", article.agency), ("section", article.section), ("site", article.site))
    by = [f"by {', '.join(article.authors)}"] if article.authors else []
    return by + [f"{name} {value}" for name, value in named if value]


def _when(article: Article) -> list[str]:
    if article.published_date is None:
        return ["no published date", f"crawled {article.date}"]
    when = article.published_date.isoformat()
    if article.published_at is not None:
        grain = f" to the {article.published_precision}" if article.published_precision else ""
        when = f"{article.published_at:%Y-%m-%d %H:%M:%S} UTC{grain}"
    source = f", from {article.published_from}" if article.published_from else ""
    return [f"published {when}{source}", f"crawled {article.date}"]


def _what(article: Article) -> list[str]:
    language = f"language {article.language}" if article.language else "language unsure"
    return [
        language,
        f"{article.word_count:,} words",
        f"certainty {article.confidence:.2f}",
        f"id {article.article_id}",
    ]


def _why_copy(copy: Copy) -> str:
    kept = f" “{copy.headline}”" if copy.headline else ""
    where = f" in {copy.source_path}" if copy.source_path else ""
    scores = f"Jaccard {copy.jaccard:.2f}, containment {copy.containment:.2f}"
    return f"{copy.relation} copy of {copy.duplicate_of}{kept}{where} ({scores})"


def _quarantine_panel(row: QuarantineRow) -> Panel:
    body = Text(printable(row.message))
    if row.byte_start is not None:
        end = "" if row.byte_end is None else f" to {row.byte_end:,}"
        body.append(f"\nbytes {row.byte_start:,}{end}", style="dim")
    where = f", lines {row.first_line}-{row.last_line}" if row.first_line else ""
    return _panel(f"quarantined as {row.reason}{where}", body, "yellow")


def _panel(title: str, body: Text, style: str) -> Panel:
    return Panel(body, title=Text(title), title_align="left", border_style=style)


def _lines(notes: Sequence[LineNote], number_width: int) -> Table:
    table = Table.grid(expand=True, padding=(0, 1))
    table.add_column(justify="right", width=number_width, style="dim")
    table.add_column(width=1)
    table.add_column(ratio=13, overflow="fold")
    table.add_column(ratio=7, overflow="fold", style="dim")
    above = ""
    for note in notes:
        reason = _reason(note)
        table.add_row(
            str(note.line_no), _MARKS[note.status], _text(note), _AGAIN if reason and reason == above else reason
        )
        above = reason if note.status is not LineStatus.BLANK else above
    return table


def _text(note: LineNote) -> Text:
    if note.status is LineStatus.REMOVED or not note.cuts:
        return Text(printable(note.text), style=_STYLES.get(note.status, ""))
    text, done = Text(style=_STYLES.get(note.status, "")), 0
    for cut in note.cuts:
        start = max(done, cut.start)
        text.append(printable(note.text[done:start]))
        text.append(f"[-{printable(note.text[start : cut.end])}-]", style="dim")
        done = max(done, cut.end)
    return text.append(printable(note.text[done:]))


def _reason(note: LineNote) -> str:
    if note.cuts:
        return "\n".join(map(_cut_reason, note.cuts))
    return "not recorded: counts only" if note.status is LineStatus.REMOVED else ""


def _cut_reason(cut: Cut) -> str:
    evidence = cut.evidence if len(cut.evidence) <= _MAX_EVIDENCE else cut.evidence[: _MAX_EVIDENCE - 1] + "…"
    return printable(" · ".join(part for part in (cut.line_class, cut.rule, evidence) if part))


def _legend(notes: Iterable[LineNote]) -> Text:
    counts = Counter(note.status for note in notes)
    shares = (f"{_MARKS[status]} {counts[status]} {_WORDS[status]}".strip() for status in LineStatus if counts[status])
    return Text(f"\n{sum(counts.values())} lines: " + ", ".join(shares), style="dim")


def _row(record: Article | QuarantineRow | Copy | LineNote | Cut) -> dict[str, object]:
    return {field.name: _plain(getattr(record, field.name)) for field in dataclasses.fields(record)}


def _plain(value: object) -> object:
    if isinstance(value, dt.date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value
