"""The boilerplate rules: ``rules/boilerplate/*.toml`` read, checked and compiled.

A rule says what a line is (its class), why anybody believes so, and shows lines it must and must not match. Rules are
data so that a user can read, add and test one without touching Python; ``broadsheet check-rules`` runs the examples.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, reduce
from importlib import resources
from itertools import count
from operator import or_
from typing import Any, NamedTuple

from pipeline.errors import RulebookError
from pipeline.frozen import maker, quickly_made
from pipeline.records import LineClass
from pipeline.text import fold, squash
from pipeline.words.needles import Needles
from pipeline.words.openings import Opened, anchored, fold_case, needs_of

SCOPES = {
    "line": "the line alone",
    "block": "the line and the titles under it, up to max_lines, until body text goes on",
    "tail": "as block, and after the body everything below it",
    "part": "the part of the line that the pattern's group `cut` matches; the rest of the line stays",
}
_FIGURES = "0123456789 "  # in front of a phrase: how often a line was shared
_MOST = 5_000  # combinations of needs that are remembered
_KEYS = {
    "needs",
    "ends_in",
    "id",
    "class",
    "scope",
    "why",
    "phrases",
    "words",
    "patterns",
    "max_words",
    "max_lines",
    "removes",
    "keeps",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule; ``phrases`` are whole folded lines, ``words`` a vocabulary that must make up the whole line.

    ``anchored`` patterns hold at the line's beginning, and of all rules only those are tried that may begin as the line
    does; ``loose`` ones are searched for, and only in lines with one of the words in ``needs`` and, where ``ends_in``
    is not empty, with one of its signs at the end.
    """

    id: str
    line_class: LineClass
    scope: str
    why: str
    phrases: frozenset[str]
    words: frozenset[str]
    anchored: tuple[str, ...]
    loose: tuple[re.Pattern[str], ...]
    needs: tuple[str, ...]
    ends_in: str
    max_words: int
    max_lines: int
    removes: tuple[str, ...]
    keeps: tuple[str, ...]


class _Loose(NamedTuple):
    """A rule and its patterns that are searched for, each with the bit of its own needs; 0 where it has none."""

    rule: Rule
    bit: int
    patterns: tuple[tuple[re.Pattern[str], int], ...]


class _Searched:
    """Rules whose patterns are searched for, by what is needed that stands in a text; what was found is remembered."""

    def __init__(self, rules: Iterable[_Loose]) -> None:
        self._rules = tuple(rules)
        # Of the needs of patterns is asked only where those of a rule are there, or where it has none.
        self._asked = reduce(or_, (one.bit or reduce(or_, (own for _, own in one.patterns)) for one in self._rules), 0)
        self._every = reduce(or_, (own for one in self._rules for _, own in one.patterns), self._asked)
        self._by_needs: dict[int, tuple[tuple[Rule, tuple[re.Pattern[str], ...]], ...]] = {}

    def by(self, needing: int) -> Iterable[tuple[Rule, tuple[re.Pattern[str], ...]]]:
        """Return the rules and of each the patterns that may match a text with the needs of these bits."""
        needing = needing & self._every if needing & self._asked else 0
        found = self._by_needs.get(needing)
        if found is None:
            each = (
                (one.rule, tuple(pattern for pattern, own in one.patterns if not own or own & needing))
                for one in self._rules
                if not one.bit or one.bit & needing
            )
            found = tuple((rule, patterns) for rule, patterns in each if patterns)
            if len(self._by_needs) < _MOST:
                self._by_needs[needing] = found
        return found


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A rule that matched a line, what it saw, and the part of the line that goes."""

    rule: Rule
    evidence: str
    start: int
    end: int


_make_hit = maker(Hit)


@dataclass(frozen=True, slots=True)
class Rulebook:
    """All rules, indexed so that most lines cost one dictionary look-up."""

    rules: tuple[Rule, ...]
    digest: str
    _by_phrase: Mapping[str, Rule] = field(repr=False)
    _by_word: Mapping[str, tuple[Rule, ...]] = field(repr=False)
    _anchored: Opened = field(repr=False)
    _searched: _Searched = field(repr=False)
    _needs: Needles = field(repr=False)
    _needed_by: Sequence[int] = field(repr=False)
    _longest_phrase: int = field(repr=False)
    _most_words: int = field(repr=False)
    _part_rules_by_end: Mapping[str, tuple[Rule, ...]] = field(repr=False)
    _endless_part_rules: tuple[Rule, ...] = field(repr=False)

    def match(self, lines: Sequence[tuple[str, str, int]]) -> list[Hit | None]:
        """Return for each line of a page the first rule that says what the whole line is, or None.

        A line is its squashed text, ``text.fold`` of it, and its number of words. Phrases win over vocabularies, these
        over patterns; within a kind the order of the files decides.
        """
        needing = self._needing([text for text, _, _ in lines])
        by_phrase, by_word = self._by_phrase.get, self._by_word.get
        longest_phrase, most_words = self._longest_phrase, self._most_words
        found: list[Hit | None] = []
        for (text, folded, word_count), needed in zip(lines, needing, strict=True):
            rule = None
            if len(folded) <= longest_phrase or folded[0] in _FIGURES:
                rule = by_phrase(folded) or by_phrase(folded.lstrip(_FIGURES))
            if rule is None and word_count <= most_words and (rules := by_word(folded.partition(" ")[0])):
                rule = _of_words(rules, folded, word_count)
            found.append(
                _make_hit(rule=rule, evidence=text[:80], start=0, end=len(text))
                if rule is not None
                else self._match_pattern(text, word_count, needed)
            )
        return found

    def _needing(self, texts: Sequence[str]) -> list[int]:
        """Return for each text the bits of the rules, and the patterns, of whose needs one stands in it."""
        found = [0] * len(texts)
        needed_by = self._needed_by
        for i, need in self._needs.find("\n".join(texts)):
            found[i] |= needed_by[need]
        return found

    def _match_pattern(self, text: str, word_count: int, needing: int) -> Hit | None:
        for holds, match, number, shorter in self._anchored.by(text, word_count, needing):
            if holds in text and (found := match(text)):
                # The first pattern that holds decides; one that is for shorter lines then says that the line is none.
                if shorter and any(before(text) for before in shorter):
                    break
                return _make_hit(rule=self.rules[number], evidence=found[0][:80], start=0, end=len(text))
        for rule, patterns in self._searched.by(needing):
            if word_count <= rule.max_words and _ends(rule, text):
                for pattern in patterns:
                    if found := pattern.search(text):
                        return _make_hit(rule=rule, evidence=found[0][:80], start=0, end=len(text))
        return None

    def match_part(self, text: str) -> Hit | None:
        """Return the first ``part`` rule that takes a piece out of ``text``, or None."""
        for rule in self._part_rules_by_end.get(text[-1:], self._endless_part_rules):
            for pattern in rule.loose:
                found = pattern.search(text)
                if found:
                    start, end = found.span("cut")
                    return Hit(rule=rule, evidence=found.group("cut")[:80], start=start, end=end)
        return None

    @classmethod
    def load(cls) -> Rulebook:
        """Return the rules that come with Broadsheet.

        Raises:
            RulebookError: a file or rule is wrong; names file and rule.
        """
        return _load()


def _of_words(rules: Iterable[Rule], folded: str, word_count: int) -> Rule | None:
    """Return the first of some rules whose vocabulary makes up the whole line."""
    for rule in rules:
        if word_count <= rule.max_words and rule.words.issuperset(folded.split(" ", 12)):
            return rule
    return None


def _ends(rule: Rule, text: str) -> bool:
    return not rule.ends_in or text[-1:] in rule.ends_in


@cache
def _load() -> Rulebook:
    folder = resources.files("pipeline") / "rules" / "boilerplate"
    files = sorted((entry.name, entry.read_bytes()) for entry in folder.iterdir() if entry.name.endswith(".toml"))
    return build({name: data.decode("utf-8") for name, data in files})


def build(files: Mapping[str, str]) -> Rulebook:
    """Return the rulebook of TOML texts by file name.

    Raises:
        RulebookError: TOML is broken, a key is unknown or missing, an id comes twice, a pattern does not compile.
    """
    rules = tuple(rule for name in sorted(files) for rule in _read_file(name, files[name]))
    seen: set[str] = set()
    for rule in rules:
        if rule.id in seen:
            raise RulebookError(f"rule {rule.id!r} stands twice: give one of them another id", rule_id=rule.id)
        seen.add(rule.id)
    digest = hashlib.blake2b(digest_size=8)
    for name in sorted(files):
        digest.update(name.encode() + b"\0" + files[name].encode() + b"\0")
    return index(rules, digest.hexdigest())


def index(rules: Sequence[Rule], digest: str) -> Rulebook:
    """Return ``rules`` as a rulebook: phrases and words in dictionaries, anchored patterns by their first sign."""
    by_phrase: dict[str, Rule] = {}
    by_word: dict[str, list[Rule]] = {}
    for rule in rules:
        for phrase in rule.phrases:
            by_phrase.setdefault(phrase, rule)
        for word in rule.words:
            by_word.setdefault(word, []).append(rule)
    whole = [(number, rule) for number, rule in enumerate(rules) if rule.scope != "part"]
    opening = [anchored(number, pattern, rule.max_words) for number, rule in whole for pattern in rule.anchored]
    needed_by: dict[str, int] = {}

    def bit_of(needs: Collection[str], bit: int) -> int:
        """Return a bit that a text has which holds one of some texts; 0 where there are none."""
        for need in needs:
            needed_by[need] = needed_by.get(need, 0) | bit
        return bit if needs else 0

    for place, one in enumerate(opening):
        bit_of(one.needs, 1 << place)
    bits = (1 << place for place in count(len(opening)))
    loose = [
        _Loose(
            rule,
            bit_of(rule.needs, next(bits)),
            tuple((one, bit_of(needs_of(one.pattern), next(bits))) for one in rule.loose),
        )
        for _, rule in whole
        if rule.loose
    ]
    needles = Needles(needed_by)
    of_parts = [rule for rule in rules if rule.scope == "part"]
    ends = {"", *(sign for rule in of_parts for sign in rule.ends_in)}
    return Rulebook(
        tuple(rules),
        digest,
        by_phrase,
        {word: tuple(found) for word, found in by_word.items()},
        Opened(opening),
        _Searched(loose),
        needles,
        [needed_by[need] for need in needles.needles],
        max(map(len, by_phrase), default=0),
        max((rule.max_words for rule in rules if rule.words), default=0),
        {end: tuple(rule for rule in of_parts if _ends(rule, end)) for end in ends},
        tuple(rule for rule in of_parts if not rule.ends_in),
    )


def _read_file(name: str, text: str) -> Iterator[Rule]:
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as exc:
        raise RulebookError(f"{name}: no TOML: {exc}", file=name) from exc
    for entry in table.get("rule", []):
        yield _read_rule(name, entry)


def _read_rule(name: str, entry: dict[str, Any]) -> Rule:
    rule_id = str(entry.get("id", "?"))

    def refuse(what: str) -> RulebookError:
        return RulebookError(f"{name}: rule {rule_id!r}: {what}", file=name, rule_id=rule_id)

    unknown = sorted(set(entry) - _KEYS)
    if unknown:
        raise refuse(f"unknown key {unknown[0]!r}; known are {', '.join(sorted(_KEYS))}")
    missing = [key for key in ("id", "class", "scope", "why", "removes", "keeps") if not entry.get(key)]
    if missing:
        raise refuse(f"{missing[0]!r} is missing or empty; every rule says why and shows what it removes and keeps")
    if entry["scope"] not in SCOPES:
        raise refuse(f"scope {entry['scope']!r} is none of {', '.join(SCOPES)}")
    if entry["class"] not in set(LineClass):
        raise refuse(f"class {entry['class']!r} is none of {', '.join(LineClass)}")
    anchored, loose = _read_patterns(entry, refuse)
    if entry["scope"] == "part" and not all("cut" in pattern.groupindex for pattern in loose):
        raise refuse("a part rule's patterns mark what goes with a group (?P<cut>…)")
    return Rule(
        id=rule_id,
        line_class=LineClass(entry["class"]),
        scope=entry["scope"],
        why=entry["why"],
        phrases=frozenset(fold(phrase) for phrase in entry.get("phrases", ())),
        words=frozenset(fold(word) for word in entry.get("words", ())),
        anchored=anchored,
        loose=loose,
        needs=tuple(fold_case(need) for need in entry.get("needs", ())),
        ends_in=str(entry.get("ends_in", "")),
        max_words=int(entry.get("max_words", 12 if entry.get("words") else 400)),
        max_lines=int(entry.get("max_lines", 3)),
        removes=tuple(entry["removes"]),
        keeps=tuple(entry["keeps"]),
    )


def _read_patterns(
    entry: dict[str, Any], refuse: Callable[[str], RulebookError]
) -> tuple[tuple[str, ...], tuple[re.Pattern[str], ...]]:
    """Return the patterns that hold at the beginning of a line, fit to be joined, and the others, compiled."""
    anchored: list[str] = []
    loose: list[re.Pattern[str]] = []
    for pattern in entry.get("patterns", ()):
        try:
            compiled = re.compile(pattern)
        except re.error as exc:
            raise refuse(f"pattern {exc.pattern!r} does not compile: {exc}") from exc
        ignores_case = pattern.startswith("(?i)")
        bare = pattern.removeprefix("(?i)")
        if bare.startswith("^") and entry["scope"] != "part":
            anchored.append(f"(?i:{bare})" if ignores_case else bare)
        else:
            loose.append(compiled)
    return tuple(anchored), tuple(loose)


def failed_examples(book: Rulebook) -> Iterator[tuple[Rule, str, str]]:
    """Yield (rule, example, what went wrong) for each ``removes`` the rule misses and each ``keeps`` it takes."""
    for rule in book.rules:
        alone = index([rule], "")
        for example in rule.removes:
            if not _takes(alone, rule, example):
                yield rule, example, "should be removed, is not matched"
        for example in rule.keeps:
            if _takes(alone, rule, example):
                yield rule, example, "should be kept, is matched"


def _takes(book: Rulebook, rule: Rule, example: str) -> bool:
    text = squash(example)
    if rule.scope == "part":
        return book.match_part(text) is not None
    folded = fold(text)
    return book.match([(text, folded, len(folded.split()))])[0] is not None
