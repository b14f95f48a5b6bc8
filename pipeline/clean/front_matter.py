"""What a program that saved a page wrote above its Markdown: title, address, writer and date, as it gives them.

Two forms are read: YAML between two lines of dashes, which clippers and site generators write, one plain value a line;
and "Title:", "URL Source:" and the like down to "Markdown Content:", which readers on the web give.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.text import squash

_MAX_LINES = 60
_FENCE, _END = "---", "Markdown Content:"
_PAIR = re.compile(r"([A-Za-z][\w .-]{0,40}):(?:\s+(.*))?$")
_GOES_ON = re.compile(r"\s+\S|- ")  # a list, or a value on several lines
_NAMES: Mapping[str, str] = {
    "title": "title",
    "headline": "title",
    "url": "url",
    "source": "url",
    "url source": "url",
    "canonical_url": "url",
    "author": "author",
    "byline": "author",
    "date": "date",
    "published": "date",
    "published_time": "date",
    "published time": "date",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontMatter:
    """The number of lines it takes from the top, and what it tells: ``title``, ``url``, ``author`` and ``date``."""

    lines: int = 0
    told: Mapping[str, str] = field(default_factory=dict)


_NONE = FrontMatter()


def front_matter(lines: Sequence[str]) -> FrontMatter:
    """Return the front matter of a dump; one of no lines where it has none.

    >>> found = front_matter(["---", 'title: "Harbour to close"', "date: 2026-05-04", "---", "# Harbour to close"])
    >>> found.lines, found.told
    (4, {'title': 'Harbour to close', 'date': '2026-05-04'})
    """
    start = next((i for i, line in enumerate(lines[:_MAX_LINES]) if line.strip()), None)
    if start is None:
        return _NONE
    is_yaml = lines[start].rstrip() == _FENCE
    if not is_yaml and not lines[start].startswith("Title: "):
        return _NONE
    told: dict[str, str] = {}
    for i in range(start + is_yaml, min(len(lines), start + _MAX_LINES)):
        text = lines[i].rstrip()
        if text == (_FENCE if is_yaml else _END):
            return FrontMatter(lines=i + 1, told=told) if told else _NONE
        pair = _PAIR.match(text)
        if pair is not None:
            name, value = _NAMES.get(pair[1].lower()), _plain(pair[2] or "")
            if name is not None and value:
                told.setdefault(name, value)
        elif text and not (is_yaml and _GOES_ON.match(text)):
            break
    return _NONE


def _plain(value: str) -> str:
    """Return a value without its quotes; nothing of one that is a list or goes on below."""
    text = squash(value)
    if text[:1] in "[{|>&*":
        return ""
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" else text
