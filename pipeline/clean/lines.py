"""The lines of a dump with what can be seen of each alone: the material every later step looks at."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.text import UNSPACED, fold, squash

_BULLET = re.compile(r"^[•·‣▪●○◦*–—►▶➤■□※\-]\s+|^\d{1,2}[.)]\s+")
# Closing quotes of all houses: “ closes in German, « in Danish; a footnote's number or an
# agency's name may stand behind the stop.
_STOP = re.compile(
    r"[.!?…。！？؟۔।։።」』]['\"”“’‘»«)\]）›‹]*$|[.!?…。！？]\s?\d{0,2}$"
    r"|[a-zß-öø-ÿ0-9)”\"’][.!?]['\"”“’»)]*\s?[–—-]?\s?\(?(?:[A-ZÄÖÜİ]{2,8}|Reuters|Xinhua|Bernama|dpa)\)?$"
)
_DASHED = re.compile(r"([-–—*]) .* \1")  # "- Doubts over brine -" is a sub-heading of agencies, no list item
_UNSPACED = re.compile(f"[{UNSPACED}]")
_LATIN_LOWER = re.compile(r"^[a-zà-öø-ÿ]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A non-blank line, or several that are one sentence broken up.

    ``no`` counts from 1 with blank lines; ``text`` is the line as it came; ``bare`` is squashed and without its bullet;
    ``parts`` are number and text of each line of the dump it stands for, nearly always itself alone; ``size`` is its
    length in words, two characters of a script without spaces counting as one; ``blanks_before`` the blank lines above.
    """

    no: int
    text: str
    bare: str
    folded: str
    size: int
    is_bullet: bool
    ends_stop: bool
    blanks_before: int
    parts: tuple[tuple[int, str], ...]

    @property
    def is_paragraph(self) -> bool:
        """Whether the line alone reads as a paragraph: a sentence of some length, or long enough without a stop.

        12 words: of the labelled body lines nine in ten are longer, of the other lines with a full stop one in five.
        """
        return self.size >= 35 or (self.size >= 12 and self.ends_stop)

    @property
    def is_sentence(self) -> bool:
        """Whether the line ends like a sentence and has the words for one."""
        return self.ends_stop and self.size >= 3

    @property
    def starts_lower(self) -> bool:
        """Whether the line goes on a sentence broken on the line above."""
        return _LATIN_LOWER.match(self.bare) is not None and not self.is_bullet

    @property
    def is_capitals(self) -> bool:
        """Whether the line is written in capitals only."""
        return self.bare.isupper()


def read_lines(texts: Sequence[str]) -> list[Line]:
    """Return the non-blank lines of ``texts`` (all lines of a dump, in order).

    >>> [(line.no, line.bare, line.blanks_before) for line in read_lines(["", "  • One ", "Two."])]
    [(2, 'One', 1), (3, 'Two.', 0)]
    """
    lines: list[Line] = []
    blanks = 0
    for no, text in enumerate(texts, start=1):
        squashed = squash(text)
        if not squashed:
            blanks += 1
            continue
        bullet = None if _DASHED.fullmatch(squashed) else _BULLET.match(squashed)
        bare = squashed[bullet.end() :] if bullet and bullet.end() < len(squashed) else squashed
        lines.append(line_of(no, text, bare, blanks, is_bullet=bare is not squashed))
        blanks = 0
    return lines


def line_of(no: int, text: str, bare: str, blanks_before: int, *, is_bullet: bool) -> Line:
    """Return the line of ``text``, whose words without bullet are ``bare``, with what can be seen of it."""
    folded = fold(bare)
    return Line(
        no=no,
        text=text,
        bare=bare,
        folded=folded,
        size=measure(folded),
        is_bullet=is_bullet,
        ends_stop=_STOP.search(bare) is not None,
        blanks_before=blanks_before,
        parts=((no, text),),
    )


def measure(folded: str) -> int:
    """Return the length of a folded text in words; two characters of a script without spaces count as one word."""
    unspaced = len(_UNSPACED.findall(folded))
    if not unspaced:
        return folded.count(" ") + 1 if folded else 0
    return unspaced // 2 + len(_UNSPACED.sub(" ", folded).split())


def total_size(lines: Iterable[Line]) -> int:
    """Return the summed size of ``lines`` in words."""
    return sum(line.size for line in lines)
