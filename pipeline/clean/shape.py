"""Lines that no rule knows, told by their shape and their neighbours: sub-headings, captions, standfirst, furniture."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from pipeline.clean.lines import Line
from pipeline.clean.marks import Label
from pipeline.records import LineClass
from pipeline.text import fold

MAX_SUBHEAD_SIZE = 11  # words; nine in ten labelled sub-headings without a question mark are shorter
# What may stand between a sub-heading and its text; in a running page that is the time, in a live one the writer.
_UNDER_HEADING = frozenset(
    {LineClass.ADVERT, LineClass.CAPTION, LineClass.CREDIT, LineClass.WIDGET, LineClass.BYLINE, LineClass.DATE}
)
MIN_SPACED_SHARE = 0.8  # of the paragraphs have a blank line above
MAX_KICKER_SIZE = 3  # words
_NAME = re.compile(r"[A-ZÀ-ÖØ-ÞĀ-ŽİŞĞЀ-Я](?:[a-zß-öø-ÿā-žışğа-яё'’]+|\.)(?:-[A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ]+)?")
_META = frozenset(
    {
        LineClass.BYLINE,
        LineClass.DATE,
        LineClass.SHARE,
        LineClass.READING_TIME,
        LineClass.HEADLINE_AGAIN,
        LineClass.SECTION,
        LineClass.COMMENT,
    }
)


def label_repeats(lines: Sequence[Line], labels: list[Label | None]) -> None:
    """Label captions that are said twice, in place: next to each other all copies go, apart the later ones do."""
    counts = Counter(line.folded for i, line in enumerate(lines) if labels[i] is None and line.size >= 4)
    first_seen: dict[str, int] = {}
    for i, line in enumerate(lines):
        if labels[i] is not None or counts[line.folded] < 2:
            continue
        first = first_seen.setdefault(line.folded, i)
        twin = next((j for j in (i - 1, i + 1) if 0 <= j < len(lines) and lines[j].folded == line.folded), None)
        if twin is not None:
            labels[i] = _label(LineClass.CAPTION, "caption.twice", f"same as line {lines[twin].no}", 0.9)
        elif i != first and labels[first] is not None:
            labels[i] = _label(LineClass.CAPTION, "caption.again", f"same as line {lines[first].no}", 0.9)
        elif i != first:
            labels[i] = _label(LineClass.BOILERPLATE, "line.again", f"same as line {lines[first].no}", 0.7)


def label_header(lines: Sequence[Line], labels: list[Label | None], headline: int | None, first_body: int) -> int:
    """Label the lines above the body, in place; return the index where the body begins.

    A paragraph under the headline is the standfirst if byline, date, caption or the like stand between it and the next
    paragraph; without such a mark it is the first of the body.
    """
    start = first_body
    top = headline if headline is not None else -1
    for i in range(top + 1, min(first_body + 1, len(lines))):
        if labels[i] is None and _is_standfirst(lines, labels, i):
            labels[i] = _label(
                LineClass.STANDFIRST, "shape.standfirst", "between headline and byline, date or caption", 0.7
            )
            if i == first_body:
                start = _next_unlabelled(labels, i + 1)
            break
    for i in range(min(start, len(lines))):
        line = lines[i]
        if labels[i] is not None:
            continue
        if i + 1 == top and line.size <= MAX_KICKER_SIZE and not line.is_bullet and not _in_menu(lines, i):
            labels[i] = _label(LineClass.SECTION, "shape.kicker", "short line right above the headline", 0.6)
        elif i < top:
            labels[i] = _label(LineClass.NAVIGATION, "shape.above_headline", "above the headline", 0.6)
        elif line.is_bullet and line.size >= 6:
            labels[i] = _label(LineClass.SUMMARY, "shape.summary", "list above the body", 0.6)
        elif line.is_sentence and i > top:
            continue
        elif i > top and i + 1 < len(lines) and _is_time(labels[i + 1]):
            labels[i] = _label(
                LineClass.SUBHEAD, "shape.entry_title", "title of the first entry of a running page", 0.6
            )
        elif i > top and (_is_bare_name(line) or _is_caseless_name(lines, labels, i)):
            labels[i] = _label(LineClass.BYLINE, "shape.name", "a name alone between headline and body", 0.6)
        elif line.size >= 8 and i == top + 1 and headline is not None:
            labels[i] = _label(
                LineClass.STANDFIRST, "shape.standfirst_line", "no full stop, right under the headline", 0.6
            )
        elif line.size >= 8:
            labels[i] = _label(
                LineClass.CAPTION, "shape.caption_above_body", "between headline and body, no full stop", 0.5
            )
        else:
            labels[i] = _label(LineClass.BOILERPLATE, "shape.above_body", "between headline and body", 0.6)
    return next((i for i in range(top + 1, len(lines)) if labels[i] is None), len(lines))


def _is_bare_name(line: Line) -> bool:
    """Return whether the line is two to four capitalised words, and perhaps "in" a place."""
    tokens = line.bare.partition(" in ")[0].split()
    is_place = _NAME.match(line.bare.partition(" in ")[2] or "Here") is not None
    return (
        2 <= len(tokens) <= 4
        and not line.is_bullet
        and is_place
        and all(map(_NAME.fullmatch, tokens))
        and line.size <= 6
    )


def _is_time(label: Label | None) -> bool:
    return label is not None and label.rule == "time.alone"


def _is_caseless_name(lines: Sequence[Line], labels: Sequence[Label | None], i: int) -> bool:
    """Return whether two to four words of a script without capitals stand right above the date, where names stand."""
    below = labels[i + 1] if i + 1 < len(lines) else None
    is_dated = below is not None and below.line_class is LineClass.DATE
    bare = lines[i].bare
    return is_dated and 2 <= len(bare.split()) <= 4 and bare.lower() == bare.upper() and not lines[i].ends_stop


def _in_menu(lines: Sequence[Line], i: int) -> bool:
    """Return whether two lines above are as short, without a gap: then all are a menu.

    A section that the menu has too is said again right above the headline, so it stands outside the menu.
    """
    above = lines[max(0, i - 2) : i]
    is_list = len(above) == 2 and all(line.size <= MAX_KICKER_SIZE and not line.is_bullet for line in above)
    is_close = not lines[i].blanks_before and all(not line.blanks_before for line in above[1:])
    return is_list and is_close and lines[i].folded not in {line.folded for line in lines[:i]}


def _is_standfirst(lines: Sequence[Line], labels: Sequence[Label | None], i: int) -> bool:
    """Return whether line ``i`` is followed by header matter before any other paragraph."""
    if lines[i].size < 6 or lines[i].is_bullet or lines[i].size > 80:
        return False
    seen_meta = False
    for j in range(i + 1, len(lines)):
        label = labels[j]
        if label is None and lines[j].is_paragraph:
            return seen_meta
        if label is not None and label.line_class in _META and not _is_time(label):
            seen_meta = True
        elif label is not None and label.line_class in (LineClass.RELATED, LineClass.RECOMMENDED):
            return False
    return False


def _next_unlabelled(labels: Sequence[Label | None], i: int) -> int:
    while i < len(labels) and labels[i] is not None:
        i += 1
    return i


def label_body(lines: Sequence[Line], labels: list[Label | None], start: int) -> None:
    """Label every line from ``start`` on that has no label yet, in place: body, sub-heading, caption or link."""
    open_lines = [i for i in range(start, len(lines)) if labels[i] is None]
    writers = {
        _name_in(line)
        for line, label in zip(lines, labels, strict=True)
        if label and label.line_class is LineClass.BYLINE
    }
    boxes = _boxes(lines, labels, start)
    for i in open_lines:
        if i in boxes:
            labels[i] = _label(
                LineClass.CAPTION, "shape.box", "short lines close together among spaced paragraphs", 0.6
            )
            continue
        if lines[i].folded in writers and lines[i].size >= 2:
            labels[i] = _label(LineClass.BYLINE, "byline.again", "the writer named above", 0.9)
            continue
        above = i > 0 and lines[i - 1] is not None and _is_unfinished(lines[i - 1], labels[i - 1])
        labels[i] = _shape(lines, labels, i, is_continuation=above)


def _boxes(lines: Sequence[Line], labels: Sequence[Label | None], start: int) -> set[int]:
    """Return the short lines that stand close together where paragraphs are set apart: boxes that lost their frame.

    Caption and credit, or a link's kicker and title.
    """
    paragraphs = [i for i in range(start, len(lines)) if labels[i] is None and lines[i].is_paragraph]
    spaced = sum(lines[i].blanks_before > 0 for i in paragraphs)
    if spaced < MIN_SPACED_SHARE * len(paragraphs):
        return set()
    found: set[int] = set()
    for i in range(start, len(lines) - 1):
        pair = (lines[i], lines[i + 1])
        is_open = labels[i] is None and labels[i + 1] is None and not lines[i + 1].blanks_before
        if is_open and all(one.size <= MAX_SUBHEAD_SIZE and _is_title_like(one) for one in pair):
            found.update((i, i + 1))
    return found


def _is_title_like(line: Line) -> bool:
    return not (line.is_bullet or line.ends_stop or line.bare.isdigit() or line.bare.endswith((":", "：", ";")))


def _name_in(line: Line) -> str:
    """Return the folded name a byline begins with, without its opening word and what stands behind the first comma.

    A live page prints it over every entry.
    """
    head = fold(line.bare.split(",")[0].split("|")[0])
    return head.split(" ", 1)[1] if head.startswith(("by ", "von ", "par ", "por ")) else head


def _is_unfinished(line: Line, label: Label | None) -> bool:
    return (
        label is not None and label.line_class is LineClass.BODY and not line.ends_stop and not line.bare.endswith(":")
    )


def _shape(lines: Sequence[Line], labels: Sequence[Label | None], i: int, *, is_continuation: bool) -> Label:
    line = lines[i]
    if line.is_paragraph:
        return _label(LineClass.BODY, "shape.paragraph", f"{line.size} words", 0.95)
    if is_continuation and line.starts_lower:
        return _label(LineClass.BODY, "shape.continuation", "goes on with the line above", 0.8)
    if line.bare.isdigit():
        number = int(line.bare) <= 30 and not line.is_bullet and _goes_on(lines, labels, i)
        kind = LineClass.SUBHEAD if number and _is_numbered_part(lines) else LineClass.WIDGET
        return _label(kind, "shape.number", "a number alone", 0.6)
    if line.is_bullet or line.bare.endswith((":", "：", ";")) or (line.is_sentence and not _is_question(line)):
        return _label(LineClass.BODY, "shape.sentence", "short sentence or list item", 0.8)
    if line.bare.startswith(("- ", "– ", "* ")) and line.bare.endswith((" -", " –", " *")):
        return _label(LineClass.SUBHEAD, "shape.dashed_subhead", "between dashes", 0.95)
    if i + 1 < len(lines) and lines[i + 1].starts_lower and lines[i + 1].blanks_before == 0:
        return _label(LineClass.BODY, "shape.broken_line", "the next line goes on", 0.7)
    if line.is_capitals and line.size > 8:
        return _label(LineClass.RELATED, "shape.capitals_link", "title in capitals between paragraphs", 0.6)
    if (line.size <= MAX_SUBHEAD_SIZE or _is_question(line)) and _goes_on(lines, labels, i):
        return _label(LineClass.SUBHEAD, "shape.subhead", "short line above a paragraph", 0.7)
    if line.size > MAX_SUBHEAD_SIZE:
        return _label(LineClass.CAPTION, "shape.caption", "long line without a full stop between paragraphs", 0.5)
    return _label(LineClass.BOILERPLATE, "shape.leftover", "short line with no paragraph below", 0.5)


def _is_question(line: Line) -> bool:
    return line.bare.endswith(("?", "？", "؟"))


def _goes_on(lines: Sequence[Line], labels: Sequence[Label | None], i: int) -> bool:
    """Return whether body follows below line ``i``, other headings in between allowed."""
    for j in range(i + 1, min(i + 4, len(lines))):
        label = labels[j]
        if label is None or label.line_class.kept:
            if lines[j].is_paragraph or lines[j].is_sentence or lines[j].is_bullet:
                return True
        elif label.line_class not in _UNDER_HEADING:
            return False
    return False


def _is_numbered_part(lines: Sequence[Line]) -> bool:
    """Return whether the number is one of a row 1, 2, 3 … over the page, not a counter."""
    numbers = [int(line.bare) for line in lines if line.bare.isdigit()]
    return len(numbers) >= 2 and all(b - a == 1 for a, b in pairwise(numbers))


def _label(line_class: LineClass, rule: str, evidence: str, score: float) -> Label:
    return Label(line_class=line_class, rule=rule, evidence=evidence, score=score)
