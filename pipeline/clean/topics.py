"""What a page's paragraphs are about, and how much of it those above and those below a place have in common."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property

from pipeline.clean import compiled_topics
from pipeline.clean.compiled import LIBRARY
from pipeline.clean.cosines import REACH as REACH
from pipeline.clean.cosines import Words as Words
from pipeline.clean.cosines import cosines, stems
from pipeline.clean.lines import Line
from pipeline.clean.looks import is_unspaced, terms
from pipeline.clean.overlaps import UNKNOWN, Overlaps, overlaps_of

NEAR = 3  # paragraphs below a place that are held against the page's opening words
STEM = 6  # letters of a word that count, so that its endings do not
ALIKE = 0.25  # cosine; four in ten gaps of single pages have more of words and names both, of joints one in a hundred
SAMPLES = 6  # places of the page at which the usual share is taken
_MIN_LETTERS = 4
_SMALL = 3  # letters at most of the words that only tell the language
# In mid-sentence; most words open with a small letter, which no strip takes off.
_MAY_NAME = re.compile('(?<![.!?:“"]) ([^a-z ][^ ]*)')
_AROUND = "\"'“”„«»‘’()[],;:.!?"


class Vocabulary:
    """The words and the names of lines, each line taken apart once, when it is first asked for."""

    def __init__(self, stopwords: Mapping[str, object]) -> None:
        """Keep ``stopwords``: of any language, they never count as words or names."""
        self._stopwords = stopwords
        self._words: dict[int, tuple[Line, Words]] = {}
        self._names: dict[int, tuple[Line, Words]] = {}

    def words(self, line: Line) -> Words:
        """Return the words of a line that tell stories apart, cut to their stems."""
        return self._once(line, self._words, self._words_of)

    def names(self, line: Line) -> Words:
        """Return the words of a line that open with a capital or figure in mid-sentence; without capitals its words."""
        return self._once(line, self._names, self._names_of)

    def overlaps(self, lines: Sequence[Line], places: Sequence[int]) -> tuple[Overlaps, Overlaps]:
        """Return what the words, and the names, of ``lines`` have in common across the places below ``places``."""
        if LIBRARY is not None and not any(map(is_unspaced, lines)):
            return compiled_topics.overlaps(LIBRARY, lines, places, self._stopwords, letters=_MIN_LETTERS, stem=STEM)
        words, names = [self.words(line) for line in lines], [self.names(line) for line in lines]
        return overlaps_of(words, places), overlaps_of(names, places)

    def _once(self, line: Line, known: dict[int, tuple[Line, Words]], take: Callable[[Line], Words]) -> Words:
        # By identity: a line's hash takes longer than its words. The line kept beside them keeps its number its own.
        found = known.get(id(line))
        if found is None:
            found = known[id(line)] = (line, take(line))
        return found[1]

    def _words_of(self, line: Line) -> Words:
        return stems(terms(line), self._stopwords, 2 if is_unspaced(line) else _MIN_LETTERS, STEM)

    def _names_of(self, line: Line) -> Words:
        found = set()
        for token in set(_MAY_NAME.findall(line.bare)):
            if token[0].islower():
                continue
            bare = token.strip(_AROUND)
            if len(bare) >= 3 and (bare[0].isupper() or bare[0].isdigit()):
                found.add(bare.casefold())
        if not found and line.bare.lower() == line.bare.upper():
            return self.words(line)
        return frozenset([name[:STEM] for name in found if name not in self._stopwords])


class Topics:
    """What a page's paragraphs are about, above and below each of them."""

    def __init__(
        self,
        paragraphs: Sequence[Line],
        vocabulary: Vocabulary,
        head: Sequence[Line] = (),
        places: Sequence[int] | None = None,
    ) -> None:
        """Keep ``paragraphs``, whose words are those that ``vocabulary`` takes; ``head`` are the page's first lines.

        :meth:`subject_signs` are asked below the paragraphs ``places`` alone; by default below any of them.
        """
        self._paragraphs = paragraphs
        self._vocabulary = vocabulary
        self._head = head
        self._places = range(len(paragraphs)) if places is None else places

    def shared_signs(self, k: int) -> Iterator[tuple[str, float]]:
        """Yield how much is shared across the place below paragraph ``k``, beside the rest of the page."""
        words, names = self.shared(k)
        yield "words shared", words
        yield "names shared", names
        yield "fewer words shared than elsewhere", self._usual[0] - words
        yield "fewer names shared than elsewhere", self._usual[1] - names

    def subject_signs(self, k: int) -> Iterator[tuple[str, float]]:
        """Yield whether what the text above that place is about goes on below it."""
        words, names = (own.halves[k] for own in self._overlaps)
        yield "what the text above is about goes on", words.goes_on
        yield "what the text below is about was said", words.was_said
        yield "hardly any of many words shared", words.apart
        yield "hardly any of many names shared", names.apart

    def other_signs(self, k: int) -> Iterator[tuple[str, float]]:
        """Yield what else is shared across that place; it costs more than it tells."""
        yield "small words shared", self._small_shared(k)
        near = frozenset().union(*map(self._vocabulary.words, self._paragraphs[k + 1 : k + 1 + NEAR]))
        is_far = k + 1 > NEAR
        yield "the page's opening words go on", len(self._opening & near) / max(1, len(near)) if is_far else UNKNOWN

    def differ(self, k: int) -> bool:
        """Return whether what stands above and below paragraph ``k`` may be two stories."""
        return min(self.shared(k)) <= ALIKE

    def shared(self, k: int) -> tuple[float, float]:
        """Return how much the words, and the names, above and below paragraph ``k`` are the same: cosines."""
        words, names = self._overlaps
        return words.cosines[k], names.cosines[k]

    @cached_property
    def _opening(self) -> Words:
        return frozenset().union(*map(self._vocabulary.words, self._head))

    @cached_property
    def _overlaps(self) -> tuple[Overlaps, Overlaps]:
        return self._vocabulary.overlaps(self._paragraphs, self._places)

    @cached_property
    def _usual(self) -> tuple[float, float]:
        """What is shared at a few places of the page, in the mean."""
        last = len(self._paragraphs) - 1
        places = sorted({last * n // SAMPLES for n in range(SAMPLES)})
        words, names = (sum(own.cosines[k] for k in places) / len(places) for own in self._overlaps)
        return words, names

    def _small_shared(self, k: int) -> float:
        first = max(0, k + 1 - REACH)
        near = self._paragraphs[first : k + 1 + REACH]
        return cosines([_small_words(line) for line in near])[k - first]


def _small_words(line: Line) -> Words:
    """Return the short words of a line, which tell its language; its characters where it has no words."""
    return frozenset([word for word in line.words if len(word) <= _SMALL]) or frozenset(line.folded)
