"""Between headline and text: names that stand alone there, and the place a standfirst must have."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from pipeline.clean.lines import Line
from pipeline.clean.marks import Label
from pipeline.records import LineClass

_NAME = re.compile(r"[A-ZÀ-ÖØ-ÞĀ-ŽİŞĞЀ-Я](?:[a-zß-öø-ÿā-žışğа-яё'’]+|\.)(?:-[A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ]+)?")
_MAX_NAME_SIZE = 6  # words
_MIN_STANDFIRST_SIZE = 6  # words
_MIN_STANDFIRST_LINE = 8  # words of one without a full stop
MAX_KICKER_SIZE = 3  # words
_STAMPS = frozenset({LineClass.BYLINE, LineClass.DATE, LineClass.READING_TIME})
_NO_NAME = _STAMPS | {LineClass.SECTION}
_MAY_STAND = frozenset(
    {
        LineClass.NAVIGATION,
        LineClass.PAYWALL,
        LineClass.RECOMMENDED,
        LineClass.RELATED,
        LineClass.SUMMARY,
        LineClass.WIDGET,
    }
)


def label_header(lines: Sequence[Line], labels: list[Label], headline: int | None, *, rule: str) -> None:
    """Mend the labels of ``rule`` that take a line out between headline and text, in place.

    A bare name is a byline; a standfirst stands nowhere else; a short line is a section right above the headline only.
    """
    top = headline if headline is not None else -1
    body = next((i for i in range(top + 1, len(labels)) if labels[i].line_class.kept), len(labels))
    for i, label in enumerate(labels):
        if label.rule != rule or label.line_class.kept or i == headline:
            continue
        if top < i < body:
            labels[i] = _below_headline(lines, labels, i, top)
        else:
            labels[i] = _elsewhere(lines, label, i, top)


def _below_headline(lines: Sequence[Line], labels: Sequence[Label], i: int, top: int) -> Label:
    label, line = labels[i], lines[i]
    if label.line_class not in _NO_NAME and (_is_bare_name(line) or _is_caseless_name(lines, labels, i)):
        evidence = "a name alone between headline and text"
        return Label(line_class=LineClass.BYLINE, rule="header.name", evidence=evidence, score=label.score)
    may_stand = label.line_class in _MAY_STAND or (label.line_class is LineClass.CAPTION and _is_stamped(labels, i))
    if 0 <= top == i - 1 and line.size >= _MIN_STANDFIRST_LINE and may_stand:
        evidence = "right under the headline"
        return Label(line_class=LineClass.STANDFIRST, rule="header.standfirst", evidence=evidence, score=label.score)
    if label.line_class is LineClass.STANDFIRST and line.size < _MIN_STANDFIRST_SIZE:
        return replace(label, line_class=LineClass.BOILERPLATE)
    return label


def _is_stamped(labels: Sequence[Label], i: int) -> bool:
    """Return whether byline or date stand right below; below a caption stands its credit or the text."""
    return i + 1 < len(labels) and labels[i + 1].line_class in _STAMPS


def _elsewhere(lines: Sequence[Line], label: Label, i: int, top: int) -> Label:
    is_kicker = i + 1 == top and lines[i].size <= MAX_KICKER_SIZE and not lines[i].is_bullet and not _in_menu(lines, i)
    if is_kicker and label.line_class not in _NO_NAME:
        evidence = "short line right above the headline"
        return Label(line_class=LineClass.SECTION, rule="header.kicker", evidence=evidence, score=label.score)
    if label.line_class is LineClass.STANDFIRST:
        return replace(label, line_class=LineClass.BOILERPLATE)
    return label


def _in_menu(lines: Sequence[Line], i: int) -> bool:
    """Return whether two lines above are as short, without a gap: then all are a menu.

    A section that the menu has too is said again right above the headline, so it stands outside the menu.
    """
    above = lines[max(0, i - 2) : i]
    is_list = len(above) == 2 and all(line.size <= MAX_KICKER_SIZE and not line.is_bullet for line in above)
    is_close = not lines[i].blanks_before and all(not line.blanks_before for line in above[1:])
    return is_list and is_close and lines[i].folded not in {line.folded for line in lines[:i]}


def _is_bare_name(line: Line) -> bool:
    """Return whether the line is two to four capitalised words, and perhaps "in" a place."""
    name, _, place = line.bare.partition(" in ")
    tokens = name.split()
    return (
        2 <= len(tokens) <= 4
        and not line.is_bullet
        and line.size <= _MAX_NAME_SIZE
        and _NAME.match(place or "Here") is not None
        and all(map(_NAME.fullmatch, tokens))
    )


def _is_caseless_name(lines: Sequence[Line], labels: Sequence[Label], i: int) -> bool:
    """Return whether two to four words of a script without capitals stand right above the date, where names stand."""
    is_dated = i + 1 < len(labels) and labels[i + 1].line_class is LineClass.DATE
    bare = lines[i].bare
    return is_dated and 2 <= len(bare.split()) <= 4 and bare.lower() == bare.upper() and not lines[i].ends_stop
