"""An HTML dump as a page: our own rendering of all of it, which lines the extractor took, and what the markup says."""

from __future__ import annotations

from pipeline.clean.agencies import agency_of_source_line
from pipeline.clean.bylines import parse_byline
from pipeline.clean.extract import extract
from pipeline.clean.marks import Label
from pipeline.clean.page import Page, check_lines
from pipeline.clean.page_meta import PageMeta, read_page_meta, without_site_name
from pipeline.clean.render import Markup, parse, render
from pipeline.lexicon import Lexicon
from pipeline.limits import Limits
from pipeline.records import Dump, LineClass
from pipeline.text import host_of

_OUTSIDE = Label(line_class=LineClass.HTML, rule="html.extractor", evidence="not main content by its markup", score=0.9)


def html_page(dump: Dump, limits: Limits, lexicon: Lexicon) -> Page:
    """Return an HTML dump as a page; what the record says goes before what the markup says.

    Raises:
        RecordError: it is over a limit.
    """
    tree = parse(dump.text, limits)
    rendered = render(tree, limits)
    check_lines(rendered.lines, limits)
    extraction = extract(rendered, limits)
    meta = read_page_meta(tree, dump.url, limits)
    taken = frozenset(extraction.content_lines)
    url = dump.url or meta.canonical_url
    return Page(
        lines=rendered.lines,
        outside={no: _OUTSIDE for no in range(1, len(rendered.lines) + 1) if no not in taken},
        content={no: _inside(rendered.markup[no - 1], extraction.method) for no in taken},
        is_html=True,
        title=without_site_name(dump.title, [dump.site, meta.site_name]) if dump.title else meta.headline,
        standfirst=_standfirst(meta, rendered.lines),
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


def _inside(markup: Markup, method: str) -> Label:
    kind = LineClass.SUBHEAD if markup.heading_level else LineClass.BODY
    return Label(line_class=kind, rule=f"html.{method}", evidence=f"main content, <{markup.tag}>", score=0.9)


def _standfirst(meta: PageMeta, lines: tuple[str, ...]) -> str | None:
    """Return the description that the page also shows; a description for search engines alone is no standfirst."""
    shown = set(lines)
    return next((text for text in meta.descriptions if text in shown), None)


def _persons(meta: PageMeta, lexicon: Lexicon) -> tuple[str, ...]:
    """Return the authors that the markup names, without roles glued to their names."""
    bylines = (parse_byline(author, lexicon, meta.language) for author in meta.authors)
    return tuple(dict.fromkeys(author for byline in bylines if byline is not None for author in byline.authors))


def _agency(meta: PageMeta, lexicon: Lexicon) -> str | None:
    """Return the agency among the organisations that the markup names as the story's author or source."""
    found = (agency_of_source_line(name, lexicon) for name in meta.organisations)
    return next((agency for agency in found if agency), None)
