"""The people a byline names, without the words around them; nobody unless sure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.clean.agencies import (
    agencies_named,
    agency_of_source_line,
    is_agency_code,
    is_credit,
    opens_with_agency,
    says_contributed,
)
from pipeline.clean.byline_words import PARTICLES, UNSPACED_FROM, WORD, BylineWords, byline_words
from pipeline.clean.clock import clock_at, read_items
from pipeline.clean.dates import find_dates, is_date_line
from pipeline.text import squash
from pipeline.words.lexicon import Lexicon, Meaning, fold_word

MAX_BYLINE_CHARS, _MAX_EDITORS_CHARS = 300, 60
MAX_MARKED_CHARS = 140  # without its neighbours a longer line is not told from prose
_MAX_ROLE_WORDS, _MAX_MARKED_WORDS, _MAX_NAME_WORDS = 7, 18, 5
_MAX_INITIALS = 3  # letters of a writer's sign
_MAX_FIRST_WORDS = 9  # a name and its role
_NAME_SIGNS = re.compile(r"[-'’‘`.]")
_NAMES_THAT_ARE_WORDS = frozenset(("Will", "May", "Mark", "Many", "Said", "Tim"))
_ARTICLES = frozenset(("le", "la", "les", "el", "il", "the", "die", "der", "das", "los", "las", "de"))
_DIGIT, _FIGURE = re.compile(r"\d(?<!\d\d)\d{3}(?!\d)"), re.compile(r"\d")  # only figures are looked behind
_GLUED_NAME = re.compile(r"([A-Z]?[a-z]+)(?=[A-Z][a-z]+(?: [A-Z][\w.'’-]*){1,3}\b)")  # "byJane Doe"
_AGO = re.compile(r"(?P<name>[^\W\d]\D{3,40}?)[\s,|·•–-]+\d{1,2} (?P<unit>[^\W\d_]+)(?: [^\W\d_]+)?")
_JOINT = re.compile("[A-Z](?<=[a-z].)")  # asked first: only capitals are looked behind
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_AGENCY_REST = re.compile(r"(?:\s+(?:in|aus|à|en|from)\s+|,\s+)[A-ZÀ-Þ][\w.'’-]+(?:\s[A-ZÀ-Þ][\w.'’-]+){0,2},?")
_TIMELIKE = int(
    Meaning.UNIT
    | Meaning.RELATIVE
    | Meaning.PUBLISHED
    | Meaning.UPDATED
    | Meaning.READING
    | Meaning.FILLER
    | Meaning.ZONE
)
_LABEL = int(Meaning.PUBLISHED | Meaning.UPDATED)
_DROPPED = re.compile(
    r"\S+@\S+\.\w+|(?<!\S)(?-i:[a-z\d])[\w.+-]*@\S+|@\w+|https?://\S+|\([^()]{0,60}\)"
    r"|\b[\w-]+\.(?:com|org|net|de|co|tr|uk|in|info|fr|es|it|ru|id|my|ca|au|tv)\b(?:\.\w+)?",
    re.IGNORECASE,
)
# What an address or a bracket has at the least; most lines have none of it.
_MAY_DROP = re.compile(r"[@(]|://|\.\w")
_SPLIT = re.compile(r"\s*[,،、;/|·•￨｜​*]+\s*|\s+[-–—]+\s+|\s{3,}")
_REPORTING = re.compile(
    r"^\W*(?:Reporting|Report|Reportage|Reporting and writing|Writing) by ([^;.()]{4,200})", re.IGNORECASE
)
_ROLE_BEHIND = re.compile(r"^(?P<name>[가-힣]{2,4})\s?(?:선임|인턴)?기자$|^(?P<other>[一-鿿々]{2,5})\s?記者$")
_HAN_REPORTER = re.compile(r"^[（(]?[一-鿿]{0,8}?(?:记者|記者)\s*[:：]?\s*(?=[一-鿿])")  # 本报驻京记者 张三
_HAN_NAMES = re.compile(r"^\s*[一-鿿·]{2,9}(?:\s+(?!記者|记者)[一-鿿·]{2,9})+\s*$")  # 张三 李四
_HAN_WRITER = re.compile(r"[一-鿿]{2,4}(?:·[一-鿿]{2,6})?$")
_PLACE_BEHIND = re.compile(r"\s+(?:in|aus|from|à|en|a|in|di|da|w|v|i|em|te|dari|di|из|в|з|у|من|في|for)\s+[\wÀ-ɏ].*$")
_EDITOR, _WRITER = "editor", "writer"
_AGENCY = "\0"  # stands for an agency among the pieces of a line
_HAN_FROM = "\u3400"
# "Monday November 18, 2019 7:45 am PST by Jo Bell": the opening word behind what may be a date.
_CUE_BEHIND = re.compile(
    r"(?:(?<=[\w.,|–-])\s+|(?<=\d))(?=(?:[Bb]y|BY|[Vv]on|[Pp]ar|[Pp]or|[Dd]oor|[Aa]v|[Aa]f)\s+[A-ZÀ-ÖØ-Þ])"
)
_MAX_STAMP_CHARS = 60
_HOUSE_BEHIND = re.compile(r"(?<=[a-z]{3})(?=[A-Z]{3}).*")  # Jo BellMILLPOST
_OF_SOMEBODY = re.compile(r"['’]s$")  # no name ends so: a day's headlines, a paper's staff
_BEFORE_DAYS = frozenset(("on", "at", "am", "um"))
_CAMEL_ROLE = re.compile(r"(?<=[a-z])(?=(?:Follow|Published|Updated|Share)\b)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Byline:
    """The writers a byline names, in order, and the agency; both may be lost or left out as unsure."""

    authors: tuple[str, ...]
    agency: str | None


def parse_byline(line: str, lexicon: Lexicon, language: str | None = None) -> Byline | None:
    """Return what a byline says, or None for a line that is too long or holds no word.

    The caller knows that the line is a byline: a bare name is taken for a writer. Roles, agencies, outlets, places,
    dates and editors are no writers.

    >>> parse_byline("By Jane Doe and AP", Lexicon.load(), "en")
    Byline(authors=('Jane Doe',), agency='AP')
    """
    text = squash(line)
    words = byline_words(lexicon, language)
    if reporting := _REPORTING.match(text):
        return Byline(authors=_names_in(_split_joined(reporting[1], words), words, sure=True), agency=None)
    if len(text) > MAX_BYLINE_CHARS or not any(sign.isalpha() for sign in text):
        return None
    kind, rest = _opened(_unstamped(text, lexicon), words)
    agency = agency_of_source_line(rest, lexicon)
    if agency is None and rest != text:
        agency = agency_of_source_line(text, lexicon)
    if kind == _EDITOR or says_contributed(text, lexicon):
        return Byline(authors=(), agency=agency)
    pieces = _pieces(rest, words, lexicon, language)
    if agency is None and kind == _WRITER:
        agency = next(
            (agency_of_source_line(piece, lexicon) for piece in pieces if is_agency_code(piece, lexicon)), None
        )
    return Byline(authors=_names_in(pieces, words, sure=kind == _WRITER), agency=agency)


def _pieces(rest: str, words: BylineWords, lexicon: Lexicon, language: str | None) -> list[str]:
    """Return what may be names in what stands behind the opening word: no dates, addresses or credits."""
    undated = _undated(_without_contacts(words.credit.sub(" | ", rest), " | "), lexicon, language)
    return _split_joined(undated, words)


def _unstamped(text: str, lexicon: Lexicon) -> str:
    """Return ``text`` without the date that stands in front of the writer."""
    if not _DIGIT.search(text, 0, _MAX_STAMP_CHARS):
        return text
    cue = _CUE_BEHIND.search(text, 0, _MAX_STAMP_CHARS + 4)
    return text[cue.end() :] if cue and is_date_line(text[: cue.start()].rstrip(" |,–-"), lexicon) else text


def is_cue(line: str, lexicon: Lexicon, language: str | None = None) -> bool:
    """Return whether ``line`` is the opening word of a byline and nothing else: By, Written by:, von."""
    return squash(line).casefold().rstrip(":") in byline_words(lexicon, language).alone


def is_byline(line: str, lexicon: Lexicon, language: str | None = None, *, may_be_opened: bool = True) -> bool:
    """Return whether ``line`` is a byline by its own marks: an opening word, a role, an agency or a date beside a name.

    A bare name is none: it may be a heading, a tag or a caption's credit. Of a line that is known not to have an
    opening word, but behind a date, ``may_be_opened`` saves looking for one.
    """
    text = squash(line)
    if not text or len(text) > MAX_MARKED_CHARS:
        return False
    words = byline_words(lexicon, language)
    if may_be_opened and text.casefold().rstrip(":") in words.alone:
        return True
    has_figure = _FIGURE.search(text) is not None
    unstamped = _unstamped(text, lexicon) if has_figure else text
    kind, rest = _opened(unstamped, words) if may_be_opened or unstamped is not text else (None, text)
    if kind == _EDITOR:
        return len(rest) <= _MAX_EDITORS_CHARS
    if kind == _WRITER:
        return (
            _is_role_line(rest, words, least=1)
            or _names_somebody(text, rest, words, lexicon, language)
            or _is_house(rest, words)
        )
    if has_figure and (ago := _AGO.fullmatch(text)) and fold_word(ago["unit"]) in words.units:
        return _person(ago["name"], words) is not None
    if words.is_sentence(text):
        return False
    parted = _CAMEL.sub(" ", text) if _JOINT.search(text) else text
    if not _has_evidence(parted, words):
        return False
    bare = _without_contacts(text, " ")
    is_signed = _is_role_line(_CAMEL.sub(" ", bare) if parted != text else bare, words) or _is_name_and_more(
        squash(bare), words, lexicon, language
    )
    return is_signed and not is_credit(text, lexicon)


def _is_house(text: str, words: BylineWords) -> bool:
    """Return whether an outlet and nobody else is named, with its initials or its staff: t-online, jse."""
    pieces = [piece.strip(" .:") for piece in _split_joined(text, words)]
    houses = [
        piece.casefold() in words.outlets for piece in (" ".join(_without_role(p.split(), words)) for p in pieces)
    ]
    return any(houses) and all(
        is_house or (len(piece) <= _MAX_INITIALS and piece not in words.common) or _is_role_line(piece, words, least=1)
        for is_house, piece in zip(houses, pieces, strict=True)
    )


def _names_somebody(text: str, rest: str, words: BylineWords, lexicon: Lexicon, language: str | None) -> bool:
    """Return whether a line with a writer's opening word, and the ``rest`` behind that, says who or when."""
    if _names_in(_pieces(rest, words, lexicon, language), words, sure=True) and not says_contributed(text, lexicon):
        return True  # most do, and who else is named takes as long again to see
    byline = parse_byline(text, lexicon, language)
    return byline is not None and bool(byline.authors or byline.agency or find_dates(text, lexicon, language))


def _without_contacts(text: str, gap: str) -> str:
    """Return ``text`` with addresses and what stands in brackets as ``gap``."""
    return _DROPPED.sub(gap, text) if _MAY_DROP.search(text) else text


def _has_evidence(text: str, words: BylineWords) -> bool:
    """Return whether a word or year stands in the line that could make it a byline; most lines are told apart here."""
    if text.count(" ") > _MAX_MARKED_WORDS:
        return False
    first, *rest = text.split(maxsplit=2)
    if rest and rest[0][0].islower() and rest[0] not in PARTICLES and not words.may_open(first):
        return False  # a second word in lower case: a sentence, unless a role or an agency opens the line
    dated = _DIGIT.search(text) is not None
    return dated or text[0] >= UNSPACED_FROM or not words.evidence.isdisjoint(WORD.findall(text.casefold()))


def _is_role_line(text: str, words: BylineWords, *, least: int = 2) -> bool:
    """Return whether a line is a role and nothing else: Political Correspondent, Corresponsal en Atenas."""
    if text.count(" ") > 2 * _MAX_ROLE_WORDS:
        return False
    bare = _PLACE_BEHIND.sub("", _without_contacts(text, " "))
    printed = WORD.findall(bare)
    if not 0 < len(printed) <= _MAX_ROLE_WORDS or not words.is_role(fold_word(printed[0])):
        return False
    parts = [fold_word(part) for part in printed]
    is_role = all(words.is_role(part) for part in parts) and any(part in words.roles for part in parts)
    return is_role and len(WORD.findall(text)) >= least


def _is_name_and_more(text: str, words: BylineWords, lexicon: Lexicon, language: str | None) -> bool:
    """Return whether a line opens with a name or agency, and a role, outlet, agency, label or date stands behind."""
    if not text or text[0].islower():
        return False
    may_open = text[0] >= UNSPACED_FROM or fold_word(text.split()[0].strip(",:")) in words.agency_starts
    if may_open and opens_with_agency(text, lexicon):
        named = agencies_named(text, lexicon)
        if named and named[0].start == 0 and named[0].end < len(text):
            rest = text[named[0].end :]
            return _AGENCY_REST.fullmatch(rest) is not None or _is_role_line(f"- {rest}", words, least=1)
    pieces = [piece for piece in _SPLIT.split(text) if piece]
    if not pieces or len(pieces[0].split()) > _MAX_FIRST_WORDS:
        return False
    first, behind = pieces[0], pieces[1:]
    dated = _DIGIT.search(text) is not None and bool(find_dates(text, lexicon, language))
    *writers, last = words.joiner.split(first)
    if writers and is_agency_code(last, lexicon):
        return _person(writers[0], words) is not None
    if dated:
        return _person(_undated(first, lexicon, language).strip(" |"), words) is not None
    by_role = fold_word(first.split()[-1].strip(".")) in words.roles
    if not (by_role or behind) or _person(first, words) is None:
        return False
    return by_role or any(_vouches(piece, words, lexicon) for piece in behind)


def _vouches(piece: str, words: BylineWords, lexicon: Lexicon) -> bool:
    parts = [fold_word(part) for part in WORD.findall(piece)]
    labelled = any(item.meaning & _LABEL for item in read_items(piece, lexicon)) and len(parts) <= 2
    role = bool(parts) and len(parts) <= _MAX_ROLE_WORDS and any(part in words.roles for part in parts)
    return role or labelled or piece.casefold() in words.outlets or is_agency_code(piece, lexicon)


# ---------------------------------------------------------------- taking a line apart


def _opened(text: str, words: BylineWords) -> tuple[str | None, str]:
    """Return what opens the line (editor, writer or None) and the rest of it."""
    if (
        (glued := _GLUED_NAME.match(text))
        and fold_word(glued[1]) in words.opening
        and glued[1].lower() not in PARTICLES
    ):
        kind, rest = _opened(f"{glued[1]} {text[glued.end() :]}", words)
        return (kind, rest) if kind is not None else (None, text)
    printed = WORD.findall(text)
    if printed and (printed[0] >= UNSPACED_FROM or fold_word(printed[0]) in words.opening):
        if match := words.editor.match(text):
            return _EDITOR, text[match.end() :]
        if match := _HAN_REPORTER.match(text) or words.opener.match(text):
            return _WRITER, text[match.end() :]
    if not words.inner_keys.isdisjoint(printed) and (match := words.inner.search(text)):
        return _WRITER, text[match.end() :]
    return None, text


def _undated(text: str, lexicon: Lexicon, language: str | None) -> str:
    """Return ``text`` with dates, times and lengths of time as a bar."""
    for date in reversed(find_dates(text, lexicon, language)):
        text = f"{text[: date.start]} | {text[date.end :]}"
    items = read_items(text, lexicon)
    cuts: list[tuple[int, int]] = []
    for i, item in enumerate(items):
        clock = clock_at(items, i, text, loose=False) if item.digits else None
        after = clock[1] if clock else i + 1
        if clock is None and not (item.digits or item.meaning & _LABEL):
            continue
        while after < len(items) and items[after].meaning & _TIMELIKE and not items[after].digits:
            after += 1
        cuts.append((item.start, items[after - 1].end))
    for start, end in reversed(cuts):
        text = f"{text[:start]} | {text[end:]}"
    return text


def _split_joined(text: str, words: BylineWords) -> list[str]:
    """Return the pieces between commas, bars and joiners; an agency's full name is the piece ``_AGENCY``."""
    for named in reversed(agencies_named(text, words.lexicon)):
        text = f"{text[: named.start].removesuffix('The ')} | {_AGENCY} | {text[named.end :]}"
    pieces = [piece for part in _SPLIT.split(text) for piece in words.joiner.split(part)]
    return [name for piece in pieces for name in (piece.split() if _HAN_NAMES.match(piece) else [piece])]


def _names_in(pieces: Iterable[str], words: BylineWords, *, sure: bool) -> tuple[str, ...]:
    """Return the people among the pieces; behind an agency stand places and roles, unless a word opened the line."""
    names: list[str] = []
    after_agency = False
    for piece in pieces:
        if piece == _AGENCY or is_agency_code(piece, words.lexicon):
            after_agency = True
        elif names or sure or not after_agency:
            name = _person(piece, words, sure=sure)
            names += [name] if name and name not in names else []
    return tuple(names)


def _person(piece: str, words: BylineWords, *, sure: bool = False) -> str | None:
    """Return the person a piece is, without role and place, or None; ``sure``: a word has announced a writer."""
    bare = _PLACE_BEHIND.sub(
        "", _CAMEL_ROLE.sub(" ", _HOUSE_BEHIND.sub("", piece)).strip(" .:：()（）[]\"“”'_~>\u3000")
    )
    if match := _ROLE_BEHIND.match(bare):
        return match["name"] or match["other"]
    if bare and bare[0] >= _HAN_FROM:
        return bare if sure and _HAN_WRITER.fullmatch(bare) and bare not in words.roles | words.labels else None
    given = bare.split()
    parts = _without_role(given, words)
    if len(parts) > 2 and fold_word(parts[-1]) in _BEFORE_DAYS:
        parts = parts[:-1]  # Jo Bell On 11/13/19
    if len(parts) < len(given) and is_agency_code(parts[0].upper() if parts else "", words.lexicon):
        return None  # Ap Auto Writer
    name = " ".join(parts)
    if not 2 <= len(parts) <= _MAX_NAME_WORDS or name.casefold() in words.places or name.casefold() in words.outlets:
        return None
    folded = [fold_word(part.strip(".,:")) for part in parts]
    if (
        folded[0] in words.qualifiers
        or folded[-1] in words.organisations
        or (len(parts) == 2 and folded[0] in _ARTICLES)
    ):
        return None
    if any(
        (word in words.roles or word in words.labels or _OF_SOMEBODY.search(word)) and part not in _NAMES_THAT_ARE_WORDS
        for part, word in zip(parts, folded, strict=True)
    ):
        return None
    return name if all(_is_name_word(part, n, words, sure=sure) for n, part in enumerate(parts)) else None


def _without_role(parts: list[str], words: BylineWords) -> list[str]:
    """Return the words of a name without the role behind it; none where it is not sure which word is the last name."""
    folded = [fold_word(part.strip(".,:")) for part in parts]
    if not any(word in words.roles for word in folded[1:]):
        return parts
    first = next(n for n, word in enumerate(folded) if n and words.is_role(word))
    return parts[:first] if first <= 2 or _is_long_name(parts[:first]) else []


def _is_long_name(parts: list[str]) -> bool:
    return any(part.lower() in PARTICLES or len(part.strip(".")) == 1 for part in parts[1:-1])


def _is_name_word(word: str, place: int, words: BylineWords, *, sure: bool) -> bool:
    bare = _NAME_SIGNS.sub("", word)
    if not bare or (bare.isascii() and not bare.isalpha()):
        return False
    folded = fold_word(word)
    if folded in PARTICLES:
        return place > 0 or word[0].isupper()
    if folded in words.common and len(bare) > 2 and word not in _NAMES_THAT_ARE_WORDS and not word.isupper():
        return False
    if bare.lower() == bare.upper():
        return sure and len(bare) > 1  # no capital tells a name from a word there
    return bare[0].isupper() or (place > 0 and any(sign.isupper() for sign in bare[1:3]))
