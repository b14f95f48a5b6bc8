"""Invented news stories out of corpus.toml, and the ways in which a copy of one differs from it.

Few sentence patterns share three words in a row. Among 3,000 stories (4.5 million pairs) the highest Jaccard of word
3-grams is 0.10 and the mean 0.02, so whatever a deduplicator joins beyond the planted copies is its own mistake.
"""

from __future__ import annotations

import datetime as dt
import random
import re
import tomllib
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

SLOT = re.compile(r"\{(\w+)\}")
_ARTICLE = re.compile(r"\b([Aa]) (?=[aeiou])")
_FIGURE = re.compile(r"\b\d{2,}\b")
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_ONES = ("", "-one", "-two", "-three", "-four", "-five", "-six", "-seven", "-eight", "-nine")


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One invented story; ``paragraphs`` is the body, subheads included."""

    story: int
    day: dt.date
    section: str
    headline: str
    standfirst: str
    caption: str
    author: str
    town: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grammar:
    """The words, sentence patterns, topics and furniture of corpus.toml."""

    names: dict[str, list[str]]
    words: dict[str, list[str]]
    sentences: dict[str, list[str]]
    topics: dict[str, dict[str, list[str]]]
    sites: dict[str, dict[str, Any]]
    layouts: dict[str, dict[str, list[str]]]


def load_grammar() -> Grammar:
    """Return the grammar of corpus.toml, which lies beside this file."""
    return Grammar(**tomllib.loads(Path(__file__).with_name("corpus.toml").read_text(encoding="utf-8")))


@dataclass(slots=True)
class Scene:
    """Fills the slots of one story: remembers its people and places, draws everything else."""

    grammar: Grammar
    rng: random.Random
    topic: str
    cast: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Draw the people, towns and organisations that stay the same through the story."""
        people = {"person": person(self.grammar, self.rng), "person2": person(self.grammar, self.rng)}
        towns = {"town": town(self.grammar, self.rng), "town2": town(self.grammar, self.rng)}
        kinds = ("Trust", "Foundation", "Council", "Society", "Group", "Institute")
        orgs = {name: f"the {town(self.grammar, self.rng)} {self.rng.choice(kinds)}" for name in ("org", "org2")}
        self.cast = {**people, **towns, **orgs, "surname": people["person"].split()[-1], "topic": self.topic}

    def fill(self, pattern: str) -> str:
        """Return the pattern with every slot filled, slots of the fillings too."""
        return _ARTICLE.sub(r"\1n ", SLOT.sub(lambda match: self._slot(match[1]), pattern))

    def pick(self, kind: str) -> str:
        """Return a filled sentence of one kind, its first letter a capital."""
        return capital(self.fill(self.rng.choice(self.grammar.sentences[kind])))

    def _slot(self, name: str) -> str:
        if name[0].isupper():
            return capital(self._slot(name[0].lower() + name[1:]))
        if name == "nouns":
            return plural(self._slot("noun"))
        for key in (name, name.rstrip("23")):
            if key in self.cast:
                return self.cast[key]
            options = (
                self.grammar.topics[self.topic].get(key)
                or self.grammar.words.get(key)
                or self.grammar.sentences.get(key)
            )
            if options:
                return self.fill(self.rng.choice(options))
        return self._figure(name)

    def _figure(self, name: str) -> str:
        rng = self.rng
        if name == "n2w":
            return f"{rng.choice(_TENS)}{rng.choice(_ONES)}"
        if name == "money":
            unit = rng.choice(("crowns", "million crowns", "euros", "million euros"))
            return (
                f"{rng.randint(2, 980)} {unit}"
                if "million" in unit
                else f"{rng.randint(2, 980)},{rng.randint(0, 9)}00 {unit}"
            )
        bounds = {"n1": (3, 9), "n2": (11, 98), "n3": (101, 990), "n4": (1100, 9800), "n2d": (2, 28), "pct": (3, 79)}
        if name == "year":
            return str(rng.randint(1871, 2024))
        return str(rng.randint(*bounds[name]))


def capital(text: str) -> str:
    """Return ``text`` with its first letter as a capital.

    >>> capital("the quay")
    'The quay'
    """
    return text[:1].upper() + text[1:]


def plural(noun: str) -> str:
    """Return the plural of an English noun of the word lists.

    >>> [plural(noun) for noun in ("ferry", "tram", "bench", "railway")]
    ['ferries', 'trams', 'benches', 'railways']
    """
    if noun.endswith("y") and noun[-2] not in "aeiou":
        return noun[:-1] + "ies"
    return noun + ("es" if noun.endswith(("s", "ch", "sh", "x")) else "s")


def person(grammar: Grammar, rng: random.Random) -> str:
    """Return an invented person's name."""
    names = grammar.names
    surname = "".join(rng.choice(names[part]) for part in ("start", "middle", "surname_end"))
    return f"{rng.choice(names['first'])} {surname}"


def town(grammar: Grammar, rng: random.Random) -> str:
    """Return an invented town's name."""
    names = grammar.names
    return f"{rng.choice(names['start'])}{rng.choice(names['middle'])}{rng.choice(names['town_end'])}"


def write_story(grammar: Grammar, rng: random.Random, story: int, day: dt.date) -> Story:
    """Return a new story of 7 to 14 paragraphs; no sentence pattern is used twice."""
    scene = Scene(grammar, rng, rng.choice(sorted(grammar.topics)))
    patterns = rng.sample(grammar.sentences["body"], k=len(grammar.sentences["body"]))
    paragraphs = [scene.pick("lead")]
    for _ in range(rng.randint(6, 13)):
        taken = [patterns.pop() for _ in range(rng.choice((1, 1, 2)))]
        paragraphs.append(" ".join(capital(scene.fill(pattern)) for pattern in taken))
    if rng.random() < 0.4:
        paragraphs.insert(rng.randint(3, len(paragraphs) - 2), scene.pick("subhead"))
    return Story(
        story=story,
        day=day,
        section=capital(scene.topic),
        headline=scene.pick("headline"),
        standfirst=scene.pick("standfirst"),
        caption=scene.pick("caption"),
        author=person(grammar, rng),
        town=scene.cast["town"],
        paragraphs=tuple(paragraphs),
    )


def vary(kind: str, story: Story, grammar: Grammar, rng: random.Random, day: dt.date) -> Story:
    """Return a copy of ``story`` of the given kind, with a headline, caption and byline of its own."""
    scene = Scene(grammar, rng, story.section.lower())
    scene.cast["town"] = story.town
    body = list(story.paragraphs)
    if kind == "abridged":
        body = body[: max(4, round(len(body) * rng.uniform(0.45, 0.7)))]
    if kind in ("edited", "update"):
        del body[rng.randint(2, len(body) - 1)]
        body = [reword(paragraph, rng) for paragraph in body]
    if kind == "update":
        body = [_FIGURE.sub(lambda figure: str(int(figure[0]) + rng.randint(1, 9)), paragraph) for paragraph in body]
        body[1:1] = [capital(scene.fill(pattern)) for pattern in rng.sample(grammar.sentences["body"], k=2)]
    return replace(
        story,
        day=day,
        headline=scene.pick("headline"),
        standfirst=scene.pick("standfirst"),
        caption=scene.pick("caption"),
        author=person(grammar, rng),
        paragraphs=tuple(body),
    )


def reword(paragraph: str, rng: random.Random) -> str:
    """Return the paragraph as a sub-editor leaves it: a word here and there is another one."""
    swaps = (
        (" said", " stated"),
        (" after ", " following "),
        (" about ", " some "),
        (" would ", " will "),
        (" had ", " has "),
    )
    for old, new in swaps:
        if rng.random() < 0.3:
            paragraph = paragraph.replace(old, new)
    return paragraph
