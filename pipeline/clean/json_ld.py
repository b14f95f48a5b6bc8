"""The story that the JSON-LD of a page describes, read from whatever sites put there.

Blocks are bounded, may be broken, nested, wrapped in comments or of any type; what is no text where text belongs is
left out. Properties are those of https://schema.org/NewsArticle.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from pipeline.text import squash

_MAX_BLOCK_CHARS = 1 << 20  # the longest block on 193 labelled pages has 60,000
_MAX_NODES = 2_000
_MAX_TEXT_CHARS = 5_000

_MARK = re.compile(r"<[^<>]{1,500}>")
_TRAILING_COMMA = re.compile(r",(?=\s*[}\]])")
_STORY_TYPES = frozenset(("blogposting", "liveblogposting", "report"))
# Where the story may hang below another node. Not itemListElement, hasPart and the like: those are other stories.
_CONTAINERS = ("@graph", "mainEntity", "mainEntityOfPage")
_ORGANISATION_TYPES = ("organization", "corporation", "localbusiness", "publisher")

Node = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What JSON-LD says of the page's story, as printed there.

    ``organisations`` are those named as author or source of the story; ``publisher`` is the one that runs the site.
    ``text`` is the story's own, white space squashed; on some pages an abstract stands there.
    """

    headline: str | None
    descriptions: tuple[str, ...]
    persons: tuple[str, ...]
    organisations: tuple[str, ...]
    publisher: str | None
    published: str | None
    modified: str | None
    section: str | None
    language: str | None
    url: str | None
    text: str | None


def read_story(blocks: Iterable[str], urls: Iterable[str | None] = ()) -> Story | None:
    """Return the story of the page: of several the one at one of ``urls``, else the first; None without any.

    >>> read_story(['{"@type": "NewsArticle", "author": [{"@type": "Person", "name": "Ada Lee"}]}']).persons
    ('Ada Lee',)
    """
    nodes = [node for block in blocks for node in _nodes(_load(block))]
    stories = [node for node in nodes if _is_story(node)] or [node for node in nodes if "webpage" in _types(node)]
    if not stories:
        return None
    places = {place for url in urls if (place := _place(url))}
    node = next((node for node in stories if not places.isdisjoint(_places(node))), stories[0])
    named = {key: other for other in nodes if isinstance(key := other.get("@id"), str) and "name" in other}
    return _story(node, named)


def _load(block: str) -> object:
    """Return the value of a script, None where it holds no JSON or too much."""
    text = block.strip()
    start = min((at for at in (text.find("{"), text.find("[{")) if at >= 0), default=-1)
    if start < 0 or len(text) > _MAX_BLOCK_CHARS:
        return None
    decoder = json.JSONDecoder(strict=False, parse_int=_no_figure, parse_float=_no_figure)
    raw = text[start:]
    for attempt in (raw, _TRAILING_COMMA.sub("", raw), html.unescape(raw)):
        try:
            return decoder.raw_decode(attempt)[0]
        except (ValueError, RecursionError):
            continue
    return None


def _no_figure(_figures: str) -> None:
    """Read a number as nothing: none is wanted, and one of 5,000 figures is an error in Python."""


def _nodes(value: object) -> Iterator[Node]:
    """Yield the objects that may be the page's story or explain it, breadth first, a bounded number of them."""
    waiting = [value]
    for seen in range(_MAX_NODES):
        if seen >= len(waiting):
            return
        value = waiting[seen]
        if isinstance(value, list):
            waiting.extend(value[:_MAX_NODES])
        elif isinstance(value, dict):
            yield value
            waiting.extend(value[key] for key in _CONTAINERS if key in value)


def _types(node: Node) -> list[str]:
    return [text.rpartition("/")[2].casefold() for text in _texts(node.get("@type"))]


def _is_story(node: Node) -> bool:
    return any(name.endswith("article") or name in _STORY_TYPES for name in _types(node))


def _places(node: Node) -> set[str]:
    page = node.get("mainEntityOfPage")
    values = [node.get("url"), node.get("@id"), page, page.get("@id") if isinstance(page, dict) else None]
    return {place for value in values if isinstance(value, str) and (place := _place(value))}


def _place(url: str | None) -> str | None:
    """Return the path of an address that leads to more than a front page: sites write host and scheme in many ways."""
    try:
        path = urlsplit(url or "").path.rstrip("/")
    except ValueError:
        return None
    return path or None


def _story(node: Node, named: Mapping[str, Node]) -> Story:
    makers = [*_agents(node, "author", named), *_agents(node, "creator", named)]
    sources = [agent for key in ("sourceOrganization", "provider") for agent in _agents(node, key, named)]
    publishers = [name for name, _ in _agents(node, "publisher", named)]
    return Story(
        headline=_text(node.get("headline")) or _text(node.get("name")),
        descriptions=_unique(_text(node.get(key)) for key in ("description", "alternativeHeadline", "abstract")),
        persons=_unique(name for name, is_organisation in makers if not is_organisation),
        organisations=_unique(
            [*(name for name, is_organisation in makers if is_organisation), *(n for n, _ in sources)]
        ),
        publisher=publishers[0] if publishers else None,
        published=_text(node.get("datePublished")),
        modified=_text(node.get("dateModified")),
        section=_text(node.get("articleSection")),
        language=_text(node.get("inLanguage")),
        url=_text(node.get("url")),
        text=_body(node.get("articleBody")),
    )


def _agents(node: Node, key: str, named: Mapping[str, Node]) -> Iterator[tuple[str, bool]]:
    """Yield the names under a property, each with whether it is an organisation's."""
    value = node.get(key)
    for agent in value[:_MAX_NODES] if isinstance(value, list) else [value]:
        full = agent
        if isinstance(agent, dict) and "name" not in agent and isinstance(agent.get("@id"), str):
            full = named.get(agent["@id"], agent)
        if isinstance(full, dict):
            is_organisation = any(name.endswith(_ORGANISATION_TYPES) for name in _types(full))
            yield from ((name, is_organisation) for name in map(_tidy, _texts(full.get("name"))) if name)
        elif isinstance(full, str) and (name := _tidy(full)):
            yield name, False


def _text(value: object) -> str | None:
    """Return the first text of a value: itself, of a list the first, of a language-tagged or named object its text."""
    if isinstance(value, list):
        value = next(iter(value), None)
    if isinstance(value, dict):
        value = value.get("@value", value.get("name"))
    return (_tidy(value) or None) if isinstance(value, str) else None


def _body(value: object) -> str | None:
    """Return the text of a story without its marks: sites put it there plain, as HTML, or as HTML escaped once more."""
    if not isinstance(value, str):
        return None
    return squash(html.unescape(_MARK.sub(" ", html.unescape(value)))) or None


def _texts(value: object) -> list[str]:
    return [text for text in (value if isinstance(value, list) else [value]) if isinstance(text, str)]


def _tidy(text: str) -> str:
    return squash(html.unescape(text[:_MAX_TEXT_CHARS]))


def _unique(texts: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text))
