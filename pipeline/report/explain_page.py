"""A dump explained as one self-contained HTML page: its lines with their labels, and beside them the articles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cache

from jinja2 import Environment, PackageLoader, Template, select_autoescape

from pipeline.records import Article, LineClass
from pipeline.report.escape import printable
from pipeline.report.explanation import Copy, Explanation, LineNote, LineStatus

# What was taken out of the text and put into a column.
_META = frozenset(
    {LineClass.HEADLINE, LineClass.STANDFIRST, LineClass.BYLINE, LineClass.DATE, LineClass.SECTION, LineClass.SOURCE}
)


def render_page(explanation: Explanation) -> str:
    """Return the page: no script, no network, light and dark, readable on a phone. All text of the dump is escaped."""
    record = f"#{explanation.source_record}" if explanation.source_record else ""
    return _template().render(
        title=printable(explanation.source_path + record),
        counts=_counts(explanation),
        lines=[_line(note) for note in explanation.lines if note.status is not LineStatus.BLANK],
        stories=[_story(article, explanation) for article in explanation.articles],
        quarantines=[
            {"reason": row.reason, "message": row.message, "paragraphs": _paragraphs(row.text)}
            for row in explanation.quarantines
        ],
    )


@cache
def _template() -> Template:
    loader = PackageLoader("pipeline.report", "pages")
    # The pages end in .html.j2; autoescape goes by the last suffix unless told.
    return Environment(loader=loader, autoescape=select_autoescape(["html", "j2"])).get_template("explain.html.j2")


def _counts(explanation: Explanation) -> str:
    counts = Counter(note.status for note in explanation.lines)
    kept = counts[LineStatus.KEPT] + counts[LineStatus.PARTLY]
    total = sum(counts.values()) - counts[LineStatus.BLANK]
    stories = len(explanation.articles)
    return f"{kept} of {total} lines kept, in {stories} {'article' if stories == 1 else 'articles'}"


def _line(note: LineNote) -> dict[str, object]:
    is_whole = note.status is LineStatus.REMOVED
    return {
        "no": note.line_no,
        "status": note.status.value,
        "is_meta": any(cut.line_class in _META for cut in note.cuts),
        "pieces": [(printable(note.text), False)] if is_whole else list(_pieces(note)),
        "whys": [
            {"line_class": cut.line_class, "rule": cut.rule, "evidence": printable(cut.evidence)} for cut in note.cuts
        ],
    }


def _pieces(note: LineNote) -> Iterator[tuple[str, bool]]:
    """Yield the parts of a line that was kept, and whether each was cut out."""
    done = 0
    for cut in note.cuts:
        yield printable(note.text[done : cut.start]), False
        yield printable(note.text[cut.start : cut.end]), True
        done = cut.end
    yield printable(note.text[done:]), False


def _story(article: Article, explanation: Explanation) -> dict[str, object]:
    copy = explanation.copies.get(article.article_id)
    return {
        "headline": article.headline,
        "standfirst": article.standfirst,
        "paragraphs": _paragraphs(article.text),
        "facts": [(name, str(value)) for name, value in _facts(article) if value],
        "copy_note": _copy_note(copy) if copy is not None else None,
    }


def _copy_note(copy: Copy) -> str:
    kept = f"“{copy.headline or copy.duplicate_of}” ({copy.source_path or 'elsewhere'})"
    return f"Kept out: {copy.relation} copy of {kept}, Jaccard {copy.jaccard:.2f}, containment {copy.containment:.2f}"


def _facts(article: Article) -> Iterator[tuple[str, object]]:
    yield "published", f"{article.published_date} ({article.published_from})" if article.published_date else None
    yield "authors", ", ".join(article.authors)
    yield "agency", article.agency
    yield "section", article.section
    yield "site", article.site
    yield "language", article.language
    yield "words", article.word_count
    yield "certainty", f"{article.confidence:.2f}"


def _paragraphs(text: str | None) -> list[str]:
    return [printable(paragraph) for paragraph in (text or "").split("\n\n") if paragraph]
