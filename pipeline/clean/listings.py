"""What only lists other pages: beginnings of stories one below the other, dated titles, and tags by their letters."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from pipeline.clean.dated_titles import dated_lists
from pipeline.clean.lines import Line
from pipeline.clean.marks import Label, Mark
from pipeline.records import LineClass

# On 193 labelled pages in four forms no line of such a run is of the text; of shorter lines those of a writer are who
# likes to end in dots.
_MIN_EXCERPT = 12  # words
_MIN_EXCERPTS = 3
_MIN_PROSE = 50  # words of paragraphs that are not cut off: a writer may end all of a text's in dots
_MIN_PROSE_BESIDE_GLUED = 100  # words; steps of a recipe have titles too
_NEAR = 5  # lines from one to the next
_CUT = ("…", "...", "[…]", "[...]")
# Where a title has run into the sentence below it ("Bridge Shuts For A YearThe town will …"). The capital is asked for
# first: looking behind every sign costs three times as much.
_SEAM = re.compile(r"[A-ZÀ-ÖØ-Þ](?<=[a-zà-öø-ÿ0-9’'”?!%)].)")
# More words, or fewer such lines, are a story's own sub-heads glued to their paragraphs.
_MAX_GLUED, _MIN_GLUED = 60, 4
_TITLE_CHARS = range(12, 141)
_MIN_SENTENCE = 4  # words below a title
_SHORT_WORD, _MIN_LONG = 3, 2  # letters of words that may be small in a title; longer words that it has
_MIN_CAPITALS = 0.7  # of a title's longer words: capitals inside a brand stand behind words in small letters
# What a list of dated titles names anew: the dates and names of other stories.
_OF_A_TITLE = frozenset({LineClass.DATE, LineClass.BYLINE})
_MIN_TAGS = 20  # words
_IN_ORDER = 0.85  # of the words; of 20 words of a text half stand in the order of letters
_PUNCTUATION = re.compile(r"[.!?:;,()\"“”]")


def mark_listings(lines: Sequence[Line], marks: Sequence[Mark | None]) -> list[Mark | None]:
    """Return the marks with those of lists of other stories, their dates among them, and of clouds of tags."""
    found = [*marks]
    for titles, count in dated_lists(lines, marks):
        label = Label(line_class=LineClass.RELATED, rule="related.dated", evidence=f"one of {count} titles with a date")
        for i in titles:
            mark = marks[i]
            if mark is None or mark.label.line_class in _OF_A_TITLE:
                found[i] = Mark(label=label)
    for run in _cut_off(lines, found):
        first = run[0] - 1 if run[0] and not lines[run[0] - 1].ends_stop else run[0]
        _fill(found, range(first, run[-1] + 1), f"one of {len(run)} beginnings of stories")
    for run in _glued(lines, found):
        _fill(found, range(run[0], run[-1] + 1), f"one of {len(run)} titles glued to a sentence")
    for i, line in enumerate(lines):
        if found[i] is None and line.size >= _MIN_TAGS and _is_cloud(line):
            label = Label(line_class=LineClass.TAG, rule="tag.cloud", evidence="words in the order of letters")
            found[i] = Mark(label=label)
    return found


def _fill(found: list[Mark | None], where: Sequence[int], evidence: str) -> None:
    """Mark, in place, the lines of a list that nothing else has named."""
    for i in where:
        if found[i] is None:
            found[i] = Mark(label=Label(line_class=LineClass.RELATED, rule="related.excerpts", evidence=evidence))


def _cut_off(lines: Sequence[Line], marks: Sequence[Mark | None]) -> list[list[int]]:
    """Return the indices of cut-off lines, in runs of several near each other, with titles or a text beside them."""
    ends = [line.bare.endswith(_CUT) for line in lines]
    if sum(ends) < _MIN_EXCERPTS:
        return []
    runs = _runs(lines, marks, [is_cut and line.size >= _MIN_EXCERPT for line, is_cut in zip(lines, ends, strict=True)])
    prose = _prose(lines, marks, ends) if runs else 0
    return [run for run in runs if prose >= _MIN_PROSE or 2 * _titles(lines, run) >= len(run) - 1]


def _glued(lines: Sequence[Line], marks: Sequence[Mark | None]) -> list[list[int]]:
    """Return the indices of sentences with a title glued to their head, in runs of several near each other."""
    free = [
        line if mark is None and line.is_paragraph and not line.is_piece and line.size <= _MAX_GLUED else None
        for line, mark in zip(lines, marks, strict=True)
    ]
    heads = "\n".join([line.bare[: _TITLE_CHARS.stop] for line in free if line is not None])
    if len(_SEAM.findall(heads)) < _MIN_GLUED:
        return []  # as on most pages: one look at all of them costs half of one at each
    seams = [_seam(line) if line else None for line in free]
    often = Counter(seams)
    is_glued = [seam is not None and often[seam] == 1 for seam in seams]
    runs = _runs(lines, marks, is_glued)
    if runs and _prose(lines, marks, is_glued) < _MIN_PROSE_BESIDE_GLUED:
        return []
    return [run for run in runs if len(run) >= max(_MIN_GLUED, (run[-1] - run[0] + 1) / 2)]


def _seam(line: Line) -> str | None:
    """Return the two words that a title and the sentence below it make one of; None where the line is no such pair.

    The same word in two lines is a name with a capital inside.
    """
    for found in _SEAM.finditer(line.bare, _TITLE_CHARS.start, _TITLE_CHARS.stop):
        title, sentence = line.bare[: found.start()].split(), line.bare[found.start() :].split()
        long = [word for word in title if len(word) > _SHORT_WORD]
        capitals = sum(not word[0].islower() for word in long)
        is_name = title[-1] in title[:-1]  # Jo Bell Joanna Quill BellMill burns: the full name behind the printed one
        if len(sentence) < _MIN_SENTENCE or len(long) < _MIN_LONG or is_name:
            continue
        if capitals >= _MIN_CAPITALS * len(long):
            return title[-1] + sentence[0]
    return None


def _runs(lines: Sequence[Line], marks: Sequence[Mark | None], is_item: Sequence[bool]) -> list[list[int]]:
    """Return the indices of unmarked items in runs of several that follow each other without a paragraph between."""
    runs: list[list[int]] = []
    for i, item in enumerate(is_item):
        if not item or marks[i] is not None:
            continue
        between = range(runs[-1][-1] + 1, i) if runs else range(0)
        if runs and len(between) < _NEAR and not any(marks[j] is None and lines[j].is_paragraph for j in between):
            runs[-1].append(i)
        else:
            runs.append([i])
    return [run for run in runs if len(run) >= _MIN_EXCERPTS]


def _prose(lines: Sequence[Line], marks: Sequence[Mark | None], is_item: Sequence[bool]) -> int:
    """Return the words of unmarked paragraphs that are no items of a list."""
    rows = zip(lines, marks, is_item, strict=True)
    return sum(line.size for line, mark, item in rows if mark is None and line.is_paragraph and not item)


def _titles(lines: Sequence[Line], run: Sequence[int]) -> int:
    """Return how many of a run's lines have a title between them and the one above; a writer's own dots have none."""
    return sum(any(not lines[i].ends_stop for i in range(above + 1, below)) for above, below in pairwise(run))


def _is_cloud(line: Line) -> bool:
    """Return whether the words of a line without punctuation stand in the order of letters."""
    if line.ends_stop or _PUNCTUATION.search(line.bare):
        return False
    words = line.words
    ordered = sum(first[0] <= second[0] for first, second in pairwise(words))
    return len(words) >= _MIN_TAGS and ordered >= _IN_ORDER * (len(words) - 1) and words[0][0] != words[-1][0]
