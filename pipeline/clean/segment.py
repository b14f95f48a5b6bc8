"""Where one article of a dump ends and the next begins.

A cut needs two things: body text on both sides, and signs between them that a new story is introduced. Each sign has a
weight; together they must reach :data:`MIN_SIGNS`. Sub-headings, mid-article boxes and live-blog entries show one weak
sign at most, infinite-scroll joints two strong ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.clean.lines import Line
from pipeline.clean.marks import Mark
from pipeline.clean.zone import body_zone, worth
from pipeline.records import LineClass

REPEAT_REACH = 8  # lines; in the second seed the headline stands again five lines below
MIN_BODY_SIZE = 80  # words of body on either side of a cut, less what furniture in between takes off; see zone.py
MIN_SIGNS = 3.0
MIN_NEW_SHARE = 0.4  # share of a headline's long words that the story below it takes up
RARE_BLANKS = 3  # blank lines that part two stories where the page's own gaps are smaller

_TOOLS = frozenset({LineClass.READING_TIME, LineClass.SHARE, LineClass.WIDGET, LineClass.CAPTION})
_TAIL = frozenset(
    {
        LineClass.RECOMMENDED,
        LineClass.COMMENT,
        LineClass.COPYRIGHT,
        LineClass.TAG,
        LineClass.NEWSLETTER,
        LineClass.SOURCE,
        LineClass.BIO,
        LineClass.NAVIGATION,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """The lines of one article: a slice of the dump's non-blank lines, and the sign that opened it."""

    start: int
    stop: int
    evidence: str


def segment(lines: Sequence[Line], marks: Sequence[Mark | None]) -> list[Segment]:
    """Return the segments of a dump, in order, covering all of ``lines``; one segment where nothing is glued."""
    if not lines:
        return []
    paragraphs = [i for i, line in enumerate(lines) if marks[i] is None and line.is_paragraph]
    worths = [worth(line, None if mark is None else mark.label) for line, mark in zip(lines, marks, strict=True)]
    cuts = [(0, "first line")]
    for before, after in pairwise(paragraphs):
        found = _cut_between(lines, marks, before, after)
        if found is not None and _has_body(worths, cuts[-1][0], found[0]):
            cuts.append(found)
    while len(cuts) > 1 and not _has_body(worths, cuts[-1][0], len(lines)):
        cuts.pop()
    ends = [start for start, _ in cuts[1:]] + [len(lines)]
    return [Segment(start=start, stop=end, evidence=why) for (start, why), end in zip(cuts, ends, strict=True)]


def whole_page(lines: Sequence[Line]) -> list[Segment]:
    """Return the one segment of a page whose markup has parted its stories already."""
    return [Segment(start=0, stop=len(lines), evidence="whole page")]


def _has_body(worths: Sequence[float], start: int, stop: int) -> bool:
    first, last = body_zone(worths[start:stop])
    return sum(worths[start + first : start + last]) >= MIN_BODY_SIZE


def _cut_between(
    lines: Sequence[Line], marks: Sequence[Mark | None], before: int, after: int
) -> tuple[int, str] | None:
    """Return (line, evidence) of the best cut in the gap between two paragraphs, or None."""
    best: tuple[float, int, str] | None = None
    for i in range(before + 1, after):
        line = lines[i]
        if marks[i] is not None or (line.ends_stop and not line.bare.endswith(("?", "!"))) or not 3 <= line.size <= 30:
            continue
        signs, seen = _signs(lines, marks, before, i, after)
        if signs >= MIN_SIGNS and (best is None or signs > best[0]):
            best = (signs, i, seen)
    if best is None:
        return None
    return _include_header(lines, marks, before, best[1]), best[2]


def _signs(lines: Sequence[Line], marks: Sequence[Mark | None], before: int, i: int, after: int) -> tuple[float, str]:
    """Return the summed weight of the signs that line ``i`` is the headline of a new story, and their names."""
    below = range(i + 1, min(after, i + 1 + REPEAT_REACH))
    classes_below = {mark.label.line_class for j in below if (mark := marks[j]) is not None}
    classes_above = {mark.label.line_class for j in range(before + 1, i) if (mark := marks[j]) is not None}
    # Next to itself a line is a caption said twice, so only a later copy counts.
    is_repeated = any(lines[j].folded == lines[i].folded for j in below[1:])
    signs = [
        (2.5 if lines[i].size >= 4 else 1.0, "said again below", is_repeated),
        (1.5, "date below", LineClass.DATE in classes_below),
        (1.0, "byline below", LineClass.BYLINE in classes_below),
        (0.5, "page tools or caption below", bool(classes_below & _TOOLS)),
        (1.0, "end matter above", bool(classes_above & _TAIL)),
        (0.5, "section above", LineClass.SECTION in classes_above),
        (1.5, "wide gap above", _has_rare_gap(lines, before, i)),
        (1.0, "its words are new below", _is_new_below(lines, before, i, after)),
    ]
    seen = [(weight, name) for weight, name, holds in signs if holds]
    return sum(weight for weight, _ in seen), ", ".join(name for _, name in seen)


def _has_rare_gap(lines: Sequence[Line], before: int, i: int) -> bool:
    widest = max(line.blanks_before for line in lines[before + 1 : i + 1])
    return widest >= RARE_BLANKS and sum(line.blanks_before >= widest for line in lines) <= max(2, len(lines) // 50)


def _is_new_below(lines: Sequence[Line], before: int, i: int, after: int) -> bool:
    """Return whether the line's long words turn up in the two paragraphs below, and not in the two above."""
    own = {token for token in lines[i].folded.split() if len(token) > 3}
    if len(own) < 2:
        return False
    above = set(" ".join(line.folded for line in lines[max(0, before - 1) : before + 1]).split())
    below = set(" ".join(line.folded for line in lines[after : after + 2]).split())
    return len(own & below) >= MIN_NEW_SHARE * len(own) and len(own & above) < MIN_NEW_SHARE * len(own) / 2


def _include_header(lines: Sequence[Line], marks: Sequence[Mark | None], before: int, i: int) -> int:
    """Return the first line of the new story's header: section, date and reading time may stand over its headline."""
    start = i
    while start - 1 > before:
        if _has_rare_gap(lines, start - 1, start):
            break
        mark = marks[start - 1]
        if mark is None or mark.label.line_class not in (LineClass.SECTION, LineClass.READING_TIME, LineClass.DATE):
            break
        start -= 1
    return start
