"""Tables that a page is about: standings, results, calendars, the charts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pipeline.clean.lines import Line
from pipeline.clean.marks import Label
from pipeline.clean.teasers import is_announced
from pipeline.records import LineClass

_COUNTER = re.compile(r"[\s>|]*(\d{1,3})(?!\d)")
_CELLS = range(3, 13)  # lines of a row with a line for each cell
_MIN_ROWS = 8
_MIN_SHARE = 0.5  # words of a table beside those of the text
_MIN_FIGURES = 0.7  # of the rows; titles of other stories hardly ever have one


def keep_tables(lines: Sequence[Line], labels: list[Label], *, rule: str) -> None:
    """Label as text, in place, the rows that ``rule`` drops of tables with half as many words as the text.

    Row by row the standings read like a widget, and the page that shows nothing else is lost.
    """
    is_free = [label.rule == rule and not label.line_class.kept for label in labels]
    tables = [*_counted(lines, is_free), *_in_cells(lines)]
    if not tables:
        return
    told = sum(line.size for line, label in zip(lines, labels, strict=True) if label.line_class.kept)
    for rows in tables:
        if _MIN_SHARE * told < sum(lines[i].size for i in rows) and not is_announced(labels, rows[0], rule):
            for i in rows:
                if is_free[i]:
                    evidence = f"one of {len(rows)} rows of a table as long as the text"
                    labels[i] = Label(line_class=LineClass.BODY, rule="table.row", evidence=evidence, score=0.7)


def has_table(lines: Sequence[Line], labels: Sequence[Label]) -> bool:
    """Return whether rows of a table are kept: a calendar, results, the charts."""
    is_kept = [label.line_class.kept for label in labels]
    return any(_counted(lines, is_kept)) or any(all(is_kept[i] for i in rows) for rows in _in_cells(lines))


def _counted(lines: Sequence[Line], is_free: Sequence[bool]) -> Iterator[list[int]]:
    """Yield rows that stand one right below the other, count from 1, and hold other figures.

    Titles of the most read stories, which are counted too, hardly ever have one.
    """
    run: list[int] = []
    for i, line in enumerate(lines):
        found = _COUNTER.match(line.text) if is_free[i] and not line.text[:1].isalpha() else None
        number = int(found[1]) if found else 0
        if run and number == len(run) + 1 and line.blanks_before <= lines[run[-1]].blanks_before:
            run.append(i)
            continue
        if run and _is_table(lines, run):
            yield run
        run = [i] if number == 1 else []
    if _is_table(lines, run):
        yield run


def _in_cells(lines: Sequence[Line]) -> Iterator[list[int]]:
    """Yield the lines of tables that came a cell a line: numbers count from 1 at one distance, figures end the rows."""
    stop = 0
    for i, line in enumerate(lines):
        if i < stop or line.bare != "1":
            continue
        for step in _CELLS:
            count = 1
            while i + count * step < len(lines) and lines[i + count * step].bare == str(count + 1):
                count += 1
            last = lines[i + step - 1 : i + count * step : step]
            if count >= _MIN_ROWS and sum(any(map(str.isdigit, cell.bare)) for cell in last) >= _MIN_FIGURES * count:
                stop = min(i + count * step, len(lines))
                yield [*range(i, stop)]
                break


def _is_table(lines: Sequence[Line], rows: Sequence[int]) -> bool:
    if len(rows) < _MIN_ROWS:
        return False
    told = sum(any(any(map(str.isdigit, word)) for word in lines[i].words[1:]) for i in rows)
    return told >= _MIN_FIGURES * len(rows)
