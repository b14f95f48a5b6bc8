"""Dump in, articles out: segment → strip → describe, with every line accounted for."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self

from pipeline.clean.break_model import BreakModel
from pipeline.clean.describe import describe
from pipeline.clean.fragments import join_fragments, join_nodes
from pipeline.clean.html_label import label_content
from pipeline.clean.html_model import HtmlModel
from pipeline.clean.html_page import html_page
from pipeline.clean.label import Labelled, Reading, label_segment, read_segment, stopword_bits
from pipeline.clean.lines import Line, Part, measure, read_lines, split_lines_of
from pipeline.clean.listings import mark_listings
from pipeline.clean.markdown import is_markdown, read_markdown
from pipeline.clean.marks import Label, Mark, mark_lines
from pipeline.clean.model import LineModel
from pipeline.clean.numbered import count_links, read_numbered
from pipeline.clean.page import Page, text_page
from pipeline.clean.segment import Segment, segment, whole_page
from pipeline.clean.signs import count_words
from pipeline.clean.splitter import Splitter
from pipeline.clean.strip import Cut, Stripped, strip_lines
from pipeline.clean.tables import has_table
from pipeline.clean.templates import NO_TEMPLATES, Templates
from pipeline.clean.threads import mark_threads
from pipeline.clean.wrapped import unwrap
from pipeline.frozen import maker
from pipeline.limits import Limits
from pipeline.records import Article, Dump, LineClass, QuarantineRow, Reason, Removal
from pipeline.text import UNSPACED, fold, hash128, words
from pipeline.words.lexicon import Lexicon
from pipeline.words.rulebook import Rulebook

# No rule is asked about a line that the markup makes as sure a story's: of 3,100 such lines rules took out eight, six
# of them of the story.
_SURE = 0.98
# Lines beside a story told by its markup that a rule names with more use than the markup does.
_TELLS_OF_STORY = frozenset({LineClass.BYLINE, LineClass.DATE, LineClass.SOURCE})
_FRONT_MATTER = Label(line_class=LineClass.BOILERPLATE, rule="front.matter", evidence="what saved the page says of it")
ONE_DAY = dt.timedelta(days=1)
_MIN_TITLE_SIZE = 3  # words; below, a title names the house or a section
_HEAD_CHARS = 250  # some 30 different words: enough for a text of 3,600 words
_MAX_WORD_CHARS = 20  # more than words have in the mean in any language
_MANY_WORDS = 200  # different ones; enough for a text of 160,000 words
_MANY_CHARS = 3_000  # that have as many in most texts
_make_article, _make_removal = maker(Article), maker(Removal)


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
    splitter: Splitter
    html: HtmlModel = field(default_factory=HtmlModel.load)
    breaks: BreakModel = field(default_factory=BreakModel.load)

    @classmethod
    def load(cls, *, limits: Limits | None = None, min_words: int = 25) -> Self:
        """Return a cleaner with the rules and word lists that come with Broadsheet.

        Raises:
            RulebookError: a rule or word list is wrong.
        """
        return cls(Rulebook.load(), Lexicon.load(), limits or Limits(), min_words, LineModel.load(), Splitter.load())

    @property
    def digest(self) -> str:
        """Digest of rules, word lists and models: rows with another one are stale."""
        return hash128(
            self.book.digest,
            self.lexicon.digest,
            self.breaks.digest,
            self.model.digest,
            self.splitter.digest,
            self.html.digest,
        )[:16]

    def clean(self, dump: Dump, as_of: dt.date, templates: Templates = NO_TEMPLATES) -> Cleaned:
        """Return the articles of ``dump`` and what was taken out of it; same input, same output.

        ``as_of`` is the crawl date where neither record nor page tells one; no date later than the crawl date and one
        day is believed. ``templates`` are the site's furniture, where enough of its pages are known.

        Raises:
            RecordError: the dump is over a limit; facts hold ``reason``.
        """
        page = (
            html_page(dump, self.limits, self.lexicon, self.html)
            if dump.kind == "html"
            else text_page(dump, self.limits)
        )
        date = page.crawl_date or as_of
        lines, marks = (
            self._html_lines(page)
            if page.is_html
            else text_lines(page, self.book, self.lexicon, self.breaks, templates)
        )
        if not lines:
            return _all_quarantined(dump, page, date, Reason.EMPTY, "no text at all")
        segments = whole_page(lines) if page.is_html else self._segments(page, lines, marks)
        if len(segments) > 1:
            page = dataclasses.replace(page, is_single=False)
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

    def _segments(self, page: Page, lines: Sequence[Line], marks: Sequence[Mark | None]) -> list[Segment]:
        """Return the segments of a text dump; a page with a title is read with it, parts of one are not."""
        stopwords = stopword_bits(self.lexicon)

        def read(own: Sequence[Line], own_marks: Sequence[Mark | None]) -> Reading:
            title = _told_title(page) if len(own) == len(lines) else None
            return read_segment(own, own_marks, self.model, stopwords, title)

        return segment(lines, marks, read(lines, marks), self.splitter, stopwords, read)

    def _html_lines(self, page: Page) -> tuple[list[Line], list[Mark | None]]:
        asked = [line for line in page.measured if line.no not in page.content or page.content[line.no].score < _SURE]
        marks = dict(zip((line.no for line in asked), mark_lines(asked, self.book, self.lexicon), strict=True))
        return list(page.measured), [
            marks.get(line.no)
            if line.no in page.content or _tells_of_story(marks[line.no])
            else Mark(label=page.outside[line.no])
            for line in page.measured
        ]

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
        folded = _told_title(page)
        own_marks = marks[part.start : part.stop]
        if part.reading is None:
            labelled = label_content(own, own_marks, page.content, self.html.unsure_rules, folded)
        else:
            labelled = label_segment(own, own_marks, part.reading, self.model, self.lexicon, folded)
        stripped = strip_lines(labelled, self.book)
        if number > 1:
            stripped = _opened(stripped, part.evidence)
        # Nearly every text has the words in its head; to measure one that is not ASCII as a whole takes 20 µs.
        has_words = measure(stripped.folded[: _MAX_WORD_CHARS * self.min_words]) >= self.min_words
        if not has_words and (size := measure(stripped.folded)) < self.min_words:
            reason = Reason.TOO_SHORT if size else Reason.BOILERPLATE_ONLY
            return _Piece(lines=own, stripped=stripped, article=None, reason=reason)
        word_count = count_words(stripped.text)
        if _says_one_thing(stripped, word_count) or not _says_anything(labelled):
            return _Piece(lines=own, stripped=stripped, article=None, reason=Reason.NOT_AN_ARTICLE)
        found = describe(labelled, stripped, page, self.lexicon, not_after=date + ONE_DAY)
        article = _make_article(
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
            first_line=1 if page.is_html else own[0].no,
            last_line=len(page.lines) if page.is_html else own[-1].parts[-1].no,
            kept_lines=stripped.kept_lines,
            word_count=word_count,
            text_hash=hash128(stripped.folded),
            confidence=stripped.confidence,
        )
        return _Piece(lines=own, stripped=stripped, article=article, reason=None)


def _told_title(page: Page) -> str | None:
    """Return the page's own title, folded; None for one too short to be a story's, or where it holds several."""
    title = fold(page.title) if page.title and page.is_single else ""
    return title if measure(title) >= _MIN_TITLE_SIZE else None


def _tells_of_story(mark: Mark | None) -> bool:
    return mark is not None and mark.label.line_class in _TELLS_OF_STORY


def text_lines(
    page: Page,
    book: Rulebook,
    lexicon: Lexicon,
    breaks: BreakModel,
    templates: Templates = NO_TEMPLATES,
    *,
    is_alone: bool = False,
) -> tuple[list[Line], list[Mark | None]]:
    """Return the lines of a text dump, broken paragraphs joined, and their marks: what the line model reads.

    With ``is_alone`` a line has no mark but what it earns by itself. The model is trained so: comments and lists that
    no run gives away are left to it, and it would not know them had it seen all others marked.
    """
    lines, stopwords = _without_prefix(read_lines(page.lines), page), stopword_bits(lexicon)
    if page.front_lines or is_markdown(page.lines):
        whole = read_markdown(lines)
    elif links := count_links(page.lines):
        whole = read_numbered(lines, links)
    else:
        whole = join_nodes(unwrap(split_lines_of(lines, stopwords, breaks)), stopwords)
    marks = mark_lines(whole, book, lexicon)
    if not is_alone:
        marks = mark_listings(whole, mark_threads(whole, marks))
    if page.front_lines:
        front = sum(line.no <= page.front_lines for line in whole)
        marks[:front] = [Mark(label=_FRONT_MATTER)] * front
    return join_fragments(whole, templates.mark(page.site, whole, marks), stopwords)


def _opened(stripped: Stripped, why: str) -> Stripped:
    """Return the text of a segment that was cut off the one above, its first removal saying why."""
    if not stripped.cuts:
        return stripped
    first, *rest = stripped.cuts
    label = dataclasses.replace(first.label, evidence=f"{first.label.evidence}; {why}")
    return dataclasses.replace(stripped, cuts=(dataclasses.replace(first, label=label), *rest))


def _without_prefix(lines: list[Line], page: Page) -> list[Line]:
    """Return the lines with the crawl prefix off the first one; a line that was nothing else goes."""
    if page.crawl_prefix is None or not lines:
        return lines
    shift, first = page.crawl_prefix.end, lines[0]
    rest = read_lines([first.text[shift:]])
    return [
        dataclasses.replace(line, no=first.no, parts=(Part(no=first.no, start=shift, text=line.text),)) for line in rest
    ] + lines[1:]


def _says_one_thing(stripped: Stripped, word_count: int) -> bool:
    """Whether a text is a few words over and over: ``news news news ...``, one notice a thousand times.

    The words a language uses grow with the square root of a text's length (Heaps' law): news of 25 words has some 20,
    of 1,000 words some 400, of 60,000 words some 8,000. Half the root is a bound that no story comes near.
    """
    text, folded = stripped.text, stripped.folded
    # The plain words that nearly any text begins with are already more than one as long has to have.
    words_of_head = filter(str.isalpha, text[:_HEAD_CHARS].split()[:-1])
    plain = {word for word in words_of_head if word.isascii() or max(word) < UNSPACED[0]}
    if 4 * len(plain) ** 2 >= word_count:
        return False
    if len(set(folded[:_MANY_CHARS].split())) > _MANY_WORDS or len(set(folded.split())) >= _MANY_WORDS:
        return False
    return 4 * len(set(words(text))) ** 2 < word_count


def _says_anything(labelled: Labelled) -> bool:
    """Whether a kept line is a sentence or a paragraph, or a table is kept: a list of titles has none of these."""
    return any(
        line.is_sentence or line.is_paragraph
        for line, label in zip(labelled.lines, labelled.labels, strict=True)
        if label.line_class.kept
    ) or (labelled.headline is not None and has_table(labelled.lines, labelled.labels))


def _all_quarantined(dump: Dump, page: Page, date: dt.date, reason: Reason, message: str) -> Cleaned:
    row = QuarantineRow.of_record(dump, date, reason, message)
    removals = tuple(_prefix_removal(dump, page, date))
    return Cleaned(lines=page.lines, crawl_date=page.crawl_date, quarantined=(row,), removals=removals)


def _quarantine(dump: Dump, date: dt.date, piece: _Piece, number: int) -> QuarantineRow:
    found = count_words(piece.stripped.text)
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
        last_line=piece.lines[-1].parts[-1].no,
        kept_lines=piece.stripped.kept_lines,
        text=piece.stripped.text or None,
    )


def _removals(dump: Dump, page: Page, date: dt.date, pieces: Sequence[_Piece]) -> list[Removal]:
    found = [_removal(dump, date, cut) for piece in pieces for cut in piece.stripped.cuts]
    return _prefix_removal(dump, page, date) + found + _unmeasured(dump, page, date)


def _unmeasured(dump: Dump, page: Page, date: dt.date) -> list[Removal]:
    """Return the removals of lines that were told from the story by markup and not looked at further."""
    measured = {line.no for line in page.measured}
    lines, dump_id = page.lines, dump.dump_id
    return [
        Removal(
            dump_id=dump_id,
            date=date,
            line_no=no,
            start=0,
            end=len(lines[no - 1]),
            text=lines[no - 1],
            line_class=label.line_class,
            rule=label.rule,
            evidence=label.evidence,
        )
        for no, label in page.outside.items()
        if no not in measured
    ]


def _prefix_removal(dump: Dump, page: Page, date: dt.date) -> list[Removal]:
    if page.crawl_prefix is None:
        return []
    number, text = next((no, line) for no, line in enumerate(page.lines, 1) if line.strip())
    label = Label(
        line_class=LineClass.CRAWL_PREFIX, rule="crawl.prefix", evidence=text[: page.crawl_prefix.end].strip()
    )
    head = text[: page.crawl_prefix.end]
    return [_removal(dump, date, Cut(line_no=number, start=0, end=len(head), text=head, label=label))]


def _removal(dump: Dump, date: dt.date, cut: Cut) -> Removal:
    label = cut.label
    return _make_removal(
        dump_id=dump.dump_id,
        date=date,
        line_no=cut.line_no,
        start=cut.start,
        end=cut.end,
        text=cut.text,
        line_class=label.line_class,
        rule=label.rule,
        evidence=label.evidence,
    )
