"""The words of the lexicon that make a byline, of the languages tried, folded and put into patterns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from pipeline.text import fold
from pipeline.words.lexicon import Lexicon, fold_word

WORD = re.compile(r"[^\W\d_]+")
UNSPACED_FROM = "\u0e00"
_YEAR_FIGURES = 4
_MAX_SIGNED_WORDS = 10  # of a line that ends in a stop; a longer one is a sentence about somebody
PARTICLES = frozenset(
    (
        *("de", "del", "della", "delle", "di", "da", "do", "dos", "das", "du", "des", "la", "le", "van"),
        *("von", "vom", "zu", "zur", "der", "den", "ter", "ten", "te", "bin", "binti", "ibn", "al"),
        *("el", "abu", "y", "e", "af", "av", "mc", "st", "dit", "ben", "bint", "ul", "ud", "o"),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BylineWords:
    """The lexicon's byline words of the languages tried, folded."""

    lexicon: Lexicon
    opener: re.Pattern[str]
    editor: re.Pattern[str]
    inner: re.Pattern[str]
    inner_keys: frozenset[str]
    joiner: re.Pattern[str]
    alone: frozenset[str]
    roles: frozenset[str]
    qualifiers: frozenset[str]
    organisations: frozenset[str]
    credit: re.Pattern[str]
    labels: frozenset[str]
    units: frozenset[str]
    places: frozenset[str]
    common: frozenset[str]
    outlets: frozenset[str]
    agency_starts: frozenset[str]
    evidence: frozenset[str]
    opening: frozenset[str]
    folded_openings: frozenset[str]
    folded_keys: frozenset[str]
    folded_evidence: frozenset[str]
    folded_units: frozenset[str]

    def is_role(self, word: str) -> bool:
        """Return whether a folded word is part of a role and so of no name."""
        return word in self.roles or word in self.qualifiers or word in self.organisations

    def may_open(self, word: str) -> bool:
        """Return whether a printed word is a role or begins an agency's name."""
        folded = fold_word(word.strip(".,:"))
        return (
            folded in self.roles
            or folded in self.agency_starts
            or (folded in self.qualifiers and folded not in self.common)
        )

    def may_be_opened(self, line: str, said: Sequence[str]) -> bool:
        """Return whether a word may open a line of the words ``said``, folded, as it opens a byline.

        Of words run together nothing is told; a capital alone tells "By" from a word in a sentence.
        """
        return (
            not said
            or said[0] in self.folded_openings
            or "By" in line
            or max(line[0], said[0][0]) >= UNSPACED_FROM
            or (not line.isascii() and ("İ" in line or "ı" in line))  # folded otherwise here than in fold_word
            or not self.folded_keys.isdisjoint(said)
        )

    def may_be_signed(self, said: Sequence[str]) -> bool:
        """Return whether a line that no word opens may be a byline by its own marks, unless it is a sentence.

        Most are told apart here, by words alone: none is of a role or an agency, and figures are neither a year nor
        followed by a unit of time.
        """
        return not self.folded_evidence.isdisjoint(said) or (not "".join(said).isalpha() and self._may_be_dated(said))

    def is_sentence(self, line: str) -> bool:
        """Return whether a line that no word opens is about somebody, not by them: too long for one with a stop."""
        return line.endswith(".") and line.count(" ") > _MAX_SIGNED_WORDS and not self.may_open(line.split(None, 1)[0])

    def _may_be_dated(self, said: Sequence[str]) -> bool:
        """Return whether some words are a year, a unit of time, or figures and letters run together."""
        return not self.folded_units.isdisjoint(said) or any(
            not word.isalpha() and (not word.isdecimal() or len(word) == _YEAR_FIGURES) for word in said
        )


@lru_cache(maxsize=64)
def byline_words(lexicon: Lexicon, code: str | None) -> BylineWords:
    """Return the words of the language ``code`` and of English; of all languages where it is None."""
    spoken = lexicon.spoken(code)
    every = tuple(lexicon.languages.values())
    by = {word for own in spoken for word in own.by}
    editors = {word for own in spoken for word in own.editors}
    joiners = {word for own in spoken for word in own.joiners}
    roles = frozenset(fold_word(role) for own in every for role in own.roles)
    stated = [label for own in spoken for label in (*own.published, *own.updated)]
    named = [name for agency in lexicon.agencies for name in (agency.short, *agency.names, *agency.codes)]
    lettered = {word for word in joiners if word[0].isalpha() and word[0] < UNSPACED_FROM}
    labels = (word for own in every for group in (own.source, own.published, own.updated, own.units) for word in group)
    units = frozenset(fold_word(word) for own in every for word in own.units)
    openings = frozenset(fold_word(WORD.findall(word)[0]) for word in by | editors)
    keys = frozenset(_key(word) for word in by if " " in word)
    evidence = roles | {_key(name.casefold()) for name in (*named, *lexicon.outlets, *stated)}
    return BylineWords(
        lexicon=lexicon,
        opener=_opener(by),
        editor=_opener(editors),
        opening=openings,
        folded_openings=_folded(openings),
        folded_keys=_folded(keys),
        folded_evidence=_folded(evidence),
        folded_units=_folded(units),
        inner=re.compile(
            rf"(?:^|[\s|,.;])(?:{_any(word for word in by if ' ' in word)}|By)\s*[:：]?\s+(?=[A-ZÀ-ÞА-Я])"
        ),
        inner_keys=keys | {"By"},
        joiner=re.compile(
            rf"\s+(?:{_any(lettered)})(?:\s+|$)|\s*(?:{_any(joiners - lettered) or '(?!)'})\s*", re.IGNORECASE
        ),
        alone=frozenset(form for word in by | {"By"} for form in _alone(word, joiners)),
        roles=roles,
        qualifiers=frozenset(fold_word(word) for own in spoken for word in own.qualifiers),
        organisations=frozenset(fold_word(word) for own in every for word in own.organisations),
        credit=re.compile(rf"(?<!\w)(?:{_any(word for own in spoken for word in own.caption_credit)})\s*[:：][^|/,]*"),
        labels=frozenset(fold_word(word) for word in labels),
        units=units,
        places=frozenset(place.casefold() for own in every for place in own.places),
        common=frozenset(word for own in spoken for word in own.stopwords if len(word) > 1) - PARTICLES,
        outlets=frozenset(outlet.casefold() for outlet in lexicon.outlets),
        agency_starts=frozenset(fold_word(name.split()[0]) for own in lexicon.agencies for name in own.names),
        evidence=evidence,
    )


def _key(phrase: str) -> str:
    """Return the word of a phrase that likely stands in the fewest lines without it: the last of its longest."""
    words: list[str] = WORD.findall(phrase)
    return max(reversed(words), key=len)


def _folded(words: Iterable[str]) -> frozenset[str]:
    """Return the first words of what :func:`pipeline.text.fold` makes of each: vowel signs part a word there."""
    return frozenset(fold(word).split()[0] for word in words)


def _opener(words: Iterable[str]) -> re.Pattern[str]:
    """Return the pattern of an opening word: before a colon or a blank, or glued in unspaced scripts."""
    spaced = _any(word for word in words if word[0] < UNSPACED_FROM)
    unspaced = _any(word for word in words if word[0] >= UNSPACED_FROM) or "(?!)"
    return re.compile(
        rf"^[^\w(（]*[(（]?(?:(?i:{spaced})(?:\s*[:：=]\s*|\s+(?!(?-i:[a-z]{{4}})))|(?:{unspaced})\s*[:：/／]?\s*)"
    )


def _alone(word: str, joiners: Iterable[str]) -> Iterable[str]:
    yield word.casefold()
    for joiner in joiners:
        yield f"{word} {joiner}".casefold()


def _any(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted({*words}, key=lambda word: (-len(word), word)))
