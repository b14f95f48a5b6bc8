"""Which line is the headline: a choice among the lines above the text by learned weights.

Each candidate's score is the sum of the weights of what holds of it; the likeliest is the headline (a conditional logit
over the lines of the page: McFadden 1974). ``benchmarks/training`` learns the weights from labelled pages.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, chain, compress, islice
from operator import add

import numpy as np

from pipeline.clean.compiled import LIBRARY
from pipeline.clean.compiled_page import CompiledPage, Tables
from pipeline.clean.headline import is_statement, is_title, says_title
from pipeline.clean.known_words import KnownWords, Remembered
from pipeline.clean.lines import Line
from pipeline.clean.marks import Mark
from pipeline.clean.zone import body_zone, worth
from pipeline.compiled import Library
from pipeline.frozen import quickly_made
from pipeline.records import LineClass

MAX_TITLE_SIZE = 40  # words
MAX_ABOVE = 60  # lines; further above the text stand menus
MAX_BELOW = 9  # lines; farther down in the text stand sub-headings
MAX_BODY_WORDS = 2_000  # of the text that a candidate's words are looked for in
MAX_PARAGRAPH_WORDS = 200  # of a paragraph that a candidate's words are looked for in
MIN_HEAD_CHARS = 12  # of a candidate that another line begins or ends with
_STAMPS = frozenset({LineClass.DATE, LineClass.BYLINE, LineClass.READING_TIME})
_ANNOUNCES = frozenset({LineClass.RELATED, LineClass.RECOMMENDED})
_BARS = ("|", " - ", " – ", " — ", " · ")
_TRAILS = (" > ", " › ", " » ", " → ")
# What hardly any title holds: a picture's credit in brackets or behind a sentence, a byline without a name, an address
# at its end, a label.
_NAMES = r"(?:[A-Z][\w.’'-]* )+[A-Z][\w.’'-]*"
_PICTURE = r"(?:[A-Z]\w+ )?(?i:(?:file )?photo|credit|image|picture|foto|bild|crédit)s?(?: by)?\s?[:©]\s?[A-ZÀ-Þ]"
_SLASHED = rf"(?:via )?(?:{_NAMES}|[A-Z][^()\[\]/]*/[^()\[\]/]+)/"
_NO_TITLE = re.compile(
    rf"[(\[](?:{_PICTURE}|{_SLASHED})[^()\[\]]{{2,80}}[)\]]\W*$|[.”] {_NAMES}/[A-Z]\w+(?: [A-Z]\w+){{0,3}}$"
    r"|^(?:ANALYSIS|OPINION)(?:/(?:ANALYSIS|OPINION))?:$|^(?:Story highlights|STORY HIGHLIGHTS)\b|\bImage \d+ of \d+$"
    r"|^(?:By|BY|Von|Par|Por)\s?[|:·]|(?:\bhttps?://|\bwww\.)\S+$|(?:\.\.\.|…) (?:more|mehr|plus|más|mais)$"
)
# Signs of which each of these holds one, or begins with one: to ask for them costs a tenth of the pattern.
_NO_TITLE_SIGNS = ("/", "(", "[", "…", "...", "www.", "Image ")
_NO_TITLE_HEADS = ("ANALYSIS", "OPINION", "Story", "STORY", "By", "BY", "Von", "Par", "Por")
_HOME = re.compile(r"(?:Home|HOME|Startseite|Accueil|Inicio|Início|Beranda|Anasayfa)(?![a-zà-ÿ])")
_MIN_BEHIND = 4  # words
_SCRIPT_CHARS = 400  # of the text that tell its script
_REACH = 8  # lines below a candidate in which date and byline count
_FOLLOWING = 6  # paragraphs below a candidate in which its words are looked for
_MIN_FOLLOWING = 0.12  # of the most text that follows any line; what less follows is a headline by its place alone
_SAID_NEAR = 4  # lines; a page whose renderer says the headline twice has standfirst or caption between the two
_MIN_DECK = 8  # words
_LONG_DECK = 20  # words; that it needs no date or byline below
_MIN_TOLD_DECK = 6  # words of a deck that is a sentence with a stop
_MIN_DECK_TITLE, _MAX_DECK_TITLE = 6, 20  # words of the headline above it
_MIN_TITLE_ABOVE_TOLD = 4  # words of the headline above a sentence with a stop
_TO_DECK = 2  # lines
_TO_DECK_STAMP = 2  # lines
_MIN_DECK_SHARE = 0.35
_NEAR = 5  # lines in which a candidate is looked for inside others

_TO_TEXT = (-8, -2, 0, 1, 2, 3, 5, 8, 13, 21, 41)
_TO_PARAGRAPH = (1, 2, 3, 4, 6, 9, 14, 22, 40)
_TO_STAMP = (1, 2, 3, 5, 7, 9)
_SHARES = (0.0, 0.01, 0.2, 0.35, 0.5, 0.65, 0.8, 0.95)
_SIZES = (2, 3, 4, 5, 6, 8, 11, 15, 20, 26)
_BETWEEN = (1, 2, 3, 4, 6, 9)
_CROWD = (1, 2, 3, 5)
_FOLLOWED = (0.1, 0.3, 0.5, 0.7, 0.85, 0.95, 0.999)
_PARAGRAPHS = (1, 2, 3, 5, 8)
_THIRDS, _FOUR_OR_SEVEN, _LITTLE_OR_MOST = (0.01, 0.35, 0.65), (4, 7), (0.3, 0.85)
_MOST_SAID = 5  # times; what is said more often is of a menu, no labelled headline is said more than three times
# All bounds, in the order in which the compiled kernel knows them.
BOUNDS = (
    *(_TO_TEXT, _TO_PARAGRAPH, _TO_STAMP, _SHARES, _SIZES, _BETWEEN, _CROWD, _FOLLOWED, _PARAGRAPHS),
    *(_THIRDS, _FOUR_OR_SEVEN, _LITTLE_OR_MOST),
)


def _from(bounds: Sequence[float], unit: str) -> tuple[str, ...]:
    return (f"under {bounds[0]:g} {unit}", *(f"from {bound:g} {unit}" for bound in bounds))


FIELDS: Mapping[str, tuple[str, ...]] = {
    "to the text": _from(_TO_TEXT, "lines"),
    "to the next paragraph": _from(_TO_PARAGRAPH, "lines"),
    "to a date or byline below": _from(_TO_STAMP, "lines"),
    "said": tuple(f"{times} ({size})" for times in ("once", "twice", "thrice", "often") for size in ("short", "long")),
    "its words in the text": _from(_SHARES, "of them"),
    "size": _from(_SIZES, "words"),
    "words in the text and size": tuple(
        f"{share}, {size}" for share in ("none", "few", "half", "most") for size in ("under 4", "4 to 6", "7 or more")
    ),
    "gap above": ("none", "one", "wide"),
    "gap below": ("none", "one", "wide"),
    "lines of 4 words to the next paragraph": _from(_BETWEEN, "lines"),
    "lines of 4 words right above": _from(_CROWD, "lines"),
    "marked lines below": ("none", "one", "two", "three or more"),
    "marked lines above": ("none", "one", "two", "three or more"),
    "text that follows": _from(_FOLLOWED, "of the most"),
    "paragraphs below in a row": _from(_PARAGRAPHS, "of them"),
    "its words in the next paragraphs": _from(_SHARES, "of them"),
    "its words there and text that follows": tuple(
        f"{share}, {text}" for share in ("none", "few", "half", "most") for text in ("little", "some", "most of it")
    ),
}
FLAGS = (
    "date or byline right above",
    "section right above",
    "a line near above ends with it",
    "a line near below ends it",
    "a line below begins it, a bar comes next",
    "the first line holds it",
    "ends in a full stop",
    "ends in a question or call",
    "ends in a colon",
    "ends cut short",
    "in a list",
    "in capitals",
    "reads as a paragraph",
    "named a section",
    "holds a bar",
    "the first line",
)
NAMES = (*(f"{name}: {value}" for name, values in FIELDS.items() for value in values), *FLAGS)
_OFFSETS = tuple(accumulate((len(values) for values in FIELDS.values()), initial=0))
_FLAG_PLACES = range(_OFFSETS[-1], len(NAMES))


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A line that may be the headline: its index, and which of :data:`NAMES` hold of it."""

    index: int
    active: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class HeadlineModel:
    """The weights, one for each of :data:`NAMES`."""

    weights: Sequence[float] = field(repr=False)

    def choose(
        self,
        lines: Sequence[Line],
        marks: Sequence[Mark | None],
        title: str | None = None,
        page: CompiledPage | None = None,
    ) -> int | None:
        """Return the index of the segment's likeliest headline, or None where no line may be one.

        ``title`` is the page's own title, folded, where one was given: the line that says the same is the headline, and
        where none does the page does not print it. ``page`` are the lines for the kernel, if that is made.
        """
        if title:
            free = (i for i, line in enumerate(lines) if marks[i] is None and says_title(line.folded, title))
            return next((i for i in free if lines[i].folded == title or not is_statement(lines[i])), None)
        said = Counter([line.folded for line in lines])
        # Nearly always the likeliest may be: of the others nothing is asked.
        may_be = (
            i
            for i in self._ranked(candidates(lines, marks, page))
            if said[lines[i].folded] <= _MOST_SAID
            and not names_no_story(lines[i])
            and not _is_announced(lines, marks, i)
        )
        best = next(may_be, None)
        if best is None:
            return None
        best = _behind_trail(lines, marks, _without_house(lines, marks, best))
        return _first_said(lines, marks, _above_deck(lines, marks, best))

    def best(self, found: Sequence[Candidate]) -> int | None:
        """Return the index of the candidate with the greatest sum of weights, the first of equals."""
        return next(iter(self._ranked(found)), None)

    def _ranked(self, found: Sequence[Candidate]) -> list[int]:
        weight = self.weights.__getitem__
        return [i for _, i in sorted([(-sum(map(weight, one.active)), one.index) for one in found])]


def _is_announced(lines: Sequence[Line], marks: Sequence[Mark | None], i: int) -> bool:
    """Return whether a line stands right below "Read more" or the like, with text above: a title of another story."""
    head = marks[i - 1] if i else None
    if head is None or head.label.line_class not in _ANNOUNCES:
        return False
    return any(marks[k] is None and lines[k].is_paragraph for k in range(i - 1))


def names_no_story(line: Line) -> bool:
    """Return whether a line holds what no title does, or is the way to the page: Blog > Health > Snacks."""
    text = line.bare
    if any(map(text.__contains__, _TRAILS)) and "«" not in text and any(text.count(sign) > 1 for sign in _TRAILS):
        return True
    may_be_none = text.startswith(_NO_TITLE_HEADS) or any(map(text.__contains__, _NO_TITLE_SIGNS))
    return may_be_none and _NO_TITLE.search(text) is not None


def _behind_trail(lines: Sequence[Line], marks: Sequence[Mark | None], found: int) -> int:
    """Return the line near below that says the end of the one found, with the way to the page glued to its head."""
    whole = lines[found]
    if not _HOME.match(whole.bare):
        return found
    near = (i for i in range(found + 1, min(len(lines), found + 1 + _NEAR)) if marks[i] is None)
    return next(
        (i for i in near if lines[i].size >= _MIN_BEHIND and whole.folded.endswith(lines[i].folded)),
        found,
    )


def _first_said(lines: Sequence[Line], marks: Sequence[Mark | None], found: int) -> int:
    """Return the first of the lines near above that say the headline: section and standfirst stand round that one."""
    near = range(max(0, found - _SAID_NEAR), found)
    return next((i for i in near if marks[i] is None and lines[i].folded == lines[found].folded), found)


def _without_house(lines: Sequence[Line], marks: Sequence[Mark | None], found: int) -> int:
    """Return the line that says just the headline where the one found says section, house or date behind it as well."""
    whole = lines[found]
    if not any(sign in whole.bare for sign in _BARS):
        return found
    near = range(found + 1, min(len(lines), found + 1 + MAX_ABOVE))
    heads = (i for i in near if marks[i] is None and len(lines[i].folded) >= MIN_HEAD_CHARS)
    return next((i for i in heads if lines[i].size < whole.size and whole.folded.startswith(lines[i].folded)), found)


def _above_deck(lines: Sequence[Line], marks: Sequence[Mark | None], found: int) -> int:
    """Return the title above where the line found is a deck: between headline and date or byline.

    A title of another story that stands there has fewer of its words in the text.
    """
    deck, top = lines[found], _above(lines, marks, found)
    if top is None or deck.size < (_MIN_TOLD_DECK if deck.ends_stop else _MIN_DECK):
        return found
    above, below = lines[top], range(found + 1, min(len(lines), found + 1 + _TO_DECK_STAMP))
    is_signed = any((mark := marks[i]) and mark.label.line_class in _STAMPS for i in below)
    is_deck = is_signed or deck.size >= _LONG_DECK
    least = _MIN_TITLE_ABOVE_TOLD if deck.ends_stop else _MIN_DECK_TITLE
    if not (is_deck and least <= above.size <= _MAX_DECK_TITLE) or not is_title(above) or above.ends_stop:
        return found
    own = {word for word in above.words if len(word) > 3}
    if names_no_story(above) or 2 * len(own.intersection(deck.words)) > len(own):
        return found
    paragraphs = (
        line for i, line in enumerate(lines[found + 1 :], found + 1) if marks[i] is None and line.is_paragraph
    )
    told = own.intersection(chain.from_iterable(line.words for line in islice(paragraphs, _FOLLOWING)))
    return top if own and len(told) >= _MIN_DECK_SHARE * len(own) else found


def _above(lines: Sequence[Line], marks: Sequence[Mark | None], found: int) -> int | None:
    """Return the line above, or the one above that where a few words stand between; None where a rule names one."""
    for i in range(found - 1, max(-1, found - 1 - _TO_DECK), -1):
        if marks[i] is not None:
            return None
        if lines[i].size >= _MIN_TITLE_ABOVE_TOLD:
            return i
    return None


def candidates(
    lines: Sequence[Line], marks: Sequence[Mark | None], page: CompiledPage | None = None
) -> list[Candidate]:
    """Return the lines of a segment that may be its headline, in order, with what holds of each."""
    found = None if LIBRARY is None or not lines else _compiled(LIBRARY, page or CompiledPage(lines, marks))
    return _candidates(lines, marks) if found is None else found


def _compiled(library: Library, page: CompiledPage) -> list[Candidate] | None:
    """Return the candidates; None where the kernel was made for other fields."""
    found = np.empty((page.count, 1 + len(FIELDS) + len(FLAGS)), np.int64)
    count = library.call("candidates", _TABLES.of(library).table, page.table, _MIN_FOLLOWING, found)
    if count < 0:
        return None
    return [
        Candidate(index=index, active=tuple([place for place in places if place >= 0]))
        for index, *places in found[:count].tolist()
    ]


def _tables(library: Library) -> Tables:
    return Tables(KnownWords(library), BOUNDS, np.array(_OFFSETS, np.int64), fields=len(FIELDS), flags=len(FLAGS))


_TABLES = Remembered(_tables)


def _candidates(lines: Sequence[Line], marks: Sequence[Mark | None]) -> list[Candidate]:
    """Return what the compiled kernel returns, without it."""
    worths = [worth(line, None if mark is None else mark.label) for line, mark in zip(lines, marks, strict=True)]
    start, stop = body_zone(worths)
    page = _Page(lines, marks, worths, start if stop else len(lines), stop or len(lines))
    reads = (i for i in range(len(lines) - 1, -1, -1) if marks[i] is None and lines[i].is_sentence)
    last = next(reads, -1)  # a statement with nothing to read below it is the text, not its headline
    return [
        Candidate(index=i, active=page.active(i))
        for i in range(len(lines))
        if page.may_lead(i)
        and _may_be(lines[i], marks[i])
        and (i < last or not is_statement(lines[i]))
        and not (page.is_foreign and lines[i].bare.isascii())
    ]


def _may_be(line: Line, mark: Mark | None) -> bool:
    is_free = mark is None or mark.label.line_class is LineClass.SECTION
    return is_free and 2 <= line.size <= MAX_TITLE_SIZE and is_title(line)


class _Page:
    """What is asked of a page for each candidate, made once."""

    def __init__(
        self, lines: Sequence[Line], marks: Sequence[Mark | None], worths: Sequence[float], start: int, stop: int
    ) -> None:
        self.start, self.stop = start, stop
        self._lines = lines
        count = len(lines)
        self._classes = [None if mark is None else mark.label.line_class for mark in marks]
        self._counts = Counter(line.folded for line in lines)
        prose = [one is None and line.is_paragraph for one, line in zip(marks, lines, strict=True)]
        self._paragraph = _next(prose)
        self._stamp = _next([kind in _STAMPS for kind in self._classes])
        long = [one is None and line.size >= 4 and not line.is_bullet for one, line in zip(marks, lines, strict=True)]
        self._long = list(accumulate(long, initial=0))
        self._marked = list(accumulate((mark is not None for mark in marks), initial=0))
        body = [lines[i] for i in range(start, min(stop, count)) if lines[i].is_paragraph]
        # A line in Latin letters above a text in others is the house's.
        head = " ".join(line.folded[:_SCRIPT_CHARS] for line in body[:_SCRIPT_CHARS])[:_SCRIPT_CHARS]
        self.is_foreign = 2 * len(head.encode("ascii", "ignore")) < len(head)
        self._body = frozenset(islice(chain.from_iterable(line.words for line in body), MAX_BODY_WORDS))
        self._followed = _followed(worths)
        self._most = max(self._followed) or 1.0
        self._prose = [i for i, is_prose in enumerate(prose) if is_prose]
        self._before = list(accumulate(prose, initial=0))
        free = [
            one is None and not line.ends_stop and not line.is_bullet for one, line in zip(marks, lines, strict=True)
        ]
        self._title = _next(
            [is_free and not line.is_paragraph and line.size >= 3 for is_free, line in zip(free, lines, strict=True)]
        )
        self._words: dict[int, frozenset[str]] = {}

    def may_lead(self, i: int) -> bool:
        """Return whether line ``i`` is where a headline may be: near the text's start, or above much to read."""
        near = max(0, self.start - MAX_ABOVE) <= i < min(self.stop, self.start + MAX_BELOW)
        return near or self._followed[i] >= _MIN_FOLLOWING * self._most

    def _said_below(self, i: int) -> float:
        """Return the share of the line's long words that the next paragraphs have; -1 for a line without any."""
        first = bisect_right(self._prose, i)
        own = [word for word in self._lines[i].words if len(word) > 3]
        if not own:
            return -1.0
        said = frozenset[str]().union(*map(self._words_of, self._prose[first : first + _FOLLOWING]))
        return sum(map(said.__contains__, own)) / len(own)

    def _words_of(self, i: int) -> frozenset[str]:
        found = self._words.get(i)
        if found is None:
            found = self._words[i] = frozenset(self._lines[i].words[:MAX_PARAGRAPH_WORDS])
        return found

    def active(self, i: int) -> tuple[int, ...]:
        """Return the places in :data:`NAMES` of what holds of line ``i``."""
        return (*map(add, _OFFSETS, self._values(i)), *compress(_FLAG_PLACES, self._flags(i)))

    def _values(self, i: int) -> Iterator[int]:
        line, paragraph = self._lines[i], self._paragraph[i + 1]
        share = self._share(line)
        below = self._lines[i + 1].blanks_before if i + 1 < len(self._lines) else 2
        yield bisect_right(_TO_TEXT, self.start - i)
        yield bisect_right(_TO_PARAGRAPH, paragraph - i)
        yield bisect_right(_TO_STAMP, min(self._stamp[i + 1] - i, _REACH + 1))
        yield (min(self._counts[line.folded], 4) - 1) * 2 + (line.size >= 4)
        yield bisect_right(_SHARES, share)
        yield bisect_right(_SIZES, line.size)
        yield bisect_right(_THIRDS, share) * 3 + bisect_right(_FOUR_OR_SEVEN, line.size)
        yield min(line.blanks_before, 2)
        yield min(below, 2)
        yield bisect_right(_BETWEEN, self._long[max(paragraph, i + 1)] - self._long[i + 1])
        yield bisect_right(_CROWD, self._long[i] - self._long[max(0, i - 6)])
        yield min(3, self._marked[min(len(self._lines), i + 5)] - self._marked[i + 1])
        yield min(3, self._marked[i] - self._marked[max(0, i - 4)])
        followed, said = self._followed[i] / self._most, self._said_below(i)
        following = self._title[paragraph] if paragraph < len(self._lines) else paragraph
        yield bisect_right(_FOLLOWED, followed)
        yield bisect_right(_PARAGRAPHS, self._before[following] - self._before[paragraph])
        yield bisect_right(_SHARES, said)
        yield bisect_right(_THIRDS, said) * 3 + bisect_right(_LITTLE_OR_MOST, followed)

    def _flags(self, i: int) -> Iterator[bool]:
        line, lines = self._lines[i], self._lines
        folded = line.folded
        is_long = len(folded) >= MIN_HEAD_CHARS
        above = lines[max(0, i - _NEAR) : i]
        yield any(kind in _STAMPS for kind in self._classes[max(0, i - 2) : i])
        yield i > 0 and self._classes[i - 1] is LineClass.SECTION
        yield is_long and any(len(one.folded) > len(folded) and one.folded.endswith(folded) for one in above)
        near = [one.folded for one in lines[i + 1 : i + 1 + _NEAR]]
        yield any(MIN_HEAD_CHARS <= len(one) < len(folded) and folded.endswith(one) for one in near)
        yield any(sign in line.bare for sign in _BARS) and any(
            MIN_HEAD_CHARS <= len(one.folded) < len(folded) and folded.startswith(one.folded)
            for one in lines[i + 1 : i + 1 + MAX_ABOVE]
        )
        yield i > 0 and is_long and folded in lines[0].folded
        yield line.bare.endswith((".", "。")) and not line.bare.endswith(("...", "…"))
        yield line.bare.endswith(("?", "!", "？", "！"))
        yield line.bare.endswith((":", "："))
        yield line.bare.endswith(("...", "…"))
        yield line.is_bullet
        yield line.is_capitals
        yield line.is_paragraph
        yield self._classes[i] is LineClass.SECTION
        yield "|" in line.bare
        yield i == 0

    def _share(self, line: Line) -> float:
        """Return the share of the line's long words that the text has; -1 for a line without any."""
        own = [word for word in line.words if len(word) > 3]
        return sum(map(self._body.__contains__, own)) / len(own) if own else -1.0


def _followed(worths: Sequence[float]) -> list[float]:
    """Return for each line how much the best run of text that begins right below it is worth, in words."""
    found = [0.0] * (len(worths) + 1)
    for i in range(len(worths) - 2, -1, -1):
        found[i] = max(0.0, worths[i + 1] + found[i + 1])
    return found


def _next(holds: Sequence[bool]) -> list[int]:
    """Return for each line, and the end, the first line from there on for which ``holds``; their number for none."""
    found = [len(holds)] * (len(holds) + 1)
    for i in range(len(holds) - 1, -1, -1):
        found[i] = i if holds[i] else found[i + 1]
    return found
