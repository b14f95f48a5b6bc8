"""The lines of a dump with what can be seen of each alone: the material every later step looks at."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from dataclasses import dataclass, field, replace

from pipeline.clean.break_model import BreakModel
from pipeline.clean.markup import plain
from pipeline.clean.pieces import Piece, split
from pipeline.clean.signs import fold_and_measure
from pipeline.clean.signs import measure as measure
from pipeline.frozen import maker, quickly_made
from pipeline.text import fold

_BULLET = re.compile(r"^[•·‣▪●○◦*–—►▶➤■□※\-]\s+|^\d{1,2}[.)]\s+")
# Closing quotes of all houses: “ closes in German, « in Danish; a footnote's number or an
# agency's name may stand behind the stop.
_STOP = re.compile(
    r"[.!?…。！？؟۔।։።」』]['\"”“’‘»«)\]）›‹]*$|[.!?…。！？]\s?\d{0,2}$"
    r"|[a-zß-öø-ÿ0-9)”\"’][.!?]['\"”“’»)]*\s?[–—-]?\s?\(?(?:[A-ZÄÖÜİ]{2,8}|Reuters|Xinhua|Bernama|dpa)\)?$"
)
# The first sign of a bullet, and the last one of most sentences: what one look tells no pattern need be asked.
_BULLETS = frozenset("•·‣▪●○◦*–—►▶➤■□※-")
_STOPS = frozenset(".!?…。！？؟۔।։።」』")
_HOUSE_ENDS = "ahs"  # of the agencies in small letters that may stand behind the stop: dpa, Reuters
_TAIL = 60  # characters at the end of a line that say whether it ends in a stop
_DASHED = re.compile(r"([-–—*]) .* \1")  # "- Doubts over brine -" is a sub-heading of agencies, no list item
_LATIN_LOWER = frozenset("abcdefghijklmnopqrstuvwxyzàáâãäåæçèéêëìíîïðñòóôõöøùúûüýþÿ")


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What a line of the dump gives to a :class:`Line`: characters ``start`` to ``end`` of line ``no``."""

    no: int
    start: int
    text: str

    @property
    def end(self) -> int:
        """Where the part ends in its line."""
        return self.start + len(self.text)


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A non-blank line, several that are one sentence broken up, or a piece of one that is several.

    ``no`` counts from 1 with blank lines; ``text`` is the line as it came; ``bare`` is what a reader sees of it, its
    bullet left out; ``folded`` are its ``words`` with a blank between each; ``parts`` are what it stands for in the
    dump, nearly always the whole line ``no``; ``size`` is its length in words, two characters of a script without
    spaces counting as one; ``blanks_before`` the blank lines above. ``is_piece`` says that it is a part of a line of
    the dump, ``begins_line`` that it surely began one on the page. ``is_link`` says that all its words are a link's,
    where the dump writes links.
    """

    no: int
    text: str
    bare: str
    folded: str
    size: int
    is_bullet: bool
    ends_stop: bool
    blanks_before: int
    parts: tuple[Part, ...]
    is_piece: bool = False
    is_link: bool = False
    begins_line: bool = False
    is_paragraph: bool = field(init=False, repr=False, compare=False)
    """Whether the line alone reads as a paragraph: a sentence of some length, or long enough without a stop.

    12 words: of the labelled body lines nine in ten are longer, of the other lines with a full stop one in five.
    A piece of a line without a stop may be a menu of any length.
    """

    def __post_init__(self) -> None:
        """Tell the shape once, for all who ask."""
        is_long = self.size >= 35 and not self.is_piece
        object.__setattr__(self, "is_paragraph", is_long or (self.size >= 12 and self.ends_stop))

    @property
    def words(self) -> Sequence[str]:
        """The folded words; of most lines nobody asks for them, so they are taken apart for each who does."""
        return self.folded.split()

    @property
    def is_sentence(self) -> bool:
        """Whether the line ends like a sentence and has the words for one."""
        return self.ends_stop and self.size >= 3

    @property
    def starts_lower(self) -> bool:
        """Whether the line goes on a sentence broken on the line above."""
        return self.bare[:1] in _LATIN_LOWER and not self.is_bullet

    @property
    def is_capitals(self) -> bool:
        """Whether the line is written in capitals only."""
        return self.bare.isupper()


_make_part, _make_line = maker(Part), maker(Line)


def read_lines(texts: Sequence[str]) -> list[Line]:
    """Return the non-blank lines of ``texts`` (all lines of a dump, in order).

    >>> [(line.no, line.bare, line.blanks_before) for line in read_lines(["", "  • One ", "Two."])]
    [(2, 'One', 1), (3, 'Two.', 0)]
    """
    squashed = [(no, text, words) for no, text in enumerate(texts, start=1) if text and (words := plain(text))]
    bares = [_without_bullet(words) for _, _, words in squashed]
    lines: list[Line] = []
    above = 0
    for (no, text, words), bare, (folded, size) in zip(squashed, bares, fold_and_measure(bares), strict=True):
        lines.append(_line(no, text, bare, folded, size, no - above - 1, is_bullet=bare is not words))
        above = no
    return lines


def split_lines_of(lines: Sequence[Line], stopwords: Container[str], model: BreakModel) -> list[Line]:
    """Return ``lines``, in place of each that is several its pieces; ``stopwords`` are common words in lower case."""
    found: list[Line] = []
    for line, pieces in zip(lines, split([line.text for line in lines], stopwords, model), strict=True):
        if len(pieces) <= 1:
            found.append(line)
        else:
            found.extend(_piece(line, piece) for piece in pieces)
    return found


def _piece(line: Line, piece: Piece) -> Line:
    text = line.text[piece.start : piece.end]
    own = line_of(line.no, text, plain(text), 0 if piece.start else line.blanks_before, is_bullet=False)
    part = Part(no=line.no, start=line.parts[0].start + piece.start, text=text)
    return replace(own, parts=(part,), is_piece=True, begins_line=piece.is_line)


def _without_bullet(squashed: str) -> str:
    """Return the line without its bullet or number; itself where it has none or is nothing else."""
    if squashed[0] not in _BULLETS and not squashed[0].isdecimal():
        return squashed
    bullet = None if _DASHED.fullmatch(squashed) else _BULLET.match(squashed)
    return squashed[bullet.end() :] if bullet and bullet.end() < len(squashed) else squashed


def line_of(no: int, text: str, bare: str, blanks_before: int, *, is_bullet: bool) -> Line:
    """Return the line of ``text``, whose words without bullet are ``bare``, with what can be seen of it."""
    folded = fold(bare)
    return _line(no, text, bare, folded, measure(folded), blanks_before, is_bullet=is_bullet)


def _line(no: int, text: str, bare: str, folded: str, size: int, blanks_before: int, *, is_bullet: bool) -> Line:
    return _make_line(
        no=no,
        text=text,
        bare=bare,
        folded=folded,
        size=size,
        is_bullet=is_bullet,
        ends_stop=bare[-1] in _STOPS or _ends_stop(bare),
        blanks_before=blanks_before,
        parts=(_make_part(no=no, start=0, text=text),),
    )


def _ends_stop(bare: str) -> bool:
    if bare[-1].islower() and bare[-1] not in _HOUSE_ENDS:
        return False
    start = max(0, len(bare) - _TAIL)
    return not _STOPS.isdisjoint(bare[start:]) and _STOP.search(bare, start) is not None
