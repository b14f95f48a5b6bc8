"""Who wrote it, told below the text: a line "About", a name, and a paragraph that says the name again."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.clean.lines import Line
from pipeline.clean.marks import Label
from pipeline.records import LineClass

# What press releases say of a company below "About" is of them.
_HEAD = re.compile(
    r"(?:About|Über|À propos de|Sobre|Acerca de|Over|Om|O autorze:?|Informazioni su|Tentang|Hakkında)"
    r"(?P<name>(?: [A-ZÀ-ÖØ-ÞĀ-ŽİŞĞ][\w.'’-]*){2,4}):?"
)
_COMPANY = frozenset(
    {"AG", "Association", "Bank", "Central", "Company", "Corporation", "GmbH", "Group", "Inc", "Ltd", "SE"}
)
_MOST_BELOW = 2  # kept lines; a title inside a text has more of it below


def label_bios(lines: Sequence[Line], labels: list[Label], *, rule: str) -> None:
    """Label as the writer's, in place, a head with a name and the paragraph below it, where ``rule`` labelled both.

    On 193 labelled pages all six such paragraphs are no part of the text.
    """
    kept = [i for i, label in enumerate(labels) if label.line_class.kept]
    for i in kept[-_MOST_BELOW - 1 :]:
        head = _HEAD.fullmatch(lines[i - 1].bare) if i else None
        if head is None or labels[i].rule != rule or not lines[i].is_paragraph:
            continue
        name = head["name"].strip()
        if name in lines[i].bare and _COMPANY.isdisjoint(name.removesuffix(".").split()):
            for j in (i - 1, i):
                if labels[j].rule == rule:
                    labels[j] = Label(line_class=LineClass.BIO, rule="bio.head", evidence=head[0], score=0.8)
