"""Every line of a marked-up page gets its class: its story by the markup, unless a rule that is sure objects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set

from pipeline.clean.headline import find_headline, headline_again
from pipeline.clean.label import Labelled
from pipeline.clean.lines import Line
from pipeline.clean.marks import Label, Mark
from pipeline.records import LineClass

_MIN_TWIN = 4  # words


def label_content(
    lines: Sequence[Line],
    marks: Sequence[Mark | None],
    content: Mapping[int, Label],
    unsure_rules: Set[str] = frozenset(),
    title: str | None = None,
) -> Labelled:
    """Return the lines of a page whose markup has been read: what is content is body unless a rule objects.

    ``content`` has the label of each line, by number, that is content; the marks of all others are fixed. Rules among
    ``unsure_rules`` have no say: they were made for pages without markup. Neither have lines that are said twice apart:
    pages give lists and interviews whose lines recur, and teasers have been told from text already.
    """
    labels: list[Label | None] = [
        None if mark is None or (line.no in content and mark.label.rule in unsure_rules) else mark.label
        for line, mark in zip(lines, marks, strict=True)
    ]
    headline = next((i for i, line in enumerate(lines) if title and line.folded == title), None)
    if headline is None:
        headline = find_headline(lines, labels, _first_body(lines, labels), title)
    _label_twins(lines, labels)
    if headline is not None:
        evidence = "the page's own title" if title else "best title above the body"
        labels[headline] = Label(line_class=LineClass.HEADLINE, rule="headline.choice", evidence=evidence)
        for i, label in headline_again(lines, lines[headline], headline).items():
            if lines[i].no in content:
                labels[i] = label
    done = tuple(content[line.no] if label is None else label for line, label in zip(lines, labels, strict=True))
    return Labelled(lines=tuple(lines), labels=done, headline=headline)


def _label_twins(lines: Sequence[Line], labels: list[Label | None]) -> None:
    """Label, in place, the second of two lines of four words or more that say the same one right below the other."""
    for i in range(1, len(lines)):
        line, above = lines[i], lines[i - 1]
        if labels[i] is None and line.size >= _MIN_TWIN and line.folded == above.folded and line.no == above.no + 1:
            evidence = f"same as line {above.no}"
            labels[i] = Label(line_class=LineClass.BOILERPLATE, rule="line.again", evidence=evidence, score=0.9)


def _first_body(lines: Sequence[Line], labels: Sequence[Label | None]) -> int:
    """Return the index of the first line that reads as a paragraph and has no label, or the number of lines."""
    return next((i for i, line in enumerate(lines) if labels[i] is None and line.is_paragraph), len(lines))
