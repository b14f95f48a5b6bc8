"""What the line model sees of each line of a page: its own shape, its place, its neighbours, and what is said again.

A feature is one value of a :class:`Field` (``size = 6 to 8 words``) or a flag; never a word of the page itself. All
lines of a page are looked at together, so that a line knows what surrounds it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product

import numpy as np
from numpy.typing import NDArray

from pipeline.clean.lines import Line
from pipeline.clean.looks import FLAGS, Looks, look
from pipeline.clean.marks import Mark
from pipeline.clean.windows import Window, shift
from pipeline.clean.zone import body_zone, worth
from pipeline.records import LineClass

Ints = NDArray[np.int64]

# Upper bounds (exclusive) of the buckets; what is not under the last falls into one of its own.
_SIZES = (2, 3, 4, 6, 9, 13, 19, 31, 61, 151, 401)
_NEAR = (1, 2, 3, 4, 7, 13, 30)
_TOP = (1, 2, 3, 5, 10, 20, 40)
_SHARES = (0.001, 0.1, 0.2, 0.3, 0.4, 0.55)
_BODY_SHARES = (0.0001, 0.05, 0.2, 0.5, 0.8, 0.95, 0.9999)
_RUNS = (1, 2, 3, 4, 7, 13)
_COARSE = (4, 13)
_DENSITIES = (0.001, 0.1, 0.25, 0.5, 0.75, 0.95)
_LENGTHS = (0.1, 0.2, 0.35, 0.5, 0.75, 0.999)
_COUNTS = (1, 2, 3, 5, 9, 17)
_OPENINGS = (0.3, 0.4, 0.5, 0.75, 1.2)
_CAPITALS = (-0.3, -0.1, 0.1, 0.3, 0.6)
_DIGITS = (0.001, 0.1, 0.3, 0.6)
_COMMAS = (1, 2, 3)
_PROSE = (0.01, 0.2, 0.4, 0.6, 0.8)
_MARKED_AROUND = (0.01, 0.2, 0.4, 0.6)
_END_LINES = (1, 2, 4)
_SHORT_AROUND = (0.2, 0.4, 0.6, 0.8)
_PAGE_PROSE = (0.1, 0.25, 0.5)
_LIKENESS = ("unlike", "as long", "the same opening", "figures both", "items both")
END_MATTER = frozenset(
    {
        LineClass.COMMENT,
        LineClass.RECOMMENDED,
        LineClass.COPYRIGHT,
        LineClass.TAG,
        LineClass.NEWSLETTER,
        LineClass.SOURCE,
        LineClass.BIO,
        LineClass.NAVIGATION,
    }
)
STAMPS = frozenset({LineClass.DATE, LineClass.BYLINE})
_TOOLS = (1, 2, 3, 5)
TOOL_LEAN = 1.0  # how far a word of page tools leans to them at the least
_LEANS = (-0.3, -0.15, -0.05, 0.05, 0.15, 0.3, 0.6, 1.0)
# All bounds, in the order in which the compiled kernel knows them.
BOUNDS = (
    *(_SIZES, _NEAR, _TOP, _SHARES, _BODY_SHARES, _RUNS, _COARSE, _DENSITIES, _LENGTHS, _COUNTS, _OPENINGS, _TOOLS),
    *(_LEANS, _CAPITALS, _DIGITS, _COMMAS, _PROSE, _MARKED_AROUND, _END_LINES, _SHORT_AROUND, _PAGE_PROSE),
)
# Worth in words of a title, a few words, a marked line in a run of body.
WIDE, TIGHT = (-1.0, -1.5, -4.0), (-7.0, -7.0, -7.0)
NO_PROSE_CAPITALS = 0.3  # the usual share of capitals on a page without a paragraph

_SIZE_NAMES = (*(f"under {bound} words" for bound in _SIZES), f"{_SIZES[-1]} words or more")
_COARSE_NAMES = ("3 words at most", "4 to 12 words", "13 words or more")
_PLACES = ("above the body's run", "in the body's run", "below the body's run")
_PAGE_PARTS = ("above the headline", "below it", "below one end matter", "below more end matter", "no headline")
_KINDS = ("page end", "marked line", "paragraph", "short sentence", "list item", "title", "few words", "lead-in")
_BLANKS = ("no blank line", "one blank line", "two blank lines", "more blank lines")
_MARKS = ("no mark", *(kind.value for kind in LineClass))
MARK_NUMBER = {kind: number for number, kind in enumerate(LineClass, start=1)}
_IS_END_MATTER = np.array([False, *(kind in END_MATTER for kind in LineClass)])
_IS_STAMP = np.array([False, *(kind in STAMPS for kind in LineClass)])
_END_OF_PAGE, _MARKED, _PARAGRAPH, _SENTENCE, _ITEM, _TITLE, _FEW, _LEAD = range(8)


def _bounds(values: Sequence[float], unit: str) -> tuple[str, ...]:
    return (*(f"under {value:g} {unit}" for value in values), f"{values[-1]:g} {unit} or more")


def _crossed(*names: Sequence[str]) -> tuple[str, ...]:
    return tuple(", ".join(values) for values in product(*names))


_NEAR_NAMES = _bounds(_NEAR, "lines")
# Field and the names of its values; every line has just one value of each.
FIELDS: Mapping[str, tuple[str, ...]] = {
    "shape": _crossed(_SIZE_NAMES, ("no stop", "stop"), _PLACES),
    "own and above": _crossed(_KINDS, _KINDS),
    "own and below": _crossed(_KINDS, _KINDS),
    "above and below": _crossed(_KINDS, _KINDS),
    "two above": _KINDS,
    "two below": _KINDS,
    "mark": _MARKS,
    "mark above": _MARKS,
    "mark below": _MARKS,
    "mark two above": _MARKS,
    "last mark above": _MARKS,
    "next mark below": _MARKS,
    "opened above": _MARKS,
    "gap above": _BLANKS,
    "gap below": _BLANKS,
    "gaps of the page": _crossed(("few spaced", "some spaced", "all spaced"), ("close above", "gap above")),
    "stopwords": _crossed(_bounds(_SHARES, "of its words"), _COARSE_NAMES),
    "words of the body": _crossed(_bounds(_SHARES, "of its long words"), _COARSE_NAMES, _PLACES),
    "capitals": _crossed(_bounds(_CAPITALS, "more than paragraphs"), _COARSE_NAMES),
    "digits": _bounds(_DIGITS, "of its signs"),
    "commas": _crossed(_bounds(_COMMAS, "commas"), _COARSE_NAMES),
    "from the top": _bounds(_TOP, "lines"),
    "from the end": _bounds(_TOP, "lines"),
    "headline": ("no headline", "is it", "above it", *(f"{name} below it" for name in _NEAR_NAMES)),
    "header": _crossed(_KINDS, ("above the headline", "between headline and text", "in the text")),
    "body above": _bounds(_BODY_SHARES, "of the body's words"),
    "to the body's run": _crossed(_PLACES, _NEAR_NAMES),
    "paragraph above": _NEAR_NAMES,
    "paragraph below": _NEAR_NAMES,
    "between paragraphs": _crossed(_NEAR_NAMES, _NEAR_NAMES),
    "prose around 3": _bounds(_PROSE, "of the lines"),
    "prose around 8": _bounds(_PROSE, "of the lines"),
    "prose above 6": _bounds(_PROSE, "of the lines"),
    "prose below 6": _bounds(_PROSE, "of the lines"),
    "short run": _crossed(_bounds(_RUNS, "lines"), _PLACES),
    "marks around": _bounds(_MARKED_AROUND, "of the lines"),
    "said again": ("nowhere", *_crossed(("next to it", "below", "above"), _COARSE_NAMES)),
    "says the headline": ("no", "just it", "more", "its head"),
    "share of the densest prose": _crossed(_bounds(_DENSITIES, "of it"), _KINDS),
    "beside the longest": _crossed(_bounds(_LENGTHS, "of its length"), ("no stop", "stop")),
    "run opened by": _crossed((*_KINDS, "paragraph that leads in"), _KINDS),
    "run closed by": _crossed(_KINDS, _KINDS),
    "like the line above": _crossed(_LIKENESS, _KINDS),
    "paragraphs of the page": _crossed(_bounds(_COUNTS, "paragraphs"), _PLACES, ("other", "paragraph")),
    "in the wide run": _crossed(_PLACES, _KINDS),
    "in the tight run": _crossed(_PLACES, _KINDS),
    "end matter above": _crossed(_bounds(_END_LINES, "lines"), _KINDS),
    "end matter below": _crossed(_bounds(_END_LINES, "lines"), _KINDS),
    "date or byline above": _crossed(_NEAR_NAMES, ("other", "paragraph")),
    "date or byline below": _NEAR_NAMES,
    "short lines around": _bounds(_SHORT_AROUND, "of the lines"),
    "words of page tools": _crossed(_bounds(_TOOLS, "words"), _COARSE_NAMES),
    "lean of its words": _crossed(_bounds(_LEANS, "towards page tools"), _COARSE_NAMES),
    "prose of the page": _crossed(_bounds(_PAGE_PROSE, "of the lines"), _KINDS),
    "piece of a line": _crossed(("a line", "a piece of one"), _KINDS),
    "part of the page": _crossed(_PAGE_PARTS, _KINDS, ("close above", "gap above")),
    "opening paragraph": ("another", *_bounds(_OPENINGS, "of the next one's length")),
}
NAMES: tuple[str, ...] = (*(f"{field}: {value}" for field, values in FIELDS.items() for value in values), *FLAGS)
OFFSETS = np.cumsum([0, *(len(values) for values in FIELDS.values())])
_FLAG_PLACES = int(OFFSETS[-1]) + np.arange(len(FLAGS))[:, None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What features need to know of the page as a whole; ``headline`` is the index of the likely headline, or None."""

    headline: int | None
    first_body: int


def features(
    lines: Sequence[Line],
    marks: Sequence[Mark | None],
    around: Surroundings,
    stopwords: Mapping[str, int],
    leans: Mapping[str, float],
) -> Ints:
    """Return the features that hold of ``lines``, one segment's: int64, shape (lines, fields and flags).

    Entries are places in :data:`NAMES`, one a field and one a flag, -1 for a flag that does not hold. ``stopwords``
    maps a common word to the languages it is common in, as bits, ``leans`` a word to how much it leans to page tools.
    """
    looks = look(lines, marks, stopwords, leans)
    values = dict(_fields(lines, marks, looks, around))
    found = np.empty((len(FIELDS) + len(FLAGS), len(lines)), np.int64)
    for row, offset, field in zip(found, OFFSETS.tolist(), FIELDS, strict=False):
        np.add(values[field], offset, out=row)
    found[len(FIELDS) :] = np.where(looks.flags, _FLAG_PLACES, -1)
    return found.T


def _fields(
    lines: Sequence[Line], marks: Sequence[Mark | None], looks: Looks, around: Surroundings
) -> Iterator[tuple[str, Ints]]:
    """Yield each field's value of all lines."""
    sizes, stops = looks.sizes, looks.stops
    coarse = _bucket(_COARSE, sizes)
    marked = np.array([0 if mark is None else MARK_NUMBER[mark.label.line_class] for mark in marks])
    kinds = _kinds(looks, marked)
    is_prose = kinds == _PARAGRAPH
    worths = [worth(line, None if mark is None else mark.label) for line, mark in zip(lines, marks, strict=True)]
    start, stop = body_zone(worths)
    rows = np.arange(len(lines))
    places = (rows >= start).astype(np.int64) + (rows >= stop)
    yield "shape", (_bucket(_SIZES, sizes) * 2 + stops) * 3 + places
    yield from _neighbours(kinds, marked)
    yield from _contexts(marks, marked, is_prose)
    yield from _gaps(looks, is_prose)
    yield "stopwords", _bucket(_SHARES, looks.stopwords) * 3 + coarse
    yield "words of the body", (_bucket(_SHARES, looks.shared(start, stop, is_prose)) * 3 + coarse) * 3 + places
    prose = int(np.count_nonzero(is_prose))
    # One after the other, as the kernel adds: numpy's own sum takes eight at a time.
    usual = np.cumsum(looks.capitals[is_prose])[-1] / prose if prose else NO_PROSE_CAPITALS
    yield "capitals", _bucket(_CAPITALS, looks.capitals - usual) * 3 + coarse
    yield "digits", _bucket(_DIGITS, looks.digits)
    yield "commas", _bucket(_COMMAS, looks.commas) * 3 + coarse
    yield "from the top", _bucket(_TOP, rows)
    yield "from the end", _bucket(_TOP, rows[::-1])
    yield from headline_fields(lines, kinds, marked, around)
    body_words = np.cumsum(np.where(is_prose & (places == 1), sizes, 0))
    yield "body above", _bucket(_BODY_SHARES, body_words / max(1, body_words[-1]))
    to_run = np.where(places == 0, start - rows, np.where(places == 2, rows - stop + 1, 0))
    yield "to the body's run", places * 8 + _bucket(_NEAR, to_run)
    yield from _densities(kinds, is_prose, places, rows)
    yield "said again", _again(looks, coarse)
    yield from word_fields(looks.leans, sizes)
    yield from _blocks(looks, marked, kinds, is_prose, rows)
    yield from _weights(looks, kinds, is_prose, places)
    yield "piece of a line", np.array([line.is_piece for line in lines]) * 8 + kinds
    yield "prose of the page", _bucket(_PAGE_PROSE, np.full(len(lines), prose / len(lines))) * 8 + kinds


def word_fields(leans: Sequence[Sequence[float]], sizes: Ints) -> Iterator[tuple[str, Ints]]:
    """Yield what the words of each line say; ``leans`` has those of a line's words that are known."""
    coarse = _bucket(_COARSE, sizes)
    tools = np.array([sum(map(TOOL_LEAN.__le__, own)) for own in leans])
    lean = np.array([sum(own) for own in leans]) / np.maximum(sizes, 1)
    yield "words of page tools", _bucket(_TOOLS, tools) * 3 + coarse
    yield "lean of its words", _bucket(_LEANS, lean) * 3 + coarse


def _bucket(bounds: tuple[float, ...], values: NDArray[np.generic]) -> Ints:
    return _edges(bounds).searchsorted(values, side="right")


@cache
def _edges(bounds: tuple[float, ...]) -> NDArray[np.float64]:
    return np.array(bounds, np.float64)


def _kinds(looks: Looks, marked: Ints) -> Ints:
    """Return what each line is by shape alone: what is set last wins."""
    kinds = np.where(looks.sizes >= 4, _TITLE, _FEW)
    kinds[looks.stops & (looks.sizes >= 3)] = _SENTENCE
    kinds[looks.leads] = _LEAD
    kinds[looks.bullets] = _ITEM
    kinds[looks.paragraphs] = _PARAGRAPH
    kinds[marked > 0] = _MARKED
    return kinds


def _neighbours(kinds: Ints, marked: Ints) -> Iterator[tuple[str, Ints]]:
    above, below = shift(kinds, -1), shift(kinds, 1)
    yield "own and above", kinds * 8 + above
    yield "own and below", kinds * 8 + below
    yield "above and below", above * 8 + below
    yield "two above", shift(kinds, -2)
    yield "two below", shift(kinds, 2)
    yield "mark", marked
    yield "mark above", shift(marked, -1)
    yield "mark below", shift(marked, 1)
    yield "mark two above", shift(marked, -2)


def _contexts(marks: Sequence[Mark | None], marked: Ints, is_prose: NDArray[np.bool_]) -> Iterator[tuple[str, Ints]]:
    """Yield which marks stand nearest above and below with no paragraph between, and which box was opened above."""
    count, prose, numbers = len(marked), is_prose.tolist(), marked.tolist()
    last, following, opened = [0] * count, [0] * count, [0] * count
    current = box = 0
    for i, mark in enumerate(marks):
        last[i], opened[i] = current, box
        if prose[i]:
            current = box = 0
        elif numbers[i]:
            current = numbers[i]
            if mark is not None and mark.opens is not None:
                box = current
    current = 0
    for i in range(count - 1, -1, -1):
        following[i] = current
        current = 0 if prose[i] else numbers[i] or current
    yield "last mark above", np.array(last)
    yield "next mark below", np.array(following)
    yield "opened above", np.array(opened)


def _gaps(looks: Looks, is_prose: NDArray[np.bool_]) -> Iterator[tuple[str, Ints]]:
    above = np.minimum(looks.blanks, 3)
    spaced = int(np.count_nonzero(looks.blanks[is_prose])) / max(1, int(np.count_nonzero(is_prose)))
    yield "gap above", above
    yield "gap below", shift(above, 1)
    yield "gaps of the page", np.full(len(above), (spaced > 0.2) + (spaced >= 0.8)) * 2 + (above > 0)


def headline_fields(
    lines: Sequence[Line], kinds: Ints, marked: Ints, around: Surroundings
) -> Iterator[tuple[str, Ints]]:
    """Yield what the likely headline says of each line.

    ``kinds`` are what each line is by shape alone, ``marked`` the numbers of the classes that rules give.
    """
    top, rows = around.headline, np.arange(len(lines))
    if top is None:
        yield "headline", np.zeros_like(rows)
    else:
        yield "headline", np.where(rows < top, 2, np.where(rows == top, 1, 3 + _bucket(_NEAR, rows - top - 1)))
    first = max(around.first_body, -1 if top is None else top)
    yield "header", kinds * 3 + np.where(rows <= (-1 if top is None else top), 0, np.where(rows < first, 1, 2))
    yield "says the headline", _headline_again(lines, top)
    below = np.zeros_like(rows) if top is None else rows > top
    ends = _IS_END_MATTER[marked] & (below > 0)
    parts = np.full_like(rows, 4) if top is None else below * (1 + np.minimum(np.cumsum(ends) - ends, 2))
    gaps = np.array([line.blanks_before > 0 for line in lines], np.int64)
    yield "part of the page", (parts * 8 + kinds) * 2 + gaps
    yield "opening paragraph", _opening(lines, kinds, around.first_body)


def _opening(lines: Sequence[Line], kinds: Ints, first: int) -> Ints:
    """Return how long the first paragraph is beside the next one: a standfirst is much shorter."""
    values = np.zeros(len(lines), np.int64)
    below = np.flatnonzero(kinds[first + 1 :] == _PARAGRAPH)
    if len(below):
        values[first] = 1 + bisect_right(_OPENINGS, lines[first].size / lines[first + 1 + int(below[0])].size)
    return values


def _densities(kinds: Ints, is_prose: NDArray[np.bool_], places: Ints, rows: Ints) -> Iterator[tuple[str, Ints]]:
    count = len(rows)
    far = count + 99
    above = rows - np.maximum.accumulate(np.where(is_prose, rows, -far))
    below = np.minimum.accumulate(np.where(is_prose, rows, far)[::-1])[::-1] - rows
    before = np.concatenate(([far], above[:-1] + 1)) - 1
    after = np.concatenate((below[1:] + 1, [far])) - 1
    yield "paragraph above", _bucket(_NEAR, before)
    yield "paragraph below", _bucket(_NEAR, after)
    yield "between paragraphs", _bucket(_NEAR, before) * 8 + _bucket(_NEAR, after)
    prose = Window(is_prose)
    yield "prose around 3", _bucket(_PROSE, prose.share(3, 3))
    yield "prose around 8", _bucket(_PROSE, prose.share(8, 8))
    yield "prose above 6", _bucket(_PROSE, prose.share(6, 0))
    yield "prose below 6", _bucket(_PROSE, prose.share(0, 6))
    short = (kinds == _TITLE) | (kinds == _FEW) | (kinds == _ITEM) | (kinds == _MARKED)
    yield "short run", _bucket(_RUNS, _run_lengths(short)) * 3 + places
    yield "marks around", _bucket(_MARKED_AROUND, Window(kinds == _MARKED).share(4, 4))


def _run_lengths(holds: NDArray[np.bool_]) -> Ints:
    """Return for each line the length of the run of lines it is in for which ``holds``; 0 where it does not."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], holds, [False])).astype(np.int8)))
    lengths = np.zeros(len(holds), np.int64)
    for start, stop in zip(edges[::2], edges[1::2], strict=True):
        lengths[start:stop] = stop - start
    return lengths


def _again(looks: Looks, coarse: Ints) -> Ints:
    how = np.array(looks.copies)
    return np.where(how == 0, 0, 1 + (how - 1) * 3 + coarse)


def _headline_again(lines: Sequence[Line], headline: int | None) -> Ints:
    if headline is None:
        return np.zeros(len(lines), np.int64)
    title = lines[headline].folded
    said = [_says(line.folded, title) for line in lines]
    said[headline] = 0
    return np.array(said)


def _says(folded: str, title: str) -> int:
    if folded == title:
        return 1
    if len(title) >= 20 and title in folded and len(folded) <= 2.2 * len(title):
        return 2
    return 3 if len(folded) >= 20 and title.startswith(folded) and len(folded) >= 0.5 * len(title) else 0


def _weights(looks: Looks, kinds: Ints, is_prose: NDArray[np.bool_], places: Ints) -> Iterator[tuple[str, Ints]]:
    """Yield what a line and its surroundings weigh beside the page's densest prose."""
    words = np.where(is_prose, np.minimum(looks.sizes, 80), 0)
    around = Window(words).sum(8, 8)
    yield "share of the densest prose", _bucket(_DENSITIES, around / max(1, around.max())) * 8 + kinds
    longest = np.max(np.where(is_prose, looks.sizes, 1), initial=1)
    yield "beside the longest", _bucket(_LENGTHS, looks.sizes / longest) * 2 + looks.stops
    count = np.full(len(kinds), _bucket(_COUNTS, is_prose.sum()))
    yield "paragraphs of the page", (count * 3 + places) * 2 + is_prose
    rows = np.arange(len(kinds))
    for name, costs in (("in the wide run", WIDE), ("in the tight run", TIGHT)):
        title, few, mark = costs
        worths = np.array([0.0, mark, 0.0, 1.0, 1.0, title, few, 1.0])[kinds]
        worths[is_prose] = np.minimum(looks.sizes[is_prose], 50)
        start, stop = body_zone(worths.tolist())
        yield name, ((rows >= start).astype(np.int64) + (rows >= stop)) * 8 + kinds


def _blocks(
    looks: Looks, marked: Ints, kinds: Ints, is_prose: NDArray[np.bool_], rows: Ints
) -> Iterator[tuple[str, Ints]]:
    count = len(rows)
    stands = is_prose | (kinds == _MARKED) | (kinds == _LEAD)
    above = np.maximum.accumulate(np.where(stands, rows, -1))
    above = np.concatenate(([-1], above[:-1]))
    opener = np.where(above < 0, 0, kinds[above])
    leads = is_prose & looks.leads
    yield "run opened by", np.where((above >= 0) & leads[above], 8, opener) * 8 + kinds
    below = np.minimum.accumulate(np.where(stands, rows, count)[::-1])[::-1]
    below = np.concatenate((below[1:], [count]))
    yield "run closed by", np.where(below == count, 0, kinds[np.minimum(below, count - 1)]) * 8 + kinds
    yield "like the line above", np.array(looks.likeness) * 8 + kinds
    ends = _IS_END_MATTER[marked]
    before: Ints = np.cumsum(ends) - ends
    yield "end matter above", _bucket(_END_LINES, before) * 8 + kinds
    yield "end matter below", _bucket(_END_LINES, ends.sum() - before - ends) * 8 + kinds
    stamps = _IS_STAMP[marked]
    last = np.maximum.accumulate(np.where(stamps, rows, -99))
    yield "date or byline above", _bucket(_NEAR, rows - last) * 2 + is_prose
    following = np.minimum.accumulate(np.where(stamps, rows, count + 99)[::-1])[::-1]
    yield "date or byline below", _bucket(_NEAR, following - rows)
    yield (
        "short lines around",
        _bucket(_SHORT_AROUND, Window((kinds == _TITLE) | (kinds == _FEW) | (kinds == _MARKED)).share(5, 5)),
    )
