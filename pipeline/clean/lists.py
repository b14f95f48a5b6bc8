"""Lists of a story: what it announces with a colon, and the items it has begun to count."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pipeline.clean.lines import Line
from pipeline.clean.marks import Label
from pipeline.records import LineClass

_COLONS = (":", "：")
_MIN_ROWS, _MIN_ROW_SIZE = 2, 8  # rows; words of one in the mean
_NUMBER = re.compile(r"[\s>#]*(\d{1,3})\\?([.)])\s")
_MIN_FIGURES = 0.7  # of the rows; titles of other stories hardly ever have one
_MIN_ITEMS = 3
_COUNTER = re.compile(r"[\s>|]*(\d{1,3})(?!\d)")
_MIN_TABLE, _MIN_TABLE_SHARE = 8, 0.5  # rows; their words beside those of the text
_REACH = 12  # lines from one item to the next: its text, a picture, a link


def keep_lists(lines: Sequence[Line], labels: list[Label], *, rule: str) -> None:
    """Label as text, in place, rows and items of the text's lists that only ``rule`` takes for teasers or menus.

    Dates of a tour or goods in a row read like lists of links. Of 193 labelled pages the text ends such a list with a
    colon above it on three, and counts on past where the model loses it on three: none was wrong.
    """
    for i, line in enumerate(lines):
        if labels[i].line_class.kept and line.bare.endswith(_COLONS):
            _keep(labels, _rows(lines, labels, i, rule), "announced by a colon")
    counted: dict[str, tuple[int, int]] = {}  # the last item kept and its line, by the sign behind the number
    for i, line in enumerate(lines):
        found = _NUMBER.match(line.text)
        if found is None:
            continue
        number, sign = int(found[1]), found[2]
        if not labels[i].line_class.kept and sign in counted:
            last, place = counted[sign]
            if labels[i].rule == rule and number == last + 1 and i - place <= _REACH:
                _keep(labels, [i], f"item {number} of a list")
            elif number <= last:
                del counted[sign]  # another list begins
        if labels[i].line_class.kept:
            counted[sign] = number, i
    for items in _spread(lines, labels, rule):
        _keep(labels, items, f"one of {len(items)} sentences that count on")
    for rows in _tables(lines, labels, rule):
        _keep(labels, rows, f"one of {len(rows)} rows of a table as long as the text")


def _spread(lines: Sequence[Line], labels: Sequence[Label], rule: str) -> list[list[int]]:
    """Return numbered sentences that count on from 1 with other lines between, all below the text's first line."""
    start = next((i for i, label in enumerate(labels) if label.line_class.kept), len(labels))
    runs: list[list[int]] = []
    for i in range(start, len(lines)):
        found = _NUMBER.match(lines[i].text)
        if found is None or labels[i].rule != rule or not lines[i].is_sentence:
            continue
        number = int(found[1])
        if number == 1:
            runs.append([i])
        elif runs and number == len(runs[-1]) + 1 and 1 < i - runs[-1][-1] <= _REACH:
            runs[-1].append(i)
    return [run for run in runs if len(run) >= _MIN_ITEMS]


def _tables(lines: Sequence[Line], labels: Sequence[Label], rule: str) -> Iterator[list[int]]:
    """Yield the numbered rows of tables that have half as many words as the text: they are what the page is about."""
    told = sum(line.size for line, label in zip(lines, labels, strict=True) if label.line_class.kept)
    for rows in _counted(lines, [label.rule == rule and not label.line_class.kept for label in labels]):
        if _MIN_TABLE_SHARE * told < sum(lines[i].size for i in rows):
            yield rows


def has_table(lines: Sequence[Line], labels: Sequence[Label]) -> bool:
    """Return whether rows of a table are kept: a calendar, results, the charts."""
    return any(_counted(lines, [label.line_class.kept for label in labels]))


def _counted(lines: Sequence[Line], is_free: Sequence[bool]) -> Iterator[list[int]]:
    """Yield rows that stand one right below the other, count from 1, and hold other figures.

    Titles of the most read stories, which are counted too, hardly ever have one.
    """
    run: list[int] = []
    for i, line in enumerate(lines):
        found = _COUNTER.match(line.text) if is_free[i] else None
        number = int(found[1]) if found else 0
        if run and number == len(run) + 1 and line.blanks_before <= lines[run[-1]].blanks_before:
            run.append(i)
            continue
        if _is_table(lines, run):
            yield run
        run = [i] if number == 1 else []
    if _is_table(lines, run):
        yield run


def _is_table(lines: Sequence[Line], rows: Sequence[int]) -> bool:
    told = sum(any(any(map(str.isdigit, word)) for word in lines[i].words[1:]) for i in rows)
    return len(rows) >= _MIN_TABLE and told >= _MIN_FIGURES * len(rows)


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
