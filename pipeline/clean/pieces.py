"""Lines that are several: a page on one line, or text nodes glued together, comes apart at its sentences and seams.

Nothing is lost by a cut in the wrong place: pieces of one line that are both kept are put together as they stood.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator
from itertools import accumulate, pairwise

import numpy as np

from pipeline.clean.signs import ALPHA, STOP, UPPER, classes, codes_of
from pipeline.text import UNSPACED

Span = tuple[int, int]

MIN_SPLIT_CHARS = 300  # of a line that may be several; nine in ten paragraphs are shorter
MIN_RUN_CHARS = 1500  # of a line that must be several
MIN_SEAMS = 4  # of a page before seams inside words are cut: below, they are names (YouTube, McDonald)
MIN_SEAM_SHARE = 0.01  # seams a character
MIN_MENU_TOKENS = 8  # of what is cut off above a sentence
MAX_MENU_WORTH = -6  # of the same: words in lower case less all others
MAX_ABBREVIATION_CHARS = 16  # before a stop; the longest listed has four, a numeral is seldom longer than this
_OPENERS = "[\"'“„«»‘(\\[¿¡「『]"
_CLOSERS = "[\"'”“’»«)\\]」』]"
_UPPER = "[A-ZÀ-ÖØ-ÞĀĂĄĆĈĊČĎĐĒĔĖĘĚĜĞĠĢĤĦĨĪĬĮİĴĶĹĻĽĿŁŃŅŇŊŌŎŐŒŔŖŘŚŜŞŠŢŤŦŨŪŬŮŰŲŴŶŸŹŻŽΑ-ΩЀ-Я]"
_LOWER = "[a-zß-öø-ÿāăąćĉċčďđēĕėęěĝğġģĥħĩīĭįıĵķĺļľŀłńņňŋōŏőœŕŗřśŝşšţťŧũūŭůűųŵŷźżžα-ωа-џ]"
# A stop with the next sentence right behind it: "word.The", "(AP).The", "2019.“We", but no "3799/24.F"; and what must
# stand before it.
_GLUED_STOP = re.compile(
    f"(?<![0-9])[.!?…]+{_CLOSERS}{{0,2}}(?={_OPENERS}?{_UPPER})|[.!?…]+{_CLOSERS}{{0,2}}(?={_OPENERS}?{_UPPER}{_LOWER})"
)
_ENDS_WORD = re.compile(f'{_LOWER}|[0-9)”’"»]')
# A word that ends where the next begins: "SubscribeLog", "2019Share", ")By"; what stands before it is a word by itself.
_SEAM = re.compile(f"(?<={_LOWER}{_LOWER}{_LOWER})(?={_UPPER}{_LOWER})|(?<=[0-9)”»])(?={_UPPER}{_LOWER}{_LOWER})")
_STOP = re.compile(f"[.!?…]+{_CLOSERS}{{0,2}}\\s+(?={_OPENERS}?(?:{_UPPER}|[0-9]))|[。！？؟।]{_CLOSERS}?\\s*")
_ABBREVIATED = re.compile(
    r"(?:\b[^\W\d_]|\b(?:Mr|Mrs|Ms|Dr|Prof|St|Jr|Sr|Gen|Sen|Rep|Gov|Lt|Col|No|vs|bzw|ca|Nr|Hr|Fr|[IVX]+|[0-9]{1,2}))$"
)
_TOKEN = re.compile(r"\S+")
_UNSPACED = re.compile(f"[{UNSPACED}]")


def is_glued(texts: Iterable[str]) -> bool:
    """Return whether the page has lost the breaks between its text nodes: seams in too many of its words."""
    codes = codes_of("\n".join(texts))
    bits = classes(codes)
    upper = (bits & UPPER) != 0
    lower = ((bits & ALPHA) != 0) & ~upper
    stop = (bits & STOP) != 0
    seams = np.count_nonzero((lower[:-3] & lower[1:-2] | stop[1:-2]) & upper[2:-1] & lower[3:])
    return bool(seams >= MIN_SEAMS and seams >= MIN_SEAM_SHARE * len(codes))


def split(text: str, stopwords: Container[str] = (), *, is_glued: bool = False, is_run: bool = False) -> list[Span]:
    """Return (start, end) of the pieces of a line, in order, none blank; the line itself where it is one.

    ``stopwords`` are common words in lower case, which begin sentences; ``is_glued`` is what :func:`is_glued` says of
    the page; ``is_run`` says that the page has lost its line ends altogether.

    >>> split("HomeSportSign in nowThe bridge closed.It will open in May.", is_glued=True)
    [(0, 4), (4, 9), (9, 20), (20, 38), (38, 58)]
    """
    is_run = len(text) >= (MIN_SPLIT_CHARS if is_run else MIN_RUN_CHARS)
    cuts: set[int] = set()
    if is_glued:
        cuts.update(hit.end() for hit in _SEAM.finditer(text))
    if is_glued or len(text) >= MIN_SPLIT_CHARS:
        cuts.update(_glued_stops(text))
    spans = _between(text, (0, len(text)), cuts)
    return [piece for span in spans for piece in _sentences(text, span, stopwords)] if is_run else spans


def _glued_stops(text: str) -> Iterator[int]:
    for hit in _GLUED_STOP.finditer(text):
        if _ENDS_WORD.match(text, max(0, hit.start() - 1)):
            yield hit.end()


def _between(text: str, span: Span, cuts: Iterable[int]) -> list[Span]:
    start, end = span
    ends = [start, *sorted(cut for cut in cuts if start < cut < end), end]
    return [(low, high) for low, high in pairwise(ends) if text[low:high].strip()]


def _sentences(text: str, span: Span, stopwords: Container[str]) -> list[Span]:
    """Return the sentences of a long piece, with what stands above each and is none apart."""
    start, end = span
    if end - start < MIN_SPLIT_CHARS:
        return [span]
    cuts = {hit.end() for hit in _STOP.finditer(text, start, end) if not _is_abbreviated(text, start, hit.start())}
    return [piece for one in _between(text, span, cuts) for piece in _off_menu(text, one, stopwords)]


def _is_abbreviated(text: str, start: int, stop: int) -> bool:
    """Whether the word before ``stop`` is shortened; sought near it, for from the start of a long line is quadratic."""
    return _ABBREVIATED.search(text, max(start, stop - MAX_ABBREVIATION_CHARS), stop) is not None


def _off_menu(text: str, span: Span, stopwords: Container[str]) -> list[Span]:
    """Return the names above a sentence and the sentence: it begins where the words in lower case outweigh the rest.

    The end part of greatest sum (Kadane's algorithm from the end), words in lower case worth 1, all others -1.
    """
    tokens = [(hit.start(), hit.group()) for hit in _TOKEN.finditer(text, *span)]
    if len(tokens) <= MIN_MENU_TOKENS or _UNSPACED.search(text, *span):
        return [span]
    worths = [1 if token[0].islower() else -1 for _, token in tokens]
    sums = list(accumulate(reversed(worths)))
    best = max(range(len(sums)), key=lambda i: (sums[i], i))
    first = len(tokens) - 1 - best
    while first > 0 and not _opens(tokens[first][1]):
        first -= 1
    if first > 0 and tokens[first - 1][1].lower() in stopwords:
        first -= 1
    if first < MIN_MENU_TOKENS or sum(worths[:first]) > MAX_MENU_WORTH:
        return [span]
    return [(span[0], tokens[first][0]), (tokens[first][0], span[1])]


def _opens(token: str) -> bool:
    letter = token.lstrip("\"'“„«»‘([¿¡")[:1]
    return letter.isupper() or letter.isdigit()
