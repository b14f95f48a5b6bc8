"""What the markup of a page says of its story: headline, dates, writers, section, site, language, address.

Only what is stated counts: JSON-LD, OpenGraph, meta names, microdata and time elements. Nothing is guessed from the
text, the address or the clock, and dates are handed on as printed.
"""

from __future__ import annotations

import html as html_module
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from lxml import etree
from lxml.html import HtmlElement

from pipeline.clean.json_ld import Story, read_story
from pipeline.clean.render import parse
from pipeline.limits import Limits
from pipeline.text import fold, squash

_MAX_ELEMENTS = 1_000  # of one kind; pages have some dozens
_MAX_TEXT_CHARS = 2_000
_MAX_NAME_CHARS = 80

_PUBLISHED_NAMES = (
    "article:published_time", "og:article:published_time", "og:published_time", "article:published",
    "rnews:datepublished", "datepublished", "parsely-pub-date", "sailthru.date", "cxenseparse:recs:publishtime",
    "bt:pubdate", "pubdate", "publishdate", "publish_date", "publish-date", "published-date", "date_published",
    "article.published", "dc.date.issued", "dcterms.issued", "dc.date.created", "dcterms.created", "dc.date",
    "dcterms.date", "date",
)  # fmt: skip
_MODIFIED_NAMES = (
    "article:modified_time", "og:article:modified_time", "og:updated_time", "article:modified", "datemodified",
    "article.updated", "dc.date.modified", "dcterms.modified", "revised", "last-modified",
)  # fmt: skip
_HEADLINE_NAMES = ("og:title", "twitter:title", "headline", "parsely-title", "sailthru.title", "dc.title", "title")
_DESCRIPTION_NAMES = ("og:description", "description", "twitter:description", "sailthru.description", "dc.description")
_AUTHOR_NAMES = (
    "author", "article:author", "article:author_name", "parsely-author", "sailthru.author", "dc.creator", "byl",
    "dcterms.creator", "citation_author",
)  # fmt: skip
_SECTION_NAMES = ("article:section", "og:article:section", "parsely-section", "section", "cxenseparse:recs:category")
_SITE_NAMES = ("og:site_name", "application-name", "apple-mobile-web-app-title", "twitter:app:name:iphone")
_SOURCE_NAMES = (
    "source",
    "news_source",
    "dc.source",
    "original-source",
    "syndication-source",
    "article:agency",
    "agency",
)
_LANGUAGE_NAMES = ("content-language", "og:locale", "dc.language", "language")

_NAMES = frozenset(
    (
        *_PUBLISHED_NAMES, *_MODIFIED_NAMES, *_HEADLINE_NAMES, *_DESCRIPTION_NAMES, *_AUTHOR_NAMES, *_SECTION_NAMES,
        *_SITE_NAMES, *_SOURCE_NAMES, *_LANGUAGE_NAMES, "og:url",
    )
)  # fmt: skip
_ASKED_PROPERTIES = frozenset(
    ("alternativeheadline", "articlesection", "author", "datemodified", "datepublished", "headline")
)
# Written as //, libxml2 looks at each node with a predicate for itself, for two to three times the time.
_PROPERTIES = etree.XPath("/descendant::*/@itemprop")
_STORY_SCOPE = re.compile(r"(?:Article|BlogPosting|Report|WebPage)/?\s*$", re.IGNORECASE)
_OUTSIDE = "not(ancestor::nav or ancestor::aside or ancestor::footer)"
_HEADINGS = etree.XPath(f"/descendant::h1[{_OUTSIDE}]")
_TIMES = etree.XPath(f"/descendant::time[@datetime][{_OUTSIDE}][not(ancestor::li)]")
_LANGUAGE = re.compile(r"([a-z]{2,3})(?:[-_][a-z0-9]+)*", re.IGNORECASE)
# Signs that part a headline from the names of site and section, with blanks around them; so a dash in a word is none.
_TITLE_BAR = re.compile(r"\s+(?:[|–—·•»«:~/-]|::|\|\|)\s+")
_NAMES_TOGETHER = re.compile(r"\s*[,;|]\s*|\s+(?:and|und|&)\s+")
_NO_NAME = re.compile(r"https?:|www\.|[@/\\<>{}\[\]_=]|\d")
_BY = re.compile(r"^by[:\s]\s*", re.IGNORECASE)
_ELLIPSIS = ("…", "...")
_DAY_CHARS = len("2026-03-04")
_MAX_DATE_CHARS = 100


@dataclass(frozen=True, slots=True)
class MetaDate:
    """A date as printed, and what said it: json_ld, meta, microdata or time."""

    text: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PageMeta:
    """What the markup says; None or empty where it says nothing usable.

    ``published`` and ``modified`` are ordered by how far the source is to be believed, each text once. ``headline`` is
    without the site's name. ``descriptions`` are candidates for the standfirst. ``authors`` are persons;
    ``organisations`` are named as author or source of the story (agencies often are), ``publisher`` runs the site.
    ``story`` is the text of the story, or an abstract of it, as some sites repeat it in JSON-LD.
    """

    headline: str | None = None
    descriptions: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()
    publisher: str | None = None
    published: tuple[MetaDate, ...] = ()
    modified: tuple[MetaDate, ...] = ()
    section: str | None = None
    site_name: str | None = None
    canonical_url: str | None = None
    language: str | None = None
    story: str | None = None


@dataclass(frozen=True, slots=True)
class _Sources:
    """The places of a page that speak of its story, read once."""

    page: HtmlElement
    names: Mapping[str, Sequence[str]]
    properties: Mapping[str, Sequence[str]]
    story: Story | None
    url: str | None

    def first(self, names: Iterable[str]) -> str | None:
        return next((text for name in names for text in self.names.get(name, ())), None)

    def all(self, names: Iterable[str]) -> Iterator[str]:
        return (text for name in names for text in self.names.get(name, ()))


def read_page_meta(html: str | HtmlElement, url: str | None, limits: Limits) -> PageMeta:
    """Return what the markup says of the story; ``url`` is where the page was found, if known.

    >>> meta = read_page_meta('<html lang="en-GB"><title>Rain | The Daily</title>', "https://daily.example/1", Limits())
    >>> meta.headline, meta.language
    ('Rain', 'en')

    Raises:
        RecordError: the page is a text and too deep or too large to be parsed.
    """
    sources = _read_sources(parse(html, limits) if isinstance(html, str) else html, url)
    story = sources.story
    publisher = story.publisher if story else None
    site_name = sources.first(_SITE_NAMES)
    headline = _headline(sources, [site_name, publisher, *_host_names(sources.url)])
    organisations = [*(story.organisations if story else ()), *sources.all(_SOURCE_NAMES)]
    no_persons = {_site_key(name) for name in (site_name, publisher, *organisations, *_host_names(sources.url)) if name}
    return PageMeta(
        headline=headline,
        descriptions=_descriptions(sources, headline),
        authors=_authors(sources, no_persons),
        organisations=tuple(dict.fromkeys(name for name in organisations if len(name) <= _MAX_NAME_CHARS)),
        publisher=publisher,
        published=_published(sources),
        modified=_modified(sources),
        section=(story.section if story else None)
        or sources.first(_SECTION_NAMES)
        or next(iter(sources.properties.get("articlesection", ())), None),
        site_name=site_name,
        canonical_url=sources.url,
        language=_language(sources),
        story=story.text if story else None,
    )


def _read_sources(page: HtmlElement, url: str | None) -> _Sources:
    names: dict[str, list[str]] = defaultdict(list)
    blocks: list[str] = []
    canonical: str | None = None
    for element in page.iter("meta", "script", "link"):
        if element.tag == "meta":
            name = (
                (element.get("property") or element.get("name") or element.get("http-equiv") or "").strip().casefold()
            )
            if name in _NAMES and len(names[name]) < _MAX_ELEMENTS and (text := _clean(element.get("content"))):
                names[name].append(text)
        elif element.tag == "script":
            if "ld+json" in element.get("type", "").casefold() and len(blocks) < _MAX_ELEMENTS:
                blocks.append(element.text or "")
        elif "canonical" in element.get("rel", "").casefold().split():
            canonical = canonical or element.get("href")
    own = _http(canonical, url) or _http(next(iter(names.get("og:url", ())), None), url)
    story = read_story(blocks, (own, url))
    return _Sources(
        page, names, _properties(page), story, own or _http(story.url if story else None, url) or _http(url)
    )


def _properties(page: HtmlElement) -> dict[str, list[str]]:
    """Return the microdata of the story: what stands in the scope of an article, a page, or in none."""
    found: dict[str, list[str]] = defaultdict(list)
    for stated in _some(_PROPERTIES(page)):
        asked = _ASKED_PROPERTIES.intersection(stated.casefold().split())
        if not asked:
            continue
        element = stated.getparent()
        scope = next((above for above in element.iterancestors() if above.get("itemscope") is not None), None)
        if scope is None or _STORY_SCOPE.search(scope.get("itemtype", "")):
            value = element.get("content") or element.get("datetime")
            if not value:
                inner = element.find(".//*[@itemprop='name']")
                value = (element if inner is None else inner).text_content()
            for name in asked:
                if text := _clean(value):
                    found[name].append(text)
    return found


def _headline(sources: _Sources, names: Sequence[str | None]) -> str | None:
    """Return the headline as printed, where the markup agrees with a heading; else as the markup has it."""
    title = next(sources.page.iter("title"), None)
    candidates = [
        sources.story.headline if sources.story else None,
        *sources.all(_HEADLINE_NAMES),
        *sources.properties.get("headline", ()),
        _clean(title.text) if title is not None else None,
    ]
    told = (without_site_name(candidate, names) for candidate in dict.fromkeys(filter(None, candidates)))
    stated = [*dict.fromkeys(filter(None, told))]
    stated_words = {_joined(text) for text in stated}
    for heading in _some(_HEADINGS(sources.page)):
        printed = _clean(heading.text_content())
        if printed and _joined(printed) in stated_words:
            return printed
    first = next(iter(stated), None)
    if first and first.endswith(_ELLIPSIS):
        stem = first.rstrip(".… ")
        return next((text for text in stated if text.startswith(stem) and not text.endswith(_ELLIPSIS)), first)
    return first


def without_site_name(title: str, names: Iterable[str | None]) -> str:
    """Return a page title without the names of site or host that stand before or behind it, set off by a sign.

    >>> without_site_name("Bridge closed - Harbour | Daily Bugle", ["Daily Bugle"])
    'Bridge closed - Harbour'
    """
    known: frozenset[str] | None = None
    while bars := list(_TITLE_BAR.finditer(title)):
        if known is None:
            known = frozenset(key for name in names if name and (key := _site_key(name)))
        if _names_site(title[bars[-1].end() :], known):
            title = title[: bars[-1].start()]
        elif _names_site(title[: bars[0].start()], known):
            title = title[bars[0].end() :]
        else:
            break
    return title


def _names_site(part: str, known: Set[str]) -> bool:
    return bool(key := _site_key(part)) and key in known


def _site_key(name: str) -> str:
    return _joined(name).removeprefix("the")


def _host_names(url: str | None) -> tuple[str, ...]:
    """Return a host as titles name it: ``dailybugle.example`` and the longest of its parts but the last."""
    if url is None:
        return ()
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    return host, max(host.split(".")[:-1], key=len, default="")


def _descriptions(sources: _Sources, headline: str | None) -> tuple[str, ...]:
    """Return the descriptions, each once, without those that only repeat the headline."""
    candidates = [
        *(sources.story.descriptions if sources.story else ()),
        *sources.all(_DESCRIPTION_NAMES),
        *sources.properties.get("alternativeheadline", ()),
    ]
    words = {text: _joined(text) for text in candidates}
    first = {own: text for text, own in reversed(words.items())}
    first.pop(_joined(headline or ""), None)
    return tuple(text for text, own in words.items() if first.get(own) == text)


def _authors(sources: _Sources, no_persons: Set[str]) -> tuple[str, ...]:
    """Return the persons named by the first source that names any."""
    stated = (
        sources.story.persons if sources.story else (),
        *(sources.names.get(name, ()) for name in _AUTHOR_NAMES),
        sources.properties.get("author", ()),
    )
    for texts in stated:
        names = [name for text in texts for name in _split_names(text) if _is_name(name, no_persons)]
        if names:
            return tuple(dict.fromkeys(names))
    return ()


def _split_names(text: str) -> list[str]:
    """Return the names in a text; one with a single word in a part ('Lee, Ada') is left whole."""
    parts = [part for part in _NAMES_TOGETHER.split(_BY.sub("", text)) if part]
    return parts if all(" " in part for part in parts) else [_BY.sub("", text)]


def _is_name(text: str, no_persons: Set[str]) -> bool:
    return 1 < len(text) <= _MAX_NAME_CHARS and not _NO_NAME.search(text) and _site_key(text) not in no_persons


def _published(sources: _Sources) -> tuple[MetaDate, ...]:
    story = sources.story
    updates = {date.text[:_DAY_CHARS] for date in _modified(sources)}
    return _dates(
        ("json_ld", [story.published if story else None]),
        ("meta", sources.all(_PUBLISHED_NAMES)),
        ("microdata", _agreed(sources.properties.get("datepublished", ()))),
        # A time element does not say what it is the time of; many give the last update.
        ("time", (text for text in _time_elements(sources.page) if text[:_DAY_CHARS] not in updates)),
    )


def _modified(sources: _Sources) -> tuple[MetaDate, ...]:
    story = sources.story
    return _dates(
        ("json_ld", [story.modified if story else None]),
        ("meta", sources.all(_MODIFIED_NAMES)),
        ("microdata", _agreed(sources.properties.get("datemodified", ()))),
    )


def _dates(*found: tuple[str, Iterable[str | None]]) -> tuple[MetaDate, ...]:
    first: dict[str, MetaDate] = {}
    for source, texts in found:
        for text in texts:
            if text and len(text) <= _MAX_DATE_CHARS:
                first.setdefault(text, MetaDate(text, source))
    return tuple(first.values())


def _agreed(texts: Sequence[str]) -> list[str]:
    """Return the texts if they name one day: several are the dates of other stories too."""
    return list(texts) if len({text[:_DAY_CHARS] for text in texts}) == 1 else []


def _time_elements(page: HtmlElement) -> list[str]:
    times = _some(_TIMES(page))
    marked = [time for time in times if time.get("pubdate") is not None]
    return _agreed([text for time in marked or times if (text := _clean(time.get("datetime")))])


def _language(sources: _Sources) -> str | None:
    """Return the primary code of the language in lower case, as 'en' of 'en-GB'."""
    root = sources.page
    stated = [root.get("lang"), root.get("xml:lang"), *sources.all(_LANGUAGE_NAMES)]
    stated.append(sources.story.language if sources.story else None)
    found = (_LANGUAGE.fullmatch(text.strip()) for text in stated if text)
    return next((match[1].casefold() for match in found if match), None)


def _http(url: str | None, base: str | None = None) -> str | None:
    """Return an absolute web address, joined to ``base`` where it is relative, else None."""
    if not url or len(url) > _MAX_TEXT_CHARS:
        return None
    try:
        whole = urljoin(base or "", url.strip())
        parts = urlsplit(whole)
    except ValueError:
        return None
    return whole if parts.scheme in ("http", "https") and parts.hostname else None


def _some(elements: Sequence[HtmlElement]) -> Sequence[HtmlElement]:
    return elements[:_MAX_ELEMENTS]


def _clean(text: str | None) -> str:
    # Content attributes are often escaped twice.
    return squash(html_module.unescape((text or "")[:_MAX_TEXT_CHARS]))


def _joined(text: str) -> str:
    return fold(text).replace(" ", "")
