"""What a page's paragraphs are about, and how much of it those above and those below a place have in common."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

from pipeline.clean.lines import Line
from pipeline.clean.looks import terms

Words = frozenset[str]

REACH = 6  # paragraphs on either side that are compared
FAR = 12  # paragraphs on either side that say what a text is about
NEAR = 3  # paragraphs below a place that are held against the page's opening words
STEM = 6  # letters of a word that count, so that its endings do not
SUBJECTS = 8  # words that most paragraphs of a text hold
MANY = 40  # words of a text that say for certain what it is about
SHARED = 0.25  # share of them that two parts of one story have in common
ALIKE = 0.25  # cosine; four in ten gaps of single pages have more of words and names both, of joints one in a hundred
SAMPLES = 6  # places of the page at which the usual share is taken
UNKNOWN = 0.4  # share of the subjects found again where a text is too short to have any
_MIN_LETTERS = 4
_SMALL = 3  # letters at most of the words that only tell the language
_ENDS = (".", "!", "?", ":", "“", '"')
_AROUND = "\"'“”„«»‘’()[],;:.!?"


class Topics:
    """The words and names of a page's paragraphs, each taken apart when it is first asked for."""

    def __init__(self, paragraphs: Sequence[Line], stopwords: Mapping[str, int]) -> None:
        """Keep ``paragraphs``; ``stopwords`` (of any language) never count as words or names."""
        self._paragraphs = paragraphs
        self._stopwords = stopwords
        self._cached: dict[tuple[str, int], Words] = {}
        self._usual: tuple[float, float] | None = None

    def words_of(self, line: Line) -> Words:
        """Return the words of a line that tell stories apart, cut to their stems."""
        least = 2 if line.size > 1.5 * (line.folded.count(" ") + 1) else _MIN_LETTERS
        own = terms(line, line.folded.split())
        return frozenset(word[:STEM] for word in own if len(word) >= least and word not in self._stopwords)

    def signs(self, k: int, opening: Words) -> Iterator[tuple[str, float]]:
        """Yield what is shared across the place below paragraph ``k``; ``opening`` are the page's first words."""
        usual_words, usual_names = self._usual_shares()
        words, names = self.shared(k)
        yield "words shared", words
        yield "names shared", names
        yield "fewer words shared than elsewhere", usual_words - words
        yield "fewer names shared than elsewhere", usual_names - names
        yield "small words shared", self._shared(_small_words, k)
        under = frozenset().union(*self._all(self.words_of, k + 1, k + 1 + REACH))
        over = frozenset().union(*self._all(self.words_of, max(0, k + 1 - REACH), k + 1))
        yield "what the text above is about goes on", self._found_again(max(0, k + 1 - FAR), k + 1, under)
        yield "what the text below is about was said", self._found_again(k + 1, k + 1 + FAR, over)
        for name, take in (("words", self.words_of), ("names", self._names_of)):
            yield f"hardly any of many {name} shared", self._apart(take, k)
        near = frozenset().union(*self._all(self.words_of, k + 1, k + 1 + NEAR))
        is_far = k + 1 > NEAR
        yield "the page's opening words go on", len(opening & near) / max(1, len(near)) if is_far else UNKNOWN

    def _apart(self, take: Callable[[Line], Words], k: int) -> float:
        """Return 1 where neither of two long texts says what the other says, less where they share or are short."""
        above = frozenset().union(*self._all(take, max(0, k + 1 - FAR), k + 1))
        below = frozenset().union(*self._all(take, k + 1, k + 1 + FAR))
        fewer = min(len(above), len(below))
        shared = len(above & below) / fewer if fewer else 1.0
        return min(1.0, fewer / MANY) * max(0.0, 1 - shared / SHARED)

    def differ(self, k: int) -> bool:
        """Return whether what stands above and below paragraph ``k`` may be two stories: a cheap test before all."""
        return self._shared(self.words_of, k) <= ALIKE or self._shared(self._names_of, k) <= ALIKE

    def shared(self, k: int) -> tuple[float, float]:
        """Return how much the words, and the names, above and below paragraph ``k`` are the same: cosines."""
        return self._shared(self.words_of, k), self._shared(self._names_of, k)

    def _usual_shares(self) -> tuple[float, float]:
        if self._usual is None:
            last = len(self._paragraphs) - 1
            places = sorted({last * n // SAMPLES for n in range(SAMPLES)})
            words = sum(self._shared(self.words_of, k) for k in places)
            names = sum(self._shared(self._names_of, k) for k in places)
            self._usual = words / len(places), names / len(places)
        return self._usual

    def _found_again(self, start: int, stop: int, found: Words) -> float:
        counts = Counter(word for own in self._all(self.words_of, start, stop) for word in own)
        repeated = [(-count, word) for word, count in counts.items() if count > 1]
        subjects = [word for _, word in sorted(repeated)[:SUBJECTS]]
        return sum(word in found for word in subjects) / len(subjects) if subjects else UNKNOWN

    def _shared(self, take: Callable[[Line], Words], k: int) -> float:
        """Return the cosine of the counts, in paragraphs, of what stands above and below."""
        above = Counter(word for own in self._all(take, max(0, k + 1 - REACH), k + 1) for word in own)
        below = Counter(word for own in self._all(take, k + 1, k + 1 + REACH) for word in own)
        dot = sum(count * below[word] for word, count in above.items() if word in below)
        norm = math.sqrt(sum(n * n for n in above.values()) * sum(n * n for n in below.values()))
        return dot / norm if norm else 0.0

    def _all(self, take: Callable[[Line], Words], start: int, stop: int) -> Iterator[Words]:
        for k in range(start, min(stop, len(self._paragraphs))):
            key = (take.__name__, k)
            if key not in self._cached:
                self._cached[key] = take(self._paragraphs[k])
            yield self._cached[key]

    def _names_of(self, line: Line) -> Words:
        """Return the words of a line that open with a capital or figure in mid-sentence; without capitals its words."""
        found = set()
        starts = True
        for token in line.bare.split(" "):
            bare = token.strip(_AROUND)
            if not starts and len(bare) >= 3 and (bare[0].isupper() or bare[0].isdigit()):
                found.add(bare.casefold())
            starts = token.endswith(_ENDS)
        if not found and line.bare.lower() == line.bare.upper():
            return self.words_of(line)
        return frozenset(name[:STEM] for name in found if name not in self._stopwords)


def _small_words(line: Line) -> Words:
    """Return the short words of a line, which tell its language; its characters where it has no words."""
    return frozenset(word for word in line.folded.split() if len(word) <= _SMALL) or frozenset(line.folded)
