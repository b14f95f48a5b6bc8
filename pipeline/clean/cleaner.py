"""Dump in, articles out: segment → strip → describe, with every line accounted for."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from pipeline.clean.describe import describe
from pipeline.clean.fragments import join_fragments
from pipeline.clean.html_page import html_page
from pipeline.clean.label import label_content, label_segment, stopword_bits
from pipeline.clean.lines import Line, measure, read_lines
from pipeline.clean.marks import Label, Mark, mark_lines
from pipeline.clean.model import LineModel
from pipeline.clean.page import Page, text_page
from pipeline.clean.segment import Segment, segment, whole_page
from pipeline.clean.strip import Cut, Stripped, strip_lines
from pipeline.lexicon import Lexicon
from pipeline.limits import Limits
from pipeline.records import Article, Dump, LineClass, QuarantineRow, Reason, Removal
from pipeline.rulebook import Rulebook
from pipeline.text import fold, hash128, words

ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleaned:
    """What became of a dump: its lines, the rows it gives, and the crawl date they carry."""

    lines: tuple[str, ...]
    crawl_date: dt.date | None
    articles: tuple[Article, ...] = ()
    quarantined: tuple[QuarantineRow, ...] = ()
    removals: tuple[Removal, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Piece:
    """A segment, stripped, with what describe needs."""

    lines: Sequence[Line]
    stripped: Stripped
    article: Article | None
    reason: Reason | None


@dataclass(frozen=True, slots=True)
class Cleaner:
    """Everything cleaning needs, loaded once a process; :meth:`clean` is pure."""

    book: Rulebook
    lexicon: Lexicon
    limits: Limits
    min_words: int
    model: LineModel

    @classmethod
    def load(cls, *, limits: Limits | None = None, min_words: int = 25) -> Self:
        """Return a cleaner with the rules and word lists that come with Broadsheet.

        Raises:
            RulebookError: a rule or word list is wrong.
        """
        return cls(Rulebook.load(), Lexicon.load(), limits or Limits(), min_words, LineModel.load())

    @property
    def digest(self) -> str:
        """Digest of rules, word lists and model: rows with another one are stale."""
        return hash128(self.book.digest, self.lexicon.digest, self.model.digest)[:16]

    def clean(self, dump: Dump, as_of: dt.date) -> Cleaned:
        """Return the articles of ``dump`` and what was taken out of it; same input, same output.

        ``as_of`` is the crawl date where neither record nor page tells one; no date later than the crawl date and one
        day is believed.

        Raises:
            RecordError: the dump is over a limit; facts hold ``reason``.
        """
        page = html_page(dump, self.limits, self.lexicon) if dump.kind == "html" else text_page(dump, self.limits)
        date = page.crawl_date or as_of
        lines, marks = self._html_lines(page) if page.is_html else text_lines(page, self.book, self.lexicon)
        if not lines:
            return _all_quarantined(dump, page, date, Reason.EMPTY, "no text at all")
        segments = segment(lines, marks) if not page.is_html else whole_page(lines)
        single = len(segments) == 1
        page = dataclasses.replace(page, is_single=single)
        pieces = [
            self._piece(dump, page, date, lines, marks, part, no, len(segments)) for no, part in enumerate(segments, 1)
        ]
        return Cleaned(
            lines=page.lines,
            crawl_date=page.crawl_date,
            articles=tuple(piece.article for piece in pieces if piece.article is not None),
            quarantined=tuple(
                _quarantine(dump, date, piece, no) for no, piece in enumerate(pieces, 1) if piece.article is None
            ),
            removals=tuple(_removals(dump, page, date, pieces)),
        )

    def _html_lines(self, page: Page) -> tuple[list[Line], list[Mark | None]]:
        lines = read_lines(page.lines)
        marks = mark_lines(lines, self.book, self.lexicon)
        marks = [
            Mark(label=page.outside[line.no]) if line.no in page.outside else mark
            for line, mark in zip(lines, marks, strict=True)
        ]
        return lines, marks

    def _piece(
        self,
        dump: Dump,
        page: Page,
        date: dt.date,
        lines: Sequence[Line],
        marks: Sequence[Mark | None],
        part: Segment,
        number: int,
        count: int,
    ) -> _Piece:
        own = lines[part.start : part.stop]
        folded = fold(page.title) if page.title and page.is_single else None
        own_marks = marks[part.start : part.stop]
        if page.is_html:
            labelled = label_content(
                own, own_marks, page.content, folded, fold(page.standfirst) if page.standfirst else None
            )
        else:
            labelled = label_segment(own, own_marks, self.model, stopword_bits(self.lexicon), folded)
        stripped = strip_lines(labelled, self.book)
        size = measure(fold(stripped.text))
        if size < self.min_words:
            reason = Reason.TOO_SHORT if size else Reason.BOILERPLATE_ONLY
            return _Piece(lines=own, stripped=stripped, article=None, reason=reason)
        found = describe(labelled, stripped, page, self.lexicon, not_after=date + ONE_DAY)
        article = Article(
            article_id=hash128(dump.dump_id, str(number)),
            dump_id=dump.dump_id,
            date=date,
            headline=found.headline,
            standfirst=found.standfirst,
            text=stripped.text,
            authors=found.authors,
            agency=found.agency,
            section=found.section,
            language=found.language,
            url=page.url,
            site=page.site,
            published_date=found.published.date,
            published_at=found.published.at,
            published_precision=found.published.precision,
            published_from=found.published.source,
            source_path=dump.source_path,
            source_record=dump.source_record,
            source_id=dump.source_id,
            page_article_no=number,
            page_article_count=count,
            first_line=own[0].no,
            last_line=own[-1].parts[-1][0],
            kept_lines=stripped.kept_lines,
            word_count=len(words(stripped.text)),
            text_hash=hash128(fold(stripped.text)),
            confidence=stripped.confidence,
        )
        return _Piece(lines=own, stripped=stripped, article=article, reason=None)


def text_lines(page: Page, book: Rulebook, lexicon: Lexicon) -> tuple[list[Line], list[Mark | None]]:
    """Return the lines of a text dump, broken paragraphs joined, and their marks: what the line model reads."""
    lines = _without_prefix(read_lines(page.lines), page)
    return join_fragments(lines, mark_lines(lines, book, lexicon))


def _without_prefix(lines: list[Line], page: Page) -> list[Line]:
    """Return the lines with the crawl prefix off the first one; a line that was nothing else goes."""
    if page.crawl_prefix is None or not lines:
        return lines
    rest = read_lines([lines[0].text[page.crawl_prefix.end :]])
    return [dataclasses.replace(line, no=lines[0].no, parts=((lines[0].no, line.text),)) for line in rest] + lines[1:]


def _all_quarantined(dump: Dump, page: Page, date: dt.date, reason: Reason, message: str) -> Cleaned:
    row = QuarantineRow(
        dump_id=dump.dump_id,
        date=date,
        source_path=dump.source_path,
        source_record=dump.source_record,
        stage="clean",
        reason=reason,
        message=message,
    )
    removals = tuple(_prefix_removal(dump, page, date))
    return Cleaned(lines=page.lines, crawl_date=page.crawl_date, quarantined=(row,), removals=removals)


def _quarantine(dump: Dump, date: dt.date, piece: _Piece, number: int) -> QuarantineRow:
    found = len(words(piece.stripped.text))
    reason = piece.reason or Reason.BOILERPLATE_ONLY
    message = f"{found} words of body text left" if found else "no line of body text"
    return QuarantineRow(
        dump_id=dump.dump_id,
        date=date,
        source_path=dump.source_path,
        source_record=dump.source_record,
        stage="clean",
        reason=reason,
        message=message,
        page_article_no=number,
        first_line=piece.lines[0].no,
        last_line=piece.lines[-1].parts[-1][0],
        kept_lines=piece.stripped.kept_lines,
        text=piece.stripped.text or None,
    )


def _removals(dump: Dump, page: Page, date: dt.date, pieces: Sequence[_Piece]) -> list[Removal]:
    shift = page.crawl_prefix.end if page.crawl_prefix is not None else 0
    prefix = _prefix_removal(dump, page, date)
    first = prefix[0].line_no if prefix else 0
    found = [
        _removal(dump, date, cut, shift if cut.line_no == first else 0)
        for piece in pieces
        for cut in piece.stripped.cuts
    ]
    return prefix + found


def _prefix_removal(dump: Dump, page: Page, date: dt.date) -> list[Removal]:
    if page.crawl_prefix is None:
        return []
    number, text = next((no, line) for no, line in enumerate(page.lines, 1) if line.strip())
    label = Label(
        line_class=LineClass.CRAWL_PREFIX, rule="crawl.prefix", evidence=text[: page.crawl_prefix.end].strip()
    )
    head = text[: page.crawl_prefix.end]
    return [_removal(dump, date, Cut(line_no=number, start=0, end=len(head), text=head, label=label), 0)]


def _removal(dump: Dump, date: dt.date, cut: Cut, shift: int) -> Removal:
    return Removal(
        dump_id=dump.dump_id,
        date=date,
        line_no=cut.line_no,
        start=cut.start + shift,
        end=cut.end + shift,
        text=cut.text,
        line_class=cut.label.line_class,
        rule=cut.label.rule,
        evidence=cut.label.evidence,
    )
