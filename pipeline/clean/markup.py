"""Mark-up that a dump kept in its text: entities and tags as the reader of a page would have seen them."""

from __future__ import annotations

import html
import re

from pipeline.text import squash

# Only with its semicolon: "R&D" and "a&b" are words.
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});")
_DEPTH = 2  # an entity of an entity is a page written twice: "&amp;quot;"
# Tags of running text and of its paragraphs: of no other word between angle brackets is it known that it is a tag.
_INLINE_TAG = re.compile(
    r"</?(?:a|abbr|b|em|font|i|mark|small|span|strong|sub|sup|u)(?:\s[^<>]{0,1000})?/?>", re.IGNORECASE
)
_BLOCK_TAG = re.compile(
    r"</?(?:blockquote|br|div|figcaption|figure|h[1-6]|hr|img|li|ol|p|table|tbody|td|th|tr|ul)(?:\s[^<>]{0,1000})?/?>",
    re.IGNORECASE,
)


def plain(text: str) -> str:
    """Return a line as its reader would see it: white space squashed, entities read, tags gone.

    A line of tags alone stays as it is, so that no line is lost.

    >>> plain("  <p>Jo&#8217;s <b>R&D</b> &amp;quot;lab&amp;quot;</p>")
    'Jo’s R&D "lab"'
    >>> plain("x < y")
    'x < y'
    """
    shown = text
    if "<" in text and ">" in text:
        shown = _INLINE_TAG.sub("", _BLOCK_TAG.sub(" ", text))
    if "&" in shown and ";" in shown:
        for _ in range(_DEPTH):
            shown = _ENTITY.sub(_read, shown)
    return squash(shown) or squash(text)


def _read(entity: re.Match[str]) -> str:
    """Return the characters an entity stands for; itself where they are controls, or it is none."""
    found = html.unescape(entity[0])
    return found if found.isprintable() or found.isspace() else entity[0]
