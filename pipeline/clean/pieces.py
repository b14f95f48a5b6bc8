"""Lines that are several: a page on one line, or text nodes glued together, comes apart where its lines ended.

A trained model tells where (``break_model.py``); sentences come apart too, for a story and what is glued to it are
seldom parted by more than a stop. Little is lost by a cut in the wrong place: pieces of one line that are both kept
are put together as they stood, unless it is sure that a line ended there.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from pipeline.clean import known_words
from pipeline.clean.break_model import Break, BreakModel
from pipeline.clean.compiled import LIBRARY
from pipeline.clean.signs import ALPHA, STOP, UPPER, class_table, classes, codes_of
from pipeline.compiled import Library

MIN_SPLIT_CHARS = 300  # of a line that may be several; nine in ten paragraphs are shorter
MIN_RUN_CHARS = 1500  # of a line that must be several
# Of a page whose text nodes are glued, different ones: fewer are names (YouTube, McDonald).
MIN_SEAMS = 3
MIN_SEAM_SHARE = 0.001  # seams a character
# Sentences are glued where blocks are; a page that glues links alone, or is read from paper, has seams in mid-sentence.
MIN_GLUED_STOPS = 3
SURE_SEAM_SHARE = 0.005  # seams a character; menus that are glued have as many without a stop
MAX_ABBREVIATION_CHARS = 16  # before a stop; the longest listed has four, a numeral is seldom longer than this
_SEAM_CHARS = (2, 4)  # before and behind a seam, by which it is told from others
_OPENERS = "[\"'“„«»‘(\\[¿¡「『]"
_CLOSERS = "[\"'”“’»«)\\]」』]"
_UPPER = "[A-ZÀ-ÖØ-ÞĀĂĄĆĈĊČĎĐĒĔĖĘĚĜĞĠĢĤĦĨĪĬĮİĴĶĹĻĽĿŁŃŅŇŊŌŎŐŒŔŖŘŚŜŞŠŢŤŦŨŪŬŮŰŲŴŶŸŹŻŽΑ-ΩЀ-Я]"
_LOWER = "[a-zß-öø-ÿāăąćĉċčďđēĕėęěĝğġģĥħĩīĭįıĵķĺļľŀłńņňŋōŏőœŕŗřśŝşšţťŧũūŭůűųŵŷźżžα-ωа-џ]"
# A stop with the next sentence right behind it: "word.The", "(AP).The", "2019.“We", but no "3799/24.F"; and what must
# stand before it.
_GLUED_STOP = re.compile(
    # The stop comes first and what stands before it second: asked the other way round, every sign is looked behind.
    f"[.!?…](?:(?<![0-9].)[.!?…]*{_CLOSERS}{{0,2}}(?={_OPENERS}?{_UPPER})"
    f"|[.!?…]*{_CLOSERS}{{0,2}}(?={_OPENERS}?{_UPPER}{_LOWER}))"
)
_ENDS_WORD = re.compile(f'{_LOWER}|[0-9)”’"»]')
_STOP = re.compile(f"[.!?…]+{_CLOSERS}{{0,2}}\\s+(?={_OPENERS}?(?:{_UPPER}|[0-9]))|[。！？؟।]{_CLOSERS}?\\s*")
_ABBREVIATED = re.compile(
    r"(?:\b[^\W\d_]|\b(?:Mr|Mrs|Ms|Dr|Prof|St|Jr|Sr|Gen|Sen|Rep|Gov|Lt|Col|No|vs|bzw|ca|Nr|Hr|Fr|[IVX]+|[0-9]{1,2}))$"
)


class Piece(NamedTuple):
    """Characters ``start`` to ``end`` of a line; ``is_line`` says that surely a line began there."""

    start: int
    end: int
    is_line: bool = False


def is_glued(text: str) -> bool:
    r"""Return whether a page has lost the breaks between its text nodes: too many different words have a seam.

    >>> is_glued("HomeNewsSportsWeatherCulture\\nThe bridge closed.Masons came.It rained.")
    True
    """
    in_words, at_stops = _seams(text) if LIBRARY is None else _compiled_seams(LIBRARY, text)
    count = len(in_words) + len(at_stops)
    if count < max(MIN_SEAMS, MIN_SEAM_SHARE * len(text)):
        return False
    stops = _different(text, at_stops)
    if len(stops | _different(text, in_words)) < MIN_SEAMS:
        return False
    return len(stops) >= MIN_GLUED_STOPS or count >= SURE_SEAM_SHARE * len(text)


def _seams(text: str) -> tuple[Sequence[int], Sequence[int]]:
    """Return where in ``text`` a capital and a small letter stand behind two small ones, and where behind a stop."""
    bits = classes(codes_of(text))
    upper = (bits & UPPER) != 0
    lower = ((bits & ALPHA) != 0) & ~upper
    begins = upper[2:-1] & lower[3:]
    in_words = np.flatnonzero(lower[:-3] & lower[1:-2] & begins) + 2
    at_stops = np.flatnonzero(((bits[1:-2] & STOP) != 0) & begins) + 2
    return in_words.tolist(), at_stops.tolist()


def _compiled_seams(library: Library, text: str) -> tuple[Sequence[int], Sequence[int]]:
    found = np.empty((2, len(text) // 2 + 1), np.int64)
    counts = np.zeros(2, np.int64)
    library.call("find_seams", class_table(), known_words.codes_of(text), len(text), found, found.shape[1], counts)
    in_words, at_stops = (own[:count].tolist() for own, count in zip(found, counts.tolist(), strict=True))
    return in_words, at_stops


def _different(text: str, seams: Sequence[int]) -> set[str]:
    before, behind = _SEAM_CHARS
    return {text[seam - before : seam + behind] for seam in seams}


def split(texts: Sequence[str], common: Container[str], model: BreakModel) -> list[Sequence[Piece]]:
    """Return the pieces of each line of a page, in order, none blank; of a line that is one, none or a single piece.

    ``common`` are the common words of all languages, in small letters.
    """
    whole = "\n".join(texts)
    glued = is_glued(whole)
    least = MIN_SPLIT_CHARS if len(texts) == 1 else MIN_RUN_CHARS
    longest = max(map(len, texts), default=0)
    if not glued and longest < least:
        return [_pieces(text, (), is_run=False) if len(text) >= MIN_SPLIT_CHARS else () for text in texts]
    breaks = iter(model.breaks(whole, common))
    found: list[Sequence[Piece]] = []
    own, at = next(breaks, None), 0
    for text in texts:
        within: list[Break] = []
        while own is not None and own.place < at + len(text):
            place = own.place - at
            is_seam = not text[place - 1].isspace()
            # A page that parts its nodes by blanks has names with a seam; a line that has its ends has links glued
            # together at most, and no other line behind a blank.
            if glued if is_seam else len(text) >= least:
                within.append(own._replace(place=place))
            own = next(breaks, None)
        at += len(text) + 1
        if glued or len(text) >= MIN_SPLIT_CHARS:
            found.append(_pieces(text, within, is_run=len(text) >= least))
        else:
            found.append(())
    return found


def _pieces(text: str, breaks: Sequence[Break], *, is_run: bool) -> Sequence[Piece]:
    cuts = [*(one.place for one in breaks), *_glued_stops(text)]
    if not cuts and not is_run:
        return ()
    sure = {one.place for one in breaks if one.is_sure}
    spans = _between(text, 0, len(text), {*cuts})
    if is_run:
        spans = [sentence for span in spans for sentence in _sentences(text, *span)]
    return [Piece(start, end, start in sure) for start, end in spans]


def _between(text: str, start: int, end: int, cuts: Iterable[int]) -> list[tuple[int, int]]:
    ends = [start, *sorted(cut for cut in cuts if start < cut < end), end]
    return [(low, high) for low, high in pairwise(ends) if text[low:high].strip()]


def _glued_stops(text: str) -> Iterator[int]:
    for hit in _GLUED_STOP.finditer(text):
        before = hit.start() - 1
        is_initial = text[max(0, before)].isalpha() and not text[max(0, before - 1) : before].isalpha()  # z.B., e.V.
        if _ENDS_WORD.match(text, max(0, before)) and not is_initial:
            yield hit.end()


def _sentences(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Return the sentences of a long piece."""
    if end - start < MIN_SPLIT_CHARS:
        return [(start, end)]
    stops = (hit for hit in _STOP.finditer(text, start, end) if not _is_abbreviated(text, start, hit.start()))
    return _between(text, start, end, (hit.end() for hit in stops))


def _is_abbreviated(text: str, start: int, stop: int) -> bool:
    """Whether the word before ``stop`` is shortened; sought near it, for from the start of a long line is quadratic."""
    return _ABBREVIATED.search(text, max(start, stop - MAX_ABBREVIATION_CHARS), stop) is not None
