"""Blocks that a marker opens: the titles under RECOMMENDED, Read more, Tags …, and the tail of the page.

A marker in mid-article may stand over a few links or over nothing at all, and the body goes on; the same words after
the body open a list that runs to the end. So a block takes titles and never crosses a paragraph while body remains.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.clean.lines import Line, total_size
from pipeline.clean.marks import Label, Mark
from pipeline.records import LineClass

TAIL_SHARE = 0.12  # body words that may lie below a tail's marker: teasers written as sentences, comments
MAX_SUBHEAD_SIZE = 6  # words; a short line right above a paragraph is its heading, not the block's last link
# Byline, date or caption of a teaser say nothing of the story above.
_TEASER_PARTS = frozenset(
    {LineClass.BYLINE, LineClass.DATE, LineClass.SECTION, LineClass.CAPTION, LineClass.READING_TIME}
)
MAX_BOX_SIZE = 14  # words
_BOXES = frozenset(
    {LineClass.NEWSLETTER, LineClass.APPEAL, LineClass.PAYWALL, LineClass.COMMENT, LineClass.SHARE, LineClass.ADVERT}
)
_OPENS_TAIL = frozenset({LineClass.RECOMMENDED, LineClass.COMMENT, LineClass.RELATED, LineClass.TAG})


def label_blocks(lines: Sequence[Line], labels: list[Label | None], marks: Sequence[Mark | None]) -> None:
    """Label the lines that belong to a marker above them, in place. ``lines`` are one segment's."""
    body = [labels[i] is None and lines[i].is_paragraph for i in range(len(lines))]
    total = total_size(line for line, is_body in zip(lines, body, strict=True) if is_body)
    for i, mark in enumerate(marks):
        if mark is None or mark.opens is None:
            continue
        below = total_size(lines[j] for j in range(i + 1, len(lines)) if body[j])
        above = total_size(lines[j] for j in range(i) if body[j])
        in_tail = above > 0 and below <= TAIL_SHARE * total and mark.label.line_class in _OPENS_TAIL
        stop = len(lines) if in_tail else _block_end(lines, body, i, mark.opens.max_lines, is_above_body=above == 0)
        for j in range(i + 1, stop):
            label = labels[j]
            if label is None or (above and label.line_class in _TEASER_PARTS):
                what = "below" if in_tail else "under"
                evidence = f"{what} line {lines[i].no}: {lines[i].bare[:60]}"
                labels[j] = Label(line_class=mark.label.line_class, rule=mark.label.rule, evidence=evidence, score=0.85)


def label_between(lines: Sequence[Line], labels: list[Label | None]) -> None:
    """Label short lines right between two lines of one box (a newsletter's form, say), in place: they are its words."""
    for i in range(1, len(lines) - 1):
        above, below = labels[i - 1], labels[i + 1]
        is_close = not lines[i].blanks_before and not lines[i + 1].blanks_before
        if labels[i] is not None or above is None or below is None or not is_close or lines[i].size > MAX_BOX_SIZE:
            continue
        if above.line_class is below.line_class and above.line_class in _BOXES:
            evidence = f"between lines {lines[i - 1].no} and {lines[i + 1].no}"
            labels[i] = Label(line_class=above.line_class, rule="box.between", evidence=evidence, score=0.8)


def _block_end(lines: Sequence[Line], body: Sequence[bool], i: int, max_lines: int, *, is_above_body: bool) -> int:
    """Return one past the last line of the block that line ``i`` opens."""
    stop = i + 1
    taken = 0
    while stop < len(lines) and not body[stop] and taken < max_lines:
        if (
            lines[stop].is_sentence
            and not lines[stop].is_bullet
            and lines[stop].size >= 5
            and _next_is_body(body, stop)
        ):
            break  # a short sentence with body right below is body going on
        taken += 1
        stop += 1
    is_heading = (
        stop < len(lines)
        and body[stop]
        and stop - 1 > i
        and not is_above_body
        and lines[stop - 1].size <= MAX_SUBHEAD_SIZE
        and not lines[stop - 1].is_bullet
    )
    return stop - 1 if is_heading else stop


def _next_is_body(body: Sequence[bool], i: int) -> bool:
    return i + 1 < len(body) and body[i + 1]


def _goes_on(lines: Sequence[Line], i: int) -> bool:
    """Return whether the line below finishes the sentence of line ``i``."""
    return i + 1 < len(lines) and lines[i + 1].starts_lower


def label_tail(lines: Sequence[Line], labels: list[Label | None]) -> None:
    """Label what is left below the last paragraph of the body, in place; closing sentences right under it stay body."""
    paragraphs = [i for i, line in enumerate(lines) if labels[i] is None and line.is_paragraph]
    if not paragraphs:
        return
    i = paragraphs[-1] + 1
    while (
        i < len(lines) and labels[i] is None and (lines[i].is_sentence or lines[i].starts_lower or _goes_on(lines, i))
    ):
        i += 1
    for j in range(i, len(lines)):
        if labels[j] is None and not lines[j].is_bullet:
            labels[j] = Label(
                line_class=LineClass.BOILERPLATE,
                rule="shape.below_body",
                evidence="below the last paragraph",
                score=0.6,
            )
    bullets = [j for j in range(i, len(lines)) if labels[j] is None]
    if bullets and not all(lines[j].size >= 5 for j in bullets):
        for j in bullets:
            labels[j] = Label(
                line_class=LineClass.NAVIGATION, rule="shape.list_below_body", evidence="short list items", score=0.6
            )
