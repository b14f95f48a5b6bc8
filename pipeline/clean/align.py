"""Which lines of a rendered page an extracted text was taken from.

An extractor joins, splits and shortens what it takes, so its pieces are matched with the lines by their words: whole
pieces first, in order, then runs of words in what is left over. Linear in the words of the page, but for sorting.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.text import fold, words

_RUN = 3  # words; shorter runs are met by chance, longer ones miss the ends of pieces that were cut
_MIN_COVERED = 0.5  # a line is taken when at least half of it was: lines are kept or removed whole

Run = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Alignment:
    """The lines that were taken, by index, and how many words of the pieces no line accounts for."""

    taken: frozenset[int]
    words: int
    unaligned_words: int


def align(pieces: Sequence[str], lines: Sequence[str]) -> Alignment:
    """Return the lines the pieces were taken from; a piece may be a line, a part of one, or several.

    >>> sorted(align(["Rain fell.", "It was cold and dark."], ["Menu", "Rain fell.", "It was cold", "and dark."]).taken)
    [1, 2, 3]
    """
    folded = [text for text in map(fold, pieces) if text]
    folded_lines = [fold(line) for line in lines]
    # Blanks do not count here: whether one stands between two tags is the extractor's choice.
    taken, left = _match_whole(
        [text.replace(" ", "") for text in folded], [text.replace(" ", "") for text in folded_lines]
    )
    unaligned = (
        _match_runs([word for index in left for word in words(folded[index])], folded_lines, taken) if left else 0
    )
    return Alignment(taken=frozenset(taken), words=sum(len(words(text)) for text in folded), unaligned_words=unaligned)


def _match_whole(pieces: Sequence[str], lines: Sequence[str]) -> tuple[set[int], list[int]]:
    """Return the lines equal to a piece, and the pieces that equal no line.

    A piece with one such line fixes the place of those around it; of several equal lines the next one there is taken.
    """
    numbers_by_text: dict[str, list[int]] = defaultdict(list)
    for number, line in enumerate(lines):
        numbers_by_text[line].append(number)
    found = [numbers_by_text.get(piece, []) for piece in pieces]
    fixed = [(index, numbers[0]) for index, numbers in enumerate(found) if len(numbers) == 1]
    taken = {number for _, number in fixed}
    anchors = [fixed[position] for position in _rising([number for _, number in fixed])]
    low, ahead = -1, 0
    for index, numbers in enumerate(found):
        while ahead < len(anchors) and anchors[ahead][0] < index:
            low = max(low, anchors[ahead][1])
            ahead += 1
        if len(numbers) > 1:
            high = anchors[ahead][1] if ahead < len(anchors) else len(lines)
            number = numbers[min(bisect_right(numbers, low), len(numbers) - 1)]
            taken.add(number)
            low = number if low < number < high else low
    return taken, [index for index, numbers in enumerate(found) if not numbers]


def _rising(numbers: Sequence[int]) -> list[int]:
    """Return the positions of a longest strictly increasing subsequence (patience sorting, O(n log n))."""
    ends: list[int] = []
    positions: list[int] = []
    previous: list[int] = []
    for position, number in enumerate(numbers):
        length = bisect_left(ends, number)
        previous.append(positions[length - 1] if length else -1)
        if length == len(ends):
            ends.append(number)
            positions.append(position)
        else:
            ends[length], positions[length] = number, position
    chain = positions[-1:]
    while chain and previous[chain[-1]] >= 0:
        chain.append(previous[chain[-1]])
    return chain[::-1]


def _match_runs(stream: Sequence[str], lines: Sequence[str], taken: set[int]) -> int:
    """Add to ``taken`` the lines most of whose words stand in ``stream``; return how many of its words none explains.

    The line with most of them comes first and uses its runs up, so that a teaser does not take the words of the body.
    """
    places: dict[Run, list[int]] = defaultdict(list)
    for place in range(len(stream) - _RUN, -1, -1):
        places[tuple(stream[place : place + _RUN])].append(place)
    words_by_line = {number: words(line) for number, line in enumerate(lines) if number not in taken}
    candidates = sorted(
        (-covered, number) for number, line in words_by_line.items() if (covered := _covered(line, places))
    )
    explained: set[int] = set()
    for _, number in candidates:
        line = words_by_line[number]
        if _covered(line, places) >= _MIN_COVERED * len(line):
            taken.add(number)
            for run in _runs(line):
                if places.get(run):
                    place = places[run].pop()
                    explained.update(range(place, place + _RUN))
    _match_short(stream, words_by_line, taken, explained)
    return len(stream) - len(explained)


def _match_short(
    stream: Sequence[str], words_by_line: Mapping[int, Sequence[str]], taken: set[int], explained: set[int]
) -> None:
    """Add lines shorter than a run that stand beside a taken line and in the words nothing explains yet."""
    places: dict[Run, list[int]] = defaultdict(list)
    for place in range(len(stream) - 1, -1, -1):
        if place not in explained:
            places[(stream[place],)].append(place)
            if place + 1 < len(stream) and place + 1 not in explained:
                places[(stream[place], stream[place + 1])].append(place)
    for number, line in words_by_line.items():
        if number not in taken and 0 < len(line) < _RUN and not taken.isdisjoint((number - 1, number + 1)):
            found = places.get(tuple(line))
            if found:
                place = found.pop()
                explained.update(range(place, place + len(line)))
                taken.add(number)


def _covered(line: Sequence[str], places: Mapping[Run, Sequence[int]]) -> int:
    """Return how many words of the line stand in runs that have a place left."""
    covered = end = 0
    for start, run in enumerate(_runs(line)):
        if places.get(run):
            covered += start + _RUN - max(end, start)
            end = start + _RUN
    return covered


def _runs(line: Sequence[str]) -> Iterator[Run]:
    return zip(line, line[1:], line[2:], strict=False)
