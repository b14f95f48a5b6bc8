"""A labelled segment becomes its text, and every line or part of a line that is not in it a removal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.clean.label import Labelled
from pipeline.clean.lines import Line
from pipeline.clean.marks import Label
from pipeline.records import LineClass
from pipeline.rulebook import Rulebook
from pipeline.text import squash


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """A line, or characters ``start`` to ``end`` of it, taken out, with the label that took it."""

    line_no: int
    start: int
    end: int
    text: str
    label: Label


@dataclass(frozen=True, slots=True, kw_only=True)
class Stripped:
    """The text of a segment: paragraphs with the lines each came from, what was cut, and the mean certainty."""

    paragraphs: tuple[str, ...]
    kept_lines: tuple[int, ...]
    cuts: tuple[Cut, ...]
    confidence: float

    @property
    def text(self) -> str:
        """The paragraphs, separated by a blank line."""
        return "\n\n".join(self.paragraphs)


def strip_lines(labelled: Labelled, book: Rulebook) -> Stripped:
    """Return the segment without what is not its text. A paragraph broken over lines is joined again."""
    paragraphs: list[str] = []
    kept: list[int] = []
    cuts: list[Cut] = []
    scores: list[float] = []
    last: Line | None = None
    for line, label in zip(labelled.lines, labelled.labels, strict=True):
        if not label.line_class.kept:
            cuts.extend(Cut(line_no=no, start=0, end=len(text), text=text, label=label) for no, text in line.parts)
            continue
        text, part = _cut_part(line, book)
        cuts.extend(part)
        kept.extend(no for no, _ in line.parts)
        scores.append(label.score)
        if last is not None and _goes_on(last, line, paragraphs[-1], label):
            paragraphs[-1] = f"{paragraphs[-1]} {text}"
        else:
            paragraphs.append(text)
        last = line
    confidence = sum(scores) / len(scores) if scores else 0.0
    return Stripped(
        paragraphs=tuple(paragraphs), kept_lines=tuple(kept), cuts=tuple(cuts), confidence=round(confidence, 4)
    )


def _goes_on(above: Line, line: Line, text_above: str, label: Label) -> bool:
    """Return whether ``line`` continues the sentence of the kept line above it."""
    return (
        label.line_class is LineClass.BODY
        and line.starts_lower
        and not above.ends_stop
        and not text_above.endswith((":", ";", "：", "؛"))
        and not above.is_bullet
    )


def _cut_part(line: Line, book: Rulebook) -> tuple[str, Sequence[Cut]]:
    """Return the text of a kept line without the part a rule takes out of it, and that part."""
    hit = book.match_part(line.bare)
    if hit is None:
        return line.bare, ()
    cut = line.bare[hit.start : hit.end]
    number, raw = line.parts[-1]
    start = raw.rfind(cut)
    if start < 0 or not squash(line.bare[: hit.start] + line.bare[hit.end :]):
        return line.bare, ()
    label = Label(line_class=hit.rule.line_class, rule=hit.rule.id, evidence=hit.evidence)
    removal = Cut(line_no=number, start=start, end=start + len(cut), text=cut, label=label)
    return squash(line.bare[: hit.start] + line.bare[hit.end :]), (removal,)


def count_by_class(cuts: Sequence[Cut]) -> Iterator[tuple[str, int]]:
    """Yield (class, lines cut) in the order of the classes' names."""
    counts: dict[str, int] = {}
    for cut in cuts:
        counts[cut.label.line_class] = counts.get(cut.label.line_class, 0) + 1
    yield from sorted(counts.items())
