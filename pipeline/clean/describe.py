"""What a segment says of its story: headline, standfirst, writers, agency, section, language and date.

A value is null unless sure. Evidence on the page beats what the record or markup said only where the page is the
witness (the headline as printed); for dates the order is record, markup, page, dateline, address, crawl prefix.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from pipeline.clean.agencies import Dateline, agencies_named, agency_of_source_line, agency_of_tail, dateline_of
from pipeline.clean.bylines import is_cue, parse_byline
from pipeline.clean.clock import read_items
from pipeline.clean.dates import FoundDate, find_dates
from pipeline.clean.label import Labelled
from pipeline.clean.language import detect_language
from pipeline.clean.lines import Line, measure
from pipeline.clean.marks import Label
from pipeline.clean.page import Page
from pipeline.clean.strip import Stripped
from pipeline.records import LineClass
from pipeline.text import fold, squash
from pipeline.words.lexicon import Lexicon, Meaning

Rows: TypeAlias = Mapping[LineClass, Sequence[int]]
"""The places of a segment's lines by their class; a class that no line is of is left out."""

_MONTH, _WEEKDAY = int(Meaning.MONTH), int(Meaning.WEEKDAY)  # an operation of the flags themselves costs 2 µs
_MAY_HOLD_DATE = frozenset({LineClass.DATE, LineClass.BYLINE, LineClass.HEADLINE_AGAIN, LineClass.SOURCE})
# What may stand between the text and the agency it came from; below anything else stand other stories.
_SIGNED_OFF = frozenset(
    {LineClass.BYLINE, LineClass.COPYRIGHT, LineClass.DATE, LineClass.NOTE, LineClass.SHARE, LineClass.SOURCE}
)
_MAX_CREDIT_SIZE = 2  # words
_MENU = frozenset({LineClass.SECTION, LineClass.NAVIGATION})
_LISTED = _MENU | {LineClass.RECOMMENDED, LineClass.RELATED, LineClass.SHARE}
_DATE_IN_URL = re.compile(r"/((?:19|20)\d\d)[/-](0?[1-9]|1[0-2])[/-](0?[1-9]|[12]\d|3[01])(?=[/-]|$)")
_MAX_SECTION_CHARS = 60
_KNOWN_SECTION = "section.words"
_NO_NAME = frozenset(",;_|")  # lists of tags, and names for machines
_OWN_NOTICE = "source.syndication"
# What a name below an opening word is taken for; "By" above a share button or the headline names neither.
_MAY_BE_NAME = frozenset(
    {LineClass.BYLINE, LineClass.WIDGET, LineClass.SOURCE, LineClass.BIO, LineClass.BOILERPLATE, LineClass.RECOMMENDED}
)
_MODEL, _TOLD_BY_PLACE = "model", frozenset({LineClass.SHARE, LineClass.SECTION, LineClass.NAVIGATION})
_CONTRIBUTORS = "source.contributors"  # above the text it names the writer: Written by Jo Bell
_MAX_KICKER_SIZE = 2  # words
_QUOTES = ("“", "„", "«", '"', "‘", "»")
_MIN_SUBJECT = 3  # lines of the text that say the name
_MAX_JOINED = 2  # words of a name with capitals inside: PayPal
_MAX_ACRONYM_CHARS = 4
_PATH = "navigation.breadcrumb"
_STEP = re.compile(r"\s*[>›»]\s*|\s+/\s+")
_JOINT = re.compile(r"(?<=[a-zß-öø-ÿ])(?=[A-ZÀ-ÖØ-Þ])")  # HomeNewsWorld
_GLUED_STEPS = 3  # more are a menu, fewer may be a name: HomeKit
_MAX_STEPS, _MAX_STEP_SIZE = 5, 4  # more are a menu; words of a place
# "by Jo Bell", "byJo Bell" and "By Jo Bell Monday" behind a title.
_SIGNED = re.compile(
    r"\s+(?P<by>[Bb]y|BY)(?P<gap>\s?)(?P<name>[A-ZÀ-Þ][\w.'’-]*(?: [A-ZÀ-Þ][\w.'’-]*){1,3}?)"
    r"(?: (?P<day>[A-Z][a-z]{2,8}))?$"
)
_NO_OPENING = frozenset(",;:.)")
_MAX_STAMP_SIZE, _MAX_LABEL_CHARS = 16, 20  # words of the line; characters in front of its day
_MAX_SECTION_DISTANCE = 4  # lines from the headline; further off it is the menu's


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """When a story was published, how exactly that is known, and from where."""

    date: dt.date | None = None
    at: dt.datetime | None = None
    precision: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """The metadata of one article."""

    headline: str | None
    standfirst: str | None
    authors: tuple[str, ...]
    agency: str | None
    section: str | None
    language: str | None
    published: Published


def describe(
    labelled: Labelled, stripped: Stripped, page: Page, lexicon: Lexicon, *, not_after: dt.date
) -> Description:
    """Return the metadata of a segment; no date lies after ``not_after``."""
    language = detect_language(stripped.text, lexicon) or page.language
    rows = _rows_by_class(labelled.labels)
    first = labelled.lines[rows[LineClass.BODY][0]] if LineClass.BODY in rows else None
    dateline = dateline_of(first.bare, lexicon) if first is not None else None
    authors, byline_agency = _authors(labelled, rows, page, lexicon, language, dateline)
    headline, section = _headline(labelled, page), _section(labelled, rows, page, lexicon)
    return Description(
        headline=_unsigned(headline, authors, lexicon, language) if headline else None,
        standfirst=_standfirst(labelled, rows, page, lexicon),
        authors=authors,
        agency=_agency(labelled, rows, stripped, lexicon, dateline) or byline_agency or page.agency,
        section=section if section not in authors else None,
        language=language,
        published=_published(labelled, rows, page, lexicon, language, not_after, dateline),
    )


def _rows_by_class(labels: Sequence[Label]) -> Rows:
    found: dict[LineClass, list[int]] = {}
    for i, label in enumerate(labels):
        found.setdefault(label.line_class, []).append(i)
    return found


def _headline(labelled: Labelled, page: Page) -> str | None:
    if labelled.headline is not None:
        return labelled.lines[labelled.headline].bare
    return squash(page.title) or None if page.title and page.is_single else None


def _unsigned(title: str, authors: Sequence[str], lexicon: Lexicon, language: str | None) -> str:
    """Return a title without the writer behind it: one that the byline names, that is glued, or that a weekday follows.

    "Poems by Jo Bell" may be what a story is about.
    """
    found = _SIGNED.search(title)
    if found is None or not title[: found.start()].strip():
        return title
    behind = read_items(found["day"] or "", lexicon)
    if not behind and found["name"] in authors:
        return title[: found.start()]
    is_glued = found["by"] == "by" and not found["gap"]
    is_dated = bool(behind) and all(item.meaning & _WEEKDAY for item in behind)
    named = parse_byline(f"By {found['name']}", lexicon, language) if is_glued or is_dated else None
    return title[: found.start()] if named is not None and named.authors else title


def _standfirst(labelled: Labelled, rows: Rows, page: Page, lexicon: Lexicon) -> str | None:
    for i in rows.get(LineClass.STANDFIRST, ()):
        if _may_introduce(labelled.lines[i], lexicon):
            return labelled.lines[i].bare
    return page.standfirst if page.is_single else None


def _may_introduce(line: Line, lexicon: Lexicon) -> bool:
    """Return whether a line is no stamp and no second half of a sentence; "iPhone" and the like may open one."""
    is_rest = line.bare[0] in _NO_OPENING or (line.starts_lower and not any(map(str.isupper, line.bare.split()[0])))
    return not is_rest and not _is_stamp(line, lexicon)


def _is_stamp(line: Line, lexicon: Lexicon) -> bool:
    """Return whether a line opens with a day, perhaps behind its label, and says no sentence."""
    if line.ends_stop or line.size > _MAX_STAMP_SIZE:
        return False
    return any(date.start <= _MAX_LABEL_CHARS for date in find_dates(line.bare, lexicon))


def _section(labelled: Labelled, rows: Rows, page: Page, lexicon: Lexicon) -> str | None:
    """Return the section printed nearest above the headline, else nearest below, else the path's or the markup's."""
    top = labelled.headline if labelled.headline is not None else 0
    lines, labels = labelled.lines, labelled.labels
    found = [
        i
        for i in rows.get(LineClass.SECTION, ())
        if _names_section(
            lines[i], lexicon, is_known=labels[i].rule == _KNOWN_SECTION, is_kicker=i + 1 == labelled.headline
        )
        and not _in_menu(labelled, i)
    ]
    near = [i for i in found if abs(i - top) <= _MAX_SECTION_DISTANCE]
    if near:
        return lines[min(near, key=lambda i: (abs(i - top), i))].bare.rstrip(" >›»/|")
    told = page.section if page.is_single else None
    if told and len(told) <= _MAX_SECTION_CHARS and not set(told) & _NO_NAME:
        return told
    return _section_of_path(labelled)


def _section_of_path(labelled: Labelled) -> str | None:
    """Return the last place that the path above the headline names: Politics in "Home > News > Politics"."""
    if labelled.headline is None:
        return None
    headline = labelled.lines[labelled.headline].folded
    for line, label in zip(labelled.lines[: labelled.headline], labelled.labels, strict=False):
        places = _places(line) if label.rule == _PATH else []
        while places and (fold(places[-1]) in headline or places[-1].endswith(("…", "..."))):
            places.pop()
        if 2 <= len(places) <= _MAX_STEPS and all(measure(fold(place)) <= _MAX_STEP_SIZE for place in places):
            return places[-1]
    return None


def _places(path: Line) -> list[str]:
    """Return the places a path names, with signs between them or glued: HomeNewsWorld."""
    glued = _JOINT.split(path.bare)
    return glued if len(glued) == _GLUED_STEPS else [place for place in _STEP.split(path.bare) if place]


def _names_section(line: Line, lexicon: Lexicon, *, is_known: bool, is_kicker: bool) -> bool:
    """Return whether the line is a section's name: a known one, or a word or two right above the headline.

    A longer kicker, or one with a colon, is the headline's first half; a few capitals are the house's name; a figure
    counts readers, and with a month it is a day.
    """
    if is_known:
        return len(line.bare) <= _MAX_SECTION_CHARS
    has_letters = any(map(str.isalpha, line.bare))
    is_name = has_letters and line.size <= _MAX_KICKER_SIZE and not line.bare.endswith((":", "："))
    is_glued = len(_JOINT.split(line.bare)) > _MAX_JOINED
    items = read_items(line.bare, lexicon)
    is_figure = line.bare[0].isdigit() or (
        any(item.digits for item in items) and any(item.meaning & _MONTH for item in items)
    )
    is_house = line.is_capitals and len(line.bare) <= _MAX_ACRONYM_CHARS
    return is_kicker and is_name and not is_figure and not is_house and not is_glued


def _in_menu(labelled: Labelled, i: int) -> bool:
    """Return whether line ``i`` is one of three or more section names in a row, or of a list; a kicker is none."""
    if labelled.lines[i].is_bullet:
        near = [k for k in (i - 1, i + 1) if 0 <= k < len(labelled.lines)]
        return any(labelled.lines[k].is_bullet and labelled.labels[k].line_class in _LISTED for k in near)
    if i + 1 == labelled.headline:
        return False
    start, stop = i, i + 1
    while start > 0 and labelled.labels[start - 1].line_class in _MENU:
        start -= 1
    while stop < len(labelled.lines) and labelled.labels[stop].line_class in _MENU:
        stop += 1
    return stop - start >= 3


def _authors(
    labelled: Labelled, rows: Rows, page: Page, lexicon: Lexicon, language: str | None, dateline: Dateline | None
) -> tuple[tuple[str, ...], str | None]:
    agency: str | None = None
    for text in _bylines(labelled, rows, lexicon):
        if "(@" in text:  # the signature of a post that the text quotes
            continue
        byline = parse_byline(text, lexicon, language)
        if byline is None:
            continue
        agency = agency or byline.agency
        if byline.authors:
            return byline.authors, agency
    named = _name_by_place(labelled, rows)
    if named is not None:
        return (named,), agency
    if page.is_single and page.authors:
        return page.authors, agency
    told = parse_byline(page.author_line, lexicon, language) if page.is_single and page.author_line else None
    if told is not None and (told.authors or told.agency):
        return told.authors, agency or told.agency
    return ((dateline.author,) if dateline is not None and dateline.author else ()), agency


def _bylines(labelled: Labelled, rows: Rows, lexicon: Lexicon) -> Iterator[str]:
    """Yield the bylines: those that a rule knows above the text, then the others above it, then those below.

    Of the others the one nearest to the headline comes first: menus have names in them too. An opening word that stands
    alone is of the line below.
    """
    lines, labels = labelled.lines, labelled.labels
    body = rows[LineClass.BODY][0] if LineClass.BODY in rows else len(labels)
    found = {i for i in range(body) if labels[i].rule == _CONTRIBUTORS}.union(rows.get(LineClass.BYLINE, ()))
    top = labelled.headline or 0
    for i in sorted(found, key=lambda i: (i > body, not labels[i].rule.startswith("byline."), abs(i - top), i)):
        if not labels[i].rule.startswith("byline.") and (lines[i].is_piece or _is_subject(labelled, lines[i])):
            continue  # a piece of a menu reads like a name as often as not
        is_open = is_cue(lines[i].bare, lexicon) and i + 1 < len(lines) and _may_be_name(labels[i + 1])
        yield f"{lines[i].bare} {lines[i + 1].bare}" if is_open else lines[i].bare


def _is_subject(labelled: Labelled, line: Line) -> bool:
    """Return whether the line is in quotes or said again in the text: the story's subject, not its writer."""
    return line.bare.startswith(_QUOTES) or (
        sum(
            label.line_class.kept and f" {line.folded} " in f" {own.folded} "
            for own, label in zip(labelled.lines, labelled.labels, strict=True)
        )
        >= _MIN_SUBJECT
    )


def _may_be_name(label: Label) -> bool:
    told = label.rule == _MODEL and label.line_class in _TOLD_BY_PLACE
    return told or label.line_class in _MAY_BE_NAME


def _name_by_place(labelled: Labelled, rows: Rows) -> str | None:
    """Return the line that is a name because of where it stands, in a script without capitals to tell names by."""
    for i in rows.get(LineClass.BYLINE, ()):
        bare = labelled.lines[i].bare
        if labelled.labels[i].rule == "header.name" and bare.lower() == bare.upper():
            return bare
    return None


def _agency(
    labelled: Labelled, rows: Rows, stripped: Stripped, lexicon: Lexicon, dateline: Dateline | None
) -> str | None:
    """Return the agency named in a source line, the dateline or behind the last sentence; a photo credit names none."""
    lines, labels = labelled.lines, labelled.labels
    for i in rows.get(LineClass.SOURCE, ()):
        if agency := _agency_of_source(lines[i], labels[i], lexicon):
            return agency
    if LineClass.BODY not in rows:
        return None
    last = rows[LineClass.BODY][-1]
    if dateline is not None and dateline.agency:
        return dateline.agency
    for line in _credits_below(labelled, last):
        if agency := agency_of_source_line(line.bare, lexicon):
            return agency
    for cut in stripped.cuts:
        is_part = cut.label.line_class is LineClass.SOURCE and cut.end - cut.start < len(lines[last].text)
        if is_part and (agency := agency_of_source_line(cut.text, lexicon)):
            return agency
    return agency_of_tail(lines[last].bare, lexicon)


def _credits_below(labelled: Labelled, last: int) -> Iterator[Line]:
    """Yield the names alone right below the text, whose ``last`` line is told: the story's credit.

    In the text and at teasers they are a photo's.
    """
    for line, label in zip(labelled.lines[last + 1 :], labelled.labels[last + 1 :], strict=True):
        if label.line_class is LineClass.CREDIT and line.size <= _MAX_CREDIT_SIZE:
            yield line
        elif label.line_class not in _SIGNED_OFF:
            return


def _agency_of_source(line: Line, label: Label, lexicon: Lexicon) -> str | None:
    """Return the agency of a source line; one that speaks of its own subscribers may say more than its name."""
    if label.rule == _OWN_NOTICE:
        named = {agency.short for agency in agencies_named(line.bare, lexicon)}
        return named.pop() if len(named) == 1 else None
    return agency_of_source_line(line.bare, lexicon)


def _published(
    labelled: Labelled,
    rows: Rows,
    page: Page,
    lexicon: Lexicon,
    language: str | None,
    not_after: dt.date,
    dateline: Dateline | None,
) -> Published:
    def read(texts: Sequence[str | None], source: str) -> Published | None:
        found = [
            date
            for text in texts
            if text
            for date in find_dates(text, lexicon, language=language, time_zone=page.time_zone, not_after=not_after)
        ]
        return _choose(found, source)

    single = page.is_single
    return (
        (read([page.record_date], "record") if single else None)
        or (read(page.meta_dates[:1], "meta") if single else None)
        or read([line.bare for line in _header_dates(labelled, rows, lexicon)], "page")
        or _dateline_date(labelled, rows, dateline, lexicon, language, not_after)
        or (_from_url(page.url, not_after) if single else None)
        or (_from_crawl(page, not_after) if single else None)
        or Published()
    )


def _header_dates(labelled: Labelled, rows: Rows, lexicon: Lexicon) -> list[Line]:
    """Return date lines and bylines above the body, else any: a date under the body may be that of another story.

    Those below the headline come first, then those above it, the nearest first: at the top of a page stands the day on
    which it was read.
    """
    lines = labelled.lines
    places = [i for kind in _MAY_HOLD_DATE for i in rows.get(kind, ())]
    places += [i for i in rows.get(LineClass.STANDFIRST, ()) if _is_stamp(lines[i], lexicon)]
    found = [lines[i] for i in sorted(places)]
    body_starts = lines[rows[LineClass.BODY][0]].no if LineClass.BODY in rows else 0
    above = [line for line in found if line.no < body_starts]
    top = 0 if labelled.headline is None else lines[labelled.headline].no
    return sorted(above or found, key=lambda line: (line.no < top, abs(line.no - top)))


def _choose(found: Sequence[FoundDate], source: str) -> Published | None:
    """Return the first date that is labelled as published, else the first unlabelled, else none: never an update's."""
    for kind in ("published", "unlabelled"):
        for date in found:
            if date.kind == kind:
                return Published(date=date.date, at=date.at, precision=date.precision, source=source)
    if found and len({date.date for date in found}) == 1:
        return Published(date=found[0].date, at=found[0].at, precision=found[0].precision, source=source)
    return None


def _dateline_date(
    labelled: Labelled,
    rows: Rows,
    dateline: Dateline | None,
    lexicon: Lexicon,
    language: str | None,
    not_after: dt.date,
) -> Published | None:
    if dateline is None:
        return None
    text = labelled.lines[rows[LineClass.BODY][0]].bare[: dateline.end]
    return _choose(find_dates(text, lexicon, language=language, not_after=not_after), "dateline")


def _from_url(url: str | None, not_after: dt.date) -> Published | None:
    found = _DATE_IN_URL.search(url or "")
    if found is None:
        return None
    try:
        date = dt.date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None
    return Published(date=date, precision="day", source="url") if date <= not_after else None


def _from_crawl(page: Page, not_after: dt.date) -> Published | None:
    date = page.crawl_prefix.date if page.crawl_prefix is not None else None
    if date is None or date > not_after:
        return None
    return Published(date=date, precision="day", source="crawl")
