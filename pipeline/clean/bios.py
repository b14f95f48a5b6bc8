"""Who wrote it, told below the text: a line "About", a name, and a paragraph that says the name again."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.clean.lines import Line
from pipeline.clean.marks import Label
from pipeline.records import LineClass

# A company's "About" has one word for a name, and press releases keep it.
_HEAD = re.compile(
    r"(?:About|Über|À propos de|Sobre|Acerca de|Over|Om|O|O autorze:?|Informazioni su|Tentang|Hakkında)"
    r"(?P<name>(?: [A-ZÀ-ÖØ-ÞĀ-ŽİŞĞ][\w.'’-]*){2,4}):?"
)
_MOST_BELOW = 3  # kept lines; a title inside a text has more of it below


def label_bios(lines: Sequence[Line], labels: list[Label], *, rule: str) -> None:
    """Label as the writer's, in place, a head with a name and the paragraph below it, where ``rule`` labelled both.

    On 193 labelled pages all six such paragraphs are no part of the text.
    """
    kept = [i for i, label in enumerate(labels) if label.line_class.kept]
    for i in kept:
        head = _HEAD.fullmatch(lines[i - 1].bare) if i else None
        is_last = sum(j > i for j in kept) <= _MOST_BELOW
        if head is None or not is_last or labels[i].rule != rule or not lines[i].is_paragraph:
            continue
        name = head["name"].split()[-1]
        if name in lines[i].bare:
            for j in (i - 1, i):
                if labels[j].rule == rule:
                    labels[j] = Label(
                        line_class=LineClass.BIO, rule="bio.head", evidence=f"about{head['name']}", score=0.8
                    )
