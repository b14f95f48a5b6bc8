"""Lists of a story: what it announces with a colon, items it has begun to count, turns of an interview, bullets."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pipeline.clean.lines import Line
from pipeline.clean.marks import Label
from pipeline.clean.teasers import is_announced
from pipeline.records import LineClass

_COLONS = (":", "：")
_MIN_ROWS, _MIN_ROW_SIZE = 2, 8  # rows; words of one in the mean
_NUMBER = re.compile(r"[\s>#]*(\d{1,3})\\?([.)])\s")
_MIN_FIGURES = 0.7  # of the rows; titles of other stories hardly ever have one
_MIN_ITEMS = 3
# Words in the mean of items that are short, and of those that may be titles; between them nothing tells.
_MAX_ITEM_SIZE, _MIN_TITLE_SIZE = 6, 8
_ASKS = ("?", "？", "؟")
_TURN = re.compile(
    r"[\s>#*]*(?:Q|A|Question|Answer|Frage|Antwort|Réponse|Pregunta|Respuesta|Domanda|Risposta|Pergunta)\s?:\W"
)
_MIN_TURNS = 4
_REACH = 12  # lines from one item to the next: its text, a picture, a link


def level_lists(lines: Sequence[Line], labels: list[Label], *, rule: str) -> None:
    """Keep or drop whole lists with bullets of which ``rule`` keeps some items and drops others, in place.

    A list is of the text with all its items, or with none: so are all nine such lists on 193 labelled pages. Short
    items are of the text; long ones without a stop of which half are dropped are titles of other stories.
    """
    if [line.is_bullet for line in lines].count(True) < _MIN_ITEMS:
        return
    start = 0
    for stop in range(1, len(lines) + 1):
        gap = lines[start + 1].blanks_before if stop > start + 1 else 1
        if stop < len(lines) and lines[stop].is_bullet and lines[stop].blanks_before <= gap and lines[start].is_bullet:
            continue
        items = range(start, stop)
        start = stop
        if len(items) < _MIN_ITEMS:
            continue
        kept = [labels[i].line_class.kept for i in items]
        if all(kept) or not any(kept) or any(labels[i].rule != rule for i in items):
            continue
        size = sum(lines[i].size for i in items) / len(items)
        if size <= _MAX_ITEM_SIZE:
            _keep(labels, [i for i, is_kept in zip(items, kept, strict=True) if not is_kept], "of a list that is text")
            continue
        if (
            size < _MIN_TITLE_SIZE
            or 2 * sum(lines[i].ends_stop for i in items) > len(items)
            or 2 * sum(kept) > len(kept)
        ):
            continue
        evidence = f"one of {len(items)} titles in a list"
        for i in items:
            labels[i] = Label(line_class=LineClass.RELATED, rule="related.list", evidence=evidence, score=0.7)


def keep_lists(lines: Sequence[Line], labels: list[Label], *, rule: str) -> None:
    """Label as text, in place, rows and items of the text's lists that only ``rule`` takes for teasers or menus.

    Dates of a tour or goods in a row read like lists of links. Of 193 labelled pages the text ends such a list with a
    colon above it on three, and counts on past where the model loses it on three: none was wrong.
    """
    for i in [i for i, line in enumerate(lines) if line.bare[-1] in _COLONS]:
        if labels[i].line_class.kept:
            _keep(labels, _rows(lines, labels, i, rule), "announced by a colon")
    counted: dict[str, tuple[int, int]] = {}  # the last item kept and its line, by the sign behind the number
    numbered = [
        (i, found)
        for i, line in enumerate(lines)
        if not line.text[:1].isalpha() and (found := _NUMBER.match(line.text))  # a look at one sign spares most
    ]
    for i, found in numbered:
        number, sign = int(found[1]), found[2]
        if not labels[i].line_class.kept and sign in counted:
            last, place = counted[sign]
            if labels[i].rule == rule and number == last + 1 and i - place <= _REACH:
                _keep(labels, [i], f"item {number} of a list")
            elif number <= last:
                del counted[sign]  # another list begins
        if labels[i].line_class.kept:
            counted[sign] = number, i
    for items in _asked(lines, labels, rule):
        _keep(labels, items, "a question or an answer")
    for items in _spread(lines, labels, numbered, rule) if numbered else ():
        _keep(labels, items, f"one of {len(items)} sentences that count on")


def _asked(lines: Sequence[Line], labels: Sequence[Label], rule: str) -> Iterator[list[int]]:
    """Yield the questions and answers among others of an interview that names both by a letter or word."""
    turns = [i for i, line in enumerate(lines) if ":" in line.text and _TURN.match(line.text)]
    kept = [i for i in turns if labels[i].line_class.kept]
    if len(kept) >= _MIN_TURNS:
        between = (i for i in turns if kept[0] < i < kept[-1] and not labels[i].line_class.kept)
        yield [i for i in between if labels[i].rule == rule]


def _spread(
    lines: Sequence[Line], labels: Sequence[Label], numbered: Sequence[tuple[int, re.Match[str]]], rule: str
) -> list[list[int]]:
    """Return ``numbered`` sentences that count on from 1 with other lines between, all below the text's first line."""
    start = next((i for i, label in enumerate(labels) if label.line_class.kept), len(labels))
    runs: list[list[int]] = []
    for i, found in numbered:
        if i < start or labels[i].rule != rule or not lines[i].is_sentence or lines[i].bare.endswith(_ASKS):
            continue
        number = int(found[1])
        if number == 1:
            runs.append([i])
        elif runs and number == len(runs[-1]) + 1 and 1 < i - runs[-1][-1] <= _REACH:
            runs[-1].append(i)
    return [run for run in runs if len(run) >= _MIN_ITEMS and not is_announced(labels, run[0], rule)]


def _rows(lines: Sequence[Line], labels: Sequence[Label], above: int, rule: str) -> list[int]:
    """Return the rows right below a line, one below the other, that ``rule`` drops, if they are figures or long.

    Long ones may have a gap above the first: of such lists on 193 labelled pages all are of the text.
    """
    rows: list[int] = []
    for i in range(above + 1, len(lines)):
        if (rows and lines[i].blanks_before) or labels[i].rule != rule or labels[i].line_class.kept:
            break
        rows.append(i)
    if len(rows) < _MIN_ROWS or lines[rows[0]].blanks_before > 1:
        return []
    figures = sum(any(map(str.isdigit, lines[i].bare)) for i in rows)
    is_long = sum(lines[i].size for i in rows) >= _MIN_ROW_SIZE * len(rows)
    return rows if is_long or (figures >= _MIN_FIGURES * len(rows) and not lines[rows[0]].blanks_before) else []


def _keep(labels: list[Label], rows: Sequence[int], why: str) -> None:
    for i in rows:
        labels[i] = Label(line_class=LineClass.BODY, rule="list.item", evidence=why, score=0.7)
