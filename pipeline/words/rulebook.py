"""The boilerplate rules: ``rules/boilerplate/*.toml`` read, checked and compiled.

A rule says what a line is (its class), why anybody believes so, and shows lines it must and must not match. Rules are
data so that a user can read, add and test one without touching Python; ``broadsheet check-rules`` runs the examples.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

from pipeline.errors import RulebookError
from pipeline.frozen import maker, quickly_made
from pipeline.records import LineClass
from pipeline.text import fold, squash
from pipeline.words.needles import Needles
from pipeline.words.openings import Anchored, Opened, anchored, fold_case, needs_of

SCOPES = {
    "line": "the line alone",
    "block": "the line and the titles under it, up to max_lines, until body text goes on",
    "tail": "as block, and after the body everything below it",
    "part": "the part of the line that the pattern's group `cut` matches; the rest of the line stays",
}
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


@dataclass(frozen=True, slots=True)
class _Loose:
    """A rule and its patterns that are searched for, each with whether it has needs of its own."""

    rule: Rule
    patterns: tuple[tuple[re.Pattern[str], bool], ...]


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
    _loose: tuple[_Loose, ...] = field(repr=False)
    _loose_everywhere: tuple[_Loose, ...] = field(repr=False)
    _loose_keys: frozenset[str] = field(repr=False)
    _needs: Needles = field(repr=False)
    _needed_by: Mapping[str, frozenset[str]] = field(repr=False)
    _part_rules_by_end: Mapping[str, tuple[Rule, ...]] = field(repr=False)
    _endless_part_rules: tuple[Rule, ...] = field(repr=False)

    def match(self, lines: Sequence[tuple[str, str, int]]) -> list[Hit | None]:
        """Return for each line of a page the first rule that says what the whole line is, or None.

        A line is its squashed text, ``text.fold`` of it, and its number of words. Phrases win over vocabularies, these
        over patterns; within a kind the order of the files decides.
        """
        needing = self._needing([text for text, _, _ in lines])
        by_phrase, by_word = self._by_phrase.get, self._by_word.get
        found: list[Hit | None] = []
        for (text, folded, word_count), needed in zip(lines, needing, strict=True):
            rule = by_phrase(folded) or by_phrase(folded.lstrip("0123456789 "))
            if rule is None and (rules := by_word(folded.partition(" ")[0])):
                rule = _of_words(rules, folded, word_count)
            found.append(
                _make_hit(rule=rule, evidence=text[:80], start=0, end=len(text))
                if rule is not None
                else self._match_pattern(text, word_count, needed)
            )
        return found

    def _needing(self, texts: Sequence[str]) -> list[Set[str]]:
        """Return for each text the ids of the rules, and the patterns, of whose needs one stands in it."""
        found: list[Set[str]] = [frozenset()] * len(texts)
        for i, need in self._needs.find(fold_case("\n".join(texts))):
            keys = self._needed_by[need]
            found[i] = found[i] | keys if found[i] else keys
        return found

    def _match_pattern(self, text: str, word_count: int, needing: Set[str]) -> Hit | None:
        too_short: list[Anchored] = []
        for one in self._anchored.by(text, needing):
            if word_count > one.max_words:
                too_short.append(one)
            elif one.holds in text and (found := one.pattern.match(text)):
                # The first pattern that holds decides; one that is for shorter lines then says that the line is none.
                if any(before.pattern.match(text) for before in too_short):
                    break
                return _make_hit(rule=self.rules[one.number], evidence=found[0][:80], start=0, end=len(text))
        for loose in self._loose_everywhere if self._loose_keys.isdisjoint(needing) else self._loose:
            rule = loose.rule
            if word_count <= rule.max_words and (not rule.needs or rule.id in needing) and _ends(rule, text):
                for pattern, has_needs in loose.patterns:
                    if (not has_needs or pattern.pattern in needing) and (found := pattern.search(text)):
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
    needs = {pattern: needs_of(pattern.pattern) for _, rule in whole for pattern in rule.loose}
    loose = [_Loose(rule, tuple((one, bool(needs[one])) for one in rule.loose)) for _, rule in whole if rule.loose]
    needed_by: dict[str, set[str]] = {}
    for key, own in (
        *((rule.id, rule.needs) for _, rule in whole if rule.loose),
        *((pattern.pattern, own) for pattern, own in needs.items()),
        *((one.pattern.pattern, one.needs) for one in opening),
    ):
        for need in own:
            needed_by.setdefault(need, set()).add(key)
    of_parts = [rule for rule in rules if rule.scope == "part"]
    ends = {"", *(sign for rule in of_parts for sign in rule.ends_in)}
    return Rulebook(
        tuple(rules),
        digest,
        by_phrase,
        {word: tuple(found) for word, found in by_word.items()},
        Opened(opening),
        tuple(loose),
        tuple(one for one in loose if not one.rule.needs and not all(has_needs for _, has_needs in one.patterns)),
        frozenset(key for one in loose for key in _keys_of(one)),
        Needles(needed_by),
        {need: frozenset(keys) for need, keys in needed_by.items()},
        {end: tuple(rule for rule in of_parts if _ends(rule, end)) for end in ends},
        tuple(rule for rule in of_parts if not rule.ends_in),
    )


def _keys_of(loose: _Loose) -> Iterator[str]:
    """Yield what a rule is known by among what texts need: its id, or its patterns where it has no needs itself."""
    if loose.rule.needs:
        yield loose.rule.id
    else:
        yield from (pattern.pattern for pattern, has_needs in loose.patterns if has_needs)


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
