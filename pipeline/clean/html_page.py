"""An HTML dump as a page: our own rendering of all of it, which lines are its story, and what the markup says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline.clean.agencies import agency_of_source_line
from pipeline.clean.bylines import parse_byline
from pipeline.clean.compiled_render import render
from pipeline.clean.html_content import Content, find_content
from pipeline.clean.html_features import Told
from pipeline.clean.html_model import HtmlModel
from pipeline.clean.lines import Line, read_lines
from pipeline.clean.marks import Label
from pipeline.clean.page import Page, check_lines
from pipeline.clean.page_meta import PageMeta, read_page_meta, without_site_name
from pipeline.clean.render import parse
from pipeline.clean.signs import fold_all
from pipeline.limits import Limits
from pipeline.records import Dump, LineClass
from pipeline.text import fold, host_of
from pipeline.words.lexicon import Lexicon

_HEADER_LINES = 8


def html_page(dump: Dump, limits: Limits, lexicon: Lexicon, model: HtmlModel) -> Page:
    """Return an HTML dump as a page; what the record says goes before what the markup says.

    Raises:
        RecordError: it is over a limit.
    """
    tree = parse(dump.text, limits)
    meta = read_page_meta(tree, dump.url, limits)
    rendered = render(tree, limits)
    check_lines(rendered.lines, limits)
    content = find_content(tree, rendered, told_by(meta), model, limits)
    standfirst = _standfirst(meta, content)
    url = dump.url or meta.canonical_url
    title = without_site_name(dump.title, [dump.site, meta.site_name]) if dump.title else meta.headline
    return Page(
        lines=rendered.lines,
        measured=_shown(content, title, rendered.lines, with_header=not (meta.published and meta.authors)),
        outside=_with_standfirst(content, standfirst),
        content=content.inside,
        is_html=True,
        title=title,
        standfirst=standfirst,
        authors=_persons(meta, lexicon),
        author_line=dump.author,
        section=meta.section,
        agency=_agency(meta, lexicon),
        language=dump.language or meta.language,
        url=url,
        site=dump.site or host_of(url),
        record_date=dump.date,
        meta_dates=tuple(date.text for date in meta.published),
        time_zone=dump.time_zone,
        crawl_date=dump.crawl_date,
    )


def told_by(meta: PageMeta) -> Told:
    """Return what the markup says of the story in the form that the line model compares lines with."""
    headline, story, *descriptions = fold_all([meta.headline or "", meta.story or "", *meta.descriptions])
    return Told(
        headline=headline if meta.headline else None,
        descriptions=tuple(filter(None, descriptions)),
        story=story if meta.story else None,
    )


def _shown(content: Content, title: str | None, lines: Sequence[str], *, with_header: bool) -> tuple[Line, ...]:
    """Return the lines that are looked at further: the story's, those that say its title, and those right above it.

    The latter only where the markup names no date or writer: there a line may.
    """
    folded = fold(title) if title else None
    first = min(content.inside, default=0)
    header = [line.no for line in content.lines if line.no < first][-_HEADER_LINES:] if with_header else []
    shown = tuple(
        line for line in content.lines if line.no in content.inside or line.folded == folded or line.no in header
    )
    return shown or tuple(read_lines(lines[:1]))


def _with_standfirst(content: Content, standfirst: str | None) -> Mapping[int, Label]:
    """Return the labels of what is not of the story, the line that says the description among them named as such."""
    said = [line.no for line in content.lines if line.no in content.outside and line.bare == standfirst]
    label = Label(line_class=LineClass.STANDFIRST, rule="html.description", evidence="the page's own description")
    return {**content.outside, **dict.fromkeys(said[:1], label)}


def _standfirst(meta: PageMeta, content: Content) -> str | None:
    """Return the description that the page also shows, but not as a paragraph of its story.

    One for search engines alone is no standfirst, nor is the first paragraph said again.
    """
    shown = {line.bare for line in content.lines if line.no in content.outside}
    return next((text for text in meta.descriptions if text in shown), None)


def _persons(meta: PageMeta, lexicon: Lexicon) -> tuple[str, ...]:
    """Return the authors that the markup names, without roles glued to their names."""
    bylines = (parse_byline(author, lexicon, meta.language) for author in meta.authors)
    return tuple(dict.fromkeys(author for byline in bylines if byline is not None for author in byline.authors))


def _agency(meta: PageMeta, lexicon: Lexicon) -> str | None:
    """Return the agency among the organisations that the markup names as the story's author or source."""
    found = (agency_of_source_line(name, lexicon) for name in meta.organisations)
    return next((agency for agency in found if agency), None)
