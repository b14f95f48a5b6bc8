"""Links to other stories that stand in mid-text, alone or as a list, with nothing said that announces them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.clean.lines import Line
from pipeline.clean.marks import Label
from pipeline.records import LineClass

_LEAST_LINKS, _MOST_LINKS = 2, 4  # in a list; one alone may be a sub-heading with a dash
_TITLE_SIZES = range(4, 19)  # words
# Where a dump writes its links, a line of the text is hardly ever nothing else; one of a list of shops may be.
_MIN_LINKED, _MIN_LINKED_ITEM = 4, 8  # words
_MIN_ROW = 5  # words of a title in a row without bullets
_OPEN_ENDS = (",", ";", ":", "，", "；", "：")


def label_linked(lines: Sequence[Line], labels: list[Label], *, rule: str) -> None:
    """Label lines that are a link and nothing else, which ``rule`` keeps, as related, in place.

    Of such lines of Markdown that the model keeps on 193 labelled pages, four in 93 are text.
    """
    for i in [i for i, line in enumerate(lines) if line.is_link]:
        least = _MIN_LINKED_ITEM if lines[i].is_bullet else _MIN_LINKED
        if lines[i].size >= least and labels[i].rule == rule and labels[i].line_class.kept:
            labels[i] = Label(
                line_class=LineClass.RELATED, rule="related.link", evidence="all of it is a link", score=0.8
            )


def label_links(lines: Sequence[Line], labels: list[Label], *, rule: str) -> None:
    """Label lists of titles below a paragraph, with more of the text below, that ``rule`` keeps, as related, in place.

    What a story lists it announces with a colon, or its items end like sentences. Of the labelled pages the lists of
    three sites are told so; a list that belonged to a story had shorter items. A title alone is one where the page has
    such a list elsewhere.
    """
    if True not in [line.is_bullet for line in lines]:
        return
    found = [rows for rows in _lists(lines) if _may_be_links(lines, labels, rows)]
    if max(map(len, found), default=0) < _LEAST_LINKS:
        return
    for rows in found:
        for i in rows:
            if labels[i].rule == rule and labels[i].line_class.kept:
                evidence = f"one of {len(rows)} titles between paragraphs"
                labels[i] = Label(line_class=LineClass.RELATED, rule="related.list", evidence=evidence, score=0.8)


def label_rows(lines: Sequence[Line], labels: list[Label], *, rule: str) -> None:
    """Label titles in a row below a paragraph, no blank line between them, that ``rule`` keeps, as related, in place.

    The last one stays where a paragraph follows: it is a sub-heading. Of twelve such titles on five labelled pages
    eleven are links; a list of the story has bullets, or a colon above it.
    """
    titles = [i for i, line in enumerate(lines) if not line.ends_stop and _is_row(line, labels[i], rule)]
    rows = frozenset(titles)
    for start in titles:
        above = lines[start - 1]
        is_told = start and above.is_paragraph and above.ends_stop and labels[start - 1].line_class.kept
        if not (is_told and lines[start].blanks_before):
            continue
        stop = start + 1
        while stop in rows and not lines[stop].blanks_before:
            stop += 1
        if stop - start < _LEAST_LINKS or (stop < len(lines) and not lines[stop].blanks_before):
            continue
        is_led = stop < len(lines) and lines[stop].is_paragraph and labels[stop].line_class.kept
        for i in range(start, stop - is_led):
            evidence = f"one of {stop - start} titles in a row between paragraphs"
            labels[i] = Label(line_class=LineClass.RELATED, rule="related.list", evidence=evidence, score=0.8)


def _is_row(line: Line, label: Label, rule: str) -> bool:
    """Return whether a line without a stop, kept by ``rule``, may be a title in a row."""
    is_kept = label.rule == rule and label.line_class.kept
    return is_kept and not (line.is_bullet or line.is_piece) and line.size >= _MIN_ROW and _is_title(line)


def _may_be_links(lines: Sequence[Line], labels: Sequence[Label], rows: range) -> bool:
    """Return whether a list stands below a paragraph that does not announce it, with kept lines around."""
    if rows.start == 0 or rows.stop == len(lines) or len(rows) > _MOST_LINKS:
        return False
    above = lines[rows.start - 1]
    is_inside = above.is_paragraph and all(labels[i].line_class.kept for i in (rows.start - 1, rows.stop))
    return is_inside and above.ends_stop and all(_is_title(lines[i]) for i in rows)


def _lists(lines: Sequence[Line]) -> Iterator[range]:
    """Yield each run of lines with a bullet, no number."""
    start: int | None = None
    for i, line in enumerate(lines):
        is_item = line.is_bullet and not line.text.lstrip()[:1].isdecimal()
        if is_item and start is None:
            start = i
        elif not is_item and start is not None:
            yield range(start, i)
            start = None


def _is_title(line: Line) -> bool:
    is_open = (line.ends_stop and not line.bare.endswith(("?", "？", "؟"))) or line.bare.endswith(_OPEN_ENDS)
    return line.size in _TITLE_SIZES and not is_open and not line.bare[0].islower()
