"""What is seen of each gap between the words of a page that has lost its line ends: may a line have ended there?

Programs that put a page's text nodes side by side leave menus, titles and paragraphs in one run: ``Home News Sport
Bridge closed for repairs By Ann Quill The council ...``, or glued: ``HomeNewsSportBridge closed``. What tells the ends
of lines is how the words on both sides are written, how far the next stop is, and what the page says again: a title
repeats as a whole, and a word with a capital that the page elsewhere writes small begins something.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from pipeline.clean.run_words import ENDS, GAPS, OPENINGS, SHAPES, Words, last_place, next_place, read_words
from pipeline.clean.windows import shift

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]

WORD_PLACES = (-2, -1, 0, 1)  # of the words whose own weights count, from the one behind the gap

# Upper bounds (exclusive) of the buckets; what is not under the last falls into one of its own.
_SMALLS = (0.15, 0.35, 0.55, 0.75)
_COMMONS = (0.01, 0.15, 0.25, 0.4)
_STEPS = (2, 3, 5, 9, 15, 25, 50)
_TIMES = (1, 2, 4, 12)
_PAIRS = (1, 2, 3, 7)
_OF_PAIRS = (0.05, 0.3, 0.6, 0.99)
_REPEATS = (1, 2, 3)
_LETTERS = (1, 2, 3, 4, 6, 9, 13)
_PAGE_SIZES = (55, 150, 400, 1_100, 3_000)
_PLACES = (0.02, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 0.9, 0.97)
_RATES = (0.001, 0.005, 0.01, 0.03, 0.1, 0.2)
_GLUED = (0.001, 0.05, 0.15, 0.3, 0.6)
_RUNS = (1, 2, 3, 6, 12, 25, 60, 200)
_FAR = 99  # words; no stop is looked for farther away

_COMMON = ("no word", "rare", "common")
_SAID = ("past the page", "once", "twice", "more often")
_SMALL, _CAPITAL, _CAPITALS = (SHAPES.index(name) for name in ("small", "capital", "capitals"))
_SEAM, _LINE_END = GAPS.index("seam"), GAPS.index("line end")
_STOPS = (ENDS.index("stop"), ENDS.index("stop and quote"))


def _buckets(bounds: Sequence[float]) -> tuple[str, ...]:
    return (*(f"under {bound:g}" for bound in bounds), f"{bounds[-1]:g} or more")


# What is told of a gap, and the names of its values; -1 is the word before the gap, 0 the one behind it.
SIGNS: Mapping[str, tuple[str, ...]] = {
    "gap": GAPS,
    **{f"shape {place}": SHAPES for place in (-2, -1, 0, 1, 2, 3)},
    **{f"end {place}": ENDS for place in (-1, 0, 1)},
    **{f"opening {place}": OPENINGS for place in (-1, 0)},
    **{f"common {place}": _COMMON for place in (-1, 0)},
    **{f"letters {place}": _buckets(_LETTERS) for place in (-1, 0)},
    **{f"small of {side}": _buckets(_SMALLS) for side in ("10 above", "10 below", "25 above", "25 below")},
    **{f"common of {side}": _buckets(_COMMONS) for side in ("10 above", "10 below")},
    "since a stop": _buckets(_STEPS),
    "until a stop": _buckets(_STEPS),
    "small on the page": _buckets(_TIMES),
    "with a capital on the page": _buckets(_TIMES),
    "pair on the page": _buckets(_PAIRS),
    "of the second's": _buckets(_OF_PAIRS),
    "of the first's": _buckets(_OF_PAIRS),
    **{f"{words} said": _SAID for words in ("three below", "three above", "two and one", "one and two")},
    "words of the page": _buckets(_PAGE_SIZES),
    "place on the page": _buckets(_PLACES),
    "seams of the page": _buckets(_RATES),
    "sure seams of the page": _buckets(_RATES),
    "stops glued to the next word": _buckets(_GLUED),
    "line ends of the page": _buckets(_RATES),
    "since the line's begin": _buckets(_RUNS),
    "until the line's end": _buckets(_RUNS),
    "words of the line": _buckets(_RUNS),
}
# Signs that are weighed together: each combination of their values is a feature.
FIELDS: tuple[tuple[str, ...], ...] = (
    ("gap", "shape -1", "shape 0", "end -1"),
    ("shape -2", "shape -1", "shape 0"),
    ("shape 1", "shape 2", "shape 3"),
    ("shape 0", "shape 1", "letters 0"),
    ("end -1", "opening 0", "shape 0", "shape 1"),
    ("opening -1", "shape -1", "opening 0"),
    ("end 0", "end 1", "shape 0"),
    ("common -1", "common 0", "shape -1", "shape 0", "end -1"),
    ("small of 10 above", "small of 10 below", "shape 0"),
    ("small of 25 above", "small of 25 below", "shape 0"),
    ("common of 10 above", "common of 10 below", "shape 0"),
    ("since a stop", "until a stop", "shape 0"),
    ("small on the page", "with a capital on the page", "shape 0", "common 0"),
    ("pair on the page", "of the second's", "of the first's", "shape 0"),
    ("three below said", "three above said", "two and one said", "one and two said"),
    ("gap", "letters -1", "letters 0", "shape -1", "shape 0"),
    ("words of the page", "gap", "shape 0"),
    ("place on the page", "shape 0"),
    ("sure seams of the page", "line ends of the page", "gap", "shape 0"),
    ("seams of the page", "gap", "shape -1", "shape 0"),
    ("stops glued to the next word", "gap", "shape -1", "shape 0", "end -1"),
    ("since the line's begin", "until the line's end", "gap"),
    ("words of the line", "end -1", "shape 0"),
)
OFFSETS = np.cumsum([0, *(int(np.prod([len(SIGNS[sign]) for sign in signs])) for signs in FIELDS)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Gaps:
    """The gaps of a page in which a line may have ended, an entry of each array a gap; the page's begin is the first.

    ``starts`` (int64) are where the words behind them begin, in characters; ``at_seam`` says which have no blank,
    ``at_line_end`` where a line does end; ``active`` (int64, shape (gaps, fields)) are the features that hold,
    ``words`` the words behind, in small letters.
    """

    starts: Ints
    at_seam: Bools
    at_line_end: Bools
    active: Ints
    words: Sequence[str] = field(repr=False)


def read_gaps(text: str, common: Container[str]) -> Gaps:
    """Return the gaps of ``text``, a page's lines with a line end between them, in time that grows with its length.

    ``common`` are the common words of all languages, in small letters.
    """
    words = read_words(text)
    told = _told(words, common) if words.texts else {}
    active = np.zeros((len(FIELDS), len(words.texts)), np.int64)
    for row, signs, offset in zip(active, FIELDS, OFFSETS.tolist(), strict=False):
        for sign in signs if told else ():
            row *= len(SIGNS[sign])
            row += told[sign]
        row += offset
    return Gaps(
        starts=words.starts,
        at_seam=words.gaps == _SEAM,
        at_line_end=words.gaps == _LINE_END,
        active=active.T,
        words=words.texts,
    )


def _told(words: Words, common: Container[str]) -> Mapping[str, Ints]:
    """Return the value of each of :data:`SIGNS` for all gaps."""
    is_common = np.array([text in common for text in words.texts], np.int64)
    letters = np.array([len(text) for text in words.texts], np.int64)
    numbers: dict[str, int] = {}
    ids = np.array([numbers.setdefault(text, len(numbers)) for text in words.texts], np.int64)
    is_stop = np.isin(words.ends, _STOPS)
    told = {
        "gap": words.gaps,
        **{f"shape {place}": _from(words.shapes, place) for place in (-2, -1, 0, 1, 2, 3)},
        **{f"end {place}": _from(words.ends, place) for place in (-1, 0, 1)},
        **{f"opening {place}": _from(words.openings, place) for place in (-1, 0)},
        **{f"common {place}": _from(is_common + 1, place) for place in (-1, 0)},
        **{f"letters {place}": _bucket(_LETTERS, _from(letters, place)) for place in (-1, 0)},
        "since a stop": _bucket(_STEPS, _since(is_stop)),
        "until a stop": _bucket(_STEPS, _until(is_stop)),
        "small on the page": _bucket(_TIMES, np.bincount(ids, words.shapes == _SMALL)[ids]),
        "with a capital on the page": _bucket(
            _TIMES, np.bincount(ids, np.isin(words.shapes, (_CAPITAL, _CAPITALS)))[ids]
        ),
    }
    for reach in (10, 25):
        told[f"small of {reach} above"], told[f"small of {reach} below"] = (
            _bucket(_SMALLS, share) for share in _shares(words.shapes == _SMALL, reach)
        )
    told["common of 10 above"], told["common of 10 below"] = (
        _bucket(_COMMONS, share) for share in _shares(is_common, 10)
    )
    return told | _said(ids) | _of_the_page(words, is_stop)


def _from(values: Ints, place: int) -> Ints:
    """Return for each gap the value of the word ``place`` words behind the gap; 0 past the page's ends."""
    return shift(values, place) if place else values


def _bucket(bounds: Sequence[float], values: Ints | Floats) -> Ints:
    found: Ints = np.searchsorted(np.array(bounds), values, side="right")
    return found


def _shares(holds: Ints | Bools, reach: int) -> tuple[Floats, Floats]:
    """Return of the ``reach`` words above each gap and below it the share for which the value holds."""
    sums = np.concatenate(([0], np.cumsum(holds)))
    here = np.arange(len(holds))
    above, below = np.maximum(0, here - reach), np.minimum(len(holds), here + reach)
    return (sums[here] - sums[above]) / np.maximum(1, here - above), (sums[below] - sums[here]) / (below - here)


def _since(is_stop: Bools) -> Ints:
    """Return how many words stand above each gap since a stop, at most :data:`_FAR`."""
    here = np.arange(len(is_stop))
    stop = np.concatenate(([-1], last_place(here, is_stop)[:-1]))
    return np.where(stop < 0, _FAR, np.minimum(_FAR, here - stop - 1))


def _until(is_stop: Bools) -> Ints:
    """Return how many words stand below each gap before the next one with a stop, at most :data:`_FAR`."""
    here = np.arange(len(is_stop))
    stop = next_place(here, is_stop)
    return np.where(stop == len(here), _FAR, np.minimum(_FAR, stop - here))


def _said(ids: Ints) -> dict[str, Ints]:
    """Return how often the page says the words around each gap in the same order."""
    count, most = len(ids), int(ids.max()) + 1
    pair = np.concatenate(([0], _times(ids[:-1] * most + ids[1:])))
    own = np.bincount(ids)[ids]
    above = np.concatenate(([1], own[:-1]))
    # Numbered anew, so that three words stay one number however many words the page has.
    pairs = np.unique(ids[:-1] * most + ids[1:], return_inverse=True)[1].astype(np.int64)
    threes = _times(pairs[:-1] * most + ids[2:])
    begun = np.concatenate((threes, np.zeros(count - len(threes), np.int64)))
    return {
        "pair on the page": _bucket(_PAIRS, pair),
        "of the second's": _bucket(_OF_PAIRS, pair / own),
        "of the first's": _bucket(_OF_PAIRS, pair / above),
        "three below said": _bucket(_REPEATS, begun),
        "three above said": _bucket(_REPEATS, _from(begun, -3)),
        "two and one said": _bucket(_REPEATS, _from(begun, -2)),
        "one and two said": _bucket(_REPEATS, _from(begun, -1)),
    }


def _times(values: Ints) -> Ints:
    """Return for each value how often it occurs."""
    _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    found: Ints = counts[places]
    return found


def _of_the_page(words: Words, is_stop: Bools) -> dict[str, Ints]:
    """Return what is the same for the whole page, and where on it and in its line each gap stands."""
    count = len(words.gaps)
    here = np.arange(count)
    is_seam, is_end = words.gaps == _SEAM, words.gaps == _LINE_END
    is_capital = words.shapes == _CAPITAL
    below_stop = _from(is_stop.astype(np.int64), -1) == 1
    sure = is_seam & is_capital & (below_stop | (_from(words.shapes, -1) == _SMALL))
    stops = int(np.count_nonzero(below_stop & is_capital))
    rates: dict[str, tuple[Sequence[float], float]] = {
        "seams of the page": (_RATES, np.count_nonzero(is_seam) / count),
        "sure seams of the page": (_RATES, np.count_nonzero(sure) / count),
        "stops glued to the next word": (_GLUED, np.count_nonzero(below_stop & is_capital & is_seam) / max(1, stops)),
        "line ends of the page": (_RATES, np.count_nonzero(is_end) / count),
        "words of the page": (_PAGE_SIZES, count),
    }
    begun = np.maximum.accumulate(np.where(is_end, here, 0))
    ended = next_place(here, np.concatenate((is_end[1:], [True]))) + 1
    return {
        **{name: np.full(count, bisect_right(bounds, rate)) for name, (bounds, rate) in rates.items()},
        "place on the page": _bucket(_PLACES, here / count),
        "since the line's begin": _bucket(_RUNS, here - begun),
        "until the line's end": _bucket(_RUNS, ended - here),
        "words of the line": _bucket(_RUNS, ended - begun),
    }
