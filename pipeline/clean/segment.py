"""Where one article of a dump ends and the next begins.

The page is read as a whole first. Between its paragraphs of text lie gaps, and the splitter says of each how likely a
new story begins there. The likeliest is cut first, and each part is read again by itself: a story's first lines look
like teasers as long as they stand below another story.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.clean.gaps import MIN_TEXT, MIN_TITLE, Gap, find_gaps
from pipeline.clean.label import Reading
from pipeline.clean.lines import Line
from pipeline.clean.marks import Mark
from pipeline.clean.model import CLASSES
from pipeline.clean.second_look import ReadLines, look_again
from pipeline.clean.splitter import Splitter
from pipeline.records import LineClass

AGAIN = 1.0  # log odds more that it takes to cut a part again
WINDOW = 150  # lines on either side of a cut that are read again to confirm it
WIDE = 3  # blank lines that part two stories where they stand a little above a headline
MAX_HEADER = 6  # lines between such blank lines and the headline
# What may stand above a headline and belong to it; a headline said twice opens with the first.
_HEADER = frozenset({LineClass.SECTION, LineClass.READING_TIME, LineClass.DATE, LineClass.BYLINE, LineClass.HEADLINE})
_IS_HEADER = tuple(kind in _HEADER for kind in CLASSES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """The lines of one article: a slice of the dump's non-blank lines, their reading, and why it begins where it does.

    ``reading`` is that of these lines alone; None where markup has told the text already.
    """

    start: int
    stop: int
    evidence: str
    reading: Reading | None = None


def segment(
    lines: Sequence[Line],
    marks: Sequence[Mark | None],
    reading: Reading,
    splitter: Splitter,
    stopwords: Mapping[str, int],
    read: ReadLines,
) -> list[Segment]:
    """Return the segments of a dump, in order, covering all of ``lines``; one segment where nothing is glued.

    ``reading`` is that of the page. Where it is cut ``read`` reads each part by itself, and it is cut again if that
    shows another joint, or joined to the part above if hardly any text is left of it.
    """
    parts = [Segment(start=0, stop=len(lines), evidence="first line", reading=reading)]
    done: list[Segment] = []
    while parts:
        part = parts.pop(0)
        smaller = _cut(lines, marks, part, splitter, stopwords, read)
        if len(smaller) == 1:
            done.append(part)
        else:
            parts = smaller + parts
    return _with_text(lines, marks, done, read)


def whole_page(lines: Sequence[Line]) -> list[Segment]:
    """Return the one segment of a page whose markup has parted its stories already."""
    return [Segment(start=0, stop=len(lines), evidence="whole page")]


def _cut(
    lines: Sequence[Line],
    marks: Sequence[Mark | None],
    part: Segment,
    splitter: Splitter,
    stopwords: Mapping[str, int],
    read: ReadLines,
) -> list[Segment]:
    """Return the parts of a part, each read by itself; the part alone where it is one story."""
    own, own_marks = lines[part.start : part.stop], marks[part.start : part.stop]
    if part.reading is None or not own:
        return [part]
    least = splitter.least + (AGAIN if part.start or part.stop < len(lines) else 0.0)
    look = look_again(own, own_marks, part.reading, read)
    gaps = _chosen(find_gaps(own, own_marks, look, stopwords, splitter.opener, splitter.may_cut), splitter, least)
    if len(gaps) > 1:
        gaps = _confirmed(own, own_marks, look.reading, gaps, splitter, stopwords, read)
    if not gaps:
        return [part]
    rare = _rare_blanks(own)
    found = ((_start(own, own_marks, look.reading, gap, rare), splitter.why(gap)) for gap in gaps)
    # A line is one story's alone: where pieces of it are two's, both stay together.
    whole = ((start, why) for start, why in found if own[start].no != own[start - 1].parts[-1].no)
    starts = [(0, part.evidence), *whole]
    stops = [start for start, _ in starts[1:]] + [len(own)]
    return [
        Segment(
            start=part.start + start,
            stop=part.start + stop,
            evidence=why,
            reading=read(own[start:stop], own_marks[start:stop]),
        )
        for (start, why), stop in zip(starts, stops, strict=True)
    ]


def _confirmed(
    lines: Sequence[Line],
    marks: Sequence[Mark | None],
    reading: Reading,
    gaps: Sequence[Gap],
    splitter: Splitter,
    stopwords: Mapping[str, int],
    read: ReadLines,
) -> list[Gap]:
    """Return those of several gaps that are cut as well where only their two neighbours are read, in order.

    The least likely is tried first: what stands below a true joint is often misread from above it.
    """
    rare = _rare_blanks(lines)
    starts = {gap.above: _start(lines, marks, reading, gap, rare) for gap in gaps}
    left = list(gaps)
    for gap in sorted(gaps, key=lambda gap: (splitter.score(gap), gap.above)):
        place, start = left.index(gap), starts[gap.above]
        first = starts[left[place - 1].above] if place else 0
        stop = starts[left[place + 1].above] if place + 1 < len(left) else len(lines)
        rows = slice(max(first, start - WINDOW), min(stop, start + WINDOW))
        own, own_marks, at = lines[rows], marks[rows], start - max(first, start - WINDOW)
        look = look_again(own, own_marks, read(own, own_marks), read)
        again = find_gaps(own, own_marks, look, stopwords, splitter.opener, splitter.may_cut)
        if not any(one.above < at <= one.below and splitter.score(one) >= splitter.least for one in again):
            left.pop(place)
    return left


def _with_text(
    lines: Sequence[Line], marks: Sequence[Mark | None], parts: Sequence[Segment], read: ReadLines
) -> list[Segment]:
    """Return the parts with those that hold hardly any text joined to their neighbours."""
    found: list[Segment] = []
    for part in parts:
        if found and not (_has_text(lines, found[-1]) and _has_text(lines, part)):
            first = found.pop()
            rows = slice(first.start, part.stop)
            joined = read(lines[rows], marks[rows])
            found.append(Segment(start=first.start, stop=part.stop, evidence=first.evidence, reading=joined))
        else:
            found.append(part)
    return found


def _has_text(lines: Sequence[Line], part: Segment) -> bool:
    """Return whether enough words of a part are text once it is read by itself."""
    if part.reading is None:
        return True
    kept = (part.reading.kept >= 0.5).tolist()
    return (
        sum(line.size for line, is_kept in zip(lines[part.start : part.stop], kept, strict=True) if is_kept) >= MIN_TEXT
    )


def _chosen(gaps: Sequence[Gap], splitter: Splitter, least: float) -> list[Gap]:
    """Return the gaps to cut, in order: the likeliest first, none so near to another that no text lies between."""
    scored = [(splitter.score(gap), gap) for gap in gaps]
    likely = sorted((pair for pair in scored if pair[0] >= least), key=lambda pair: (-pair[0], pair[1].above))
    chosen: list[Gap] = []
    for _, gap in likely:
        if all(abs(gap.words_above - other.words_above) >= MIN_TEXT for other in chosen):
            chosen.append(gap)
    return sorted(chosen, key=lambda gap: gap.above)


def _start(lines: Sequence[Line], marks: Sequence[Mark | None], reading: Reading, gap: Gap, rare: int) -> int:
    """Return the first line of the story that begins in a gap: what stands over its headline may belong to it."""
    start = gap.opener
    widest = max(line.blanks_before for line in lines[gap.above + 1 : start + 1])
    if widest >= rare:
        near = range(start, max(gap.above, start - MAX_HEADER), -1)
        return next((i for i in near if lines[i].blanks_before >= widest), start)
    while start - 1 > gap.above and _is_header(lines[start - 1], reading, marks[start - 1], start - 1):
        start -= 1
    return start


def _rare_blanks(lines: Sequence[Line]) -> int:
    """Return how many blank lines, :data:`WIDE` or more, stand above so few lines that they part stories."""
    most = max(2, len(lines) // 50)
    widths = sorted((line.blanks_before for line in lines if line.blanks_before >= WIDE), reverse=True)
    return WIDE if len(widths) <= most else widths[most] + 1


def _is_header(line: Line, reading: Reading, mark: Mark | None, i: int) -> bool:
    if mark is not None:
        return mark.label.line_class in _HEADER
    # The last words of the story above, right over a headline, are taken for one too: they are sentences.
    return _IS_HEADER[int(reading.posteriors[i].argmax())] and not (line.is_sentence and line.size >= MIN_TITLE)
