"""Words of dates, bylines and sources in every language, the news agencies and the time zones: data, not code.

``rules/languages/XX.toml`` holds one language, ``rules/agencies.toml`` the agencies and ``rules/zones.toml`` the
zones. They are read once by :meth:`Lexicon.load`, checked whole, and handed to ``clean`` as an argument.
"""

from __future__ import annotations

import enum
import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any, NamedTuple, TypeVar

from pipeline.errors import RulebookError
from pipeline.text import hash128

SCRIPTS = frozenset(
    ["Latin", "Cyrillic", "Greek", "Arabic", "Hebrew", "Devanagari", "Bengali", "Thai", "Han", "Kana", "Hangul"],
)
# Signs that are no letters to Python but stand inside words: combining accents, vowel signs, the Persian half space.
MARKS = (
    "\u0300-\u036f\u064b-\u065f\u0670\u0591-\u05c7\u0900-\u0903\u093a-\u094f\u0951-\u0957\u0962\u0963"
    "\u0981-\u0983\u09bc-\u09cd\u09d7\u09e2\u09e3\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u200c\u200d"
)
# East Asian counters stand against the next word (2025年1月13日更新), so behind a figure they are a token of their own.
_COUNTERS = "年月日号號时時点點分秒년월일시분초"
_UNSEEN = "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"
# Letters and marks in any mix; spelt out, since a group around both costs four times as much.
_LETTERS = rf"[^\W\d_]+(?:[{MARKS}]+[^\W\d_]*)*|[{MARKS}]+(?:[^\W\d_]+[{MARKS}]*)*"
_TOKEN = re.compile(rf"\d+|(?<=\d)[{_COUNTERS}]|{_LETTERS}|[^\s\w{_UNSEEN}]|_")
_CAMEL = re.compile(r"(?<=[a-zß-öø-ÿ])(?=[A-ZÀ-ÖØ-Þ])|(?<=[A-Z]{2})(?=[A-Z][a-z])")
# Where that parts words, asked of a whole line: the capital first, since few signs are one and are looked behind.
_SEAM = re.compile(r"[A-ZÀ-ÖØ-Þ](?:(?<=[a-zß-öø-ÿ].)|(?<=[A-Z]{3})(?=[a-z]))")
_T = TypeVar("_T")
_ALEF = str.maketrans("أإآ", "ااا")


class Meaning(enum.IntFlag):
    """What a phrase may mean; one phrase can mean several things (``mar`` is March and a Tuesday)."""

    MONTH = enum.auto()
    WEEKDAY = enum.auto()
    AM = enum.auto()
    PM = enum.auto()
    FILLER = enum.auto()
    PUBLISHED = enum.auto()
    UPDATED = enum.auto()
    RELATIVE = enum.auto()
    UNIT = enum.auto()
    SOURCE = enum.auto()
    READING = enum.auto()
    AGENCY = enum.auto()
    ZONE = enum.auto()


_new = tuple.__new__  # a named tuple made by its own name takes twice as long


class Token(NamedTuple):
    """A word, a figure or a sign of a line; ``text`` is folded, ``spaced`` says that white space stands before it."""

    text: str
    start: int
    end: int
    spaced: bool
    digits: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """One or several tokens and all they may mean, as bits; ``months`` holds (language, month)."""

    tokens: tuple[str, ...]
    meaning: int
    months: tuple[tuple[str, int], ...] = ()
    zone: str | None = None

    def month(self, language: str | None) -> int | None:
        """Return 1 to 12, or None where languages give the word different months and ``language`` is none of them."""
        own = [month for code, month in self.months if code == language]
        every = {month for _, month in self.months}
        return own[0] if own else every.pop() if len(every) == 1 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """The words of one language (NFC); ``kin`` are common words of neighbours that would pass for it."""

    code: str
    name: str
    script: str
    months: tuple[tuple[str, ...], ...]
    weekdays: tuple[str, ...]
    fillers: tuple[str, ...]
    stopwords: frozenset[str]
    kin: frozenset[str]
    by: tuple[str, ...]
    contributed: tuple[str, ...]
    joiners: tuple[str, ...]
    editors: tuple[str, ...]
    roles: tuple[str, ...]
    published: tuple[str, ...]
    updated: tuple[str, ...]
    relative: tuple[str, ...]
    units: tuple[str, ...]
    source: tuple[str, ...]
    caption_credit: tuple[str, ...]
    reading_time: tuple[str, ...]
    am: tuple[str, ...] = ()
    pm: tuple[str, ...] = ()
    qualifiers: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    not_places: tuple[str, ...] = ()
    zones: tuple[tuple[str, str], ...] = ()
    day_first: bool | None = None
    year_offset: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Agency:
    """A news agency: ``names`` mean it anywhere in a credit, ``codes`` only as a piece of their own."""

    short: str
    country: str
    names: tuple[str, ...]
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    """All word lists, with the tables that are looked up by many. Equal and hashable by ``digest``.

    ``phrases`` maps a first token to its phrases, longest first; ``words`` holds every token of any phrase.
    ``zone_minutes`` holds names that never shift, ``zone_regions`` names that are right only while in use in a region,
    ``zone_either`` names for all the year.
    """

    digest: str
    languages: Mapping[str, Language] = field(compare=False, repr=False)
    agencies: tuple[Agency, ...] = field(compare=False, repr=False)
    outlets: tuple[str, ...] = field(compare=False, repr=False)
    zone_minutes: Mapping[str, int] = field(compare=False, repr=False)
    zone_regions: Mapping[str, str] = field(compare=False, repr=False)
    zone_either: Mapping[str, str] = field(compare=False, repr=False)
    phrases: Mapping[str, tuple[Phrase, ...]] = field(compare=False, repr=False)
    words: frozenset[str] = field(compare=False, repr=False)

    def __hash__(self) -> int:
        """Hash by the digest: what is remembered of a lexicon is asked for forty times a page."""
        return hash(self.digest)

    @classmethod
    def load(cls, root: Traversable | None = None) -> Lexicon:
        """Return the lexicon of ``root`` (a folder like ``pipeline/rules``; default: the one that is installed).

        Raises:
            RulebookError: a file is no TOML, or a key is unknown, missing or of the wrong kind; names file and key.
        """
        return _load(root) if root is not None else _installed()

    def language(self, code: str | None) -> Language | None:
        """Return the language of an ISO 639-1 code (a region behind it is ignored), or None where there is no file.

        >>> Lexicon.load().language("pt-BR").name
        'Portuguese'
        """
        return self.languages.get(re.split("[-_]", code.lower(), maxsplit=1)[0]) if code else None

    def spoken(self, code: str | None) -> tuple[Language, ...]:
        """Return the languages to try for a line: the one given and English, or all of them where none is given."""
        own = self.language(code)
        if own is None:
            return tuple(self.languages.values())
        return (own,) if own.code == "en" or "en" not in self.languages else (own, self.languages["en"])


@cache
def _installed() -> Lexicon:
    return _load(resources.files("pipeline") / "rules")


def _load(root: Traversable) -> Lexicon:
    folder = root / "languages"
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".toml")), key=lambda f: f.name)
    texts = {f"languages/{f.name}": f for f in files} | {n: root / n for n in ("agencies.toml", "zones.toml")}
    sources = {name: _read(name, file) for name, file in texts.items()}
    tables = {name: _parse(name, text) for name, text in sources.items()}
    languages = {}
    for name in tables.keys() - {"agencies.toml", "zones.toml"}:
        language = _language(name, tables[name])
        languages[language.code] = language
    outlets, agencies = _agencies("agencies.toml", tables["agencies.toml"])
    zones = _Table("zones.toml", tables["zones.toml"])
    minutes, regions, either = zones.map("fixed", int), zones.map("regions", str), zones.map("either", str)
    zones.done()
    languages = {code: languages[code] for code in sorted(languages)}
    phrases = _phrases(languages.values(), agencies, {*minutes, *regions, *either})
    return Lexicon(
        digest=hash128(*(part for name in sorted(sources) for part in (name, sources[name]))),
        languages=languages,
        agencies=agencies,
        outlets=outlets,
        zone_minutes=minutes,
        zone_regions=regions,
        zone_either=either,
        phrases=phrases,
        words=frozenset(word for group in phrases.values() for phrase in group for word in phrase.tokens),
    )


def fold_word(word: str) -> str:
    """Return ``word`` in the form words are compared in: case folded, i without and with dot alike.

    >>> fold_word("ARALIK") == fold_word("Aralık")
    True
    """
    return word.lower() if word.isascii() else word.replace("İ", "i").casefold().replace("ı", "i")


def tokenise(line: str) -> list[Token]:
    """Return the words, figures and signs of ``line`` in order; words run together are parted at a capital.

    >>> [token.text for token in tokenise("9:45 amUpdated 2 May")]
    ['9', ':', '45', 'am', 'updated', '2', 'may']
    """
    return list(tokens_of(line))


def tokens_of(line: str) -> Iterator[Token]:
    """Yield what :func:`tokenise` returns, for who may not need the whole line."""
    last = -1
    for match in _TOKEN.finditer(line):
        start, end = match.span()
        word = match[0]
        spaced, last = start != last, end
        if word.islower() or (end - start == 1 and not word.isdigit()):
            yield _new(Token, (word.lower() if word.isascii() else fold_word(word), start, end, spaced, 0))
        elif word.isdigit():
            yield _new(Token, (_ascii(word), start, end, spaced, end - start))
        elif not word.isalpha():
            yield _new(Token, (fold_word(word), start, end, spaced, 0))
        else:
            for piece in _CAMEL.split(word):
                yield _new(Token, (fold_word(piece), start, start + len(piece), spaced, 0))
                start, spaced = start + len(piece), False


def runs_together(line: str) -> bool:
    """Return whether ``line`` has words run together that :func:`tokenise` parts: UpdatedMay, GMTUpdated.

    >>> runs_together("9:45 amUpdated 2 May"), runs_together("GMT, May")
    (True, False)
    """
    return _SEAM.search(line) is not None


def _ascii(figure: str) -> str:
    return figure if figure.isascii() else "".join(str(unicodedata.digit(sign)) for sign in figure)


# ---------------------------------------------------------------- reading the files


class _Table:
    """A TOML table whose keys are taken out one by one; what is left over is an error."""

    def __init__(self, file: str, table: Mapping[str, Any]) -> None:
        self.file = file
        self.left = dict(table)

    def wrong(self, key: str, want: str) -> RulebookError:
        return RulebookError(f"{self.file}: key {key!r} must be {want}", file=self.file, key=key)

    def take(self, key: str, kind: type[_T], default: _T | None = None) -> _T:
        value = self.left.pop(key, default)
        if not isinstance(value, kind):
            raise self.wrong(key, f"there and of type {kind.__name__}, not {value!r}")
        return value

    def words(self, key: str, *, needed: bool = True) -> tuple[str, ...]:
        return self.check(key, self.take(key, list, None if needed else []))

    def check(self, key: str, value: list[Any]) -> tuple[str, ...]:
        if not all(isinstance(word, str) and word.strip() for word in value):
            raise self.wrong(key, "a list of strings, none empty")
        return tuple(unicodedata.normalize("NFC", word) for word in value)

    def map(self, key: str, kind: type[_T]) -> dict[str, _T]:
        value = self.take(key, dict)
        if not all(isinstance(entry, kind) for entry in value.values()):
            raise self.wrong(key, f"a table of {kind.__name__}")
        return value

    def done(self) -> None:
        if self.left:
            key = min(self.left)
            raise RulebookError(f"{self.file}: unknown key {key!r}", file=self.file, key=key)


def _read(name: str, file: Traversable) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as exc:
        raise RulebookError(f"{name}: cannot be read: {exc}", file=name) from exc


def _parse(name: str, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as exc:
        raise RulebookError(f"{name}: no TOML: {exc}", file=name) from exc


_LISTS = (
    *("weekdays", "fillers", "by", "contributed", "editors", "roles", "published", "updated", "relative", "units"),
    *("source", "caption_credit", "reading_time"),
)
_MORE_LISTS = ("am", "pm", "qualifiers", "organisations", "places", "not_places")


def _language(name: str, given: Mapping[str, Any]) -> Language:
    table = _Table(name, given)
    code = table.take("code", str)
    if name != f"languages/{code}.toml":
        raise table.wrong("code", f"the name of its file, not {code!r}")
    script = table.take("script", str)
    if script not in SCRIPTS:
        raise table.wrong("script", f"one of {', '.join(sorted(SCRIPTS))}, not {script!r}")
    months = tuple(table.check("months", month) for month in table.take("months", list) if isinstance(month, list))
    if len(months) not in (0, 12):
        raise table.wrong("months", f"12 lists, or none where dates need no names, not {len(months)}")
    lists = {key: table.words(key) for key in _LISTS} | {key: table.words(key, needed=False) for key in _MORE_LISTS}
    zones = table.take("zones", dict, {})
    language = Language(
        code=code,
        name=table.take("name", str),
        script=script,
        months=months,
        stopwords=frozenset(fold_word(word) for word in table.check("stopwords", table.take("stopwords", str).split())),
        kin=frozenset(fold_word(word) for word in table.check("kin", table.take("kin", str, "").split())),
        joiners=table.words("and"),
        zones=tuple((word, zone) for zone, words in zones.items() for word in table.check("zones", words)),
        day_first=table.take("day_first", bool) if "day_first" in table.left else None,
        year_offset=table.take("year_offset", int, 0),
        **lists,
    )
    table.done()
    return language


def _agencies(name: str, given: Mapping[str, Any]) -> tuple[tuple[str, ...], tuple[Agency, ...]]:
    table = _Table(name, given)
    outlets = table.words("outlets")
    agencies = []
    for entry in table.take("agency", list):
        row = _Table(name, entry)
        short, country = row.take("short", str), row.take("country", str)
        agencies.append(Agency(short=short, country=country, names=row.words("names"), codes=row.words("codes")))
        row.done()
    table.done()
    owner: dict[str, str] = {}
    for agency in agencies:
        for spelling in (*agency.names, *agency.codes):
            if owner.setdefault(spelling, agency.short) != agency.short:
                raise table.wrong(spelling, f"the spelling of one agency, not of {owner[spelling]} and {agency.short}")
    return outlets, tuple(agencies)


# ---------------------------------------------------------------- the merged table of phrases


def _phrases(
    languages: Iterable[Language], agencies: Iterable[Agency], zones: Iterable[str]
) -> dict[str, tuple[Phrase, ...]]:
    meanings: dict[tuple[str, ...], Meaning] = {}
    months: dict[tuple[str, ...], list[tuple[str, int]]] = {}
    named: dict[tuple[str, ...], str] = {}
    for code, words, meaning, value in _entries(languages, agencies, zones):
        for spelling in _variants(words):
            tokens = tuple(token.text for token in tokenise(spelling))
            meanings[tokens] = meanings.get(tokens, Meaning(0)) | meaning
            if meaning is Meaning.MONTH and isinstance(value, int):
                months.setdefault(tokens, []).append((code, value))
            elif meaning is Meaning.ZONE and isinstance(value, str):
                named[tokens] = value
    table: dict[str, list[Phrase]] = {}
    for tokens, meaning in meanings.items():
        phrase = Phrase(
            tokens=tokens, meaning=int(meaning), months=tuple(months.get(tokens, ())), zone=named.get(tokens)
        )
        table.setdefault(tokens[0], []).append(phrase)
    return {first: tuple(sorted(group, key=lambda phrase: -len(phrase.tokens))) for first, group in table.items()}


def _entries(
    languages: Iterable[Language], agencies: Iterable[Agency], zones: Iterable[str]
) -> Iterator[tuple[str, str, Meaning, int | str | None]]:
    for language in languages:
        for number, names in enumerate(language.months, start=1):
            for word in names:
                yield language.code, word, Meaning.MONTH, number
        for word, zone in language.zones:
            yield language.code, word, Meaning.ZONE, zone
        groups = (
            (language.weekdays, Meaning.WEEKDAY),
            (language.am, Meaning.AM),
            (language.pm, Meaning.PM),
            (language.fillers, Meaning.FILLER),
            (language.published, Meaning.PUBLISHED),
            (language.updated, Meaning.UPDATED),
            (language.relative, Meaning.RELATIVE),
            (language.units, Meaning.UNIT),
            (language.source, Meaning.SOURCE),
            (language.reading_time, Meaning.READING),
        )
        for words, meaning in groups:
            for word in words:
                yield language.code, word, meaning, None
    for agency in agencies:
        for word in (*agency.names, *agency.codes):
            yield "", word, Meaning.AGENCY, None
    for zone in zones:
        yield "", zone, Meaning.ZONE, zone


def _variants(spelling: str) -> set[str]:
    """Return the spelling as it is, without accents (capitals lose them) and with plain alef."""
    plain = spelling.translate(_ALEF)
    if not spelling.isascii() and ("\u00c0" <= max(spelling) <= "\u03ff" or "\u1e00" <= max(spelling) <= "\u1fff"):
        bare = unicodedata.normalize("NFD", spelling)
        plain = "".join(sign for sign in bare if not unicodedata.combining(sign))
    return {spelling, plain}
