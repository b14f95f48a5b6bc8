"""Which lines of a rendered page are its main content, as trafilatura sees it.

It is asked where the HTML line model is unsure. trafilatura decides on the page's tree; what it takes is aligned with
our own lines, so that every line of the page is either content or not and nothing of a page is lost between the two.
Its strict and fast mode comes first; where that misses nearly all of the page's prose, its full cascade is asked.
Resiliparse is the last resort.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from lxml import etree
from lxml.html import HtmlElement
from resiliparse.extract.html2text import extract_plain_text

from pipeline.clean.align import align
from pipeline.clean.render import BLOCK_TAGS, Rendered, bare
from pipeline.limits import Limits
from pipeline.text import split_lines

if TYPE_CHECKING:
    from trafilatura.settings import Extractor

# Prose is a line of at least so many characters, less than half of it links, and in none of these.
_PROSE_CHARS = 60
_MAX_PROSE_LINKS = 0.5
_NO_PROSE_INSIDE = ("aside", "button", "dialog", "figcaption", "figure", "footer", "form", "nav")
# A block is a link farm from this many links and this share of link text on: the share at which trafilatura drops one.
_FARM_LINKS = 4
_FARM_DENSITY = 0.8
# Below this agreement of strict mode with the prose the full cascade is asked too. Only pages that the line model is
# unsure of come here: of 18 held-out ones two fall below. At 0.75 eight do and F of 141 pages is .003 lower, for there
# prose is as often comments or other stories; at 0 one page is left without content.
_MIN_AGREEMENT = 0.3
# Elements of trafilatura's output that end a paragraph.
_PIECE_TAGS = frozenset(("body", "cell", "code", "div", "head", "item", "lb", "list", "p", "quote", "row", "table"))
# Elements whose line breaks do not part paragraphs.
_WHOLE_TAGS = frozenset(("a", "p", "pre"))
# What a character reference may bring into a text, but lxml writes into none: https://www.w3.org/TR/xml/#charsets
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
# What trafilatura and the readability and jusText code it calls raise on trees they cannot handle.
_EXTRACTOR_ERRORS = (
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
    etree.LxmlError,
)

# It warns for each page without content; that is counted per page in the tables instead.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Extraction:
    """The main content of a rendered page.

    ``content_lines`` are line numbers from 1, rising; all other lines are outside. ``method`` is who found them:
    strict, full or resiliparse; none where nobody did. ``words`` and ``unaligned_words`` count what the extractor gave
    and what of it no line accounts for. ``agreement`` is the F1, in characters, of its lines and those that look like
    prose.
    """

    content_lines: tuple[int, ...]
    method: str
    words: int
    unaligned_words: int
    agreement: float


def extract(tree: HtmlElement, rendered: Rendered, limits: Limits) -> Extraction:
    """Return the lines that are main content: paragraphs, sub-headings, list items; no headline, no comments.

    ``tree`` is what ``render`` made ``rendered`` from, and is used up. Same page, same answer. Above
    ``limits.max_extractor_elements`` only what is linear in the page is asked.
    """
    etree.strip_tags(bare(tree), "b", "strong")
    _Pruner().prune(tree, linked=False)
    _split_at_breaks(tree)
    best = _try(rendered, "strict", _by_trafilatura(tree, fast=True, precision=True))
    if best.agreement < _MIN_AGREEMENT:
        is_large = sum(1 for _ in tree.iter()) > limits.max_extractor_elements
        full = _try(rendered, "full", _by_trafilatura(tree, fast=is_large, precision=False))
        best = max(full, best, key=lambda tried: tried.agreement)
    if not best.content_lines:
        best = _try(rendered, "resiliparse", _by_resiliparse(tree))
    return best


def _try(rendered: Rendered, method: str, pieces: Sequence[str]) -> Extraction:
    found = align(pieces, rendered.lines)
    content = tuple(_without_headline(rendered, _with_sub_headings(rendered, found.taken)))
    return Extraction(
        content_lines=tuple(index + 1 for index in content),
        method=method if content else "none",
        words=found.words,
        unaligned_words=found.unaligned_words,
        agreement=round(_agreement(rendered, found.taken), 3),
    )


@lru_cache
def _options(*, fast: bool, precision: bool) -> Extractor:
    # Never its deduplicate: that remembers earlier pages, so a page's text would depend on the order of pages.
    from trafilatura.settings import Extractor  # here, as below: a process that cleans no page does without its 0.2 s

    return Extractor(output_format="xml", fast=fast, precision=precision, comments=False, dedup=False)


class _Pruner:
    """Takes link farms and empty blocks out of a tree, counting text and links on the way."""

    def __init__(self) -> None:
        self._chars = self._linked = self._links = 0

    def prune(self, element: HtmlElement, *, linked: bool) -> None:
        """Empty each block below ``element`` that holds no text, or little but links."""
        self._count(element.text, linked=linked)
        for child in element.getchildren():
            if child.tag in BLOCK_TAGS:
                self._prune_block(child, linked=linked)
            else:
                self._links += child.tag == "a"
                self.prune(child, linked=linked or child.tag == "a")
            self._count(child.tail, linked=linked)

    def _prune_block(self, element: HtmlElement, *, linked: bool) -> None:
        before = self._chars, self._linked, self._links
        self.prune(element, linked=linked)
        chars, linked_chars, links = self._chars - before[0], self._linked - before[1], self._links - before[2]
        if not chars or (links >= _FARM_LINKS and linked_chars > _FARM_DENSITY * chars):
            element.clear(keep_tail=True)
            # What is around a farm is judged without it, or a short story in a page of links would go with them.
            self._chars, self._linked, self._links = before

    def _count(self, text: str | None, *, linked: bool) -> None:
        chars = len(text.strip()) if text else 0
        self._chars += chars
        self._linked += chars if linked else 0


def _split_at_breaks(tree: HtmlElement) -> None:
    """Make paragraphs of what stands between line breaks, as on many older pages.

    trafilatura drops a text before the first break of an article, and takes what follows for one paragraph with all its
    links. This is worth .001 of F on 141 labelled pages and up to .1 on a page it concerns.
    """
    for parent in dict.fromkeys(line_break.getparent() for line_break in tree.iter("br")):
        if parent is not None and parent.tag not in _WHOLE_TAGS:
            _wrap_runs(parent)


def _wrap_runs(parent: HtmlElement) -> None:
    """Put each run of text and links between the blocks and breaks of an element into a paragraph; drop the breaks."""
    children = list(parent)
    run = parent.makeelement("p")
    run.text, parent.text = _writable(parent.text), None
    parent[:] = []
    for child in children:
        tail, child.tail = _writable(child.tail), None
        if child.tag == "a":
            run.append(child)
            child.tail = tail
            continue
        _append_run(parent, run)
        if child.tag != "br":
            parent.append(child)
        run = parent.makeelement("p")
        run.text = tail
    _append_run(parent, run)


def _writable(text: str | None) -> str | None:
    return _UNWRITABLE.sub(" ", text) if text else None


def _append_run(parent: HtmlElement, run: HtmlElement) -> None:
    if len(run) or (run.text or "").strip():
        parent.append(run)


def _by_trafilatura(tree: HtmlElement, *, fast: bool, precision: bool) -> list[str]:
    from trafilatura import bare_extraction
    from trafilatura.settings import Document

    try:
        document = bare_extraction(tree, options=_options(fast=fast, precision=precision))
    except _EXTRACTOR_ERRORS:
        return []
    return _pieces(document.body) if isinstance(document, Document) else []


def _pieces(body: etree._Element) -> list[str]:
    """Return the paragraphs of trafilatura's output tree, in its order."""
    pieces: list[str] = []
    current: list[str] = []
    for event, element in etree.iterwalk(body, events=("start", "end")):
        if element.tag in _PIECE_TAGS and current:
            pieces.append("".join(current))
            current.clear()
        text = element.text if event == "start" else element.tail
        if text:
            current.append(text)
    pieces.append("".join(current))
    return pieces


def _by_resiliparse(tree: HtmlElement) -> list[str]:
    html = etree.tostring(tree, encoding="unicode", method="html")
    return split_lines(extract_plain_text(html, main_content=True, alt_texts=False, list_bullets=False))


def _agreement(rendered: Rendered, taken: Set[int]) -> float:
    """Return the F1, in characters, of the lines taken and those that look like prose."""
    common = total = 0
    for index, line in enumerate(rendered.lines):
        is_prose = len(line) >= _PROSE_CHARS and _may_be_prose(rendered, index)
        total += len(line) * ((index in taken) + is_prose)
        common += len(line) * (index in taken and is_prose)
    return 2 * common / total if total else 0.0


def _may_be_prose(rendered: Rendered, index: int) -> bool:
    is_boxed = any(rendered.is_inside(index, context) for context in _NO_PROSE_INSIDE)
    return not is_boxed and rendered.link_density(index) < _MAX_PROSE_LINKS


def _with_sub_headings(rendered: Rendered, taken: Set[int]) -> list[int]:
    """Return the lines, in order, with headings between two of them that strict mode left out."""
    between = (
        index
        for index in range(1, len(rendered.lines) - 1)
        if index - 1 in taken and index + 1 in taken and rendered.heading_level(index) > 1
    )
    return sorted({*taken, *(index for index in between if _may_be_prose(rendered, index))})


def _without_headline(rendered: Rendered, taken: Sequence[int]) -> Iterator[int]:
    """Yield the lines without an h1, and any heading in a header, that stands before the first paragraph.

    On the labelled pages this is worth .003 and .002 of F; later an h1 may be a sub-heading and stays.
    """
    in_body = False
    for index in taken:
        level = rendered.heading_level(index)
        in_body = in_body or (not level and len(rendered.lines[index]) >= _PROSE_CHARS)
        is_headline = level == 1 or (level and rendered.is_inside(index, "header"))
        if in_body or not is_headline:
            yield index
