"""Every line of a segment gets its class: rules first, then the headline and what repeats it, blocks, and shape."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.clean.blocks import label_between, label_blocks, label_tail
from pipeline.clean.headline import find_headline, headline_again
from pipeline.clean.lines import Line
from pipeline.clean.marks import Label, Mark
from pipeline.clean.shape import label_body, label_header, label_repeats
from pipeline.clean.zone import label_outside
from pipeline.records import LineClass

# What these rules name stands above the body; inside it the same short words are sub-headings (Football, Music).
_HEADER_ONLY = frozenset({"section.words"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """A segment's lines with a label each, and the index of its headline line (None where it shows none)."""

    lines: tuple[Line, ...]
    labels: tuple[Label, ...]
    headline: int | None


def label_segment(lines: Sequence[Line], marks: Sequence[Mark | None], title: str | None = None) -> Labelled:
    """Return the segment's lines labelled; ``title`` is the page's own title, folded, where one was given."""
    first_body = _first_body(lines, marks)
    labels: list[Label | None] = [
        None if mark is None or (i > first_body and mark.label.rule in _HEADER_ONLY) else mark.label
        for i, mark in enumerate(marks)
    ]
    headline = find_headline(lines, labels, _header_end(lines, first_body), title)
    if headline is not None:
        labels[headline] = Label(
            line_class=LineClass.HEADLINE, rule="headline.choice", evidence="best title above the body"
        )
        for i, label in headline_again(lines, lines[headline], headline).items():
            labels[i] = label
    label_repeats(lines, labels)
    label_between(lines, labels)
    label_blocks(lines, labels, marks)
    label_outside(lines, labels)
    label_tail(lines, labels)
    body_start = label_header(lines, labels, headline, _first_body_left(lines, labels))
    label_body(lines, labels, body_start)
    done = tuple(label if label is not None else _left_over(i) for i, label in enumerate(labels))
    return Labelled(lines=tuple(lines), labels=done, headline=headline)


def label_content(
    lines: Sequence[Line],
    marks: Sequence[Mark | None],
    content: Mapping[int, Label],
    title: str | None = None,
    standfirst: str | None = None,
) -> Labelled:
    """Return the lines of a page whose markup has been read: what the extractor took is body unless a rule objects.

    ``content`` has the label of each line, by number, that the extractor took; the marks of all others are fixed. Shape
    says nothing here: markup has told headings from links and boxes from text better than shape can.
    """
    labels: list[Label | None] = [None if mark is None else mark.label for mark in marks]
    first_body = _first_body(lines, marks)
    label_repeats(lines, labels)
    headline = _titled(lines, title)
    if headline is None:
        headline = find_headline(lines, labels, first_body, title)
    if headline is not None:
        evidence = "the page's own title" if title else "best title above the body"
        labels[headline] = Label(line_class=LineClass.HEADLINE, rule="headline.choice", evidence=evidence)
        for i, label in headline_again(lines, lines[headline], headline).items():
            if lines[i].no in content:
                labels[i] = label
    first = next((i for i, line in enumerate(lines) if standfirst and line.folded == standfirst), None)
    if first is not None and labels[first] is None:
        evidence = "the page's own description"
        labels[first] = Label(line_class=LineClass.STANDFIRST, rule="html.description", evidence=evidence)
    done = tuple(
        label if label is not None else content.get(line.no, _left_over(i))
        for i, (line, label) in enumerate(zip(lines, labels, strict=True))
    )
    return Labelled(lines=tuple(lines), labels=done, headline=headline)


def _titled(lines: Sequence[Line], title: str | None) -> int | None:
    """Return the first line that says just what the page's title says, wherever the extractor put it."""
    return next((i for i, line in enumerate(lines) if title and line.folded == title), None)


def _left_over(i: int) -> Label:
    return Label(line_class=LineClass.BOILERPLATE, rule="shape.leftover", evidence=f"line {i} fits nowhere", score=0.5)


def _first_body(lines: Sequence[Line], marks: Sequence[Mark | None]) -> int:
    """Return the index of the first line that reads as a paragraph and no rule names, or the number of lines."""
    return next((i for i, line in enumerate(lines) if marks[i] is None and line.is_paragraph), len(lines))


def _first_body_left(lines: Sequence[Line], labels: Sequence[Label | None]) -> int:
    return next((i for i, line in enumerate(lines) if labels[i] is None and line.is_paragraph), len(lines))


def _header_end(lines: Sequence[Line], first_body: int) -> int:
    """Return where to stop looking for the headline: a long title may itself read as a paragraph when it is quoted."""
    return min(len(lines), first_body + 1 if first_body < len(lines) and lines[first_body].size <= 30 else first_body)
