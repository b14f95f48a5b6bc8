"""Text rendering of a whole HTML page: the lines that stand for the page wherever its lines are counted.

One block is one line; ``<br>`` begins a new one, the cells of a data row are joined by a tab. What a reader is never
shown as text (scripts, styles, templates, comments, the head) gives no line. Beside each line stand the facts of its
markup that later stages use. Nothing is fetched and no entity is expanded: the parser reads HTML, never XML.
"""

from __future__ import annotations

import re
import unicodedata
from copy import copy
from dataclasses import dataclass, field, replace
from functools import lru_cache

from lxml import etree
from lxml.html import HtmlElement

from pipeline.errors import RecordError
from pipeline.limits import Limits
from pipeline.records import Reason
from pipeline.text import squash

# Elements that give no line. noscript repeats what scripts show; of a select one option is shown at most.
UNSEEN_TAGS = (
    "head", "title", "script", "style", "template", "noscript", "noframes", "noembed", "iframe", "object",
    "embed", "applet", "svg", "math", "canvas", "audio", "video", "map", "select", "datalist", "textarea",
)  # fmt: skip
# Elements that end a line before and after them. All others, unknown ones too, stand within a line, as in a browser.
_BLOCK_TAGS = frozenset((
    "address", "article", "aside", "blockquote", "body", "button", "caption", "center", "dd", "details", "dialog",
    "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "frameset", "h1", "h2", "h3",
    "h4", "h5", "h6", "header", "hgroup", "hr", "html", "legend", "li", "listing", "main", "menu", "nav", "ol",
    "option", "p", "plaintext", "pre", "search", "section", "summary", "table", "tbody", "td", "tfoot", "th",
    "thead", "tr", "ul", "xmp",
))  # fmt: skip
_PREFORMATTED_TAGS = frozenset(("listing", "plaintext", "pre", "xmp"))
# Inline elements are dissolved before the walk, in C; ``a`` stays because links are measured, ``br`` because it breaks.
_DISSOLVED_TAGS = (
    "abbr", "acronym", "area", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i",
    "img", "input", "ins", "kbd", "label", "link", "mark", "meta", "meter", "nobr", "output", "param", "picture",
    "progress", "q", "rb", "rp", "rt", "rtc", "ruby", "s", "samp", "small", "source", "span", "strike", "strong",
    "sub", "sup", "time", "track", "tt", "u", "var", "wbr",
)  # fmt: skip
# Elements that tell what a line inside them is likely to be, and the roles that say the same (WAI-ARIA 1.2).
CONTEXT_TAGS = frozenset((
    "article", "aside", "blockquote", "button", "details", "dialog", "figcaption", "figure", "footer", "form",
    "header", "main", "nav", "table",
))  # fmt: skip
_CONTEXT_BY_ROLE = {
    "banner": "header",
    "complementary": "aside",
    "contentinfo": "footer",
    "dialog": "dialog",
    "form": "form",
    "navigation": "nav",
    "search": "form",
}
_LIST_ITEM_TAGS = frozenset(("dd", "dt", "li"))
_HEADING_LEVELS = {f"h{level}": level for level in range(1, 7)}
_CELL_TAGS = frozenset(("td", "th"))
# A block is a link farm from this many links and this share of link text on: the share at which trafilatura drops one.
_FARM_LINKS = 4
_FARM_DENSITY = 0.8

_START_TAG = re.compile("<[a-zA-Z]")
# libxml2 2.14.6 drops the whole page after ``<html .../>``.
_SELF_CLOSED_ROOT = re.compile(r"(<html\b[^<>]*?)/>", re.IGNORECASE)
_ROOT_SEARCH_CHARS = 4096
# libxml2 adds attributes in quadratic time: 10,000 on one element take 0.2 s, 40,000 take 10 s.
_MAX_ATTRIBUTES = 10_000
_LONG_TAG = re.compile(rf"<[a-zA-Z][^<>]{{{2 * _MAX_ATTRIBUTES},}}")
_ATTRIBUTE = re.compile(r"""[^\s=]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"']*))?""")
# Spans that only a style sheet turns into a line break; a chain of large Indian sites writes all its articles so.
_BREAK_SPANS = etree.XPath("//span[not(node()) and contains(concat(' ', @class, ' '), ' br ')]")
# Character references bring in what was cleaned from the page's own text when it was read: controls, non-characters
# and signs without shape or meaning. Joiners, direction marks and variation selectors mean something and stay.
_NO_TEXT = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b\u202a-\u202e\u2060-\u206f\u3164"
    "\ufeff\uffa0\ufffe\uffff]"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Markup:
    """What the markup says of a line.

    ``tag`` is the block element whose text it is, ``inside`` which of ``CONTEXT_TAGS`` (by tag or role) enclose it,
    itself included; ``heading_level`` is 1 to 6 under ``h1`` to ``h6``, else 0; ``link_density`` is the share of its
    characters that are link text, 0 to 1.
    """

    tag: str
    inside: frozenset[str] = frozenset()
    heading_level: int = 0
    is_list_item: bool = False
    link_density: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """The lines of a page and, at the same index, what the markup says of each; none is blank, line 1 is at index 0.

    ``tree`` is what an extractor needs of the page: blocks, links and text, without what is unseen, empty or links
    only.
    """

    lines: tuple[str, ...]
    markup: tuple[Markup, ...]
    tree: HtmlElement = field(repr=False, compare=False)


def parse(html: str, limits: Limits) -> HtmlElement:
    """Return the root of the page's tree, an empty ``html`` element where there is nothing to parse.

    Linear in the page. Whatever would make the parser slow or lose text is counted and refused, never cut.

    Raises:
        RecordError: too_deep or too_large, with ``reason`` in its facts; quarantine the record.
    """
    _check_size(html, limits)
    head = _SELF_CLOSED_ROOT.sub(r"\1>", html[:_ROOT_SEARCH_CHARS], count=1)
    parser = _parser()
    root = etree.fromstring((head + html[_ROOT_SEARCH_CHARS:]).encode("utf-8", "replace"), parser)
    for error in parser.error_log:
        if error.type_name == "ERR_RESOURCE_LIMIT":
            reason = Reason.TOO_DEEP if "depth" in error.message else Reason.TOO_LARGE
            raise RecordError(f"the page exceeds what can be parsed: {error.message.strip()!r}", reason=reason)
    if root is None:
        return parser.makeelement("html")
    if _deeper_than(limits.max_html_depth)(root):
        message = f"elements are nested more than {limits.max_html_depth} deep: raise max_html_depth to read the page"
        raise RecordError(message, reason=Reason.TOO_DEEP)
    return root


def render(html: str | HtmlElement, limits: Limits) -> Rendered:
    """Return every line of the page with its markup. A tree made by :func:`parse` may be given and is left as it is.

    >>> render("<h2>Rain</h2><p>It <b>poured</b>.<br>All night.", Limits()).lines
    ('Rain', 'It poured.', 'All night.')

    Raises:
        RecordError: the page is too deep or too large.
    """
    tree = copy(parse(html, limits) if isinstance(html, str) else html)
    etree.strip_elements(tree, *UNSEEN_TAGS, with_tail=False)
    for span in _BREAK_SPANS(tree):
        span.tag = "br"
    etree.strip_tags(tree, *_DISSOLVED_TAGS)
    page = _Page()
    page.walk(tree, Markup(tag="html"), linked=False)
    return Rendered(lines=tuple(page.lines), markup=tuple(page.markup), tree=tree)


class _Page:
    """The lines found so far, the pieces of the one being read, and how much of all text is link text."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.markup: list[Markup] = []
        self._pieces: list[str] = []
        self._line_chars = self._line_linked = 0
        self._chars = self._linked = self._links = 0

    def walk(self, element: HtmlElement, markup: Markup, *, linked: bool) -> None:
        """Read the element's text and children, ending a line around each block; drop children without prose."""
        if element.text:
            self._read(element.text, markup, linked=linked)
        for child in element.getchildren():
            tag = child.tag
            if tag in _BLOCK_TAGS:
                self._end_line(markup)
                self._walk_block(child, markup, linked=linked)
            elif tag == "br":
                self._end_line(markup)
            elif tag == "a":
                self._links += 1
                self.walk(child, markup, linked=True)
            else:
                self.walk(child, markup, linked=linked)
            if child.tail:
                self._read(child.tail, markup, linked=linked)

    def _walk_block(self, element: HtmlElement, around: Markup, *, linked: bool) -> None:
        before = self._chars, self._linked, self._links
        markup = _markup_of(element, around)
        if element.tag == "tr" and _is_data_row(element):
            self._read_row(element, markup, linked=linked)
        else:
            self.walk(element, markup, linked=linked)
            self._end_line(markup)
        chars, linked_chars, links = self._chars - before[0], self._linked - before[1], self._links - before[2]
        if not chars or (links >= _FARM_LINKS and linked_chars > _FARM_DENSITY * chars):
            element.clear(keep_tail=True)
            # What is around a farm is judged without it, or a short story in a page of links would go with them.
            self._chars, self._linked, self._links = before

    def _read_row(self, row: HtmlElement, markup: Markup, *, linked: bool) -> None:
        cells = [_tidy("".join(cell.itertext())) for cell in row]
        links = [len(link.text or "") for link in row.iter("a")]
        self._links += len(links)
        self._line_chars = sum(map(len, cells))
        self._line_linked = self._line_chars if linked else sum(links)
        self._add("\t".join(filter(None, cells)), markup)

    def _read(self, text: str, markup: Markup, *, linked: bool) -> None:
        if markup.tag in _PREFORMATTED_TAGS:
            *whole, text = text.split("\n")
            for line in whole:
                self._take(line, linked=linked)
                self._end_line(markup)
        self._take(text, linked=linked)

    def _take(self, text: str, *, linked: bool) -> None:
        chars = len(text.strip())
        if chars or self._pieces:
            self._pieces.append(text)
            self._line_chars += chars
            self._line_linked += chars if linked else 0

    def _end_line(self, markup: Markup) -> None:
        if self._pieces:
            self._add(_tidy("".join(self._pieces)), markup)
            self._pieces.clear()

    def _add(self, line: str, markup: Markup) -> None:
        if line:
            self._chars += self._line_chars
            self._linked += self._line_linked
            density = round(self._line_linked / max(self._line_chars, 1), 3)
            self.lines.append(line)
            self.markup.append(replace(markup, link_density=density) if density else markup)
        self._line_chars = self._line_linked = 0


def _tidy(raw: str) -> str:
    """Return raw text as it stands in a line: white space squashed, NFC, nothing invisible."""
    return squash(unicodedata.normalize("NFC", _NO_TEXT.sub("", raw)))


def _is_data_row(row: HtmlElement) -> bool:
    """Whether the row is cells without blocks or line breaks: a layout table's row is read as blocks instead."""
    if any(cell.tag not in _CELL_TAGS or (cell.tail or "").strip() for cell in row) or (row.text or "").strip():
        return False
    return all(element.tag == "a" for cell in row for element in cell.iterdescendants())


def _markup_of(element: HtmlElement, around: Markup) -> Markup:
    tag = element.tag
    context = tag if tag in CONTEXT_TAGS else _CONTEXT_BY_ROLE.get(element.get("role", ""))
    return _shared_markup(
        tag,
        around.inside | {context} if context else around.inside,
        _HEADING_LEVELS.get(tag, around.heading_level),
        tag in _LIST_ITEM_TAGS or around.is_list_item,
    )


@lru_cache(maxsize=4096)
def _shared_markup(tag: str, inside: frozenset[str], heading_level: int, is_list_item: bool) -> Markup:
    """Return one block for all lines that stand alike: a page has some dozens."""
    return Markup(tag=tag, inside=inside, heading_level=heading_level, is_list_item=is_list_item)


@lru_cache(maxsize=4)
def _deeper_than(depth: int) -> etree.XPath:
    # Written out as steps it takes 0.1 ms a page; count(ancestor::*) takes 0.3 s on 150,000 elements at depth 240.
    return etree.XPath(f"boolean(/*{'/*' * depth})")


def _parser() -> etree.HTMLParser:
    """Return a parser for one page, so that the errors it logs are that page's.

    ``huge_tree`` lifts libxml2's own bounds (depth 256, 10 MB of text), past which it loses text; ours come before it.
    """
    parser = etree.HTMLParser(
        encoding="utf-8",
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
        default_doctype=False,
        huge_tree=True,
    )
    # One class for all elements is looked up in C; lxml.html's own lookup by tag took 8 % of trafilatura's time.
    parser.set_element_class_lookup(etree.ElementDefaultClassLookup(element=HtmlElement))
    return parser


def _check_size(html: str, limits: Limits) -> None:
    bound = limits.max_html_elements
    if html.count("<") > bound and len(_START_TAG.findall(html)) > bound:
        message = f"the page has more than {bound} elements: raise max_html_elements to read it"
        raise RecordError(message, reason=Reason.TOO_LARGE)
    for tag in _LONG_TAG.finditer(html):
        if len(_ATTRIBUTE.findall(tag[0])) > _MAX_ATTRIBUTES:
            raise RecordError(f"an element has more than {_MAX_ATTRIBUTES} attributes", reason=Reason.TOO_LARGE)
