"""Which line of a gap a story would begin with, if one began there: its headline, or what stands in its place."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pipeline.clean.lines import Line
from pipeline.clean.marks import Mark
from pipeline.clean.model import CLASSES, Floats
from pipeline.clean.topics import Topics, Vocabulary, Words
from pipeline.records import LineClass

OPENER_SIGNS = (
    "no rule names it",
    "date, byline or section itself",
    "reads as a paragraph",
    "a list item",
    "a mark-up heading",
    "said again below",
    "said above",
    "its words stand below",
    "its words stand above",
    "its words are new below",
    "a word or two",
    "as long as titles are",
    "longer than titles are",
    "ends in a stop",
    "right above a paragraph",
    "right below a paragraph",
    "share of the gap's paragraphs above",
    "words shared across it",
    "names shared across it",
    "date, byline or section below",
    "end matter below",
    "blank line above",
    "blank lines above",
    "blank line below",
    "headline",
    "recommended",
    "text",
)
REPEAT_REACH = 8  # lines; in the second seed the headline stands again five lines below
FAR = 40  # lines above that a title is looked for in
NEAR = 3  # paragraphs on either side whose words a title is held against; lines below that a date may stand in
_TITLE_SIZES = range(4, 20)  # words
_STAMPS = frozenset({LineClass.DATE, LineClass.BYLINE, LineClass.READING_TIME, LineClass.SECTION})
_ENDS = frozenset(
    {
        LineClass.SOURCE,
        LineClass.COPYRIGHT,
        LineClass.TAG,
        LineClass.BIO,
        LineClass.NEWSLETTER,
        LineClass.APPEAL,
        LineClass.COMMENT,
        LineClass.PAYWALL,
        LineClass.NAVIGATION,
        LineClass.RECOMMENDED,
        LineClass.RELATED,
    }
)
_HEADLINE = CLASSES.index(LineClass.HEADLINE)
_RECOMMENDED = CLASSES.index(LineClass.RECOMMENDED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Openers:
    """The lines of a page, and what says of each whether it opens a story.

    ``kept`` are the sums of the posteriors of the classes that are kept. ``prose`` are the indices of the lines that
    have a paragraph's shape, whatever the line model says of them: what it takes for teasers may be the first lines of
    a story. ``topics`` are those of these lines.
    """

    lines: Sequence[Line]
    marks: Sequence[Mark | None]
    posteriors: Floats
    kept: Sequence[float]
    prose: Sequence[int]
    topics: Topics
    vocabulary: Vocabulary
    _near: dict[tuple[int, int], Words] = field(default_factory=dict, init=False, repr=False, compare=False)

    def words(self, i: int) -> Words:
        """Return the words of line ``i``."""
        return self.vocabulary.words(self.lines[i])

    def above(self, i: int) -> Words:
        """Return the words of the nearest paragraphs above line ``i``."""
        end = bisect_left(self.prose, i)
        return self._words_of(max(0, end - NEAR), end)

    def below(self, i: int) -> Words:
        """Return the words of the nearest paragraphs from line ``i`` on."""
        start = bisect_left(self.prose, i)
        return self._words_of(start, start + NEAR)

    def _words_of(self, start: int, stop: int) -> Words:
        """Return the words of some paragraphs, put together once: all lines of a gap are held against the same."""
        found = self._near.get((start, stop))
        if found is None:
            found = self._near[start, stop] = frozenset().union(*map(self.words, self.prose[start:stop]))
        return found

    def found(self, i: int) -> tuple[float, float]:
        """Return the shares of a line's words that the paragraphs below it and those above it hold."""
        own = self.words(i)
        if not own:
            return 0.0, 0.0
        return len(own & self.below(i + 1)) / len(own), len(own & self.above(i)) / len(own)

    def is_said_again(self, i: int, last: int) -> bool:
        """Return whether a line stands again a little below; next to itself it is a caption said twice."""
        text = self.lines[i].folded
        later = self.lines[i + 2 : min(last, i + 1 + REPEAT_REACH)]
        return self.lines[i].size >= 4 and any(line.folded == text for line in later)

    def is_title(self, i: int) -> bool:
        """Return whether a line may be a title: no rule names it, and it has not the shape of a paragraph."""
        return self.marks[i] is None and not self.lines[i].is_paragraph

    def signs(self, i: int, first: int, last: int) -> tuple[float, ...]:
        """Return a value for each of :data:`OPENER_SIGNS` for a line of the gap from ``first`` to ``last``."""
        told = dict(self._shape(i))
        told |= self._place(i, first, last)
        in_below, in_above = self.found(i)
        told["its words stand below"] = in_below
        told["its words stand above"] = in_above
        told["its words are new below"] = max(0.0, in_below - in_above)
        told["headline"] = self.posteriors[i, _HEADLINE]
        told["recommended"] = self.posteriors[i, _RECOMMENDED]
        told["text"] = self.kept[i]
        return tuple(float(told[name]) for name in OPENER_SIGNS)

    def _shape(self, i: int) -> Iterator[tuple[str, float]]:
        line, mark = self.lines[i], self.marks[i]
        yield "no rule names it", mark is None
        yield "date, byline or section itself", _is(mark, _STAMPS)
        yield "reads as a paragraph", mark is None and line.is_paragraph
        yield "a list item", line.is_bullet
        yield "a mark-up heading", line.text.lstrip().startswith("#")
        yield "a word or two", line.size < 3
        yield "as long as titles are", line.size in _TITLE_SIZES
        yield "longer than titles are", line.size >= _TITLE_SIZES.stop
        yield "ends in a stop", line.ends_stop

    def _place(self, i: int, first: int, last: int) -> Iterator[tuple[str, float]]:
        lines, marks = self.lines, self.marks
        text, above = lines[i].folded, lines[max(first, i - FAR) : i]
        yield "said again below", self.is_said_again(i, last)
        yield "said above", lines[i].size >= 4 and any(line.folded == text for line in above)
        place = bisect_left(self.prose, i)
        start, stop = bisect_left(self.prose, first), bisect_left(self.prose, last)
        yield "right above a paragraph", place < len(self.prose) and self.prose[place] == i + 1
        yield "right below a paragraph", place > 0 and self.prose[place - 1] == i - 1
        yield "share of the gap's paragraphs above", (place - start) / max(1, stop - start)
        under = marks[i + 1 : min(last, i + NEAR) + 1]
        # Where no paragraph stands in the gap all its lines are alike in this.
        words, names = self.topics.shared(place - 1) if start < stop and 0 < place < len(self.prose) else (0.0, 0.0)
        yield "words shared across it", words
        yield "names shared across it", names
        yield "date, byline or section below", any(_is(mark, _STAMPS) for mark in under)
        yield "end matter below", any(_is(mark, _ENDS) for mark in under)
        yield "blank line above", lines[i].blanks_before > 0
        yield "blank lines above", lines[i].blanks_before > 1
        yield "blank line below", i < last and lines[i + 1].blanks_before > 0


def _is(mark: Mark | None, kinds: frozenset[LineClass]) -> bool:
    return mark is not None and mark.label.line_class in kinds
