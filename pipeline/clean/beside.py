"""What the texts above and below a gap look like, and whether the page's own head or tail stands in the gap again.

Comments, digests and teasers have a date, a name or a title above every paragraph, a notice at a page's foot has short
ones; where pages of one site are joined, the lines around one text come again around the next.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

from pipeline.clean.lines import Line
from pipeline.clean.marks import Mark
from pipeline.clean.model import Bools, Floats
from pipeline.clean.teasers import is_told
from pipeline.clean.topics import REACH
from pipeline.records import LineClass

BESIDE_SIGNS = (
    "lines of the page's head again",
    "rules of the page's head again",
    "the page's head again, line by line",
    "lines of the page's tail again",
    "dates or bylines in the text below",
    "other lines in the text above",
    "other lines in the text below",
    "long paragraphs below",
    "long paragraphs right below",
    "words of the paragraph above",
    "words of the paragraph below",
    "doubt about the text above",
    "comments below",
    "prose in the gap",
    "dates or bylines in the gap",
    "lines that rules name in the gap",
    "very many lines",
    "much text above",
    "much text below",
    "few lines below",
    "share of the page's text above",
)
_EDGE = 8  # lines that are a page's head or tail
_NEAR = 2  # paragraphs
_LONG = 25  # words of a paragraph that is no teaser
_DIGITS = re.compile(r"\d+")
_STAMPS = frozenset({LineClass.DATE, LineClass.BYLINE})
_STAMPED = _STAMPS | {LineClass.READING_TIME}


@dataclass(frozen=True, kw_only=True)
class Beside:
    """A page's lines, with how likely each is a date or byline (``stamps``) and a comment, for the signs of its gaps.

    ``paragraphs`` are the indices of those of text, ``sums`` the words above each of them.
    """

    lines: Sequence[Line]
    marks: Sequence[Mark | None]
    stamps: Floats
    comments: Floats
    kept: Floats
    paragraphs: Sequence[int]
    sums: Sequence[int]

    def signs(self, k: int) -> Iterator[tuple[str, float]]:
        """Yield a value for each of :data:`BESIDE_SIGNS` of the gap below paragraph ``k``."""
        above, below = self.paragraphs[k], self.paragraphs[k + 1]
        yield from self._again(range(above + 1, below))
        yield from self._texts(self.paragraphs[max(0, k + 1 - REACH) : k + 1], self.paragraphs[k + 1 : k + 1 + REACH])
        yield from self._inside(range(above + 1, below))
        yield "much text above", min(1.0, self.sums[k + 1] / 1_000)
        yield "much text below", min(1.0, (self.sums[-1] - self.sums[k + 1]) / 1_000)
        yield "few lines below", max(0.0, 1 - (len(self.lines) - below) / 100)
        yield "share of the page's text above", self.sums[k + 1] / self.sums[-1]

    def _again(self, gap: range) -> Iterator[tuple[str, float]]:
        head, tail = self._head, self._tail
        under, over = gap[-_EDGE:], gap[:_EDGE]
        yield "lines of the page's head again", _shared(self._shapes(head), self._shapes(under))
        here, there = self._rules(under), self._rules(head)
        yield "rules of the page's head again", len(here & there) / max(1, len(here | there))
        alike = sum(self._is_alike(i, j) for i, j in zip(reversed(head), reversed(under), strict=False))
        yield "the page's head again, line by line", alike / _EDGE
        yield "lines of the page's tail again", _shared(self._shapes(tail), self._shapes(over))

    def _texts(self, over: Sequence[int], under: Sequence[int]) -> Iterator[tuple[str, float]]:
        stamped = sum(self._is_stamped(range(i + 1, j)) for i, j in pairwise(under))
        yield "dates or bylines in the text below", stamped / max(1, len(under) - 1)
        for name, near in (("above", over), ("below", under)):
            others = (near[-1] - near[0] + 1 - len(near)) / max(1, len(near) - 1)
            yield f"other lines in the text {name}", min(1.0, others / 4)
        yield "long paragraphs below", self._long(under)
        yield "long paragraphs right below", self._long(under[:_NEAR])
        yield "words of the paragraph above", min(1.0, self.lines[over[-1]].size / 60)
        yield "words of the paragraph below", min(1.0, self.lines[under[0]].size / 60)
        yield "doubt about the text above", 1 - float(self.kept[over].mean())
        yield "comments below", float(self.comments[under[0] : under[-1] + 1].max())

    def _inside(self, gap: range) -> Iterator[tuple[str, float]]:
        bare = [self.lines[i] for i in gap if self.marks[i] is None]
        yield "prose in the gap", min(1.0, sum(line.is_paragraph for line in bare) / 5)
        stamps = sum(mark is not None and mark.label.line_class in _STAMPS for mark in self.marks[gap.start : gap.stop])
        yield "dates or bylines in the gap", min(1.0, stamps / 5)
        yield "lines that rules name in the gap", (len(gap) - len(bare)) / max(1, len(gap))
        yield "very many lines", min(1.0, len(gap) / 40)

    @cached_property
    def _head(self) -> range:
        return range(self.paragraphs[0])[-_EDGE:]

    @cached_property
    def _tail(self) -> range:
        return range(self.paragraphs[-1] + 1, len(self.lines))[:_EDGE]

    @cached_property
    def _stamped(self) -> Bools:
        named = [mark is not None and mark.label.line_class in _STAMPED for mark in self.marks]
        stamped: Bools = (self.stamps > 0.5) | np.array(named, np.bool_)
        return stamped

    def _is_stamped(self, rows: range) -> bool:
        return bool(self._stamped[rows.start : rows.stop].any())

    def _long(self, paragraphs: Sequence[int]) -> float:
        sizes = (self.lines[i].size for i in paragraphs if self.lines[i].size >= _LONG and is_told(self.lines[i]))
        return min(1.0, sum(sizes) / 300)

    def _shapes(self, rows: range) -> frozenset[str]:
        """Return what some lines say, all figures alike."""
        return frozenset(_DIGITS.sub("0", self.lines[i].folded) for i in rows)

    def _rules(self, rows: range) -> frozenset[str]:
        return frozenset(mark.label.rule for i in rows if (mark := self.marks[i]) is not None)

    def _is_alike(self, i: int, j: int) -> bool:
        """Return whether one rule names two lines, or none and they are about as long."""
        one, other = self.marks[i], self.marks[j]
        if one is None or other is None:
            return one is other and abs(self.lines[i].size - self.lines[j].size) <= 2
        return one.label.rule == other.label.rule


def _shared(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / max(1, min(len(one), len(other)))
