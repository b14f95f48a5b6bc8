"""Text rendering of a whole HTML page: the lines that stand for the page wherever its lines are counted.

One block is one line; ``<br>`` begins a new one, the cells of a data row are joined by a tab. What a reader is never
shown as text (scripts, styles, templates, comments, the head) gives no line. Beside the lines stands the tree of the
blocks they are in, as later stages use it. Nothing is fetched and no entity is expanded: the parser reads HTML, never
XML.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
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
BLOCK_TAGS = frozenset((
    "address", "article", "aside", "blockquote", "body", "button", "caption", "center", "dd", "details", "dialog",
    "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "frameset", "h1", "h2", "h3",
    "h4", "h5", "h6", "header", "hgroup", "hr", "html", "legend", "li", "listing", "main", "menu", "nav", "ol",
    "option", "p", "plaintext", "pre", "search", "section", "summary", "table", "tbody", "td", "tfoot", "th",
    "thead", "tr", "ul", "xmp",
))  # fmt: skip
PREFORMATTED_TAGS = frozenset(("listing", "plaintext", "pre", "xmp"))
# Inline elements are dissolved before the walk, in C; ``a`` and bold ones stay to be measured, ``br`` because it
# breaks the line.
DISSOLVED_TAGS = (
    "abbr", "acronym", "area", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i",
    "img", "input", "ins", "kbd", "label", "link", "mark", "meta", "meter", "nobr", "output", "param", "picture",
    "progress", "q", "rb", "rp", "rt", "rtc", "ruby", "s", "samp", "small", "source", "span", "strike", "sub", "sup",
    "time", "track", "tt", "u", "var", "wbr",
)  # fmt: skip
# What may enclose a line and tells what it is likely to be: elements, the roles that say the same (WAI-ARIA 1.2), and
# what attributes add. A block has a bit for each, in this order.
CONTEXTS = (
    "article", "aside", "blockquote", "button", "details", "dialog", "figcaption", "figure", "footer", "form",
    "header", "main", "nav", "table", "item", "heading", "section", "hidden", "story text", "property",
)  # fmt: skip
BIT: Mapping[str, int] = {name: 1 << place for place, name in enumerate(CONTEXTS)}
BITS_BY_TAG = {
    **{name: BIT[name] for name in CONTEXTS[: CONTEXTS.index("item")]},
    **dict.fromkeys(("dd", "dt", "li"), BIT["item"]),
    **{f"h{level}": BIT["heading"] for level in range(1, 7)},
    "caption": BIT["figcaption"],
    "section": BIT["section"],
}
BITS_BY_ROLE = {
    "article": BIT["article"],
    "banner": BIT["header"],
    "button": BIT["button"],
    "complementary": BIT["aside"],
    "contentinfo": BIT["footer"],
    "dialog": BIT["dialog"],
    "form": BIT["form"],
    "heading": BIT["heading"],
    "main": BIT["main"],
    "navigation": BIT["nav"],
    "search": BIT["form"],
}
STORY_PROPERTIES = frozenset(("articleBody", "reviewBody", "text"))  # https://schema.org/Article
_TELLING = frozenset(("aria-hidden", "hidden", "itemprop", "role", "style"))
_UNSHOWN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE | re.ASCII)
CELL_TAGS = frozenset(("td", "th"))
BOLD_TAGS = frozenset(("b", "strong"))
_IN_CELL_TAGS = BOLD_TAGS | {"a"}

_START_TAG = re.compile("<[a-zA-Z]")
_MIN_TAG = 2  # characters of what counts as an element
# libxml2 2.14.6 drops the whole page after ``<html .../>``.
_SELF_CLOSED_ROOT = re.compile(r"(<html\b[^<>]*?)/>", re.IGNORECASE)
_ROOT_SEARCH_CHARS = 4096
# libxml2 adds attributes in quadratic time: 10,000 on one element take 0.2 s, 40,000 take 10 s.
_MAX_ATTRIBUTES = 10_000
_LONG_TAG = re.compile(rf"<[a-zA-Z][^<>]{{{2 * _MAX_ATTRIBUTES},}}")
_ATTRIBUTE = re.compile(r"""[^\s=]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"']*))?""")
# Spans that only a style sheet turns into a line break; a chain of large Indian sites writes all its articles so.
_BREAK_SPANS = etree.XPath("/descendant::span[not(node())][contains(concat(' ', @class, ' '), ' br ')]")
# Character references bring in what was cleaned from the page's own text when it was read: controls, non-characters
# and signs without shape or meaning. Joiners, direction marks and variation selectors mean something and stay.
_NO_TEXT = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b\u202a-\u202e\u2060-\u206f\u3164"
    "\ufeff\uffa0\ufffe\uffff]"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocks:
    """The block elements of a page in the order they open, an entry each; the first stands for the page.

    ``parents`` are places of the block around each, -1 for the first; the blocks in a block are those up to its
    ``ends``. ``names`` are class and id as written. ``inside`` are bits of ``CONTEXTS``: those that enclose the block,
    itself included.
    """

    parents: Sequence[int]
    ends: Sequence[int]
    tags: Sequence[str]
    names: Sequence[str]
    inside: Sequence[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """The lines of a page and, at the same index, the facts of their markup; none is blank, line 1 is at index 0.

    ``places`` are the blocks whose text the lines are. Of each line's characters, white space at the ends of nodes left
    out, ``chars`` counts all, ``linked`` those that are link text, ``bold`` those in bold type; ``links`` counts its
    links.
    """

    lines: tuple[str, ...]
    blocks: Blocks
    places: Sequence[int]
    chars: Sequence[int]
    linked: Sequence[int]
    bold: Sequence[int]
    links: Sequence[int]

    def tag(self, index: int) -> str:
        """Return the block element whose text the line is."""
        return self.blocks.tags[self.places[index]]

    def is_inside(self, index: int, context: str) -> bool:
        """Return whether one of ``CONTEXTS`` encloses the line."""
        return self.blocks.inside[self.places[index]] & BIT[context] != 0

    def heading_level(self, index: int) -> int:
        """Return 1 to 6 under ``h1`` to ``h6``, else 0."""
        place = self.places[index]
        while place > 0:
            tag = self.blocks.tags[place]
            if len(tag) == 2 and tag[0] == "h" and tag[1].isdigit():
                return int(tag[1])
            place = self.blocks.parents[place]
        return 0

    def link_density(self, index: int) -> float:
        """Return the share of the line's characters that are link text, 0 to 1."""
        return self.linked[index] / max(self.chars[index], 1)


def parse(html: str, limits: Limits) -> HtmlElement:
    """Return the root of the page's tree, an empty ``html`` element where there is nothing to parse.

    Linear in the page. Whatever would make the parser slow or lose text is counted and refused, never cut.

    Raises:
        RecordError: too_deep or too_large, with ``reason`` in its facts; quarantine the record.
    """
    _check_size(html, limits)
    if _SELF_CLOSED_ROOT.search(html, 0, _ROOT_SEARCH_CHARS):
        html = _SELF_CLOSED_ROOT.sub(r"\1>", html, count=1)
    parser = _parser()
    root = etree.fromstring(html.encode("utf-8", "replace"), parser)
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
    """Return every line of the page with its markup; a tree made by :func:`parse` is left as :func:`bare` makes it.

    >>> render("<h2>Rain</h2><p>It <b>poured</b>.<br>All night.", Limits()).lines
    ('Rain', 'It poured.', 'All night.')

    Raises:
        RecordError: the page is too deep or too large.
    """
    tree = bare(parse(html, limits) if isinstance(html, str) else html)
    page = _Page()
    page.walk(tree, 0, linked=False, bold=False)
    page.ends[0] = len(page.ends)
    return Rendered(
        lines=tuple(page.lines),
        blocks=Blocks(parents=page.parents, ends=page.ends, tags=page.tags, names=page.names, inside=page.inside),
        places=page.places,
        chars=page.chars,
        linked=page.linked,
        bold=page.bold,
        links=page.links,
    )


def bare(tree: HtmlElement) -> HtmlElement:
    """Return the tree, changed: it holds blocks, links, bold type, line breaks and what a reader is shown, no more."""
    etree.strip_elements(tree, *UNSEEN_TAGS, with_tail=False)
    for span in _BREAK_SPANS(tree):
        span.tag = "br"
    etree.strip_tags(tree, *DISSOLVED_TAGS)
    return tree


class _Page:
    """The lines and blocks found so far, and the pieces of the line being read with what is counted of it."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.places: list[int] = []
        self.chars: list[int] = []
        self.linked: list[int] = []
        self.bold: list[int] = []
        self.links: list[int] = []
        self.parents = [-1]
        self.ends = [0]
        self.tags = ["html"]
        self.names = [""]
        self.inside = [0]
        self._pieces: list[str] = []
        self._chars = self._linked = self._bold = self._links = 0

    def walk(self, element: HtmlElement, place: int, *, linked: bool, bold: bool) -> None:
        """Read the element's text and children, ending a line around each block."""
        text = element.text
        # Most texts are the blanks between two blocks: no call is made for those.
        if text and (self._pieces or not text.isspace()):
            self._read(text, place, linked=linked, bold=bold)
        for child in element:
            tag = child.tag
            if tag in BLOCK_TAGS:
                if self._pieces:
                    self._end_line(place)
                self._walk_block(child, place, linked=linked, bold=bold)
            elif tag == "a":
                self._links += 1
                self.walk(child, place, linked=True, bold=bold)
            elif tag != "br":
                self.walk(child, place, linked=linked, bold=bold or tag in BOLD_TAGS)
            elif self._pieces:
                self._end_line(place)
            text = child.tail
            if text and (self._pieces or not text.isspace()):
                self._read(text, place, linked=linked, bold=bold)

    def _walk_block(self, element: HtmlElement, around: int, *, linked: bool, bold: bool) -> None:
        place = self._open(element, around)
        if element.tag == "tr" and _is_data_row(element):
            self._read_row(element, place, linked=linked)
        else:
            self.walk(element, place, linked=linked, bold=bold)
            if self._pieces:
                self._end_line(place)
        self.ends[place] = len(self.ends)

    def _open(self, element: HtmlElement, around: int) -> int:
        """Return the place of a new block."""
        name, own_id, bits = "", "", BITS_BY_TAG.get(element.tag, 0)
        for key, value in element.items():
            if key == "class":
                name = value
            elif key == "id":
                own_id = value
            elif key in _TELLING:
                bits |= _bits_of(key, value)
        self.parents.append(around)
        self.ends.append(0)
        self.tags.append(element.tag)
        self.names.append(f"{name} {own_id}" if own_id else name)
        self.inside.append(self.inside[around] | bits)
        return len(self.parents) - 1

    def _read_row(self, row: HtmlElement, place: int, *, linked: bool) -> None:
        cells = [_tidy("".join(cell.itertext())) for cell in row]
        links = [len(link.text or "") for link in row.iter("a")]
        self._links += len(links)
        self._chars = sum(map(len, cells))
        self._linked = self._chars if linked else sum(links)
        self._add("\t".join(filter(None, cells)), place)

    def _read(self, text: str, place: int, *, linked: bool, bold: bool) -> None:
        if self.tags[place] in PREFORMATTED_TAGS:
            *whole, text = text.split("\n")
            for line in whole:
                self._take(line, linked=linked, bold=bold)
                if self._pieces:
                    self._end_line(place)
        self._take(text, linked=linked, bold=bold)

    def _take(self, text: str, *, linked: bool, bold: bool) -> None:
        chars = len(text.strip())
        if chars or self._pieces:
            self._pieces.append(text)
            self._chars += chars
            if linked:
                self._linked += chars
            if bold:
                self._bold += chars

    def _end_line(self, place: int) -> None:
        self._add(_tidy("".join(self._pieces)), place)
        self._pieces.clear()

    def _add(self, line: str, place: int) -> None:
        if line:
            self.lines.append(line)
            self.places.append(place)
            self.chars.append(self._chars)
            self.linked.append(self._linked)
            self.bold.append(self._bold)
            self.links.append(self._links)
        self._chars = self._linked = self._bold = self._links = 0


def _tidy(raw: str) -> str:
    """Return raw text as it stands in a line: white space squashed, NFC, nothing invisible."""
    line = squash(raw)
    if line.isascii() and line.isprintable():
        return line
    shown = unicodedata.normalize("NFC", _NO_TEXT.sub("", line))
    return line if shown == line else squash(shown)


def _is_data_row(row: HtmlElement) -> bool:
    """Whether the row is cells without blocks or line breaks: a layout table's row is read as blocks instead."""
    if any(cell.tag not in CELL_TAGS or (cell.tail or "").strip() for cell in row) or (row.text or "").strip():
        return False
    return all(element.tag in _IN_CELL_TAGS for cell in row for element in cell.iterdescendants())


def _bits_of(key: str, value: str) -> int:
    """Return what an attribute tells of a block, as bits of ``CONTEXTS``."""
    if key == "role":
        return BITS_BY_ROLE.get(value, 0)
    if key == "itemprop":
        return BIT["story text"] if value in STORY_PROPERTIES else BIT["property"]
    is_shown = (key == "aria-hidden" and value != "true") or (key == "style" and not _UNSHOWN.search(value))
    return 0 if is_shown else BIT["hidden"]


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
    if len(html) > _MIN_TAG * bound and html.count("<") > bound and len(_START_TAG.findall(html)) > bound:
        message = f"the page has more than {bound} elements: raise max_html_elements to read it"
        raise RecordError(message, reason=Reason.TOO_LARGE)
    for tag in _long_tags(html):
        if len(_ATTRIBUTE.findall(tag)) > _MAX_ATTRIBUTES:
            raise RecordError(f"an element has more than {_MAX_ATTRIBUTES} attributes", reason=Reason.TOO_LARGE)


def _long_tags(html: str) -> Iterator[str]:
    """Yield the tags that may hold too many attributes; looks at few signs of a page instead of at all.

    Such a tag is longer than two steps, so one of the steps that begin in it holds no other tag's beginning.
    """
    step = _MAX_ATTRIBUTES
    for at in range(0, len(html), step):
        if html.find("<", at, at + step) < 0:
            start = html.rfind("<", max(0, at - step), at)
            if start >= 0 and (tag := _LONG_TAG.match(html, start)):
                yield tag[0]
