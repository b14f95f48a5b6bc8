"""A labelled segment becomes its text, and every line or part of a line that is not in it a removal."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.clean.label import Labelled
from pipeline.clean.lines import Line
from pipeline.clean.marks import Label
from pipeline.frozen import maker, quickly_made
from pipeline.records import LineClass
from pipeline.text import fold, squash
from pipeline.words.rulebook import Rulebook

# What a reader sees in front of an item: its number, and the dash that opens what somebody says. Of a bullet there is
# nothing to read, nor of a hyphen before a few words.
_SHOWN = re.compile(r"\s*(\d{1,3}[.)]|[-–—])\s")
_HYPHEN = "-"
_UNSPACED_STOPS = ("。", "！", "？", "」", "』")


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """A line, or characters ``start`` to ``end`` of it, taken out, with the label that took it."""

    line_no: int
    start: int
    end: int
    text: str
    label: Label


_make_cut = maker(Cut)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stripped:
    """The text of a segment: paragraphs with the lines each came from, what was cut, and the mean certainty.

    ``text`` are the paragraphs, separated by a blank line, ``folded`` is ``text.fold`` of it.
    """

    paragraphs: tuple[str, ...]
    text: str
    folded: str
    kept_lines: tuple[int, ...]
    cuts: tuple[Cut, ...]
    confidence: float


def strip_lines(labelled: Labelled, book: Rulebook) -> Stripped:
    """Return the segment without what is not its text. A paragraph broken over lines is joined again."""
    paragraphs: list[str] = []
    kept: list[int] = []
    cuts: list[Cut] = []
    scores: list[float] = []
    words: list[str] = []
    last: Line | None = None
    for line, label in zip(labelled.lines, labelled.labels, strict=True):
        if not label.line_class.kept:
            cuts += [
                _make_cut(line_no=own.no, start=own.start, end=own.start + len(own.text), text=own.text, label=label)
                for own in line.parts
            ]
            continue
        text, part = _cut_part(line, book)
        cuts.extend(part)
        for own in line.parts:
            if not kept or own.no != kept[-1]:
                kept.append(own.no)
        scores.append(label.score)
        between = _between(last, line, paragraphs[-1], label) if last is not None else None
        folded = line.folded if text is line.bare else fold(text)
        if between == "":
            words[-1] += folded
        else:
            words.append(folded)
        if between is not None:
            paragraphs[-1] += between + text
        else:
            paragraphs.append(text)
        last = line
    confidence = sum(scores) / len(scores) if scores else 0.0
    return Stripped(
        paragraphs=tuple(paragraphs),
        text="\n\n".join(paragraphs),
        folded=" ".join(filter(None, words)),
        kept_lines=tuple(kept),
        cuts=tuple(cuts),
        confidence=round(confidence, 4),
    )


def _between(above: Line, line: Line, text_above: str, label: Label) -> str | None:
    """Return what stands between a kept line and the kept line above it in one paragraph; None where a new one begins.

    Pieces of one line that stand side by side are put together as they stood, but where the page surely had a line
    end, and for a stop that a sentence is glued to. (Scripts without spaces have none behind it anyway.)
    """
    if line.is_piece:
        last, first = above.parts[-1], line.parts[0]
        if last.no == first.no and last.end == first.start:
            if line.begins_line:
                return None
            if last.text[-1].isspace():
                return " "
            return None if above.ends_stop and not last.text.endswith(_UNSPACED_STOPS) else ""
    return " " if not above.ends_stop and _goes_on(above, line, text_above, label) else None


def _goes_on(above: Line, line: Line, text_above: str, label: Label) -> bool:
    """Return whether ``line`` continues the sentence of the kept line above it, which has no stop."""
    return (
        label.line_class is LineClass.BODY
        and line.starts_lower
        and not text_above.endswith((":", ";", "：", "؛"))
        and not above.is_bullet
    )


def _cut_part(line: Line, book: Rulebook) -> tuple[str, Sequence[Cut]]:
    """Return the text of a kept line without the part a rule takes out of it, and that part."""
    hit = book.match_part(line.bare)
    if hit is None:
        shown = _SHOWN.match(line.parts[0].text) if line.is_bullet else None
        if shown is None or (shown[1] == _HYPHEN and not line.ends_stop):
            return line.bare, ()
        return f"{shown[1]} {line.bare}", ()
    cut = line.bare[hit.start : hit.end]
    last = line.parts[-1]
    start = last.text.rfind(cut)
    if start < 0 or not squash(line.bare[: hit.start] + line.bare[hit.end :]):
        return line.bare, ()
    label = Label(line_class=hit.rule.line_class, rule=hit.rule.id, evidence=hit.evidence)
    start += last.start
    removal = Cut(line_no=last.no, start=start, end=start + len(cut), text=cut, label=label)
    return squash(line.bare[: hit.start] + line.bare[hit.end :]), (removal,)
