"""The news agency a story came from: named in a source line, in the dateline, or behind the last sentence.

A photo credit is never the story's agency, and a broadcaster or paper is none: it only ends a dateline.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from pipeline.clean.clock import read_items
from pipeline.clean.dates import find_dates
from pipeline.text import squash
from pipeline.words.lexicon import Lexicon, Meaning, fold_word, runs_together, tokens_of

_MAX_SOURCE_CHARS = 300
_MAX_BARE_SOURCE_CHARS = 60  # a line without a label is a source only if it is nothing else
_MAX_DATELINE_CHARS = 120
_MAX_PLACE_WORDS = 8
_MAX_LETTERS = 12
_MAX_PIECE_WORDS = 8  # "Nach Angaben der Deutschen Presse-Agentur"
_UNSPACED_FROM = "\u0e00"
_AGENCY, _FILLER, _DAY = int(Meaning.AGENCY), int(Meaning.FILLER), int(Meaning.MONTH | Meaning.WEEKDAY)
_LETTERS = re.compile(r"[^\W\d_]+")
_CREDIT_WORD = re.compile(r"[^\W\d]+")
_PIECES = re.compile(r"[,/|·•;+、，]|(?<=\s)[-–—]+(?=\s)|\s(?:and|und|et|y|e|ve|en|og|och|и|та|dan)\s|&")
_BRACKETS = re.compile(
    r"^(.{0,80}?)\s*[(（]([^()（）]{2,40})[)）]\s*(\.?\s?[-–—:：]{1,3}|\.-|=|/)?[\s\u200f]*", re.DOTALL
)
_DASH = re.compile(r"\s?(?:—|–|--|\s-\s|:\s)\s?")
_DASHES = ("-", "–", "—", ":")  # asked first: the pattern looks behind every blank
_OPENING = re.compile(r"^[\s\u200f]*[(/\[]([^()/\[\]]{2,20})[)/\]]\s*[-–—]\s*")
_SLASHES = re.compile(r"^([^/(]{3,60}?)\.?\s*/([^/]{2,20})/\.?\s*")
_LAST_BRACKETS = re.compile(r"[(（]([^()（）]{2,30})[)）]$")
_LENTICULAR = re.compile(r"^\s*【([^【】]{2,40})】\s*")
_KOREAN = re.compile(
    r"^\s*[(\[]([^()\[\]=]{1,20})\s?=\s?([^()\[\]=]{2,20})[)\]]\s*"
    r"(?:([가-힣]{2,4}(?:\s?[·,]\s?[가-힣]{2,4})*)\s(?:\S{2,4})?기자\s*=?\s*)?"
)
_CHINESE = re.compile(
    r"^\s*[（(]?([一-鿿]{2,6}?[社网網])([一-鿿、]{0,12}?)(?:(?:\d{4}年)?\d{1,2}月)?\d{1,2}日[电電讯訊]\s?"
    r"(?:[（(](?:记者|記者)?\s?([^（()）]{2,40})[)）])?[)）]?[\s:：]*"
)
_TAIL_BRACKETS = re.compile(r"[(（\[]([^()（）\[\]]{2,40})[)）\]]\s*[.。]?$")
_TAIL = re.compile(r"[.!?…。؟”\"»’'。)]\s*(?:[-–—/|(]\s*)?([^.!?…。؟”\"»)]{2,30}?)[/)]?\.?$")
_HAN_NAME = re.compile(r"^[一-鿿々ぁ-ゟァ-ヺー]{2,8}$")
_PARTICLES = frozenset(
    [
        "de",
        "del",
        "da",
        "do",
        "la",
        "le",
        "el",
        "al",
        "of",
        "the",
        "upon",
        "sur",
        "am",
        "an",
        "der",
        "im",
        "in",
        "den",
        "and",
        "e",
        "y",
        "di",
        "dos",
        "das",
        "i",
    ]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dateline:
    """What stands in front of the first sentence: ``line[start:end]``, with the writer, agency and full date in it."""

    start: int
    end: int
    author: str | None
    agency: str | None
    date: dt.date | None


def agency_of_source_line(line: str, lexicon: Lexicon) -> str | None:
    """Return the one agency a source or byline names, or None: for none, for several, for a photo credit.

    >>> agency_of_source_line("Quelle: ntv.de, ino/dpa", Lexicon.load())
    'dpa'
    """
    text = squash(line)
    if not text or len(text) > _MAX_SOURCE_CHARS:
        return None
    spellings = _spellings(lexicon)
    if not spellings.may_name(text):
        return None
    if spellings.says_contributed(text):
        return spellings.own_writers(text)
    rest = spellings.label.sub("", text, count=1) if ":" in text or "：" in text else text
    is_bare = rest == text
    if is_bare and spellings.is_credit(text):
        return None
    undated = _without_dates(rest, lexicon)
    if is_bare and len(undated) > _MAX_BARE_SOURCE_CHARS:
        return None
    return _only([spellings.in_piece(piece) for piece in _PIECES.split(undated)])


def agency_of_dateline(line: str, lexicon: Lexicon) -> str | None:
    """Return the agency in the dateline of a story's first line, or None.

    >>> agency_of_dateline("ACCRA, March 7 (Reuters) - Cocoa prices rose on Friday.", Lexicon.load())
    'Reuters'
    """
    dateline = dateline_of(line, lexicon)
    return dateline.agency if dateline else None


def agency_of_tail(line: str, lexicon: Lexicon) -> str | None:
    """Return the agency behind the last sentence of a story's last line, or None.

    >>> agency_of_tail("Talks go on, the minister said.AFP", Lexicon.load())
    'AFP'
    """
    text = squash(line)
    spellings = _spellings(lexicon)
    if len(text) <= _MAX_BARE_SOURCE_CHARS and (found := spellings.of_letters(text.strip("()[]（）.–—-/ "))):
        return found
    tail = text[-90:]
    for pattern in (_TAIL_BRACKETS, _TAIL):
        match = pattern.search(tail)
        if match and (found := spellings.of_letters(match[1])):
            return found
    return None


def dateline_of(line: str, lexicon: Lexicon) -> Dateline | None:
    """Return the dateline that opens ``line``, with its dash or colon, or None where what stands there may be prose."""
    head = line[: _MAX_DATELINE_CHARS + 80]
    spellings = _spellings(lexicon)
    found = _east_asian(head, spellings) or _bracketed(head, spellings, lexicon) or _dashed(head, spellings, lexicon)
    if found is None or (not line[found.end :].strip() and found.agency is None and ":" in line):
        return None
    dates = find_dates(head[: found.end], lexicon)
    date = dates[0].date if len(dates) == 1 else None
    return Dateline(start=found.start, end=found.end, author=found.author, agency=found.agency, date=date)


# ---------------------------------------------------------------- datelines


def _dateline(head: str, end: int, agency: str | None, author: str | None = None) -> Dateline:
    start = len(head) - len(head.lstrip())
    return Dateline(start=start, end=end, author=author, agency=agency, date=None)


def _east_asian(head: str, spellings: _Spellings) -> Dateline | None:
    """【ソウル＝山田太郎】, (서울=연합뉴스) 홍길동 기자 =, 新华社北京3月3日电（记者张三）."""
    if match := _LENTICULAR.match(head):
        place, _, rest = match[1].replace("=", "＝").partition("＝")
        agency = spellings.within(match[1]) or spellings.behind_place(place)
        if not rest and not agency:
            return None
        author = rest.strip() if not agency and place and _HAN_NAME.match(rest.strip()) else None
        return _dateline(head, match.end(), agency, author)
    if match := _KOREAN.match(head):
        names = re.split(r"\s?[·,]\s?", match[3]) if match[3] else []
        agency = spellings.exact.get(match[2].strip())
        return _dateline(head, match.end(), agency, names[0] if len(names) == 1 else None) if agency or names else None
    if match := _CHINESE.match(head):
        writer = match[3] if match[3] and _HAN_NAME.match(match[3]) and len(match[3]) <= 4 else None
        return _dateline(head, match.end(), spellings.exact.get(match[1]), writer)
    return None


def _bracketed(head: str, spellings: _Spellings, lexicon: Lexicon) -> Dateline | None:
    """MEXICO CITY (AP) —, Madrid, 3 mar (EFE).-, (ANSA) - ROMA, 03 MAR -."""
    if match := _OPENING.match(head):
        agency = spellings.exact.get(match[1].strip())
        if agency:
            inner = _dashed(head[match.end() :], spellings, lexicon)
            return _dateline(head, match.end() + (inner.end if inner else 0), agency)
    match = _BRACKETS.match(head) if "(" in head or "（" in head else None
    if match is None:
        return None
    pieces = [piece.strip() for piece in match[2].split("/")]
    agency = _only(spellings.exact.get(piece) for piece in pieces)
    known = agency or any(piece in spellings.outlets for piece in pieces)
    glued = not match[3] and match.end() < len(head) and head[match.end() - 1] in ")）" and head[match.end()].isupper()
    if not known or not (match[3] or glued) or not _is_place(match[1], lexicon, capitals=False):
        return None
    return _dateline(head, match.end(), agency)


def _dashed(head: str, spellings: _Spellings, lexicon: Lexicon) -> Dateline | None:
    """WASHINGTON —, NEW DELHI:, PUTRAJAYA, Nov 22 —, МОСКВА, 3 мар — РИА Новости., LONDON, 3 марта. /ТАСС/."""
    if "/" in head and (match := _SLASHES.match(head)):
        agency = spellings.exact.get(match[2].strip())
        if agency and _is_place(match[1], lexicon, capitals=True):
            return _dateline(head, match.end(), agency)
    match = _DASH.search(head[:_MAX_DATELINE_CHARS] + " ") if any(map(head.__contains__, _DASHES)) else None
    if match is None or head[match.end() :].isupper() or not _is_place(head[: match.start()], lexicon, capitals=True):
        return None  # a line all in capitals is a heading
    end = min(match.end(), len(head))
    if (named := re.match(r"([^.,:]{2,30})[.:]\s*", head[end:])) and named[1].strip() in spellings.exact:
        return _dateline(head, end + named.end(), spellings.exact[named[1].strip()])
    return _dateline(head, end, None)


def _is_place(text: str, lexicon: Lexicon, *, capitals: bool) -> bool:
    """Return whether ``text`` reads as places and perhaps a day; ``capitals``: nothing else vouches for it."""
    parts = [part.strip() for part in re.split(r"[,،]", text.strip().strip('"“«»')) if part.strip()]
    dated = False
    while len(parts) > 1 and _is_day(parts[-1], lexicon):
        dated = True
        parts.pop()
    words = [word for part in parts for word in re.split(r"[\s/]+", part) if word]
    if not words or len(words) > _MAX_PLACE_WORDS or len(parts) > 3 or any(sign.isdigit() for sign in text) > dated:
        return False
    if not all(_is_place_word(word) for word in words) or words[0].lower() in _PARTICLES - {
        "la",
        "le",
        "el",
        "al",
        "the",
    }:
        return False
    first = parts[0]
    spellings = _spellings(lexicon)
    if first in spellings.outlets or first in spellings.exact:
        return False
    if capitals and not dated and not (first.isupper() and len(first) > 2):
        return False
    return not capitals or not any(fold_word(word).strip(".!?") in spellings.not_places for word in words)


def _is_place_word(word: str) -> bool:
    bare = word.replace("-", "").replace("'", "").replace("’", "").replace(".", "")
    return (
        bare.isalpha() and (bare[0].isupper() or bare.lower() in _PARTICLES or bare.lower() == bare.upper())
    ) or _has_marks(bare)


def _has_marks(word: str) -> bool:
    return (
        bool(word) and not word.isascii() and word.lower() == word.upper() and not any(sign.isdigit() for sign in word)
    )


def _is_day(text: str, lexicon: Lexicon) -> bool:
    items = read_items(text, lexicon)
    named = any(item.meaning & _DAY for item in items)
    return (named or text.isdigit()) and all(
        item.digits or not item.text.isalpha() or item.meaning & (_DAY | _FILLER) for item in items
    )


# ---------------------------------------------------------------- spellings


@dataclass(frozen=True, slots=True, kw_only=True)
class _Spellings:
    """The lexicon's agencies in the forms they are looked up in."""

    lexicon: Lexicon
    exact: Mapping[str, str]
    folded: Mapping[str, str]
    unspaced: re.Pattern[str]
    outlets: frozenset[str]
    label: re.Pattern[str]
    contributed: tuple[str, ...]
    credit_words: frozenset[str]
    credit_phrases: tuple[str, ...]
    roles: frozenset[str]
    not_places: frozenset[str]
    keys: frozenset[str]

    def may_name(self, text: str) -> bool:
        """Return whether a word of ``text`` is one of an agency's: most lines are told apart here."""
        is_plain = max(text) < _UNSPACED_FROM and not runs_together(text)
        return not is_plain or not self.keys.isdisjoint(_LETTERS.findall(text.casefold()))

    def in_piece(self, piece: str) -> str | None:
        """Return the agency that a piece of a source line is, or names among a few words that are no photo credit."""
        bare = piece.strip(" .:()[]'\"“”*_–—-\u3000")
        if bare in self.exact:
            return self.exact[bare]
        inner = _LAST_BRACKETS.search(piece.strip())
        if inner and inner[1] in self.exact:
            return self.exact[inner[1]]
        if not bare or self.is_credit(bare) or len(bare.split()) > _MAX_PIECE_WORDS:
            return None
        return self.folded.get(bare.casefold()) or self.within(bare)

    def of_letters(self, text: str) -> str | None:
        """Return the one agency in a row like ``ino/dpa``, where all else is an outlet or a desk's letters."""
        pieces = [piece.strip() for piece in re.split(r"[/,&]|\s-\s", text)]
        named = [self.exact.get(piece) for piece in pieces]
        short = all(name or len(piece) <= _MAX_LETTERS for name, piece in zip(named, pieces, strict=True))
        return _only(named) if short else None

    def says_contributed(self, text: str) -> bool:
        """Return whether ``text`` says that somebody helped to report."""
        folded = fold_word(text)
        return any(map(folded.__contains__, self.contributed))

    def is_credit(self, text: str) -> bool:
        """Return whether a word of ``text`` credits a picture."""
        folded = text.casefold()
        return (
            "©" in text
            or "(c)" in folded
            or not self.credit_words.isdisjoint(_CREDIT_WORD.findall(folded))
            or any(map(folded.__contains__, self.credit_phrases))
        )

    def within(self, text: str) -> str | None:
        """Return the one agency whose full name stands in ``text``, or None."""
        return _only(name.short for name in self.names(text))

    def behind_place(self, text: str) -> str | None:
        """Return the agency whose short form is glued behind a place: ソウル共同."""
        return _only(short for code, short in self.exact.items() if code[0] >= _UNSPACED_FROM and text.endswith(code))

    def names(self, text: str) -> list[NamedAgency]:
        """Return the full names in ``text``: several words in any case, one word as it is written."""
        found = []
        for item in read_items(text, self.lexicon):
            if item.meaning & _AGENCY:
                spelling = text[item.start : item.end]
                short = self.folded.get(spelling.casefold()) if " " in spelling or "-" in spelling else None
                short = short or (self.exact.get(spelling) if spelling.casefold() in self.folded else None)
                if short:
                    found.append(NamedAgency(short, item.start, item.end))
        if not found and not text.isascii() and max(text) >= _UNSPACED_FROM:
            found = [NamedAgency(self.exact[m[0]], *m.span()) for m in self.unspaced.finditer(text)]
        return found

    def own_writers(self, text: str) -> str | None:
        """Return the agency whose writers are said to have helped: only the agency itself says so of its staff."""
        bare = text.strip("(_ ").removeprefix("The ")
        first = next(iter(self.names(bare)), None)
        if first is None or first.start:
            return None
        behind = bare[first.end :].split()
        return first.short if behind and fold_word(behind[0].strip(",.")) in self.roles else None


class NamedAgency(NamedTuple):
    """An agency named in a text, and where."""

    short: str
    start: int
    end: int


def agencies_named(text: str, lexicon: Lexicon) -> list[NamedAgency]:
    """Return the agencies whose full names stand in ``text``, in order; bare letters like PA are none."""
    return _spellings(lexicon).names(text)


def opens_with_agency(text: str, lexicon: Lexicon) -> bool:
    """Return whether the first words of ``text`` may be an agency's name: asked before the whole line is read."""
    if text and text[0] >= _UNSPACED_FROM and _spellings(lexicon).unspaced.match(text):
        return True
    first, second = (*(token.text for token in islice(tokens_of(text), 2)), "", "")[:2]
    return any(
        phrase.meaning & _AGENCY and (len(phrase.tokens) == 1 or phrase.tokens[1] == second)
        for phrase in lexicon.phrases.get(first, ())
    )


def is_agency_code(text: str, lexicon: Lexicon) -> bool:
    """Return whether ``text`` as a whole is a spelling or the letters of an agency, exactly as written."""
    return text in _spellings(lexicon).exact


def says_contributed(text: str, lexicon: Lexicon) -> bool:
    """Return whether ``text`` says that somebody helped to report."""
    return _spellings(lexicon).says_contributed(text)


def is_credit(text: str, lexicon: Lexicon) -> bool:
    """Return whether ``text`` credits a picture or claims a copyright."""
    return _spellings(lexicon).is_credit(text)


@lru_cache(maxsize=4)
def _spellings(lexicon: Lexicon) -> _Spellings:
    exact: dict[str, str] = {}
    for agency in lexicon.agencies:
        exact |= dict.fromkeys((agency.short, *agency.names, *agency.codes), agency.short)
    exact |= {f"The {name}": short for name, short in exact.items() if " " in name}
    names = [name for agency in lexicon.agencies for name in agency.names]
    languages = lexicon.languages.values()
    credits_ = {word.casefold() for own in languages for word in own.caption_credit}
    return _Spellings(
        lexicon=lexicon,
        exact=exact,
        folded={name.casefold(): exact[name] for name in names},
        unspaced=re.compile(_any(name for name in names if name[0] >= _UNSPACED_FROM)),
        outlets=frozenset(lexicon.outlets),
        label=re.compile(
            rf"^\W*(?:{_any(word for own in languages for word in own.source)})\s*[:：]\s*", re.IGNORECASE
        ),
        contributed=tuple(fold_word(phrase) for own in languages for phrase in own.contributed),
        credit_words=frozenset(word for word in credits_ if word.isalpha()),
        credit_phrases=tuple(word for word in credits_ if not word.isalpha()),
        roles=frozenset(fold_word(role) for own in languages for role in own.roles),
        not_places=frozenset(fold_word(word) for own in languages for word in own.not_places),
        keys=frozenset(max(_LETTERS.findall(name.casefold()), key=len) for name in exact),
    )


def _any(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted({*words}, key=lambda word: (-len(word), word)))


def _only(found: Iterable[str | None]) -> str | None:
    named = {agency for agency in found if agency}
    return named.pop() if len(named) == 1 else None


def _without_dates(text: str, lexicon: Lexicon) -> str:
    for date in reversed(find_dates(text, lexicon)):
        text = f"{text[: date.start]}|{text[date.end :]}"
    return text
