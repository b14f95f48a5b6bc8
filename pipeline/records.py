"""The records that pass between stages, and the columns of every table.

A field made with :func:`column` is an output column: its Arrow type and its one-line meaning are declared here and
nowhere else; the Parquet schemas and ``docs/columns.md`` follow from it. Line numbers count from 1, as editors do,
blank lines included; ``start``/``end`` are character offsets inside one line. Only the standard library is used.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import MISSING, dataclass, field
from enum import StrEnum
from typing import Any, Self

from pipeline.frozen import quickly_made


class Reason(StrEnum):
    """Why a record or segment could not become an article: the closed list."""

    EMPTY = "empty"
    TOO_SHORT = "too_short"
    BOILERPLATE_ONLY = "boilerplate_only"
    TOO_LARGE = "too_large"
    TOO_DEEP = "too_deep"
    BOMB = "bomb"
    TRUNCATED = "truncated"
    CORRUPT = "corrupt"
    NOT_TEXT = "not_text"
    BAD_ENCODING = "bad_encoding"
    BAD_RECORD = "bad_record"
    UNSAFE_PATH = "unsafe_path"
    SPECIAL_FILE = "special_file"
    UNREADABLE = "unreadable"
    SYMLINK_LOOP = "symlink_loop"
    SYMLINK_OUTSIDE = "symlink_outside"
    CHANGED_WHILE_READ = "changed_while_read"
    TIMEOUT = "timeout"
    MEMORY = "memory"
    CRASH = "crash"
    UNSUPPORTED = "unsupported"
    DUPLICATE_ID = "duplicate_id"
    NOT_AN_ARTICLE = "not_an_article"


class LineClass(StrEnum):
    """What a line of a dump is. ``BODY`` and ``SUBHEAD`` are kept; every other class is a removal."""

    BODY = "body"
    SUBHEAD = "subhead"
    HEADLINE = "headline"
    HEADLINE_AGAIN = "headline_again"
    STANDFIRST = "standfirst"
    SUMMARY = "summary"
    CAPTION = "caption"
    CREDIT = "credit"
    DATELINE = "dateline"
    BYLINE = "byline"
    DATE = "date"
    SECTION = "section"
    READING_TIME = "reading_time"
    RELATED = "related"
    RECOMMENDED = "recommended"
    SHARE = "share"
    SOURCE = "source"
    NEWSLETTER = "newsletter"
    ADVERT = "advert"
    NAVIGATION = "navigation"
    COPYRIGHT = "copyright"
    COMMENT = "comment"
    TAG = "tag"
    BIO = "bio"
    WIDGET = "widget"
    PAYWALL = "paywall"
    APPEAL = "appeal"
    NOTE = "note"
    EMBED = "embed"
    CRAWL_PREFIX = "crawl_prefix"
    HTML = "html"
    BOILERPLATE = "boilerplate"

    kept: bool
    """Whether a line of this class stays in the article's text."""

    def __init__(self, name: str) -> None:
        """Tell whether the class is kept once: it is asked some hundred times a page."""
        self.kept = name in ("body", "subhead")


FORGOTTEN = "forgotten"
"""``records.reason`` of a dump of which something was taken down: never read again."""


class Relation(StrEnum):
    """How two articles stand to each other. The first five make one cluster, the last three only a link."""

    EXACT = "exact"
    NEAR = "near"
    ABRIDGED = "abridged"
    EXTENDED = "extended"
    SCANNED = "scanned"
    CONTAINS = "contains"
    UPDATE = "update"
    SAME_WIRE = "same_wire"


def column(
    arrow: str,
    meaning: str,
    *,
    partition: bool = False,
    stamp: bool = False,
    default: Any = MISSING,  # noqa: ANN401 - what dataclasses.field takes
) -> Any:  # noqa: ANN401 - dataclasses.field is Any to its callers, and so is this
    """Declare an output column: Arrow type by name, what it means in one line, a default where most rows have one.

    ``partition`` marks the column that lives in the path only; ``stamp`` one that is the same for all rows of a
    publication and is filled in when rows become Arrow, so the field itself is left out of the record's arguments.

    Arrow types used: string, list<string>, list<int64>, int64, float64, bool, date32, timestamp (µs, UTC).
    """
    metadata = {"arrow": arrow, "meaning": meaning, "partition": partition, "stamp": stamp}
    if stamp:
        return field(default=None, init=False, metadata=metadata)
    return field(default=default, metadata=metadata)


# ---------------------------------------------------------------- between read and clean


@dataclass(frozen=True, slots=True, kw_only=True)
class Dump:
    """One raw page as it came, decoded: the unit that everything else is traced to.

    ``text`` is the page (``kind`` "text") or its markup ("html"), decoded, NFC, without NUL and lone surrogates, with
    line ends as they came. ``crawl_date`` is None where neither record nor path tells; the run fills in its as-of.
    """

    dump_id: str
    source_path: str
    source_record: str | None
    kind: str
    text: str
    size_bytes: int
    encoding: str
    repaired: bool = False
    crawl_date: dt.date | None = None
    source_id: str | None = None
    url: str | None = None
    site: str | None = None
    title: str | None = None
    author: str | None = None
    date: str | None = None
    language: str | None = None
    time_zone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """An input that is no page at all, with why it was left out (free words)."""

    source_path: str
    source_record: str | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """A record that could be found but not read: becomes a quarantine row of stage ``read``."""

    dump_id: str
    source_path: str
    source_record: str | None
    reason: Reason
    message: str
    size_bytes: int
    byte_start: int | None = None
    byte_end: int | None = None
    crawl_date: dt.date | None = None


# ---------------------------------------------------------------- rows of the tables


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One story, cleaned. ``articles`` holds the kept copies; ``duplicates`` has the same columns and three more."""

    article_id: str = column("string", "blake2b-128 of dump_id and page_article_no, hex; never changes")
    dump_id: str = column("string", "the dump this story was read from; key into records, removals, quarantine")
    date: dt.date = column(
        "date32", "crawl date: the partition, so a better cleaning rule moves no row", partition=True
    )
    headline: str | None = column("string", "headline as printed, without site name, kicker or dateline")
    standfirst: str | None = column("string", "the paragraph under the headline that is not part of the body")
    text: str = column("string", "the body: paragraphs and subheads, separated by a blank line")
    authors: tuple[str, ...] = column(
        "list<string>", "people named as writers, without 'By' and roles; empty unless sure"
    )
    agency: str | None = column(
        "string", "news agency the story came from (AA, AFP, Reuters …); a photo credit is none"
    )
    section: str | None = column("string", "section or kicker as printed")
    language: str | None = column("string", "ISO 639-1 code of the body's language; null unless sure")
    url: str | None = column("string", "address of the page, from the record or the page's own canonical link")
    site: str | None = column("string", "site the page belongs to: given, or the host of url without www.")
    published_date: dt.date | None = column("date32", "day of publication as printed; null unless sure")
    published_at: dt.datetime | None = column(
        "timestamp", "moment of publication in UTC; only where time and zone are known"
    )
    published_precision: str | None = column("string", "second, minute or day; null without a published_date")
    published_from: str | None = column(
        "string", "where the date came from: record, meta, page, dateline, url or crawl"
    )
    source_path: str = column("string", "file the dump came from, relative to its raw root")
    source_record: str | None = column(
        "string", "record inside that file: archive member, line or WARC record; null if whole"
    )
    source_id: str | None = column("string", "id the input itself gave the page")
    page_article_no: int = column("int64", "which article of the page this is, from 1")
    page_article_count: int = column("int64", "how many articles the page held")
    first_line: int = column("int64", "first line of the segment in the dump, from 1")
    last_line: int = column("int64", "last line of the segment in the dump, inclusive")
    kept_lines: tuple[int, ...] = column("list<int64>", "lines whose text is in the body, in order")
    word_count: int = column("int64", "words of text; characters in scripts without spaces")
    text_hash: str = column("string", "blake2b-128 of the normalised text, hex: equal for equal words")
    confidence: float = column("float64", "mean certainty of the kept lines' labels, 0 to 1")
    rules_digest: str | None = column("string", "digest of the rules and model that cleaned the row", stamp=True)
    run_id: str | None = column("string", "the publication that wrote the row", stamp=True)
    ingested_at: dt.datetime | None = column("timestamp", "when that publication began, UTC", stamp=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicate:
    """What ``duplicates`` holds beside the columns of :class:`Article`."""

    duplicate_of: str = column("string", "article_id of the kept copy when ingested: always an article, never a chain")
    relation: str = column("string", "exact, near, abridged, extended or scanned: what this copy is to the kept one")
    jaccard: float = column("float64", "share of common word 3-grams among all of both texts, 0 to 1")
    containment: float = column("float64", "share of the shorter text's word 3-grams that the longer has, 0 to 1")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterRow:
    """A row of ``clusters``: the order-free partition over all accepted edges."""

    article_id: str = column("string", "an article or a duplicate")
    date: dt.date = column("date32", "crawl date of that row", partition=True)
    cluster_id: str = column("string", "smallest article_id of its cluster; alone: its own")
    run_id: str | None = column("string", "the publication that last changed the row", stamp=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class RelationRow:
    """A row of ``relations``: a link between two stories that is no merge."""

    article_id: str = column("string", "the holding, later or larger story")
    date: dt.date = column("date32", "crawl date of that story", partition=True)
    other_id: str = column("string", "the story it is linked with")
    relation: str = column("string", "contains, update or same_wire")
    jaccard: float = column("float64", "share of common word 3-grams among all of both texts, 0 to 1")
    containment: float = column("float64", "share of the shorter text's word 3-grams that the longer has, 0 to 1")
    run_id: str | None = column("string", "the publication that wrote the row", stamp=True)


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """A row of ``removals``: a line, or part of one, taken out, with the rule and the evidence."""

    dump_id: str = column("string", "the dump")
    date: dt.date = column("date32", "crawl date of the dump", partition=True)
    line_no: int = column("int64", "line in the dump (for HTML: in our text rendering of the page), from 1")
    start: int = column("int64", "first character taken out, from 0")
    end: int = column("int64", "one past the last character taken out")
    text: str = column("string", "what was taken out")
    line_class: str = column("string", "what the line is: caption, recommended, share, headline …")
    rule: str = column("string", "id of the rule or model that decided")
    evidence: str = column("string", "what it saw: the words matched, the line repeated, the block's marker")
    run_id: str | None = column("string", "the publication that wrote the row", stamp=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarantineRow:
    """A row of ``quarantine``: a record or segment that could not become an article."""

    dump_id: str = column("string", "the dump; for a file that could not be opened, made from its path")
    date: dt.date = column("date32", "crawl date", partition=True)
    source_path: str = column("string", "file, relative to its raw root")
    source_record: str | None = column("string", "record inside the file")
    stage: str = column("string", "where it stopped: read or clean")
    reason: str = column("string", "one of the closed list of reasons")
    message: str = column("string", "what was wrong, in words")
    page_article_no: int | None = column("int64", "which segment of the page; null for the whole record", default=None)
    first_line: int | None = column("int64", "first line of the segment; null for the whole record", default=None)
    last_line: int | None = column("int64", "last line of the segment, inclusive", default=None)
    kept_lines: tuple[int, ...] = column(
        "list<int64>", "lines labelled as body that stay here with the segment", default=()
    )
    text: str | None = column("string", "the text of those lines, so that nothing is lost", default=None)
    byte_start: int | None = column(
        "int64", "first byte of the damage or record in the file, where known", default=None
    )
    byte_end: int | None = column("int64", "one past the last byte, where known", default=None)
    run_id: str | None = column("string", "the publication that wrote the row", stamp=True)

    @classmethod
    def of_record(cls, record: Dump | Unreadable, date: dt.date, reason: Reason, message: str) -> Self:
        """Return the row of a record that is lost as a whole; the stage is ``read`` for an :class:`Unreadable`."""
        unread = record if isinstance(record, Unreadable) else None
        return cls(
            dump_id=record.dump_id,
            date=date,
            source_path=record.source_path,
            source_record=record.source_record,
            stage="clean" if unread is None else "read",
            reason=reason,
            message=message,
            byte_start=None if unread is None else unread.byte_start,
            byte_end=None if unread is None else unread.byte_end,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordRow:
    """A row of ``records``: an input record, with what became of it."""

    dump_id: str = column("string", "blake2b-128 of path, hash of the bytes and which equal record of the file, hex")
    date: dt.date = column("date32", "crawl date of the dump", partition=True)
    source_path: str = column("string", "file, relative to its raw root")
    source_record: str | None = column("string", "record inside the file; null for a whole file")
    source_id: str | None = column("string", "id the input itself gave the page")
    bytes: int = column("int64", "size of the record's bytes")
    line_count: int = column("int64", "lines of the dump, blank ones included")
    kind: str = column("string", "text, html, unreadable or skipped")
    encoding: str | None = column("string", "encoding the bytes were read in; null if unread")
    crawl_date: dt.date | None = column("date32", "crawl date as told by record or path; null where as-of filled in")
    first_as_of: dt.date = column("date32", "as-of of the run that first read the dump")
    articles: int = column("int64", "articles it gave")
    duplicates: int = column("int64", "duplicates it gave")
    quarantined: int = column("int64", "segments quarantined, or 1 for the whole record")
    reason: str | None = column(
        "string", "why it was skipped, for kind skipped; 'forgotten' where a story was taken down; else null"
    )
    removed_by_class: str | None = column(
        "string", "JSON object: removed lines by class; kept also without removal rows"
    )
    seconds: float = column("float64", "CPU seconds the record took to clean")
    rss_mib: float = column("float64", "highest resident memory of its worker up to then, MiB")
    rules_digest: str | None = column("string", "digest of the rules and model that cleaned it", stamp=True)
    run_id: str | None = column("string", "the publication that wrote the row", stamp=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRow:
    """A row of ``runs``: a publication and the consistent snapshot it made."""

    run_id: str = column("string", "sequence number and digest of the input: sorts by time")
    date: dt.date = column("date32", "as-of of the run", partition=True)
    kind: str = column("string", "run, backfill, restore, forget, compact, recluster, reindex or upgrade")
    sequence: int = column("int64", "number of the publication, from 1")
    started_at: dt.datetime = column("timestamp", "when it began, UTC")
    finished_at: dt.datetime = column("timestamp", "when its rows were complete, UTC")
    records: int = column("int64", "input records read for the first time")
    already_done: int = column("int64", "input records known from an earlier run")
    skipped: int = column("int64", "inputs that are no page")
    articles: int = column("int64", "articles added")
    duplicates: int = column("int64", "duplicates added")
    quarantined: int = column("int64", "records and segments quarantined")
    relations: int = column("int64", "links added")
    counts: str = column("string", "JSON object: duplicates by relation, quarantined by reason, removed lines by class")
    settings_digest: str = column("string", "digest of all settings")
    rules_digest: str = column("string", "digest of rules and model")
    versions: str = column("string", "JSON object: versions of Broadsheet, Python and the libraries that shape rows")
    timings: str = column("string", "JSON object: seconds of wall and CPU time by stage")
    table_versions: str = column("string", "JSON object: Delta version of every table after this publication")
